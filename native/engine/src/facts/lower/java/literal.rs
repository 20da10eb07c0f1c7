//! Literals of Java and the values in annotations.

use tree_sitter::Node;

use super::Java;
use crate::facts::ir::{Arg, Expr, ExprKind};
use crate::facts::lower::{expr, fields, named};

impl<'t> Java<'_, 't> {
    pub(super) fn literal(&mut self, node: Node<'t>) -> ExprKind {
        match node.kind() {
            "string_literal" => self.string(node),
            "character_literal" => ExprKind::Str(self.text(node).trim_matches('\'').to_string()),
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null_literal" => ExprKind::Null,
            "array_initializer" | "element_value_array_initializer" => ExprKind::List(self.expressions(node)),
            "array_creation_expression" => match node.child_by_field_name("value") {
                Some(values) => ExprKind::List(self.expressions(values)),
                None => {
                    let mut sizes = Vec::new();
                    for dimension in fields(node, "dimensions") {
                        sizes.append(&mut self.expressions(dimension));
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
                "escape_sequence" => value.push_str(unescaped(text)),
                "string_interpolation" => embedded.append(&mut self.expressions(part)),
                _ => value.push_str(text),
            }
        }
        if embedded.is_empty() {
            ExprKind::Str(value)
        } else {
            ExprKind::Template(embedded)
        }
    }

    /// `@Index(columnList = "a")` inside another annotation reads like a call.
    fn annotation_value(&mut self, node: Node<'t>) -> ExprKind {
        let name = node.child_by_field_name("name").unwrap_or(node);
        ExprKind::Call {
            callee: Box::new(expr(ExprKind::Name(self.dotted_text(name)), name)),
            args: self.annotation_arguments(node),
            block: None,
            type_args: Vec::new(),
        }
    }

    pub(super) fn annotation_arguments(&mut self, annotation: Node<'t>) -> Vec<Arg> {
        let arguments = annotation.child_by_field_name("arguments");
        let arguments = arguments.map(named).unwrap_or_default();
        arguments
            .into_iter()
            .map(|argument| {
                let key = argument.child_by_field_name("key");
                let value: Expr = match argument.child_by_field_name("value") {
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

fn unescaped(escape: &str) -> &str {
    match escape {
        "\\n" => "\n",
        "\\t" => "\t",
        "\\r" => "\r",
        "\\s" => " ",
        "\\\\" | "\\'" | "\\\"" => escape.get(1..).unwrap_or(escape),
        _ => escape,
    }
}
