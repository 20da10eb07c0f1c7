//! Ruby expressions.

use tree_sitter::Node;

use super::{Ruby, code};
use crate::facts::ir::{Expr, ExprKind};
use crate::facts::lower::{cut_expr, expr, span};

impl<'t> Ruby<'_, 't> {
    pub(super) fn expr(&mut self, node: Node<'t>) -> Expr {
        if !self.low.enter(node) {
            return cut_expr(node);
        }
        let kind = self.kind(node);
        self.low.leave();
        Expr {
            kind,
            span: span(node),
        }
    }

    pub(super) fn exprs(&mut self, nodes: &[Node<'t>]) -> Vec<Expr> {
        nodes.iter().map(|node| self.expr(*node)).collect()
    }

    pub(super) fn boxed(&mut self, node: Node<'t>, field: &str) -> Box<Expr> {
        Box::new(self.field_expr(node, field))
    }

    fn optional(&mut self, node: Node<'t>, field: &str) -> Option<Box<Expr>> {
        node.child_by_field_name(field).map(|it| Box::new(self.expr(it)))
    }

    fn kind(&mut self, node: Node<'t>) -> ExprKind {
        match node.kind() {
            "identifier" => self.word(node),
            "constant" | "global_variable" => ExprKind::Name(self.text(node).to_string()),
            "instance_variable" | "class_variable" => self.variable(node),
            "self" => ExprKind::This,
            "super" => called(ExprKind::Super, node),
            "nil" => ExprKind::Null,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "scope_resolution" => self.path(node),
            "call" => self.call(node),
            "element_reference" => self.element(node),
            "yield" => ExprKind::Yield(self.jump_value(node).map(Box::new)),
            "lambda" => self.lambda(node),
            "unary" => self.unary(node),
            "binary" => self.binary(node),
            "range" => {
                let from = self.optional(node, "begin");
                ExprKind::Range {
                    from,
                    to: self.optional(node, "end"),
                }
            }
            "conditional" => self.conditional(node),
            "assignment" | "operator_assignment" => self.assignment(node),
            "right_assignment_list" => ExprKind::List(self.exprs(&code(node))),
            "splat_argument" | "hash_splat_argument" => ExprKind::Spread(self.first(node)),
            "rescue_modifier" => self.rescue_value(node),
            "parenthesized_statements" => match code(node).as_slice() {
                [only] => self.expr(*only).kind,
                _ => self.value_of(node),
            },
            "if" | "unless" | "if_modifier" | "unless_modifier" | "case" | "case_match" | "begin"
            | "while" | "until" | "while_modifier" | "until_modifier" | "for" | "class" | "module"
            | "singleton_class" => self.value_of(node),
            "method" | "singleton_method" => {
                self.method(node);
                ExprKind::Symbol(self.low.field_text(node, "name").to_string())
            }
            "return" | "next" | "break" => ExprKind::Opaque(self.jump_value(node).into_iter().collect()),
            "redo" | "retry" => called(ExprKind::Name(node.kind().to_string()), node),
            "match_pattern" | "test_pattern" => self.matched(node),
            "ERROR" => ExprKind::Opaque(Vec::new()),
            _ => self.literal(node),
        }
    }

    fn first(&mut self, node: Node<'t>) -> Box<Expr> {
        Box::new(
            code(node)
                .first()
                .map_or_else(|| cut_expr(node), |inner| self.expr(*inner)),
        )
    }

    /// A bare word: a local, or a method call without arguments.
    pub(super) fn word(&mut self, node: Node<'t>) -> ExprKind {
        let name = self.text(node);
        if self.is_local(name) {
            ExprKind::Name(name.to_string())
        } else {
            called(ExprKind::Name(name.to_string()), node)
        }
    }

    /// `@name` keeps its mark, so that it is not taken for the method `name`.
    fn variable(&mut self, node: Node<'t>) -> ExprKind {
        ExprKind::Member {
            object: Box::new(expr(ExprKind::This, node)),
            name: self.text(node).to_string(),
            name_span: span(node),
            optional: false,
        }
    }

    /// `A::B`; `::A` is `A`.
    fn path(&mut self, node: Node<'t>) -> ExprKind {
        let name = node.child_by_field_name("name").unwrap_or(node);
        match self.optional(node, "scope") {
            Some(object) => ExprKind::Member {
                object,
                name: self.text(name).to_string(),
                name_span: span(name),
                optional: false,
            },
            None => ExprKind::Name(self.text(name).to_string()),
        }
    }

    fn element(&mut self, node: Node<'t>) -> ExprKind {
        let Some(object_node) = node.child_by_field_name("object") else {
            return self.literal(node);
        };
        let object = Box::new(self.expr(object_node));
        let keys: Vec<_> = code(node)
            .into_iter()
            .filter(|child| child.id() != object_node.id() && !matches!(child.kind(), "block" | "do_block"))
            .collect();
        let index = match keys.as_slice() {
            [only] => self.expr(*only),
            many => expr(ExprKind::List(self.exprs(many)), node),
        };
        ExprKind::Index {
            object,
            index: Box::new(index),
        }
    }

    /// `defined?(x)` evaluates nothing.
    fn unary(&mut self, node: Node<'t>) -> ExprKind {
        let op = self.low.field_text(node, "operator").to_string();
        if op == "defined?" {
            return ExprKind::Opaque(Vec::new());
        }
        ExprKind::Unary {
            op,
            operand: self.boxed(node, "operand"),
        }
    }

    fn binary(&mut self, node: Node<'t>) -> ExprKind {
        let op = self.low.field_text(node, "operator").to_string();
        let left = self.boxed(node, "left");
        ExprKind::Binary {
            op,
            left,
            right: self.boxed(node, "right"),
        }
    }

    fn conditional(&mut self, node: Node<'t>) -> ExprKind {
        let condition = self.boxed(node, "condition");
        let then = self.boxed(node, "consequence");
        ExprKind::Conditional {
            condition,
            then,
            otherwise: self.boxed(node, "alternative"),
        }
    }

    /// `x rescue y` is a `Binary` `rescue`.
    fn rescue_value(&mut self, node: Node<'t>) -> ExprKind {
        let left = self.boxed(node, "body");
        ExprKind::Binary {
            op: "rescue".to_string(),
            left,
            right: self.boxed(node, "handler"),
        }
    }

    /// `x => {name:}`, `x in [a, b]`
    fn matched(&mut self, node: Node<'t>) -> ExprKind {
        let value = self.field_expr(node, "value");
        if let Some(pattern) = node.child_by_field_name("pattern") {
            self.declare_pattern(pattern);
        }
        ExprKind::Opaque(vec![value])
    }
}

/// A call without arguments.
pub(super) fn called(callee: ExprKind, node: Node<'_>) -> ExprKind {
    ExprKind::Call {
        callee: Box::new(expr(callee, node)),
        args: Vec::new(),
        block: None,
        type_args: Vec::new(),
    }
}
