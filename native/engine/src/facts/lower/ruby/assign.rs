//! What Ruby binds: assignments, their targets, and parameters.

use tree_sitter::Node;

use super::value::tail;
use super::{Ruby, code};
use crate::facts::ir::{ExprKind, Param, Pattern, Stmt, StmtKind};
use crate::facts::lower::span;

impl<'t> Ruby<'_, 't> {
    pub(super) fn assignment_statement(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        if let Some(id) = self.defined_class(node) {
            out.push(Stmt {
                kind: StmtKind::Class(id),
                span: span(node),
            });
            return;
        }
        let (target, op) = self.target(node);
        let right = node.child_by_field_name("right");
        let branches = right.is_some_and(|right| matches!(right.kind(), "if" | "unless" | "case" | "begin"));
        if let (Some(right), true, None) = (right, branches, &op) {
            // `x = if a then b else c end` assigns in each branch.
            let mut body = Vec::new();
            self.stmt(right, &mut body);
            tail(&mut body, &|value| StmtKind::Assign {
                target: target.clone(),
                op: None,
                ty: None,
                value: Some(value),
            });
            out.append(&mut body);
            return;
        }
        let value = right.map(|right| self.expr(right));
        out.push(Stmt {
            kind: StmtKind::Assign {
                target,
                op,
                ty: None,
                value,
            },
            span: span(node),
        });
    }

    /// `(x = f())`, `x ||= f()` where a value is wanted.
    pub(super) fn assignment(&mut self, node: Node<'t>) -> ExprKind {
        let (target, op) = self.target(node);
        let value = Box::new(self.field_expr(node, "right"));
        ExprKind::Assign {
            target: Box::new(target),
            op,
            value,
        }
    }

    fn target(&mut self, node: Node<'t>) -> (Pattern, Option<String>) {
        let op = self.low.field_text(node, "operator").trim_end_matches('=');
        let target = node
            .child_by_field_name("left")
            .map_or(Pattern::Ignored, |it| self.pattern(it));
        (target, (!op.is_empty()).then(|| op.to_string()))
    }

    pub(super) fn pattern(&mut self, node: Node<'t>) -> Pattern {
        if !self.low.enter(node) {
            return Pattern::Ignored;
        }
        let pattern = match node.kind() {
            "identifier" => {
                self.declare(self.text(node));
                self.name(node)
            }
            "constant" | "global_variable" => self.name(node),
            "left_assignment_list" | "destructured_left_assignment" => {
                Pattern::Sequence(code(node).into_iter().map(|part| self.pattern(part)).collect())
            }
            "rest_assignment" => code(node)
                .first()
                .map_or(Pattern::Ignored, |it| self.pattern(*it)),
            _ => Pattern::Place(Box::new(self.expr(node))),
        };
        self.low.leave();
        pattern
    }

    fn name(&self, node: Node<'t>) -> Pattern {
        Pattern::Name {
            name: self.text(node).to_string(),
            span: span(node),
        }
    }

    /// Parameters of a method, block or lambda. Names after `;` in a block are its own locals.
    pub(super) fn params(&mut self, list: Node<'t>) -> Vec<Param> {
        let mut cursor = list.walk();
        let locals: Vec<_> = list
            .children_by_field_name("locals", &mut cursor)
            .map(|it| it.id())
            .collect();
        let mut out = Vec::new();
        for child in code(list) {
            if locals.contains(&child.id()) {
                self.declare(self.text(child));
            } else if let Some(param) = self.param(child) {
                out.push(param);
            }
        }
        out
    }

    fn param(&mut self, node: Node<'t>) -> Option<Param> {
        let kind = node.kind();
        let bound = match kind {
            "identifier" => Some(node),
            "destructured_parameter" => None,
            "optional_parameter"
            | "keyword_parameter"
            | "splat_parameter"
            | "hash_splat_parameter"
            | "block_parameter" => node.child_by_field_name("name"),
            _ => return None,
        };
        let pattern = match bound {
            Some(name) => self.pattern(name),
            None if kind == "destructured_parameter" => {
                Pattern::Sequence(self.params(node).into_iter().map(|param| param.pattern).collect())
            }
            None => Pattern::Ignored,
        };
        Some(Param {
            pattern,
            ty: None,
            default: node.child_by_field_name("value").map(|value| self.expr(value)),
            decorators: Vec::new(),
            rest: matches!(kind, "splat_parameter" | "hash_splat_parameter"),
        })
    }
}
