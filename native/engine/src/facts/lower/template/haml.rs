//! HAML: lines that start with `-` or `=`, values of tags, and what stands in `#{}`. Blocks end where
//! the indentation does.

use super::markup::{balanced, interpolations, quoted_end};
use super::woven::Woven;

pub(super) fn weave(text: &str) -> Woven {
    let mut haml = Haml {
        text,
        woven: Woven::default(),
        open: Vec::new(),
    };
    haml.lines();
    haml.woven
}

struct Haml<'t> {
    text: &'t str,
    woven: Woven,
    /// Indentation of the lines whose block is open.
    open: Vec<usize>,
}

/// One line: where its content starts, how far it is indented.
#[derive(Clone, Copy)]
struct Line<'t> {
    from: usize,
    indent: usize,
    content: &'t str,
}

/// Words that go on with the block of a line before.
const MIDDLE: &[&str] = &["else", "elsif", "when", "in", "rescue", "ensure"];

impl<'t> Haml<'t> {
    fn lines(&mut self) {
        let mut at = 0;
        while at < self.text.len() {
            let line = self.line_at(at);
            at = line.from + line.content.len() + 1;
            if line.content.trim().is_empty() {
                continue;
            }
            at = self.line(line, at);
        }
        self.close(0, "");
    }

    fn line_at(&self, at: usize) -> Line<'t> {
        let rest = self.text.get(at..).unwrap_or_default();
        let whole = rest.split('\n').next().unwrap_or_default();
        let content = whole.trim_start_matches([' ', '\t']);
        Line {
            from: at + whole.len() - content.len(),
            indent: whole.len() - content.len(),
            content,
        }
    }

    /// Takes one line and what belongs to it; gives where the next one starts.
    fn line(&mut self, line: Line<'t>, next: usize) -> usize {
        let content = line.content;
        if content.starts_with("-#") {
            let comment = content.get(1..).unwrap_or_default();
            self.woven.line(comment.trim_end(), line.from + 1);
            return self.skip_below(line.indent, next);
        }
        if let Some(filter) = content.strip_prefix(':') {
            return self.filter(line, filter.trim(), next);
        }
        if let Some(code) = content.strip_prefix('-') {
            return self.script(line, code, line.from + 1, next);
        }
        self.close(line.indent, "");
        if let Some(marks) = output_mark(content) {
            let code = content.get(marks..).unwrap_or_default();
            return self.script(line, code, line.from + marks, next);
        }
        if content.starts_with(['%', '.', '#']) && !content.starts_with("#{") {
            return self.tag(line, next);
        }
        interpolations(content, line.from, &mut self.woven);
        next
    }

    fn script(&mut self, line: Line<'t>, code: &'t str, from: usize, next: usize) -> usize {
        let word = first_word(code);
        self.close(line.indent, word);
        let (code, next) = self.continued(code, from, next);
        self.woven.line(code, from);
        let middle = MIDDLE.contains(&word);
        if !middle && (word == "case" || self.has_block(line.indent, next)) {
            self.open.push(line.indent);
        }
        next
    }

    /// Code goes on in the next line after a comma.
    fn continued(&self, code: &'t str, from: usize, next: usize) -> (&'t str, usize) {
        let (mut end, mut next) = (from + code.len(), next);
        let mut last = code;
        while last.trim_end().ends_with(',') && next < self.text.len() {
            let line = self.line_at(next);
            end = line.from + line.content.len();
            next = end + 1;
            last = line.content;
        }
        (self.text.get(from..end).unwrap_or(code), next)
    }

    /// Whether the next line that says anything stands deeper.
    fn has_block(&self, indent: usize, next: usize) -> bool {
        let mut at = next;
        while at < self.text.len() {
            let line = self.line_at(at);
            if !line.content.trim().is_empty() {
                return line.indent > indent;
            }
            at = line.from + line.content.len() + 1;
        }
        false
    }

    /// Ends the blocks that a line at this indentation is not part of.
    fn close(&mut self, indent: usize, word: &str) {
        while let Some(last) = self.open.last().copied() {
            if last < indent || last == indent && MIDDLE.contains(&word) {
                return;
            }
            self.open.pop();
            self.woven.glue("end\n");
        }
    }

    fn skip_below(&self, indent: usize, next: usize) -> usize {
        let mut at = next;
        while at < self.text.len() {
            let line = self.line_at(at);
            if !line.content.trim().is_empty() && line.indent <= indent {
                break;
            }
            at = line.from + line.content.len() + 1;
        }
        at.min(self.text.len())
    }

    /// `:ruby` is code, in other filters only `#{}` is.
    fn filter(&mut self, line: Line<'t>, name: &str, next: usize) -> usize {
        self.close(line.indent, "");
        let end = self.skip_below(line.indent, next);
        let body = self.text.get(next..end).unwrap_or_default();
        if name == "ruby" {
            self.woven.line(body, next);
        } else {
            interpolations(body, next, &mut self.woven);
        }
        end
    }

    /// `%li.item{ id: x }[post](href="y")<>= post.title`
    fn tag(&mut self, line: Line<'t>, next: usize) -> usize {
        let (mut at, mut next) = (line.from, next);
        let named = |c: char| c.is_alphanumeric() || matches!(c, '%' | '.' | '#' | '-' | '_' | ':' | '@');
        at += self.rest(at).find(|c| !named(c)).unwrap_or(self.rest(at).len());
        loop {
            let open = self.rest(at).chars().next();
            let Some(open @ ('{' | '[' | '(')) = open else {
                break;
            };
            let Some(end) = balanced(self.text, at) else {
                return next;
            };
            let inside = self.text.get(at + 1..end).unwrap_or_default();
            if open == '{' {
                self.woven.glue("attributes(");
                self.woven.code(inside, at + 1);
                self.woven.glue("\n)\n");
            } else if open == '(' {
                self.html_attributes(at + 1, end);
            }
            at = end + 1;
        }
        // Attributes may go over several lines.
        let here = self.line_end(at);
        next = next.max(here + 1);
        at += self.rest(at).find(|c| !matches!(c, '<' | '>')).unwrap_or(0);
        let content = self.text.get(at..here).unwrap_or_default();
        if let Some(marks) = output_mark(content) {
            let code = content.get(marks..).unwrap_or_default();
            return self.script(line, code, at + marks, next);
        }
        interpolations(content, at, &mut self.woven);
        next
    }

    /// `(href=post_path class="x")`: values without quotes are code.
    fn html_attributes(&mut self, from: usize, end: usize) {
        let mut at = from;
        while let Some(found) = self.text.get(at..end).and_then(|rest| rest.find('=')) {
            let value = at + found + 1;
            let rest = self.text.get(value..end).unwrap_or_default();
            let len = match rest.chars().next() {
                Some(quote @ ('"' | '\'')) => quoted_end(rest, quote),
                _ => {
                    let len = rest.find(char::is_whitespace).unwrap_or(rest.len());
                    self.woven.line(rest.get(..len).unwrap_or_default(), value);
                    len
                }
            };
            at = value + len.max(1);
        }
    }

    fn rest(&self, at: usize) -> &'t str {
        self.text.get(at..).unwrap_or_default()
    }

    fn line_end(&self, at: usize) -> usize {
        at + self.rest(at).find('\n').unwrap_or(self.rest(at).len())
    }
}

/// Bytes of `=`, `!=`, `&=`, `~` in front of code whose value is shown. `==` shows text.
fn output_mark(content: &str) -> Option<usize> {
    if content.starts_with("==") {
        return None;
    }
    let marks = ["!=", "&=", "=", "~"];
    marks
        .iter()
        .find(|mark| content.starts_with(**mark))
        .map(|mark| mark.len())
}

fn first_word(code: &str) -> &str {
    let code = code.trim_start();
    let end = code
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(code.len());
    code.get(..end).unwrap_or_default()
}
