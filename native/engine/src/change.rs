//! `analyze_change`: the difference between two commits as findings. Finds the merge base, the
//! changed files and their manifests, has each file's two sides analysed on the pool, and puts
//! the answers together in a total order.

use std::sync::Arc;
use std::time::Instant;

use gix::ObjectId;

use crate::cancel::{Cancel, Stop};
use crate::changed::{self, Context, Outcome};
use crate::compare;
use crate::error::{Code, EngineError, Phase};
use crate::file::milliseconds;
use crate::git::tree::{Delta, deltas};
use crate::git::{Handle, Repository};
use crate::manifests;
use crate::parse::language_of;
use crate::pool::{Panicked, Pool};
use crate::project::Project;
use crate::report::{Report, SkipReason, Skipped};
use crate::request::{ChangeRequest, Fault};
use crate::schema::SCHEMA_VERSION;
use crate::screen::PathRules;

/// More source files than this in one change are not looked at.
const FILES_MAX: usize = 10_000;

/// What has to be known before the first file.
struct Prepared {
    merge_base: ObjectId,
    head: ObjectId,
    deltas: Vec<Delta>,
    cut: bool,
    context: Context,
}

/// Compares `head` with the merge base of `base` and `head`, as GitHub shows a pull request.
/// The calling thread waits; it must not be one of the pool's.
///
/// # Errors
/// The request is wrong, the repository lacks something, or the call was cancelled.
pub fn analyze_change(request: &ChangeRequest, cancel: &Cancel, pool: &Pool) -> Result<Report, EngineError> {
    let started = Instant::now();
    let cancel = match request.settings.budget {
        Some(budget) => cancel.with_budget(budget),
        None => cancel.clone(),
    };
    let (asked, token) = (request.clone(), cancel.clone());
    let prepared = pool
        .run(move || prepare(&asked, &token))
        .map_err(|panicked| panic_error(Phase::Diff, &panicked))??;
    stopped(&cancel, Phase::Diff)?;
    let diffed = Instant::now();

    let Prepared {
        merge_base,
        head,
        deltas,
        cut,
        context,
    } = prepared;
    let files_changed = deltas.len();
    let paths: Vec<String> = deltas.iter().map(|delta| delta.path().to_string()).collect();
    let context = Arc::new(context);
    let answers = pool.map(deltas, move |delta| changed::look_at(&context, &delta));
    if cancel.stop() == Some(Stop::Cancelled) {
        return Err(cancelled(Phase::Analyse));
    }

    let outcomes = paths
        .into_iter()
        .zip(answers)
        .map(|(path, answer)| answer.unwrap_or_else(|panicked| Outcome::panicked(path, &panicked)));
    let mut report = put_together(outcomes);
    report.merge_base = merge_base.to_string();
    report.head = head.to_string();
    if cut {
        report.skipped.push(Skipped {
            path: String::new(),
            reason: SkipReason::Budget,
            detail: format!("too many changes: only the first {files_changed} files were looked at"),
        });
    }
    report.skipped.sort();
    report.stats.files_changed = u32::try_from(files_changed).unwrap_or(u32::MAX);
    report.stats.diff_ms = milliseconds(started, diffed);
    report.stats.total_ms = milliseconds(started, Instant::now());
    Ok(report)
}

fn prepare(request: &ChangeRequest, cancel: &Cancel) -> Result<Prepared, EngineError> {
    let settings = &request.settings;
    Fault::Call.strike(settings.fault);
    let rules = PathRules::new(&settings.exclude)
        .map_err(|message| EngineError::new(Code::BadRequest, Phase::Request, message))?;
    let repository = Repository::open(&request.repository)?;
    let handle = repository.handle();
    let (base, head) = (handle.commit(&request.base)?, handle.commit(&request.head)?);
    let merge_base = handle.merge_base(base, head)?;
    let (base_tree, head_tree) = (handle.tree_of(merge_base)?, handle.tree_of(head)?);
    let changes = deltas(&handle, base_tree, head_tree, cancel)?;
    let project = |side: fn(&Delta) -> Option<&crate::git::tree::Entry>, tree| {
        let paths: Vec<String> = changes
            .deltas
            .iter()
            .filter_map(|delta| String::from_utf8(side(delta)?.path.to_vec()).ok())
            .filter(|path| language_of(path).is_some() && rules.refuse(path).is_none())
            .collect();
        project_of(&handle, tree, &paths, &rules, cancel)
    };
    let base_project = project(|delta| delta.base.as_ref(), base_tree);
    let head_project = project(|delta| delta.head.as_ref(), head_tree);
    Ok(Prepared {
        merge_base,
        head,
        cut: changes.cut || changes.deltas.len() > FILES_MAX,
        deltas: changes.deltas.into_iter().take(FILES_MAX).collect(),
        context: Context {
            repository,
            rules,
            base_project,
            head_project,
            levels: settings.levels.clone(),
            fault: settings.fault,
            cancel: cancel.clone(),
        },
    })
}

fn project_of(
    handle: &Handle,
    tree: ObjectId,
    paths: &[String],
    rules: &PathRules,
    cancel: &Cancel,
) -> Project {
    if paths.is_empty() {
        return Project::from_files([]);
    }
    let folders = manifests::folders_above(paths.iter().map(String::as_str));
    Project::from_files(manifests::of_tree(handle, tree, &folders, rules, cancel))
}

/// One report of what was found in every file; sums and lists in a total order.
pub(crate) fn put_together(outcomes: impl Iterator<Item = Outcome>) -> Report {
    let mut report = Report {
        schema_version: SCHEMA_VERSION,
        ..Report::default()
    };
    for outcome in outcomes {
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
    }
    report.findings.sort_by(compare::order);
    report.files.sort_by(|a, b| a.path.cmp(&b.path));
    report.skipped.sort();
    report
}

pub(crate) fn panic_error(phase: Phase, panicked: &Panicked) -> EngineError {
    EngineError::new(Code::Panic, phase, format!("internal error: {}", panicked.0))
}

/// # Errors
/// The token was raised or the run's time is over.
pub(crate) fn stopped(cancel: &Cancel, phase: Phase) -> Result<(), EngineError> {
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

pub(crate) fn cancelled(phase: Phase) -> EngineError {
    EngineError::new(Code::Cancelled, phase, "the analysis was cancelled")
}
