//! Hunks and renames agree with what `git diff -U3 -M` says, on generated edits.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use driftline_engine::cancel::Cancel;
use driftline_engine::git::Repository;
use driftline_engine::git::hunks::diff;
use driftline_engine::git::tree::deltas;
use driftline_engine::report::Hunk;
use proptest::prelude::*;
use support::{TestRepo, git, write};
use tempfile::TempDir;

/// `@@ -a,b +c,d @@` lines of a patch.
fn hunks_in(patch: &str) -> Vec<Hunk> {
    let number = |text: &str| text.parse::<u32>().expect("number");
    let range = |text: &str| match text[1..].split_once(',') {
        Some((start, lines)) => (number(start), number(lines)),
        None => (number(&text[1..]), 1),
    };
    let headers = patch.lines().filter(|line| line.starts_with("@@ -"));
    headers
        .map(|line| {
            let mut parts = line.split(' ').skip(1);
            let old = range(parts.next().expect("old side"));
            let new = range(parts.next().expect("new side"));
            Hunk {
                old_start: old.0,
                old_lines: old.1,
                new_start: new.0,
                new_lines: new.1,
            }
        })
        .collect()
}

fn git_hunks(base: &str, head: &str) -> Vec<Hunk> {
    let folder = TempDir::new().expect("temporary folder");
    write(folder.path(), "a", base);
    write(folder.path(), "b", head);
    hunks_in(&git(folder.path(), &["diff", "--no-index", "-U3", "a", "b"]))
}

/// Few different lines, so that edits are ambiguous and sliders and contexts matter.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("}".to_owned()),
        Just(String::new()),
        Just("  end".to_owned()),
        "[a-c]",
        "    [a-z]{1,3}\\(\\)",
        "  return [a-z]{2}",
    ]
}

fn edited() -> impl Strategy<Value = (String, String)> {
    let edit = (
        any::<prop::sample::Index>(),
        0_usize..4,
        prop::collection::vec(line(), 0..4),
    );
    let lines = prop::collection::vec(line(), 0..60);
    (lines, prop::collection::vec(edit, 0..5), any::<bool>()).prop_map(|(base, edits, newline)| {
        let mut head = base.clone();
        for (at, remove, insert) in edits {
            let at = if head.is_empty() { 0 } else { at.index(head.len()) };
            let end = (at + remove).min(head.len());
            head.splice(at..end, insert);
        }
        let text = |lines: &[String], newline: bool| {
            let mut text = lines.join("\n");
            if newline && !lines.is_empty() {
                text.push('\n');
            }
            text
        };
        (text(&base, true), text(&head, newline))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hunks_agree_with_git((base, head) in edited()) {
        prop_assert_eq!(diff(base.as_bytes(), head.as_bytes()).hunks, git_hunks(&base, &head));
    }
}

#[test]
fn hunks_of_edges() {
    let long: String = (0..40).map(|n| format!("line {n}\n")).collect();
    let pairs = [
        (String::new(), "a\nb\n".to_owned()),
        ("a\nb\n".to_owned(), String::new()),
        ("a".to_owned(), "a\n".to_owned()),
        ("a\r\n".to_owned(), "a\n".to_owned()),
        (
            long.clone(),
            long.replace("line 5\n", "x\n").replace("line 12\n", "y\n"),
        ),
        (
            long.clone(),
            long.replace("line 5\n", "x\n").replace("line 13\n", "y\n"),
        ),
    ];
    for (base, head) in pairs {
        assert_eq!(
            diff(base.as_bytes(), head.as_bytes()).hunks,
            git_hunks(&base, &head)
        );
    }
    assert_eq!(diff(b"a\0", b"b").hunks, []);
    assert_eq!(diff(b"a\n", b"a\nb\nc\n").added, [(2, 3)]);
}

/// `git diff -M --name-status` against our own list.
fn assert_same_changes(repo: &TestRepo, base: &str, head: &str) {
    let raw = repo.git(&["diff-tree", "-r", "-M", "-z", "--raw", "--no-abbrev", base, head]);
    let mut expected = Vec::new();
    let mut fields = raw.split('\0');
    while let Some(header) = fields.next().filter(|header| !header.is_empty()) {
        let status = header.rsplit(' ').next().expect("status");
        let path = fields.next().expect("path").to_owned();
        expected.push(match status.chars().next().expect("letter") {
            'R' => (Some(path), Some(fields.next().expect("new path").to_owned())),
            'A' => (None, Some(path)),
            'D' => (Some(path), None),
            _ => (Some(path.clone()), Some(path)),
        });
    }
    let handle = Repository::open(repo.path()).expect("opens").handle();
    let tree = |id: &str| handle.tree_of(handle.commit(id).expect("commit")).expect("tree");
    let found = deltas(&handle, tree(base), tree(head), &Cancel::new()).expect("differs");
    let mut actual: Vec<_> = found
        .deltas
        .iter()
        .map(|delta| {
            let path = |entry: &Option<driftline_engine::git::tree::Entry>| {
                entry.as_ref().map(|entry| entry.path.to_string())
            };
            (path(&delta.base), path(&delta.head))
        })
        .collect();
    actual.sort();
    expected.sort();
    assert_eq!(actual, expected);
}

fn body(seed: usize, lines: usize) -> Vec<String> {
    (0..lines)
        .map(|n| format!("    value_{seed}_{n} = compute({seed}, {n})"))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn renames_agree_with_git(
        files in prop::collection::vec((5_usize..40, 0_usize..5, 0_usize..3, 0_usize..20), 1..8)
    ) {
        let repo = TestRepo::new();
        for (seed, (lines, ..)) in files.iter().enumerate() {
            repo.write(&format!("old/d{}/f{seed}.py", seed % 2), body(seed, *lines).join("\n") + "\n");
        }
        let base = repo.commit();
        for (seed, (lines, kind, name, changed)) in files.iter().enumerate() {
            let old = format!("old/d{}/f{seed}.py", seed % 2);
            let mut text = body(seed, *lines);
            for line in text.iter_mut().take(*changed) {
                *line = format!("    other = {line}[..]");
            }
            let text = text.join("\n") + "\n";
            match kind {
                0 => repo.write(&old, text),
                1 => repo.remove(&old),
                _ => {
                    repo.remove(&old);
                    let new = match name {
                        0 => format!("new/f{seed}.py"),
                        1 => format!("new/g{seed}.py"),
                        _ => format!("new/d{seed}/same.py"),
                    };
                    repo.write(&new, text);
                }
            }
        }
        let head = repo.commit();
        assert_same_changes(&repo, &base, &head);
    }
}

#[test]
fn equal_files_are_renamed_by_name_first() {
    let repo = TestRepo::new();
    for path in ["a/x.py", "a/y.py", "b/x.py", "empty.py"] {
        repo.write(path, if path == "empty.py" { "" } else { "same = 1\n" });
    }
    let base = repo.commit();
    repo.git(&["mv", "a", "c"]);
    repo.git(&["mv", "b/x.py", "b/z.py"]);
    repo.git(&["mv", "empty.py", "void.py"]);
    let head = repo.commit();
    assert_same_changes(&repo, &base, &head);
}
