//! Reads JSON as configuration files have it: with comments and trailing commas.

use serde_json::Value;

pub(super) fn read(text: &str) -> Option<Value> {
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text)
        .or_else(|_| serde_json::from_str(&plain(text)))
        .ok()
}

/// Without comments and trailing commas; what stands in strings stays.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('"', _) => {
                out.push(c);
                while let Some(inner) = chars.next() {
                    out.push(inner);
                    match inner {
                        '\\' => out.extend(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            ('/', Some('/')) => {
                for skipped in chars.by_ref() {
                    if skipped == '\n' {
                        break;
                    }
                }
            }
            ('/', Some('*')) => {
                let mut last = ' ';
                chars.next();
                for skipped in chars.by_ref() {
                    if (last, skipped) == ('*', '/') {
                        break;
                    }
                    last = skipped;
                }
            }
            (']' | '}', _) => {
                let kept = out.trim_end().len();
                if out.get(..kept).is_some_and(|kept| kept.ends_with(',')) {
                    out.truncate(kept - 1);
                }
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_left_out() {
        let text = "\u{feff}{ // a\n \"a//b\": \"c,}\", /* \"x\": 1, */ \"d\": [1, 2, ],\n}";
        assert_eq!(
            read(text),
            Some(serde_json::json!({ "a//b": "c,}", "d": [1, 2] }))
        );
        assert_eq!(read("{ \"a\": "), None);
    }
}
