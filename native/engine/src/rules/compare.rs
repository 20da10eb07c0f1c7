//! Matches at head against those at base of one file: which are new, which the change causes from other lines, and
//! which stood before; where to speak of each; and whether a comment that silences one is new itself.

use std::collections::{BTreeMap, BTreeSet};

use super::bound;
use super::run::{self, FileMatches, Raw, Replacement};
use crate::compare::{first_within, nearest, new_side, own_name, touched};
use crate::facts::ir::Span;
use crate::git::hunks::FileDiff;
use crate::id::{Key, count_equals, identify};
use crate::place::Lines;
use crate::report::{Newness, Related, Role, RuleMatch, SuppressedBy};

const CODE_CHARS_MAX: usize = 300;

/// A match of the answer, and its fix as long as it is not checked.
#[derive(Clone, Debug)]
pub struct Found {
    pub matched: RuleMatch,
    pub fix: Option<Replacement>,
}

/// One side of a comparison.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    pub path: &'a str,
    pub text: &'a str,
    pub matches: &'a FileMatches,
    /// `None` in a scan.
    pub diff: Option<&'a FileDiff>,
}

#[derive(Debug, Default)]
pub struct Compared {
    pub found: Vec<Found>,
    pub notices: Vec<String>,
    /// Rules that did not come to their end in this file: what they would find is not known. With the reason.
    pub cut: Vec<(String, String)>,
}

/// `id_path` is the path at base (at head when the file is new).
#[must_use]
pub fn compare(id_path: &str, base: Option<&FileMatches>, head: Head<'_>) -> Compared {
    let nothing = FileMatches::default();
    let base = base.unwrap_or(&nothing);
    let lines = Lines::new(head.text);
    let range = |raw: &Raw| lines.lines(span(raw));
    let base_keys = keys(&base.matches);
    let base_ids = identify(id_path, &base_keys, &BTreeMap::new(), |_| false);
    let before = count_equals(&base_keys);
    let ids = identify(id_path, &keys(&head.matches.matches), &before, |at| {
        let raw = head.matches.matches.get(at);
        raw.zip(head.diff)
            .is_some_and(|(raw, diff)| touched(range(raw), &diff.added))
    });
    let baseline = Baseline::new(base, &base_ids, &ids);
    let mut gone = baseline.gone.clone();
    let mut found = Vec::new();
    for (raw, id) in head.matches.matches.iter().zip(ids) {
        let meets = head.diff.is_some_and(|diff| touched(range(raw), &diff.added));
        let suppressed = suppressed(raw, &id, head, base, &baseline);
        let newness = head.diff.is_some().then(|| {
            let stood = if suppressed.is_some() {
                baseline.known.contains(id.as_str())
            } else {
                baseline.standing.contains(id.as_str())
            };
            let stood = stood || under_another_name(raw, meets, &mut gone);
            match (stood, meets) {
                (true, true) => Newness::Touched,
                (true, false) => Newness::Existing,
                (false, true) => Newness::New,
                (false, false) => Newness::Caused,
            }
        });
        found.push(Found {
            matched: present(raw, id, head, &lines, newness, suppressed),
            // Nobody is asked to change what the change did not touch, so there is nothing to check.
            fix: raw.fix.clone().filter(|_| newness != Some(Newness::Existing)),
        });
    }
    cut(head, found)
}

/// What the base says.
struct Baseline<'a> {
    known: BTreeSet<&'a str>,
    /// Those that no comment covers.
    standing: BTreeSet<&'a str>,
    /// Those of them that head does not have under the same id.
    gone: Vec<&'a Raw>,
}

impl<'a> Baseline<'a> {
    fn new(base: &'a FileMatches, base_ids: &'a [String], ids: &[String]) -> Self {
        let still: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
        let both = || base.matches.iter().zip(base_ids);
        let stands = |(raw, _): &(&Raw, &String)| raw.suppressed.is_none();
        Baseline {
            known: base_ids.iter().map(String::as_str).collect(),
            standing: both().filter(stands).map(|(_, id)| id.as_str()).collect(),
            gone: both()
                .filter(stands)
                .filter(|(_, id)| !still.contains(id.as_str()))
                .map(|(raw, _)| raw)
                .collect(),
        }
    }
}

/// The id holds the name of the function with its class. Renaming either makes no match new: the same code was
/// matched at base, is gone from there, and its lines are as they were or its function kept its own name.
fn under_another_name(raw: &Raw, meets: bool, gone: &mut Vec<&Raw>) -> bool {
    let at = gone.iter().position(|old| {
        let same = old.rule == raw.rule && old.code == raw.code;
        same && (!meets || own_name(&old.symbol) == own_name(&raw.symbol))
    });
    at.map(|at| gone.swap_remove(at)).is_some()
}

fn keys(matches: &[Raw]) -> Vec<Key<'_>> {
    let all = matches.iter();
    all.map(|raw| (raw.rule.as_str(), raw.symbol.as_str(), raw.code.as_str()))
        .collect()
}

/// A comment is old if the base has one that says the same of as much, and its own line is no new one. A match that
/// was silenced at base stays so, wherever its comment went.
fn suppressed(
    raw: &Raw,
    id: &str,
    head: Head<'_>,
    base: &FileMatches,
    baseline: &Baseline<'_>,
) -> Option<SuppressedBy> {
    let comment = head.matches.suppressions.get(raw.suppressed? as usize)?;
    let Some(diff) = head.diff else {
        return Some(SuppressedBy::Before);
    };
    let same =
        |old: &&super::suppress::Suppression| old.of_file == comment.of_file && old.text == comment.text;
    let is_new_line = touched((comment.line, comment.line), &diff.added);
    let is_old = !is_new_line && base.suppressions.iter().any(|old| same(&old));
    let was_silent = baseline.known.contains(id) && !baseline.standing.contains(id);
    Some(if is_old || was_silent {
        SuppressedBy::Before
    } else {
        SuppressedBy::Now
    })
}

fn span(raw: &Raw) -> Span {
    Span {
        start: raw.start,
        end: raw.end,
    }
}

fn present(
    raw: &Raw,
    id: String,
    head: Head<'_>,
    lines: &Lines<'_>,
    newness: Option<Newness>,
    suppressed: Option<SuppressedBy>,
) -> RuleMatch {
    let place = lines.place(head.path, span(raw));
    let anchor_line = head.diff.and_then(|diff| anchor(raw, diff, lines));
    let related = raw.labels.iter().map(|label| Related {
        role: Role::Label,
        place: lines.place(
            head.path,
            Span {
                start: label.start,
                end: label.end,
            },
        ),
        message: label.message.clone(),
    });
    RuleMatch {
        rule: raw.rule.clone(),
        id,
        anchor_line,
        anchor_path: anchor_line.map(|_| head.path.to_owned()),
        message: raw.message.clone(),
        note: raw.note.clone(),
        related: related.collect(),
        symbol: raw.symbol.clone(),
        entity: raw.entity.clone(),
        newness,
        suppressed,
        edit: None,
        code: lines
            .text_of(place.start_line)
            .trim()
            .chars()
            .take(CODE_CHARS_MAX)
            .collect(),
        place,
    }
}

/// The line of the new side to comment on: a changed one of the match, any of it that the diff shows, else the
/// changed line nearest to it within the same function or class.
fn anchor(raw: &Raw, diff: &FileDiff, lines: &Lines<'_>) -> Option<u32> {
    let shown: Vec<(u32, u32)> = diff.hunks.iter().filter_map(new_side).collect();
    let own = lines.lines(span(raw));
    let around = raw.entity.as_ref().map(|it| (it.start_line, it.end_line));
    let beside = |ranges: &[(u32, u32)]| around.and_then(|around| nearest(own.0, around, ranges));
    first_within(own, &diff.added)
        .or_else(|| first_within(own, &shown))
        .or_else(|| beside(&diff.added))
        .or_else(|| beside(&shown))
}

/// Those that the change brings are kept before those that stood.
#[must_use]
pub fn rank(matched: &RuleMatch) -> u8 {
    match matched.newness {
        None | Some(Newness::New | Newness::Caused) => 0,
        Some(Newness::Touched) => 1,
        Some(Newness::Existing) => 2,
    }
}

/// At most so many of one rule; with the file's notices in words.
fn cut(head: Head<'_>, mut found: Vec<Found>) -> Compared {
    found.sort_by_key(|it| rank(&it.matched));
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    found.retain(|it| {
        let count = counts.entry(it.matched.rule.clone()).or_insert(0);
        *count += 1;
        *count <= bound::OF_RULE_IN_FILE
    });
    counts.retain(|_, count| *count > bound::OF_RULE_IN_FILE);
    // Fewer are kept than were looked at, so that says it all.
    let others = head.matches.notices.iter();
    let others = others.filter(|(rule, why)| why != run::TOO_MANY || !counts.contains_key(rule));
    let most = bound::OF_RULE_IN_FILE;
    let many = counts.keys().map(|rule| {
        (
            rule,
            format!("matches more than {most} places: the rest is left out"),
        )
    });
    let all = others.map(|(rule, why)| (rule, why.clone())).chain(many);
    let cut = head.matches.notices.iter();
    let cut = cut.filter(|(_, why)| why != run::TOO_MANY);
    Compared {
        cut: cut
            .map(|(rule, why)| (rule.clone(), format!("in {}: {why}", head.path)))
            .collect(),
        notices: all
            .map(|(rule, why)| format!("rule {rule} in {}: {why}", head.path))
            .collect(),
        found,
    }
}
