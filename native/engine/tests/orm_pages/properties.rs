//! What a finding must not depend on: the names of locals, and code that stands elsewhere. The
//! pieces of the ORM pages are the corpus; proptest chooses among them.

use std::sync::LazyLock;

use crate::pages::{self, Piece};
use driftline_engine::facts::lower::template::template_of;
use driftline_engine::raw::RawFinding;
use proptest::prelude::*;

static PIECES: LazyLock<Vec<Piece>> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../rules/orm");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    paths.sort();
    paths
        .iter()
        .flat_map(|path| pages::pieces(&std::fs::read_to_string(path).unwrap()))
        .collect()
});

/// What stays when a local is renamed: texts quote names, so they are left out.
fn essence(found: &[(usize, RawFinding)]) -> Vec<(usize, &'static str, String, Option<String>, String)> {
    found
        .iter()
        .map(|(line, finding)| {
            let confidence = format!("{:.2}", finding.confidence);
            (
                *line,
                finding.rule_id,
                finding.orm.clone(),
                finding.model.clone(),
                confidence,
            )
        })
        .collect()
}

fn findings(piece: &Piece, text: &str) -> Vec<(usize, RawFinding)> {
    pages::with_stack(|| pages::findings(piece, text))
}

/// Loop variables and other locals of one piece that are safe to rename everywhere in its text:
/// whole words that name nothing else in it.
fn renameable(piece: &Piece) -> Vec<String> {
    // The names of a template come from elsewhere.
    if template_of(&piece.path).is_some() {
        return Vec::new();
    }
    const VARIABLES: &[&str] = &[
        "order",
        "customer",
        "orders",
        "customers",
        "known",
        "found",
        "fresh",
        "result",
        "page",
    ];
    VARIABLES
        .iter()
        .filter(|name| {
            words(&piece.text, name).into_iter().all(|at| {
                let before = piece.text[..at].chars().next_back();
                let after = piece.text[at + name.len()..].chars().next();
                // Not an attribute, a key, a named argument, a symbol or a part of a string.
                !matches!(before, Some('.' | ':' | '/' | '@' | '"' | '\'' | '`' | '-'))
                    && !matches!(after, Some(':' | '/' | '"' | '\'' | '`' | '='))
                    && !quoted(&piece.text, at)
            }) && !words(&piece.text, name).is_empty()
                && !piece.text.contains(&format!("{name} }}"))
                && !piece.text.contains(&format!("{{ {name}"))
        })
        .map(|name| (*name).to_owned())
        .collect()
}

fn words(text: &str, name: &str) -> Vec<usize> {
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(name)
        .map(|(at, _)| at)
        .filter(|at| {
            !inside(text[..*at].chars().next_back()) && !inside(text[at + name.len()..].chars().next())
        })
        .collect()
}

/// Whether the place is inside a string or comment on its line.
fn quoted(text: &str, at: usize) -> bool {
    let line = &text[text[..at].rfind('\n').map_or(0, |start| start + 1)..at];
    ['"', '\'', '`']
        .iter()
        .any(|quote| line.matches(*quote).count() % 2 == 1)
        || line.contains("//")
        || line.contains('#')
}

fn rename(text: &str, from: &str, to: &str) -> String {
    let mut out = String::new();
    let mut done = 0;
    for at in words(text, from) {
        out.push_str(&text[done..at]);
        out.push_str(to);
        done = at + from.len();
    }
    out.push_str(&text[done..]);
    out
}

fn comment(path: &str) -> &'static str {
    if path.ends_with(".py") || path.ends_with(".rb") {
        "# note\n"
    } else {
        "// note\n"
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn renaming_a_local_changes_no_finding(at in any::<prop::sample::Index>(), which in any::<prop::sample::Index>()) {
        let piece = at.get(PIECES.as_slice());
        let names = renameable(piece);
        if !names.is_empty() {
            let name = which.get(&names);
            let renamed = rename(&piece.text, name, &format!("{name}_zq"));
            prop_assert_eq!(essence(&findings(piece, &piece.text)), essence(&findings(piece, &renamed)), "{} in {}", name, piece.path);
        }
    }

    #[test]
    fn lines_above_only_shift(at in any::<prop::sample::Index>(), lines in 1_usize..5) {
        let piece = at.get(PIECES.as_slice());
        let shifted = comment(&piece.path).repeat(lines) + &piece.text;
        let before = essence(&findings(piece, &piece.text));
        let after = essence(&findings(piece, &shifted));
        let moved: Vec<_> = before.into_iter().map(|mut finding| { finding.0 += lines; finding }).collect();
        prop_assert_eq!(moved, after);
    }

    #[test]
    fn a_file_cut_anywhere_is_analysed(at in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>()) {
        let piece = at.get(PIECES.as_slice());
        let mut end = cut.index(piece.text.len() + 1);
        while !piece.text.is_char_boundary(end) {
            end -= 1;
        }
        let text = &piece.text[..end];
        for (_, finding) in findings(piece, text) {
            prop_assert!(finding.site.end as usize <= text.len());
            prop_assert!((0.45..=1.0).contains(&finding.confidence));
            prop_assert!(!finding.title.contains('\n'));
        }
    }
}

#[test]
fn the_corpus_has_locals_to_rename() {
    let several = PIECES
        .iter()
        .filter(|piece| !renameable(piece).is_empty())
        .count();
    assert!(several >= 10, "{several} pieces");
}

#[test]
fn the_same_file_gives_the_same_findings() {
    for piece in PIECES.iter() {
        let first = findings(piece, &piece.text);
        assert_eq!(first, findings(piece, &piece.text), "{}", piece.path);
    }
}
