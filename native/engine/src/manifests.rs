//! Reads the manifests (packages, schemas, settings) of a commit that say what its source files use.
//! What they say is for `project` and `program` to read.

use std::collections::BTreeMap;

use gix::ObjectId;

use crate::git::{Blob, Handle};
use crate::screen::FILE_BYTES_MAX;
use crate::tree::is_manifest;

pub const MANIFESTS_MAX: usize = 5_000;
pub const MANIFEST_BYTES_MAX: usize = 64 * 1024 * 1024;

/// `(path, text)` of the manifests among `files`, in order of path.
#[must_use]
pub fn read(handle: &Handle, files: &BTreeMap<String, ObjectId>) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    let mut bytes_left = MANIFEST_BYTES_MAX;
    let manifests = files.iter().filter(|(path, _)| is_manifest(path));
    for (path, id) in manifests.take(MANIFESTS_MAX) {
        if let Blob::Bytes(bytes) = handle.blob(*id, FILE_BYTES_MAX)
            && bytes.len() <= bytes_left
            && let Ok(text) = String::from_utf8(bytes)
        {
            bytes_left -= text.len();
            texts.push((path.clone(), text));
        }
    }
    texts
}
