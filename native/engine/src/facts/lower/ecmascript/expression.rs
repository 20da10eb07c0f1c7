//! Expressions of TypeScript and JavaScript, except literals and JSX.

use tree_sitter::Node;

use super::Ecma;
use crate::facts::ir::{Arg, Expr, ExprKind, Pattern, TypeRef};
use crate::facts::lower::{cut_expr, expr, has_token, named, span};

impl<'t> Ecma<'_, 't> {
    pub(super) fn expression(&mut self, node: Node<'t>) -> Expr {
        if !self.low.enter(node) {
            return cut_expr(node);
        }
        let value = self.wrapped(node);
        self.low.leave();
        value
    }

    pub(super) fn optional(&mut self, node: Option<Node<'t>>) -> Option<Expr> {
        node.map(|node| self.expression(node))
    }

    /// The expression in a field the grammar requires; broken code may lack it.
    pub(super) fn required(&mut self, node: Node<'t>, field: &str) -> Expr {
        match node.child_by_field_name(field) {
            Some(child) => self.expression(child),
            None => cut_expr(node),
        }
    }

    pub(super) fn boxed(&mut self, node: Node<'t>, field: &str) -> Box<Expr> {
        Box::new(self.required(node, field))
    }

    fn expressions(&mut self, nodes: Vec<Node<'t>>) -> Vec<Expr> {
        nodes.into_iter().map(|node| self.expression(node)).collect()
    }

    /// Forms that stand for the expression inside them keep its span.
    fn wrapped(&mut self, node: Node<'t>) -> Expr {
        match node.kind() {
            "parenthesized_expression"
            | "non_null_expression"
            | "computed_property_name"
            | "template_substitution"
            | "jsx_expression"
            | "instantiation_expression" => match named(node).first() {
                Some(inner) => self.expression(*inner),
                None => cut_expr(node),
            },
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
            "await_expression" => match named(node).first() {
                Some(inner) => ExprKind::Await(Box::new(self.expression(*inner))),
                None => ExprKind::Opaque(Vec::new()),
            },
            "yield_expression" => {
                let inner = named(node).first().copied();
                ExprKind::Yield(self.optional(inner).map(Box::new))
            }
            "spread_element" => match named(node).first() {
                Some(inner) => ExprKind::Spread(Box::new(self.expression(*inner))),
                None => ExprKind::Opaque(Vec::new()),
            },
            "unary_expression" => ExprKind::Unary {
                op: self.low.field_text(node, "operator").to_string(),
                operand: self.boxed(node, "argument"),
            },
            "binary_expression" => ExprKind::Binary {
                op: self.low.field_text(node, "operator").to_string(),
                left: self.boxed(node, "left"),
                right: self.boxed(node, "right"),
            },
            "ternary_expression" => ExprKind::Conditional {
                condition: self.boxed(node, "condition"),
                then: self.boxed(node, "consequence"),
                otherwise: self.boxed(node, "alternative"),
            },
            "assignment_expression" | "augmented_assignment_expression" | "update_expression" => {
                self.assignment(node)
            }
            "as_expression" | "satisfies_expression" | "type_assertion" => self.cast(node),
            _ => self.literal(node),
        }
    }

    /// What is left over: its parts are evaluated, in order.
    pub(super) fn opaque(&mut self, node: Node<'t>) -> ExprKind {
        let parts = self.expressions(named(node));
        ExprKind::Opaque(parts)
    }

    fn member(&mut self, node: Node<'t>) -> ExprKind {
        let object = self.boxed(node, "object");
        let property = node.child_by_field_name("property").unwrap_or(node);
        ExprKind::Member {
            object,
            name: self.text(property).to_string(),
            name_span: span(property),
            optional: node.child_by_field_name("optional_chain").is_some(),
        }
    }

    fn call(&mut self, node: Node<'t>) -> ExprKind {
        let callee = self.boxed(node, "function");
        let type_args = self.type_arguments(node);
        let args = self.arguments(node.child_by_field_name("arguments"));
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
            return vec![positional(expr(value, node))];
        }
        named(node)
            .into_iter()
            .map(|argument| {
                let value = self.expression(argument);
                match value.kind {
                    ExprKind::Spread(inner) if argument.kind() == "spread_element" => Arg {
                        name: None,
                        spread: true,
                        value: *inner,
                    },
                    kind => positional(Expr {
                        kind,
                        span: value.span,
                    }),
                }
            })
            .collect()
    }

    fn new_expression(&mut self, node: Node<'t>) -> ExprKind {
        let constructor = node.child_by_field_name("constructor");
        let is_name =
            constructor.is_some_and(|class| matches!(class.kind(), "identifier" | "member_expression"));
        let callee = if is_name { None } else { self.optional(constructor) };
        let class = TypeRef {
            name: if is_name {
                self.dotted_text(constructor)
            } else {
                String::new()
            },
            args: self.type_arguments(node),
            nullable: false,
        };
        let mut args = self.arguments(node.child_by_field_name("arguments"));
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
        let place = node.child_by_field_name(if is_update { "argument" } else { "left" });
        let target = place.map_or(Pattern::Ignored, |place| self.pattern(place));
        let operator = self.low.field_text(node, "operator");
        let (op, value) = if is_update {
            let one = expr(ExprKind::Number("1".to_string()), node);
            (operator.get(..1), one)
        } else {
            (operator.strip_suffix('='), self.required(node, "right"))
        };
        ExprKind::Assign {
            target: Box::new(target),
            op: op.filter(|op| !op.is_empty()).map(str::to_string),
            value: Box::new(value),
        }
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
            Some(ty) if ty.kind() == "type_arguments" => self.type_list(ty).into_iter().next(),
            Some(ty) => Some(self.type_ref(ty)),
            None => None,
        };
        match ty {
            Some(ty) => ExprKind::Cast {
                ty,
                value: Box::new(lowered),
            },
            None => lowered.kind,
        }
    }
}

pub(super) fn positional(value: Expr) -> Arg {
    Arg {
        name: None,
        spread: false,
        value,
    }
}

/// `async` directly under a function's node.
pub(super) fn is_async(node: Node<'_>) -> bool {
    has_token(node, "async")
}
