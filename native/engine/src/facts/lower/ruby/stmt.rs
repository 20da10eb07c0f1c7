//! Ruby statements: which form goes where, and jumps.

use tree_sitter::Node;

use super::{Jump, Ruby, code};
use crate::facts::ir::{Expr, ExprKind, Stmt, StmtKind};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{expr, only_if, stmt};
use crate::facts::lower::span;
use crate::facts::lower::statement::Statements;

impl<'t> Statements<'t> for Ruby<'_, 't> {
    fn is_block(_: Node<'t>) -> bool {
        true
    }

    fn statement_kind(&mut self, node: Node<'t>) -> Option<StmtKind> {
        Some(match node.kind() {
            "if" | "unless" | "elsif" | "if_modifier" | "unless_modifier" => self.any_if(node),
            "while" | "until" | "while_modifier" | "until_modifier" | "for" => self.loop_statement(node),
            "case" | "case_match" => self.case(node),
            "rescue_modifier" => self.rescue_modifier(node),
            "method" | "singleton_method" => StmtKind::Function(self.method(node)),
            "class" | "module" => StmtKind::Class(self.class(node)),
            "call" => self.call_statement(node),
            "identifier" if self.is_raise(node) => StmtKind::Raise(None),
            "begin"
            | "begin_block"
            | "end_block"
            | "return"
            | "next"
            | "break"
            | "singleton_class"
            | "assignment"
            | "operator_assignment"
            | "parenthesized_statements"
            | "binary"
            | "ERROR" => return None,
            "alias" | "undef" | "empty_statement" | "heredoc_body" | "uninterpreted" => return None,
            _ => StmtKind::Expr(self.expression(node)),
        })
    }

    fn other_statements(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        match node.kind() {
            // Opens no scope: its names are the names around it.
            "begin" | "begin_block" | "end_block" => out.extend(self.rescued(node)),
            "return" | "next" | "break" => self.leave_by(node, out),
            "singleton_class" => self.singleton_class(node, out),
            "assignment" | "operator_assignment" => self.assignment_statement(node, out),
            "parenthesized_statements" => self.statements(node, out),
            "binary" => self.binary_statement(node, out),
            "ERROR" => self.salvage(node, out),
            _ => {}
        }
    }

    fn otherwise(&mut self, node: Node<'t>) -> Vec<Stmt> {
        match node.field("alternative") {
            Some(elsif) if elsif.kind() == "elsif" => {
                let mut out = Vec::new();
                self.statement(elsif, &mut out);
                out
            }
            other => self.body(other),
        }
    }
}

impl<'t> Ruby<'_, 't> {
    /// `next` ends one turn: of a loop, or of the block that stands for its body. A `return` in a
    /// block leaves the iteration, not only its turn.
    fn leave_by(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let value = self.jump_value(node);
        let at = span(node);
        let mut push = |kind| out.push(Stmt { kind, span: at });
        match (node.kind(), self.jump) {
            ("next", Jump::Loop) => push(StmtKind::Continue),
            ("next", _) | ("return", Jump::Method | Jump::Lambda) => push(StmtKind::Return(value)),
            ("return", Jump::Loop) => push(StmtKind::Return(value)),
            _ => {
                if let Some(value) = value {
                    push(StmtKind::Expr(value));
                }
                push(StmtKind::Break);
            }
        }
    }

    /// `return a, b` hands on a list.
    pub(super) fn jump_value(&mut self, node: Node<'t>) -> Option<Expr> {
        let list = code(node).first().copied()?;
        let (args, _) = self.args(list);
        let mut values: Vec<Expr> = args
            .into_iter()
            .map(|arg| {
                let at = arg.value.span;
                match (arg.name, arg.spread) {
                    (_, true) => Expr {
                        kind: ExprKind::Spread(Box::new(arg.value)),
                        span: at,
                    },
                    (Some(name), false) => {
                        let key = Expr {
                            kind: ExprKind::Symbol(name),
                            span: at,
                        };
                        Expr {
                            kind: ExprKind::Map(vec![(key, arg.value)]),
                            span: at,
                        }
                    }
                    (None, false) => arg.value,
                }
            })
            .collect();
        if values.len() > 1 {
            Some(expr(ExprKind::List(values), list))
        } else {
            values.pop()
        }
    }

    /// `redirect_to(x) and return`, `find(x) or raise NotFound`.
    fn binary_statement(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let op = self.low.field_text(node, "operator");
        let right = node.field("right");
        let jump = right
            .filter(|right| matches!(right.kind(), "return" | "next" | "break") || self.is_raise(*right));
        let (Some(right), "and" | "&&" | "or" | "||") = (jump, op) else {
            let value = self.expression(node);
            out.push(stmt(StmtKind::Expr(value), node));
            return;
        };
        let left = self.required(node, "left");
        let condition = if matches!(op, "or" | "||") {
            not(left)
        } else {
            left
        };
        let mut then = Vec::new();
        self.statement(right, &mut then);
        out.push(only_if(condition, then, node));
    }

    /// Definitions that stand inside text which does not parse: no finding is reported there, but
    /// other files may refer to them.
    fn salvage(&mut self, error: Node<'t>, out: &mut Vec<Stmt>) {
        for child in code(error) {
            if matches!(child.kind(), "class" | "module" | "method" | "singleton_method") {
                self.statement(child, out);
            }
        }
    }
}

pub(super) fn not(value: Expr) -> Expr {
    let at = value.span;
    Expr {
        kind: ExprKind::Unary {
            op: "!".to_string(),
            operand: Box::new(value),
        },
        span: at,
    }
}
