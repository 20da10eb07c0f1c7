//! Keeps the cache within its bounds: few files for a repository, few bytes for all of them.
//! Other processes may do the same at the same time; a file that is gone is no error.

use crate::hashing::Set;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::Key;
use super::segment::{self, Address, Segment};
use super::store::fresh_name;

/// More files than this become one.
const SEGMENTS_MAX: usize = 12;
/// A repository may take this much, or twice what its latest run has used.
const REPOSITORY_BYTES_MIN: u64 = 128 * 1024 * 1024;
/// All repositories together.
const CACHE_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;
/// A draft of this age was left by a process that died.
const DRAFT_AGE: Duration = Duration::from_secs(3600);

/// The readable segments of a folder, oldest first; what is unreadable is removed.
pub fn segments(folder: &Path) -> Vec<Segment> {
    let mut paths = files(folder);
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        match path.extension().and_then(|it| it.to_str()) {
            Some("seg") => match Segment::open(&path) {
                Ok(segment) => found.push(segment),
                Err(_) => drop(fs::remove_file(&path)),
            },
            Some("tmp") if age(&path) > DRAFT_AGE => drop(fs::remove_file(&path)),
            _ => {}
        }
    }
    found
}

/// Joins many segments into one; if they have grown beyond their bound, only what was just used stays.
pub fn keep_small(folder: &Path, segments: &mut Vec<Arc<Segment>>, used: &Set<Key>) {
    let total: u64 = segments.iter().map(|segment| segment.bytes()).sum();
    let live: u64 = segments
        .iter()
        .map(|segment| segment.bytes_of(|key| used.contains(&key)))
        .sum();
    let is_large = total > REPOSITORY_BYTES_MIN && total > 2 * live;
    if segments.len() <= SEGMENTS_MAX && !is_large {
        return;
    }
    let mut values: Vec<(Address, Vec<u8>)> = Vec::new();
    let mut seen = Set::default();
    for segment in segments.iter().rev() {
        let mut addresses: Vec<Address> = segment.addresses().collect();
        addresses.sort_unstable();
        for address in addresses {
            let stays = total <= REPOSITORY_BYTES_MIN || used.contains(&address.1);
            if stays && seen.insert(address) {
                values.extend(segment.get(address).map(|value| (address, value)));
            }
        }
    }
    let Ok(path) = segment::write(folder, &fresh_name(), &values) else {
        return;
    };
    for old in segments.drain(..) {
        let _ = fs::remove_file(old.path());
    }
    segments.extend(Segment::open(&path).ok().map(Arc::new));
}

/// Removes the repositories that were not used for the longest time until all fit.
pub fn evict(own: &Path) {
    let Some(cache) = own.parent() else {
        return;
    };
    // Marks this one as used now.
    let mark = own.join("used");
    let _ = fs::write(&mark, b"");
    let mut folders: Vec<(SystemTime, PathBuf, u64)> = Vec::new();
    for folder in entries(cache)
        .into_iter()
        .filter(|path| path.is_dir() && is_ours(path))
    {
        let inside = files(&folder);
        let sizes = inside.iter().filter_map(|path| fs::metadata(path).ok());
        let bytes = sizes.map(|it| it.len()).sum();
        let used = fs::metadata(folder.join("used")).and_then(|it| it.modified());
        folders.push((used.unwrap_or(SystemTime::UNIX_EPOCH), folder, bytes));
    }
    folders.sort();
    let mut total: u64 = folders.iter().map(|(_, _, bytes)| bytes).sum();
    for (_, folder, bytes) in folders {
        if total <= CACHE_BYTES_MAX {
            break;
        }
        if folder != own && fs::remove_dir_all(&folder).is_ok() {
            total -= bytes;
        }
    }
}

/// Two hexadecimal numbers: nothing else in the folder is touched.
fn is_ours(folder: &Path) -> bool {
    let name = folder.file_name().and_then(|it| it.to_str()).unwrap_or("");
    let is_hex = |text: &str, length| text.len() == length && text.bytes().all(|it| it.is_ascii_hexdigit());
    name.split_once('-')
        .is_some_and(|(version, repository)| is_hex(version, 16) && is_hex(repository, 32))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = entries(folder);
    found.retain(|path| path.is_file());
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

fn age(path: &Path) -> Duration {
    let modified = fs::metadata(path).and_then(|it| it.modified());
    let age = modified.ok().and_then(|then| then.elapsed().ok());
    age.unwrap_or_default()
}
