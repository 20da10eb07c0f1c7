//! Loops and `switch` of the languages that took them from C: Java, C#, JavaScript. They differ in
//! the names of fields.

use tree_sitter::Node;

use super::forms::{header, is_true, plain_loop, returned, scope};
use super::statement::Statements;
use super::{child_of_kind, fields, has_token};
use crate::facts::ir::{Loop, LoopKind, Pattern, Stmt, StmtKind, TypeRef};
use crate::facts::lower::by_field::ByField;

/// How a grammar calls the parts of its loops, and what `switch` looks at.
pub(super) struct Names {
    /// The kind of node of the loop over the elements of something.
    pub each: &'static str,
    pub iterable: &'static str,
    pub init: &'static str,
    pub step: &'static str,
    pub subject: &'static str,
}

pub(super) trait Braces<'t>: Statements<'t> {
    const NAMES: Names;

    /// One part of `init` or `step`.
    fn loop_part(&mut self, part: Node<'t>, out: &mut Vec<Stmt>);

    /// What each turn of a loop over elements binds.
    fn loop_target(&mut self, node: Node<'t>) -> (Pattern, Option<TypeRef>);

    /// The statements below one or more `case` labels.
    fn arm(&mut self, group: Node<'t>, out: &mut Vec<Stmt>);

    /// The statements these languages share to the letter.
    fn usual_statement(&mut self, node: Node<'t>) -> Option<StmtKind> {
        Some(match node.kind() {
            "if_statement" => self.if_statement(node),
            "for_statement" | "while_statement" | "do_statement" => self.any_loop(node),
            each if each == Self::NAMES.each => self.any_loop(node),
            "try_statement" => self.try_statement(node),
            "block" | "statement_block" => scope(self.statements_of(node)),
            "return_statement" => StmtKind::Return(self.first_expression(node)),
            "throw_statement" => StmtKind::Raise(self.first_expression(node)),
            "continue_statement" => StmtKind::Continue,
            _ => return None,
        })
    }

    /// Body of a lambda: a block, or the value it returns.
    fn lambda_body(&mut self, body: Option<Node<'t>>) -> Vec<Stmt> {
        self.breaking_switch(false, |it| match body {
            Some(value) if !Self::is_block(value) => vec![returned(it.expression(value))],
            block => it.body(block),
        })
    }

    fn loop_parts(&mut self, node: Node<'t>, field: &str) -> Vec<Stmt> {
        let mut out = Vec::new();
        for part in fields(node, field) {
            self.loop_part(part, &mut out);
        }
        out
    }

    fn any_loop(&mut self, node: Node<'t>) -> StmtKind {
        let mut it = self.loop_head(node);
        it.body = self.breaking_switch(false, |it| it.field_body(node, "body"));
        StmtKind::Loop(Box::new(it))
    }

    /// A loop without its body.
    fn loop_head(&mut self, node: Node<'t>) -> Loop {
        let each = node.kind() == Self::NAMES.each;
        let init = self.loop_parts(node, Self::NAMES.init);
        let test = fields(node, "condition")
            .into_iter()
            .find(|part| part.is_named() && part.kind() != "empty_statement");
        let condition = self.optional(test);
        let forever = match &condition {
            Some(value) => is_true(value),
            None => node.kind() == "for_statement",
        };
        let step = self.loop_parts(node, Self::NAMES.step);
        let (target, target_ty) = if each {
            let (target, ty) = self.loop_target(node);
            (Some(target), ty)
        } else {
            (None, None)
        };
        let iterable = self.optional(node.field(Self::NAMES.iterable));
        let kind = match node.kind() {
            _ if each => LoopKind::ForEach,
            _ if forever => LoopKind::Forever,
            "for_statement" => LoopKind::For,
            "do_statement" => LoopKind::DoWhile,
            _ => LoopKind::While,
        };
        // From the keyword to the closing parenthesis; of a `do` loop the keyword alone.
        let head = match node.kind() {
            "do_statement" => node.child(0),
            "while_statement" => child_of_kind(node, ")").or(test),
            _ => child_of_kind(node, ")"),
        };
        Loop {
            is_async: has_token(node, "await"),
            target,
            target_ty,
            iterable,
            init,
            condition: condition.filter(|_| !forever),
            step,
            ..plain_loop(kind, header(node, head), Vec::new())
        }
    }

    fn switch_statement(&mut self, node: Node<'t>) -> StmtKind {
        let subject = self.optional(node.field(Self::NAMES.subject));
        let groups = Self::field_parts(node, "body");
        let arms = self.breaking_switch(true, |it| {
            let arm = |group| {
                let mut arm = Vec::new();
                it.arm(group, &mut arm);
                arm
            };
            groups.into_iter().map(arm).collect()
        });
        StmtKind::Switch { subject, arms }
    }

    /// Runs `work` with the innermost `break` target set, and restores it.
    fn breaking_switch<R>(&mut self, in_switch: bool, work: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.low_mut().in_switch, in_switch);
        let result = work(self);
        self.low_mut().in_switch = outer;
        result
    }
}
