//! Expressions of Java, except literals and `switch`.

use tree_sitter::Node;

use super::Java;
use crate::facts::ir::{Arg, Expr, ExprKind, Pattern};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{arg, assigned, bound, call, cast, expr, member, one};
use crate::facts::lower::grammar::{Grammar, Types};
use crate::facts::lower::{child_of_kind, has_token, named, span};

impl<'t> Expressions<'t> for Java<'_, 't> {
    fn expression_inside(&mut self, node: Node<'t>) -> Expr {
        match node.kind() {
            "parenthesized_expression" => self.wrapped(node),
            "object_creation_expression" => self.object_creation(node),
            _ => expr(self.expression_kind(node), node),
        }
    }

    fn expression_kind(&mut self, node: Node<'t>) -> ExprKind {
        match node.kind() {
            "identifier" | "type_identifier" => ExprKind::Name(self.text(node).to_string()),
            "scoped_identifier" | "scoped_type_identifier" | "generic_type" | "array_type" => {
                ExprKind::Name(self.type_ref(node).name)
            }
            "this" => ExprKind::This,
            "super" => ExprKind::Super,
            "field_access" => self.field_access(node),
            "method_invocation" => self.method_invocation(node),
            "method_reference" => self.method_reference(node),
            "lambda_expression" => ExprKind::Lambda(Box::new(self.lambda(node))),
            "array_access" => ExprKind::Index {
                object: self.boxed(node, "array"),
                index: self.boxed(node, "index"),
            },
            "unary_expression" => self.unary(node, "operand"),
            "binary_expression" => self.binary(node),
            "ternary_expression" => self.conditional(node),
            "assignment_expression" | "update_expression" => self.assignment(node),
            "cast_expression" => self.cast(node),
            "instanceof_expression" => self.instance_of(node),
            "class_literal" => self.class_literal(node),
            "switch_expression" => self.switch_value(node),
            _ => self.literal(node),
        }
    }
}

impl<'t> Java<'_, 't> {
    fn field_access(&mut self, node: Node<'t>) -> ExprKind {
        let field = node.field("field").unwrap_or(node);
        // `Outer.this`
        if field.kind() == "this" {
            return ExprKind::This;
        }
        member(self.boxed(node, "object"), self.text(field), field, false)
    }

    fn method_invocation(&mut self, node: Node<'t>) -> ExprKind {
        let name = node.field("name").unwrap_or(node);
        let method = self.text(name);
        // In `Outer.super.call()` the object is `Outer`, which says no more than `super`.
        let object = match child_of_kind(node, "super") {
            Some(super_class) => Some(super_class),
            None => node.field("object"),
        };
        let callee = match self.optional(object) {
            Some(receiver) => {
                let mut whole = span(node);
                whole.end = span(name).end;
                Expr {
                    kind: member(Box::new(receiver), method, name, false),
                    span: whole,
                }
            }
            None => expr(ExprKind::Name(method.to_string()), name),
        };
        ExprKind::Call {
            callee: Box::new(callee),
            type_args: self.type_arguments(node),
            args: self.arguments(node.field("arguments")),
            block: None,
        }
    }

    /// `super(a)`, `this(a)` in a constructor.
    pub(super) fn constructor_call(&mut self, node: Node<'t>) -> Expr {
        let callee = self.required(node, "constructor");
        let args = self.arguments(node.field("arguments"));
        expr(call(callee, args), node)
    }

    pub(super) fn arguments(&mut self, node: Option<Node<'t>>) -> Vec<Arg> {
        let values = node.map(|node| self.each_part(node)).unwrap_or_default();
        values.into_iter().map(arg).collect()
    }

    /// `repo::findById`, `Foo::new`.
    fn method_reference(&mut self, node: Node<'t>) -> ExprKind {
        let parts = named(node);
        let new = child_of_kind(node, "new");
        let (Some(object), Some(name)) = (parts.first(), new.or(parts.last().copied())) else {
            return ExprKind::Opaque(Vec::new());
        };
        let object = Box::new(self.expression(*object));
        member(object, self.text(name), name, false)
    }

    /// `Order.class`.
    fn class_literal(&mut self, node: Node<'t>) -> ExprKind {
        let (Some(ty), Some(keyword)) = (named(node).first().copied(), child_of_kind(node, "class")) else {
            return ExprKind::Opaque(Vec::new());
        };
        let name = self.type_ref(ty).name;
        member(Box::new(expr(ExprKind::Name(name), ty)), "class", keyword, false)
    }

    /// `a = b`, `a += b`, `a++`.
    fn assignment(&mut self, node: Node<'t>) -> ExprKind {
        let place = match node.kind() {
            "update_expression" => named(node).first().copied(),
            _ => node.field("left"),
        };
        let target = match place {
            Some(name) if name.kind() == "identifier" => self.name_pattern(place),
            Some(place) => Pattern::Place(Box::new(self.expression(place))),
            None => Pattern::Ignored,
        };
        let (op, value) = if node.kind() == "update_expression" {
            let op = if has_token(node, "++") { "+" } else { "-" };
            (Some(op.to_string()), one(node))
        } else {
            (self.assign_operator(node), self.required(node, "right"))
        };
        assigned(target, op, value)
    }

    fn cast(&mut self, node: Node<'t>) -> ExprKind {
        let value = self.required(node, "value");
        cast(value, self.optional_type(node.field("type"))).kind
    }

    /// `x instanceof Foo foo` also binds `foo`, which is `x` as a `Foo`.
    fn instance_of(&mut self, node: Node<'t>) -> ExprKind {
        let left = self.required(node, "left");
        let tested = node.field("right").or_else(|| node.field("pattern"));
        let Some(tested) = tested else {
            return left.kind;
        };
        let mut ty = self.type_ref(tested);
        if let Some(record) = named(tested)
            .first()
            .filter(|_| tested.kind() == "record_pattern")
        {
            ty = self.type_ref(*record);
        }
        let right = expr(ExprKind::Name(ty.name.clone()), tested);
        let left = match node.field("name") {
            Some(name) => bound(left, self.name_pattern(Some(name)), Some(ty)),
            None => left,
        };
        ExprKind::Binary {
            op: "instanceof".to_string(),
            left: Box::new(left),
            right: Box::new(right),
        }
    }
}
