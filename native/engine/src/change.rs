//! `analyze_change`: the difference between two commits as findings. Finds the merge base, the
//! changed files and their manifests, and has each file's two sides analysed on the pool.

use std::collections::BTreeMap;
use std::sync::Arc;

use gix::ObjectId;

use crate::cancel::Cancel;
use crate::changed::{self, Context};
use crate::error::{Code, EngineError, Phase};
use crate::git::list::Listing;
use crate::git::tree::{Delta, deltas};
use crate::git::{Handle, Repository};
use crate::manifests;
use crate::parse::language_of;
use crate::pool::Pool;
use crate::report::{Report, SkipReason, Skipped};
use crate::request::{ChangeRequest, Fault};
use crate::run::Run;
use crate::screen::{FILE_BYTES_MAX, PathRules, Refusal};
use crate::sources::{Shared, Sources, Texts};
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
    let work = work(prepared.deltas, &context);
    let mut report = run.look_at_each(work, move |work| match work {
        Work::Changed(delta) => changed::look_at(&context, &delta),
        Work::Unchanged(path) => changed::look_at_unchanged(&context, &path),
    })?;
    shared.store.finish();
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
    let shared = Arc::new(Shared::new(settings.store(&request.repository)));
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
