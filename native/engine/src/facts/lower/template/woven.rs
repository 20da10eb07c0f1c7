//! Ruby text made of pieces of a template and of glue between them.

use crate::facts::ir::Span;

#[derive(Default)]
pub(super) struct Woven {
    pub ruby: String,
    pieces: Vec<Piece>,
}

struct Piece {
    /// Where it stands in the Ruby text.
    at: usize,
    /// Where it stands in the template.
    from: usize,
    len: usize,
}

impl Woven {
    /// Code of the template that starts at `from`.
    pub fn code(&mut self, code: &str, from: usize) {
        self.pieces.push(Piece {
            at: self.ruby.len(),
            from,
            len: code.len(),
        });
        self.ruby.push_str(code);
    }

    /// Code on lines of its own.
    pub fn line(&mut self, code: &str, from: usize) {
        self.code(code, from);
        self.ruby.push('\n');
    }

    /// What stands nowhere in the template.
    pub fn glue(&mut self, text: &str) {
        self.ruby.push_str(text);
    }

    pub fn back(&self, span: Span) -> Span {
        let start = self.position(span.start, false);
        let end = self.position(span.end, span.end > span.start);
        Span {
            start,
            end: end.max(start),
        }
    }

    /// Glue belongs to the piece before it; the end of a span to the byte before it.
    fn position(&self, at: u32, is_end: bool) -> u32 {
        let at = at as usize;
        let looked = if is_end { at.saturating_sub(1) } else { at };
        let after = self.pieces.partition_point(|piece| piece.at <= looked);
        let found = after.checked_sub(1).and_then(|last| self.pieces.get(last));
        let place = found.map_or(0, |piece| piece.from + (at - piece.at).min(piece.len));
        u32::try_from(place).unwrap_or(u32::MAX)
    }
}
