//! What every language shares of reading a syntax tree: text, names, and the bounded recursion into
//! patterns and types. A language says what each kind of node becomes.

use tree_sitter::Node;

use super::forms::plain;
use super::{Lowering, child_of_kind, named, span};
use crate::facts::ir::{Pattern, TypeRef};
use crate::facts::lower::by_field::ByField;

pub(super) trait Grammar<'t>: Sized {
    fn low(&self) -> &Lowering<'t>;

    fn low_mut(&mut self) -> &mut Lowering<'t>;

    /// Children that carry meaning.
    fn parts(node: Node<'t>) -> Vec<Node<'t>> {
        named(node)
    }

    /// The parts of the child in a field; none without one.
    fn field_parts(node: Node<'t>, field: &str) -> Vec<Node<'t>> {
        let child = node.field(field);
        child.map(Self::parts).unwrap_or_default()
    }

    /// The parts of the first child of a kind; none without one.
    fn kind_parts(node: Node<'t>, kind: &str) -> Vec<Node<'t>> {
        child_of_kind(node, kind).map(Self::parts).unwrap_or_default()
    }

    fn text(&self, node: Node<'_>) -> &'t str {
        self.low().text(node)
    }

    /// A dotted name without the blanks that may stand around its dots.
    fn dotted_text(&self, node: Node<'_>) -> String {
        self.text(node).split_whitespace().collect()
    }

    fn name(&self, node: Node<'t>) -> Pattern {
        Pattern::Name {
            name: self.text(node).to_string(),
            span: span(node),
        }
    }

    fn operator(&self, node: Node<'t>) -> String {
        self.low().field_text(node, "operator").to_string()
    }

    /// `+` of `+=`; none of a plain assignment.
    fn assign_operator(&self, node: Node<'t>) -> Option<String> {
        let op = self.low().field_text(node, "operator").trim_end_matches('=');
        (!op.is_empty()).then(|| op.to_string())
    }
}

pub(super) trait Patterns<'t>: Grammar<'t> {
    fn pattern_inside(&mut self, node: Node<'t>) -> Pattern;

    fn pattern(&mut self, node: Node<'t>) -> Pattern {
        if !self.low_mut().enter(node) {
            return Pattern::Ignored;
        }
        let pattern = self.pattern_inside(node);
        self.low_mut().leave();
        pattern
    }

    fn patterns(&mut self, node: Node<'t>) -> Vec<Pattern> {
        Self::parts(node)
            .into_iter()
            .map(|part| self.pattern(part))
            .collect()
    }

    fn optional_pattern(&mut self, node: Option<Node<'t>>) -> Pattern {
        node.map_or(Pattern::Ignored, |node| self.pattern(node))
    }

    fn field_pattern(&mut self, node: Node<'t>, field: &str) -> Pattern {
        self.optional_pattern(node.field(field))
    }
}

pub(super) trait Types<'t>: Grammar<'t> {
    fn type_inside(&mut self, node: Node<'t>) -> TypeRef;

    fn type_ref(&mut self, node: Node<'t>) -> TypeRef {
        if !self.low_mut().enter(node) {
            return plain("");
        }
        let ty = self.type_inside(node);
        self.low_mut().leave();
        ty
    }

    fn optional_type(&mut self, node: Option<Node<'t>>) -> Option<TypeRef> {
        node.map(|node| self.type_ref(node))
    }

    fn types(&mut self, nodes: &[Node<'t>]) -> Vec<TypeRef> {
        nodes.iter().map(|node| self.type_ref(*node)).collect()
    }
}
