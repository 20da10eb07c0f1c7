//! Functions, lambdas, parameters, modifiers and attributes of C#.

use tree_sitter::Node;

use super::{CSharp, parts};
use crate::facts::ir::{
    Decorator, ExprKind, FunctionId, FunctionKind, Lambda, Param, Stmt, StmtKind, TypeRef, Visibility,
};
use crate::facts::lower::braces::Braces;
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{call, expr, param, returned, stmt};
use crate::facts::lower::grammar::{Grammar, Types};
use crate::facts::lower::statement::Statements;
use crate::facts::lower::{child_of_kind, has_token, span};

/// What a function has besides its node.
pub(super) struct Signature {
    pub kind: FunctionKind,
    pub visibility: Visibility,
    pub params: Vec<Param>,
    pub return_type: Option<TypeRef>,
    pub decorators: Vec<Decorator>,
    pub is_static: bool,
}

impl<'t> CSharp<'_, 't> {
    pub(super) fn function(&mut self, node: Node<'t>, name: &str, signature: Signature) -> FunctionId {
        let id = self.low.open_function(name, signature.kind, node);
        let is_async = self.has_modifier(node, "async");
        if let Some(function) = self.low.function_mut(id) {
            function.visibility = signature.visibility;
            function.is_static = signature.is_static;
            function.is_async = is_async;
            function.params = signature.params;
            function.return_type = signature.return_type;
            function.decorators = signature.decorators;
        }
        // A property's `=> value` is its getter's body.
        let code = match node.kind() {
            "arrow_expression_clause" => Some(node),
            _ => node.field("body"),
        };
        let mut body = Vec::new();
        if let Some(chained) = child_of_kind(node, "constructor_initializer") {
            body.push(self.constructor_call(chained));
        }
        body.append(&mut self.breaking_switch(false, |sharp| sharp.code(code)));
        self.low.close_function(id, body);
        id
    }

    /// `: base(a)`, `: this(a)`.
    fn constructor_call(&mut self, node: Node<'t>) -> Stmt {
        let is_base = has_token(node, "base");
        let callee = expr(if is_base { ExprKind::Super } else { ExprKind::This }, node);
        let args = self.arguments(child_of_kind(node, "argument_list"));
        stmt(StmtKind::Expr(expr(call(callee, args), node)), node)
    }

    /// A block, or `=> value` as one return.
    pub(super) fn code(&mut self, node: Option<Node<'t>>) -> Vec<Stmt> {
        match node {
            Some(arrow) if arrow.kind() == "arrow_expression_clause" => {
                self.first_expression(arrow).map(returned).into_iter().collect()
            }
            block => self.body(block),
        }
    }

    pub(super) fn local_function(&mut self, node: Node<'t>) -> FunctionId {
        let signature = Signature {
            kind: FunctionKind::Function,
            visibility: Visibility::Private,
            params: self.params(node.field("parameters")),
            return_type: self.declared_type(node, "type"),
            decorators: self.decorators(node),
            is_static: self.has_modifier(node, "static"),
        };
        self.function(node, self.low.field_text(node, "name"), signature)
    }

    /// `x => …`, `async (a, b) => …`, `delegate (int x) { … }`.
    pub(super) fn lambda(&mut self, node: Node<'t>) -> Lambda {
        let params = match node.field("parameters") {
            Some(single) if single.kind() == "implicit_parameter" => vec![param(self.name_pattern(single))],
            list => self.params(list),
        };
        let body = node.field("body").or_else(|| child_of_kind(node, "block"));
        let body = self.lambda_body(body);
        Lambda {
            params,
            is_async: self.has_modifier(node, "async"),
            body,
            span: span(node),
        }
    }

    pub(super) fn params(&mut self, list: Option<Node<'t>>) -> Vec<Param> {
        let Some(list) = list else {
            return Vec::new();
        };
        let mut params = Vec::new();
        for part in parts(list) {
            if part.kind() == "parameter" {
                params.push(self.param(part));
            }
        }
        // `params T[] rest` stands in the list itself.
        if let Some(name) = list.field("name") {
            params.push(Param {
                ty: self.declared_type(list, "type"),
                rest: true,
                ..param(self.name_pattern(name))
            });
        }
        params
    }

    fn param(&mut self, node: Node<'t>) -> Param {
        let name = node.field("name");
        let ty = node.field("type");
        let default = parts(node).into_iter().rfind(|part| {
            Some(*part) != name
                && Some(*part) != ty
                && !matches!(part.kind(), "attribute_list" | "modifier" | "preproc_if")
        });
        let mut decorators = self.decorators(node);
        if self.has_modifier(node, "this") {
            decorators.push(Decorator {
                name: "this".to_string(),
                args: Vec::new(),
                span: span(node),
            });
        }
        Param {
            pattern: self.name_pattern(name.unwrap_or(node)),
            ty: self.declared_type(node, "type"),
            default: self.optional(default),
            decorators,
            rest: self.has_modifier(node, "params"),
        }
    }

    pub(super) fn has_modifier(&self, node: Node<'t>, modifier: &str) -> bool {
        let mut cursor = node.walk();
        node.children(&mut cursor)
            .any(|child| child.kind() == "modifier" && self.text(child) == modifier)
    }

    /// `None` when no modifier says it. `internal` is public, for what asks here.
    pub(super) fn visibility(&self, node: Node<'t>) -> Option<Visibility> {
        let has = |modifier| self.has_modifier(node, modifier);
        if has("protected") {
            Some(Visibility::Protected)
        } else if has("private") {
            Some(Visibility::Private)
        } else if has("public") || has("internal") {
            Some(Visibility::Public)
        } else {
            None
        }
    }

    pub(super) fn decorators(&mut self, node: Node<'t>) -> Vec<Decorator> {
        let mut out = Vec::new();
        for list in parts(node) {
            if list.kind() != "attribute_list" {
                continue;
            }
            for attribute in parts(list) {
                if let Some(name) = attribute.field("name") {
                    out.push(Decorator {
                        name: self.type_ref(name).name,
                        args: self.arguments(child_of_kind(attribute, "attribute_argument_list")),
                        span: span(attribute),
                    });
                }
            }
        }
        out
    }
}
