//! Where to say what a change causes elsewhere: findings whose own lines are as they were are anchored
//! at the changed line that is to blame. It reads finished findings and knows no rule.

use std::collections::BTreeSet;

use crate::changed::Context;
use crate::git::hunks::FileDiff;
use crate::place::Lines;
use crate::report::{Finding, Hunk, Place, Related, Role};
use crate::tree::Looked;

/// One hunk: its first changed line, and the names in all that was added or removed.
#[derive(Clone, Debug)]
pub struct Said {
    place: Place,
    names: BTreeSet<String>,
}

/// Gives every finding without a line of the diff the one that caused it: a changed line among its
/// places, else the change that speaks of the most that the finding speaks of.
pub fn anchor(context: &Context, looked: &Looked, findings: &mut [Finding]) {
    let is_open = |finding: &&mut Finding| finding.anchor_line.is_none();
    for finding in findings.iter_mut().filter(is_open) {
        let found = at_places(context, finding).or_else(|| by_words(context, looked, finding));
        if let Some(place) = found {
            finding.anchor_line = Some(place.start_line);
            finding.anchor_path = Some(place.path.clone());
            finding.related.push(Related {
                role: Role::Cause,
                place,
                message: "this change causes it".to_owned(),
            });
        }
    }
}

/// The query first, then the way to it, then the loop.
fn at_places(context: &Context, finding: &Finding) -> Option<Place> {
    let of_role = |role| finding.related.iter().filter(move |related| related.role == role);
    let places = of_role(Role::Query)
        .chain(of_role(Role::Call))
        .chain(of_role(Role::Driver))
        .chain(of_role(Role::Loop))
        .map(|related| &related.place);
    let places: Vec<&Place> = places.collect();
    let added = |diff: &FileDiff| diff.added.clone();
    let shown = |diff: &FileDiff| diff.hunks.iter().filter_map(new_side).collect();
    within(context, &places, added).or_else(|| within(context, &places, shown))
}

fn within(
    context: &Context,
    places: &[&Place],
    lines: impl Fn(&FileDiff) -> Vec<(u32, u32)>,
) -> Option<Place> {
    places.iter().find_map(|place| {
        let ranges = lines(&context.diffs.get(&place.path)?.diff);
        let is_here = |(start, end): &(u32, u32)| *start <= place.end_line && place.start_line <= *end;
        let (start, _) = ranges.into_iter().find(is_here)?;
        Some(Place {
            start_line: start.max(place.start_line),
            ..(*place).clone()
        })
    })
}

/// A hunk in a file that was looked into counts more than all words, and words more than order.
fn by_words(context: &Context, looked: &Looked, finding: &Finding) -> Option<Place> {
    let words = words_of(finding);
    let mut best: Option<((bool, usize), &Place)> = None;
    for (path, changed) in &context.diffs {
        for said in &changed.said {
            let told = words.iter().filter(|word| said.names.contains(**word)).count();
            let weight = (told > 0 && looked.asks_for(path), told);
            if best.is_none_or(|(before, _)| before < weight) {
                best = Some((weight, &said.place));
            }
        }
    }
    best.map(|(_, place)| place.clone())
}

/// Names in what the finding tells.
fn words_of(finding: &Finding) -> BTreeSet<&str> {
    let texts = [
        finding.code.as_str(),
        &finding.title,
        &finding.fix,
        finding.model.as_deref().unwrap_or(""),
    ];
    texts.into_iter().flat_map(names).collect()
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    parts.filter(|part| part.len() > 2)
}

/// What each hunk with a new side says.
#[must_use]
pub fn said(path: &str, diff: &FileDiff, before: &str, now: &str) -> Vec<Said> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.split('\n').collect(), now.split('\n').collect());
    let lines = Lines::new(now);
    let shown = diff.hunks.iter().filter(|hunk| hunk.new_lines > 0);
    shown
        .map(|hunk| said_by(path, hunk, &old, &new, &lines))
        .collect()
}

fn said_by(path: &str, hunk: &Hunk, old: &[&str], new: &[&str], lines: &Lines<'_>) -> Said {
    let old = part(old, hunk.old_start, hunk.old_lines);
    let new = part(new, hunk.new_start, hunk.new_lines);
    let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let first = u32::try_from(same).unwrap_or(u32::MAX).min(hunk.new_lines - 1);
    let (before, now): (BTreeSet<&str>, BTreeSet<&str>) =
        (old.iter().copied().collect(), new.iter().copied().collect());
    let changed = before.symmetric_difference(&now);
    Said {
        place: lines.whole(path, hunk.new_start + first),
        names: changed.flat_map(|line| names(line)).map(str::to_owned).collect(),
    }
}

fn part<'l, 't>(lines: &'l [&'t str], start: u32, count: u32) -> &'l [&'t str] {
    let start = start.saturating_sub(1) as usize;
    let end = (start + count as usize).min(lines.len());
    lines.get(start..end).unwrap_or(&[])
}

fn new_side(hunk: &Hunk) -> Option<(u32, u32)> {
    (hunk.new_lines > 0).then(|| (hunk.new_start, hunk.new_start + hunk.new_lines - 1))
}
