//! Statements of Java.

use tree_sitter::Node;

use super::Java;
use crate::facts::ir::{Expr, Pattern, Stmt, StmtKind, TypeRef};
use crate::facts::lower::braces::{Braces, Names};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{assign, cast, expr, expression_statement, stmt};
use crate::facts::lower::grammar::{Grammar, Types};
use crate::facts::lower::statement::Statements;
use crate::facts::lower::{child_of_kind, fields, named};

impl<'t> Statements<'t> for Java<'_, 't> {
    fn is_block(node: Node<'t>) -> bool {
        matches!(node.kind(), "block" | "constructor_body")
    }

    fn statement_kind(&mut self, node: Node<'t>) -> Option<StmtKind> {
        Some(match node.kind() {
            "switch_expression" => self.switch_statement(node),
            "try_with_resources_statement" => self.try_with_resources(node),
            "synchronized_statement" => StmtKind::Scope {
                bindings: child_of_kind(node, "parenthesized_expression")
                    .map(|lock| (None, self.expression(lock)))
                    .into_iter()
                    .collect(),
                body: self.field_body(node, "body"),
            },
            // The value of a `switch` block is what its lambda returns, see `switch`.
            "yield_statement" => StmtKind::Return(self.first_expression(node)),
            "break_statement" if !self.low.in_switch || !named(node).is_empty() => StmtKind::Break,
            "assert_statement" => StmtKind::Expr(expr(self.opaque(node), node)),
            "explicit_constructor_invocation" => StmtKind::Expr(self.constructor_call(node)),
            _ => return self.usual_statement(node),
        })
    }

    fn other_statements(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "package_declaration" => self.package(node),
            "import_declaration" => self.import(node),
            "local_variable_declaration" | "field_declaration" => self.variables(node, out),
            "method_declaration" | "constructor_declaration" => self.function_member(node),
            _ => match self.type_declaration(node) {
                Some(id) => out.push(stmt(StmtKind::Class(id), node)),
                None => self.loose(node, out),
            },
        }
    }

    fn caught(&mut self, clause: Node<'t>, out: &mut Vec<Stmt>) {
        if let Some(parameter) = child_of_kind(clause, "catch_formal_parameter") {
            let types = Self::kind_parts(parameter, "catch_type");
            let ty = match types.as_slice() {
                [only] => Some(self.type_ref(*only)),
                _ => None,
            };
            let target = self.name_pattern(parameter.field("name"));
            out.push(stmt(assign(target, ty, None), parameter));
        }
    }
}

impl<'t> Braces<'t> for Java<'_, 't> {
    const NAMES: Names = Names {
        each: "enhanced_for_statement",
        iterable: "value",
        init: "init",
        step: "update",
        subject: "condition",
    };

    fn loop_part(&mut self, part: Node<'t>, out: &mut Vec<Stmt>) {
        if part.kind() == "local_variable_declaration" {
            self.variables(part, out);
        } else {
            self.expression_statement(part, part, out);
        }
    }

    fn loop_target(&mut self, node: Node<'t>) -> (Pattern, Option<TypeRef>) {
        let target = self.name_pattern(node.field("name"));
        (target, self.declared_type(node, node))
    }

    fn arm(&mut self, group: Node<'t>, out: &mut Vec<Stmt>) {
        for part in named(group) {
            match part.kind() {
                "switch_label" => {}
                "block" if group.kind() == "switch_rule" => self.statements(part, out),
                _ => self.statement(part, out),
            }
        }
    }
}

impl<'t> Java<'_, 't> {
    /// What only wraps statements, and expressions where broken code left them.
    fn loose(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "expression_statement" | "labeled_statement" => {
                for inner in named(node) {
                    if inner.kind().ends_with("_statement") || inner.kind() == "block" {
                        self.statement(inner, out);
                    } else if node.kind() == "expression_statement" {
                        self.expression_statement(inner, node, out);
                    }
                }
            }
            "ERROR" | "class_body" | "constructor_body" => self.statements(node, out),
            kind if kind.ends_with("_expression") || kind == "method_invocation" => {
                self.expression_statement(node, node, out);
            }
            _ => {}
        }
    }

    fn expression_statement(&mut self, node: Node<'t>, whole: Node<'t>, out: &mut Vec<Stmt>) {
        if node.kind() == "switch_expression" {
            self.statement(node, out);
            return;
        }
        let value = self.expression(node);
        out.push(expression_statement(value, whole));
    }

    fn variables(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let declarators = fields(node, "declarator");
        let single = declarators.len() == 1;
        for declarator in declarators {
            let target = self.name_pattern(declarator.field("name"));
            let ty = self.declared_type(node, declarator);
            let value = self.optional(declarator.field("value"));
            let whole = if single { node } else { declarator };
            out.push(stmt(assign(target, ty, value), whole));
        }
    }

    fn try_with_resources(&mut self, node: Node<'t>) -> StmtKind {
        let resources = node.field("resources").map(named);
        let mut bindings = Vec::new();
        for resource in resources.unwrap_or_default() {
            bindings.push(self.resource(resource));
        }
        match self.try_statement(node) {
            StmtKind::Try {
                body,
                handlers,
                finally,
            } if !bindings.is_empty() => {
                let scope = StmtKind::Scope { bindings, body };
                if handlers.is_empty() && finally.is_empty() {
                    return scope;
                }
                StmtKind::Try {
                    body: vec![stmt(scope, node)],
                    handlers,
                    finally,
                }
            }
            plain => plain,
        }
    }

    /// `try (Stream<Row> rows = open())`, `try (existing)`.
    fn resource(&mut self, node: Node<'t>) -> (Option<Pattern>, Expr) {
        let Some(value) = node.field("value") else {
            return (None, self.wrapped(node));
        };
        let target = self.name_pattern(node.field("name"));
        let ty = self.declared_type(node, node);
        let value = self.expression(value);
        (Some(target), cast(value, ty))
    }
}
