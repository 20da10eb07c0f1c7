//! Writes the same code in another form: indentation, blank lines, comments, line breaks, commas,
//! quotes and line ends, as formatters and people do.

use driftline_engine::facts::ir::Language;
use tree_sitter::Node;

use crate::syntax::{all, children, edited, field, is_quoted, parent_kind, parsed};

type Edits = Vec<(std::ops::Range<usize>, String)>;

fn indent_of(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
    let line = &text[start..at];
    &line[..line.len() - line.trim_start().len()]
}

fn is_first_on_line(text: &str, at: usize) -> bool {
    let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
    text[start..at].trim().is_empty()
}

/// Doubles the indentation of every line that begins outside of strings and comments.
pub fn indent(text: &str, language: Language) -> String {
    let tree = parsed(language, text);
    let edits = all(tree.root_node())
        .into_iter()
        .filter(|node| node.child_count() == 0 && is_first_on_line(text, node.start_byte()))
        .filter(|node| !node.parent().is_some_and(is_quoted) && node.start_byte() < node.end_byte())
        .map(|node| {
            let indent = indent_of(text, node.start_byte());
            (node.start_byte()..node.start_byte(), indent.to_owned())
        });
    edited(text, unique(edits.collect()))
}

/// A blank line and a comment before every statement.
pub fn comments(text: &str, language: Language) -> String {
    const BLOCKS: &[&str] = &[
        "block",
        "module",
        "program",
        "statement_block",
        "body_statement",
        "block_body",
        "constructor_body",
        "then",
        "do",
        "else",
    ];
    let mark = if matches!(language, Language::Python | Language::Ruby) {
        "#"
    } else {
        "//"
    };
    let tree = parsed(language, text);
    let edits = all(tree.root_node())
        .into_iter()
        .filter(|node| {
            node.is_named()
                && BLOCKS.contains(&parent_kind(*node))
                && is_first_on_line(text, node.start_byte())
        })
        .filter(|node| {
            !is_quoted(*node) && !line_before(text, node.start_byte()).contains("driftline-ignore")
        })
        // A file of Ruby may begin with a comment that means something.
        .filter(|node| node.start_byte() > 0)
        .map(|node| {
            let indent = indent_of(text, node.start_byte());
            (
                node.start_byte()..node.start_byte(),
                format!("{mark} note: why (see below)\n\n{indent}"),
            )
        });
    edited(text, unique(edits.collect()))
}

fn line_before(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').unwrap_or(0);
    let before = text[..start].rfind('\n').map_or(0, |it| it + 1);
    &text[before..start]
}

const ARGUMENTS: &[&str] = &["argument_list", "arguments"];

/// A line for every argument, and a comma after the last one where the language has that.
pub fn arguments(text: &str, language: Language) -> String {
    let tree = parsed(language, text);
    let mut edits = Edits::new();
    for node in all(tree.root_node()) {
        let parts = children(node);
        let is_list = ARGUMENTS.contains(&node.kind()) && parts.len() > 2 && parts[0].kind() == "(";
        let holds_comment = parts.iter().any(|it| it.kind().contains("comment"));
        let blocks = ["for_in_clause", "block_argument", "splat_argument"];
        let is_plain = !parts.iter().any(|it| blocks.contains(&it.kind()));
        if !is_list || is_quoted(node) || holds_comment || !is_plain {
            continue;
        }
        let indent = indent_of(text, node.start_byte());
        for (at, part) in parts.iter().enumerate() {
            if matches!(part.kind(), "(" | ",") && parts.get(at + 1).is_some_and(|it| it.kind() != ")") {
                edits.push((
                    part.end_byte()..parts[at + 1].start_byte(),
                    format!("\n{indent}      "),
                ));
            }
        }
        let [.., before, last] = parts.as_slice() else {
            continue;
        };
        if last.kind() == ")" && before.kind() != "," {
            let takes_comma = !matches!(language, Language::Java | Language::CSharp)
                && !matches!(
                    before.kind(),
                    "generator_expression" | "spread_element" | "dictionary_splat" | "hash_splat_argument"
                );
            let comma = if takes_comma { "," } else { "" };
            edits.push((before.end_byte()..last.start_byte(), format!("{comma}\n{indent}")));
        }
    }
    edited(text, edits)
}

/// A line for every call of a chain.
pub fn chains(text: &str, language: Language) -> String {
    if language == Language::Python {
        return text.to_owned();
    }
    const CALLS: &[&str] = &[
        "call",
        "call_expression",
        "method_invocation",
        "invocation_expression",
    ];
    let tree = parsed(language, text);
    let mut edits = Edits::new();
    for node in all(tree.root_node()) {
        if !matches!(node.kind(), "." | "?." | "&.") || is_quoted(node) {
            continue;
        }
        let object = node.prev_sibling();
        let is_chain = object.is_some_and(|object| {
            CALLS.contains(&object.kind())
                && matches!(
                    field(object),
                    Some("object" | "receiver" | "expression" | "function")
                )
        });
        if let Some(object) = object.filter(|_| is_chain) {
            let indent = indent_of(text, object.start_byte());
            edits.push((
                object.end_byte()..node.start_byte(),
                format!("\n{indent}        "),
            ));
        }
    }
    edited(text, edits)
}

/// Parentheses around the only parameter of an arrow function, or none.
pub fn parentheses(text: &str, language: Language) -> String {
    const ARROWS: &[&str] = &["arrow_function", "lambda_expression"];
    if matches!(language, Language::Python | Language::Ruby) {
        return text.to_owned();
    }
    let tree = parsed(language, text);
    let mut edits = Edits::new();
    for node in all(tree.root_node())
        .into_iter()
        .filter(|it| ARROWS.contains(&it.kind()))
    {
        let list = ["parameter", "parameters"]
            .iter()
            .find_map(|it| node.child_by_field_name(it));
        let Some(list) = list else { continue };
        let own = &text[list.byte_range()];
        let is_name = |it: &str| !it.is_empty() && it.chars().all(|c| c.is_alphanumeric() || c == '_');
        let inner = own.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
        match inner {
            Some(inner) if is_name(inner) => edits.push((list.byte_range(), inner.to_owned())),
            None if is_name(own) => edits.push((list.byte_range(), format!("({own})"))),
            _ => {}
        }
    }
    // One inside another has a place of its own: the lists do not overlap.
    edited(text, edits)
}

/// The other kind of quotes around strings that hold none.
pub fn quotes(text: &str, language: Language) -> String {
    if matches!(language, Language::Java | Language::CSharp) {
        return text.to_owned();
    }
    let tree = parsed(language, text);
    let mut edits = Edits::new();
    for node in all(tree.root_node()) {
        let own = &text[node.byte_range()];
        let simple = own.len() >= 2
            && own[1..own.len() - 1]
                .chars()
                .all(|c| !matches!(c, '\'' | '"' | '\\' | '#' | '\n'));
        if node.kind() != "string"
            || !simple
            || node.parent().is_some_and(is_quoted)
            || parent_kind(node) == "jsx_attribute"
        {
            continue;
        }
        let other = match own.chars().next() {
            Some('\'') => "\"",
            Some('"') => "'",
            _ => continue,
        };
        let (start, end) = (node.start_byte(), node.end_byte());
        edits.extend([
            (start..start + 1, other.to_owned()),
            (end - 1..end, other.to_owned()),
        ]);
    }
    edited(text, edits)
}

/// Lines end as on Windows, unless a string or comment goes over several.
pub fn line_ends(text: &str, language: Language) -> String {
    let tree = parsed(language, text);
    let over_lines = |node: &Node<'_>| is_quoted(*node) && text[node.byte_range()].contains('\n');
    if all(tree.root_node()).iter().any(over_lines) {
        return text.to_owned();
    }
    text.replace('\n', "\r\n")
}

fn unique(mut edits: Edits) -> Edits {
    edits.sort_by_key(|(range, _)| range.start);
    edits.dedup_by_key(|(range, _)| range.start);
    edits
}
