//! Python annotations and base classes as types.

use tree_sitter::Node;

use super::Python;
use crate::facts::ir::TypeRef;
use crate::facts::lower::forms::{composed, plain, union};
use crate::facts::lower::grammar::{Grammar, Types};
use crate::facts::lower::{fields, named, written_type};

impl<'t> Types<'t> for Python<'_, 't> {
    fn type_inside(&mut self, node: Node<'t>) -> TypeRef {
        match node.kind() {
            "type" | "parenthesized_expression" | "constrained_type" | "splat_type" => named(node)
                .first()
                .map_or_else(|| plain(""), |inner| self.type_ref(*inner)),
            "subscript" => {
                let name = self.low.field_text(node, "value");
                self.generic(name, &fields(node, "subscript"))
            }
            "generic_type" => {
                let parts = named(node);
                let name = parts.first().map_or("", |name| self.text(*name));
                let args = parts.get(1).map(|args| named(*args)).unwrap_or_default();
                self.generic(name, &args)
            }
            "binary_operator" | "union_type" => union(self.types(&named(node)), &["None"]),
            // `Callable[[int], str]`
            "list" => self.generic("[]", &named(node)),
            // `with_metaclass(Meta, Base)`, `declarative_base()` as a base class
            "call" => {
                let name = self.low.field_text(node, "function");
                let args = Self::field_parts(node, "arguments");
                self.generic(name, &args)
            }
            // A forward reference, quoted.
            "string" => {
                let text = self.text(node).trim_matches(['"', '\'']);
                written_type(text).unwrap_or_else(|| plain(text))
            }
            _ => plain(self.text(node)),
        }
    }
}

impl<'t> Python<'_, 't> {
    fn generic(&mut self, name: &str, args: &[Node<'t>]) -> TypeRef {
        TypeRef {
            nullable: name.rsplit('.').next() == Some("Optional"),
            ..composed(name, self.types(args))
        }
    }
}
