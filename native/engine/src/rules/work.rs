//! The rules over all files of a call: each file's two sides on the pool, the matches within their bounds, then a
//! check of every fix. Whatever is wrong with a file ends as a `Skipped` entry.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use gix::ObjectId;

use super::bound;
use super::collect::Collector;
use super::compare::{Compared, Found, Head, compare};
use super::compile::Rules;
use super::external::Given;
use super::fix::Bench;
use super::language::RuleLanguage;
use super::look::Ruling;
use crate::cancel::{Cancel, Stop};
use crate::error::EngineError;
use crate::file;
use crate::git::hunks::FileDiff;
use crate::pool::Panicked;
use crate::report::{Report, RuleMatch, SkipReason, Skipped};
use crate::request::Fault;
use crate::run::Run;
use crate::screen::Refusal;
use crate::sources::{Shared, Text};

/// One side of a file.
#[derive(Clone, Debug)]
pub struct Side {
    pub path: String,
    /// Its content, if that is known without reading it.
    pub blob: Option<ObjectId>,
}

/// One file to look at.
#[derive(Clone, Debug)]
pub struct Work {
    pub head: Side,
    pub base: Option<Side>,
    /// `None` in a scan.
    pub diff: Option<FileDiff>,
}

impl Work {
    /// A file as it stands.
    #[must_use]
    pub fn scanned(path: String) -> Self {
        Work {
            head: Side { path, blob: None },
            base: None,
            diff: None,
        }
    }
}

/// How the text of a side is read.
pub type Read = Arc<dyn Fn(&Side) -> Result<Text, Refusal> + Send + Sync>;

/// Where matches come from.
#[derive(Clone)]
pub(crate) enum Finder {
    /// The rules of the call, if it has any.
    Rules,
    /// Another engine.
    Given(Arc<Given>),
}

/// What all files of a call share.
#[derive(Clone)]
pub(crate) struct Call {
    pub finder: Finder,
    pub shared: Arc<Shared>,
    pub read: Read,
    pub fault: Option<Fault>,
    pub cancel: Cancel,
}

impl Call {
    fn ruling(&self) -> Option<&Ruling> {
        self.shared.ruling.as_ref()
    }

    fn spend(&self, started: Instant) {
        if let Some(ruling) = self.ruling() {
            ruling.spend(started);
        }
    }

    /// # Errors
    /// The file cannot be looked at.
    fn look_at(&self, work: &Work) -> Result<Compared, Refusal> {
        if self.cancel.is_stopped() {
            return Err(file::out_of_budget());
        }
        Fault::File.strike(self.fault);
        match (&self.finder, self.ruling()) {
            (Finder::Given(given), _) => given.look_at(self, work),
            (Finder::Rules, Some(ruling)) => self.look_by(ruling, work),
            (Finder::Rules, None) => Ok(Compared::default()),
        }
    }

    fn look_by(&self, ruling: &Ruling, work: &Work) -> Result<Compared, Refusal> {
        let store = &self.shared.store;
        let text = (self.read)(&work.head)?;
        let matches = ruling.look(store, &work.head.path, text.blob, &text.text)?;
        let on_base = |(reason, detail)| (reason, format!("{detail} (on the base side)"));
        let base = work.base.as_ref().map(|side| {
            let text = (self.read)(side)?;
            ruling.look(store, &side.path, text.blob, &text.text)
        });
        let base = base.transpose().map_err(on_base)?;
        let id_path = work.base.as_ref().map_or(&work.head.path, |side| &side.path);
        let head = Head {
            path: &work.head.path,
            text: &text.text,
            matches: &matches,
            diff: work.diff.as_ref(),
        };
        Ok(compare(id_path, base.as_ref(), head))
    }

    fn bench<'a>(&'a self, path: &'a str, text: Text) -> Option<Bench<'a>> {
        match (&self.finder, self.ruling()) {
            (Finder::Rules, Some(ruling)) => Bench::new(ruling, &self.shared.store, path, text, &self.cancel),
            _ => Bench::plain(path, text.text, RuleLanguage::of_path(path)?, &self.cancel),
        }
    }

    /// Checks the fixes in one file; those that hold become edits.
    fn check(&self, side: &Side, mut all: Vec<Found>) -> Vec<RuleMatch> {
        let text = (self.read)(side).ok();
        let bench = text.and_then(|text| self.bench(&side.path, text));
        for found in &mut all {
            if let (Some(bench), Some(fix)) = (&bench, &found.fix) {
                found.matched.edit = bench.edit(&found.matched, fix);
            }
        }
        all.into_iter().map(|found| found.matched).collect()
    }
}

/// Adds to the report what the rules say of the files.
///
/// # Errors
/// The call was cancelled.
pub(crate) fn run(
    run: &Run<'_>,
    call: Call,
    files: Vec<Work>,
    report: &mut Report,
) -> Result<(), EngineError> {
    match (&call.finder, call.ruling()) {
        (Finder::Rules, None) => return Ok(()),
        (_, Some(ruling)) => {
            report.rule_problems.clone_from(&ruling.rules.problems);
            report.stats.rules = ruling.rules.count;
        }
        (Finder::Given(_), None) => {}
    }
    let sides: BTreeMap<String, Side> = files
        .iter()
        .map(|work| (work.head.path.clone(), work.head.clone()))
        .collect();
    let collector = Arc::new(Mutex::new(Collector::default()));
    let skipped = look_at_each(run, &call, files, &collector);
    run.go_on()?;
    let mut collector = std::mem::take(&mut *collector.lock().unwrap_or_else(PoisonError::into_inner));
    if let (Finder::Rules, Some(ruling)) = (&call.finder, call.ruling()) {
        cut_by(&skipped, &ruling.rules, &mut collector);
    }
    report.skipped.extend(skipped);
    report.rule_cuts = collector.cuts();
    report.stats.rule_files = collector.files;
    let (found, mut notices) = collector.finish();
    if let (Finder::Rules, Some(ruling)) = (&call.finder, call.ruling()) {
        notices.extend(ruling.rules.notices.iter().cloned());
    }
    report.matches = checked(run, &call, found, &sides, &mut notices);
    run.go_on()?;
    report.rule_notices = notices;
    report.stats.rule_ms = call.ruling().map_or(0.0, Ruling::spent_ms);
    Ok(())
}

/// What our own bounds kept from being looked at is not known to be without matches. Files that nobody looks into, such as
/// binary ones, are no loss.
fn cut_by(skipped: &[Skipped], rules: &Rules, collector: &mut Collector) {
    for Skipped { path, reason, detail } in skipped {
        if !matches!(
            reason,
            SkipReason::Timeout | SkipReason::Budget | SkipReason::Panic | SkipReason::MissingBlob
        ) {
            continue;
        }
        let bucket = rules
            .wanted(path)
            .and_then(|language| rules.of_language(language));
        for rule in bucket.iter().flat_map(|bucket| &bucket.rules) {
            if rule.runs_on(path) {
                collector.cut(rule.id.clone(), format!("in {path}: {detail}"));
            }
        }
    }
}

fn look_at_each(
    run: &Run<'_>,
    call: &Call,
    files: Vec<Work>,
    collector: &Arc<Mutex<Collector>>,
) -> Vec<Skipped> {
    let paths: Vec<String> = files.iter().map(|work| work.head.path.clone()).collect();
    let (call, collector) = (call.clone(), Arc::clone(collector));
    let answers = run.each(files, move |work| {
        let started = Instant::now();
        let looked = call.look_at(&work);
        call.spend(started);
        match looked {
            Ok(compared) => {
                collector
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .add(compared);
                None
            }
            Err(refusal) => Some(refusal),
        }
    });
    let skipped = paths.into_iter().zip(answers).filter_map(|(path, answer)| {
        let (reason, detail) = match answer {
            Ok(refusal) => refusal?,
            Err(Panicked(text)) => (SkipReason::Panic, format!("internal error: {text}")),
        };
        Some(Skipped { path, reason, detail })
    });
    skipped.collect()
}

/// The matches in the order they came in, each fix checked.
fn checked(
    run: &Run<'_>,
    call: &Call,
    mut found: Vec<Found>,
    sides: &BTreeMap<String, Side>,
    notices: &mut Vec<String>,
) -> Vec<RuleMatch> {
    let fixes = found.iter_mut().filter(|it| it.fix.is_some());
    let mut beyond = 0_usize;
    for found in fixes.skip(bound::FIXES_CHECKED) {
        found.fix = None;
        beyond += 1;
    }
    if beyond > 0 {
        let most = bound::FIXES_CHECKED;
        notices.push(format!(
            "{beyond} fixes beyond the first {most} were not checked, so they are not offered"
        ));
    }
    let mut files: Vec<(Side, Vec<Found>)> = Vec::new();
    for found in found {
        let path = &found.matched.place.path;
        match files.last_mut().filter(|(side, _)| side.path == *path) {
            Some((_, of_file)) => of_file.push(found),
            None => {
                let side = sides.get(path).cloned();
                let unknown = || Side {
                    path: path.clone(),
                    blob: None,
                };
                files.push((side.unwrap_or_else(unknown), vec![found]));
            }
        }
    }
    let (plain, with_fixes): (Vec<_>, Vec<_>) = files
        .into_iter()
        .partition(|(_, all)| all.iter().all(|it| it.fix.is_none()));
    let kept: Vec<Vec<Found>> = with_fixes.iter().map(|(_, all)| all.clone()).collect();
    let call_of = call.clone();
    let answers = run.each(with_fixes, move |(side, all)| {
        let started = Instant::now();
        let matches = call_of.check(&side, all);
        call_of.spend(started);
        matches
    });
    if call.cancel.stop() == Some(Stop::Deadline) {
        notices.push("the time for the whole run was over before every fix was checked".to_owned());
    }
    let unchecked = |all: Vec<Found>| all.into_iter().map(|it| it.matched).collect::<Vec<_>>();
    let mut matches: Vec<RuleMatch> = plain.into_iter().flat_map(|(_, all)| unchecked(all)).collect();
    for (answer, all) in answers.into_iter().zip(kept) {
        matches.extend(answer.unwrap_or_else(|_| unchecked(all)));
    }
    matches.sort_by(|a, b| (&a.place, &a.rule, &a.id).cmp(&(&b.place, &b.rule, &b.id)));
    matches
}
