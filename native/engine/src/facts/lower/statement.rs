//! Statements in every language: the bounded recursion, bodies, and the forms whose fields the
//! grammars name alike. A language says what each kind of node becomes.

use tree_sitter::Node;

use super::child_of_kind;
use super::expression::Expressions;
use super::forms::stmt;
use crate::facts::ir::{Stmt, StmtKind};
use crate::facts::lower::by_field::ByField;

pub(super) trait Statements<'t>: Expressions<'t> {
    /// Whether a body holds statements, and is not a single one itself.
    fn is_block(node: Node<'t>) -> bool;

    /// The one statement a node becomes.
    fn statement_kind(&mut self, node: Node<'t>) -> Option<StmtKind>;

    /// What a node becomes that is not one statement: none, or several.
    fn other_statements(&mut self, node: Node<'t>, out: &mut Vec<Stmt>);

    /// What the head of a `catch` or `except` clause does before its body runs.
    fn caught(&mut self, _clause: Node<'t>, _out: &mut Vec<Stmt>) {}

    /// What runs when the condition of an `if` does not hold.
    fn otherwise(&mut self, node: Node<'t>) -> Vec<Stmt> {
        self.field_body(node, "alternative")
    }

    fn statements(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        for child in Self::parts(node) {
            self.statement(child, out);
        }
    }

    fn statements_of(&mut self, node: Node<'t>) -> Vec<Stmt> {
        let mut out = Vec::new();
        self.statements(node, &mut out);
        out
    }

    /// Body of a loop, branch or function: a block's statements, or the one statement.
    fn body(&mut self, node: Option<Node<'t>>) -> Vec<Stmt> {
        let mut out = Vec::new();
        match node {
            Some(block) if Self::is_block(block) => self.statements(block, &mut out),
            Some(single) => self.statement(single, &mut out),
            None => {}
        }
        out
    }

    fn field_body(&mut self, node: Node<'t>, field: &str) -> Vec<Stmt> {
        self.body(node.field(field))
    }

    fn statement(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        if !self.low_mut().enter(node) {
            return;
        }
        if !self.one_statement(node, out) {
            self.other_statements(node, out);
        }
        self.low_mut().leave();
    }

    /// Apart from `statement`, so that its frame is not on the stack of what nests in declarations.
    fn one_statement(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) -> bool {
        let kind = self.statement_kind(node);
        let one = kind.is_some();
        out.extend(kind.map(|kind| stmt(kind, node)));
        one
    }

    fn if_statement(&mut self, node: Node<'t>) -> StmtKind {
        StmtKind::If {
            condition: self.required(node, "condition"),
            then: self.field_body(node, "consequence"),
            otherwise: self.otherwise(node),
        }
    }

    fn try_statement(&mut self, node: Node<'t>) -> StmtKind {
        let mut body = self.field_body(node, "body");
        let (mut handlers, mut finally) = (Vec::new(), Vec::new());
        for clause in Self::parts(node) {
            let block = clause.field("body").or_else(|| child_of_kind(clause, "block"));
            match clause.kind() {
                "catch_clause" | "except_clause" | "except_group_clause" => {
                    let mut handler = Vec::new();
                    self.caught(clause, &mut handler);
                    handler.append(&mut self.body(block));
                    handlers.push(handler);
                }
                // Runs once after the body, outside the handlers' reach.
                "else_clause" => body.append(&mut self.body(block)),
                "finally_clause" => finally = self.body(block),
                _ => {}
            }
        }
        StmtKind::Try {
            body,
            handlers,
            finally,
        }
    }
}
