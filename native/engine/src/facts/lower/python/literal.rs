//! Python strings, dictionaries, slices and comprehensions.

use tree_sitter::Node;

use super::Python;
use crate::facts::ir::{Clause, Comprehension, Expr, ExprKind};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{cut_expr, expr, string};
use crate::facts::lower::grammar::{Grammar, Patterns};
use crate::facts::lower::{fields, named, span};

impl<'t> Python<'_, 't> {
    /// A plain string keeps its escapes as written. One with `{…}` keeps the embedded expressions.
    pub(super) fn string(&mut self, node: Node<'t>) -> ExprKind {
        let (mut text, mut parts) = (String::new(), Vec::new());
        self.string_parts(node, &mut text, &mut parts);
        string(text, parts)
    }

    fn string_parts(&mut self, node: Node<'t>, text: &mut String, parts: &mut Vec<Expr>) {
        for child in named(node) {
            match child.kind() {
                "string" => self.string_parts(child, text, parts),
                "string_content" => text.push_str(self.text(child)),
                "interpolation" => parts.push(self.required(child, "expression")),
                _ => {}
            }
        }
    }

    pub(super) fn dictionary(&mut self, node: Node<'t>) -> ExprKind {
        let mut pairs = Vec::new();
        for child in named(node) {
            if child.kind() == "pair" {
                pairs.push((self.required(child, "key"), self.required(child, "value")));
            } else {
                pairs.push((self.expression(child), expr(ExprKind::Null, child)));
            }
        }
        ExprKind::Map(pairs)
    }

    /// `a:b`, or with a step a `Binary` `step` of the range and the step.
    pub(super) fn slice(&mut self, node: Node<'t>) -> ExprKind {
        let mut parts: [Option<Box<Expr>>; 3] = [None, None, None];
        let mut at = 0;
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            if child.kind() == ":" {
                at += 1;
            } else if child.is_named()
                && let Some(part) = parts.get_mut(at)
            {
                *part = Some(Box::new(self.expression(child)));
            }
        }
        let [from, to, step] = parts;
        let range = ExprKind::Range { from, to };
        match step {
            Some(right) => ExprKind::Binary {
                op: "step".to_string(),
                left: Box::new(expr(range, node)),
                right,
            },
            None => range,
        }
    }

    pub(super) fn comprehension(&mut self, node: Node<'t>) -> ExprKind {
        let mut clauses: Vec<Clause> = Vec::new();
        for child in named(node) {
            match child.kind() {
                "for_in_clause" => {
                    let right = fields(child, "right").into_iter().find(Node::is_named);
                    clauses.push(Clause {
                        target: self.field_pattern(child, "left"),
                        iterable: right.map_or_else(|| cut_expr(child), |right| self.expression(right)),
                        conditions: Vec::new(),
                        span: span(child),
                    });
                }
                "if_clause" => {
                    let condition = self.wrapped(child);
                    if let Some(clause) = clauses.last_mut() {
                        clause.conditions.push(condition);
                    }
                }
                _ => {}
            }
        }
        let element = match node.field("body") {
            Some(pair) if pair.kind() == "pair" => {
                vec![self.required(pair, "key"), self.required(pair, "value")]
            }
            Some(body) => vec![self.expression(body)],
            None => Vec::new(),
        };
        let lazy = node.kind() == "generator_expression";
        ExprKind::Comprehension(Box::new(Comprehension {
            clauses,
            element,
            lazy,
        }))
    }
}
