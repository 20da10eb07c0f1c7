//! `switch` of Java, as a statement and as a value.

use tree_sitter::Node;

use super::Java;
use crate::facts::ir::{ExprKind, Lambda, Stmt, StmtKind};
use crate::facts::lower::{child_of_kind, expr, named, span};

impl<'t> Java<'_, 't> {
    pub(super) fn switch_statement(&mut self, node: Node<'t>) -> StmtKind {
        StmtKind::Switch {
            subject: self.optional(node.child_by_field_name("condition")),
            arms: self.arms(node),
        }
    }

    fn arms(&mut self, node: Node<'t>) -> Vec<Vec<Stmt>> {
        let groups = node.child_by_field_name("body").map(named).unwrap_or_default();
        self.breaking_switch(true, |java| {
            groups
                .into_iter()
                .map(|group| {
                    let mut arm = Vec::new();
                    for part in named(group) {
                        match part.kind() {
                            "switch_label" => {}
                            "block" if group.kind() == "switch_rule" => {
                                arm.append(&mut java.body(Some(part)));
                            }
                            _ => java.statement(part, &mut arm),
                        }
                    }
                    arm
                })
                .collect()
        })
    }

    /// A `switch` that yields a value. With blocks it is a lambda called at once, so that their
    /// statements are not lost; otherwise its parts are evaluated in place.
    pub(super) fn switch_value(&mut self, node: Node<'t>) -> ExprKind {
        let rules = node.child_by_field_name("body").map(named).unwrap_or_default();
        let values: Option<Vec<_>> = rules.iter().map(|rule| plain_value(*rule)).collect();
        if let Some(values) = values {
            let mut parts: Vec<_> = node.child_by_field_name("condition").into_iter().collect();
            parts.extend(values);
            return ExprKind::Opaque(parts.into_iter().map(|part| self.expression(part)).collect());
        }
        let statement = Stmt {
            kind: self.switch_statement(node),
            span: span(node),
        };
        let lambda = Lambda {
            params: Vec::new(),
            is_async: false,
            body: vec![statement],
            span: span(node),
        };
        ExprKind::Call {
            callee: Box::new(expr(ExprKind::Lambda(Box::new(lambda)), node)),
            args: Vec::new(),
            block: None,
            type_args: Vec::new(),
        }
    }
}

/// The value of `case A -> value;` or the error of `case B -> throw …;`.
fn plain_value(rule: Node<'_>) -> Option<Node<'_>> {
    let kinds = ["expression_statement", "throw_statement"];
    kinds
        .into_iter()
        .filter(|_| rule.kind() == "switch_rule")
        .find_map(|kind| child_of_kind(rule, kind))
        .and_then(|statement| named(statement).into_iter().next())
}
