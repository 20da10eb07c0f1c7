//! Words, numbers, texts and marks of the code in a tag.

use super::scan::Code;
use super::span;
use crate::facts::ir::Span;

/// People write far fewer in one tag; what comes after them is not read.
const TOKENS_MAX: usize = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'t> {
    Name(&'t str),
    Number(&'t str),
    /// Without its quotes.
    Text(&'t str),
    Mark(&'t str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub kind: Kind<'t>,
    pub span: Span,
}

impl Token<'_> {
    pub fn is(&self, word: &str) -> bool {
        matches!(self.kind, Kind::Name(it) | Kind::Mark(it) if it == word)
    }
}

const MARKS: &[&str] = &["==", "!=", "<=", ">=", "//", "**"];

pub(super) fn tokens(code: Code<'_>) -> Vec<Token<'_>> {
    let mut found: Vec<Token<'_>> = Vec::new();
    let mut at = 0;
    while found.len() < TOKENS_MAX {
        let rest = code.text.get(at..).unwrap_or_default();
        let spaces = rest.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        at += spaces;
        let Some(first) = rest.chars().next() else { break };
        let after_dot = found.last().is_some_and(|last| last.is("."));
        let (kind, length) = token(rest, first, after_dot);
        found.push(Token {
            kind,
            span: span(code.from + at, code.from + at + length),
        });
        at += length;
    }
    found
}

fn token(rest: &str, first: char, after_dot: bool) -> (Kind<'_>, usize) {
    let upto = |is_part: &dyn Fn(char) -> bool| {
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        (rest.get(..end).unwrap_or_default(), end)
    };
    if first.is_ascii_digit() {
        // `rows.0.name`
        let (number, length) = upto(&|c| c.is_ascii_digit() || c == '.' && !after_dot);
        return (Kind::Number(number), length);
    }
    if first.is_alphanumeric() || first == '_' {
        let (name, length) = upto(&|c| c.is_alphanumeric() || c == '_');
        return (Kind::Name(name), length);
    }
    if matches!(first, '"' | '\'') {
        let inside = rest.get(1..).unwrap_or_default();
        let end = inside.find(first).unwrap_or(inside.len());
        let length = (end + 2).min(rest.len());
        return (Kind::Text(inside.get(..end).unwrap_or_default()), length);
    }
    let two = MARKS.iter().find(|mark| rest.starts_with(**mark));
    let length = two.map_or(first.len_utf8(), |mark| mark.len());
    (Kind::Mark(rest.get(..length).unwrap_or_default()), length)
}
