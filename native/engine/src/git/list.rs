//! Every file of a tree by its path. Folders that no analysis enters are not opened.

use std::collections::{BTreeMap, HashMap};

use gix::ObjectId;

use super::Handle;
use crate::cancel::Cancel;

/// More files than any repository that is reviewed; a tree can repeat itself without end.
const FILES_MAX: usize = 100_000;
const DEPTH_MAX: usize = 100;

#[derive(Debug, Default)]
pub struct Listing {
    /// Path to blob of the files that are wanted.
    pub files: BTreeMap<String, ObjectId>,
    /// Path to tree of the folders they are in.
    folders: HashMap<String, ObjectId>,
    is_whole: bool,
}

impl Listing {
    /// The files that are wanted, in folders that `enters` does not refuse. Folders that `other` has
    /// too are taken from there.
    #[must_use]
    pub fn of(
        handle: &Handle,
        root: ObjectId,
        enters: &dyn Fn(&str) -> bool,
        wanted: &dyn Fn(&str) -> bool,
        other: Option<&Listing>,
        cancel: &Cancel,
    ) -> Self {
        let other = other.filter(|other| other.is_whole);
        let mut found = Listing {
            is_whole: true,
            ..Listing::default()
        };
        let mut open = vec![(String::new(), root, 0)];
        let mut seen = 0;
        while let Some((folder, tree, depth)) = open.pop() {
            if cancel.is_stopped() || seen >= FILES_MAX {
                found.is_whole = false;
                break;
            }
            if let Some(other) = other.filter(|other| other.folders.get(&folder) == Some(&tree)) {
                seen += found.take(other, &folder);
                continue;
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
                    found.files.insert(path, entry.id);
                }
            }
            found.folders.insert(folder, tree);
        }
        found
    }

    /// Takes over what another listing has below a folder; says how much.
    fn take(&mut self, other: &Listing, folder: &str) -> usize {
        let before = self.files.len();
        if folder.is_empty() {
            self.files.clone_from(&other.files);
        } else {
            // `0` is what follows `/`.
            let below = other.files.range(format!("{folder}/")..format!("{folder}0"));
            self.files.extend(below.map(|(path, id)| (path.clone(), *id)));
        }
        self.files.len() - before
    }
}
