//! Expressions of Java, except literals and `switch`.

use tree_sitter::Node;

use super::Java;
use crate::facts::ir::{Arg, Expr, ExprKind, Pattern};
use crate::facts::lower::{child_of_kind, cut_expr, expr, has_token, named, span};

impl<'t> Java<'_, 't> {
    pub(super) fn expression(&mut self, node: Node<'t>) -> Expr {
        if !self.low.enter(node) {
            return cut_expr(node);
        }
        let value = match node.kind() {
            "parenthesized_expression" => match named(node).first() {
                Some(inner) => self.expression(*inner),
                None => cut_expr(node),
            },
            "object_creation_expression" => self.object_creation(node),
            _ => expr(self.expression_kind(node), node),
        };
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

    fn boxed(&mut self, node: Node<'t>, field: &str) -> Box<Expr> {
        Box::new(self.required(node, field))
    }

    pub(super) fn expressions(&mut self, node: Node<'t>) -> Vec<Expr> {
        named(node)
            .into_iter()
            .map(|part| self.expression(part))
            .collect()
    }

    /// What is left over: its parts are evaluated, in order.
    pub(super) fn opaque(&mut self, node: Node<'t>) -> ExprKind {
        ExprKind::Opaque(self.expressions(node))
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
            "unary_expression" => ExprKind::Unary {
                op: self.low.field_text(node, "operator").to_string(),
                operand: self.boxed(node, "operand"),
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
            "assignment_expression" | "update_expression" => self.assignment(node),
            "cast_expression" => self.cast(node),
            "instanceof_expression" => self.instance_of(node),
            "class_literal" => self.class_literal(node),
            "switch_expression" => self.switch_value(node),
            _ => self.literal(node),
        }
    }

    fn field_access(&mut self, node: Node<'t>) -> ExprKind {
        let field = node.child_by_field_name("field").unwrap_or(node);
        // `Outer.this`
        if field.kind() == "this" {
            return ExprKind::This;
        }
        ExprKind::Member {
            object: self.boxed(node, "object"),
            name: self.text(field).to_string(),
            name_span: span(field),
            optional: false,
        }
    }

    fn method_invocation(&mut self, node: Node<'t>) -> ExprKind {
        let name = node.child_by_field_name("name").unwrap_or(node);
        let method = self.text(name).to_string();
        // In `Outer.super.call()` the object is `Outer`, which says no more than `super`.
        let object = match child_of_kind(node, "super") {
            Some(super_class) => Some(super_class),
            None => node.child_by_field_name("object"),
        };
        let callee = match object {
            Some(object) => {
                let receiver = self.expression(object);
                let mut whole = span(node);
                whole.end = span(name).end;
                Expr {
                    kind: ExprKind::Member {
                        object: Box::new(receiver),
                        name: method,
                        name_span: span(name),
                        optional: false,
                    },
                    span: whole,
                }
            }
            None => expr(ExprKind::Name(method), name),
        };
        ExprKind::Call {
            callee: Box::new(callee),
            type_args: self.type_arguments(node),
            args: self.arguments(node.child_by_field_name("arguments")),
            block: None,
        }
    }

    /// `super(a)`, `this(a)` in a constructor.
    pub(super) fn constructor_call(&mut self, node: Node<'t>) -> Expr {
        let kind = ExprKind::Call {
            callee: self.boxed(node, "constructor"),
            args: self.arguments(node.child_by_field_name("arguments")),
            block: None,
            type_args: Vec::new(),
        };
        expr(kind, node)
    }

    pub(super) fn arguments(&mut self, node: Option<Node<'t>>) -> Vec<Arg> {
        let values = node.map(|node| self.expressions(node)).unwrap_or_default();
        values
            .into_iter()
            .map(|value| Arg {
                name: None,
                spread: false,
                value,
            })
            .collect()
    }

    /// `repo::findById`, `Foo::new`.
    fn method_reference(&mut self, node: Node<'t>) -> ExprKind {
        let parts = named(node);
        let new = child_of_kind(node, "new");
        let (Some(object), Some(name)) = (parts.first(), new.or(parts.last().copied())) else {
            return ExprKind::Opaque(Vec::new());
        };
        ExprKind::Member {
            object: Box::new(self.expression(*object)),
            name: self.text(name).to_string(),
            name_span: span(name),
            optional: false,
        }
    }

    /// `Order.class`.
    fn class_literal(&mut self, node: Node<'t>) -> ExprKind {
        let (Some(ty), Some(keyword)) = (named(node).first().copied(), child_of_kind(node, "class")) else {
            return ExprKind::Opaque(Vec::new());
        };
        let name = self.type_ref(ty).name;
        ExprKind::Member {
            object: Box::new(expr(ExprKind::Name(name), ty)),
            name: "class".to_string(),
            name_span: span(keyword),
            optional: false,
        }
    }

    /// `a = b`, `a += b`, `a++`.
    fn assignment(&mut self, node: Node<'t>) -> ExprKind {
        let place = match node.kind() {
            "update_expression" => named(node).first().copied(),
            _ => node.child_by_field_name("left"),
        };
        let target = match place {
            Some(name) if name.kind() == "identifier" => self.name_pattern(place),
            Some(place) => Pattern::Place(Box::new(self.expression(place))),
            None => Pattern::Ignored,
        };
        let (op, value) = if node.kind() == "update_expression" {
            let op = if has_token(node, "++") { "+" } else { "-" };
            (Some(op), expr(ExprKind::Number("1".to_string()), node))
        } else {
            let op = self.low.field_text(node, "operator").strip_suffix('=');
            (op.filter(|op| !op.is_empty()), self.required(node, "right"))
        };
        ExprKind::Assign {
            target: Box::new(target),
            op: op.map(str::to_string),
            value: Box::new(value),
        }
    }

    fn cast(&mut self, node: Node<'t>) -> ExprKind {
        let value = self.boxed(node, "value");
        match node.child_by_field_name("type") {
            Some(ty) => ExprKind::Cast {
                ty: self.type_ref(ty),
                value,
            },
            None => value.kind,
        }
    }

    /// `x instanceof Foo foo` also binds `foo`, which is `x` as a `Foo`.
    fn instance_of(&mut self, node: Node<'t>) -> ExprKind {
        let mut left = self.boxed(node, "left");
        let tested = node
            .child_by_field_name("right")
            .or_else(|| node.child_by_field_name("pattern"));
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
        let name = ty.name.clone();
        if let Some(bound) = node.child_by_field_name("name") {
            let span = left.span;
            let cast = Expr {
                kind: ExprKind::Cast { ty, value: left },
                span,
            };
            left = Box::new(Expr {
                kind: ExprKind::Assign {
                    target: Box::new(self.name_pattern(Some(bound))),
                    op: None,
                    value: Box::new(cast),
                },
                span,
            });
        }
        ExprKind::Binary {
            op: "instanceof".to_string(),
            left,
            right: Box::new(expr(ExprKind::Name(name), tested)),
        }
    }
}
