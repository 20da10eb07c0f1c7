//! Ruby's branches: `if`, `unless`, `case` with values and with patterns.

use tree_sitter::Node;

use super::stmt::{not, scope};
use super::{Ruby, code};
use crate::facts::ir::{ExprKind, Stmt, StmtKind};
use crate::facts::lower::{expr, fields, span};

impl<'t> Ruby<'_, 't> {
    pub(super) fn if_statement(&mut self, node: Node<'t>) -> StmtKind {
        let kind = node.kind();
        let condition = self.field_expr(node, "condition");
        let condition = if kind.starts_with("unless") {
            not(condition)
        } else {
            condition
        };
        if kind.ends_with("modifier") {
            return StmtKind::If {
                condition,
                then: self.field_stmt(node, "body"),
                otherwise: Vec::new(),
            };
        }
        let then = self.field_stmts(node, "consequence");
        let otherwise = node
            .child_by_field_name("alternative")
            .map_or_else(Vec::new, |it| self.alternative(it));
        StmtKind::If {
            condition,
            then,
            otherwise,
        }
    }

    /// A field that is one statement, not a list of them.
    pub(super) fn field_stmt(&mut self, node: Node<'t>, field: &str) -> Vec<Stmt> {
        let mut out = Vec::new();
        if let Some(body) = node.child_by_field_name(field) {
            self.stmt(body, &mut out);
        }
        out
    }

    fn alternative(&mut self, node: Node<'t>) -> Vec<Stmt> {
        if node.kind() != "elsif" {
            return self.stmts(node);
        }
        if !self.low.enter(node) {
            return Vec::new();
        }
        let kind = self.if_statement(node);
        self.low.leave();
        vec![Stmt {
            kind,
            span: span(node),
        }]
    }

    pub(super) fn case(&mut self, node: Node<'t>) -> StmtKind {
        let subject = node.child_by_field_name("value").map(|it| self.expr(it));
        let clauses: Vec<_> = code(node)
            .into_iter()
            .filter(|clause| matches!(clause.kind(), "when" | "in_clause" | "else"))
            .collect();
        if subject.is_none() {
            let mut chain = self.conditions(&clauses);
            return match chain.pop() {
                Some(Stmt { kind, .. }) if chain.is_empty() => kind,
                _ => scope(Vec::new()),
            };
        }
        let mut arms = Vec::new();
        for clause in clauses {
            if let Some(pattern) = clause
                .child_by_field_name("pattern")
                .filter(|it| it.kind() != "pattern")
            {
                self.declare_pattern(pattern);
            }
            let body = if clause.kind() == "else" {
                self.stmts(clause)
            } else {
                self.field_stmts(clause, "body")
            };
            arms.push(match clause.child_by_field_name("guard") {
                Some(guard) => {
                    let condition = self.field_expr(guard, "condition");
                    let condition = if guard.kind() == "unless_guard" {
                        not(condition)
                    } else {
                        condition
                    };
                    let kind = StmtKind::If {
                        condition,
                        then: body,
                        otherwise: Vec::new(),
                    };
                    vec![Stmt {
                        kind,
                        span: span(clause),
                    }]
                }
                None => body,
            });
        }
        StmtKind::Switch { subject, arms }
    }

    /// `case` without a subject is a chain of `if`.
    fn conditions(&mut self, clauses: &[Node<'t>]) -> Vec<Stmt> {
        let Some((clause, rest)) = clauses.split_first() else {
            return Vec::new();
        };
        if clause.kind() == "else" {
            return self.stmts(*clause);
        }
        if !self.low.enter(*clause) {
            return Vec::new();
        }
        let tests: Vec<_> = fields(*clause, "pattern").into_iter().flat_map(code).collect();
        let condition = match tests.as_slice() {
            [only] => self.expr(*only),
            many => expr(
                ExprKind::Opaque(many.iter().map(|it| self.expr(*it)).collect()),
                *clause,
            ),
        };
        let then = self.field_stmts(*clause, "body");
        let otherwise = self.conditions(rest);
        self.low.leave();
        vec![Stmt {
            kind: StmtKind::If {
                condition,
                then,
                otherwise,
            },
            span: span(*clause),
        }]
    }

    /// Names that a pattern binds are locals from here on.
    pub(super) fn declare_pattern(&mut self, node: Node<'t>) {
        if !self.low.enter(node) {
            return;
        }
        match node.kind() {
            "identifier" => self.declare(self.text(node)),
            // `in {name:}` binds the key.
            "keyword_pattern" if node.child_by_field_name("value").is_none() => {
                self.declare(self.low.field_text(node, "key"));
            }
            "variable_reference_pattern" | "expression_reference_pattern" => {}
            _ => code(node)
                .into_iter()
                .for_each(|child| self.declare_pattern(child)),
        }
        self.low.leave();
    }
}
