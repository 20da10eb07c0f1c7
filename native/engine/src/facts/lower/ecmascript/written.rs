//! Types as TypeScript writes them.

use tree_sitter::Node;

use super::Ecma;
use crate::facts::ir::TypeRef;
use crate::facts::lower::named;

impl<'t> Ecma<'_, 't> {
    /// The type in a field that holds a `: T` annotation or a bare type.
    pub(super) fn field_type(&mut self, node: Node<'t>, field: &str) -> Option<TypeRef> {
        let annotation = node.child_by_field_name(field)?;
        match annotation.kind() {
            "type_predicate_annotation" => Some(plain("boolean")),
            "asserts_annotation" => Some(plain("void")),
            "type_annotation" => named(annotation).first().map(|ty| self.type_ref(*ty)),
            _ => Some(self.type_ref(annotation)),
        }
    }

    pub(super) fn type_arguments(&mut self, node: Node<'t>) -> Vec<TypeRef> {
        match node.child_by_field_name("type_arguments") {
            Some(arguments) => self.type_list(arguments),
            None => Vec::new(),
        }
    }

    pub(super) fn type_list(&mut self, node: Node<'t>) -> Vec<TypeRef> {
        named(node).into_iter().map(|ty| self.type_ref(ty)).collect()
    }

    pub(super) fn type_ref(&mut self, node: Node<'t>) -> TypeRef {
        if !self.low.enter(node) {
            return plain("");
        }
        let ty = self.type_inside(node);
        self.low.leave();
        ty
    }

    fn type_inside(&mut self, node: Node<'t>) -> TypeRef {
        match node.kind() {
            "generic_type" => TypeRef {
                name: self.dotted_text(node.child_by_field_name("name")),
                args: self.type_arguments(node),
                nullable: false,
            },
            "array_type" => self.composed("[]", node),
            "union_type" => self.union(node),
            "intersection_type" => self.composed("&", node),
            "tuple_type" => self.composed("()", node),
            "function_type" => TypeRef {
                name: "=>".to_string(),
                args: self.field_type(node, "return_type").into_iter().collect(),
                nullable: false,
            },
            "object_type" => plain("{}"),
            "index_type_query" => self.composed("keyof", node),
            "type_query" => self.composed("typeof", node),
            "lookup_type" => self.composed("[key]", node),
            "conditional_type" => self.composed("?:", node),
            "parenthesized_type" | "readonly_type" | "optional_type" | "rest_type" | "flow_maybe_type" => {
                match named(node).first() {
                    Some(inner) => self.type_ref(*inner),
                    None => plain(""),
                }
            }
            "required_parameter" | "optional_parameter" => {
                self.field_type(node, "type").unwrap_or_else(|| plain(""))
            }
            _ => plain(&self.dotted_text(Some(node))),
        }
    }

    fn composed(&mut self, name: &str, node: Node<'t>) -> TypeRef {
        TypeRef {
            name: name.to_string(),
            args: self.type_list(node),
            nullable: false,
        }
    }

    /// `A | B | null`: the grammar nests unions to the left; here they are one list.
    fn union(&mut self, node: Node<'t>) -> TypeRef {
        let mut members = Vec::new();
        for member in named(node) {
            let ty = self.type_ref(member);
            if ty.name == "|" {
                members.extend(ty.args);
            } else {
                members.push(ty);
            }
        }
        TypeRef {
            nullable: members
                .iter()
                .any(|member| matches!(member.name.as_str(), "null" | "undefined")),
            name: "|".to_string(),
            args: members,
        }
    }

    /// A dotted name without the blanks that may stand around its dots.
    pub(super) fn dotted_text(&self, node: Option<Node<'t>>) -> String {
        let text = node.map_or("", |node| self.text(node));
        text.split_whitespace().collect()
    }
}

pub(super) fn plain(name: &str) -> TypeRef {
    TypeRef {
        name: name.to_string(),
        args: Vec::new(),
        nullable: false,
    }
}
