//! Where to say what a change causes elsewhere: findings whose own lines are as they were are anchored
//! at the changed line that is to blame. It reads finished findings and knows no rule.

use std::collections::BTreeSet;

use crate::changed::Context;
use crate::git::hunks::FileDiff;
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
        if let Some((line, place)) = found {
            finding.anchor_line = Some(line);
            finding.anchor_path = Some(place.path.clone());
            finding.related.push(Related {
                role: Role::Cause,
                place,
                message: "this change causes it".to_owned(),
            });
        }
    }
}

/// The query first, then the way to it, then the loop: the first changed line of one, and all of it.
fn at_places(context: &Context, finding: &Finding) -> Option<(u32, Place)> {
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
) -> Option<(u32, Place)> {
    places.iter().find_map(|place| {
        let ranges = lines(&context.diffs.get(&place.path)?.diff);
        let is_here = |(start, end): &(u32, u32)| *start <= place.end_line && place.start_line <= *end;
        let (start, _) = ranges.into_iter().find(is_here)?;
        Some((start.max(place.start_line), (*place).clone()))
    })
}

/// A hunk in a file that was looked into counts more than all words, and words more than order.
fn by_words(context: &Context, looked: &Looked, finding: &Finding) -> Option<(u32, Place)> {
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
    best.map(|(_, place)| (place.start_line, place.clone()))
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

/// What each hunk with a new side says. Unlike a file that is analysed, this one need not be UTF-8, so its
/// places are counted in its bytes as they are.
#[must_use]
pub fn said(path: &str, diff: &FileDiff, before: &[u8], now: &[u8]) -> Vec<Said> {
    let (old, new) = (lines(before), lines(now));
    let shown = diff.hunks.iter().filter(|hunk| hunk.new_lines > 0);
    shown.map(|hunk| said_by(path, hunk, &old, &new)).collect()
}

/// A line without its break, and the byte that it starts with.
type Line<'t> = (usize, &'t [u8]);

fn lines(text: &[u8]) -> Vec<Line<'_>> {
    let mut start = 0;
    let lines = text.split(|byte| *byte == b'\n').map(|line| {
        let at = start;
        start += line.len() + 1;
        (at, line)
    });
    lines.collect()
}

fn said_by(path: &str, hunk: &Hunk, old: &[Line<'_>], new: &[Line<'_>]) -> Said {
    let old = part(old, hunk.old_start, hunk.old_lines);
    let new = part(new, hunk.new_start, hunk.new_lines);
    let same = (old.iter().zip(new)).take_while(|((_, old), (_, new))| old == new);
    let first = same.count().min((hunk.new_lines - 1) as usize);
    let before: BTreeSet<&[u8]> = old.iter().map(|(_, line)| *line).collect();
    let now: BTreeSet<&[u8]> = new.iter().map(|(_, line)| *line).collect();
    let mut told = BTreeSet::new();
    for line in before.symmetric_difference(&now) {
        told.extend(names(&String::from_utf8_lossy(line)).map(str::to_owned));
    }
    let number = hunk.new_start + u32::try_from(first).unwrap_or(u32::MAX);
    Said {
        place: whole(path, number, new.get(first).copied().unwrap_or_default()),
        names: told,
    }
}

fn whole(path: &str, number: u32, (start, line): Line<'_>) -> Place {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let columns = String::from_utf8_lossy(line).encode_utf16().count();
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Place {
        path: path.to_owned(),
        start_line: number,
        start_column: 1,
        end_line: number,
        end_column: count(columns + 1),
        start_byte: count(start),
        end_byte: count(start + line.len()),
    }
}

fn part<'l, 't>(lines: &'l [Line<'t>], start: u32, count: u32) -> &'l [Line<'t>] {
    let start = start.saturating_sub(1) as usize;
    let end = (start + count as usize).min(lines.len());
    lines.get(start..end).unwrap_or(&[])
}

fn new_side(hunk: &Hunk) -> Option<(u32, u32)> {
    (hunk.new_lines > 0).then(|| (hunk.new_start, hunk.new_start + hunk.new_lines - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::hunks;

    #[test]
    fn places_count_the_bytes_of_a_file_that_is_no_text() {
        let before = b"model Product {\r\n  id Int\r\n}\r\n";
        let now = b"model Product {\r\n  id \xff\xfe\xc3\xa9 Int\r\n}\r\n";
        let said = said("schema.prisma", &hunks::diff(before, now), before, now);
        let [only] = said.as_slice() else {
            unreachable!("{said:?}");
        };
        let place = &only.place;
        assert_eq!((place.start_line, place.start_column), (2, 1));
        // Two characters stand for the two bytes that are none.
        assert_eq!((place.end_line, place.end_column), (2, 13));
        assert_eq!((place.start_byte, place.end_byte), (17, 30));
        assert_eq!(now.get(17..30), Some(b"  id \xff\xfe\xc3\xa9 Int".as_slice()));
        assert!(only.names.contains("Int"));
    }
}
