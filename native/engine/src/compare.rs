//! Head against base of one file: which findings are new, which stood before, which are gone.
//! Ids are compared, so shifted lines, reformatting and renames do not make a finding new.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::ir::Span;
use crate::file::{FileAnalysis, Site, Suppressed};
use crate::git::hunks::FileDiff;
use crate::id::{Key, count_equals, identify};
use crate::place::Lines;
use crate::raw::Insertion;
use crate::report::{Certainty, Edit, Finding, Hunk, Level, Related, Role};
use crate::request::LevelSetting;

pub type Levels = BTreeMap<String, LevelSetting>;

const CODE_CHARS_MAX: usize = 300;

#[derive(Debug, Default)]
pub struct Compared {
    pub findings: Vec<Finding>,
    pub pre_existing: u32,
    pub fixed: u32,
    pub suppressed: u32,
}

/// The head of a comparison, or the whole of a scan.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    pub path: &'a str,
    pub analysis: &'a FileAnalysis,
    /// `None` in a scan.
    pub diff: Option<&'a FileDiff>,
}

/// `id_path` is the path of the base side (of head when the file is new).
#[must_use]
pub fn compare(
    id_path: &str,
    base: Option<&FileAnalysis>,
    head: Option<Head<'_>>,
    levels: &Levels,
) -> Compared {
    let base_sites = base.map_or(Vec::new(), |base| enabled(base, levels));
    let base_keys = keys(&base_sites);
    let base_ids = identify(id_path, &base_keys, &BTreeMap::new(), |_| false);
    let standing: BTreeSet<&str> = base_sites
        .iter()
        .zip(&base_ids)
        .filter(|(site, _)| site.suppression != Suppressed::Yes)
        .map(|(_, id)| id.as_str())
        .collect();
    let Some(head) = head else {
        return Compared {
            fixed: count(standing.len()),
            ..Compared::default()
        };
    };

    let lines = Lines::new(&head.analysis.text);
    let sites = enabled(head.analysis, levels);
    let before = count_equals(&base_keys);
    let ids = identify(id_path, &keys(&sites), &before, |at| {
        let site = sites.get(at).map(|site| lines.lines(site.raw.site));
        site.zip(head.diff)
            .is_some_and(|(site, diff)| touched(site, &diff.added))
    });
    let known: BTreeSet<&str> = base_ids.iter().map(String::as_str).collect();
    let still: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    let mut gone: Vec<&Site> = base_sites
        .iter()
        .zip(&base_ids)
        .filter(|(_, id)| standing.contains(id.as_str()) && !still.contains(id.as_str()))
        .map(|(site, _)| *site)
        .collect();
    let mut compared = Compared::default();
    for (site, id) in sites.iter().zip(&ids) {
        if site.in_error {
            continue;
        }
        if site.suppression == Suppressed::Yes {
            compared.suppressed += u32::from(!known.contains(id.as_str()));
        } else if standing.contains(id.as_str()) {
            compared.pre_existing += 1;
        } else if let Some(at) = under_another_name(site, &gone, head.diff, &lines) {
            gone.swap_remove(at);
            compared.pre_existing += 1;
        } else {
            compared
                .findings
                .push(present(id.clone(), site, head, &lines, levels));
        }
    }
    compared.fixed = count(gone.len());
    compared
}

/// The id holds the name of the function with its class. Renaming either makes no finding new: the same code was found
/// at base, is gone from there, and its line is as it was or its function kept its own name.
fn under_another_name(
    site: &Site,
    gone: &[&Site],
    diff: Option<&FileDiff>,
    lines: &Lines<'_>,
) -> Option<usize> {
    let diff = diff?;
    let untouched = !touched(lines.lines(site.raw.site), &diff.added);
    gone.iter().position(|old| {
        let same = old.raw.rule_id == site.raw.rule_id && old.code == site.code;
        same && (untouched || own_name(&old.symbol) == own_name(&site.symbol))
    })
}

pub(crate) fn own_name(symbol: &str) -> &str {
    symbol.rsplit(['.', '#', ':']).next().unwrap_or(symbol)
}

fn enabled<'a>(analysis: &'a FileAnalysis, levels: &Levels) -> Vec<&'a Site> {
    let off = |site: &&Site| levels.get(site.raw.rule_id) != Some(&LevelSetting::Off);
    analysis.sites.iter().filter(off).collect()
}

fn keys<'a>(sites: &[&'a Site]) -> Vec<Key<'a>> {
    let key = |site: &&'a Site| (site.raw.rule_id, site.symbol.as_str(), site.code.as_str());
    sites.iter().map(key).collect()
}

fn present(id: String, site: &Site, head: Head<'_>, lines: &Lines<'_>, levels: &Levels) -> Finding {
    let raw = &site.raw;
    let level = match levels.get(raw.rule_id) {
        // Only what is certain may block (ANA-327); what is merely likely warns.
        Some(LevelSetting::Level(Level::Block)) if certainty(raw.confidence) != Certainty::Certain => {
            Level::Warn
        }
        Some(LevelSetting::Level(level)) => *level,
        _ => raw.level,
    };
    let mut message = raw.message.clone();
    if site.suppression == Suppressed::WithoutReason {
        message.push_str(" The `driftline-ignore` comment gives no reason, so it does not count.");
    }
    let related = raw
        .related
        .iter()
        .map(|related| Related {
            role: related.role,
            place: match &related.elsewhere {
                Some(place) => place.clone(),
                None => lines.place(head.path, related.span),
            },
            message: related.message.clone(),
        })
        .collect();
    let place = lines.place(head.path, raw.site);
    let anchor_line = head.diff.and_then(|diff| anchor(site, diff, lines));
    Finding {
        id,
        rule_id: raw.rule_id.to_owned(),
        level,
        severity: raw.severity,
        confidence: raw.confidence,
        certainty: certainty(raw.confidence),
        factors: raw.factors.clone(),
        orm: raw.orm.clone(),
        model: raw.model.clone(),
        symbol: site.symbol.clone(),
        title: raw.title.clone(),
        message,
        fix: raw.fix.clone(),
        edit: raw.edit.as_ref().map(|edit| edited(edit, head.path, lines)),
        anchor_line,
        anchor_path: anchor_line.map(|_| head.path.to_owned()),
        related,
        code: lines
            .text_of(place.start_line)
            .trim()
            .chars()
            .take(CODE_CHARS_MAX)
            .collect(),
        place,
    }
}

fn edited(edit: &Insertion, path: &str, lines: &Lines<'_>) -> Edit {
    let line = lines.line(edit.at);
    let place = lines.whole(path, line);
    let before = lines.text_of(line);
    let (head, tail) = before
        .split_at_checked(edit.at.saturating_sub(place.start_byte) as usize)
        .unwrap_or((before, ""));
    Edit {
        after: format!("{head}{}{tail}", edit.text),
        before: before.to_owned(),
        place,
    }
}

fn certainty(confidence: f64) -> Certainty {
    if confidence >= 0.85 {
        Certainty::Certain
    } else if confidence >= 0.65 {
        Certainty::Likely
    } else {
        Certainty::Possible
    }
}

/// The line of the new side to comment on: the site's, else the loop's, else the changed line
/// nearest to the site within the same function (ANA-322).
fn anchor(site: &Site, diff: &FileDiff, lines: &Lines<'_>) -> Option<u32> {
    let new_sides: Vec<(u32, u32)> = diff.hunks.iter().filter_map(new_side).collect();
    let within = |span: Span| first_within(lines.lines(span), &new_sides);
    let of_loop = || {
        let loops = site
            .raw
            .related
            .iter()
            .filter(|related| related.role == Role::Loop && related.elsewhere.is_none());
        // The header counts, not the body: related spans may cover the whole loop.
        loops
            .map(|related| lines.line(related.span.start))
            .find(|line| new_sides.iter().any(|(start, end)| start <= line && line <= end))
    };
    let function = lines.lines(site.function);
    let at = lines.line(site.raw.site.start);
    within(site.raw.site)
        .or_else(of_loop)
        .or_else(|| nearest(at, function, &diff.added))
        .or_else(|| nearest(at, function, &new_sides))
}

pub(crate) fn new_side(hunk: &Hunk) -> Option<(u32, u32)> {
    (hunk.new_lines > 0).then(|| (hunk.new_start, hunk.new_start + hunk.new_lines - 1))
}

pub(crate) fn touched(range: (u32, u32), added: &[(u32, u32)]) -> bool {
    first_within(range, added).is_some()
}

/// The first line of `range` that lies in one of `ranges` (in order, ends inclusive).
pub(crate) fn first_within(range: (u32, u32), ranges: &[(u32, u32)]) -> Option<u32> {
    let overlaps = ranges
        .iter()
        .find(|(start, end)| *start <= range.1 && range.0 <= *end)?;
    Some(overlaps.0.max(range.0))
}

/// The line of `ranges` within `bounds` that is nearest to `line`; the upper one of two.
pub(crate) fn nearest(line: u32, bounds: (u32, u32), ranges: &[(u32, u32)]) -> Option<u32> {
    ranges
        .iter()
        .map(|(start, end)| ((*start).max(bounds.0), (*end).min(bounds.1)))
        .filter(|(start, end)| start <= end)
        .map(|(start, end)| line.clamp(start, end))
        .min_by_key(|candidate| (candidate.abs_diff(line), *candidate))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The order of findings in every report.
#[must_use]
pub fn order(a: &Finding, b: &Finding) -> std::cmp::Ordering {
    let key = |finding: &Finding| (finding.place.clone(), finding.rule_id.clone(), finding.id.clone());
    key(a).cmp(&key(b))
}

#[cfg(test)]
mod tests;
