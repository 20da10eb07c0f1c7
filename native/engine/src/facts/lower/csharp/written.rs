//! Types as C# writes them.

use tree_sitter::Node;

use super::{CSharp, parts};
use crate::facts::ir::TypeRef;
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::child_of_kind;
use crate::facts::lower::forms::{composed, plain};
use crate::facts::lower::grammar::{Grammar, Types};

impl<'t> Types<'t> for CSharp<'_, 't> {
    fn type_inside(&mut self, node: Node<'t>) -> TypeRef {
        match node.kind() {
            "generic_name" => composed(self.simple_name(node), self.type_arguments(node)),
            "qualified_name" => self.qualified_type(node),
            // `global::System.Uri` is `System.Uri`.
            "alias_qualified_name" | "nullable_type" | "pointer_type" | "ref_type" | "scoped_type" => {
                let field = if node.kind() == "alias_qualified_name" {
                    "name"
                } else {
                    "type"
                };
                let mut ty = match node.field(field) {
                    Some(inner) => self.type_ref(inner),
                    None => plain(""),
                };
                ty.nullable |= node.kind() == "nullable_type";
                ty
            }
            "array_type" => {
                let element = self.optional_type(node.field("type"));
                composed("[]", element.into_iter().collect())
            }
            "tuple_type" => {
                let parts = parts(node).into_iter();
                let types: Vec<_> = parts.filter_map(|part| part.field("type")).collect();
                composed("()", self.types(&types))
            }
            _ => plain(self.text(node)),
        }
    }
}

impl<'t> CSharp<'_, 't> {
    /// The type in a field; `var` is none.
    pub(super) fn declared_type(&mut self, node: Node<'t>, field: &str) -> Option<TypeRef> {
        let ty = self.type_ref(node.field(field)?);
        (ty.name != "var").then_some(ty)
    }

    /// `A.B<C>`: the arguments are those of the last part.
    fn qualified_type(&mut self, node: Node<'t>) -> TypeRef {
        let qualifier = node.field("qualifier");
        let qualifier = qualifier.map(|outer| self.type_ref(outer).name);
        let mut ty = match node.field("name") {
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
        let arguments = Self::kind_parts(node, "type_argument_list");
        self.types(&arguments)
    }
}
