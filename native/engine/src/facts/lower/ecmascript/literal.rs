//! Literals of TypeScript and JavaScript: strings, templates, objects, arrays.

use tree_sitter::Node;

use super::Ecma;
use crate::facts::ir::{Expr, ExprKind};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{expr, unescaped};
use crate::facts::lower::grammar::Grammar;
use crate::facts::lower::{named, span};

impl<'t> Ecma<'_, 't> {
    pub(super) fn literal(&mut self, node: Node<'t>) -> ExprKind {
        match node.kind() {
            "string" => ExprKind::Str(self.string_value(node)),
            "template_string" => self.template(node),
            "number" => ExprKind::Number(self.text(node).to_string()),
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" | "undefined" => ExprKind::Null,
            "array" => ExprKind::List(self.each_part(node)),
            "object" => self.object(node),
            "regex" | "meta_property" | "predefined_type" => ExprKind::Opaque(Vec::new()),
            _ => self.opaque(node),
        }
    }

    pub(super) fn template(&mut self, node: Node<'t>) -> ExprKind {
        let parts: Vec<Expr> = named(node)
            .into_iter()
            .filter(|part| part.kind() == "template_substitution")
            .map(|part| self.expression(part))
            .collect();
        if parts.is_empty() {
            ExprKind::Str(self.string_value(node))
        } else {
            ExprKind::Template(parts)
        }
    }

    /// Text of a string without quotes, its plain escapes resolved.
    pub(super) fn string_value(&self, node: Node<'t>) -> String {
        let mut value = String::new();
        for part in named(node) {
            let text = self.text(part);
            match part.kind() {
                "escape_sequence" => value.push_str(match text {
                    "\\`" | "\\$" | "\\/" => text.get(1..).unwrap_or(text),
                    _ => unescaped(text),
                }),
                _ => value.push_str(text),
            }
        }
        value
    }

    /// Name of a property as it is looked up: quotes off, `[expr]` as written.
    pub(super) fn property_name(&self, node: Node<'t>) -> String {
        match node.kind() {
            "string" => self.string_value(node),
            _ => self.text(node).to_string(),
        }
    }

    fn object(&mut self, node: Node<'t>) -> ExprKind {
        let mut entries = Vec::new();
        for entry in named(node) {
            match entry.kind() {
                "pair" => {
                    let key = entry.field("key").unwrap_or(entry);
                    let key = self.key(key);
                    entries.push((key, self.required(entry, "value")));
                }
                "shorthand_property_identifier" => {
                    let name = self.text(entry).to_string();
                    entries.push((
                        expr(ExprKind::Str(name.clone()), entry),
                        expr(ExprKind::Name(name), entry),
                    ));
                }
                "method_definition" => {
                    let key = entry.field("name").unwrap_or(entry);
                    let key = self.key(key);
                    let lambda = Box::new(self.lambda(entry));
                    entries.push((key, expr(ExprKind::Lambda(lambda), entry)));
                }
                "spread_element" => {
                    let mut end = span(entry);
                    end.start = end.end;
                    let none = Expr {
                        kind: ExprKind::Null,
                        span: end,
                    };
                    entries.push((self.expression(entry), none));
                }
                _ => {}
            }
        }
        ExprKind::Map(entries)
    }

    fn key(&mut self, node: Node<'t>) -> Expr {
        match node.kind() {
            "computed_property_name" | "number" => self.expression(node),
            _ => expr(ExprKind::Str(self.property_name(node)), node),
        }
    }
}
