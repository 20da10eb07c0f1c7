//! Python annotations and base classes as types.

use tree_sitter::Node;

use super::Python;
use crate::facts::ir::TypeRef;
use crate::facts::lower::{fields, named, written_type};

impl<'t> Python<'_, 't> {
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
            "binary_operator" | "union_type" => {
                let mut args = Vec::new();
                for part in named(node) {
                    let member = self.type_ref(part);
                    if member.name == "|" {
                        args.extend(member.args)
                    } else {
                        args.push(member)
                    }
                }
                let nullable = args.iter().any(|member| member.name == "None");
                TypeRef {
                    name: "|".to_string(),
                    args,
                    nullable,
                }
            }
            // `Callable[[int], str]`
            "list" => self.generic("[]", &named(node)),
            // `with_metaclass(Meta, Base)`, `declarative_base()` as a base class
            "call" => {
                let name = self.low.field_text(node, "function");
                let args = node
                    .child_by_field_name("arguments")
                    .map(named)
                    .unwrap_or_default();
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

    fn generic(&mut self, name: &str, args: &[Node<'t>]) -> TypeRef {
        TypeRef {
            name: name.to_string(),
            args: args.iter().map(|arg| self.type_ref(*arg)).collect(),
            nullable: name.rsplit('.').next() == Some("Optional"),
        }
    }
}

fn plain(name: &str) -> TypeRef {
    TypeRef {
        name: name.to_string(),
        args: Vec::new(),
        nullable: false,
    }
}
