//! Types as TypeScript writes them.

use tree_sitter::Node;

use super::Ecma;
use crate::facts::ir::TypeRef;
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::forms::{composed, plain, union};
use crate::facts::lower::grammar::{Grammar, Types};
use crate::facts::lower::named;

impl<'t> Types<'t> for Ecma<'_, 't> {
    fn type_inside(&mut self, node: Node<'t>) -> TypeRef {
        match node.kind() {
            "generic_type" => {
                let name = node.field("name");
                let name = name.map(|name| self.dotted_text(name)).unwrap_or_default();
                composed(&name, self.type_arguments(node))
            }
            "array_type" => composed("[]", self.types(&named(node))),
            "union_type" => union(self.types(&named(node)), &["null", "undefined"]),
            "intersection_type" => composed("&", self.types(&named(node))),
            "tuple_type" => composed("()", self.types(&named(node))),
            "function_type" => {
                let result = self.field_type(node, "return_type");
                composed("=>", result.into_iter().collect())
            }
            "object_type" => plain("{}"),
            "index_type_query" => composed("keyof", self.types(&named(node))),
            "type_query" => composed("typeof", self.types(&named(node))),
            "lookup_type" => composed("[key]", self.types(&named(node))),
            "conditional_type" => composed("?:", self.types(&named(node))),
            "parenthesized_type" | "readonly_type" | "optional_type" | "rest_type" | "flow_maybe_type" => {
                match named(node).first() {
                    Some(inner) => self.type_ref(*inner),
                    None => plain(""),
                }
            }
            "required_parameter" | "optional_parameter" => {
                self.field_type(node, "type").unwrap_or_else(|| plain(""))
            }
            _ => plain(&self.dotted_text(node)),
        }
    }
}

impl<'t> Ecma<'_, 't> {
    /// The type in a field that holds a `: T` annotation or a bare type.
    pub(super) fn field_type(&mut self, node: Node<'t>, field: &str) -> Option<TypeRef> {
        let annotation = node.field(field)?;
        match annotation.kind() {
            "type_predicate_annotation" => Some(plain("boolean")),
            "asserts_annotation" => Some(plain("void")),
            "type_annotation" => self.optional_type(named(annotation).first().copied()),
            _ => Some(self.type_ref(annotation)),
        }
    }

    pub(super) fn type_arguments(&mut self, node: Node<'t>) -> Vec<TypeRef> {
        match node.field("type_arguments") {
            Some(arguments) => self.types(&named(arguments)),
            None => Vec::new(),
        }
    }
}
