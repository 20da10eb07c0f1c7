//! What Python binds: targets of assignments and loops, and parameters.

use tree_sitter::Node;

use super::Python;
use crate::facts::ir::{Param, Pattern};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::param;
use crate::facts::lower::grammar::{Grammar, Patterns, Types};
use crate::facts::lower::named;

impl<'t> Patterns<'t> for Python<'_, 't> {
    fn pattern_inside(&mut self, node: Node<'t>) -> Pattern {
        match node.kind() {
            "identifier" => self.name(node),
            "pattern_list" | "tuple_pattern" | "list_pattern" | "tuple" | "list" | "expression_list" => {
                Pattern::Sequence(self.patterns(node))
            }
            // `*rest` binds what is left; `(a)` binds `a`.
            "list_splat_pattern"
            | "dictionary_splat_pattern"
            | "list_splat"
            | "parenthesized_expression"
            | "as_pattern_target" => self.optional_pattern(named(node).first().copied()),
            _ => Pattern::Place(Box::new(self.expression(node))),
        }
    }
}

impl<'t> Python<'_, 't> {
    /// The parameters of a function or lambda. The marks `*` and `/` bind nothing.
    pub(super) fn params(&mut self, list: Node<'t>) -> Vec<Param> {
        named(list)
            .into_iter()
            .filter_map(|param| self.param(param))
            .collect()
    }

    fn param(&mut self, node: Node<'t>) -> Option<Param> {
        let (bound, rest) = match node.kind() {
            "identifier" | "tuple_pattern" => (node, false),
            "list_splat_pattern" | "dictionary_splat_pattern" => (node, true),
            "default_parameter" | "typed_default_parameter" => (node.field("name")?, false),
            "typed_parameter" => {
                let bound = named(node).first().copied()?;
                (bound, bound.kind() != "identifier")
            }
            _ => return None,
        };
        let pattern = self.pattern(bound);
        Some(Param {
            ty: self.optional_type(node.field("type")),
            default: self.optional(node.field("value")),
            rest,
            ..param(pattern)
        })
    }
}
