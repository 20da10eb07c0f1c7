//! Analyses a case in every way there is and checks what must hold for any input.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use driftline_engine::cancel::Cancel;
use driftline_engine::change::analyze_change;
use driftline_engine::pool::Pool;
use driftline_engine::report::{Finding, Place, Report, SiteMs, SkipReason};
use driftline_engine::request::{ChangeRequest, ScanRequest, Settings};
use driftline_engine::scan::scan;

use crate::case::Case;
use crate::corpus::Files;
use crate::errors::Broken;
use crate::{machine, repository};

/// Processor time of one analysis, for the files of one case.
const SLOW_SECONDS: f64 = 10.0;
const PEAK_MIB_MAX: u64 = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Panic,
    Error,
    Slow,
    Memory,
    /// The same input gave another report.
    Differs,
    InError,
    /// A finding that is malformed: a place outside its file, two with one id, …
    Malformed,
}

#[derive(Clone, Debug)]
pub struct Failure {
    pub kind: Kind,
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.what)
    }
}

fn fail<T>(kind: Kind, what: impl Into<String>) -> Result<T, Failure> {
    Err(Failure {
        kind,
        what: what.into(),
    })
}

/// Figures of a case that holds.
#[derive(Default)]
pub struct Seen {
    pub files: u64,
    pub findings: u64,
    pub in_broken_files: u64,
    pub skipped: u64,
    pub ran_out: bool,
    pub peak_mib: u64,
}

pub struct Checker {
    pools: [Pool; 2],
    folder: tempfile::TempDir,
    count: u64,
    /// A failure is looked for again: in every way.
    pub thorough: bool,
}

impl Checker {
    pub fn new() -> Self {
        let memory = PathBuf::from("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::TempDir::new_in(memory)
        } else {
            tempfile::TempDir::new()
        };
        Checker {
            pools: [1, 2].map(|threads| Pool::new(threads).expect("threads")),
            folder: folder.expect("a temporary folder"),
            count: 0,
            thorough: false,
        }
    }

    pub fn check(&mut self, case: &Case) -> Result<Seen, Failure> {
        machine::peak_mib();
        machine::take_panics();
        self.count += 1;
        let mut seen = Seen::default();
        let root = self.folder.path().join("head");
        repository::folder(&root, case.head());
        let request = ScanRequest {
            root,
            ..ScanRequest::default()
        };
        let ways = self.ways();
        let reports = ways.iter().map(|(pool, settings)| {
            let request = ScanRequest {
                settings: settings.clone(),
                ..request.clone()
            };
            timed("scan", || scan(&request, &Cancel::new(), pool))
        });
        same(reports, case.head(), &mut seen)?;

        let bare = self.folder.path().join("bare");
        let (base, head) = repository::commits(&bare, &case.base, case.head());
        let request = ChangeRequest {
            repository: bare,
            base,
            head,
            ..ChangeRequest::default()
        };
        let reports = ways.iter().map(|(pool, settings)| {
            let request = ChangeRequest {
                settings: settings.clone(),
                ..request.clone()
            };
            timed("change", || analyze_change(&request, &Cancel::new(), pool))
        });
        let report = same(reports, case.head(), &mut seen)?;
        if case.head.is_none() && !report.findings.is_empty() {
            return fail(
                Kind::Malformed,
                format!("nothing changed, but {} findings", report.findings.len()),
            );
        }
        seen.peak_mib = machine::peak_mib();
        if seen.peak_mib > PEAK_MIB_MAX {
            return fail(Kind::Memory, format!("{} MiB", seen.peak_mib));
        }
        Ok(seen)
    }

    /// One thread, two threads; sometimes with what is kept on the disk, first empty and then full.
    fn ways(&self) -> Vec<(Pool, Settings)> {
        let plain = self.pools.iter().map(|pool| (pool.clone(), Settings::default()));
        let mut ways: Vec<(Pool, Settings)> = plain.collect();
        if self.thorough || self.count.is_multiple_of(8) {
            let cache = self.folder.path().join("cache");
            let _ = std::fs::remove_dir_all(&cache);
            let kept = Settings {
                cache: Some(cache),
                ..Settings::default()
            };
            ways.extend([
                (self.pools[0].clone(), kept.clone()),
                (self.pools[1].clone(), kept),
            ]);
        }
        ways
    }
}

fn timed<E: fmt::Debug>(what: &str, work: impl FnOnce() -> Result<Report, E>) -> Result<Report, Failure> {
    let before = machine::cpu_seconds();
    let report = work();
    let seconds = machine::cpu_seconds() - before;
    if let Some(panic) = machine::take_panics().first() {
        return fail(Kind::Panic, format!("{what}: {panic}"));
    }
    if seconds > SLOW_SECONDS {
        return fail(Kind::Slow, format!("{what}: {seconds:.1} s of processor time"));
    }
    report.or_else(|error| fail(Kind::Error, format!("{what}: {error:?}")))
}

/// The one report that all ways came to.
fn same(
    reports: impl Iterator<Item = Result<Report, Failure>>,
    files: &Files,
    seen: &mut Seen,
) -> Result<Report, Failure> {
    let mut first: Option<(String, Report)> = None;
    for report in reports {
        let report = report?;
        let text = timeless(&report);
        match &first {
            None => {
                sound(&report, files, seen)?;
                first = Some((text, report));
            }
            Some((expected, _)) if *expected != text => {
                // What a machine under load had no time for is no matter of chance in the engine.
                if ran_out(&report) || first.as_ref().is_some_and(|(_, report)| ran_out(report)) {
                    seen.ran_out = true;
                    continue;
                }
                return fail(Kind::Differs, difference(expected, &text));
            }
            Some(_) => {}
        }
    }
    first.map_or_else(|| fail(Kind::Error, "no report"), |(_, report)| Ok(report))
}

fn ran_out(report: &Report) -> bool {
    let out_of_time = [SkipReason::Timeout, SkipReason::Budget];
    report.skipped.iter().any(|it| out_of_time.contains(&it.reason))
}

fn difference(a: &str, b: &str) -> String {
    let differing = a.lines().zip(b.lines()).find(|(a, b)| a != b);
    differing.map_or("another length".to_owned(), |(a, b)| {
        format!("`{}` or `{}`", a.trim(), b.trim())
    })
}

fn timeless(report: &Report) -> String {
    let mut report = report.clone();
    for time in [
        &mut report.stats.diff_ms,
        &mut report.stats.parse_ms,
        &mut report.stats.analyse_ms,
        &mut report.stats.total_ms,
    ] {
        *time = 0.0;
    }
    report.stats.site_ms = SiteMs::default();
    serde_json::to_string_pretty(&report).expect("plain data")
}

fn sound(report: &Report, files: &Files, seen: &mut Seen) -> Result<(), Failure> {
    seen.files += u64::from(report.stats.files_analysed);
    seen.findings += report.findings.len() as u64;
    seen.skipped += report.skipped.len() as u64;
    if let Some(skip) = report.skipped.iter().find(|it| it.reason == SkipReason::Panic) {
        return fail(Kind::Panic, format!("{}: {}", skip.path, skip.detail));
    }
    let mut ids = BTreeSet::new();
    let mut parsed: BTreeMap<&str, Broken<'_>> = BTreeMap::new();
    for finding in &report.findings {
        if !ids.insert(&finding.id) {
            return fail(Kind::Malformed, format!("two findings with id {}", finding.id));
        }
        well_formed(finding, report, files)?;
        let Some(text) = files
            .get(&finding.place.path)
            .and_then(|it| std::str::from_utf8(it).ok())
        else {
            return fail(Kind::Malformed, format!("{} is no text", finding.place.path));
        };
        let broken = parsed
            .entry(&finding.place.path)
            .or_insert_with(|| Broken::new(&finding.place.path, text));
        seen.in_broken_files += u64::from(broken.anywhere());
        let place = &finding.place;
        if broken.is_in(place.start_byte as usize, place.end_byte as usize) {
            return fail(
                Kind::InError,
                format!(
                    "{}:{} {}: `{}`",
                    place.path, place.start_line, finding.rule_id, finding.code
                ),
            );
        }
    }
    Ok(())
}

fn well_formed(finding: &Finding, report: &Report, files: &Files) -> Result<(), Failure> {
    let wrong = |what: &str| fail(Kind::Malformed, format!("{what}: {finding:?}"));
    if !(0.45..=1.0).contains(&finding.confidence) {
        return wrong("confidence");
    }
    if finding.title.is_empty() || finding.title.contains('\n') || finding.message.is_empty() {
        return wrong("title or message");
    }
    let places = finding.related.iter().map(|it| &it.place).chain([&finding.place]);
    for place in places {
        // What is gone from head may be shown as the cause.
        if files.contains_key(&place.path) && !stands(place, &files[&place.path]) {
            return wrong("place");
        }
    }
    if let Some(line) = finding.anchor_line {
        let file = report
            .files
            .iter()
            .find(|it| Some(&it.path) == finding.anchor_path.as_ref());
        let hunks = file.map_or(&[][..], |it| &it.hunks);
        let within = |start: u32, lines: u32| start <= line && line < start + lines;
        if !hunks.iter().any(|it| within(it.new_start, it.new_lines)) {
            return wrong("anchor outside the diff");
        }
    }
    Ok(())
}

/// Bytes within the text and on the lines that are named.
fn stands(place: &Place, text: &[u8]) -> bool {
    let line = |byte: u32| {
        text.get(..byte as usize)
            .map(|it| 1 + it.iter().filter(|it| **it == b'\n').count())
    };
    place.start_byte <= place.end_byte
        && line(place.start_byte) == usize::try_from(place.start_line).ok()
        && line(place.end_byte) == usize::try_from(place.end_line).ok()
}
