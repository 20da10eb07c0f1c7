//! Literals of Java and the values in annotations.

use tree_sitter::Node;

use super::Java;
use crate::facts::ir::{Arg, Expr, ExprKind};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{call, expr, string, unescaped};
use crate::facts::lower::grammar::Grammar;
use crate::facts::lower::{fields, named};

impl<'t> Java<'_, 't> {
    pub(super) fn literal(&mut self, node: Node<'t>) -> ExprKind {
        match node.kind() {
            "string_literal" => self.string(node),
            "character_literal" => ExprKind::Str(self.text(node).trim_matches('\'').to_string()),
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null_literal" => ExprKind::Null,
            "array_initializer" | "element_value_array_initializer" => ExprKind::List(self.each_part(node)),
            "array_creation_expression" => match node.field("value") {
                Some(values) => ExprKind::List(self.each_part(values)),
                None => {
                    let mut sizes = Vec::new();
                    for dimension in fields(node, "dimensions") {
                        sizes.append(&mut self.each_part(dimension));
                    }
                    ExprKind::Opaque(sizes)
                }
            },
            "annotation" | "marker_annotation" => self.annotation_value(node),
            kind if kind.ends_with("_literal") => ExprKind::Number(self.text(node).to_string()),
            _ => self.opaque(node),
        }
    }

    fn string(&mut self, node: Node<'t>) -> ExprKind {
        let mut value = String::new();
        let mut embedded = Vec::new();
        for part in named(node) {
            let text = self.text(part);
            match part.kind() {
                "escape_sequence" if text == "\\s" => value.push(' '),
                "escape_sequence" => value.push_str(unescaped(text)),
                "string_interpolation" => embedded.append(&mut self.each_part(part)),
                _ => value.push_str(text),
            }
        }
        string(value, embedded)
    }

    /// `@Index(columnList = "a")` inside another annotation reads like a call.
    fn annotation_value(&mut self, node: Node<'t>) -> ExprKind {
        let name = node.field("name").unwrap_or(node);
        let callee = expr(ExprKind::Name(self.dotted_text(name)), name);
        call(callee, self.annotation_arguments(node))
    }

    pub(super) fn annotation_arguments(&mut self, annotation: Node<'t>) -> Vec<Arg> {
        let arguments = annotation.field("arguments");
        let arguments = arguments.map(named).unwrap_or_default();
        arguments
            .into_iter()
            .map(|argument| {
                let key = argument.field("key");
                let value: Expr = match argument.field("value") {
                    Some(value) if key.is_some() => self.expression(value),
                    _ => self.expression(argument),
                };
                Arg {
                    name: key.map(|key| self.text(key).to_string()),
                    spread: false,
                    value,
                }
            })
            .collect()
    }
}
