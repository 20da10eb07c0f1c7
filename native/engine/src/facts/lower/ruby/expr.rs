//! Ruby expressions.

use tree_sitter::Node;

use super::{Ruby, code};
use crate::facts::ir::{Expr, ExprKind};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{arg, call, expr, member};
use crate::facts::lower::grammar::Grammar;

impl<'t> Expressions<'t> for Ruby<'_, 't> {
    fn expression_kind(&mut self, node: Node<'t>) -> ExprKind {
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
            "unary" if self.operator(node) == "defined?" => self.defined(node),
            "unary" => self.unary(node, "operand"),
            "binary" => self.binary(node),
            "range" => ExprKind::Range {
                from: self.field_box(node, "begin"),
                to: self.field_box(node, "end"),
            },
            "conditional" => self.conditional(node),
            "assignment" | "operator_assignment" => self.assignment(node),
            "right_assignment_list" => ExprKind::List(self.each_part(node)),
            "splat_argument" | "hash_splat_argument" => ExprKind::Spread(Box::new(self.wrapped(node))),
            // `x rescue y`
            "rescue_modifier" => ExprKind::Binary {
                op: "rescue".to_string(),
                left: self.boxed(node, "body"),
                right: self.boxed(node, "handler"),
            },
            "parenthesized_statements" => match code(node).as_slice() {
                [only] => self.expression(*only).kind,
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
}

impl<'t> Ruby<'_, 't> {
    fn field_box(&mut self, node: Node<'t>, field: &str) -> Option<Box<Expr>> {
        self.optional(node.field(field)).map(Box::new)
    }

    /// `defined?(x)` evaluates nothing, so that a word in it is no call.
    fn defined(&mut self, node: Node<'t>) -> ExprKind {
        let operand = node.field("operand");
        let word = operand.map_or("", |operand| self.text(operand));
        let word = word.trim_start_matches('(').trim_end_matches(')').trim();
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        match operand {
            Some(operand) if !word.is_empty() && word.chars().all(is_word) => ExprKind::Call {
                callee: Box::new(expr(ExprKind::Name("defined?".to_string()), node)),
                args: vec![arg(expr(ExprKind::Symbol(word.to_string()), operand))],
                block: None,
                type_args: Vec::new(),
            },
            _ => ExprKind::Opaque(Vec::new()),
        }
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
        let object = Box::new(expr(ExprKind::This, node));
        member(object, self.text(node), node, false)
    }

    /// `A::B`; `::A` is `A`.
    fn path(&mut self, node: Node<'t>) -> ExprKind {
        let name = node.field("name").unwrap_or(node);
        match self.field_box(node, "scope") {
            Some(object) => member(object, self.text(name), name, false),
            None => ExprKind::Name(self.text(name).to_string()),
        }
    }

    fn element(&mut self, node: Node<'t>) -> ExprKind {
        let Some(object_node) = node.field("object") else {
            return self.literal(node);
        };
        let object = Box::new(self.expression(object_node));
        let keys: Vec<_> = code(node)
            .into_iter()
            .filter(|child| child.id() != object_node.id() && !matches!(child.kind(), "block" | "do_block"))
            .collect();
        let index = match keys.as_slice() {
            [only] => self.expression(*only),
            many => expr(ExprKind::List(self.expressions(many)), node),
        };
        ExprKind::Index {
            object,
            index: Box::new(index),
        }
    }

    /// `x => {name:}`, `x in [a, b]`
    fn matched(&mut self, node: Node<'t>) -> ExprKind {
        let value = self.required(node, "value");
        if let Some(pattern) = node.field("pattern") {
            self.declare_pattern(pattern);
        }
        ExprKind::Opaque(vec![value])
    }
}

/// A call without arguments.
pub(super) fn called(callee: ExprKind, node: Node<'_>) -> ExprKind {
    call(expr(callee, node), Vec::new())
}
