//! `analyze_change`: the difference between two commits as findings. Finds the merge base, the
//! changed files and their manifests, and has each file's two sides analysed on the pool.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use gix::ObjectId;

use crate::cancel::Cancel;
use crate::changed::{self, Context, readable};
use crate::error::{Code, EngineError, Phase};
use crate::git::list::Listing;
use crate::git::tree::{Delta, Entry, deltas};
use crate::git::{Handle, Repository};
use crate::manifests;
use crate::parse::language_of;
use crate::pool::Pool;
use crate::report::{Report, SkipReason, Skipped};
use crate::request::{ChangeRequest, Fault, Settings};
use crate::rules::look::Ruling;
use crate::rules::work::{Call, Finder, Read, Side, Work as Sides};
use crate::rules::{self, Rules};
use crate::run::Run;
use crate::screen::{FILE_BYTES_MAX, PathRules, Refusal};
use crate::sources::{Shared, Sources, Text, Texts};
use crate::tree::{Difference, Tree, is_manifest};

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
    let run = Run::start(cancel, &request.settings, pool);
    let asked = request.clone();
    let prepared = run.prepare(Phase::Diff, move |token| prepare(&asked, token))?;
    let files_changed = prepared.deltas.len();
    let mut context = prepared.context;
    context.base.link(pool, &request.settings.progress, None);
    context
        .head
        .link(pool, &request.settings.progress, Some(&context.base));
    context.difference = context.head.difference(&context.base);
    let shared = Arc::clone(&context.shared);
    let repository = context.repository.clone();
    let diffs = pool.map(prepared.deltas.clone(), move |delta| {
        changed::diff(&repository, &delta)
    });
    let named = prepared.deltas.iter().zip(diffs);
    context.diffs = named
        .map(|(delta, diff)| (delta.path().to_string(), diff.unwrap_or_default()))
        .collect();
    let ruled = ruled(&prepared.deltas, &context);
    let call = Call {
        shared: Arc::clone(&shared),
        read: reader(context.repository.clone()),
        fault: context.fault,
        finder: Finder::Rules,
        cancel: run.cancel().clone(),
    };
    let work = work(prepared.deltas, &context);
    let mut report = run.look_at_each(work, move |work| match work {
        Work::Changed(delta) => changed::look_at(&context, &delta),
        Work::Unchanged(path) => changed::look_at_unchanged(&context, &path),
    })?;
    rules::work::run(&run, call, ruled, &mut report)?;
    shared.store.finish();
    run.finish(&mut report);
    report.merge_base = prepared.merge_base.to_string();
    report.head = prepared.head.to_string();
    if prepared.cut {
        report.skipped.push(Skipped {
            path: String::new(),
            reason: SkipReason::Budget,
            detail: format!("too many changes: only the first {files_changed} files were looked at"),
        });
    }
    report.skipped.sort();
    report.skipped.dedup();
    report.stats.files_changed = u32::try_from(files_changed).unwrap_or(u32::MAX);
    Ok(report)
}

enum Work {
    Changed(Delta),
    /// The same on both sides, but what it depends on may not be.
    Unchanged(String),
}

/// Every file whose findings may differ, each with its path; the changed ones come first.
fn work(deltas: Vec<Delta>, context: &Context) -> Vec<(String, Work)> {
    let paths = context
        .head
        .paths()
        .filter(|path| context.head.has_same(&context.base, path));
    let unchanged: Vec<_> = paths
        .map(|path| (path.to_owned(), Work::Unchanged(path.to_owned())))
        .collect();
    let changed = deltas
        .into_iter()
        .map(|delta| (delta.path().to_string(), Work::Changed(delta)));
    changed.chain(unchanged).collect()
}

/// Changed files that rules are run on: those that head has, in a language of some rule. What is no code of the team
/// is told by the analysis of queries if that looks at such files, else here.
fn ruled(deltas: &[Delta], context: &Context) -> Vec<Sides> {
    let Some(ruling) = &context.shared.ruling else {
        return Vec::new();
    };
    let works = deltas.iter().filter_map(|delta| {
        let work = both(delta)?;
        let path = &work.head.path;
        let is_ruled = ruling.rules.wants(path) && context.rules.refuse_as_foreign(path).is_none();
        let diff = context.diffs.get(path).map(|it| it.diff.clone());
        is_ruled.then(|| Sides {
            diff: Some(diff.unwrap_or_default()),
            ..work
        })
    });
    works.collect()
}

/// A changed file that head has; its lines are not compared yet.
fn both(delta: &Delta) -> Option<Sides> {
    let file = |entry: &Option<Entry>| {
        let entry = entry.as_ref().filter(|entry| entry.is_file())?;
        Some(Side {
            path: readable(&entry.path)?.to_owned(),
            blob: Some(entry.id),
        })
    };
    Some(Sides {
        head: file(&delta.head)?,
        base: file(&delta.base),
        diff: None,
    })
}

/// The changed files of a pull request that are asked for by their path at head, and how they are read.
///
/// # Errors
/// The request is wrong, or the repository lacks something.
pub(crate) fn sides(
    repository: &Path,
    base: &str,
    head: &str,
    settings: &Settings,
    cancel: &Cancel,
    wanted: impl Fn(&str) -> bool,
) -> Result<(Read, Vec<Sides>), EngineError> {
    Fault::Call.strike(settings.fault);
    let rules = PathRules::new(&settings.exclude)
        .map_err(|message| EngineError::new(Code::BadRequest, Phase::Request, message))?;
    let repository = Repository::open(repository)?;
    let handle = repository.handle();
    let (base, head) = (handle.commit(base)?, handle.commit(head)?);
    let merge_base = handle.merge_base(base, head)?;
    let (base_tree, head_tree) = (handle.tree_of(merge_base)?, handle.tree_of(head)?);
    let changes = deltas(&handle, base_tree, head_tree, cancel)?;
    let files = changes.deltas.iter().take(FILES_MAX).filter_map(|delta| {
        let work = both(delta)?;
        let path = &work.head.path;
        (wanted(path) && rules.refuse_as_foreign(path).is_none()).then(|| Sides {
            diff: Some(changed::diff(&repository, delta).diff),
            ..work
        })
    });
    let files = files.collect();
    Ok((reader(repository.clone()), files))
}

/// Reads blobs of a repository for rules.
pub(crate) fn reader(repository: Repository) -> Read {
    Arc::new(move |side| {
        let gone = || (SkipReason::Unreadable, "not in this tree".to_owned());
        let blob = side.blob.ok_or_else(gone)?;
        let text = changed::text(repository.handle().blob(blob, FILE_BYTES_MAX))?;
        Ok(Text { text, blob })
    })
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
    let ruling = settings.rule_set.as_ref().map(|set| {
        let files = changes.deltas.iter().take(FILES_MAX);
        let sides = files.flat_map(|delta| [&delta.base, &delta.head]).flatten();
        let paths = sides.filter_map(|entry| Some(readable(&entry.path)?.to_owned()));
        Ruling::new(Rules::of(set), paths.collect(), cancel)
    });
    let shared = Arc::new(Shared::with_rules(settings.store(&request.repository), ruling));
    let side = |tree, other| side_of(&handle, tree, &repository, &rules, &shared, other, cancel);
    let (base, listed) = side(base_tree, None);
    let (head_side, _) = side(head_tree, Some(&listed));
    Ok(Prepared {
        merge_base,
        head,
        cut: changes.cut || changes.deltas.len() > FILES_MAX,
        deltas: changes.deltas.into_iter().take(FILES_MAX).collect(),
        context: Context {
            repository,
            rules,
            base,
            head: head_side,
            difference: Difference::default(),
            shared,
            diffs: BTreeMap::new(),
            levels: settings.levels.clone(),
            fault: settings.fault,
            cancel: cancel.clone(),
        },
    })
}

/// One commit's files that are analysed, with the manifests that say what they are.
fn side_of(
    handle: &Handle,
    tree: ObjectId,
    repository: &Repository,
    rules: &PathRules,
    shared: &Arc<Shared>,
    other: Option<&Listing>,
    cancel: &Cancel,
) -> (Tree, Listing) {
    let is_source = |path: &str| language_of(path).is_some() && rules.refuse(path).is_none();
    let listed = Listing::of(
        handle,
        tree,
        &|folder| rules.refuse_folder(folder).is_none(),
        &|path| is_source(path) || is_manifest(path),
        other,
        cancel,
    );
    let manifests = manifests::read(handle, &listed.files);
    let is_no_source = |path: &str| is_manifest(path) && !is_source(path);
    let sources = listed.files.iter().filter(|(path, _)| !is_no_source(path));
    let files: BTreeMap<_, _> = sources.map(|(path, id)| (path.clone(), *id)).collect();
    let paths = files.keys().cloned().collect();
    let texts = Commit {
        repository: repository.clone(),
        files,
    };
    let tree = Tree::new(Sources::new(paths, Box::new(texts), shared, cancel), manifests);
    (tree, listed)
}

/// The files of one commit.
struct Commit {
    repository: Repository,
    files: BTreeMap<String, ObjectId>,
}

impl Texts for Commit {
    fn blob(&self, path: &str) -> Option<ObjectId> {
        self.files.get(path).copied()
    }

    fn read(&self, path: &str) -> Result<String, Refusal> {
        let Some(id) = self.files.get(path) else {
            return Err((SkipReason::Unreadable, "not in this tree".to_owned()));
        };
        changed::text(self.repository.handle().blob(*id, FILE_BYTES_MAX))
    }
}
