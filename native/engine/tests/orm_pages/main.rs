//! The pages of `native/rules/orm` and `native/rules/frameworks` are true: everything they say is found is found, and
//! nothing else. `cargo test --test orm_pages -- --nocapture` prints the table per ORM.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pages;
mod properties;

use std::fmt::Write as _;

/// Expected findings and silent look-alikes that a page must hold at least.
const CASES_MIN: usize = 12;

fn all_pages() -> Vec<(String, String)> {
    let folders = [
        concat!(env!("CARGO_MANIFEST_DIR"), "/../rules/orm"),
        concat!(env!("CARGO_MANIFEST_DIR"), "/../rules/frameworks"),
    ];
    let mut pages: Vec<_> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .filter(|path| !path.ends_with("README.md"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    pages.sort();
    pages
}

#[test]
fn every_page_holds() {
    let only = std::env::var("ORM").ok();
    pages::with_stack(|| {
        let mut table = String::from("orm            expected  met  silent  unexpected  recall  precision\n");
        let mut faults = Vec::new();
        for (name, page) in all_pages() {
            if only.as_ref().is_some_and(|only| *only != name) {
                continue;
            }
            let score = pages::check(&name, &page);
            let found = score.met + score.unexpected;
            let percent = |part: usize, whole: usize| (part * 100).checked_div(whole).unwrap_or(100);
            writeln!(
                table,
                "{name:<15}{:>8}{:>5}{:>8}{:>12}{:>7}%{:>10}%",
                score.expected,
                score.met,
                score.silent,
                score.unexpected,
                percent(score.met, score.expected),
                percent(score.met, found),
            )
            .unwrap();
            if score.expected < CASES_MIN || score.silent < CASES_MIN {
                faults.push(format!(
                    "{name}.md: needs {CASES_MIN} findings and {CASES_MIN} look-alikes"
                ));
            }
            faults.extend(score.faults);
        }
        println!("{table}");
        assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    });
}
