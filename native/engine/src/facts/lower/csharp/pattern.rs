//! What C# binds: names, tuples, places, and the names in `is` patterns.

use tree_sitter::Node;

use super::{CSharp, parts};
use crate::facts::ir::{Expr, ExprKind, Pattern, TypeRef};
use crate::facts::lower::{cut_expr, expr, span};

impl<'t> CSharp<'_, 't> {
    pub(super) fn name_pattern(&self, name: Node<'t>) -> Pattern {
        match self.text(name) {
            "_" | "" => Pattern::Ignored,
            text => Pattern::Name {
                name: text.to_string(),
                span: span(name),
            },
        }
    }

    /// Left side of an assignment or of `foreach`.
    pub(super) fn target(&mut self, node: Node<'t>) -> Pattern {
        if !self.low.enter(node) {
            return Pattern::Ignored;
        }
        let pattern = match node.kind() {
            "identifier" | "discard" => self.name_pattern(node),
            "tuple_pattern" | "tuple_expression" | "parenthesized_variable_designation" => {
                Pattern::Sequence(parts(node).into_iter().map(|part| self.target(part)).collect())
            }
            "argument" | "parenthesized_expression" => match parts(node).last() {
                Some(inner) => self.target(*inner),
                None => Pattern::Ignored,
            },
            "declaration_expression" => match node.child_by_field_name("name") {
                Some(name) => self.name_pattern(name),
                None => Pattern::Ignored,
            },
            _ => Pattern::Place(Box::new(self.expression(node))),
        };
        self.low.leave();
        pattern
    }

    /// `x is Order order` also binds `order`, which is `x` as an `Order`.
    pub(super) fn is_pattern(&mut self, node: Node<'t>) -> ExprKind {
        let left = match node.child_by_field_name("expression") {
            Some(left) => self.expression(left),
            None => cut_expr(node),
        };
        let Some(pattern) = node.child_by_field_name("pattern") else {
            return left.kind;
        };
        let (right, binding) = self.tested(pattern);
        let left = match binding {
            Some((name, ty)) => bound(left, name, ty),
            None => left,
        };
        ExprKind::Binary {
            op: "is".to_string(),
            left: Box::new(left),
            right: Box::new(right),
        }
    }

    /// What a pattern compares with, and the name it binds to the whole value.
    fn tested(&mut self, pattern: Node<'t>) -> (Expr, Option<(Pattern, Option<TypeRef>)>) {
        let name = pattern.child_by_field_name("name");
        match pattern.kind() {
            "negated_pattern" | "parenthesized_pattern" | "constant_pattern" => {
                match parts(pattern).first() {
                    Some(inner) if pattern.kind() == "constant_pattern" => (self.expression(*inner), None),
                    Some(inner) if self.low.enter(*inner) => {
                        let tested = self.tested(*inner);
                        self.low.leave();
                        tested
                    }
                    _ => (cut_expr(pattern), None),
                }
            }
            "declaration_pattern" | "recursive_pattern" | "type_pattern" | "var_pattern" => {
                let ty = self.declared_type(pattern, "type");
                let shown = ty.as_ref().map(|ty| ExprKind::Name(ty.name.clone()));
                let right = expr(shown.unwrap_or(ExprKind::Opaque(Vec::new())), pattern);
                (right, name.map(|name| (self.name_pattern(name), ty)))
            }
            "relational_pattern" => (expr(self.opaque(pattern), pattern), None),
            _ => (cut_expr(pattern), None),
        }
    }
}

fn bound(value: Expr, target: Pattern, ty: Option<TypeRef>) -> Expr {
    let span = value.span;
    let value = match ty {
        Some(ty) => Expr {
            kind: ExprKind::Cast {
                ty,
                value: Box::new(value),
            },
            span,
        },
        None => value,
    };
    Expr {
        kind: ExprKind::Assign {
            target: Box::new(target),
            op: None,
            value: Box::new(value),
        },
        span,
    }
}
