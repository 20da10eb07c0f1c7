//! `switch` of C#, as a statement and as a value.

use tree_sitter::Node;

use super::{CSharp, parts};
use crate::facts::ir::{ExprKind, Stmt, StmtKind};

impl<'t> CSharp<'_, 't> {
    pub(super) fn switch_statement(&mut self, node: Node<'t>) -> StmtKind {
        let subject = self.optional(node.child_by_field_name("value"));
        let sections = node.child_by_field_name("body").map(parts).unwrap_or_default();
        let arms = self.breaking_switch(true, |sharp| {
            sections
                .into_iter()
                .map(|section| sharp.section(section))
                .collect()
        });
        StmtKind::Switch { subject, arms }
    }

    fn section(&mut self, section: Node<'t>) -> Vec<Stmt> {
        let mut arm = Vec::new();
        for part in parts(section) {
            if part.kind() == "block" {
                arm.append(&mut self.body(Some(part)));
            } else if part.kind().ends_with("_statement") || part.kind() == "preproc_if" {
                self.statement(part, &mut arm);
            }
        }
        arm
    }

    /// `x switch { A => f(), _ => g() }`: the subject and the values; patterns are dropped.
    pub(super) fn switch_value(&mut self, node: Node<'t>) -> ExprKind {
        let mut values = Vec::new();
        for part in parts(node) {
            if part.kind() != "switch_expression_arm" {
                values.push(self.expression(part));
            } else if let Some(value) = parts(part).last() {
                values.push(self.expression(*value));
            }
        }
        ExprKind::Opaque(values)
    }
}
