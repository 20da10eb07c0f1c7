//! Statements of TypeScript and JavaScript. What declares (functions, classes, variables) is in
//! the files next to this one.

use tree_sitter::Node;

use super::Ecma;
use crate::facts::ir::{Pattern, Stmt, StmtKind, TypeRef};
use crate::facts::lower::braces::{Braces, Names};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{assign, expression_statement, stmt};
use crate::facts::lower::grammar::Patterns;
use crate::facts::lower::statement::Statements;
use crate::facts::lower::{fields, is_comment, named};

impl<'t> Statements<'t> for Ecma<'_, 't> {
    fn is_block(node: Node<'t>) -> bool {
        node.kind() == "statement_block"
    }

    fn statements(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let children = named(node);
        for (at, child) in children.iter().enumerate() {
            if !self.is_overload(*child, children.get(at + 1)) {
                self.statement(*child, out);
            }
        }
    }

    fn statement_kind(&mut self, node: Node<'t>) -> Option<StmtKind> {
        Some(match node.kind() {
            "switch_statement" => self.switch_statement(node),
            "with_statement" => {
                let object = self.optional(node.field("object"));
                StmtKind::Scope {
                    bindings: object.map(|object| (None, object)).into_iter().collect(),
                    body: self.field_body(node, "body"),
                }
            }
            "break_statement" if !self.low.in_switch || node.field("label").is_some() => StmtKind::Break,
            _ => return self.usual_statement(node),
        })
    }

    fn other_statements(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        self.declaration(node, out);
    }

    fn caught(&mut self, clause: Node<'t>, out: &mut Vec<Stmt>) {
        if let Some(parameter) = clause.field("parameter") {
            out.push(stmt(assign(self.pattern(parameter), None, None), parameter));
        }
    }

    fn otherwise(&mut self, node: Node<'t>) -> Vec<Stmt> {
        let clause = node.field("alternative");
        self.body(clause.and_then(|clause| named(clause).into_iter().next()))
    }
}

impl<'t> Braces<'t> for Ecma<'_, 't> {
    const NAMES: Names = Names {
        each: "for_in_statement",
        iterable: "right",
        init: "initializer",
        step: "increment",
        subject: "value",
    };

    /// `init` and `step` of a `for`: a declaration, or expressions without their semicolon.
    fn loop_part(&mut self, part: Node<'t>, out: &mut Vec<Stmt>) {
        if is_expression(part.kind()) {
            self.expression_statement(part, part, out);
        } else if part.is_named() {
            self.statement(part, out);
        }
    }

    fn loop_target(&mut self, node: Node<'t>) -> (Pattern, Option<TypeRef>) {
        (self.field_pattern(node, "left"), None)
    }

    fn arm(&mut self, case: Node<'t>, out: &mut Vec<Stmt>) {
        for part in fields(case, "body") {
            self.statement(part, out);
        }
    }
}

impl<'t> Ecma<'_, 't> {
    /// What only wraps statements, and expressions where broken code left them.
    pub(super) fn loose(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "expression_statement" => {
                for child in named(node) {
                    self.expression_statement(child, node, out);
                }
            }
            "labeled_statement" => {
                if let Some(body) = node.field("body") {
                    self.statement(body, out);
                }
            }
            "else_clause" | "class_body" | "ERROR" => self.statements(node, out),
            "method_definition" => self.method(node, Vec::new()),
            kind if is_expression(kind) => self.expression_statement(node, node, out),
            _ => {}
        }
    }

    /// One expression as a statement: assignments become statements, sequences are taken apart.
    pub(super) fn expression_statement(&mut self, node: Node<'t>, whole: Node<'t>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "sequence_expression" => {
                for part in named(node) {
                    self.expression_statement(part, part, out);
                }
                return;
            }
            "internal_module" => {
                self.statement(node, out);
                return;
            }
            _ => {}
        }
        let value = self.expression(node);
        out.push(expression_statement(value, whole));
    }
}

/// Node kinds of expressions; used where the grammar allows both, and in broken code.
fn is_expression(kind: &str) -> bool {
    kind.ends_with("_expression")
        || matches!(
            kind,
            "identifier" | "this" | "super" | "string" | "template_string" | "number" | "object" | "array"
        )
        || matches!(
            kind,
            "arrow_function" | "jsx_element" | "jsx_self_closing_element"
        )
}

/// Children that carry meaning, named or not: positions of array patterns need the commas.
pub(super) fn all_children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .filter(|child| !is_comment(*child))
        .collect()
}
