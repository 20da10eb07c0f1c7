//! `ast-grep-ignore` comments as ast-grep reads them: for the statement before them on the same line, for the
//! next line, or at the top of a file for all of it; for all rules or for those that are named.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use tree_sitter::Node;

use super::meter::Document;

const WORD: &str = "ast-grep-ignore";

/// One comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// It covers the whole file, not one line.
    pub of_file: bool,
    /// 1-based line it stands on.
    pub line: u32,
    /// What it says, to tell it apart.
    pub text: String,
    /// Ids of rules as written in their own documents; `None`: all.
    ids: Option<Vec<String>>,
}

impl Suppression {
    /// A comment of another engine.
    #[must_use]
    pub fn of_line(line: u32, text: &str) -> Self {
        Suppression {
            of_file: false,
            line,
            text: text.trim().to_owned(),
            ids: None,
        }
    }
}

/// Those of one file.
#[derive(Debug, Default)]
pub struct Suppressions {
    pub all: Vec<Suppression>,
    file: Option<usize>,
    /// By the 0-based line a match begins on.
    lines: HashMap<usize, usize>,
}

impl Suppressions {
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let mut found = Suppressions::default();
        if !document.text.contains(WORD) {
            return found;
        }
        let mut cursor = document.tree.walk();
        loop {
            let node = cursor.node();
            if let Some(text) = comment(node, &document.text)
                && found.take(node, text)
            {
                return found;
            }
            if cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return found;
                }
            }
        }
    }

    /// Says whether the rest of the file does not matter any more.
    fn take(&mut self, node: Node<'_>, text: &str) -> bool {
        let row = node.start_position().row;
        let before = node.prev_sibling().filter(|it| it.end_position().row == row);
        let is_first = row == 0 && before.is_none();
        let of_file = is_first && node.next_sibling().is_none_or(|it| it.start_position().row >= 2);
        let at = self.all.len();
        let ids = ids(text);
        let covers_all = of_file && ids.is_none();
        self.all.push(Suppression {
            of_file,
            line: u32::try_from(row + 1).unwrap_or(u32::MAX),
            text: text.trim().to_owned(),
            ids,
        });
        if of_file {
            self.file = Some(at);
        } else {
            // One after a statement of several lines stands for the line where that begins.
            let line = before.map_or(row + 1, |it| it.start_position().row);
            self.lines.insert(line, at);
        }
        covers_all
    }

    /// The comment that covers a match of a rule, by its place in `all`. `rule` is the id in the rule's document;
    /// `row` the 0-based line on which the match begins.
    #[must_use]
    pub fn covering(&self, rule: &str, row: usize) -> Option<usize> {
        let covers = |at: &usize| {
            let suppression = self.all.get(*at);
            suppression.is_some_and(|it| it.ids.as_ref().is_none_or(|ids| ids.iter().any(|id| id == rule)))
        };
        let line = self.lines.get(&row).copied();
        self.file.filter(covers).or_else(|| line.filter(covers))
    }
}

/// The text of a comment that begins with the word; in the middle of prose it counts for nothing.
fn comment<'t>(node: Node<'_>, text: &'t str) -> Option<&'t str> {
    if !node.kind().contains("comment") {
        return None;
    }
    let text = text.get(node.byte_range())?;
    let start = text.find(char::is_alphabetic)?;
    text.get(start..)?.starts_with(WORD).then_some(text)
}

/// `None`: no rule is named, so all are meant.
fn ids(text: &str) -> Option<Vec<String>> {
    let (_, after) = text.trim().split_once(WORD)?;
    let (_, named) = after.trim().split_once(':')?;
    // What follows an id is prose, or the end of the comment.
    let first_word = |id: &str| id.trim_start().split(' ').next().unwrap_or_default().to_owned();
    Some(named.split(',').map(first_word).collect())
}
