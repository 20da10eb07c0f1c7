//! Statements of C#.

use tree_sitter::Node;

use super::class::declarators;
use super::{CSharp, branches, parts};
use crate::facts::ir::{Expr, ExprKind, Pattern, Stmt, StmtKind, TypeRef, Visibility};
use crate::facts::lower::braces::{Braces, Names};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{assign, cast, expr, expression_statement, stmt};
use crate::facts::lower::grammar::Patterns;
use crate::facts::lower::statement::Statements;
use crate::facts::lower::{child_of_kind, has_token};

impl<'t> Statements<'t> for CSharp<'_, 't> {
    fn is_block(node: Node<'t>) -> bool {
        node.kind() == "block"
    }

    fn statements(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        for child in branches(node) {
            self.statement(child, out);
        }
    }

    fn statement_kind(&mut self, node: Node<'t>) -> Option<StmtKind> {
        Some(match node.kind() {
            "switch_statement" => self.switch_statement(node),
            "using_statement" | "fixed_statement" | "lock_statement" => self.resource_scope(node),
            "yield_statement" if has_token(node, "break") => StmtKind::Return(None),
            "yield_statement" => {
                let value = self.first_expression(node).map(Box::new);
                StmtKind::Expr(expr(ExprKind::Yield(value), node))
            }
            "break_statement" if !self.low.in_switch => StmtKind::Break,
            "local_function_statement" => StmtKind::Function(self.local_function(node)),
            _ => return self.usual_statement(node),
        })
    }

    fn other_statements(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "using_directive" => self.using(node),
            "file_scoped_namespace_declaration" => self.namespace(node),
            "namespace_declaration" => {
                self.namespace(node);
                if let Some(body) = node.field("body") {
                    self.statements(body, out);
                }
            }
            "local_declaration_statement" | "field_declaration" => {
                if let Some(declaration) = child_of_kind(node, "variable_declaration") {
                    self.variables(declaration, node, out);
                }
            }
            "method_declaration" | "constructor_declaration" => {
                self.function_member(Visibility::Private, node);
            }
            _ => match self.type_declaration(node) {
                Some(id) => out.push(stmt(StmtKind::Class(id), node)),
                None => self.loose(node, out),
            },
        }
    }

    fn caught(&mut self, clause: Node<'t>, out: &mut Vec<Stmt>) {
        if let Some(caught) = child_of_kind(clause, "catch_declaration")
            && let Some(name) = caught.field("name")
        {
            let ty = self.declared_type(caught, "type");
            out.push(stmt(assign(self.name_pattern(name), ty, None), caught));
        }
        if let Some(filter) = child_of_kind(clause, "catch_filter_clause") {
            for condition in parts(filter) {
                self.expression_statement(condition, filter, out);
            }
        }
    }
}

impl<'t> Braces<'t> for CSharp<'_, 't> {
    const NAMES: Names = Names {
        each: "foreach_statement",
        iterable: "right",
        init: "initializer",
        step: "update",
        subject: "value",
    };

    /// `init` and `step` are fields together with the commas between them.
    fn loop_part(&mut self, part: Node<'t>, out: &mut Vec<Stmt>) {
        if part.kind() == "variable_declaration" {
            self.variables(part, part, out);
        } else if part.is_named() {
            self.expression_statement(part, part, out);
        }
    }

    fn loop_target(&mut self, node: Node<'t>) -> (Pattern, Option<TypeRef>) {
        (self.field_pattern(node, "left"), self.declared_type(node, "type"))
    }

    fn arm(&mut self, section: Node<'t>, out: &mut Vec<Stmt>) {
        for part in parts(section) {
            if part.kind() == "block" {
                self.statements(part, out);
            } else if part.kind().ends_with("_statement") || part.kind() == "preproc_if" {
                self.statement(part, out);
            }
        }
    }
}

impl<'t> CSharp<'_, 't> {
    /// What only wraps statements, and expressions where broken code left them.
    fn loose(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "expression_statement" => {
                for inner in parts(node) {
                    self.expression_statement(inner, node, out);
                }
            }
            "labeled_statement" => {
                for inner in parts(node).into_iter().skip(1) {
                    self.statement(inner, out);
                }
            }
            "global_statement" | "checked_statement" | "unsafe_statement" | "preproc_if" | "preproc_elif"
            | "preproc_else" | "declaration_list" | "ERROR" => self.statements(node, out),
            kind if kind.ends_with("_expression") => self.expression_statement(node, node, out),
            _ => {}
        }
    }

    fn expression_statement(&mut self, node: Node<'t>, whole: Node<'t>, out: &mut Vec<Stmt>) {
        let value = self.expression(node);
        out.push(expression_statement(value, whole));
    }

    fn variables(&mut self, declaration: Node<'t>, whole: Node<'t>, out: &mut Vec<Stmt>) {
        let declarators = declarators(declaration);
        let single = declarators.len() == 1;
        for declarator in declarators {
            let (target, ty, value) = self.variable(declaration, declarator);
            let whole = if single { whole } else { declarator };
            out.push(stmt(assign(target, ty, value), whole));
        }
    }

    fn variable(
        &mut self,
        declaration: Node<'t>,
        declarator: Node<'t>,
    ) -> (Pattern, Option<TypeRef>, Option<Expr>) {
        let ty = self.declared_type(declaration, "type");
        let value = self.initial_value(declarator, ty.as_ref());
        let name = declarator
            .field("name")
            .or_else(|| child_of_kind(declarator, "tuple_pattern"));
        (self.optional_pattern(name), ty, value)
    }

    /// The value after `=` in a declarator; `new()` there makes the declared type.
    pub(super) fn initial_value(&mut self, declarator: Node<'t>, ty: Option<&TypeRef>) -> Option<Expr> {
        let name = declarator.field("name");
        let value = parts(declarator).into_iter().rfind(|part| {
            Some(*part) != name && !matches!(part.kind(), "bracketed_argument_list" | "tuple_pattern")
        })?;
        Some(self.typed_value(value, ty))
    }

    /// `using (var x = …)`, `using (x)`, `fixed (…)`, `lock (x)`.
    fn resource_scope(&mut self, node: Node<'t>) -> StmtKind {
        let mut bindings = Vec::new();
        let mut children = parts(node);
        let body = node.field("body").or_else(|| children.last().copied());
        children.retain(|child| Some(*child) != body);
        for child in children {
            if child.kind() != "variable_declaration" {
                bindings.push((None, self.expression(child)));
                continue;
            }
            for declarator in declarators(child) {
                let (target, ty, value) = self.variable(child, declarator);
                if let Some(value) = value {
                    bindings.push((Some(target), cast(value, ty)));
                }
            }
        }
        StmtKind::Scope {
            bindings,
            body: self.body(body),
        }
    }
}
