//! Turns the text of one file into facts: picks the grammar, parses within a time limit and
//! hands the tree to the lowering. It must not know where the text comes from.

use std::ops::ControlFlow;
use std::time::Duration;

use tree_sitter::{ParseOptions, ParseState, Parser, Range, Tree};

use crate::cancel::Cancel;
use crate::facts::ir::{FileFacts, Language};
use crate::facts::lower;
use crate::facts::lower::template::{Template, template_of};
pub(crate) use crate::open::Open;

/// Nested syntax that is lowered; what lies deeper becomes an empty `Opaque` or is dropped. Every
/// recursive walk over the lowered form relies on it, so it is sized for an 8 MiB stack in a
/// debug build.
pub const DEPTH_MAX: usize = 200;

/// A tree nested deeper than this is no program a person wrote; its file is skipped as a whole.
pub const TREE_DEPTH_MAX: usize = 5_000;

/// The parser looks up after every hundred operations. Code takes less than one for a byte; text that
/// takes twenty times as many is none, and may go on for minutes.
const LOOKS_MIN: usize = 2_000;
const BYTES_PER_LOOK: usize = 5;

#[derive(Clone, Copy, Debug)]
pub struct ParseLimits {
    /// The last resort: what decides is counted in work, so that a busy machine finds the same.
    pub timeout_ms: u64,
}

impl Default for ParseLimits {
    fn default() -> Self {
        ParseLimits { timeout_ms: 20_000 }
    }
}

/// Why a file has no facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseStop {
    Timeout,
    /// The caller's token: raised, or the time of the whole run is used up.
    Cancelled,
    TooDeep(String),
}

/// The language of a path by its file name, or `None` when it is not analysed.
#[must_use]
pub fn language_of(path: &str) -> Option<Language> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if matches!(name, "Rakefile" | "Gemfile" | "config.ru") {
        return Some(Language::Ruby);
    }
    if template_of(path) == Some(Template::Tags) {
        return Some(Language::Template);
    }
    let (stem, extension) = name.rsplit_once('.')?;
    if stem.is_empty() {
        return None;
    }
    match extension {
        "rb" | "rake" | "ru" | "jbuilder" | "gemspec" | "erb" | "haml" => Some(Language::Ruby),
        "py" => Some(Language::Python),
        "java" => Some(Language::Java),
        "cs" => Some(Language::CSharp),
        // Declaration files hold no code that runs.
        "ts" | "mts" | "cts" if stem.ends_with(".d") => None,
        "ts" | "mts" | "cts" => Some(Language::TypeScript),
        "tsx" => Some(Language::Tsx),
        "js" | "mjs" | "cjs" | "jsx" => Some(Language::JavaScript),
        _ => None,
    }
}

/// Parses and lowers one file.
///
/// # Errors
/// The file took longer than `limits`, the work was cancelled, or the file is nested absurdly deep.
pub fn facts(
    text: &str,
    language: Language,
    limits: &ParseLimits,
    cancel: &Cancel,
) -> Result<FileFacts, ParseStop> {
    facts_and(text, language, limits, cancel, |_| {})
}

/// As [`facts`], and shows the tree to `see` before it is let go.
///
/// # Errors
/// As [`facts`].
pub fn facts_and(
    text: &str,
    language: Language,
    limits: &ParseLimits,
    cancel: &Cancel,
    see: impl FnOnce(&Tree),
) -> Result<FileFacts, ParseStop> {
    let token = cancel.with_budget(Duration::from_millis(limits.timeout_ms));
    let done = tree(text, &grammar(language), open_of(language), &token).and_then(|tree| {
        let facts = lower::lower(language, &tree, text, &token);
        see(&tree);
        facts
    });
    match done {
        Err(ParseStop::Timeout) if cancel.is_stopped() => Err(ParseStop::Cancelled),
        other => other,
    }
}

fn open_of(language: Language) -> Open {
    match language {
        Language::Python => Open::Indents,
        Language::Ruby => Open::Heredocs,
        _ => Open::Nothing,
    }
}

/// Stopped by the token (or a grammar of another ABI version: a build mistake that every test would
/// show), or by the work it takes.
///
/// # Errors
/// As [`facts`].
pub(crate) fn tree(
    text: &str,
    grammar: &tree_sitter::Language,
    open: Open,
    token: &Cancel,
) -> Result<Tree, ParseStop> {
    tree_within(text, None, grammar, open, token)
}

/// Parses a part of a text; what the tree says of places is said of the whole. `None`: all of it.
///
/// # Errors
/// As [`facts`].
pub(crate) fn tree_within(
    text: &str,
    range: Option<Range>,
    grammar: &tree_sitter::Language,
    open: Open,
    token: &Cancel,
) -> Result<Tree, ParseStop> {
    let part = range.map_or(Some(text), |range| text.get(range.start_byte..range.end_byte));
    let part = part.unwrap_or_default();
    if open.is_too_much(part) {
        let detail = "more indentations, here-documents or strings are open at once than a parser can keep";
        return Err(ParseStop::TooDeep(detail.to_owned()));
    }
    let looks_max = LOOKS_MIN + part.len() / BYTES_PER_LOOK;
    let mut looks = 0;
    let mut progress = |_: &ParseState| {
        looks += 1;
        if looks > looks_max || token.is_stopped() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let mut parser = Parser::new();
    parser.set_language(grammar).map_err(|_| ParseStop::Timeout)?;
    if let Some(range) = range {
        parser
            .set_included_ranges(&[range])
            .map_err(|_| ParseStop::Timeout)?;
    }
    let parsed = parser.parse_with_options(
        &mut |offset, _| text.as_bytes().get(offset..).unwrap_or_default(),
        None,
        Some(ParseOptions::new().progress_callback(&mut progress)),
    );
    parsed.ok_or_else(|| {
        if looks > looks_max {
            ParseStop::TooDeep("no code of its size takes so many steps to parse".to_owned())
        } else {
            ParseStop::Timeout
        }
    })
}

#[must_use]
pub fn grammar(language: Language) -> tree_sitter::Language {
    match language {
        Language::Ruby => tree_sitter_ruby::LANGUAGE.into(),
        // Templates have none; nobody asks for it.
        Language::Python | Language::Template => tree_sitter_python::LANGUAGE.into(),
        Language::Java => tree_sitter_java::LANGUAGE.into(),
        Language::CSharp => tree_sitter_c_sharp::LANGUAGE.into(),
        Language::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        Language::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
        Language::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_choose_the_language() {
        let cases = [
            ("app/models/post.rb", Some(Language::Ruby)),
            ("lib/tasks/a.rake", Some(Language::Ruby)),
            ("Gemfile", Some(Language::Ruby)),
            ("app/views/a.json.jbuilder", Some(Language::Ruby)),
            ("app/views/a.html.erb", Some(Language::Ruby)),
            ("a/templates/b.html", Some(Language::Template)),
            ("a/b.html", None),
            ("a/b.py", Some(Language::Python)),
            ("a/b.pyi", None),
            ("A.java", Some(Language::Java)),
            ("A.cs", Some(Language::CSharp)),
            ("a.mts", Some(Language::TypeScript)),
            ("a.d.ts", None),
            ("a.tsx", Some(Language::Tsx)),
            ("a.jsx", Some(Language::JavaScript)),
            (".rb", None),
            ("README", None),
        ];
        for (path, expected) in cases {
            assert_eq!(language_of(path), expected, "{path}");
        }
    }

    #[test]
    fn a_cancelled_parse_says_so() {
        let cancel = Cancel::default();
        cancel.cancel();
        let stop = facts(
            &"x = 1\n".repeat(5000),
            Language::Python,
            &ParseLimits::default(),
            &cancel,
        );
        assert_eq!(stop.err(), Some(ParseStop::Cancelled));
    }

    #[test]
    fn a_slow_parse_is_a_timeout() {
        let limits = ParseLimits { timeout_ms: 0 };
        let stop = facts(
            &"x = 1\n".repeat(5000),
            Language::Python,
            &limits,
            &Cancel::default(),
        );
        assert_eq!(stop.err(), Some(ParseStop::Timeout));
    }

    /// What an attacker may send: parsed, skipped or cut, on a thread with the usual 2 MiB stack.
    fn survives(text: String, language: Language) -> Result<FileFacts, ParseStop> {
        let started = std::time::Instant::now();
        let run = move || facts(&text, language, &ParseLimits::default(), &Cancel::default());
        let done = std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn(run)
            .unwrap()
            .join()
            .unwrap();
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "{:?}",
            started.elapsed()
        );
        done
    }

    #[test]
    fn a_hundred_thousand_brackets_are_no_danger() {
        let cases = [
            (Language::Python, "(", ")"),
            (Language::Python, "f([", "])"),
            (Language::Ruby, "(", ")"),
            (Language::Ruby, "f { ", " }"),
        ];
        for (language, open, close) in cases {
            let closed = format!("x = {}1{}\n", open.repeat(100_000), close.repeat(100_000));
            let stop = survives(closed, language).err();
            assert!(stop.is_some(), "{language:?} {open}: skipped with a reason");
            let _ = survives(format!("x = {}\n", open.repeat(100_000)), language);
        }
    }

    #[test]
    fn deep_code_is_cut_and_the_rest_kept() {
        let cases = [
            (Language::Python, "g(", ")"),
            (Language::Python, "lambda: [", "]"),
            (Language::Ruby, "g(", ")"),
            (Language::Ruby, "if x then ", " end"),
            (Language::Ruby, "f { ", " }"),
            (Language::Ruby, "(x; begin; ", "; end)"),
            (Language::Java, "g(", ")"),
            (Language::CSharp, "g(", ")"),
            (Language::TypeScript, "g(", ")"),
            (Language::TypeScript, "() => [", "]"),
        ];
        for (language, open, close) in cases {
            let text = format!("x = {}1{};\ny = f();\n", open.repeat(1_000), close.repeat(1_000));
            let found = survives(text, language).unwrap();
            assert_eq!(found.functions[0].body.len(), 2, "{open}");
            assert!(!found.cut.is_empty(), "{open}");
        }
    }

    /// Each of these ended the process.
    #[test]
    fn what_a_grammar_cannot_keep_is_skipped() {
        let stairs: String = (0..600)
            .map(|depth| format!("{}if f\"{{x}}\":\n", " ".repeat(depth)))
            .collect();
        let documents: String = (0..80)
            .map(|at| format!("<<~A_WORD_OF_A_DOCUMENT_{at}, "))
            .collect();
        for (text, language) in [
            (stairs, Language::Python),
            (format!("f({documents}1)\n"), Language::Ruby),
        ] {
            let stop = survives(text, language).err();
            assert!(
                matches!(stop, Some(ParseStop::TooDeep(_))),
                "{language:?} {stop:?}"
            );
        }
        let honest: String = (0..60)
            .map(|depth| format!("{}if x:\n", "\t".repeat(depth)))
            .collect();
        assert!(survives(honest, Language::Python).is_ok());
    }
}
