//! What Ruby binds: assignments, their targets, and parameters.

use tree_sitter::Node;

use super::value::tail;
use super::{Ruby, code};
use crate::facts::ir::{ExprKind, Param, Pattern, Stmt, StmtKind};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{assign, assigned, param, stmt};
use crate::facts::lower::grammar::{Grammar, Patterns};
use crate::facts::lower::span;
use crate::facts::lower::statement::Statements;

impl<'t> Patterns<'t> for Ruby<'_, 't> {
    fn pattern_inside(&mut self, node: Node<'t>) -> Pattern {
        match node.kind() {
            "identifier" => {
                self.declare(self.text(node));
                self.name(node)
            }
            "constant" | "global_variable" => self.name(node),
            "left_assignment_list" | "destructured_left_assignment" => Pattern::Sequence(self.patterns(node)),
            "rest_assignment" => self.optional_pattern(code(node).first().copied()),
            _ => Pattern::Place(Box::new(self.expression(node))),
        }
    }
}

impl<'t> Ruby<'_, 't> {
    pub(super) fn assignment_statement(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        if let Some(id) = self.defined_class(node) {
            out.push(stmt(StmtKind::Class(id), node));
            return;
        }
        let target = self.field_pattern(node, "left");
        let op = self.assign_operator(node);
        let right = node.field("right");
        let branches = right.is_some_and(|right| matches!(right.kind(), "if" | "unless" | "case" | "begin"));
        if let (Some(right), true, None) = (right, branches, &op) {
            // `x = if a then b else c end` assigns in each branch.
            let mut body = Vec::new();
            self.statement(right, &mut body);
            tail(&mut body, &|value| assign(target.clone(), None, Some(value)));
            out.append(&mut body);
            return;
        }
        let kind = StmtKind::Assign {
            target,
            op,
            ty: None,
            value: self.optional(right),
        };
        out.push(stmt(kind, node));
    }

    /// `(x = f())`, `x ||= f()` where a value is wanted.
    pub(super) fn assignment(&mut self, node: Node<'t>) -> ExprKind {
        let target = self.field_pattern(node, "left");
        assigned(target, self.assign_operator(node), self.required(node, "right"))
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
            "forward_parameter" => None,
            "destructured_parameter" => None,
            "optional_parameter"
            | "keyword_parameter"
            | "splat_parameter"
            | "hash_splat_parameter"
            | "block_parameter" => node.field("name"),
            _ => return None,
        };
        let pattern = match bound {
            Some(name) => self.pattern(name),
            // `*`, `**` and `...` without a name are handed on as they are.
            None if matches!(
                kind,
                "splat_parameter" | "hash_splat_parameter" | "forward_parameter"
            ) =>
            {
                Pattern::Name {
                    name: self.text(node).to_string(),
                    span: span(node),
                }
            }
            None if kind == "destructured_parameter" => {
                Pattern::Sequence(self.params(node).into_iter().map(|param| param.pattern).collect())
            }
            None => Pattern::Ignored,
        };
        Some(Param {
            default: self.optional(node.field("value")),
            rest: matches!(
                kind,
                "splat_parameter" | "hash_splat_parameter" | "forward_parameter"
            ),
            ..param(pattern)
        })
    }
}
