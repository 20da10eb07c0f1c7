//! How far a run is, for who waits for it. Nothing is decided by it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Clones share the count.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    is_indexed: AtomicU32,
    done: AtomicU32,
    total: AtomicU32,
}

/// One look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// All files are known, and now their findings are looked for.
    pub is_indexed: bool,
    pub done: u32,
    pub total: u32,
}

impl Progress {
    pub(crate) fn index(&self, files: usize) {
        self.0.total.fetch_add(count(files), Ordering::Relaxed);
    }

    pub(crate) fn analyse(&self, files: usize) {
        self.0.is_indexed.store(1, Ordering::Relaxed);
        self.0.done.store(0, Ordering::Relaxed);
        self.0.total.store(count(files), Ordering::Relaxed);
    }

    pub(crate) fn step(&self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }

    #[must_use]
    pub fn seen(&self) -> Seen {
        let total = self.0.total.load(Ordering::Relaxed);
        Seen {
            is_indexed: self.0.is_indexed.load(Ordering::Relaxed) == 1,
            done: self.0.done.load(Ordering::Relaxed).min(total),
            total,
        }
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
