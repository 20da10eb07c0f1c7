//! Finds the manifests (packages, schemas) that say which ORM a source file uses: those in the
//! folders above it and one folder to the side, so that the cost follows the change and not the
//! repository. What they say is for `project` to read.

use std::collections::{BTreeMap, BTreeSet};

use gix::ObjectId;

use crate::cancel::Cancel;
use crate::git::{Blob, Handle};
use crate::screen::{FILE_BYTES_MAX, PathRules};
use crate::tree::is_manifest;

pub const MANIFESTS_MAX: usize = 1_000;
pub const MANIFEST_BYTES_MAX: usize = 32 * 1024 * 1024;
const FOLDERS_MAX: usize = 5_000;

/// Every folder above the paths, the root (`""`) included.
#[must_use]
pub fn folders_above<'a>(paths: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let mut folders = BTreeSet::from([String::new()]);
    for path in paths {
        let slashes = path.match_indices('/').map(|(index, _)| index);
        folders.extend(slashes.filter_map(|index| path.get(..index)).map(str::to_owned));
    }
    folders
}

/// `(path, text)` of the manifests in `folders` and in the folders directly inside them.
#[must_use]
pub fn of_tree(
    handle: &Handle,
    root: ObjectId,
    folders: &BTreeSet<String>,
    rules: &PathRules,
    cancel: &Cancel,
) -> Vec<(String, String)> {
    let mut found = BTreeMap::new();
    let mut trees = BTreeMap::from([(String::new(), root)]);
    let mut listed = 0;
    // In order of path, so a folder's own tree is known before its turn.
    for folder in folders {
        let Some(tree) = trees.get(folder).copied() else {
            continue;
        };
        let inside = list(handle, tree, folder, &mut found, &mut listed);
        for (path, tree) in inside {
            if folders.contains(&path) {
                trees.insert(path, tree);
            } else if rules.refuse_folder(&path).is_none() {
                let below = list(handle, tree, &path, &mut found, &mut listed);
                // A Prisma schema may be split into files one folder further down.
                if path.ends_with("prisma") {
                    for (path, tree) in below {
                        list(handle, tree, &path, &mut found, &mut listed);
                    }
                }
            }
        }
        if listed >= FOLDERS_MAX || cancel.is_stopped() {
            break;
        }
    }
    read(handle, found)
}

/// Notes the manifests of one folder and answers its folders.
fn list(
    handle: &Handle,
    tree: ObjectId,
    folder: &str,
    found: &mut BTreeMap<String, ObjectId>,
    listed: &mut usize,
) -> Vec<(String, ObjectId)> {
    *listed += 1;
    let mut inside = Vec::new();
    for entry in handle.entries(tree) {
        let path = if folder.is_empty() {
            entry.name
        } else {
            format!("{folder}/{}", entry.name)
        };
        if entry.is_folder {
            inside.push((path, entry.id));
        } else if entry.is_file && is_manifest(&path) {
            found.insert(path, entry.id);
        }
    }
    inside
}

fn read(handle: &Handle, found: BTreeMap<String, ObjectId>) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    let mut bytes_left = MANIFEST_BYTES_MAX;
    for (path, id) in found.into_iter().take(MANIFESTS_MAX) {
        if let Blob::Bytes(bytes) = handle.blob(id, FILE_BYTES_MAX)
            && bytes.len() <= bytes_left
            && let Ok(text) = String::from_utf8(bytes)
        {
            bytes_left -= text.len();
            texts.push((path, text));
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders() {
        let folders = folders_above(["a/b/c.py", "a/d.py", "e.py"]);
        assert_eq!(folders.into_iter().collect::<Vec<_>>(), ["", "a", "a/b"]);
        assert_eq!(folders_above([]).len(), 1);
    }
}
