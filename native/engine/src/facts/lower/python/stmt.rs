//! Python statements.

use tree_sitter::Node;

use super::Python;
use crate::facts::ir::{Expr, ExprKind, Loop, LoopKind, Pattern, Stmt, StmtKind};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{
    assign, cut_expr, expr, guarded, header, is_true, only_if, plain_loop, stmt,
};
use crate::facts::lower::grammar::{Grammar, Patterns, Types};
use crate::facts::lower::statement::Statements;
use crate::facts::lower::{fields, has_token, named, span_between};

impl<'t> Statements<'t> for Python<'_, 't> {
    fn is_block(_: Node<'t>) -> bool {
        true
    }

    fn statement_kind(&mut self, node: Node<'t>) -> Option<StmtKind> {
        Some(match node.kind() {
            "expression_statement" => self.expression_statement(node),
            "if_statement" => self.if_statement(node),
            "with_statement" => self.with_statement(node),
            "try_statement" => self.try_statement(node),
            "match_statement" => self.match_statement(node),
            "return_statement" => StmtKind::Return(self.first_expression(node)),
            // Without its cause (`from e`).
            "raise_statement" => StmtKind::Raise(self.first_expression(node)),
            "break_statement" => StmtKind::Break,
            "continue_statement" => StmtKind::Continue,
            "function_definition" | "class_definition" | "decorated_definition" => {
                return self.definition(node);
            }
            "for_statement"
            | "while_statement"
            | "import_statement"
            | "import_from_statement"
            | "future_import_statement"
            | "ERROR" => return None,
            // No code runs, or none that an analysis could use.
            "pass_statement" | "global_statement" | "nonlocal_statement" | "type_alias_statement" => {
                return None;
            }
            // `assert`, `del`, and what the grammar will add.
            _ => StmtKind::Expr(expr(self.opaque(node), node)),
        })
    }

    fn other_statements(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "for_statement" | "while_statement" => self.loop_statement(node, out),
            "import_statement" => self.import(node),
            "import_from_statement" | "future_import_statement" => self.import_from(node),
            "ERROR" => self.salvage(node, out),
            _ => {}
        }
    }

    fn caught(&mut self, clause: Node<'t>, out: &mut Vec<Stmt>) {
        let alias = clause.field("alias").or_else(|| {
            let caught = clause.field("value")?;
            let alias = caught.field("alias")?;
            Some(named(alias).first().copied().unwrap_or(alias))
        });
        if let Some(alias) = alias {
            out.push(stmt(assign(self.pattern(alias), None, None), alias));
        }
    }

    fn otherwise(&mut self, node: Node<'t>) -> Vec<Stmt> {
        self.alternatives(&fields(node, "alternative"))
    }
}

impl<'t> Python<'_, 't> {
    fn expression_statement(&mut self, node: Node<'t>) -> StmtKind {
        let children = named(node);
        match children.as_slice() {
            [only] if only.kind() == "assignment" => assign(
                self.field_pattern(*only, "left"),
                self.optional_type(only.field("type")),
                self.optional(only.field("right")),
            ),
            [only] if only.kind() == "augmented_assignment" => StmtKind::Assign {
                target: self.field_pattern(*only, "left"),
                op: Some(self.assign_operator(*only).unwrap_or_default()),
                ty: None,
                value: self.optional(only.field("right")),
            },
            [only] => StmtKind::Expr(self.expression(*only)),
            many => StmtKind::Expr(expr(ExprKind::List(self.expressions(many)), node)),
        }
    }

    /// A chain of `elif` nests as deep as it is long.
    fn alternatives(&mut self, clauses: &[Node<'t>]) -> Vec<Stmt> {
        let Some((clause, rest)) = clauses.split_first() else {
            return Vec::new();
        };
        if clause.kind() != "elif_clause" {
            return self.field_body(*clause, "body");
        }
        if !self.low.enter(*clause) {
            return Vec::new();
        }
        let kind = StmtKind::If {
            condition: self.required(*clause, "condition"),
            then: self.field_body(*clause, "consequence"),
            otherwise: self.alternatives(rest),
        };
        self.low.leave();
        vec![stmt(kind, *clause)]
    }

    fn loop_statement(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let each = node.kind() == "for_statement";
        let head = node.field(if each { "right" } else { "condition" });
        let condition = self.optional(head.filter(|_| !each));
        let forever = condition.as_ref().is_some_and(is_true);
        let kind = match (each, forever) {
            (true, _) => LoopKind::ForEach,
            (false, true) => LoopKind::Forever,
            (false, false) => LoopKind::While,
        };
        let target = each.then(|| self.field_pattern(node, "left"));
        let iterable = self.optional(head.filter(|_| each));
        let it = Loop {
            is_async: has_token(node, "async"),
            target,
            iterable,
            condition: condition.filter(|_| !forever),
            ..plain_loop(kind, header(node, head), self.field_body(node, "body"))
        };
        out.push(stmt(StmtKind::Loop(Box::new(it)), node));
        if let Some(clause) = node.field("alternative") {
            // `else` of a loop: runs once, if nothing broke out of it.
            let body = self.field_body(clause, "body");
            out.push(only_if(cut_expr(clause), body, clause));
        }
    }

    fn with_statement(&mut self, node: Node<'t>) -> StmtKind {
        let mut bindings = Vec::new();
        for item in Self::kind_parts(node, "with_clause") {
            let Some(value) = item.field("value") else {
                continue;
            };
            // `with (a as b, c as d):` is a tuple of `as` patterns to the grammar.
            let parts = if value.kind() == "tuple" {
                named(value)
            } else {
                vec![value]
            };
            let tuple = parts.iter().any(|part| part.kind() == "as_pattern");
            for part in if tuple { parts } else { vec![value] } {
                bindings.push(self.bound(part));
            }
        }
        StmtKind::Scope {
            bindings,
            body: self.field_body(node, "body"),
        }
    }

    /// `value as target` or a bare value.
    fn bound(&mut self, node: Node<'t>) -> (Option<Pattern>, Expr) {
        if node.kind() != "as_pattern" {
            return (None, self.expression(node));
        }
        let target = node
            .field("alias")
            .and_then(|alias| named(alias).first().copied())
            .map(|alias| self.pattern(alias));
        (target, self.wrapped(node))
    }

    fn match_statement(&mut self, node: Node<'t>) -> StmtKind {
        let subjects = fields(node, "subject");
        let subject = match subjects.as_slice() {
            [] => None,
            [only] => Some(self.expression(*only)),
            [first, .., last] => Some(Expr {
                kind: ExprKind::List(self.expressions(&subjects)),
                span: span_between(*first, *last),
            }),
        };
        let cases = Self::field_parts(node, "body");
        let mut arms = Vec::new();
        for case in cases.into_iter().filter(|case| case.kind() == "case_clause") {
            let body = self.field_body(case, "consequence");
            let guard = case.field("guard");
            let guard = guard.and_then(|guard| self.first_expression(guard));
            arms.push(guarded(guard, body, case));
        }
        StmtKind::Switch { subject, arms }
    }
}
