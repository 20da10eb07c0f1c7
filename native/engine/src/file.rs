//! One side of one file: from its text to the places where rules fire, each with what its id
//! needs. It knows nothing of the other side of the change.

use std::time::Instant;

use serde::{Deserialize, Serialize};
use tree_sitter::Tree;

use crate::cancel::{Cancel, Stop};
use crate::facts::ir::{FileFacts, Language, Span, Suppression};
use crate::facts::lower::template::{self, template_of};
use crate::gate;
use crate::id::normalise;
use crate::nplus1::world::World;
use crate::nplus1::{self, Ended};
use crate::parse::{self, DEPTH_MAX, ParseLimits, ParseStop};
use crate::place::Lines;
use crate::raw::{File, RawFinding};
use crate::report::SkipReason;
use crate::screen::Refusal;
use crate::sources::{FileId, Parsed};

/// A rule that fires at a place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Site {
    pub raw: RawFinding,
    /// Symbol path of the enclosing function.
    pub symbol: String,
    /// Extent of the enclosing function.
    pub function: Span,
    /// Matched code as the finding id sees it.
    pub code: String,
    pub suppression: Suppressed,
    /// It touches code that does not parse (ANA-002).
    pub in_error: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Suppressed {
    No,
    /// A comment asks for it but gives no reason, so it does not count.
    WithoutReason,
    Yes,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FileAnalysis {
    /// Not kept: it is read again where it is needed.
    #[serde(skip)]
    pub text: String,
    /// In order of place and rule.
    pub sites: Vec<Site>,
    pub query_sites: u32,
    /// Part of the file that was too deep to be looked at.
    pub partly: Option<Refusal>,
    /// It hung on the time, so it is not kept.
    #[serde(skip)]
    pub is_late: bool,
    #[serde(skip)]
    pub parse_ms: f64,
    #[serde(skip)]
    pub analyse_ms: f64,
}

impl FileAnalysis {
    /// The number of query sites, where that is all there is to tell.
    #[must_use]
    pub fn is_plain(&self) -> Option<u32> {
        (self.sites.is_empty() && self.partly.is_none()).then_some(self.query_sites)
    }
}

/// # Errors
/// The file cannot be analysed: the reason for the report. A raised cancel flag is seen by the
/// caller too, so it may be reported as anything here.
pub fn parse(path: &str, text: String, language: Language, cancel: &Cancel) -> Result<Parsed, Refusal> {
    parse_and(path, text, language, cancel, |_, _| {})
}

/// As [`parse`], and shows text and tree to `see` before the tree is let go. A template has no tree of its own.
///
/// # Errors
/// As [`parse`].
pub fn parse_and(
    path: &str,
    text: String,
    language: Language,
    cancel: &Cancel,
    see: impl FnOnce(&str, &Tree),
) -> Result<Parsed, Refusal> {
    let _pass = gate::enter(text.len());
    let started = Instant::now();
    let limits = ParseLimits::default();
    let facts = match template_of(path) {
        Some(template) => template::facts(&text, template, &limits, cancel),
        None => parse::facts_and(&text, language, &limits, cancel, |tree| see(&text, tree)),
    };
    let facts = facts.map_err(|stop| refusal(stop, cancel))?;
    Ok(Parsed {
        path: path.to_owned(),
        text,
        facts,
        parse_ms: milliseconds(started, Instant::now()),
    })
}

/// What a stopped parse is in a report.
#[must_use]
pub fn refusal(stop: ParseStop, cancel: &Cancel) -> Refusal {
    match stop {
        ParseStop::TooDeep(detail) => (SkipReason::TooDeep, detail),
        ParseStop::Cancelled if cancel.stop() == Some(Stop::Deadline) => out_of_budget(),
        ParseStop::Timeout | ParseStop::Cancelled => {
            let limit = ParseLimits::default().timeout_ms;
            (SkipReason::Timeout, format!("parsing took more than {limit} ms"))
        }
    }
}

/// What the rules find in one file of the tree.
#[must_use]
pub fn analyse(world: World<'_>, id: FileId, parsed: &Parsed) -> FileAnalysis {
    let started = Instant::now();
    let file = parsed.file();
    let analysis = nplus1::analyse(world, id);
    let lines = Lines::new(file.text);
    let mut sites: Vec<Site> = analysis
        .findings
        .into_iter()
        .map(|raw| site(raw, &file, &lines))
        .collect();
    sites.sort_by(|a, b| order(a).cmp(&order(b)));
    sites.dedup_by(|next, kept| next.raw.rule_id == kept.raw.rule_id && next.raw.site == kept.raw.site);
    let partly = file.facts.cut.first().map(|cut| {
        let line = lines.line(cut.start);
        let detail = format!("code nested deeper than {DEPTH_MAX} at line {line} was left out");
        (SkipReason::TooDeep, detail)
    });
    FileAnalysis {
        sites,
        query_sites: analysis.sites,
        partly: partly.or_else(|| ended(analysis.ended)),
        is_late: analysis.ended == Ended::OutOfTime,
        parse_ms: parsed.parse_ms,
        analyse_ms: milliseconds(started, Instant::now()),
        text: file.text.to_owned(),
    }
}

/// What was found until then stands.
fn ended(ended: Ended) -> Option<Refusal> {
    let detail = match ended {
        Ended::Whole => return None,
        Ended::OutOfSteps => "following its calls takes more steps than one file is given",
        Ended::OutOfTime => "following its calls takes more time than one file is given",
    };
    Some((
        SkipReason::Timeout,
        format!("{detail}: only part of it was looked at"),
    ))
}

#[must_use]
pub fn out_of_budget() -> Refusal {
    (
        SkipReason::Budget,
        "the time for the whole run was over".to_owned(),
    )
}

#[must_use]
pub fn milliseconds(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64() * 1000.0
}

fn order(site: &Site) -> (Span, &str, &str) {
    (site.raw.site, site.raw.rule_id, &site.raw.title)
}

fn site(raw: RawFinding, file: &File<'_>, lines: &Lines<'_>) -> Site {
    let facts = file.facts;
    let function = facts.functions.get(raw.function);
    let range = raw.site.start as usize..raw.site.end as usize;
    let code = file.text.get(range).unwrap_or_default();
    Site {
        symbol: function.map_or_else(String::new, |function| function.qualified.clone()),
        function: function.map_or(raw.site, |function| function.span),
        code: normalise(code, raw.site, &facts.comments, &raw.locals, facts.language),
        suppression: suppression(&raw, facts, lines),
        in_error: facts.errors.iter().any(|error| overlap(*error, raw.site)),
        raw,
    }
}

/// An empty error (something is missing) counts where it stands.
fn overlap(a: Span, b: Span) -> bool {
    a.start < b.end.max(b.start + 1) && b.start < a.end.max(a.start + 1)
}

/// The comment stands on a line of the site or on the line above it (ANA-055).
fn suppression(raw: &RawFinding, facts: &FileFacts, lines: &Lines<'_>) -> Suppressed {
    let (first, last) = lines.lines(raw.site);
    let names = |suppression: &&Suppression| {
        let rest = raw.rule_id.strip_prefix(suppression.rule.as_str());
        let (start, end) = lines.lines(suppression.span);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) && start <= last && end + 1 >= first
    };
    let mut found = Suppressed::No;
    for suppression in facts.suppressions.iter().filter(names) {
        if !suppression.reason.is_empty() {
            return Suppressed::Yes;
        }
        found = Suppressed::WithoutReason;
    }
    found
}
