//! Ruby literals: strings and heredocs, symbols, arrays, hashes.

use tree_sitter::Node;

use super::{Ruby, code};
use crate::facts::ir::{Expr, ExprKind};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{expr, string};
use crate::facts::lower::grammar::Grammar;
use crate::facts::lower::{offset, span};

impl<'t> Ruby<'_, 't> {
    pub(super) fn literal(&mut self, node: Node<'t>) -> ExprKind {
        match node.kind() {
            "integer" | "float" | "rational" | "complex" => ExprKind::Number(self.text(node).to_string()),
            "string" | "chained_string" | "bare_string" => self.string(node),
            "heredoc_beginning" => match self.heredocs.get(&node.start_byte()) {
                Some(body) => self.string(*body),
                None => ExprKind::Str(String::new()),
            },
            "character" => ExprKind::Str(self.text(node).trim_start_matches('?').to_string()),
            "simple_symbol" => ExprKind::Symbol(self.text(node).trim_start_matches(':').to_string()),
            "hash_key_symbol" => ExprKind::Symbol(self.text(node).to_string()),
            "delimited_symbol" | "bare_symbol" => match self.string(node) {
                ExprKind::Str(text) => ExprKind::Symbol(text),
                other => other,
            },
            "array" | "string_array" | "symbol_array" => self.array(node),
            "hash" => ExprKind::Map(self.pairs(&code(node))),
            // Regular expressions, shell commands: only what they embed.
            "regex" | "subshell" => match self.string(node) {
                ExprKind::Template(parts) => ExprKind::Opaque(parts),
                _ => ExprKind::Opaque(Vec::new()),
            },
            _ => self.opaque(node),
        }
    }

    /// A plain string keeps its escapes as written. One with `#{…}` keeps the embedded expressions.
    fn string(&mut self, node: Node<'t>) -> ExprKind {
        let (mut text, mut parts) = (String::new(), Vec::new());
        self.string_parts(node, &mut text, &mut parts);
        string(text, parts)
    }

    fn string_parts(&mut self, node: Node<'t>, text: &mut String, parts: &mut Vec<Expr>) {
        for child in code(node) {
            match child.kind() {
                "string" => self.string_parts(child, text, parts),
                "string_content" | "heredoc_content" | "escape_sequence" => text.push_str(self.text(child)),
                "interpolation" => match code(child).as_slice() {
                    [only] => parts.push(self.expression(*only)),
                    many => parts.extend(self.expressions(many)),
                },
                _ => {}
            }
        }
    }

    /// `[a, b: 1]` ends with a hash.
    fn array(&mut self, node: Node<'t>) -> ExprKind {
        let (pairs, values): (Vec<_>, Vec<_>) =
            code(node).into_iter().partition(|child| child.kind() == "pair");
        let mut items = self.expressions(&values);
        if let Some(first) = pairs.first() {
            items.push(expr(ExprKind::Map(self.pairs(&pairs)), *first));
        }
        ExprKind::List(items)
    }

    fn pairs(&mut self, nodes: &[Node<'t>]) -> Vec<(Expr, Expr)> {
        nodes.iter().map(|node| self.pair(*node)).collect()
    }

    /// `**rest` is a `Spread` key with a `Null` value, as everywhere.
    pub(super) fn pair(&mut self, node: Node<'t>) -> (Expr, Expr) {
        match node.field("key") {
            Some(key) => (self.expression(key), self.pair_value(node, key)),
            None => (self.expression(node), expr(ExprKind::Null, node)),
        }
    }

    /// `f(x:)` stands for `f(x: x)`.
    pub(super) fn pair_value(&mut self, node: Node<'t>, key: Node<'t>) -> Expr {
        match node.field("value") {
            Some(value) => self.expression(value),
            None => {
                let mut at = span(key);
                at.end = at.end.min(offset(node.end_byte()));
                Expr {
                    kind: self.word(key),
                    span: at,
                }
            }
        }
    }
}
