//! Ruby's branches: `if`, `unless`, `case` with values and with patterns.

use tree_sitter::Node;

use super::stmt::not;
use super::{Ruby, code};
use crate::facts::ir::{Expr, ExprKind, Stmt, StmtKind};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::fields;
use crate::facts::lower::forms::{expr, guarded, scope, stmt};
use crate::facts::lower::grammar::Grammar;
use crate::facts::lower::statement::Statements;

impl<'t> Ruby<'_, 't> {
    pub(super) fn any_if(&mut self, node: Node<'t>) -> StmtKind {
        let kind = node.kind();
        let condition = self.tested(node);
        if kind.ends_with("modifier") {
            return StmtKind::If {
                condition,
                then: self.field_stmt(node, "body"),
                otherwise: Vec::new(),
            };
        }
        StmtKind::If {
            condition,
            then: self.field_body(node, "consequence"),
            otherwise: self.otherwise(node),
        }
    }

    /// The condition of a form; of an `unless` its opposite.
    fn tested(&mut self, node: Node<'t>) -> Expr {
        let condition = self.required(node, "condition");
        if node.kind().starts_with("unless") {
            not(condition)
        } else {
            condition
        }
    }

    /// A field that is one statement, not a list of them.
    pub(super) fn field_stmt(&mut self, node: Node<'t>, field: &str) -> Vec<Stmt> {
        let mut out = Vec::new();
        if let Some(body) = node.field(field) {
            self.statement(body, &mut out);
        }
        out
    }

    pub(super) fn case(&mut self, node: Node<'t>) -> StmtKind {
        let subject = self.optional(node.field("value"));
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
            if let Some(pattern) = clause.field("pattern").filter(|it| it.kind() != "pattern") {
                self.declare_pattern(pattern);
            }
            let body = if clause.kind() == "else" {
                self.statements_of(clause)
            } else {
                self.field_body(clause, "body")
            };
            let guard = clause.field("guard");
            let guard = guard.map(|guard| self.tested(guard));
            arms.push(guarded(guard, body, clause));
        }
        StmtKind::Switch { subject, arms }
    }

    /// `case` without a subject is a chain of `if`.
    fn conditions(&mut self, clauses: &[Node<'t>]) -> Vec<Stmt> {
        let Some((clause, rest)) = clauses.split_first() else {
            return Vec::new();
        };
        if clause.kind() == "else" {
            return self.statements_of(*clause);
        }
        if !self.low.enter(*clause) {
            return Vec::new();
        }
        let tests: Vec<_> = fields(*clause, "pattern").into_iter().flat_map(code).collect();
        let condition = match tests.as_slice() {
            [only] => self.expression(*only),
            many => expr(ExprKind::Opaque(self.expressions(many)), *clause),
        };
        let kind = StmtKind::If {
            condition,
            then: self.field_body(*clause, "body"),
            otherwise: self.conditions(rest),
        };
        self.low.leave();
        vec![stmt(kind, *clause)]
    }

    /// Names that a pattern binds are locals from here on.
    pub(super) fn declare_pattern(&mut self, node: Node<'t>) {
        if !self.low.enter(node) {
            return;
        }
        match node.kind() {
            "identifier" => self.declare(self.text(node)),
            // `in {name:}` binds the key.
            "keyword_pattern" if node.field("value").is_none() => {
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
