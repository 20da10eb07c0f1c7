//! From byte spans to places: 1-based lines and UTF-16 columns, as GitHub and SARIF count them.
//! Lines end at `\n` alone, as in git.

use crate::facts::ir::Span;
use crate::report::Place;

/// Starts of the lines of one text.
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<u32>,
}

impl<'a> Lines<'a> {
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let after_breaks = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(index, _)| offset(index + 1));
        Self {
            text,
            starts: std::iter::once(0).chain(after_breaks).collect(),
        }
    }

    /// 1-based line of a byte; beyond the end: the last line.
    #[must_use]
    pub fn line(&self, byte: u32) -> u32 {
        offset(self.starts.partition_point(|start| *start <= byte))
    }

    /// First and last line that hold bytes of the span.
    #[must_use]
    pub fn lines(&self, span: Span) -> (u32, u32) {
        let last = span.end.saturating_sub(1).max(span.start);
        (self.line(span.start), self.line(last))
    }

    #[must_use]
    pub fn place(&self, path: &str, span: Span) -> Place {
        let (start_line, start_column) = self.position(span.start);
        let (end_line, end_column) = self.position(span.end.max(span.start));
        Place {
            path: path.to_owned(),
            start_line,
            start_column,
            end_line,
            end_column,
            start_byte: span.start,
            end_byte: span.end.max(span.start),
        }
    }

    /// The text of a 1-based line, without its line break.
    #[must_use]
    pub fn text_of(&self, line: u32) -> &'a str {
        let start = self.start(line);
        let rest = self.text.get(start..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// A whole 1-based line.
    #[must_use]
    pub fn whole(&self, path: &str, line: u32) -> Place {
        let start = self.start(line);
        let span = Span {
            start: offset(start),
            end: offset(start + self.text_of(line).len()),
        };
        self.place(path, span)
    }

    fn start(&self, line: u32) -> usize {
        let index = (line as usize).saturating_sub(1);
        self.starts
            .get(index)
            .map_or(self.text.len(), |start| *start as usize)
    }

    fn position(&self, byte: u32) -> (u32, u32) {
        let line = self.line(byte);
        let start = self.start(line);
        // A span never splits a character; should one do so, its start counts.
        let mut end = (byte as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = self.text.get(start..end).unwrap_or_default();
        (line, offset(before.encode_utf16().count()) + 1)
    }
}

/// Files are at most 1 MiB, so offsets always fit.
fn offset(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, start: usize, end: usize) -> (u32, u32, u32, u32) {
        let span = Span {
            start: offset(start),
            end: offset(end),
        };
        let place = Lines::new(text).place("a.py", span);
        (
            place.start_line,
            place.start_column,
            place.end_line,
            place.end_column,
        )
    }

    #[test]
    fn columns_count_utf16_units() {
        let text = "a = 1\nx = \"😀é\" + y\n";
        let y = text.find('y').expect("there");
        assert_eq!(place(text, y, y + 1), (2, 13, 2, 14));
        assert_eq!(
            Lines::new(text)
                .place(
                    "a",
                    Span {
                        start: y as u32,
                        end: y as u32 + 1
                    }
                )
                .start_byte,
            21
        );
    }

    #[test]
    fn ends_are_exclusive_and_lines_one_based() {
        assert_eq!(place("ab\ncd", 0, 5), (1, 1, 2, 3));
        assert_eq!(place("ab\n", 0, 3), (1, 1, 2, 1));
        assert_eq!(place("", 0, 0), (1, 1, 1, 1));
        assert_eq!(Lines::new("ab\ncd").lines(Span { start: 0, end: 3 }), (1, 1));
        assert_eq!(Lines::new("ab\r\ncd").text_of(1), "ab");
        assert_eq!(Lines::new("ab\ncd").text_of(2), "cd");
    }

    #[test]
    fn spans_out_of_range_do_no_harm() {
        assert_eq!(place("é", 1, 99), (1, 1, 1, 2));
        assert_eq!(Lines::new("ab").text_of(7), "");
    }
}
