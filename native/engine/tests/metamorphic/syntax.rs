//! Syntax trees of the texts that are transformed, and the edits made of them.

use driftline_engine::facts::ir::Language;
use driftline_engine::parse;
use tree_sitter::{Node, Parser, Tree};

pub fn parsed(language: Language, text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&parse::grammar(language)).unwrap();
    parser.parse(text, None).unwrap()
}

/// Every node below, itself first, in the order of the text.
pub fn all<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut found = vec![node];
    let mut at = 0;
    let mut cursor = node.walk();
    while let Some(node) = found.get(at).copied() {
        let children: Vec<_> = node.children(&mut cursor).collect();
        found.splice(at + 1..at + 1, children);
        at += 1;
    }
    found
}

pub fn children<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    node.children(&mut node.walk()).collect()
}

/// The name of the field under which a node stands in its parent.
pub fn field<'t>(node: Node<'t>) -> Option<&'t str> {
    let parent = node.parent()?;
    let mut cursor = parent.walk();
    cursor.goto_first_child();
    loop {
        if cursor.node() == node {
            return cursor.field_name();
        }
        if !cursor.goto_next_sibling() {
            return None;
        }
    }
}

pub fn parent_kind<'t>(node: Node<'t>) -> &'t str {
    node.parent().map_or("", move |parent| parent.kind())
}

pub fn ancestors(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    std::iter::successors(node.parent(), |node| node.parent())
}

pub fn is_quoted(node: Node<'_>) -> bool {
    ancestors(node).chain([node]).any(|node| {
        [
            "string",
            "heredoc",
            "template",
            "regex",
            "character",
            "char_literal",
            "jsx",
            "comment",
        ]
        .iter()
        .any(|word| node.kind().contains(word))
    })
}

/// Replaces parts of a text; the edits do not overlap.
pub fn edited(text: &str, mut edits: Vec<(std::ops::Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = String::new();
    let mut done = 0;
    for (range, by) in edits {
        assert!(done <= range.start, "edits overlap at {done}");
        out.push_str(&text[done..range.start]);
        out.push_str(&by);
        done = range.end;
    }
    out.push_str(&text[done..]);
    out
}
