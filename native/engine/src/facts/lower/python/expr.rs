//! Python expressions.

use tree_sitter::Node;

use super::Python;
use crate::facts::ir::{Arg, Expr, ExprKind, Lambda};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{arg, assigned, call, expr, member, returned, spread_arg};
use crate::facts::lower::grammar::{Grammar, Patterns};
use crate::facts::lower::{fields, has_token, named, span};

/// Operands of one chained comparison that keep their form: each is a level `enter` does not see.
const CHAIN_MAX: usize = 3;

impl<'t> Expressions<'t> for Python<'_, 't> {
    fn expression_kind(&mut self, node: Node<'t>) -> ExprKind {
        match node.kind() {
            "identifier" => self.identifier(node),
            "attribute" => self.attribute(node),
            "call" => self.call(node),
            "string" | "concatenated_string" => self.string(node),
            "integer" | "float" => ExprKind::Number(self.text(node).to_string()),
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "none" => ExprKind::Null,
            // Not `self.expr`: brackets add no level of their own to the lowered form.
            "parenthesized_expression" | "type" | "as_pattern" => self.wrapped(node).kind,
            "list" | "tuple" | "set" | "expression_list" | "pattern_list" | "tuple_pattern"
            | "list_pattern" => ExprKind::List(self.each_part(node)),
            "dictionary" => self.dictionary(node),
            "subscript" => self.subscript(node),
            "slice" => self.slice(node),
            "list_comprehension"
            | "set_comprehension"
            | "dictionary_comprehension"
            | "generator_expression" => self.comprehension(node),
            "await" => ExprKind::Await(Box::new(self.wrapped(node))),
            "yield" => self.yielded(node),
            "list_splat"
            | "dictionary_splat"
            | "list_splat_pattern"
            | "dictionary_splat_pattern"
            | "parenthesized_list_splat" => ExprKind::Spread(Box::new(self.wrapped(node))),
            "not_operator" => ExprKind::Unary {
                op: "not".to_string(),
                operand: self.boxed(node, "argument"),
            },
            "unary_operator" => self.unary(node, "argument"),
            "binary_operator" | "boolean_operator" => self.binary(node),
            "comparison_operator" => self.comparison(node),
            "conditional_expression" => self.choice(node),
            "named_expression" | "assignment" | "augmented_assignment" => self.assignment(node),
            "lambda" => self.lambda(node),
            "keyword_argument" => self.required(node, "value").kind,
            "ERROR" => ExprKind::Opaque(Vec::new()),
            _ => ExprKind::Opaque(self.each_part(node)),
        }
    }
}

impl<'t> Python<'_, 't> {
    fn identifier(&self, node: Node<'t>) -> ExprKind {
        let name = self.text(node);
        if self.this == Some(name) {
            ExprKind::This
        } else {
            ExprKind::Name(name.to_string())
        }
    }

    fn attribute(&mut self, node: Node<'t>) -> ExprKind {
        let object = self.boxed(node, "object");
        let name = node.field("attribute").unwrap_or(node);
        member(object, self.text(name), name, false)
    }

    fn call(&mut self, node: Node<'t>) -> ExprKind {
        if self.low.field_text(node, "function") == "super" {
            return ExprKind::Super;
        }
        let callee = self.required(node, "function");
        let args = match node.field("arguments") {
            // `sum(x for x in xs)` has no brackets of its own.
            Some(only) if only.kind() == "generator_expression" => vec![self.arg(only)],
            Some(list) => named(list).into_iter().map(|arg| self.arg(arg)).collect(),
            None => Vec::new(),
        };
        call(callee, args)
    }

    pub(super) fn arg(&mut self, node: Node<'t>) -> Arg {
        match node.kind() {
            "keyword_argument" => Arg {
                name: Some(self.low.field_text(node, "name").to_string()),
                spread: false,
                value: self.required(node, "value"),
            },
            "list_splat" | "dictionary_splat" => spread_arg(self.wrapped(node)),
            _ => arg(self.expression(node)),
        }
    }

    fn subscript(&mut self, node: Node<'t>) -> ExprKind {
        let object = self.boxed(node, "value");
        let keys = fields(node, "subscript");
        let index = match keys.as_slice() {
            [only] => self.expression(*only),
            many => {
                let at = many.first().copied().unwrap_or(node);
                expr(ExprKind::List(self.expressions(many)), at)
            }
        };
        ExprKind::Index {
            object,
            index: Box::new(index),
        }
    }

    /// `yield from xs` is a `Yield` of a `Spread`.
    fn yielded(&mut self, node: Node<'t>) -> ExprKind {
        let Some(inner) = named(node).first().copied() else {
            return ExprKind::Yield(None);
        };
        let value = self.expression(inner);
        let value = if has_token(node, "from") {
            expr(ExprKind::Spread(Box::new(value)), inner)
        } else {
            value
        };
        ExprKind::Yield(Some(Box::new(value)))
    }

    /// `a < b < c` is `(a < b) < c`; what counts is that each part is evaluated once.
    fn comparison(&mut self, node: Node<'t>) -> ExprKind {
        let operands = named(node);
        if operands.len() > CHAIN_MAX {
            return ExprKind::Opaque(self.expressions(&operands));
        }
        let operators = fields(node, "operators");
        let mut operands = operands.into_iter();
        let Some(first) = operands.next() else {
            return ExprKind::Opaque(Vec::new());
        };
        let mut whole = self.expression(first);
        for (operator, operand) in operators.into_iter().zip(operands) {
            let right = Box::new(self.expression(operand));
            let mut at = span(operand);
            at.start = whole.span.start;
            let op = self
                .text(operator)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            whole = Expr {
                kind: ExprKind::Binary {
                    op,
                    left: Box::new(whole),
                    right,
                },
                span: at,
            };
        }
        whole.kind
    }

    /// `then if condition else otherwise`
    fn choice(&mut self, node: Node<'t>) -> ExprKind {
        let parts = self.each_part(node);
        match <[Expr; 3]>::try_from(parts) {
            Ok([then, condition, otherwise]) => ExprKind::Conditional {
                condition: Box::new(condition),
                then: Box::new(then),
                otherwise: Box::new(otherwise),
            },
            Err(parts) => ExprKind::Opaque(parts),
        }
    }

    /// `x := f()`, and the inner part of `a = b = f()`.
    fn assignment(&mut self, node: Node<'t>) -> ExprKind {
        let walrus = node.kind() == "named_expression";
        let (left, right) = if walrus {
            ("name", "value")
        } else {
            ("left", "right")
        };
        let target = self.field_pattern(node, left);
        assigned(target, self.assign_operator(node), self.required(node, right))
    }

    fn lambda(&mut self, node: Node<'t>) -> ExprKind {
        let params = node
            .field("parameters")
            .map(|it| self.params(it))
            .unwrap_or_default();
        let outer = self.this;
        self.shadow_this(&params);
        let value = self.required(node, "body");
        self.this = outer;
        ExprKind::Lambda(Box::new(Lambda {
            params,
            is_async: false,
            body: vec![returned(value)],
            span: span(node),
        }))
    }
}
