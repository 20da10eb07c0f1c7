//! What changed between two trees: file by file, with renames, in order of path.
//! Contents are looked at only as far as rename detection needs.

use std::ops::ControlFlow;

use gix::ObjectId;
use gix::bstr::{BStr, BString};
use gix::diff::tree::visit::{Action, Change};
use gix::diff::tree::{Recorder, Visit, recorder};
use gix::objs::tree::{EntryKind, EntryMode};

use super::{Handle, missing, rename};
use crate::cancel::Cancel;
use crate::error::EngineError;

/// More changes than any review needs: a tree can repeat itself without end at no cost.
const CHANGES_MAX: usize = 50_000;

/// One side of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub path: BString,
    pub id: ObjectId,
    pub kind: EntryKind,
}

impl Entry {
    #[must_use]
    pub fn is_file(&self) -> bool {
        matches!(self.kind, EntryKind::Blob | EntryKind::BlobExecutable)
    }
}

/// A file's way from base to head; at least one side is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    pub base: Option<Entry>,
    pub head: Option<Entry>,
}

impl Delta {
    /// The path the change is named by: of head, or of base when the file is gone.
    #[must_use]
    pub fn path(&self) -> &BStr {
        self.head
            .as_ref()
            .or(self.base.as_ref())
            .map_or(BStr::new(""), |entry| entry.path.as_ref())
    }
}

#[derive(Clone, Debug, Default)]
pub struct Deltas {
    pub deltas: Vec<Delta>,
    /// There were more changes than `CHANGES_MAX`; the rest was not looked at.
    pub cut: bool,
}

/// # Errors
/// A tree is absent.
pub fn deltas(
    handle: &Handle,
    base: ObjectId,
    head: ObjectId,
    cancel: &Cancel,
) -> Result<Deltas, EngineError> {
    let find = |id: ObjectId| {
        handle
            .repo
            .find_tree(id)
            .map_err(|error| missing(&format!("tree {id}"), &error))
    };
    let (base, head) = (find(base)?, find(head)?);
    let mut visit = Bounded::new(cancel);
    let outcome = gix::diff::tree(
        gix::objs::TreeRefIter::from_bytes(&base.data, base.id.kind()),
        gix::objs::TreeRefIter::from_bytes(&head.data, head.id.kind()),
        gix::diff::tree::State::default(),
        &handle.repo.objects,
        &mut visit,
    );
    if let Err(error) = outcome
        && !matches!(error, gix::diff::tree::Error::Cancelled)
    {
        return Err(missing("trees", &error));
    }
    let cut = visit.cut;
    let (mut deltas, removed, added) = sort_out(visit.recorder.records);
    deltas.extend(rename::pair(handle, removed, added, cancel));
    deltas.sort_by(|a, b| a.path().cmp(b.path()));
    Ok(Deltas { deltas, cut })
}

/// Modified files, and the removed and added ones that may be renames.
fn sort_out(records: Vec<recorder::Change>) -> (Vec<Delta>, Vec<Entry>, Vec<Entry>) {
    let (mut modified, mut removed, mut added) = (Vec::new(), Vec::new(), Vec::new());
    let entry = |path: &BString, id, mode: EntryMode| Entry {
        path: path.clone(),
        id,
        kind: mode.kind(),
    };
    for record in records {
        match record {
            recorder::Change::Addition {
                entry_mode,
                oid,
                path,
                ..
            } if !entry_mode.is_tree() => added.push(entry(&path, oid, entry_mode)),
            recorder::Change::Deletion {
                entry_mode,
                oid,
                path,
                ..
            } if !entry_mode.is_tree() => removed.push(entry(&path, oid, entry_mode)),
            recorder::Change::Modification {
                previous_entry_mode,
                previous_oid,
                entry_mode,
                oid,
                path,
            } if !entry_mode.is_tree() => modified.push(Delta {
                base: Some(entry(&path, previous_oid, previous_entry_mode)),
                head: Some(entry(&path, oid, entry_mode)),
            }),
            _ => {}
        }
    }
    removed.sort_by(|a, b| a.path.cmp(&b.path));
    added.sort_by(|a, b| a.path.cmp(&b.path));
    (modified, removed, added)
}

/// Records changes until there are too many of them or nobody waits any longer.
struct Bounded<'a> {
    recorder: Recorder,
    cancel: &'a Cancel,
    cut: bool,
}

impl<'a> Bounded<'a> {
    fn new(cancel: &'a Cancel) -> Self {
        Self {
            recorder: Recorder::default(),
            cancel,
            cut: false,
        }
    }
}

impl Visit for Bounded<'_> {
    fn pop_front_tracked_path_and_set_current(&mut self) {
        self.recorder.pop_front_tracked_path_and_set_current();
    }

    fn push_back_tracked_path_component(&mut self, component: &BStr) {
        self.recorder.push_back_tracked_path_component(component);
    }

    fn push_path_component(&mut self, component: &BStr) {
        self.recorder.push_path_component(component);
    }

    fn pop_path_component(&mut self) {
        self.recorder.pop_path_component();
    }

    fn visit(&mut self, change: Change) -> Action {
        if self.recorder.records.len() >= CHANGES_MAX {
            self.cut = true;
        }
        if self.cut || self.cancel.is_stopped() {
            return ControlFlow::Break(());
        }
        self.recorder.visit(change)
    }
}
