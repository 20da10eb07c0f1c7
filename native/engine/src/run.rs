//! What every run has in common, whatever files it looks at: the time it is given, the pool it works
//! on, and one report of all answers in a total order.

use std::time::Instant;

use crate::cancel::{Cancel, Stop};
use crate::changed::Outcome;
use crate::compare;
use crate::error::{Code, EngineError, Phase};
use crate::file::milliseconds;
use crate::pool::{Panicked, Pool};
use crate::progress::Progress;
use crate::report::{Report, SiteMs, SkipReason, Skipped};
use crate::request::Settings;
use crate::schema::SCHEMA_VERSION;

/// The calling thread waits; it must not be one of the pool's.
pub(crate) struct Run<'p> {
    pool: &'p Pool,
    cancel: Cancel,
    started: Instant,
    progress: Progress,
}

impl<'p> Run<'p> {
    pub fn start(cancel: &Cancel, settings: &Settings, pool: &'p Pool) -> Self {
        let cancel = match settings.budget {
            Some(budget) => cancel.with_budget(budget),
            None => cancel.clone(),
        };
        Run {
            pool,
            cancel,
            started: Instant::now(),
            progress: settings.progress.clone(),
        }
    }

    /// Finds out what has to be known before the first file.
    ///
    /// # Errors
    /// `work` has failed, or the time was over or the call cancelled when it was done.
    pub fn prepare<T: Send + 'static>(
        &self,
        phase: Phase,
        work: impl Fn(&Cancel) -> Result<T, EngineError> + Send + Sync + 'static,
    ) -> Result<T, EngineError> {
        let token = self.cancel.clone();
        let prepared = self
            .pool
            .run(move || work(&token))
            .map_err(|panicked| panic_error(phase, &panicked))??;
        stopped(&self.cancel, phase)?;
        Ok(prepared)
    }

    /// Works on every item on the pool; answers in their order.
    pub fn each<T: Send + 'static, R: Send + 'static>(
        &self,
        items: Vec<T>,
        work: impl Fn(T) -> R + Send + Sync + 'static,
    ) -> Vec<Result<R, Panicked>> {
        let progress = self.progress.clone();
        progress.analyse(items.len());
        self.pool.map(items, move |item| {
            let done = work(item);
            progress.step();
            done
        })
    }

    pub fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// # Errors
    /// The call was cancelled.
    pub fn go_on(&self) -> Result<(), EngineError> {
        match self.cancel.stop() {
            Some(Stop::Cancelled) => Err(cancelled(Phase::Analyse)),
            _ => Ok(()),
        }
    }

    /// The time until now.
    pub fn finish(&self, report: &mut Report) {
        report.stats.total_ms = milliseconds(self.started, Instant::now());
    }

    /// Looks at every file on the pool; each comes with its path.
    ///
    /// # Errors
    /// The call was cancelled.
    pub fn look_at_each<T: Send + 'static>(
        &self,
        files: Vec<(String, T)>,
        look: impl Fn(T) -> Outcome + Send + Sync + 'static,
    ) -> Result<Report, EngineError> {
        let prepared = Instant::now();
        let (paths, files): (Vec<_>, Vec<_>) = files.into_iter().unzip();
        self.progress.analyse(files.len());
        let progress = self.progress.clone();
        let answers = self.pool.map(files, move |file| {
            let outcome = look(file);
            progress.step();
            outcome
        });
        self.go_on()?;
        let outcomes = paths
            .into_iter()
            .zip(answers)
            .map(|(path, answer)| answer.unwrap_or_else(|panicked| Outcome::panicked(path, &panicked)));
        let mut report = put_together(outcomes);
        report.stats.diff_ms = milliseconds(self.started, prepared);
        self.finish(&mut report);
        Ok(report)
    }
}

/// One report of what was found in every file; sums and lists in a total order.
fn put_together(outcomes: impl Iterator<Item = Outcome>) -> Report {
    let mut report = Report {
        schema_version: SCHEMA_VERSION,
        ..Report::default()
    };
    let mut unreached = 0;
    let mut times = Vec::new();
    for outcome in outcomes {
        unreached += u32::from(outcome.unreached);
        report.findings.extend(outcome.compared.findings);
        report.files.extend(outcome.file);
        report.skipped.extend(outcome.skipped);
        let stats = &mut report.stats;
        stats.files_analysed += u32::from(outcome.analysed);
        stats.query_sites += outcome.query_sites;
        stats.pre_existing += outcome.compared.pre_existing;
        stats.fixed += outcome.compared.fixed;
        stats.suppressed += outcome.compared.suppressed;
        stats.parse_ms += outcome.parse_ms;
        stats.analyse_ms += outcome.analyse_ms;
        times.push((outcome.analyse_ms, outcome.query_sites));
    }
    if unreached > 0 {
        report.skipped.push(Skipped {
            path: String::new(),
            reason: SkipReason::Budget,
            detail: format!(
                "{unreached} files around the ones in question were not looked at: the time for the whole run was over"
            ),
        });
    }
    report.stats.site_ms = SiteMs::of(times);
    report.findings.sort_by(compare::order);
    report.files.sort_by(|a, b| a.path.cmp(&b.path));
    report.skipped.sort();
    report
}

fn panic_error(phase: Phase, panicked: &Panicked) -> EngineError {
    EngineError::new(Code::Panic, phase, format!("internal error: {}", panicked.0))
}

/// # Errors
/// The token was raised or the run's time is over.
fn stopped(cancel: &Cancel, phase: Phase) -> Result<(), EngineError> {
    match cancel.stop() {
        None => Ok(()),
        Some(Stop::Cancelled) => Err(cancelled(phase)),
        Some(Stop::Deadline) => Err(EngineError::new(
            Code::Budget,
            phase,
            "the time for the whole run was over before any file was looked at",
        )),
    }
}

fn cancelled(phase: Phase) -> EngineError {
    EngineError::new(Code::Cancelled, phase, "the analysis was cancelled")
}
