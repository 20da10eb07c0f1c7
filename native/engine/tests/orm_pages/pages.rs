//! Reads an ORM's Markdown page as a test: every fenced piece of code is a file, manifests
//! stand in fences of their own, and comments say what must be found.
//!
//! `finds: RULE` on a line: a finding of that rule starts on it. `silent: reason`: a look-alike,
//! on which nothing may be found. Lines that say neither must be silent as well.

use std::collections::BTreeMap;

use driftline_engine::cancel::Cancel;
use driftline_engine::nplus1;
use driftline_engine::parse::{self, ParseLimits};
use driftline_engine::project::{self, Project};
use driftline_engine::raw::{File, RawFinding};

/// One fenced piece of code that is analysed.
pub struct Piece {
    pub path: String,
    pub text: String,
    /// Line of the page on which its first line stands, 1-based.
    pub page_line: usize,
    /// Manifests above it on the page.
    pub project: Project,
}

#[derive(Default)]
pub struct Score {
    pub expected: usize,
    pub met: usize,
    pub silent: usize,
    /// One line each: what was wrong and where.
    pub faults: Vec<String>,
    pub unexpected: usize,
}

pub fn pieces(page: &str) -> Vec<Piece> {
    let mut manifests: BTreeMap<String, String> = BTreeMap::new();
    let mut found = Vec::new();
    let mut lines = page.lines().enumerate();
    let mut count = 0;
    while let Some((at, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else {
            continue;
        };
        let mut text = String::new();
        for (_, line) in lines.by_ref() {
            if line.starts_with("```") {
                break;
            }
            text.push_str(line);
            text.push('\n');
        }
        count += 1;
        let title = info
            .split_whitespace()
            .find_map(|word| word.strip_prefix("title="));
        let path = title.map_or_else(|| default_path(info, count), str::to_owned);
        if project::is_manifest(&path) {
            manifests.insert(path, text);
        } else if parse::language_of(&path).is_some() {
            let project = Project::from_files(manifests.clone());
            found.push(Piece {
                path,
                text,
                page_line: at + 2,
                project,
            });
        }
    }
    found
}

fn default_path(info: &str, count: usize) -> String {
    let extension = match info.split_whitespace().next().unwrap_or("") {
        "python" => "py",
        "ruby" => "rb",
        "java" => "java",
        "csharp" => "cs",
        "typescript" | "ts" => "ts",
        "javascript" | "js" => "js",
        other => other,
    };
    format!("shop/piece_{count}.{extension}")
}

/// Findings of one piece, with the 0-based line each starts on.
pub fn findings(path: &str, text: &str, project: &Project) -> Vec<(usize, RawFinding)> {
    let language = parse::language_of(path).expect("a path of an analysed language");
    let facts = parse::facts(text, language, &ParseLimits::default(), &Cancel::default()).expect("facts");
    let file = File {
        path,
        text,
        facts: &facts,
    };
    nplus1::analyse(&file, project)
        .findings
        .into_iter()
        .map(|finding| (text[..finding.site.start as usize].matches('\n').count(), finding))
        .collect()
}

pub fn check(name: &str, page: &str) -> Score {
    let mut score = Score::default();
    for piece in pieces(page) {
        let found = findings(&piece.path, &piece.text, &piece.project);
        for (at, line) in piece.text.lines().enumerate() {
            let place = format!("{name}.md:{}: `{}`", piece.page_line + at, line.trim());
            let mut rules: Vec<&str> = found
                .iter()
                .filter(|(on, _)| *on == at)
                .map(|(_, f)| f.rule_id)
                .collect();
            for wanted in expectations(line) {
                score.expected += 1;
                match rules.iter().position(|rule| *rule == wanted) {
                    Some(at) => {
                        rules.remove(at);
                        score.met += 1;
                    }
                    None => score.faults.push(format!("{place}: expected {wanted}")),
                }
            }
            if line.contains("silent:") {
                score.silent += 1;
            }
            score.unexpected += rules.len();
            score
                .faults
                .extend(rules.iter().map(|rule| format!("{place}: unexpected {rule}")));
        }
    }
    score
}

fn expectations(line: &str) -> impl Iterator<Item = &str> {
    line.split("finds: ")
        .skip(1)
        .filter_map(|rest| rest.split_whitespace().next())
}

/// Lowered trees are as deep as the parser allows; a test thread's stack is not.
pub fn with_stack<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(64 << 20)
            .spawn_scoped(scope, work)
            .expect("a thread")
            .join()
            .expect("no panic")
    })
}
