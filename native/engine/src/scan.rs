//! `scan`: whole files of a folder. Walks it (ignore files respected, links never followed),
//! reads the manifests for context and reports what the rules find in the asked paths.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::ObjectId;

use crate::cancel::Cancel;
use crate::changed::Outcome;
use crate::compare::{Compared, Head, Levels, compare};
use crate::error::{Code, EngineError, Phase};
use crate::file;
use crate::manifests::{MANIFEST_BYTES_MAX, MANIFESTS_MAX};
use crate::nplus1;
use crate::pool::Pool;
use crate::report::{Finding, Report, SkipReason, Skipped};
use crate::request::{Fault, ScanRequest};
use crate::rules::Rules;
use crate::rules::look::Ruling;
use crate::rules::work::{self, Call, Finder, Read, Work};
use crate::run::Run;
use crate::screen::{self, FILE_BYTES_MAX, PathRules, Refusal};
use crate::sources::{Shared, Sources, Text, Texts, blob_of};
use crate::tree::Tree;

mod walk;

use walk::{Walk, Wanted, walk};

/// More source files than this are not looked at.
const FILES_MAX: usize = 200_000;

struct Context {
    tree: Tree,
    shared: Arc<Shared>,
    levels: Levels,
    fault: Option<Fault>,
    cancel: Cancel,
}

/// The calling thread waits; it must not be one of the pool's.
///
/// # Errors
/// The request is wrong, the root is no folder, or the call was cancelled.
pub fn scan(request: &ScanRequest, cancel: &Cancel, pool: &Pool) -> Result<Report, EngineError> {
    let run = Run::start(cancel, &request.settings, pool);
    let asked = request.clone();
    let (mut context, found) = run.prepare(Phase::Open, move |token| prepare(&asked, token))?;
    context.tree.link(pool, &request.settings.progress, None);
    let shared = Arc::clone(&context.shared);
    let Walk {
        mut sources,
        mut ruled,
        mut skipped,
        ..
    } = found;
    let left_out = sources.len().max(ruled.len()).saturating_sub(FILES_MAX);
    sources.truncate(FILES_MAX);
    ruled.truncate(FILES_MAX);
    if left_out > 0 {
        skipped.push(Skipped {
            path: String::new(),
            reason: SkipReason::Budget,
            detail: format!("{left_out} source files beyond the first {FILES_MAX} were not looked at"),
        });
    }
    let asked: Arc<BTreeSet<String>> = Arc::new(sources.iter().cloned().collect());
    // The asked ones first; others may have findings with a place in one of them.
    let others = context.tree.paths().filter(|path| !asked.contains(*path));
    let work: Vec<(String, String)> = sources
        .into_iter()
        .chain(others.map(str::to_owned))
        .map(|path| (path.clone(), path))
        .collect();
    let call = Call {
        shared: Arc::clone(&shared),
        read: reader(request.root.clone()),
        fault: context.fault,
        finder: Finder::Rules,
        cancel: run.cancel().clone(),
    };
    let mut report = run.look_at_each(work, move |path| {
        if asked.contains(&path) {
            look_at(&context, &path)
        } else {
            look_at_other(&context, &path, &asked)
        }
    })?;
    let files = ruled.into_iter().map(Work::scanned).collect();
    work::run(&run, call, files, &mut report)?;
    shared.store.finish();
    run.finish(&mut report);
    report.skipped.extend(skipped);
    report.skipped.sort();
    report.skipped.dedup();
    Ok(report)
}

fn prepare(request: &ScanRequest, cancel: &Cancel) -> Result<(Context, Walk), EngineError> {
    let settings = &request.settings;
    Fault::Call.strike(settings.fault);
    let rules = PathRules::new(&settings.exclude)
        .map_err(|message| EngineError::new(Code::BadRequest, Phase::Request, message))?;
    let rules = Arc::new(rules);
    let compiled = settings.rule_set.as_ref().map(Rules::of);
    let wanted = Wanted {
        paths: walk::wanted(&request.root, &request.paths)?,
        only_ruled: compiled.is_some() && nplus1::is_off(&settings.levels),
        ruled: compiled.clone(),
    };
    let found = walk(&request.root, &wanted, &rules, cancel);
    let manifests = manifests(&request.root, &found.manifests);
    let folder = Folder {
        root: request.root.clone(),
    };
    let paths = found.ruled.iter().cloned().collect();
    let ruling = compiled.map(|rules| Ruling::new(rules, paths, cancel));
    let shared = Arc::new(Shared::with_rules(settings.store(&request.root), ruling));
    let sources = Sources::new(found.all.clone(), Box::new(folder), &shared, cancel);
    let context = Context {
        tree: Tree::new(sources, manifests),
        shared,
        levels: settings.levels.clone(),
        fault: settings.fault,
        cancel: cancel.clone(),
    };
    Ok((context, found))
}

/// The files below a folder as they are now.
struct Folder {
    root: PathBuf,
}

impl Texts for Folder {
    fn blob(&self, _: &str) -> Option<ObjectId> {
        None
    }

    fn read(&self, path: &str) -> Result<String, Refusal> {
        screen::text(read(&self.root.join(path))?)
    }
}

/// Whether a path names a file below a root, and no link leads there.
pub(crate) fn is_file_below(root: &Path, path: &str) -> bool {
    let full = root.join(path);
    let is_direct = match (root.canonicalize(), full.canonicalize()) {
        (Ok(root), Ok(full)) => full == root.join(path),
        _ => false,
    };
    is_direct && full.is_file()
}

/// Reads files below a folder for rules.
pub(crate) fn reader(root: PathBuf) -> Read {
    Arc::new(move |side| {
        let text = screen::text(read(&root.join(&side.path))?)?;
        let blob = blob_of(&text);
        Ok(Text { text, blob })
    })
}

fn manifests(root: &Path, paths: &[String]) -> Vec<(String, String)> {
    let mut bytes_left = MANIFEST_BYTES_MAX;
    let mut texts = Vec::new();
    for path in paths.iter().take(MANIFESTS_MAX) {
        if let Ok(bytes) = read(&root.join(path))
            && bytes.len() <= bytes_left
            && let Ok(text) = String::from_utf8(bytes)
        {
            bytes_left -= text.len();
            texts.push((path.clone(), text));
        }
    }
    texts
}

fn look_at(context: &Context, path: &str) -> Outcome {
    if context.cancel.is_stopped() {
        return Outcome::skipped(path.to_owned(), file::out_of_budget());
    }
    Fault::File.strike(context.fault);
    analyse(context, path).unwrap_or_else(|refusal| Outcome::skipped(path.to_owned(), refusal))
}

/// A file that was not asked for: only what it does through one that was.
fn look_at_other(context: &Context, path: &str, asked: &BTreeSet<String>) -> Outcome {
    if context.cancel.is_stopped() {
        return Outcome {
            unreached: true,
            ..Outcome::default()
        };
    }
    let mut outcome = analyse(context, path).unwrap_or_default();
    let is_in_asked = |finding: &Finding| finding.related.iter().any(|it| asked.contains(&it.place.path));
    outcome.compared.findings.retain(is_in_asked);
    Outcome {
        compared: Compared {
            findings: outcome.compared.findings,
            ..Compared::default()
        },
        ..Outcome::default()
    }
}

fn analyse(context: &Context, path: &str) -> Result<Outcome, Refusal> {
    let Some(looked) = context.tree.analyse(path)? else {
        return Ok(Outcome::default());
    };
    let analysis = looked.analysis;
    let head = Head {
        path,
        analysis: &analysis,
        diff: None,
    };
    let mut outcome = Outcome {
        compared: compare(path, None, Some(head), &context.levels),
        analysed: true,
        query_sites: analysis.query_sites,
        ..Outcome::default()
    };
    outcome.count(&analysis);
    if let Some((reason, detail)) = analysis.partly {
        outcome.skipped.push(Skipped {
            path: path.to_owned(),
            reason,
            detail,
        });
    }
    Ok(outcome)
}

/// At most the limit is read, whatever the file grows to meanwhile.
fn read(path: &Path) -> Result<Vec<u8>, Refusal> {
    use std::io::Read;
    let unreadable = |error: std::io::Error| (SkipReason::Unreadable, error.to_string());
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    if size > FILE_BYTES_MAX {
        return Err(screen::too_large(size));
    }
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}
