//! Brackets, quotes and `#{}` in the text of a template.

use super::woven::Woven;

/// Bytes between two brackets; people write far fewer.
const BRACKETED_MAX: usize = 10_000;

/// Where the bracket at `at` is closed. Brackets in quotes do not count.
pub(super) fn balanced(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (index, c) in rest.char_indices().take(BRACKETED_MAX) {
        if let Some(open) = quote {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if c == open => quote = None,
                _ => {}
            }
            continue;
        }
        match c {
            '"' | '\'' => quote = Some(c),
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + index);
                }
            }
            _ => {}
        }
    }
    None
}

/// Bytes of a text in quotes, the quotes included.
pub(super) fn quoted_end(text: &str, quote: char) -> usize {
    let inside = text.get(quote.len_utf8()..).unwrap_or_default();
    inside
        .find(quote)
        .map_or(text.len(), |end| end + 2 * quote.len_utf8())
}

/// The code in every `#{…}`, each as a line.
pub(super) fn interpolations(text: &str, from: usize, woven: &mut Woven) {
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("#{")) {
        let open = at + found + 1;
        let Some(end) = balanced(text, open) else {
            return;
        };
        woven.line(text.get(open + 1..end).unwrap_or_default(), from + open + 1);
        at = end + 1;
    }
}
