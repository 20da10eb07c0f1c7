//! Projects of several files, and named changes of them as data: `## Keeps: …` must leave every finding
//! (an id may change, for it holds path and function), `## Removes RULE: …` must remove just one.
//!
//! A fence with a path is a file; a `diff` fence edits one: its old lines must stand there once. `@@`
//! separates edits; old and new text that is a part of one line may replace just that part.

use std::collections::BTreeMap;
use std::path::Path;

use crate::pages;
use crate::support::{TestRepo, change, scan_all};

type Files = BTreeMap<String, String>;

struct Section {
    title: String,
    /// The rule of the finding that goes.
    removes: Option<String>,
    /// Language of the fence, path, body.
    fences: Vec<(String, String, String)>,
}

fn sections(page: &str) -> (String, Vec<Section>) {
    let mut parts = page.split("\n## ");
    let base = parts.next().unwrap().to_owned();
    let sections = parts.map(|part| {
        let title = part.lines().next().unwrap().to_owned();
        let removes = title
            .strip_prefix("Removes ")
            .map(|rest| rest.split(':').next().unwrap().to_owned());
        assert!(removes.is_some() || title.starts_with("Keeps: "), "{title}");
        Section {
            fences: fences(part),
            title,
            removes,
        }
    });
    (base, sections.collect())
}

fn fences(part: &str) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for fence in part.split("\n```").skip(1).step_by(2) {
        let (info, body) = fence.split_once('\n').unwrap();
        let (kind, path) = info.split_once(" title=").unwrap();
        found.push((kind.to_owned(), path.to_owned(), format!("{body}\n")));
    }
    found
}

fn apply(files: &mut Files, section: &Section) {
    for (kind, path, body) in &section.fences {
        if kind == "diff" {
            let text = files.get_mut(path).unwrap_or_else(|| panic!("no {path}"));
            for edit in body.split("@@\n") {
                *text = patched(text, edit, &section.title);
            }
        } else {
            files.insert(path.clone(), body.clone());
        }
    }
}

fn patched(text: &str, edit: &str, title: &str) -> String {
    let side = |mark: char| -> String {
        let lines = edit
            .lines()
            .filter(|line| line.starts_with([' ', mark]) || line.is_empty());
        lines
            .map(|line| line.get(1..).unwrap_or_default())
            .collect::<Vec<_>>()
            .join("\n")
    };
    let (old, new) = (side('-'), side('+'));
    let count = text.matches(&old).count();
    assert_eq!(count, 1, "{title}: this stands there {count} times:\n{old}");
    text.replace(&old, &new)
}

fn rules(repo: &Path) -> Vec<String> {
    let report = scan_all(repo, &[], 1).unwrap();
    let mut rules: Vec<String> = report.findings.iter().map(|it| it.rule_id.clone()).collect();
    rules.sort();
    rules
}

fn write_all(repo: &TestRepo, files: &Files) {
    for (path, text) in files {
        repo.write(path, text);
    }
}

pub fn all() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/metamorphic/projects");
    let mut pages: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (
                path.file_stem().unwrap().to_string_lossy().into_owned(),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    pages.sort();
    pages
}

/// The files of the project before any change, as one page.
pub fn base(page: &str) -> String {
    sections(page).0
}

pub fn check(name: &str, page: &str, faults: &mut Vec<String>) -> usize {
    let (base, sections) = sections(page);
    faults.extend(pages::check(name, &base).faults);
    let whole = pages::pieces(&base).remove(0).page;
    let files: Files = whole
        .texts
        .iter()
        .chain(&whole.manifests)
        .map(|(path, text)| (path.clone(), text.clone()))
        .collect();
    for section in &sections {
        let repo = TestRepo::new();
        write_all(&repo, &files);
        let before = rules(repo.path());
        let base = repo.commit();
        let mut changed = files.clone();
        apply(&mut changed, section);
        write_all(&repo, &changed);
        let head = repo.commit();
        let after = rules(repo.path());
        let mut expected = before.clone();
        if let Some(rule) = &section.removes {
            match expected.iter().position(|it| it == rule) {
                Some(at) => drop(expected.remove(at)),
                None => faults.push(format!("{name}, {}: no such finding", section.title)),
            }
            let report = change(repo.path(), &base, &head, 1).unwrap();
            if report.stats.fixed != 1 || !report.findings.is_empty() {
                faults.push(format!(
                    "{name}, {}: the review says {} fixed and {:?}",
                    section.title, report.stats.fixed, report.findings
                ));
            }
        }
        if after != expected {
            faults.push(format!("{name}, {}: {before:?} became {after:?}", section.title));
        }
    }
    sections.len()
}
