//! Statements of Java, except loops and `switch`.

use tree_sitter::Node;

use super::Java;
use crate::facts::ir::{Expr, ExprKind, Pattern, Stmt, StmtKind};
use crate::facts::lower::{child_of_kind, expr, expression_statement, fields, named, span};

impl<'t> Java<'_, 't> {
    pub(super) fn statements(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        for child in named(node) {
            self.statement(child, out);
        }
    }

    /// Body of a loop, branch or function: a block's statements, or the one statement.
    pub(super) fn body(&mut self, node: Option<Node<'t>>) -> Vec<Stmt> {
        let mut out = Vec::new();
        match node {
            Some(block) if matches!(block.kind(), "block" | "constructor_body") => {
                self.statements(block, &mut out);
            }
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
            "enhanced_for_statement" | "for_statement" | "while_statement" | "do_statement" => {
                StmtKind::Loop(self.any_loop(node))
            }
            "switch_expression" => self.switch_statement(node),
            "try_statement" | "try_with_resources_statement" => self.try_statement(node),
            "synchronized_statement" => StmtKind::Scope {
                bindings: child_of_kind(node, "parenthesized_expression")
                    .map(|lock| (None, self.expression(lock)))
                    .into_iter()
                    .collect(),
                body: self.body(node.child_by_field_name("body")),
            },
            "block" => StmtKind::Scope {
                bindings: Vec::new(),
                body: self.body(Some(node)),
            },
            // The value of a `switch` block is what its lambda returns, see `switch`.
            "return_statement" | "yield_statement" => StmtKind::Return(self.first_expression(node)),
            "throw_statement" => StmtKind::Raise(self.first_expression(node)),
            "break_statement" if !self.in_switch || !named(node).is_empty() => StmtKind::Break,
            "continue_statement" => StmtKind::Continue,
            "assert_statement" => StmtKind::Expr(expr(self.opaque(node), node)),
            "explicit_constructor_invocation" => StmtKind::Expr(self.constructor_call(node)),
            _ => return None,
        })
    }

    fn declaration(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) -> bool {
        match node.kind() {
            "package_declaration" => self.package(node),
            "import_declaration" => self.import(node),
            "local_variable_declaration" | "field_declaration" => self.variables(node, out),
            "method_declaration" | "constructor_declaration" => self.function_member(node),
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

    pub(super) fn expression_statement(&mut self, node: Node<'t>, whole: Node<'t>, out: &mut Vec<Stmt>) {
        if node.kind() == "switch_expression" {
            self.statement(node, out);
            return;
        }
        let value = self.expression(node);
        out.push(expression_statement(value, whole));
    }

    pub(super) fn variables(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let declarators = fields(node, "declarator");
        let single = declarators.len() == 1;
        for declarator in declarators {
            out.push(Stmt {
                kind: StmtKind::Assign {
                    target: self.name_pattern(declarator.child_by_field_name("name")),
                    op: None,
                    ty: self.declared_type(node, declarator),
                    value: self.optional(declarator.child_by_field_name("value")),
                },
                span: span(if single { node } else { declarator }),
            });
        }
    }

    fn try_statement(&mut self, node: Node<'t>) -> StmtKind {
        let mut bindings = Vec::new();
        for resource in node
            .child_by_field_name("resources")
            .map(named)
            .unwrap_or_default()
        {
            bindings.push(self.resource(resource));
        }
        let mut body = self.body(node.child_by_field_name("body"));
        let mut handlers = Vec::new();
        let mut finally = Vec::new();
        for clause in named(node) {
            match clause.kind() {
                "catch_clause" => handlers.push(self.handler(clause)),
                "finally_clause" => finally = self.body(child_of_kind(clause, "block")),
                _ => {}
            }
        }
        if !bindings.is_empty() {
            let scope = StmtKind::Scope { bindings, body };
            if handlers.is_empty() && finally.is_empty() {
                return scope;
            }
            body = vec![Stmt {
                kind: scope,
                span: span(node),
            }];
        }
        StmtKind::Try {
            body,
            handlers,
            finally,
        }
    }

    /// `try (Stream<Row> rows = open())`, `try (existing)`.
    fn resource(&mut self, node: Node<'t>) -> (Option<Pattern>, Expr) {
        let Some(value) = node.child_by_field_name("value") else {
            let existing = self.first_expression(node);
            return (
                None,
                existing.unwrap_or_else(|| expr(ExprKind::Opaque(Vec::new()), node)),
            );
        };
        let target = self.name_pattern(node.child_by_field_name("name"));
        let ty = self.declared_type(node, node);
        let value = self.expression(value);
        let value = match ty {
            Some(ty) => Expr {
                span: value.span,
                kind: ExprKind::Cast {
                    ty,
                    value: Box::new(value),
                },
            },
            None => value,
        };
        (Some(target), value)
    }

    fn handler(&mut self, clause: Node<'t>) -> Vec<Stmt> {
        let mut out = Vec::new();
        if let Some(parameter) = child_of_kind(clause, "catch_formal_parameter") {
            let types = child_of_kind(parameter, "catch_type")
                .map(named)
                .unwrap_or_default();
            let ty = match types.as_slice() {
                [only] => Some(self.type_ref(*only)),
                _ => None,
            };
            out.push(Stmt {
                kind: StmtKind::Assign {
                    target: self.name_pattern(parameter.child_by_field_name("name")),
                    op: None,
                    ty,
                    value: None,
                },
                span: span(parameter),
            });
        }
        out.append(&mut self.body(clause.child_by_field_name("body")));
        out
    }

    pub(super) fn first_expression(&mut self, node: Node<'t>) -> Option<Expr> {
        let first = named(node).into_iter().next();
        self.optional(first)
    }
}
