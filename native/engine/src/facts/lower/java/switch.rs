//! `switch` of Java as a value.

use tree_sitter::Node;

use super::Java;
use crate::facts::ir::ExprKind;
use crate::facts::lower::braces::Braces;
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{run_at_once, stmt};
use crate::facts::lower::grammar::Grammar;
use crate::facts::lower::{child_of_kind, named};

impl<'t> Java<'_, 't> {
    /// A `switch` that yields a value. With blocks it is a lambda called at once, so that their
    /// statements are not lost; otherwise its parts are evaluated in place.
    pub(super) fn switch_value(&mut self, node: Node<'t>) -> ExprKind {
        let rules = Self::field_parts(node, "body");
        let values: Option<Vec<_>> = rules.iter().map(|rule| plain_value(*rule)).collect();
        if let Some(values) = values {
            let mut parts: Vec<_> = node.field("condition").into_iter().collect();
            parts.extend(values);
            return ExprKind::Opaque(self.expressions(&parts));
        }
        run_at_once(vec![stmt(self.switch_statement(node), node)], node)
    }
}

/// The value of `case A -> value;` or the error of `case B -> throw …;`.
fn plain_value(rule: Node<'_>) -> Option<Node<'_>> {
    let kinds = ["expression_statement", "throw_statement"];
    kinds
        .into_iter()
        .filter(|_| rule.kind() == "switch_rule")
        .find_map(|kind| child_of_kind(rule, kind))
        .and_then(|statement| named(statement).into_iter().next())
}
