//! Types as Java writes them.

use tree_sitter::Node;

use super::Java;
use crate::facts::ir::TypeRef;
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::forms::{composed, plain};
use crate::facts::lower::grammar::{Grammar, Types};
use crate::facts::lower::{child_of_kind, named};

impl<'t> Java<'_, 't> {
    /// The declared type of a field, variable or parameter with its trailing `[]`; `var` is none.
    pub(super) fn declared_type(&mut self, node: Node<'t>, declarator: Node<'t>) -> Option<TypeRef> {
        let ty = self.type_ref(node.field("type")?);
        let ty = match declarator.field("dimensions") {
            Some(dimensions) => self.array_of(ty, dimensions),
            None => ty,
        };
        (ty.name != "var").then_some(ty)
    }

    /// `int[] a[]`: one `[]` around the type for each pair of brackets.
    fn array_of(&self, element: TypeRef, dimensions: Node<'t>) -> TypeRef {
        let pairs = self.text(dimensions).matches('[').count();
        (0..pairs).fold(element, |element, _| array(element))
    }

    pub(super) fn type_arguments(&mut self, node: Node<'t>) -> Vec<TypeRef> {
        match child_of_kind(node, "type_arguments") {
            Some(arguments) => self.types(&named(arguments)),
            None => Vec::new(),
        }
    }
}

impl<'t> Types<'t> for Java<'_, 't> {
    fn type_inside(&mut self, node: Node<'t>) -> TypeRef {
        match node.kind() {
            "generic_type" => {
                let mut ty = match named(node).first() {
                    Some(name) => self.type_ref(*name),
                    None => plain(""),
                };
                ty.args = self.type_arguments(node);
                ty
            }
            "array_type" => {
                let element = node.field("element");
                let element = element.map_or_else(|| plain(""), |element| self.type_ref(element));
                match node.field("dimensions") {
                    Some(dimensions) => self.array_of(element, dimensions),
                    None => element,
                }
            }
            // `Outer<A>.Inner`: the arguments belong to parts of the name and are dropped.
            "scoped_type_identifier" => {
                let parts: Vec<_> = named(node)
                    .into_iter()
                    .filter(|part| !part.kind().ends_with("annotation"))
                    .map(|part| self.type_ref(part).name)
                    .collect();
                plain(&parts.join("."))
            }
            "annotated_type" | "wildcard" | "catch_type" => {
                let inner = named(node)
                    .into_iter()
                    .rfind(|part| !part.kind().ends_with("annotation") && part.kind() != "super");
                match inner {
                    Some(inner) => self.type_ref(inner),
                    None => plain(self.text(node)),
                }
            }
            _ => plain(&self.dotted_text(node)),
        }
    }
}

pub(super) fn array(element: TypeRef) -> TypeRef {
    composed("[]", vec![element])
}
