//! What C# binds: names, tuples, places, and the names in `is` patterns.

use tree_sitter::Node;

use super::{CSharp, parts};
use crate::facts::ir::{Expr, ExprKind, Pattern, TypeRef};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{bound, cut_expr, expr};
use crate::facts::lower::grammar::{Grammar, Patterns};

impl<'t> Patterns<'t> for CSharp<'_, 't> {
    /// Left side of an assignment or of `foreach`.
    fn pattern_inside(&mut self, node: Node<'t>) -> Pattern {
        match node.kind() {
            "identifier" | "discard" => self.name_pattern(node),
            "tuple_pattern" | "tuple_expression" | "parenthesized_variable_designation" => {
                Pattern::Sequence(self.patterns(node))
            }
            "argument" | "parenthesized_expression" => self.optional_pattern(parts(node).last().copied()),
            "declaration_expression" => match node.field("name") {
                Some(name) => self.name_pattern(name),
                None => Pattern::Ignored,
            },
            _ => Pattern::Place(Box::new(self.expression(node))),
        }
    }
}

impl<'t> CSharp<'_, 't> {
    pub(super) fn name_pattern(&self, name: Node<'t>) -> Pattern {
        match self.text(name) {
            "_" | "" => Pattern::Ignored,
            _ => self.name(name),
        }
    }

    /// `x is Order order` also binds `order`, which is `x` as an `Order`.
    pub(super) fn is_pattern(&mut self, node: Node<'t>) -> ExprKind {
        let left = self.required(node, "expression");
        let Some(pattern) = node.field("pattern") else {
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
        let name = pattern.field("name");
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
