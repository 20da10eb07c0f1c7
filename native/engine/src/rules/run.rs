//! The rules of one language over one parsed file, in one walk: where each matches, what it says there and what it
//! would put in place. It knows neither the other side of a change nor any other file.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ast_grep_core::matcher::MatcherExt;
use ast_grep_core::tree_sitter::TsPre;
use ast_grep_core::{AstGrep, NodeMatch};
use serde::{Deserialize, Serialize};
use tree_sitter::Node;

use said::{labels, replacement};

use super::bound;
use super::code;
use super::compile::{Bucket, Rule, Rules};
use super::embedded::Parts;
use super::entity::{self, Around, Entity};
use super::meter::{Counted, Document, Exhausted, Meter, exhausted};
use super::suppress::{Suppression, Suppressions};
use crate::cancel::Cancel;

/// Text that takes the place of a range of bytes; not checked yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    pub start: u32,
    pub end: u32,
    pub text: String,
}

/// A place beside the match that the rule speaks of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Label {
    pub start: u32,
    pub end: u32,
    pub message: String,
}

/// One match, with what its id needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Raw {
    pub rule: String,
    pub start: u32,
    pub end: u32,
    pub message: String,
    pub note: Option<String>,
    pub labels: Vec<Label>,
    pub symbol: String,
    pub entity: Option<Entity>,
    /// Matched code as the id sees it.
    pub code: String,
    /// The comment that covers it, by its place in `FileMatches::suppressions`.
    pub suppressed: Option<u32>,
    pub fix: Option<Replacement>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileMatches {
    /// In order of place and rule.
    pub matches: Vec<Raw>,
    pub suppressions: Vec<Suppression>,
    /// Rules that did not come to their end here, and why: "matches more than 200 places".
    pub notices: Vec<(String, String)>,
}

/// Of a rule with more matches than are looked at.
pub const TOO_MANY: &str = "matches too many places: the rest is left out";

const TOO_MANY_ELEMENTS: &str = "the file has too many elements with code: the rest is left out";
const TOO_LONG: &str = "the fixes of this file are too long together: some are not offered";
const TOO_SLOW: &str = "takes more steps than one file is given: the rest is left out";

/// The time of the whole run is over, or nobody wants the answer any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// # Errors
/// The token stopped it.
pub fn run(parts: Parts, path: &str, rules: &Rules, cancel: &Cancel) -> Result<FileMatches, Stopped> {
    let mut all = FileMatches::default();
    let count = parts.documents.len() as u64;
    for document in parts.documents {
        let Some(bucket) = rules.of_language(document.language) else {
            continue;
        };
        if all.matches.len() >= bound::SEEN_OF_ALL_IN_FILE {
            let others = bucket.rules.iter().filter(|rule| rule.runs_on(path));
            all.notices
                .extend(others.map(|rule| (rule.id.clone(), TOO_MANY.to_owned())));
            continue;
        }
        let FileMatches {
            matches,
            suppressions,
            notices,
        } = one(document, path, bucket, count, cancel)?;
        let before = offset(all.suppressions.len());
        all.suppressions.extend(suppressions);
        all.notices.extend(notices);
        all.matches.extend(matches.into_iter().map(|raw| Raw {
            suppressed: raw.suppressed.map(|at| at + before),
            ..raw
        }));
    }
    for bucket in parts.beyond.iter().filter_map(|it| rules.of_language(*it)) {
        let others = bucket.rules.iter().filter(|rule| rule.runs_on(path));
        all.notices
            .extend(others.map(|rule| (rule.id.clone(), TOO_MANY_ELEMENTS.to_owned())));
    }
    all.matches
        .sort_by(|a, b| (a.start, a.end, &a.rule).cmp(&(b.start, b.end, &b.rule)));
    all.notices.sort();
    all.notices.dedup();
    Ok(all)
}

/// One of `count` parts of a file.
fn one(
    document: Document,
    path: &str,
    bucket: &Bucket,
    count: u64,
    cancel: &Cancel,
) -> Result<FileMatches, Stopped> {
    let suppressions = Suppressions::of(&document);
    let root = AstGrep::doc(document);
    let mut walk = Walk::new(&root, path, bucket, &suppressions, count);
    walk.finish(cancel)?;
    Ok(FileMatches {
        matches: walk.matches,
        notices: walk.notices,
        suppressions: suppressions.all.clone(),
    })
}

/// What a rule may still do in this file.
struct Allowance {
    is_on: bool,
    /// Those left.
    steps: u64,
    used: u64,
    matches: usize,
}

struct Walk<'r> {
    root: &'r AstGrep<Document>,
    bucket: &'r Bucket,
    suppressions: &'r Suppressions,
    allowances: Vec<Allowance>,
    nodes: TsPre<'r>,
    node: Option<Node<'r>>,
    /// The next of the rules for the kind of this node.
    at: usize,
    matches: Vec<Raw>,
    notices: Vec<(String, String)>,
    /// Steps left to all rules together; `None` once each has its own part.
    common: Option<u64>,
    steps_of_all: u64,
    /// Of messages and fixes.
    text_bytes: usize,
    /// What surrounds a range and its code, as many rules match the same.
    known: HashMap<(usize, usize), (Around, String)>,
}

impl<'r> Walk<'r> {
    fn new(
        root: &'r AstGrep<Document>,
        path: &str,
        bucket: &'r Bucket,
        suppressions: &'r Suppressions,
        count: u64,
    ) -> Self {
        let tree = &root.root().get_doc().tree;
        let text = root.root().get_doc().text.len();
        let nodes_count = tree.root_node().descendant_count() as u64;
        let steps =
            (bound::STEPS_MIN + nodes_count.saturating_mul(bound::STEPS_PER_NODE)).min(bound::STEPS_MAX);
        let steps_of_all =
            bound::STEPS_OF_ALL_MIN / count + nodes_count.saturating_mul(bound::STEPS_OF_ALL_PER_NODE);
        let mut notices = Vec::new();
        let allowances = bucket.rules.iter().map(|rule| {
            let runs = !rule.is_for_some_paths() || rule.runs_on(path);
            let fits = rule.growth.saturating_mul(text) <= bound::MADE_BYTES_MAX || rule.growth == 1;
            if runs && !fits {
                let why = "its transforms could make too much text of a file of this size, so it was not run";
                notices.push((rule.id.clone(), why.to_owned()));
            }
            Allowance {
                is_on: runs && fits,
                steps,
                used: 0,
                matches: bound::SEEN_IN_FILE,
            }
        });
        let allowances = allowances.collect();
        let mut nodes = TsPre::new(&tree.root_node());
        Walk {
            root,
            bucket,
            suppressions,
            allowances,
            node: nodes.next(),
            nodes,
            at: 0,
            matches: Vec::new(),
            notices,
            common: Some(steps_of_all),
            steps_of_all,
            text_bytes: 0,
            known: HashMap::new(),
        }
    }

    /// Goes on after a rule that was cut off with the next one.
    fn finish(&mut self, cancel: &Cancel) -> Result<(), Stopped> {
        let meter = Meter::start(cancel);
        while self.node.is_some() {
            let Err(payload) = catch_unwind(AssertUnwindSafe(|| self.go(&meter))) else {
                continue;
            };
            let why = match exhausted(&*payload) {
                Some(Exhausted::Stopped) => return Err(Stopped),
                Some(Exhausted::Steps) => TOO_SLOW,
                None => "failed with an internal error: the rest is left out",
            };
            let rule = self.node.and_then(|node| {
                let at = self.at.checked_sub(1)?;
                self.bucket.of_kind(node.kind_id()).get(at).copied()
            });
            if let Some(rule) = rule {
                let left = self.allowances.get(rule as usize).map_or(0, |it| it.steps);
                self.switch_off(rule as usize, why);
                self.charge(rule as usize, left);
            }
        }
        Ok(())
    }

    fn go(&mut self, meter: &Meter) {
        let bucket = self.bucket;
        while let Some(node) = self.node {
            let rules = bucket.of_kind(node.kind_id());
            while let Some(at) = rules.get(self.at) {
                self.at += 1;
                self.attempt(*at as usize, node, meter);
            }
            self.at = 0;
            self.node = self.nodes.next();
        }
    }

    fn attempt(&mut self, at: usize, node: Node<'r>, meter: &Meter) {
        let (Some(rule), Some(allowance)) = (self.bucket.rules.get(at), self.allowances.get_mut(at)) else {
            return;
        };
        if !allowance.is_on {
            return;
        }
        meter.give(allowance.steps);
        let found = rule.config.matcher.match_node(self.root.adopt(Counted(node)));
        let is_found = found.is_some();
        let is_one_too_many = is_found && allowance.matches == 0;
        if let Some(found) = found.filter(|_| !is_one_too_many) {
            let raw = self.raw(rule, &found);
            self.keep(raw);
        }
        if let Some(allowance) = self.allowances.get_mut(at) {
            let left = meter.left();
            let taken = allowance.steps.saturating_sub(left);
            allowance.matches = allowance
                .matches
                .saturating_sub(usize::from(!is_one_too_many && is_found));
            allowance.steps = left;
            self.charge(at, taken);
        }
        if is_one_too_many {
            self.switch_off(at, TOO_MANY);
        }
    }

    fn keep(&mut self, mut raw: Raw) {
        let written = raw.fix.as_ref().map_or(0, |fix| fix.text.len());
        self.text_bytes += raw.message.len();
        if self.text_bytes + written <= bound::TEXT_BYTES_MAX {
            self.text_bytes += written;
        } else if raw.fix.take().is_some() {
            self.notices.push((raw.rule.clone(), TOO_LONG.to_owned()));
        }
        self.matches.push(raw);
        if self.matches.len() == bound::SEEN_OF_ALL_IN_FILE {
            let on = self.allowances.iter().filter(|it| it.is_on).count();
            let part = bound::SEEN_OF_ALL_IN_FILE / on.max(1);
            for allowance in &mut self.allowances {
                let had = bound::SEEN_IN_FILE.saturating_sub(allowance.matches);
                allowance.matches = allowance.matches.min(part.saturating_sub(had));
            }
        }
    }

    /// Takes steps from those of all rules, and divides what each may take when there are none left.
    fn charge(&mut self, at: usize, taken: u64) {
        if let Some(allowance) = self.allowances.get_mut(at) {
            allowance.used += taken;
        }
        match self.common {
            Some(left) if left > taken => self.common = Some(left - taken),
            Some(_) => self.divide(),
            None => {}
        }
    }

    fn divide(&mut self) {
        self.common = None;
        let on = self.allowances.iter().filter(|it| it.is_on).count();
        let part = self.steps_of_all / (on.max(1) as u64);
        for at in 0..self.allowances.len() {
            let Some(allowance) = self.allowances.get_mut(at).filter(|it| it.is_on) else {
                continue;
            };
            if allowance.used > part {
                self.switch_off(at, TOO_SLOW);
            } else {
                allowance.steps = allowance.steps.min(part - allowance.used);
            }
        }
    }

    fn switch_off(&mut self, at: usize, why: &str) {
        if let (Some(rule), Some(allowance)) = (self.bucket.rules.get(at), self.allowances.get_mut(at)) {
            allowance.is_on = false;
            self.notices.push((rule.id.clone(), why.to_owned()));
        }
    }

    fn raw(&mut self, rule: &Rule, found: &NodeMatch<'r, Document>) -> Raw {
        let config = &rule.config;
        let document = found.get_doc();
        let range = found.range();
        let known = self.known.entry((range.start, range.end)).or_insert_with(|| {
            let (tree, text) = (&document.tree, &document.text);
            let around = entity::around(tree, text, document.language, range.start, range.end);
            (
                around,
                code::of_tree(tree, text, range.start, range.end).to_string(),
            )
        });
        let (Around { symbol, entity }, code) = known.clone();
        let message = if config.message.contains('$') {
            config.get_message(found)
        } else {
            config.message.clone()
        };
        let row = found.start_pos().line();
        Raw {
            rule: rule.id.clone(),
            start: offset(range.start),
            end: offset(range.end),
            message: message.chars().take(bound::MESSAGE_CHARS_MAX).collect(),
            note: config.note.clone(),
            labels: labels(rule, found),
            symbol,
            entity,
            code,
            suppressed: self.suppressions.covering(&config.id, row).map(offset),
            fix: replacement(rule, found),
        }
    }
}

/// Files are at most 1 MiB, so offsets always fit.
fn offset(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

mod said;
#[cfg(test)]
mod tests;
