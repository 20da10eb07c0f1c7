//! One flat walk over a syntax tree for what needs no lowering: what does not parse, comments,
//! and the suppressions written in them. It must not recurse: trees may be nested without bound.
//! It does not enter what cannot hold any of it, which is most of a tree.

use tree_sitter::{Node, Tree};

use super::{is_comment, offset, span};
use crate::cancel::Cancel;
use crate::facts::ir::{Language, Span, Suppression};
use crate::parse::{ParseStop, TREE_DEPTH_MAX};

const DIRECTIVE: &str = "driftline-ignore";

pub(super) struct Outline {
    pub quality: f32,
    pub errors: Vec<Span>,
    pub comments: Vec<Span>,
    pub suppressions: Vec<Suppression>,
}

pub(super) fn outline(
    language: Language,
    tree: &Tree,
    text: &str,
    token: &Cancel,
) -> Result<Outline, ParseStop> {
    let mut out = Outline {
        quality: 1.0,
        errors: Vec::new(),
        comments: Vec::new(),
        suppressions: Vec::new(),
    };
    let mut marks = Marks::of(language, text);
    let mut cursor = tree.walk();
    let mut depth = 0_usize;
    let mut steps = 0_usize;
    loop {
        let node = cursor.node();
        let may_matter = marks.stand_in(node) || depth + node.descendant_count() > TREE_DEPTH_MAX;
        let into = visit(node, text, may_matter, &mut out);
        if into && cursor.goto_first_child() {
            depth += 1;
            if depth > TREE_DEPTH_MAX {
                let line = node.start_position().row + 1;
                return Err(ParseStop::TooDeep(format!(
                    "line {line}: nested more than {TREE_DEPTH_MAX} levels deep"
                )));
            }
        } else {
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    out.quality = quality(&out.errors, text.len());
                    return Ok(out);
                }
                depth -= 1;
            }
        }
        steps += 1;
        if steps.is_multiple_of(4096) && token.is_stopped() {
            return Err(ParseStop::Timeout);
        }
    }
}

/// Where comments may start: in strings and elsewhere, too.
struct Marks {
    starts: Vec<usize>,
    passed: usize,
}

impl Marks {
    fn of(language: Language, text: &str) -> Self {
        let bytes = text.as_bytes();
        let starts = (0..bytes.len()).filter(|at| opens_comment(language, &bytes[*at..]));
        Marks {
            starts: starts.collect(),
            passed: 0,
        }
    }

    /// Whether a comment may be in this node. Those that start before it are not asked for again.
    fn stand_in(&mut self, node: Node<'_>) -> bool {
        let rest = self.starts.get(self.passed..).unwrap_or_default();
        self.passed += rest.iter().take_while(|at| **at < node.start_byte()).count();
        self.starts
            .get(self.passed)
            .is_some_and(|at| *at < node.end_byte())
    }
}

fn opens_comment(language: Language, rest: &[u8]) -> bool {
    let opens = |mark: &str| rest.starts_with(mark.as_bytes());
    match language {
        Language::Python => opens("#"),
        Language::Ruby => opens("#") || opens("=begin"),
        Language::Java | Language::CSharp => opens("//") || opens("/*"),
        Language::TypeScript | Language::Tsx | Language::JavaScript => {
            opens("//") || opens("/*") || opens("<!--") || opens("-->")
        }
        Language::Template => true,
    }
}

/// Takes note of one node; says whether its children matter, which they may without an error.
fn visit(node: Node<'_>, text: &str, may_matter: bool, out: &mut Outline) -> bool {
    if is_comment(node) {
        out.comments.push(span(node));
        suppressions(
            text.get(node.byte_range()).unwrap_or(""),
            node.start_byte(),
            &mut out.suppressions,
        );
        return false;
    }
    let here = span(node);
    let outer = out
        .errors
        .last()
        .copied()
        .filter(|outer| outer.contains(here) && outer.start < outer.end);
    match outer {
        None if is_broken(node) => out.errors.push(here),
        Some(outer) if is_sound(node) => {
            out.errors.pop();
            let pieces = [(outer.start, here.start), (here.end, outer.end)];
            out.errors.extend(
                pieces
                    .iter()
                    .filter(|(start, end)| start < end)
                    .map(|&(start, end)| Span { start, end }),
            );
        }
        // Errors nest; the outermost one says it all, but comments inside still count.
        _ => {}
    }
    may_matter || outer.is_some() || node.has_error()
}

/// An error, or something that is missing. What is missing may be a node that the grammar hides: then the
/// node around it has an error and none of its children does.
fn is_broken(node: Node<'_>) -> bool {
    node.is_error()
        || node.is_missing()
        || node.has_error() && !node.children(&mut node.walk()).any(|child| child.has_error())
}

/// A declaration or statement that parsed to its end. One unknown construct can turn a whole file
/// into an error node; what is sound inside it still counts.
fn is_sound(node: Node<'_>) -> bool {
    let kind = node.kind();
    let whole = ["_declaration", "_definition", "_statement"]
        .iter()
        .any(|end| kind.ends_with(end))
        || matches!(kind, "method" | "singleton_method" | "class" | "module");
    whole && node.is_named() && node.child_count() > 0 && !node.has_error()
}

#[allow(clippy::cast_precision_loss)]
fn quality(errors: &[Span], length: usize) -> f32 {
    let broken: u64 = errors
        .iter()
        .map(|error| u64::from(error.end - error.start))
        .sum();
    if length == 0 {
        1.0
    } else {
        1.0 - (broken as f32 / length as f32).min(1.0)
    }
}

/// `driftline-ignore RULE[: reason]`, first in the comment or in one of its lines, or after a second
/// comment mark (`# noqa  # driftline-ignore …`).
pub(super) fn suppressions(comment: &str, start: usize, out: &mut Vec<Suppression>) {
    let mut line_start = start;
    for line in comment.split_inclusive('\n') {
        if let Some(at) = line.find(DIRECTIVE)
            && let Some((rule, reason, length)) = directive(line, at)
        {
            let from = line_start + at;
            out.push(Suppression {
                rule: rule.to_string(),
                reason: reason.to_string(),
                span: Span {
                    start: offset(from),
                    end: offset(from + length),
                },
            });
        }
        line_start += line.len();
    }
}

fn directive(line: &str, at: usize) -> Option<(&str, &str, usize)> {
    let before = line.get(..at)?.trim_end();
    if !(before.is_empty() || before.ends_with(['#', '/', '*', '-', '!'])) {
        return None;
    }
    let whole = line.get(at..)?.trim_end();
    let whole = ["*/", "-->"]
        .iter()
        .fold(whole, |rest, end| rest.trim_end_matches(end))
        .trim_end();
    let rest = whole.strip_prefix(DIRECTIVE)?;
    if !rest.starts_with([' ', '\t']) {
        return None;
    }
    let (rule, reason) = rest
        .split_once(':')
        .map_or((rest, ""), |(rule, reason)| (rule, reason.trim()));
    let rule = rule.trim();
    let named = rule
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '_'));
    (named && !rule.is_empty()).then_some((rule, reason, whole.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(comment: &str) -> Vec<(String, String, u32, u32)> {
        let mut out = Vec::new();
        suppressions(comment, 10, &mut out);
        out.into_iter()
            .map(|s| (s.rule, s.reason, s.span.start, s.span.end))
            .collect()
    }

    #[test]
    fn sound_code_inside_a_broken_file_is_no_error() {
        let text =
            "class A {\n  void ok() { f(1); }\n  void bad() { x?.Y = 1 + ; }\n  void fine() { g(2); }\n";
        let facts = crate::parse::facts(
            text,
            crate::facts::ir::Language::CSharp,
            &crate::parse::ParseLimits::default(),
            &Cancel::default(),
        )
        .expect("facts");
        let broken: Vec<_> = facts
            .errors
            .iter()
            .map(|error| &text[error.start as usize..error.end as usize])
            .collect();
        assert!(
            facts.parse_quality > 0.2 && facts.parse_quality < 1.0,
            "{broken:?}"
        );
        for sound in ["f(1)", "g(2)"] {
            assert!(!broken.iter().any(|error| error.contains(sound)), "{broken:?}");
        }
        assert!(broken.iter().any(|error| error.contains("class A")), "{broken:?}");
        assert!(facts.errors.is_sorted());
    }

    #[test]
    fn suppressions_in_every_comment_syntax() {
        let expected = vec![("n-plus-one".to_string(), "two rows".to_string())];
        for comment in [
            "# driftline-ignore n-plus-one: two rows",
            "// driftline-ignore n-plus-one: two rows",
            "/* driftline-ignore n-plus-one: two rows */",
            "/**\n * driftline-ignore n-plus-one: two rows\n */",
            "<!-- driftline-ignore n-plus-one: two rows -->",
            "# noqa: E501  # driftline-ignore n-plus-one: two rows",
        ] {
            let plain: Vec<_> = found(comment)
                .into_iter()
                .map(|(rule, reason, ..)| (rule, reason))
                .collect();
            assert_eq!(plain, expected, "{comment}");
        }
    }

    #[test]
    fn a_suppression_may_lack_its_reason_but_not_its_rule() {
        assert_eq!(
            found("# driftline-ignore db"),
            vec![("db".into(), String::new(), 12, 31)]
        );
        assert_eq!(
            found("# driftline-ignore db:"),
            vec![("db".into(), String::new(), 12, 32)]
        );
        assert_eq!(found("# driftline-ignore"), vec![]);
        assert_eq!(found("# driftline-ignored db"), vec![]);
        assert_eq!(found("# see driftline-ignore n-plus-one in the manual"), vec![]);
    }
}
