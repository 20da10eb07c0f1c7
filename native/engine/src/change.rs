//! `analyze_change`: the difference between two commits as findings. Finds the merge base, the
//! changed files and their manifests, and has each file's two sides analysed on the pool.

use std::collections::BTreeMap;
use std::sync::Arc;

use gix::ObjectId;

use crate::cancel::Cancel;
use crate::changed::{self, Context};
use crate::error::{Code, EngineError, Phase};
use crate::file;
use crate::git::tree::{Delta, deltas};
use crate::git::{Handle, Repository, list};
use crate::manifests;
use crate::parse::language_of;
use crate::pool::Pool;
use crate::report::{Report, SkipReason, Skipped};
use crate::request::{ChangeRequest, Fault};
use crate::run::Run;
use crate::screen::{FILE_BYTES_MAX, PathRules};
use crate::sources::{Kept, Sources};
use crate::tree::Tree;

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
    let run = Run::start(cancel, request.settings.budget, pool);
    let asked = request.clone();
    let prepared = run.prepare(Phase::Diff, move |token| prepare(&asked, token))?;
    let files_changed = prepared.deltas.len();
    let named = |delta: Delta| (delta.path().to_string(), delta);
    let deltas = prepared.deltas.into_iter().map(named).collect();
    let mut context = prepared.context;
    context.base.link(pool);
    context.head.link(pool);
    let mut report = run.look_at_each(deltas, move |delta| changed::look_at(&context, &delta))?;
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
    let shared: Arc<Shared> = Arc::default();
    let side = |tree, project| {
        let files = list::files(
            &handle,
            tree,
            &|folder| rules.refuse_folder(folder).is_none(),
            &|path| language_of(path).is_some() && rules.refuse(path).is_none(),
            cancel,
        );
        side_of(files, project, &repository, &shared, cancel)
    };
    let (base, head_side) = (side(base_tree, base_project), side(head_tree, head_project));
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
            levels: settings.levels.clone(),
            fault: settings.fault,
            cancel: cancel.clone(),
        },
    })
}

/// Files that are the same on both sides are parsed once.
type Shared = Kept<(ObjectId, String)>;

fn side_of(
    files: BTreeMap<String, ObjectId>,
    manifests: Vec<(String, String)>,
    repository: &Repository,
    shared: &Arc<Shared>,
    cancel: &Cancel,
) -> Tree {
    let (repository, shared, cancel) = (repository.clone(), Arc::clone(shared), cancel.clone());
    let paths = files.keys().cloned().collect();
    let sources = Sources::new(paths, move |path| {
        let (Some(id), Some(language)) = (files.get(path), language_of(path)) else {
            return Err((SkipReason::Unreadable, "not in this tree".to_owned()));
        };
        shared.get_or_make(&(*id, path.to_owned()), || {
            let text = changed::text(repository.handle().blob(*id, FILE_BYTES_MAX))?;
            file::parse(path, text, language, &cancel).map(Arc::new)
        })
    });
    Tree::new(sources, manifests)
}

fn project_of(
    handle: &Handle,
    tree: ObjectId,
    paths: &[String],
    rules: &PathRules,
    cancel: &Cancel,
) -> Vec<(String, String)> {
    if paths.is_empty() {
        return Vec::new();
    }
    let folders = manifests::folders_above(paths.iter().map(String::as_str));
    manifests::of_tree(handle, tree, &folders, rules, cancel)
}
