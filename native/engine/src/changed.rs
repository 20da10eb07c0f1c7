//! One changed file: reads both sides, takes the hunks, and compares what the rules say of head
//! with what they say of base. Whatever is wrong with the file ends as a `Skipped` entry.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cancel::Cancel;
use crate::cause::{self, Said};
use crate::compare::{Compared, Head, Levels, compare};
use crate::file::{self, FileAnalysis};
use crate::git::hunks::{self, FileDiff};
use crate::git::tree::{Delta, Entry};
use crate::git::{Blob, Repository};
use crate::parse::language_of;
use crate::pool::Panicked;
use crate::report::{ChangeStatus, ChangedFile, SkipReason, Skipped};
use crate::request::Fault;
use crate::screen::{self, FILE_BYTES_MAX, PathRules, Refusal};
use crate::sources::Shared;
use crate::tree::{Difference, Tree};
use gix::objs::tree::EntryKind;

/// What all files of a call share.
pub struct Context {
    pub repository: Repository,
    pub rules: PathRules,
    pub base: Tree,
    pub head: Tree,
    /// Between the two.
    pub difference: Difference,
    pub shared: Arc<Shared>,
    /// Of every changed file, by its path at head (at base if it is gone).
    pub diffs: BTreeMap<String, Changed>,
    pub levels: Levels,
    pub fault: Option<Fault>,
    pub cancel: Cancel,
}

#[derive(Debug, Default)]
pub struct Outcome {
    pub file: Option<ChangedFile>,
    pub compared: Compared,
    pub skipped: Vec<Skipped>,
    pub analysed: bool,
    /// A file beside the changed or asked ones for which no time was left.
    pub unreached: bool,
    pub query_sites: u32,
    pub parse_ms: f64,
    pub analyse_ms: f64,
}

impl Outcome {
    #[must_use]
    pub fn panicked(path: String, panicked: &Panicked) -> Self {
        Self::skipped(
            path,
            (SkipReason::Panic, format!("internal error: {}", panicked.0)),
        )
    }

    #[must_use]
    pub fn skipped(path: String, (reason, detail): Refusal) -> Self {
        Self {
            skipped: vec![Skipped { path, reason, detail }],
            ..Self::default()
        }
    }

    fn skip(&mut self, path: &str, (reason, detail): Refusal) {
        self.skipped.push(Skipped {
            path: path.to_owned(),
            reason,
            detail,
        });
    }

    pub(crate) fn count(&mut self, analysis: &FileAnalysis) {
        self.parse_ms += analysis.parse_ms;
        self.analyse_ms += analysis.analyse_ms;
    }
}

#[must_use]
pub fn look_at(context: &Context, delta: &Delta) -> Outcome {
    let Some(path) = readable(delta.path()) else {
        let detail = "the file name is not UTF-8 or not a plain relative path".to_owned();
        return Outcome::skipped(delta.path().to_string(), (SkipReason::Unreadable, detail));
    };
    // Not shown as it stands if it is no UTF-8, but good enough to compare by.
    let base_path = delta.base.as_ref().map(|entry| entry.path.to_string());
    let base_path = base_path.as_deref();
    if context.cancel.is_stopped() {
        return Outcome::skipped(path.to_owned(), file::out_of_budget());
    }
    let is_file = |entry: &Option<Entry>| entry.as_ref().is_some_and(Entry::is_file);
    let (base, head) = (is_file(&delta.base), is_file(&delta.head));
    let nothing = Changed::default();
    let diff = &context.diffs.get(path).unwrap_or(&nothing).diff;
    let mut outcome = Outcome {
        file: Some(ChangedFile {
            path: path.to_owned(),
            base_path: base_path.map(str::to_owned),
            status: status(delta),
            hunks: diff.hunks.clone(),
        }),
        ..Outcome::default()
    };
    match refuse(context, path, delta, head) {
        Some(Some(refusal)) => outcome.skip(path, refusal),
        Some(None) => {}
        None => {
            Fault::File.strike(context.fault);
            let sides = Sides {
                path,
                base_path,
                base,
                head,
                diff,
            };
            if let Err(refusal) = both_sides(context, sides, &mut outcome) {
                outcome.skip(path, refusal);
            }
        }
    }
    outcome
}

/// `Some(None)`: left out without a word, as no analysis is for such files.
fn refuse(context: &Context, path: &str, delta: &Delta, has_head: bool) -> Option<Option<Refusal>> {
    match delta.head.as_ref().map(|entry| entry.kind) {
        Some(EntryKind::Link) => {
            let detail = "a symbolic link is not followed".to_owned();
            return Some(Some((SkipReason::SymbolicLink, detail)));
        }
        Some(EntryKind::Commit) => {
            let detail = "a submodule has a repository of its own".to_owned();
            return Some(Some((SkipReason::Submodule, detail)));
        }
        _ => {}
    }
    if language_of(path).is_none() {
        return Some(None);
    }
    let refusal = context.rules.refuse(path);
    match refusal {
        // A deleted file that never was analysed is nothing to tell of.
        Some(_) if !has_head => Some(None),
        Some(refusal) => Some(Some(refusal)),
        None => None,
    }
}

struct Sides<'a> {
    path: &'a str,
    base_path: Option<&'a str>,
    base: bool,
    head: bool,
    diff: &'a FileDiff,
}

fn both_sides(context: &Context, sides: Sides<'_>, outcome: &mut Outcome) -> Result<(), Refusal> {
    let head = if sides.head {
        context.head.analyse(sides.path)?
    } else {
        None
    };
    if let Some(found) = &head {
        outcome.count(&found.analysis);
    }
    // Without the base nothing can be called new, so its trouble is the file's.
    let base = match sides.base_path.filter(|_| sides.base) {
        Some(path) => context
            .base
            .analyse(path)
            .map_err(|(reason, detail)| (reason, format!("{detail} (on the base side)")))?,
        None => None,
    };
    if let Some(found) = &base {
        outcome.count(&found.analysis);
    }
    outcome.compared = compare(
        sides.base_path.unwrap_or(sides.path),
        base.as_ref().map(|base| &base.analysis),
        head.as_ref().map(|head| Head {
            path: sides.path,
            analysis: &head.analysis,
            diff: Some(sides.diff),
        }),
        &context.levels,
    );
    if let Some(head) = head {
        outcome.analysed = true;
        outcome.query_sites = head.analysis.query_sites;
        cause::anchor(context, &head, &mut outcome.compared.findings);
        if let Some(refusal) = head.analysis.partly {
            outcome.skip(sides.path, refusal);
        }
    }
    Ok(())
}

/// A file that is the same on both sides, seen from what has changed around it. Where the answers to
/// all its questions are the same too, there is nothing to compare.
#[must_use]
pub fn look_at_unchanged(context: &Context, path: &str) -> Outcome {
    if context.cancel.is_stopped() {
        return Outcome {
            unreached: true,
            ..Outcome::default()
        };
    }
    if (context.head).comes_to_same(&context.base, &context.difference, path) {
        return Outcome::default();
    }
    // What cannot be analysed is no news: it was the same before.
    let Ok(Some(head)) = context.head.analyse(path) else {
        return Outcome::default();
    };
    if context.base.answers_as(&head) {
        return Outcome::default();
    }
    let Ok(Some(base)) = context.base.analyse(path) else {
        return Outcome::default();
    };
    let compared = compare(
        path,
        Some(&base.analysis),
        Some(Head {
            path,
            analysis: &head.analysis,
            diff: Some(&FileDiff::default()),
        }),
        &context.levels,
    );
    // Which of these files are looked into hangs on what was kept, so only what the change makes of them is told.
    let mut outcome = Outcome {
        compared: Compared {
            pre_existing: 0,
            suppressed: 0,
            ..compared
        },
        ..Outcome::default()
    };
    outcome.count(&head.analysis);
    outcome.count(&base.analysis);
    cause::anchor(context, &head, &mut outcome.compared.findings);
    outcome
}

pub(crate) fn text(blob: Blob) -> Result<String, Refusal> {
    match blob {
        Blob::Bytes(bytes) => screen::text(bytes),
        Blob::TooLarge(bytes) => Err(screen::too_large(bytes)),
        Blob::Missing => {
            let detail = "its content is not in this partial clone".to_owned();
            Err((SkipReason::MissingBlob, detail))
        }
        Blob::Unreadable(detail) => Err((SkipReason::Unreadable, detail)),
    }
}

/// What a change does to one file.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    pub diff: FileDiff,
    pub said: Vec<Said>,
}

#[must_use]
pub fn diff(repository: &Repository, delta: &Delta) -> Changed {
    let handle = repository.handle();
    // Links and submodules have no content that counts.
    let side = |entry: &Option<Entry>| {
        let entry = entry.as_ref().filter(|entry| entry.is_file())?;
        Some(handle.blob(entry.id, FILE_BYTES_MAX))
    };
    let (base, head) = (side(&delta.base), side(&delta.head));
    let diff = hunks_of(base.as_ref(), head.as_ref());
    let bytes = |side| bytes(side).unwrap_or_default();
    let (before, now) = (bytes(base.as_ref()), bytes(head.as_ref()));
    let said = cause::said(&delta.path().to_string(), &diff, before, now);
    Changed { diff, said }
}

/// Hunks as git shows them; none when a side is too large, absent or no file.
fn hunks_of(base: Option<&Blob>, head: Option<&Blob>) -> FileDiff {
    match (bytes(base), bytes(head)) {
        (Some(base), Some(head)) => hunks::diff(base, head),
        _ => FileDiff::default(),
    }
}

/// An absent side is an empty one.
fn bytes(side: Option<&Blob>) -> Option<&[u8]> {
    match side {
        None => Some(&[]),
        Some(Blob::Bytes(bytes)) => Some(bytes),
        Some(_) => None,
    }
}

fn status(delta: &Delta) -> ChangeStatus {
    match (&delta.base, &delta.head) {
        (None, _) => ChangeStatus::Added,
        (_, None) => ChangeStatus::Deleted,
        (Some(base), Some(head)) if base.path != head.path => ChangeStatus::Renamed,
        _ => ChangeStatus::Modified,
    }
}

/// A path that may be shown and handed on: UTF-8, relative, without `..`.
pub(crate) fn readable(path: &[u8]) -> Option<&str> {
    let path = std::str::from_utf8(path).ok()?;
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    path.split('/').all(plain).then_some(path)
}
