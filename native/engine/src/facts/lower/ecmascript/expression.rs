//! Expressions of TypeScript and JavaScript, except literals and JSX.

use tree_sitter::Node;

use super::Ecma;
use crate::facts::ir::{Arg, Expr, ExprKind};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{arg, assigned, cast, composed, expr, member, one, spread_arg};
use crate::facts::lower::grammar::{Grammar, Patterns, Types};
use crate::facts::lower::{has_token, named};

impl<'t> Expressions<'t> for Ecma<'_, 't> {
    fn expression_inside(&mut self, node: Node<'t>) -> Expr {
        match node.kind() {
            "parenthesized_expression"
            | "non_null_expression"
            | "computed_property_name"
            | "template_substitution"
            | "jsx_expression"
            | "instantiation_expression" => self.wrapped(node),
            "class" => self.class_expression(node),
            "jsx_element" | "jsx_self_closing_element" => self.jsx(node),
            _ => expr(self.expression_kind(node), node),
        }
    }

    fn expression_kind(&mut self, node: Node<'t>) -> ExprKind {
        match node.kind() {
            "identifier"
            | "import"
            | "shorthand_property_identifier"
            | "property_identifier"
            | "private_property_identifier"
            | "type_identifier" => ExprKind::Name(self.text(node).to_string()),
            "this" => ExprKind::This,
            "super" => ExprKind::Super,
            "member_expression" => self.member(node),
            "subscript_expression" => ExprKind::Index {
                object: self.boxed(node, "object"),
                index: self.boxed(node, "index"),
            },
            "call_expression" => self.call(node),
            "new_expression" => self.new_expression(node),
            "arrow_function" | "function_expression" | "generator_function" => {
                ExprKind::Lambda(Box::new(self.lambda(node)))
            }
            "await_expression" => match self.first_expression(node) {
                Some(inner) => ExprKind::Await(Box::new(inner)),
                None => ExprKind::Opaque(Vec::new()),
            },
            "yield_expression" => ExprKind::Yield(self.first_expression(node).map(Box::new)),
            "spread_element" => match self.first_expression(node) {
                Some(inner) => ExprKind::Spread(Box::new(inner)),
                None => ExprKind::Opaque(Vec::new()),
            },
            "unary_expression" => self.unary(node, "argument"),
            "binary_expression" => self.binary(node),
            "ternary_expression" => self.conditional(node),
            "assignment_expression" | "augmented_assignment_expression" | "update_expression" => {
                self.assignment(node)
            }
            "as_expression" | "satisfies_expression" | "type_assertion" => self.cast(node),
            _ => self.literal(node),
        }
    }
}

impl<'t> Ecma<'_, 't> {
    fn member(&mut self, node: Node<'t>) -> ExprKind {
        let object = self.boxed(node, "object");
        let property = node.field("property").unwrap_or(node);
        let optional = node.field("optional_chain").is_some();
        member(object, self.text(property), property, optional)
    }

    fn call(&mut self, node: Node<'t>) -> ExprKind {
        let callee = self.boxed(node, "function");
        let type_args = self.type_arguments(node);
        let args = self.arguments(node.field("arguments"));
        let call = expr(
            ExprKind::Call {
                callee,
                args,
                block: None,
                type_args,
            },
            node,
        );
        self.note_require(&call);
        call.kind
    }

    /// Arguments in parentheses; a tag's template is its only argument.
    pub(super) fn arguments(&mut self, node: Option<Node<'t>>) -> Vec<Arg> {
        let Some(node) = node else {
            return Vec::new();
        };
        if node.kind() == "template_string" {
            let value = self.template(node);
            return vec![arg(expr(value, node))];
        }
        named(node)
            .into_iter()
            .map(|argument| {
                let value = self.expression(argument);
                match value.kind {
                    ExprKind::Spread(inner) if argument.kind() == "spread_element" => spread_arg(*inner),
                    kind => arg(Expr {
                        kind,
                        span: value.span,
                    }),
                }
            })
            .collect()
    }

    fn new_expression(&mut self, node: Node<'t>) -> ExprKind {
        let constructor = node.field("constructor");
        let is_name =
            constructor.is_some_and(|class| matches!(class.kind(), "identifier" | "member_expression"));
        let callee = if is_name { None } else { self.optional(constructor) };
        let name = constructor.filter(|_| is_name).map(|name| self.dotted_text(name));
        let class = composed(&name.unwrap_or_default(), self.type_arguments(node));
        let mut args = self.arguments(node.field("arguments"));
        match callee {
            None => ExprKind::New {
                class,
                args,
                initializer: Vec::new(),
            },
            // `new (pick())(x)`: what is made is not known, but all of it is evaluated.
            Some(callee) => {
                let mut parts = vec![callee];
                parts.extend(args.drain(..).map(|arg| arg.value));
                ExprKind::Opaque(parts)
            }
        }
    }

    /// `a = b`, `a += b`, `a++`.
    fn assignment(&mut self, node: Node<'t>) -> ExprKind {
        let is_update = node.kind() == "update_expression";
        let target = self.field_pattern(node, if is_update { "argument" } else { "left" });
        let (op, value) = if is_update {
            let op = self.low.field_text(node, "operator").get(..1);
            (op.map(str::to_string), one(node))
        } else {
            (self.assign_operator(node), self.required(node, "right"))
        };
        assigned(target, op, value)
    }

    fn cast(&mut self, node: Node<'t>) -> ExprKind {
        let parts = named(node);
        let (value, ty) = match (node.kind(), parts.as_slice()) {
            ("type_assertion", [ty, value]) => (*value, Some(*ty)),
            (_, [value, ty]) => (*value, Some(*ty)),
            // `x as const` is `x`.
            (_, [value]) => (*value, None),
            _ => return self.opaque(node),
        };
        let lowered = self.expression(value);
        let ty = match ty {
            Some(ty) if ty.kind() == "type_arguments" => self.types(&named(ty)).into_iter().next(),
            Some(ty) => Some(self.type_ref(ty)),
            None => None,
        };
        cast(lowered, ty).kind
    }
}

/// `async` directly under a function's node.
pub(super) fn is_async(node: Node<'_>) -> bool {
    has_token(node, "async")
}
