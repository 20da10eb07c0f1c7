//! The files of one tree with their facts, read and parsed when they are first asked for. Those that
//! were not asked for lately are let go and made again, so that memory follows a bound and not
//! the repository. Where the texts come from is the loader's affair.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::facts::ir::FileFacts;
use crate::raw::File;
use crate::screen::Refusal;

pub type FileId = u32;

/// Text whose facts are kept, in bytes. Facts take some thirty times as much.
const TEXT_BYTES_KEPT: u64 = 8 * 1024 * 1024;

/// A file that could be read and parsed.
#[derive(Debug)]
pub struct Parsed {
    pub path: String,
    pub text: String,
    pub facts: FileFacts,
    pub parse_ms: f64,
}

impl Parsed {
    #[must_use]
    pub fn file(&self) -> File<'_> {
        File {
            path: &self.path,
            text: &self.text,
            facts: &self.facts,
        }
    }
}

/// A file that cannot be analysed keeps the reason.
pub type Slot = Result<Arc<Parsed>, Refusal>;

#[derive(Clone)]
struct ByText;

impl<K> Weighter<K, Slot> for ByText {
    fn weight(&self, _: &K, slot: &Slot) -> u64 {
        let text = slot.as_ref().map_or(0, |parsed| parsed.text.len());
        1024 + u64::try_from(text).unwrap_or(u64::MAX / 2)
    }
}

/// Parsed files by what tells their content apart, the latest ones; trees may share it.
pub struct Kept<K>(Cache<K, Slot, ByText>);

impl<K: Clone + Eq + std::hash::Hash> Default for Kept<K> {
    fn default() -> Self {
        Kept(Cache::with_weighter(4_096, TEXT_BYTES_KEPT, ByText))
    }
}

impl<K: Clone + Eq + std::hash::Hash> Kept<K> {
    pub fn get_or_make(&self, key: &K, make: impl FnOnce() -> Slot) -> Slot {
        let made = || Ok::<_, std::convert::Infallible>(make());
        match self.0.get_or_insert_with(key, made) {
            Ok(slot) => slot,
        }
    }
}

type Load = dyn Fn(&str) -> Slot + Send + Sync;

pub struct Sources {
    /// In order; a file's id is its place here.
    paths: Vec<String>,
    load: Box<Load>,
}

impl Sources {
    /// `paths` in order, without repeats. `load` may be called again for a file; it must answer the
    /// same.
    pub fn new(paths: Vec<String>, load: impl Fn(&str) -> Slot + Send + Sync + 'static) -> Self {
        Sources {
            paths,
            load: Box::new(load),
        }
    }

    /// `None`: there is no such file.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<Slot> {
        self.path(id).map(|path| (self.load)(path))
    }

    #[must_use]
    pub fn path(&self, id: FileId) -> Option<&str> {
        self.paths.get(usize::try_from(id).ok()?).map(String::as_str)
    }

    #[must_use]
    pub fn id(&self, path: &str) -> Option<FileId> {
        let at = self
            .paths
            .binary_search_by(|known| known.as_str().cmp(path))
            .ok()?;
        FileId::try_from(at).ok()
    }

    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..).take(self.paths.len())
    }
}
