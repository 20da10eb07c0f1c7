//! Whether a fix may be offered: the file with it must parse as well as before, the match must be gone, nothing may
//! match newly, and it must not match again. Only its own match is changed; the rest stays byte for byte.

use std::collections::BTreeMap;

use tree_sitter::Tree;

use super::compile::Rules;
use super::embedded::Parts;
use super::language::RuleLanguage;
use super::look::{self, Ruling};
use super::run::{self, FileMatches, Replacement};
use crate::cancel::Cancel;
use crate::facts::ir::Span;
use crate::gate;
use crate::index::Store;
use crate::place::Lines;
use crate::report::{Edit, RuleMatch};
use crate::sources::Text;

/// One file, and all that the rules say of it as it is.
pub struct Bench<'a> {
    path: &'a str,
    text: String,
    language: RuleLanguage,
    /// None: those of another engine are not run here.
    rules: Option<&'a Rules>,
    before: FileMatches,
    errors: usize,
    cancel: &'a Cancel,
}

impl<'a> Bench<'a> {
    /// `None`: it cannot be looked at any more.
    #[must_use]
    pub fn new(
        ruling: &'a Ruling,
        store: &Store,
        path: &'a str,
        text: Text,
        cancel: &'a Cancel,
    ) -> Option<Self> {
        let language = ruling.rules.wanted(path)?;
        let before = ruling.look(store, path, text.blob, &text.text).ok()?;
        let _pass = gate::enter(text.text.len());
        let parts = Parts::of(&text.text, language, &ruling.rules, cancel).ok()?;
        Some(Bench {
            path,
            errors: errors(&parts),
            text: text.text,
            language,
            rules: Some(&ruling.rules),
            before,
            cancel,
        })
    }

    /// For fixes of another engine, whose rules are not run here.
    #[must_use]
    pub fn plain(path: &'a str, text: String, language: RuleLanguage, cancel: &'a Cancel) -> Option<Self> {
        let _pass = gate::enter(text.len());
        let document = look::document(&text, language, cancel).ok()?;
        Some(Bench {
            path,
            errors: errors(&Parts::whole(document)),
            text,
            language,
            rules: None,
            before: FileMatches::default(),
            cancel,
        })
    }

    /// The fix of a match as whole lines, if it holds.
    #[must_use]
    pub fn edit(&self, matched: &RuleMatch, fix: &Replacement) -> Option<Edit> {
        let written = with_line_ends(&self.text, fix);
        let (start, end) = (fix.start as usize, fix.end as usize);
        let (head, tail) = (self.text.get(..start)?, self.text.get(end..)?);
        let after = format!("{head}{written}{tail}");
        if after == self.text || self.cancel.is_stopped() {
            return None;
        }
        let _pass = gate::enter(after.len());
        let parts = match self.rules {
            Some(rules) => Parts::of(&after, self.language, rules, self.cancel),
            None => look::document(&after, self.language, self.cancel).map(Parts::whole),
        };
        let parts = parts.ok()?;
        if errors(&parts) > self.errors {
            return None;
        }
        if let Some(rules) = self.rules {
            let found = run::run(parts, self.path, rules, self.cancel).ok()?;
            let change = Change {
                start: fix.start,
                end: fix.end,
                written: u32::try_from(written.len()).ok()?,
            };
            if !change.only_removes(matched, &self.before, &found) {
                return None;
            }
        }
        Some(self.whole_lines(fix, &written))
    }

    fn whole_lines(&self, fix: &Replacement, written: &str) -> Edit {
        let lines = Lines::new(&self.text);
        let (first, last) = (lines.line(fix.start), lines.line(fix.end.max(fix.start)));
        let (first, last) = (lines.whole(self.path, first), lines.whole(self.path, last));
        let part = |from: u32, to: u32| self.text.get(from as usize..to as usize).unwrap_or_default();
        // A range may end within the line break that the last line is without.
        let end = last.end_byte.max(fix.end);
        let (before, after) = (
            part(first.start_byte, end),
            format!(
                "{}{written}{}",
                part(first.start_byte, fix.start),
                part(fix.end, end)
            ),
        );
        Edit {
            place: lines.place(
                self.path,
                Span {
                    start: first.start_byte,
                    end,
                },
            ),
            before: before.to_owned(),
            after,
        }
    }
}

/// Line breaks of the fix as those around it are.
fn with_line_ends(text: &str, fix: &Replacement) -> String {
    let before = text.get(..fix.start as usize).unwrap_or_default();
    let after = text.get(fix.start as usize..).unwrap_or_default();
    let near = after.find('\n').map(|at| &after[..at]);
    let near = near.or_else(|| before.rfind('\n').and_then(|at| before.get(..at)));
    if near.is_some_and(|line| line.ends_with('\r')) {
        fix.text.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        fix.text.clone()
    }
}

/// Nodes that do not parse, and those that are missing.
fn errors(parts: &Parts) -> usize {
    parts.documents.iter().map(|it| errors_in(&it.tree)).sum()
}

fn errors_in(tree: &Tree) -> usize {
    if !tree.root_node().has_error() {
        return 0;
    }
    let nodes = ast_grep_core::tree_sitter::TsPre::new(&tree.root_node());
    nodes.filter(|node| node.is_error() || node.is_missing()).count()
}

/// A range of the old text and the length of what stands there now.
struct Change {
    start: u32,
    end: u32,
    written: u32,
}

impl Change {
    /// Every match that is there afterwards was there before, and the one that was to go is gone.
    fn only_removes(&self, target: &RuleMatch, before: &FileMatches, after: &FileMatches) -> bool {
        let mut moved: BTreeMap<(&str, u32, u32), usize> = BTreeMap::new();
        let mut inside: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let is_target = |rule: &str, start: u32, end: u32| {
            let place = &target.place;
            rule == target.rule && start == place.start_byte && end == place.end_byte
        };
        for raw in &before.matches {
            if is_target(&raw.rule, raw.start, raw.end) {
                continue;
            }
            match self.moved(raw.start, raw.end) {
                Some((start, end)) => *moved.entry((&raw.rule, start, end)).or_insert(0) += 1,
                None => *inside.entry((&raw.rule, &raw.code)).or_insert(0) += 1,
            }
        }
        let new_end = self.start + self.written;
        after.matches.iter().all(|raw| {
            let again = raw.rule == target.rule && raw.start <= self.start && raw.end >= new_end;
            if take(&mut moved, &(&raw.rule, raw.start, raw.end)) {
                return true;
            }
            let is_inside = raw.start >= self.start && raw.end <= new_end;
            !again && is_inside && take(&mut inside, &(&raw.rule, &raw.code))
        })
    }

    /// Where a range stands afterwards; `None`: what it covers was changed from the inside.
    fn moved(&self, start: u32, end: u32) -> Option<(u32, u32)> {
        let shift = |at: u32| at - self.end + self.start + self.written;
        if end <= self.start {
            Some((start, end))
        } else if start >= self.end {
            Some((shift(start), shift(end)))
        } else if start <= self.start && end >= self.end && (start, end) != (self.start, self.end) {
            Some((start, shift(end)))
        } else {
            None
        }
    }
}

fn take<K: Ord>(counts: &mut BTreeMap<K, usize>, key: &K) -> bool {
    match counts.get_mut(key) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    }
}
