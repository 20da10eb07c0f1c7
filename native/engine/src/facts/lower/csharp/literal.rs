//! Literals of C#.

use tree_sitter::Node;

use super::{CSharp, parts};
use crate::facts::ir::ExprKind;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{string, unescaped};
use crate::facts::lower::grammar::Grammar;

impl<'t> CSharp<'_, 't> {
    pub(super) fn literal(&mut self, node: Node<'t>) -> ExprKind {
        match node.kind() {
            "string_literal" | "character_literal" | "raw_string_literal" => {
                ExprKind::Str(self.string_value(node))
            }
            "verbatim_string_literal" => {
                let text = self.text(node);
                let inside = text.strip_prefix("@\"").and_then(|rest| rest.strip_suffix('"'));
                ExprKind::Str(inside.unwrap_or(text).replace("\"\"", "\""))
            }
            "interpolated_string_expression" => self.interpolated(node),
            "boolean_literal" => ExprKind::Bool(self.text(node) == "true"),
            "null_literal" | "default_expression" => ExprKind::Null,
            "integer_literal" | "real_literal" => ExprKind::Number(self.text(node).to_string()),
            "sizeof_expression" | "discard" => ExprKind::Opaque(Vec::new()),
            _ => self.opaque(node),
        }
    }

    fn string_value(&self, node: Node<'t>) -> String {
        let mut value = String::new();
        for part in parts(node) {
            let text = self.text(part);
            match part.kind() {
                "escape_sequence" => value.push_str(unescaped(text)),
                "string_literal_encoding" | "raw_string_start" | "raw_string_end" => {}
                _ => value.push_str(text),
            }
        }
        value
    }

    fn interpolated(&mut self, node: Node<'t>) -> ExprKind {
        let mut embedded = Vec::new();
        let mut plain = String::new();
        for part in parts(node) {
            match part.kind() {
                "interpolation" => {
                    let value = parts(part)
                        .into_iter()
                        .find(|value| !value.kind().starts_with("interpolation_"));
                    embedded.extend(value.map(|value| self.expression(value)));
                }
                "string_content" | "escape_sequence" => plain.push_str(match self.text(part) {
                    "{{" => "{",
                    "}}" => "}",
                    text => unescaped(text),
                }),
                _ => {}
            }
        }
        string(plain, embedded)
    }
}
