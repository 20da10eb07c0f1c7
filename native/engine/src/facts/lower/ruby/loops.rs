//! Ruby's loops that are no blocks, and `loop do`, which is one but has no end of its own.

use tree_sitter::Node;

use super::stmt::not;
use super::{Jump, Ruby, code};
use crate::facts::ir::{Expr, ExprKind, Loop, LoopKind, Span, StmtKind};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{header, plain_loop};
use crate::facts::lower::grammar::Patterns;
use crate::facts::lower::span;
use crate::facts::lower::statement::Statements;

impl<'t> Ruby<'_, 't> {
    pub(super) fn loop_statement(&mut self, node: Node<'t>) -> StmtKind {
        let kind = node.kind();
        if kind == "for" {
            return self.for_statement(node);
        }
        let test = node.field("condition");
        let body_node = node.field("body");
        let condition = self.required(node, "condition");
        let condition = if kind.starts_with("until") {
            not(condition)
        } else {
            condition
        };
        // `begin … end while x` looks at `x` after the body.
        let after = kind.ends_with("modifier") && body_node.is_some_and(|it| it.kind() == "begin");
        let body = self.jumping(Jump::Loop, |ruby| {
            if kind.ends_with("modifier") {
                ruby.field_stmt(node, "body")
            } else {
                ruby.field_body(node, "body")
            }
        });
        let kind = match (is_true(&condition), after) {
            (true, _) => LoopKind::Forever,
            (false, true) => LoopKind::DoWhile,
            (false, false) => LoopKind::While,
        };
        let header = match test {
            Some(test) if node.kind().ends_with("modifier") => span(test),
            test => header(node, test),
        };
        StmtKind::Loop(Box::new(Loop {
            condition: (kind != LoopKind::Forever).then_some(condition),
            ..plain_loop(kind, header, body)
        }))
    }

    fn for_statement(&mut self, node: Node<'t>) -> StmtKind {
        let value = node.field("value");
        let iterable = value.and_then(|value| code(value).first().copied());
        let target = self.field_pattern(node, "pattern");
        let iterable = self.optional(iterable);
        let body = self.jumping(Jump::Loop, |ruby| ruby.field_body(node, "body"));
        StmtKind::Loop(Box::new(Loop {
            target: Some(target),
            iterable,
            ..plain_loop(LoopKind::ForEach, header(node, value), body)
        }))
    }

    /// `loop do … end`
    pub(super) fn forever(&mut self, node: Node<'t>, block: Node<'t>) -> StmtKind {
        let body = self.in_scope(true, |ruby| {
            ruby.jumping(Jump::Loop, |ruby| {
                block
                    .field("body")
                    .map_or_else(Vec::new, |body| ruby.rescued(body))
            })
        });
        let header = Span {
            start: span(node).start,
            end: span(block).start,
        };
        StmtKind::Loop(Box::new(plain_loop(LoopKind::Forever, header, body)))
    }
}

/// `while true`, `until false`
fn is_true(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::Bool(value) => *value,
        ExprKind::Unary { op, operand } => op == "!" && matches!(operand.kind, ExprKind::Bool(false)),
        _ => false,
    }
}
