//! Every file of a tree by its path. Folders that no analysis enters are not opened.

use std::collections::BTreeMap;

use gix::ObjectId;

use super::Handle;
use crate::cancel::Cancel;

/// More files than any repository that is reviewed; a tree can repeat itself without end.
const FILES_MAX: usize = 100_000;
const DEPTH_MAX: usize = 100;

/// Path to blob of the files that `wanted` wants, in folders that `enters` does not refuse.
#[must_use]
pub fn files(
    handle: &Handle,
    root: ObjectId,
    enters: &dyn Fn(&str) -> bool,
    wanted: &dyn Fn(&str) -> bool,
    cancel: &Cancel,
) -> BTreeMap<String, ObjectId> {
    let mut found = BTreeMap::new();
    let mut open = vec![(String::new(), root, 0)];
    let mut seen = 0;
    while let Some((folder, tree, depth)) = open.pop() {
        if cancel.is_stopped() || seen >= FILES_MAX {
            break;
        }
        for entry in handle.entries(tree) {
            seen += 1;
            let path = if folder.is_empty() {
                entry.name
            } else {
                format!("{folder}/{}", entry.name)
            };
            if entry.is_folder {
                if depth < DEPTH_MAX && enters(&path) {
                    open.push((path, entry.id, depth + 1));
                }
            } else if entry.is_file && wanted(&path) {
                found.insert(path, entry.id);
            }
        }
    }
    found
}
