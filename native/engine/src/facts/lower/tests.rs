//! What holds for every language and every text, however broken; and how the tests of the
//! languages lower a text.

use proptest::prelude::*;

use crate::cancel::Cancel;
use crate::facts::dump::{dump, dump_body};
use crate::facts::ir::{FileFacts, Language, Span};
use crate::parse::{ParseLimits, facts};

const LANGUAGES: [Language; 7] = [
    Language::Ruby,
    Language::Python,
    Language::Java,
    Language::CSharp,
    Language::TypeScript,
    Language::Tsx,
    Language::JavaScript,
];

/// Pieces of all six languages, and what breaks a parser.
const PIECES: [&str; 56] = [
    "x",
    "y",
    "f(",
    ")",
    "(",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "=",
    "+=",
    ":=",
    "=>",
    "->",
    ".",
    "?.",
    "::",
    ":",
    ",",
    ";",
    "\n",
    "\n    ",
    "'",
    "\"",
    "`",
    "${",
    "#{",
    "<<~A\n",
    "A\n",
    "# a",
    "// b",
    "/* c */",
    "class A",
    "def f",
    "if x",
    "else",
    "for x in y",
    "for (x of y)",
    "while x",
    "do |x|",
    "end",
    "case x",
    "when 1",
    "return",
    "await ",
    "lambda ",
    "import a",
    "@b",
    "&:c",
    "*",
    "\0",
    "🙂",
    "é",
    "\u{feff}",
];

pub(super) fn lowered(language: Language, text: &str) -> FileFacts {
    facts(text, language, &ParseLimits::default(), &Cancel::default()).expect("facts")
}

/// Code and the module body it becomes.
pub(super) fn each(language: Language, cases: &[(&str, &str)]) {
    for (code, expected) in cases {
        let found = lowered(language, code);
        assert_eq!(dump_body(&found, "").trim_end(), *expected, "{code}");
    }
}

/// Code and all its facts.
pub(super) fn whole(language: Language, code: &str, expected: &str) {
    assert_eq!(dump(&lowered(language, code)).trim_end(), expected.trim());
}

/// Forms that nest deeper than is lowered, by how they open and close.
pub(super) fn nesting_is_cut(language: Language, forms: &[(&str, &str)]) {
    for (open, close) in forms {
        let text = format!("{}x{}", open.repeat(300), close.repeat(300));
        assert!(!lowered(language, &text).cut.is_empty(), "{open}");
    }
}

/// Every range lies in the text, on character boundaries.
fn sound(text: &str, found: &FileFacts) -> bool {
    let inside = |span: &Span| text.get(span.start as usize..span.end as usize).is_some();
    found.comments.windows(2).all(|pair| pair[0].end <= pair[1].start)
        && found
            .comments
            .iter()
            .chain(&found.errors)
            .chain(&found.cut)
            .all(inside)
        && found
            .functions
            .iter()
            .all(|it| inside(&it.span) && it.body.iter().all(|stmt| inside(&stmt.span)))
        && found.classes.iter().all(|it| inside(&it.span))
        && found.imports.iter().all(|it| inside(&it.span))
        && (0.0..=1.0).contains(&found.parse_quality)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_becomes_sound_facts(picks in prop::collection::vec(0..PIECES.len(), 0..60)) {
        let text: String = picks.into_iter().flat_map(|at| [PIECES[at], " "]).collect();
        for language in LANGUAGES {
            let found = lowered(language, &text);
            prop_assert!(sound(&text, &found), "{language:?} {text:?}");
            prop_assert_eq!(dump(&found), dump(&lowered(language, &text)));
        }
    }
}

#[test]
fn an_empty_file_has_only_its_module() {
    for language in LANGUAGES {
        let found = lowered(language, "");
        assert_eq!(found.functions.len(), 1, "{language:?}");
        assert_eq!(
            (found.parse_quality, found.errors.len()),
            (1.0, 0),
            "{language:?}"
        );
    }
}
