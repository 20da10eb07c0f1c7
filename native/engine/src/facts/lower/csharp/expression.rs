//! Expressions of C#, except literals, queries and what makes objects.

use tree_sitter::Node;

use super::{CSharp, parts};
use crate::facts::ir::{Arg, Expr, ExprKind, TypeRef};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{arg, assigned, bound, call, cast, cut_expr, expr, member, one};
use crate::facts::lower::grammar::{Grammar, Patterns, Types};
use crate::facts::lower::{child_of_kind, fields, has_token};

impl<'t> Expressions<'t> for CSharp<'_, 't> {
    fn expression_inside(&mut self, node: Node<'t>) -> Expr {
        match node.kind() {
            "parenthesized_expression" | "checked_expression" | "ref_expression" => self.wrapped(node),
            // `x!` is `x`.
            "postfix_unary_expression" if has_token(node, "!") => self.wrapped(node),
            _ => expr(self.expression_kind(node), node),
        }
    }

    fn expression_kind(&mut self, node: Node<'t>) -> ExprKind {
        match node.kind() {
            "identifier" | "predefined_type" | "generic_name" => {
                ExprKind::Name(self.simple_name(node).to_string())
            }
            "qualified_name" | "alias_qualified_name" | "nullable_type" | "array_type" => {
                ExprKind::Name(self.type_ref(node).name)
            }
            "this" => ExprKind::This,
            "base" => ExprKind::Super,
            "member_access_expression" => {
                let object = self.boxed(node, "expression");
                self.member(object, node, false)
            }
            "conditional_access_expression" => self.conditional_access(node),
            "element_access_expression" => {
                let object = self.boxed(node, "expression");
                let subscript = node.field("subscript").unwrap_or(node);
                self.index(object, subscript)
            }
            "invocation_expression" => self.invocation(node),
            "lambda_expression" | "anonymous_method_expression" => {
                ExprKind::Lambda(Box::new(self.lambda(node)))
            }
            "binary_expression" => self.binary(node),
            "conditional_expression" => self.conditional(node),
            "await_expression" => match self.first_expression(node) {
                Some(inner) => ExprKind::Await(Box::new(inner)),
                None => ExprKind::Opaque(Vec::new()),
            },
            _ => self.operation(node),
        }
    }
}

impl<'t> CSharp<'_, 't> {
    fn operation(&mut self, node: Node<'t>) -> ExprKind {
        match node.kind() {
            "assignment_expression" => self.assignment(node),
            "prefix_unary_expression" | "postfix_unary_expression" => self.marked(node),
            "cast_expression" | "as_expression" => self.cast(node),
            "is_expression" => ExprKind::Binary {
                op: "is".to_string(),
                left: self.boxed(node, "left"),
                right: self.boxed(node, "right"),
            },
            "is_pattern_expression" => self.is_pattern(node),
            "range_expression" => self.range(node),
            "declaration_expression" => self.out_variable(node),
            "typeof_expression" => self.type_of(node),
            "switch_expression" => self.switch_value(node),
            "query_expression" => self.query(node),
            "object_creation_expression" | "implicit_object_creation_expression" => {
                self.object_creation(node)
            }
            "with_expression" => self.with_expression(node),
            "anonymous_object_creation_expression" => self.anonymous_object(node),
            "array_creation_expression"
            | "implicit_array_creation_expression"
            | "stackalloc_expression"
            | "collection_expression"
            | "initializer_expression"
            | "tuple_expression" => self.collection(node),
            _ => self.literal(node),
        }
    }

    /// `x switch { A => f(), _ => g() }`: the subject and the values; patterns are dropped.
    fn switch_value(&mut self, node: Node<'t>) -> ExprKind {
        let mut values = Vec::new();
        for part in parts(node) {
            if part.kind() != "switch_expression_arm" {
                values.push(self.expression(part));
            } else if let Some(value) = parts(part).last() {
                values.push(self.expression(*value));
            }
        }
        ExprKind::Opaque(values)
    }

    fn member(&mut self, object: Box<Expr>, node: Node<'t>, optional: bool) -> ExprKind {
        let name = node.field("name").unwrap_or(node);
        member(object, self.simple_name(name), name, optional)
    }

    /// `a?.B`, `a?[0]`.
    fn conditional_access(&mut self, node: Node<'t>) -> ExprKind {
        let object = self.boxed(node, "condition");
        match parts(node).into_iter().next_back() {
            Some(member) if member.kind() == "member_binding_expression" => self.member(object, member, true),
            Some(index) => self.index(object, index),
            None => object.kind,
        }
    }

    fn index(&mut self, object: Box<Expr>, arguments: Node<'t>) -> ExprKind {
        let mut values = Vec::new();
        for argument in parts(arguments) {
            values.push(self.argument(argument).value);
        }
        let index = match values.pop() {
            Some(only) if values.is_empty() => only,
            Some(last) => {
                values.push(last);
                expr(ExprKind::List(values), arguments)
            }
            None => cut_expr(arguments),
        };
        ExprKind::Index {
            object,
            index: Box::new(index),
        }
    }

    fn invocation(&mut self, node: Node<'t>) -> ExprKind {
        let function = node.field("function");
        let arguments = node.field("arguments");
        if let Some(name) = function.filter(|name| self.text(*name) == "nameof") {
            return self.name_of(arguments.unwrap_or(name));
        }
        let type_args = self.call_type_arguments(function);
        ExprKind::Call {
            callee: self.boxed(node, "function"),
            args: self.arguments(arguments),
            block: None,
            type_args,
        }
    }

    /// `<Order>` of `Set<Order>()`, `db.Set<Order>()` and `db?.Set<Order>()`.
    fn call_type_arguments(&mut self, function: Option<Node<'t>>) -> Vec<TypeRef> {
        let Some(function) = function else {
            return Vec::new();
        };
        let holder = match function.kind() {
            "conditional_access_expression" => parts(function).into_iter().next_back().unwrap_or(function),
            _ => function,
        };
        self.type_arguments(holder.field("name").unwrap_or(holder))
    }

    /// `nameof(x.Y)` is the text `Y`; nothing is evaluated.
    fn name_of(&self, arguments: Node<'t>) -> ExprKind {
        let text = self.text(arguments).trim_matches(['(', ')', ' ']);
        ExprKind::Str(text.rsplit('.').next().unwrap_or(text).to_string())
    }

    fn type_of(&mut self, node: Node<'t>) -> ExprKind {
        let ty = fields(node, "type").into_iter().next().unwrap_or(node);
        let name = self.type_ref(ty).name;
        let callee = expr(ExprKind::Name("typeof".to_string()), node);
        call(callee, vec![arg(expr(ExprKind::Name(name), ty))])
    }

    pub(super) fn arguments(&mut self, node: Option<Node<'t>>) -> Vec<Arg> {
        let arguments = node.map(parts).unwrap_or_default();
        arguments
            .into_iter()
            .map(|argument| self.argument(argument))
            .collect()
    }

    pub(super) fn argument(&mut self, node: Node<'t>) -> Arg {
        let name = node.field("name");
        let wrapped = matches!(node.kind(), "argument" | "attribute_argument");
        let value = if wrapped {
            parts(node).into_iter().next_back()
        } else {
            Some(node)
        };
        Arg {
            name: name.filter(|_| wrapped).map(|name| self.text(name).to_string()),
            spread: false,
            value: value.map_or_else(|| cut_expr(node), |value| self.expression(value)),
        }
    }

    /// `out var x`, `out Order x`: the call sets it; only its type is known.
    fn out_variable(&mut self, node: Node<'t>) -> ExprKind {
        let ty = self.declared_type(node, "type");
        let name = node.field("name").unwrap_or(node);
        match ty {
            None => ExprKind::Name(self.text(name).to_string()),
            Some(ty) => bound(cut_expr(node), self.name_pattern(name), Some(ty)).kind,
        }
    }

    fn assignment(&mut self, node: Node<'t>) -> ExprKind {
        let target = self.field_pattern(node, "left");
        assigned(target, self.assign_operator(node), self.required(node, "right"))
    }

    /// `!a`, `-a`, `^a` (from the end), `a++`, `--a`.
    fn marked(&mut self, node: Node<'t>) -> ExprKind {
        let Some(operand) = parts(node).into_iter().next_back() else {
            return ExprKind::Opaque(Vec::new());
        };
        for (token, op) in [("++", "+"), ("--", "-")] {
            if has_token(node, token) {
                return assigned(self.pattern(operand), Some(op.to_string()), one(node));
            }
        }
        let op = node.child(0).map_or("", |token| self.text(token)).to_string();
        ExprKind::Unary {
            op,
            operand: Box::new(self.expression(operand)),
        }
    }

    fn cast(&mut self, node: Node<'t>) -> ExprKind {
        let (value, ty) = match node.kind() {
            "as_expression" => ("left", "right"),
            _ => ("value", "type"),
        };
        let value = self.required(node, value);
        cast(value, self.optional_type(node.field(ty))).kind
    }

    fn range(&mut self, node: Node<'t>) -> ExprKind {
        let dots = child_of_kind(node, "..");
        let middle = dots.map_or(node.start_byte(), |dots| dots.start_byte());
        let mut from = None;
        let mut to = None;
        for part in parts(node) {
            let side = if part.start_byte() < middle {
                &mut from
            } else {
                &mut to
            };
            *side = Some(Box::new(self.expression(part)));
        }
        ExprKind::Range { from, to }
    }
}
