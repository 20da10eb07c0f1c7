//! Reads an ORM's Markdown page as a test: every fenced piece of code is a file, manifests
//! stand in fences of their own, and comments say what must be found.
//!
//! `finds: RULE` on a line: a finding of that rule starts on it. `silent: reason`: a look-alike,
//! on which nothing may be found. Lines that say neither must be silent as well.

use std::collections::BTreeMap;
use std::sync::Arc;

use driftline_engine::parse;
use driftline_engine::pool::Pool;
use driftline_engine::progress::Progress;
use driftline_engine::raw::RawFinding;
use driftline_engine::sources::Sources;
use driftline_engine::tree::{self, Tree};

/// One fenced piece of code that is analysed.
pub struct Piece {
    pub path: String,
    pub text: String,
    /// Line of the page on which its first line stands, 1-based.
    pub page_line: usize,
    /// The repository that the page is.
    pub page: Arc<Page>,
}

/// All code of a page is one repository: path to text.
#[derive(Clone, Default)]
pub struct Page {
    pub texts: BTreeMap<String, String>,
    pub manifests: BTreeMap<String, String>,
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
    let mut whole = Page::default();
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
        if tree::is_manifest(&path) {
            whole.manifests.insert(path, text);
        } else if parse::language_of(&path).is_some() {
            let before = whole.texts.insert(path.clone(), text.clone());
            assert!(before.is_none(), "line {}: {path} is there twice", at + 1);
            found.push((path, text, at + 2));
        }
    }
    let page = Arc::new(whole);
    found
        .into_iter()
        .map(|(path, text, page_line)| Piece {
            path,
            text,
            page_line,
            page: Arc::clone(&page),
        })
        .collect()
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

/// The page's repository, with one file's text as given.
pub fn repository(page: &Page, path: &str, text: &str) -> Tree {
    let mut texts = page.texts.clone();
    texts.insert(path.to_owned(), text.to_owned());
    let sources = Sources::of_texts(texts);
    let mut tree = Tree::new(sources, page.manifests.clone().into_iter().collect());
    tree.link(&Pool::new(1).expect("a thread"), &Progress::default(), None);
    tree
}

/// Findings of one piece, with the 0-based line each starts on.
pub fn findings(piece: &Piece, text: &str) -> Vec<(usize, RawFinding)> {
    let path = &piece.path;
    let tree = repository(&piece.page, path, text);
    let looked = tree.analyse(path).expect("it parses").expect("it is in the tree");
    looked
        .analysis
        .sites
        .into_iter()
        .map(|site| {
            (
                text[..site.raw.site.start as usize].matches('\n').count(),
                site.raw,
            )
        })
        .collect()
}

pub fn check(name: &str, page: &str) -> Score {
    let mut score = Score::default();
    for piece in pieces(page) {
        let found = findings(&piece, &piece.text);
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
