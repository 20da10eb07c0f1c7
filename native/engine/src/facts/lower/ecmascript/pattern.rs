//! What TypeScript and JavaScript bind: names, object and array patterns, places.

use tree_sitter::Node;

use super::Ecma;
use super::statement::all_children;
use crate::facts::ir::Pattern;
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::grammar::{Grammar, Patterns};
use crate::facts::lower::named;

impl<'t> Patterns<'t> for Ecma<'_, 't> {
    fn pattern_inside(&mut self, node: Node<'t>) -> Pattern {
        match node.kind() {
            "identifier"
            | "shorthand_property_identifier_pattern"
            | "shorthand_property_identifier"
            | "property_identifier" => self.name(node),
            "object_pattern" | "object" => self.object_pattern(node),
            "array_pattern" | "array" => self.array_pattern(node),
            "assignment_pattern" | "object_assignment_pattern" | "assignment_expression" => {
                self.field_pattern(node, "left")
            }
            "required_parameter" | "optional_parameter" => self.field_pattern(node, "pattern"),
            "rest_pattern" | "spread_element" | "parenthesized_expression" | "non_null_expression" => {
                self.optional_pattern(named(node).first().copied())
            }
            "member_expression" | "subscript_expression" => Pattern::Place(Box::new(self.expression(node))),
            _ => Pattern::Ignored,
        }
    }
}

impl<'t> Ecma<'_, 't> {
    fn object_pattern(&mut self, node: Node<'t>) -> Pattern {
        let mut parts = Vec::new();
        for part in named(node) {
            let key = match part.kind() {
                "pair_pattern" | "pair" => {
                    let key = part.field("key");
                    let name = key.map(|key| self.property_name(key)).unwrap_or_default();
                    parts.push((name, self.field_pattern(part, "value")));
                    continue;
                }
                "rest_pattern" | "spread_element" => "...".to_string(),
                "object_assignment_pattern" | "assignment_pattern" => {
                    self.low.field_text(part, "left").to_string()
                }
                _ => self.text(part).to_string(),
            };
            parts.push((key, self.pattern(part)));
        }
        Pattern::Object(parts)
    }

    fn array_pattern(&mut self, node: Node<'t>) -> Pattern {
        let mut parts = Vec::new();
        let mut filled = false;
        for part in all_children(node) {
            match part.kind() {
                "[" | "]" => {}
                "," if filled => filled = false,
                "," => parts.push(Pattern::Ignored),
                _ => {
                    parts.push(self.pattern(part));
                    filled = true;
                }
            }
        }
        Pattern::Sequence(parts)
    }
}
