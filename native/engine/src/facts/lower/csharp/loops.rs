//! Loops of C#.

use tree_sitter::Node;

use super::CSharp;
use crate::facts::ir::{ExprKind, Loop, LoopKind, Span, Stmt};
use crate::facts::lower::{child_of_kind, fields, has_token, span, span_between};

impl<'t> CSharp<'_, 't> {
    pub(super) fn any_loop(&mut self, node: Node<'t>) -> Loop {
        let each = node.kind() == "foreach_statement";
        let left = node.child_by_field_name("left");
        let mut init = Vec::new();
        for part in fields(node, "initializer") {
            self.loop_part(part, &mut init);
        }
        let condition = self.optional(node.child_by_field_name("condition"));
        let forever = match &condition {
            Some(value) => matches!(value.kind, ExprKind::Bool(true)),
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
            is_async: has_token(node, "await"),
            target: left.filter(|_| each).map(|left| self.target(left)),
            target_ty: if each {
                self.declared_type(node, "type")
            } else {
                None
            },
            iterable: self.optional(node.child_by_field_name("right")),
            init,
            condition: condition.filter(|_| !forever),
            step,
            body: self.breaking_switch(false, |sharp| sharp.body(node.child_by_field_name("body"))),
            header: header(node),
        }
    }

    /// `init` and `step` are fields together with the commas between them.
    fn loop_part(&mut self, part: Node<'t>, out: &mut Vec<Stmt>) {
        if part.kind() == "variable_declaration" {
            self.variables(part, part, out);
        } else if part.is_named() {
            self.expression_statement(part, part, out);
        }
    }
}

/// From the keyword to the closing parenthesis; of a `do` loop the keyword alone.
fn header(node: Node<'_>) -> Span {
    let end = match node.kind() {
        "do_statement" => node.child(0),
        _ => child_of_kind(node, ")"),
    };
    end.map_or(span(node), |end| span_between(node, end))
}
