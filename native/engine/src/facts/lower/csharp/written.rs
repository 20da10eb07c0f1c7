//! Types as C# writes them.

use tree_sitter::Node;

use super::{CSharp, parts};
use crate::facts::ir::TypeRef;
use crate::facts::lower::child_of_kind;

impl<'t> CSharp<'_, 't> {
    /// The type in a field; `var` is none.
    pub(super) fn declared_type(&mut self, node: Node<'t>, field: &str) -> Option<TypeRef> {
        let ty = self.type_ref(node.child_by_field_name(field)?);
        (ty.name != "var").then_some(ty)
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
            "generic_name" => TypeRef {
                name: self.simple_name(node).to_string(),
                args: self.type_arguments(node),
                nullable: false,
            },
            "qualified_name" => self.qualified_type(node),
            // `global::System.Uri` is `System.Uri`.
            "alias_qualified_name" | "nullable_type" | "pointer_type" | "ref_type" | "scoped_type" => {
                let field = if node.kind() == "alias_qualified_name" {
                    "name"
                } else {
                    "type"
                };
                let mut ty = match node.child_by_field_name(field) {
                    Some(inner) => self.type_ref(inner),
                    None => plain(""),
                };
                ty.nullable |= node.kind() == "nullable_type";
                ty
            }
            "array_type" => {
                let element = node
                    .child_by_field_name("type")
                    .map(|element| self.type_ref(element));
                TypeRef {
                    name: "[]".to_string(),
                    args: element.into_iter().collect(),
                    nullable: false,
                }
            }
            "tuple_type" => TypeRef {
                name: "()".to_string(),
                args: parts(node)
                    .into_iter()
                    .filter_map(|part| part.child_by_field_name("type"))
                    .map(|ty| self.type_ref(ty))
                    .collect(),
                nullable: false,
            },
            _ => plain(self.text(node)),
        }
    }

    /// `A.B<C>`: the arguments are those of the last part.
    fn qualified_type(&mut self, node: Node<'t>) -> TypeRef {
        let qualifier = node.child_by_field_name("qualifier");
        let qualifier = qualifier.map(|outer| self.type_ref(outer).name);
        let mut ty = match node.child_by_field_name("name") {
            Some(name) => self.type_ref(name),
            None => plain(""),
        };
        if let Some(outer) = qualifier {
            ty.name = format!("{outer}.{}", ty.name);
        }
        ty
    }

    /// `Set` of `Set<Order>`; any other name as it is.
    pub(super) fn simple_name(&self, node: Node<'t>) -> &'t str {
        match child_of_kind(node, "identifier") {
            Some(name) if node.kind() == "generic_name" => self.text(name),
            _ => self.text(node),
        }
    }

    pub(super) fn type_arguments(&mut self, node: Node<'t>) -> Vec<TypeRef> {
        let arguments = child_of_kind(node, "type_argument_list")
            .map(parts)
            .unwrap_or_default();
        arguments.into_iter().map(|ty| self.type_ref(ty)).collect()
    }
}

pub(super) fn plain(name: &str) -> TypeRef {
    TypeRef {
        name: name.to_string(),
        args: Vec::new(),
        nullable: false,
    }
}
