//! Matched code as the finding id sees it: comments out, white space collapsed, local names
//! replaced by the order in which they first occur. It reads tokens, not syntax: enough to keep
//! an id through a formatter or a rename, and the same for all six languages.

use crate::facts::ir::{Language, Span};

/// `code` is the text at `site`; `comments` are spans of the file.
#[must_use]
pub fn normalise(code: &str, site: Span, comments: &[Span], locals: &[String], language: Language) -> String {
    let code = without_comments(code, site, comments);
    let mut tokens = Vec::new();
    tokenise(&code, language, &mut tokens);
    bare_parameters(&mut tokens);
    write(&tokens, locals, language)
}

fn without_comments(code: &str, site: Span, comments: &[Span]) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut from = 0;
    for comment in comments {
        if comment.start >= site.end || comment.end <= site.start {
            continue;
        }
        let start = comment.start.saturating_sub(site.start) as usize;
        let end = (comment.end.saturating_sub(site.start) as usize).min(code.len());
        kept.push_str(code.get(from..start).unwrap_or_default());
        kept.push(' ');
        from = end.max(from);
    }
    kept.push_str(code.get(from..).unwrap_or_default());
    kept
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    /// Text inside quotes (or the quotes themselves): kept as it is.
    Text(String),
    Mark(char),
}

struct Reader<'a> {
    chars: std::iter::Peekable<std::str::CharIndices<'a>>,
    language: Language,
}

fn tokenise(code: &str, language: Language, tokens: &mut Vec<Token>) {
    let mut reader = Reader {
        chars: code.char_indices().peekable(),
        language,
    };
    while reader.code(tokens, None) {}
}

impl Reader<'_> {
    /// Reads code up to the bracket that closes an interpolation. False at the end of the text.
    fn code(&mut self, tokens: &mut Vec<Token>, closing: Option<char>) -> bool {
        let mut depth = 0_u32;
        while let Some((_, first)) = self.chars.next() {
            match first {
                _ if first.is_whitespace() => {}
                _ if is_word(first) => {
                    let word = self.word(first);
                    tokens.push(Token::Word(word));
                }
                '"' | '\'' | '`' => self.quoted(first, interpolates_braces(self.language, tokens), tokens),
                _ => {
                    if Some(first) == closing && depth == 0 {
                        return true;
                    }
                    match first {
                        '{' => depth += 1,
                        '}' => depth = depth.saturating_sub(1),
                        _ => {}
                    }
                    tokens.push(Token::Mark(first));
                }
            }
        }
        false
    }

    fn word(&mut self, first: char) -> String {
        let mut word = String::from(first);
        while let Some((_, next)) = self.chars.next_if(|(_, next)| is_word(*next)) {
            word.push(next);
        }
        word
    }

    /// A string literal: its text kept as it stands, code in interpolations read as code.
    /// Quotes are unified, since formatters change them.
    fn quoted(&mut self, quote: char, braces: bool, tokens: &mut Vec<Token>) {
        let mut text = String::from('"');
        while let Some((_, next)) = self.chars.next() {
            let opens = match next {
                '#' | '$' => self.chars.next_if(|(_, c)| *c == '{').is_some(),
                '{' => braces && self.chars.next_if(|(_, c)| *c == '{').is_none(),
                _ => false,
            };
            if opens {
                text.push('{');
                tokens.push(Token::Text(std::mem::take(&mut text)));
                if !self.code(tokens, Some('}')) {
                    return;
                }
                text.push('}');
            } else if next == '\\' {
                text.push(next);
                text.extend(self.chars.next().map(|(_, escaped)| escaped));
            } else if next == quote {
                text.push('"');
                break;
            } else {
                text.push(next);
            }
        }
        tokens.push(Token::Text(text));
    }
}

/// `f"{x}"` in Python, `$"{x}"` in C#: the prefix is the token before.
fn interpolates_braces(language: Language, tokens: &[Token]) -> bool {
    match (language, tokens.last()) {
        (Language::Python, Some(Token::Word(prefix))) => prefix.len() <= 2 && prefix.contains(['f', 'F']),
        (Language::CSharp, Some(Token::Word(prefix))) => prefix.ends_with('$'),
        (Language::CSharp, Some(Token::Mark(mark))) => *mark == '@',
        _ => false,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '@')
}

/// `(x) => …` is `x => …`: formatters differ in that.
fn bare_parameters(tokens: &mut Vec<Token>) {
    let is = |token: Option<&Token>, mark: char| token == Some(&Token::Mark(mark));
    let mut at = 0;
    while at + 4 < tokens.len() {
        let arrow =
            is(tokens.get(at + 4), '>') && (is(tokens.get(at + 3), '=') || is(tokens.get(at + 3), '-'));
        let lone = matches!(tokens.get(at + 1), Some(Token::Word(_))) && is(tokens.get(at + 2), ')');
        // `f(x) => …` is no parameter in parentheses but the head of a function.
        let is_head = at.checked_sub(1).is_some_and(|before| match tokens.get(before) {
            Some(Token::Word(word)) => !["async", "return", "static"].contains(&word.as_str()),
            _ => false,
        });
        if is(tokens.get(at), '(') && arrow && lone && !is_head {
            tokens.remove(at + 2);
            tokens.remove(at);
        }
        at += 1;
    }
}

fn write(tokens: &[Token], locals: &[String], language: Language) -> String {
    let mut seen: Vec<&str> = Vec::new();
    let mut brackets: Vec<char> = Vec::new();
    let mut out = String::new();
    for (index, token) in tokens.iter().enumerate() {
        match token {
            Token::Word(word) => {
                if matches!(
                    index.checked_sub(1).and_then(|i| tokens.get(i)),
                    Some(Token::Word(_))
                ) {
                    out.push(' ');
                }
                if !locals.contains(word) || is_member_or_key(tokens, index, language) {
                    out.push_str(word);
                    continue;
                }
                if is_shorthand(tokens, index, &brackets, language) {
                    out.push_str(word);
                    out.push(':');
                }
                let position = seen.iter().position(|name| name == word).unwrap_or_else(|| {
                    seen.push(word);
                    seen.len() - 1
                });
                out.push('\u{1}');
                out.push_str(&position.to_string());
            }
            Token::Text(text) => out.push_str(text),
            Token::Mark(mark) => {
                match mark {
                    '(' | '[' | '{' => brackets.push(*mark),
                    ')' | ']' | '}' => {
                        brackets.pop();
                        // A trailing comma is a formatter's matter.
                        if out.ends_with(',') {
                            out.pop();
                        }
                    }
                    _ => {}
                }
                out.push(*mark);
            }
        }
    }
    out
}

fn mark(tokens: &[Token], index: Option<usize>) -> Option<char> {
    match index.and_then(|index| tokens.get(index)) {
        Some(Token::Mark(mark)) => Some(*mark),
        _ => None,
    }
}

/// `.name`, `name: value`, `name=value`, `:name`: names that are no variable.
fn is_member_or_key(tokens: &[Token], index: usize, language: Language) -> bool {
    let before = |n: usize| mark(tokens, index.checked_sub(n));
    let after = |n: usize| mark(tokens, index.checked_add(n));
    match before(1) {
        // `...name` spreads a variable, `1..name` ends a range.
        Some('.') => before(2) != Some('.'),
        Some('>') if before(2) == Some('-') => true,
        Some(':') if before(2) == Some(':') => true,
        Some(':') if language == Language::Ruby => !is_ruby_value(tokens, index),
        Some('(' | ',' | '{') => match after(1) {
            Some(':') => after(2) != Some(':'),
            Some('=') => !matches!(after(2), Some('=' | '>' | '~')),
            _ => false,
        },
        _ => false,
    }
}

/// In `key: name` the colon belongs to the key, in `:name` to the symbol.
fn is_ruby_value(tokens: &[Token], index: usize) -> bool {
    let before_colon = index.checked_sub(2).and_then(|index| tokens.get(index));
    matches!(before_colon, Some(Token::Word(_) | Token::Text(_)))
}

/// `{ id, name }` in JavaScript: renaming the local turns it into `{ id: other, name }`.
fn is_shorthand(tokens: &[Token], index: usize, brackets: &[char], language: Language) -> bool {
    matches!(
        language,
        Language::TypeScript | Language::Tsx | Language::JavaScript
    ) && brackets.last() == Some(&'{')
        && matches!(mark(tokens, index.checked_sub(1)), Some('{' | ','))
        && matches!(mark(tokens, index.checked_add(1)), Some('}' | ','))
}

#[cfg(test)]
mod tests;
