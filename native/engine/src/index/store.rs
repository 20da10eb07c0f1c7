//! Values of one repository: those of earlier runs on disk, those of this run in memory until there
//! are enough for a file. Nothing here fails: what cannot be kept is made again.

use crate::hashing::{Map, Set};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::segment::{self, Address, Segment, address};
use super::{ANALYSER, Digest, Key, Kind, bounds};

/// New values that are held before they become a file: few at first, so that a run that is stopped
/// leaves the next one most of what it has learnt, then more, so that the files stay few.
const PENDING_BYTES_MIN: usize = 4 * 1024 * 1024;
const PENDING_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Without a folder: values that are held at all.
const HELD_BYTES_MAX: usize = 192 * 1024 * 1024;

#[derive(Debug, Default)]
pub struct Store {
    folder: Option<PathBuf>,
    segments: RwLock<Vec<Arc<Segment>>>,
    pending: Mutex<Pending>,
    used: Mutex<Set<Key>>,
}

#[derive(Debug, Default)]
struct Pending {
    values: Map<Address, Arc<Vec<u8>>>,
    bytes: usize,
    /// Files that this run has written.
    written: u32,
}

impl Store {
    /// Keeps values for one run only.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// The values of the repository of this name below the cache folder `cache`. If it cannot be used, as `in_memory`.
    #[must_use]
    pub fn open(cache: &Path, repository: &str) -> Self {
        let key = Digest::default().with(repository).key();
        let folder = cache.join(format!("{ANALYSER}-{key}"));
        if private_folder(&folder).is_err() {
            return Self::in_memory();
        }
        let segments = bounds::segments(&folder);
        let mut store = Self::in_memory();
        store.folder = Some(folder);
        store.segments = RwLock::new(segments.into_iter().map(Arc::new).collect());
        store
    }

    #[must_use]
    pub fn get<T: DeserializeOwned>(&self, kind: Kind, key: Key) -> Option<T> {
        let bytes = self.bytes(kind, key)?;
        postcard::from_bytes(&bytes).ok()
    }

    /// Says that what is under this key is of use, although nobody has asked for it yet.
    pub fn keep(&self, key: Key) {
        if let Ok(mut used) = self.used.lock() {
            used.insert(key);
        }
    }

    fn bytes(&self, kind: Kind, key: Key) -> Option<Arc<Vec<u8>>> {
        self.keep(key);
        let address = address(kind, key);
        if let Some(value) = self.pending.lock().ok()?.values.get(&address) {
            return Some(Arc::clone(value));
        }
        let segments = self.segments.read().ok()?;
        // The latest first: it may replace what an older one has.
        let found = segments.iter().rev().find_map(|segment| segment.get(address));
        found.map(Arc::new)
    }

    pub fn put(&self, kind: Kind, key: Key, value: &impl Serialize) {
        let Ok(bytes) = postcard::to_stdvec(value) else {
            return;
        };
        self.keep(key);
        let Ok(mut pending) = self.pending.lock() else {
            return;
        };
        if self.folder.is_none() && pending.bytes + bytes.len() > HELD_BYTES_MAX {
            return;
        }
        pending.bytes += bytes.len();
        let before = pending.values.insert(address(kind, key), Arc::new(bytes));
        pending.bytes -= before.map_or(0, |value| value.len());
        let full = PENDING_BYTES_MIN << pending.written.min(16);
        if self.folder.is_some() && pending.bytes > full.min(PENDING_BYTES_MAX) {
            self.write(&mut pending);
        }
    }

    /// Writes what is new and keeps the cache within its bounds.
    pub fn finish(&self) {
        let Some(folder) = &self.folder else {
            return;
        };
        if let Ok(mut pending) = self.pending.lock() {
            self.write(&mut pending);
        }
        if let (Ok(mut segments), Ok(used)) = (self.segments.write(), self.used.lock()) {
            bounds::keep_small(folder, &mut segments, &used);
        }
        bounds::evict(folder);
    }

    fn write(&self, pending: &mut Pending) {
        let Some(folder) = &self.folder else {
            return;
        };
        if pending.values.is_empty() {
            return;
        }
        let mut values: Vec<(Address, Vec<u8>)> = std::mem::take(&mut pending.values)
            .into_iter()
            .map(|(address, value)| (address, Arc::unwrap_or_clone(value)))
            .collect();
        pending.bytes = 0;
        pending.written += 1;
        values.sort_by_key(|(address, _)| *address);
        // On a full disk the values are lost and made again when they are asked for.
        let written = segment::write(folder, &fresh_name(), &values);
        if let (Ok(path), Ok(mut segments)) = (written, self.segments.write())
            && let Ok(segment) = Segment::open(&path)
        {
            segments.push(Arc::new(segment));
        }
    }
}

/// A run that was cancelled, or ended before its files, has learnt something too.
impl Drop for Store {
    fn drop(&mut self) {
        if let Ok(mut pending) = self.pending.lock() {
            self.write(&mut pending);
        }
    }
}

/// Sorts by time, and no two processes or threads make the same.
pub(super) fn fresh_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_micros());
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{now:016x}-{:08x}-{next:04x}", std::process::id())
}

/// Findings tell what private code looks like, so only the owner may read them.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
