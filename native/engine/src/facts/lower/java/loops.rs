//! Loops of Java.

use tree_sitter::Node;

use super::Java;
use crate::facts::ir::{Expr, ExprKind, Loop, LoopKind, Span, Stmt};
use crate::facts::lower::{child_of_kind, fields, span, span_between};

impl<'t> Java<'_, 't> {
    pub(super) fn any_loop(&mut self, node: Node<'t>) -> Loop {
        let each = node.kind() == "enhanced_for_statement";
        let mut init = Vec::new();
        for part in fields(node, "init") {
            self.loop_part(part, &mut init);
        }
        let condition = self.optional(node.child_by_field_name("condition"));
        let forever = match &condition {
            Some(value) => is_true(value),
            None => node.kind() == "for_statement",
        };
        let mut step = Vec::new();
        for part in fields(node, "update") {
            self.loop_part(part, &mut step);
        }
        Loop {
            kind: match node.kind() {
                _ if each => LoopKind::ForEach,
                _ if forever => LoopKind::Forever,
                "for_statement" => LoopKind::For,
                "do_statement" => LoopKind::DoWhile,
                _ => LoopKind::While,
            },
            is_async: false,
            target: each.then(|| self.name_pattern(node.child_by_field_name("name"))),
            target_ty: if each {
                self.declared_type(node, node)
            } else {
                None
            },
            iterable: self.optional(node.child_by_field_name("value")),
            init,
            condition: condition.filter(|_| !forever),
            step,
            body: self.breaking_switch(false, |java| java.body(node.child_by_field_name("body"))),
            header: header(node),
        }
    }

    fn loop_part(&mut self, part: Node<'t>, out: &mut Vec<Stmt>) {
        if part.kind() == "local_variable_declaration" {
            self.variables(part, out);
        } else {
            self.expression_statement(part, part, out);
        }
    }
}

/// From the keyword to the closing parenthesis; of a `do` loop the keyword alone.
fn header(node: Node<'_>) -> Span {
    let end = match node.kind() {
        "do_statement" => node.child(0),
        "while_statement" => node.child_by_field_name("condition"),
        _ => child_of_kind(node, ")"),
    };
    end.map_or(span(node), |end| span_between(node, end))
}

fn is_true(value: &Expr) -> bool {
    matches!(&value.kind, ExprKind::Bool(true))
}
