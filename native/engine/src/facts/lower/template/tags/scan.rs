//! What of a template is no text: outputs, tags and comments, with their places.

use super::span;
use crate::facts::ir::Span;

/// What stands between two marks, without the spaces around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code<'t> {
    pub text: &'t str,
    pub from: usize,
}

impl Code<'_> {
    pub fn span(self) -> Span {
        span(self.from, self.from + self.text.len())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    Output(Code<'t>),
    Tag(Code<'t>),
    Comment(Code<'t>),
}

type Make<'t> = fn(Code<'t>) -> Piece<'t>;

/// Every byte is looked at a few times at most: what is never closed is not looked for again.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let last = |close: &str| text.rfind(close).unwrap_or(0);
    let lasts = [last("}}"), last("%}"), last("#}")];
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('{')) {
        let inside = at + open + 2;
        let (close, last, make): (_, _, Make<'_>) = match text.as_bytes().get(inside - 1) {
            Some(b'{') => ("}}", lasts[0], Piece::Output),
            Some(b'%') => ("%}", lasts[1], Piece::Tag),
            Some(b'#') => ("#}", lasts[2], Piece::Comment),
            _ => {
                at = inside - 1;
                continue;
            }
        };
        let rest = text.get(inside..).filter(|_| inside <= last);
        let Some(length) = rest.and_then(|rest| rest.find(close)) else {
            at = inside;
            continue;
        };
        let code = text.get(inside..inside + length).unwrap_or_default();
        pieces.push(make(trimmed(code, inside)));
        at = inside + length + close.len();
    }
    pieces
}

/// Without spaces and the marks that eat the ones outside: `{%- for … -%}`.
fn trimmed(code: &str, from: usize) -> Code<'_> {
    let text = code.strip_prefix(['-', '+']).unwrap_or(code);
    let text = text.trim_start();
    let from = from + (code.len() - text.len());
    let text = text.strip_suffix(['-', '+']).unwrap_or(text).trim_end();
    Code { text, from }
}
