//! Matched code as the id of a match sees it: its tokens without comments and white space, in one short sum. For a
//! text that no grammar here reads, its words.

use tree_sitter::{Node, Tree};

use super::meter::step;
use crate::index::{Digest, Key};

/// A longer match is told apart by its beginning.
const BYTES_MAX: usize = 32 * 1024;

/// Of the bytes `start..end`.
#[must_use]
pub fn of_tree(tree: &Tree, text: &str, start: usize, end: usize) -> Key {
    let end = end.min(start.saturating_add(BYTES_MAX));
    let mut digest = Digest::default();
    let Some(top) = tree.root_node().descendant_for_byte_range(start, end) else {
        return of_text(text, start, end);
    };
    let mut cursor = top.walk();
    loop {
        step(1);
        let node = cursor.node();
        let is_outside = node.end_byte() <= start || node.start_byte() >= end;
        let skips = is_outside || is_comment(node);
        if !skips && node.child_count() == 0 {
            digest.add(text.get(node.byte_range()).unwrap_or_default().trim());
        }
        if !skips && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return digest.key();
            }
        }
    }
}

fn is_comment(node: Node<'_>) -> bool {
    node.is_extra() && node.kind().contains("comment")
}

#[must_use]
pub fn of_text(text: &str, start: usize, end: usize) -> Key {
    let mut end = end.min(start.saturating_add(BYTES_MAX)).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let words = text.get(start..end).unwrap_or_default().split_whitespace();
    words.fold(Digest::default(), Digest::with).key()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::Cancel;
    use crate::parse::{self, Open};

    fn sum(text: &str) -> Key {
        let grammar = tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into();
        let tree = parse::tree(text, &grammar, Open::Nothing, &Cancel::new()).expect("parsed");
        of_tree(&tree, text, 0, text.len())
    }

    #[test]
    fn white_space_and_comments_do_not_count_and_text_does() {
        assert_eq!(sum("f( a,b )"), sum("f(\n  a, // one\n  b)"));
        assert_ne!(sum("f('a b')"), sum("f('a  b')"));
        assert_ne!(sum("f(a)"), sum("f(b)"));
        assert_eq!(of_text("a  b\n", 0, 5), of_text("a b", 0, 3));
    }
}
