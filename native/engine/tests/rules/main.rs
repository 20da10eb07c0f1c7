//! Rules of a team from their text to matches of a report, over real folders and repositories.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../support/mod.rs"]
mod support;

mod change;
mod external;
mod fix;
mod hostile;
mod scan;

use std::path::Path;

use driftline_engine::cancel::Cancel;
use driftline_engine::change::analyze_change;
use driftline_engine::pool::Pool;
use driftline_engine::report::{Report, RuleMatch};
use driftline_engine::request::{
    ChangeRequest, LanguageGlobs, RuleSet, RuleText, ScanRequest, Settings, UtilityText,
};
use tempfile::TempDir;

/// A set of rules `r0`, `r1`, … from their documents.
fn rules(texts: &[&str]) -> RuleSet {
    let rule = |(at, text): (usize, &&str)| RuleText {
        id: format!("r{at}"),
        text: (*text).to_owned(),
        fix: None,
    };
    RuleSet {
        rules: texts.iter().enumerate().map(rule).collect(),
        ..RuleSet::default()
    }
}

fn with_utilities(set: RuleSet, texts: &[&str]) -> RuleSet {
    let utility = |(at, text): (usize, &&str)| UtilityText {
        id: format!("u{at}"),
        text: (*text).to_owned(),
    };
    RuleSet {
        utilities: texts.iter().enumerate().map(utility).collect(),
        ..set
    }
}

fn settings(set: RuleSet) -> Settings {
    Settings {
        rule_set: Some(set),
        ..Settings::default()
    }
}

fn scanned(root: &Path, settings: Settings) -> Report {
    let request = ScanRequest {
        root: root.to_path_buf(),
        paths: Vec::new(),
        settings,
    };
    driftline_engine::scan::scan(&request, &Cancel::new(), &Pool::new(2).expect("threads")).expect("scanned")
}

/// A scan of these files.
fn scan(files: &[(&str, &str)], set: RuleSet) -> Report {
    let folder = TempDir::new().expect("temporary folder");
    for (path, text) in files {
        support::write(folder.path(), path, text);
    }
    scanned(folder.path(), settings(set))
}

fn changed(repo: &support::TestRepo, base: &str, head: &str, set: RuleSet) -> Report {
    let request = ChangeRequest {
        repository: repo.path().to_path_buf(),
        base: base.to_owned(),
        head: head.to_owned(),
        settings: settings(set),
    };
    analyze_change(&request, &Cancel::new(), &Pool::new(2).expect("threads")).expect("analysed")
}

/// `path:line rule` of every match.
fn seen(report: &Report) -> Vec<String> {
    let one = |it: &RuleMatch| format!("{}:{} {}", it.place.path, it.place.start_line, it.rule);
    report.matches.iter().map(one).collect()
}

const NO_LOG: &str = "id: no-log\nlanguage: ts\nmessage: no $A\nrule: {pattern: console.log($A)}\n";
