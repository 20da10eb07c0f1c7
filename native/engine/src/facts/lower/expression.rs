//! Expressions in every language: the bounded recursion, and the forms whose fields the grammars
//! name alike. A language says what each kind of node becomes.

use tree_sitter::Node;

use super::forms::{cut_expr, expr};
use super::grammar::Grammar;
use crate::facts::ir::{Expr, ExprKind};
use crate::facts::lower::by_field::ByField;

pub(super) trait Expressions<'t>: Grammar<'t> {
    fn expression_kind(&mut self, node: Node<'t>) -> ExprKind;

    /// Differs from `expression_kind` for forms that keep the span of the expression inside them.
    fn expression_inside(&mut self, node: Node<'t>) -> Expr {
        expr(self.expression_kind(node), node)
    }

    fn expression(&mut self, node: Node<'t>) -> Expr {
        if !self.low_mut().enter(node) {
            return cut_expr(node);
        }
        let value = self.expression_inside(node);
        self.low_mut().leave();
        value
    }

    fn expressions(&mut self, nodes: &[Node<'t>]) -> Vec<Expr> {
        nodes.iter().map(|node| self.expression(*node)).collect()
    }

    /// Every part of a node as an expression, in order.
    fn each_part(&mut self, node: Node<'t>) -> Vec<Expr> {
        self.expressions(&Self::parts(node))
    }

    /// What is left over: its parts are evaluated, in order.
    fn opaque(&mut self, node: Node<'t>) -> ExprKind {
        ExprKind::Opaque(self.each_part(node))
    }

    fn optional(&mut self, node: Option<Node<'t>>) -> Option<Expr> {
        node.map(|node| self.expression(node))
    }

    fn first_expression(&mut self, node: Node<'t>) -> Option<Expr> {
        let first = Self::parts(node).into_iter().next();
        self.optional(first)
    }

    /// The expression that a form wraps; broken code may lack it.
    fn wrapped(&mut self, node: Node<'t>) -> Expr {
        self.first_expression(node).unwrap_or_else(|| cut_expr(node))
    }

    /// The expression in a field the grammar requires; broken code may lack it.
    fn required(&mut self, node: Node<'t>, field: &str) -> Expr {
        match node.field(field) {
            Some(child) => self.expression(child),
            None => cut_expr(node),
        }
    }

    fn boxed(&mut self, node: Node<'t>, field: &str) -> Box<Expr> {
        Box::new(self.required(node, field))
    }

    fn unary(&mut self, node: Node<'t>, operand: &str) -> ExprKind {
        ExprKind::Unary {
            op: self.operator(node),
            operand: self.boxed(node, operand),
        }
    }

    fn binary(&mut self, node: Node<'t>) -> ExprKind {
        ExprKind::Binary {
            op: self.operator(node),
            left: self.boxed(node, "left"),
            right: self.boxed(node, "right"),
        }
    }

    fn conditional(&mut self, node: Node<'t>) -> ExprKind {
        ExprKind::Conditional {
            condition: self.boxed(node, "condition"),
            then: self.boxed(node, "consequence"),
            otherwise: self.boxed(node, "alternative"),
        }
    }
}
