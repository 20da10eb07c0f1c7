//! What must not change a finding, and what must remove it. The code of the ORM pages is rewritten on
//! its syntax tree: locals renamed, reformatted, methods in another order; every finding stays, with
//! its id, and a pull request that does no more than that reports nothing. The projects below
//! `projects/` say the rest as data: helpers extracted, functions moved, eager loads, batches.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod edits;
mod extract;
#[allow(dead_code)]
#[path = "../orm_pages/pages.rs"]
mod pages;
mod projects;
mod reformat;
mod rename;
mod reorder;
#[path = "../support/mod.rs"]
mod support;
mod syntax;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use driftline_engine::facts::ir::Language;
use driftline_engine::facts::lower::template::template_of;
use driftline_engine::parse::language_of;
use driftline_engine::report::{Finding, Report};
use support::{TestRepo, change, scan_all};

type Files = BTreeMap<String, String>;
type Transformation = dyn Fn(&str, Language) -> String;

/// Every ORM page as one repository, and every project before its changes.
fn corpus() -> Vec<(String, Arc<pages::Page>)> {
    let only = std::env::var("ORM").ok();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../rules/orm");
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "md"))
        .map(|path| {
            let page = pages::pieces(&std::fs::read_to_string(&path).unwrap())
                .remove(0)
                .page;
            (path.file_stem().unwrap().to_string_lossy().into_owned(), page)
        })
        .filter(|(name, _)| only.as_ref().is_none_or(|only| name == only))
        .collect();
    let own = projects::all().into_iter().map(|(name, page)| {
        let page = pages::pieces(&projects::base(&page)).remove(0).page;
        (format!("{name} project"), page)
    });
    found.extend(own.filter(|(name, _)| only.as_ref().is_none_or(|only| name.starts_with(only.as_str()))));
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// All that stays. Texts quote names and lines shift, so they are left out.
fn essence(finding: &Finding) -> (String, String, String, String, String, Option<String>, String) {
    (
        finding.place.path.clone(),
        finding.rule_id.clone(),
        finding.symbol.clone(),
        finding.id.clone(),
        finding.orm.clone(),
        finding.model.clone(),
        format!("{:.2}", finding.confidence),
    )
}

fn essences(report: &Report) -> Vec<impl Ord + std::fmt::Debug + Clone + use<>> {
    let mut all: Vec<_> = report.findings.iter().map(essence).collect();
    all.sort();
    all
}

fn errors(text: &str, language: Language) -> usize {
    let tree = syntax::parsed(language, text);
    syntax::all(tree.root_node())
        .iter()
        .filter(|it| it.is_error() || it.is_missing())
        .count()
}

/// Every source file as the transformation leaves it; templates and manifests as they are.
fn transformed(texts: &Files, transformation: &Transformation, faults: &mut Vec<String>) -> (Files, usize) {
    let mut changed = 0;
    let mut out = Files::new();
    for (path, text) in texts {
        let language = language_of(path).unwrap();
        let new = if template_of(path).is_some() {
            text.clone()
        } else {
            transformation(text, language)
        };
        if errors(&new, language) > errors(text, language) && template_of(path).is_none() {
            faults.push(format!("{path} no longer parses:\n{new}"));
        }
        changed += usize::from(new != *text);
        out.insert(path.clone(), new);
    }
    (out, changed)
}

fn write_all(repo: &TestRepo, texts: &Files, page: &pages::Page) {
    for (path, text) in texts.iter().chain(&page.manifests) {
        repo.write(path, text);
    }
}

/// Scans each page before and after, and reviews the change from one to the other.
fn keeps_everything(name: &str, transformation: &dyn Fn(&pages::Page) -> Box<Transformation>) {
    let mut faults = Vec::new();
    let (mut files, mut findings) = (0, 0);
    for (page_name, page) in corpus() {
        let repo = TestRepo::new();
        write_all(&repo, &page.texts, &page);
        let base = repo.commit();
        let before = scan_all(repo.path(), &[], 1).unwrap();
        let (texts, changed) = transformed(&page.texts, &*transformation(&page), &mut faults);
        write_all(&repo, &texts, &page);
        let head = repo.commit();
        let after = scan_all(repo.path(), &[], 1).unwrap();
        files += changed;
        findings += before.findings.len();
        let (old, new) = (essences(&before), essences(&after));
        let gone = old
            .iter()
            .filter(|it| !new.contains(it))
            .map(|it| format!("{page_name}: gone {it:?}"));
        let come = new
            .iter()
            .filter(|it| !old.contains(it))
            .map(|it| format!("{page_name}: new {it:?}"));
        faults.extend(gone.chain(come));
        assert_eq!(before.skipped, after.skipped, "{page_name}");
        let reviewed = change(repo.path(), &base, &head, 1).unwrap();
        let told = reviewed.findings.iter();
        faults.extend(told.map(|it| format!("{page_name}: told as new: {:?} {}", essence(it), it.code)));
        if reviewed.stats.fixed > 0 {
            faults.push(format!("{page_name}: {} told as fixed", reviewed.stats.fixed));
        }
    }
    println!(
        "{name}: {files} files changed, {findings} findings, {} faults",
        faults.len()
    );
    assert!(
        files > 20 || std::env::var("ORM").is_ok(),
        "{name} does next to nothing: {files} files"
    );
    assert!(faults.is_empty(), "{name}\n{}\n", faults.join("\n"));
}

fn each_file(transformation: fn(&str, Language) -> String) -> impl Fn(&pages::Page) -> Box<Transformation> {
    move |_| Box::new(transformation)
}

#[test]
fn locals_renamed() {
    keeps_everything("locals renamed", &|page| {
        let texts = page
            .texts
            .iter()
            .filter_map(|(path, text)| Some((text.as_str(), language_of(path)?)));
        let mut keywords = rename::keywords(texts);
        keywords.extend(rename::clients());
        keywords.extend(rename::given_by_name());
        Box::new(move |text, language| rename::rename(text, language, &keywords))
    });
}

#[test]
fn methods_in_another_order() {
    keeps_everything("methods in another order", &each_file(reorder::reorder));
}

#[test]
fn indented_otherwise() {
    keeps_everything("indented otherwise", &each_file(reformat::indent));
}

#[test]
fn comments_and_blank_lines() {
    keeps_everything("comments and blank lines", &each_file(reformat::comments));
}

#[test]
fn arguments_on_lines_of_their_own() {
    keeps_everything("arguments on lines of their own", &each_file(reformat::arguments));
}

#[test]
fn chains_on_lines_of_their_own() {
    keeps_everything("chains on lines of their own", &each_file(reformat::chains));
}

#[test]
fn parentheses_around_one_parameter() {
    keeps_everything(
        "parentheses around one parameter",
        &each_file(reformat::parentheses),
    );
}

#[test]
fn other_quotes() {
    keeps_everything("other quotes", &each_file(reformat::quotes));
}

#[test]
fn other_line_ends() {
    keeps_everything("other line ends", &each_file(reformat::line_ends));
}

/// All at once, each on what the one before left.
#[test]
fn everything_together() {
    keeps_everything("everything together", &|page| {
        let texts = page
            .texts
            .iter()
            .filter_map(|(path, text)| Some((text.as_str(), language_of(path)?)));
        let mut keywords = rename::keywords(texts);
        keywords.extend(rename::clients());
        keywords.extend(rename::given_by_name());
        Box::new(move |text, language| {
            let text = rename::rename(text, language, &keywords);
            let steps = [
                reorder::reorder,
                reformat::comments,
                reformat::arguments,
                reformat::chains,
                reformat::parentheses,
                reformat::quotes,
                reformat::indent,
            ];
            steps.iter().fold(text, |text, step| step(&text, language))
        })
    });
}

#[test]
fn what_projects_keep_and_what_removes_a_finding() {
    let mut faults = Vec::new();
    let mut changes = 0;
    let all = projects::all();
    for (name, page) in &all {
        changes += projects::check(name, page, &mut faults);
    }
    println!(
        "{} projects, {changes} changes, {} faults",
        all.len(),
        faults.len()
    );
    assert!(
        all.len() >= 9 && changes >= 36,
        "{} projects, {changes} changes",
        all.len()
    );
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// Of the code of every finding a helper is made, where it needs no more than parameters. The finding
/// stays; its id may not, for the code is in another function.
#[test]
fn helpers_extracted() {
    let mut faults = Vec::new();
    let (mut helpers, mut findings) = (0, 0);
    for (page_name, page) in corpus() {
        let repo = TestRepo::new();
        write_all(&repo, &page.texts, &page);
        let before = scan_all(repo.path(), &[], 1).unwrap();
        findings += before.findings.len();
        let mut texts = Files::new();
        for (path, text) in &page.texts {
            let places = before
                .findings
                .iter()
                .map(|it| &it.place)
                .filter(|it| it.path == *path);
            let sites: BTreeSet<(usize, usize)> = places
                .map(|it| (it.start_byte as usize, it.end_byte as usize))
                .collect();
            let language = language_of(path).unwrap();
            let (new, count) = match template_of(path) {
                Some(_) => (text.clone(), 0),
                None => extract::extract(text, language, &sites),
            };
            if errors(&new, language) > errors(text, language) && template_of(path).is_none() {
                faults.push(format!("{path} no longer parses:\n{new}"));
            }
            helpers += count;
            texts.insert(path.clone(), new);
        }
        write_all(&repo, &texts, &page);
        let after = scan_all(repo.path(), &[], 1).unwrap();
        let count = |report: &Report| {
            let mut counts: BTreeMap<(String, String, Option<String>), Vec<String>> = BTreeMap::new();
            for it in &report.findings {
                let key = (it.place.path.clone(), it.rule_id.clone(), it.model.clone());
                counts
                    .entry(key)
                    .or_default()
                    .push(format!("{}: {}", it.symbol, it.code));
            }
            counts
        };
        let (old, new) = (count(&before), count(&after));
        for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            let (was, is) = (old.get(key).map_or(0, Vec::len), new.get(key).map_or(0, Vec::len));
            if was != is {
                faults.push(format!(
                    "{page_name}: {key:?}: {was} became {is}: {:#?} {:#?}",
                    old.get(key),
                    new.get(key)
                ));
            }
        }
    }
    println!(
        "helpers extracted: {helpers} of {findings} findings, {} faults",
        faults.len()
    );
    assert!(helpers > 100 || std::env::var("ORM").is_ok(), "{helpers} helpers");
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
