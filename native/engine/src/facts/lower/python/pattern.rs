//! What Python binds: targets of assignments and loops, and parameters.

use tree_sitter::Node;

use super::Python;
use crate::facts::ir::{Param, Pattern};
use crate::facts::lower::{named, span};

impl<'t> Python<'_, 't> {
    pub(super) fn pattern(&mut self, node: Node<'t>) -> Pattern {
        if !self.low.enter(node) {
            return Pattern::Ignored;
        }
        let pattern = match node.kind() {
            "identifier" => self.name(node),
            "pattern_list" | "tuple_pattern" | "list_pattern" | "tuple" | "list" | "expression_list" => {
                Pattern::Sequence(named(node).into_iter().map(|part| self.pattern(part)).collect())
            }
            // `*rest` binds what is left; `(a)` binds `a`.
            "list_splat_pattern"
            | "dictionary_splat_pattern"
            | "list_splat"
            | "parenthesized_expression"
            | "as_pattern_target" => named(node)
                .first()
                .map_or(Pattern::Ignored, |it| self.pattern(*it)),
            _ => Pattern::Place(Box::new(self.expr(node))),
        };
        self.low.leave();
        pattern
    }

    fn name(&self, node: Node<'t>) -> Pattern {
        Pattern::Name {
            name: self.text(node).to_string(),
            span: span(node),
        }
    }

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
            "default_parameter" | "typed_default_parameter" => (node.child_by_field_name("name")?, false),
            "typed_parameter" => {
                let bound = named(node).first().copied()?;
                (bound, bound.kind() != "identifier")
            }
            _ => return None,
        };
        Some(Param {
            pattern: self.pattern(bound),
            ty: node.child_by_field_name("type").map(|ty| self.type_ref(ty)),
            default: node.child_by_field_name("value").map(|value| self.expr(value)),
            decorators: Vec::new(),
            rest,
        })
    }
}
