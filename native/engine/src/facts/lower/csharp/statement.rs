//! Statements of C#, except loops and `switch`.

use tree_sitter::Node;

use super::class::declarators;
use super::{CSharp, branches, parts};
use crate::facts::ir::{Expr, ExprKind, Pattern, Stmt, StmtKind, TypeRef, Visibility};
use crate::facts::lower::{child_of_kind, expr, expression_statement, has_token, span};

impl<'t> CSharp<'_, 't> {
    pub(super) fn statements(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        for child in branches(node) {
            self.statement(child, out);
        }
    }

    /// Body of a loop, branch or function: a block's statements, or the one statement.
    pub(super) fn body(&mut self, node: Option<Node<'t>>) -> Vec<Stmt> {
        let mut out = Vec::new();
        match node {
            Some(block) if block.kind() == "block" => self.statements(block, &mut out),
            Some(single) => self.statement(single, &mut out),
            None => {}
        }
        out
    }

    pub(super) fn statement(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        if !self.low.enter(node) {
            return;
        }
        if let Some(kind) = self.statement_kind(node) {
            out.push(Stmt {
                kind,
                span: span(node),
            });
        } else if !self.declaration(node, out) {
            self.loose(node, out);
        }
        self.low.leave();
    }

    /// Statements that become exactly one statement.
    fn statement_kind(&mut self, node: Node<'t>) -> Option<StmtKind> {
        Some(match node.kind() {
            "if_statement" => StmtKind::If {
                condition: self.required(node, "condition"),
                then: self.body(node.child_by_field_name("consequence")),
                otherwise: self.body(node.child_by_field_name("alternative")),
            },
            "foreach_statement" | "for_statement" | "while_statement" | "do_statement" => {
                StmtKind::Loop(self.any_loop(node))
            }
            "switch_statement" => self.switch_statement(node),
            "try_statement" => self.try_statement(node),
            "using_statement" | "fixed_statement" | "lock_statement" => self.scope(node),
            "block" => StmtKind::Scope {
                bindings: Vec::new(),
                body: self.body(Some(node)),
            },
            "return_statement" => StmtKind::Return(self.first_expression(node)),
            "throw_statement" => StmtKind::Raise(self.first_expression(node)),
            "yield_statement" if has_token(node, "break") => StmtKind::Return(None),
            "yield_statement" => {
                let value = self.first_expression(node).map(Box::new);
                StmtKind::Expr(expr(ExprKind::Yield(value), node))
            }
            "break_statement" if !self.in_switch => StmtKind::Break,
            "continue_statement" => StmtKind::Continue,
            "local_function_statement" => StmtKind::Function(self.local_function(node)),
            _ => return None,
        })
    }

    fn declaration(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) -> bool {
        match node.kind() {
            "using_directive" => self.using(node),
            "file_scoped_namespace_declaration" => self.namespace(node),
            "namespace_declaration" => {
                self.namespace(node);
                if let Some(body) = node.child_by_field_name("body") {
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
                Some(id) => out.push(Stmt {
                    kind: StmtKind::Class(id),
                    span: span(node),
                }),
                None => return false,
            },
        }
        true
    }

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

    pub(super) fn expression_statement(&mut self, node: Node<'t>, whole: Node<'t>, out: &mut Vec<Stmt>) {
        let value = self.expression(node);
        out.push(expression_statement(value, whole));
    }

    pub(super) fn variables(&mut self, declaration: Node<'t>, whole: Node<'t>, out: &mut Vec<Stmt>) {
        let declarators = declarators(declaration);
        let single = declarators.len() == 1;
        for declarator in declarators {
            let (target, ty, value) = self.variable(declaration, declarator);
            out.push(Stmt {
                kind: StmtKind::Assign {
                    target,
                    op: None,
                    ty,
                    value,
                },
                span: span(if single { whole } else { declarator }),
            });
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
            .child_by_field_name("name")
            .or_else(|| child_of_kind(declarator, "tuple_pattern"));
        let target = name.map_or(Pattern::Ignored, |name| self.target(name));
        (target, ty, value)
    }

    /// The value after `=` in a declarator; `new()` there makes the declared type.
    pub(super) fn initial_value(&mut self, declarator: Node<'t>, ty: Option<&TypeRef>) -> Option<Expr> {
        let name = declarator.child_by_field_name("name");
        let value = parts(declarator).into_iter().rfind(|part| {
            Some(*part) != name && !matches!(part.kind(), "bracketed_argument_list" | "tuple_pattern")
        })?;
        Some(self.typed_value(value, ty))
    }

    /// `using (var x = …)`, `using (x)`, `fixed (…)`, `lock (x)`.
    fn scope(&mut self, node: Node<'t>) -> StmtKind {
        let mut bindings = Vec::new();
        let mut children = parts(node);
        let body = node
            .child_by_field_name("body")
            .or_else(|| children.last().copied());
        children.retain(|child| Some(*child) != body);
        for child in children {
            if child.kind() != "variable_declaration" {
                bindings.push((None, self.expression(child)));
                continue;
            }
            for declarator in declarators(child) {
                let (target, ty, value) = self.variable(child, declarator);
                if let Some(value) = value {
                    bindings.push((Some(target), typed(value, ty)));
                }
            }
        }
        StmtKind::Scope {
            bindings,
            body: self.body(body),
        }
    }

    fn try_statement(&mut self, node: Node<'t>) -> StmtKind {
        let body = self.body(node.child_by_field_name("body"));
        let mut handlers = Vec::new();
        let mut finally = Vec::new();
        for clause in parts(node) {
            match clause.kind() {
                "catch_clause" => handlers.push(self.handler(clause)),
                "finally_clause" => finally = self.body(child_of_kind(clause, "block")),
                _ => {}
            }
        }
        StmtKind::Try {
            body,
            handlers,
            finally,
        }
    }

    fn handler(&mut self, clause: Node<'t>) -> Vec<Stmt> {
        let mut out = Vec::new();
        if let Some(caught) = child_of_kind(clause, "catch_declaration")
            && let Some(name) = caught.child_by_field_name("name")
        {
            out.push(Stmt {
                kind: StmtKind::Assign {
                    target: self.name_pattern(name),
                    op: None,
                    ty: self.declared_type(caught, "type"),
                    value: None,
                },
                span: span(caught),
            });
        }
        if let Some(filter) = child_of_kind(clause, "catch_filter_clause") {
            for condition in parts(filter) {
                self.expression_statement(condition, filter, &mut out);
            }
        }
        out.append(&mut self.body(clause.child_by_field_name("body")));
        out
    }

    fn first_expression(&mut self, node: Node<'t>) -> Option<Expr> {
        let first = parts(node).into_iter().next();
        self.optional(first)
    }
}

fn typed(value: Expr, ty: Option<TypeRef>) -> Expr {
    match ty {
        Some(ty) => Expr {
            span: value.span,
            kind: ExprKind::Cast {
                ty,
                value: Box::new(value),
            },
        },
        None => value,
    }
}
