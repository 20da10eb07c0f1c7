//! The files of one tree with their facts, made when they are first asked for: decoded from what is
//! kept of the same content, else parsed. Those that were not asked for lately are let go and made
//! again, so that memory follows a bound and not the repository.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use gix::ObjectId;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::cancel::Cancel;
use crate::facts::ir::{FileFacts, Language};
use crate::file;
use crate::index::{Digest, Key, Kind, Store};
use crate::parse::language_of;
use crate::raw::File;
use crate::report::SkipReason;
use crate::rules::look::Ruling;
use crate::screen::Refusal;

pub type FileId = u32;

/// Text whose facts are kept as they are, in bytes. They take some thirty times as much.
const TEXT_BYTES_KEPT: u64 = 8 * 1024 * 1024;

/// A file that could be read and parsed.
#[derive(Debug)]
pub struct Parsed {
    pub path: String,
    pub text: String,
    pub facts: FileFacts,
    pub parse_ms: f64,
}

/// A text that was read, and what tells it apart.
pub struct Text {
    pub text: String,
    pub blob: ObjectId,
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

/// What all trees of one call share: values by content, and the parsed files asked for lately.
pub struct Shared {
    pub store: Store,
    /// Rules of the team that run while a file is parsed.
    pub ruling: Option<Ruling>,
    kept: Cache<(ObjectId, String), Slot, ByText>,
}

impl Shared {
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self::with_rules(store, None)
    }

    #[must_use]
    pub fn with_rules(store: Store, ruling: Option<Ruling>) -> Self {
        Shared {
            store,
            ruling,
            kept: Cache::with_weighter(4_096, TEXT_BYTES_KEPT, ByText),
        }
    }
}

/// Where the texts of a tree come from. The same path always answers the same.
pub trait Texts: Send + Sync {
    /// What tells the content apart, if that is known without reading it.
    fn blob(&self, path: &str) -> Option<ObjectId>;

    /// # Errors
    /// The file is not there, or no text that is analysed.
    fn read(&self, path: &str) -> Result<String, Refusal>;
}

impl Texts for BTreeMap<String, String> {
    fn blob(&self, path: &str) -> Option<ObjectId> {
        self.get(path).map(|text| blob_of(text))
    }

    fn read(&self, path: &str) -> Result<String, Refusal> {
        let gone = || (SkipReason::Unreadable, "not in this tree".to_owned());
        self.get(path).cloned().ok_or_else(gone)
    }
}

pub struct Sources {
    /// In order; a file's id is its place here.
    paths: Vec<String>,
    /// Contents of those that were read.
    blobs: Vec<OnceLock<ObjectId>>,
    texts: Box<dyn Texts>,
    pub shared: Arc<Shared>,
    cancel: Cancel,
}

impl Sources {
    /// `paths` in order, without repeats.
    pub fn new(paths: Vec<String>, texts: Box<dyn Texts>, shared: &Arc<Shared>, cancel: &Cancel) -> Self {
        Sources {
            blobs: paths.iter().map(|_| OnceLock::new()).collect(),
            paths,
            texts,
            shared: Arc::clone(shared),
            cancel: cancel.clone(),
        }
    }

    /// Texts that are at hand, by path.
    #[must_use]
    pub fn of_texts(texts: BTreeMap<String, String>) -> Self {
        let shared = Arc::new(Shared::new(Store::in_memory()));
        let paths = texts.keys().cloned().collect();
        Sources::new(paths, Box::new(texts), &shared, &Cancel::default())
    }

    /// `None`: there is no such file.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<Slot> {
        let path = self.path(id)?;
        let mut text = None;
        let blob = match self.content(id, &mut text)? {
            Ok(blob) => blob,
            Err(refusal) => return Some(Err(refusal)),
        };
        let made = || Ok::<_, std::convert::Infallible>(self.make(path, text));
        match (self.shared.kept).get_or_insert_with(&(blob, path.to_owned()), made) {
            Ok(slot) => Some(slot),
        }
    }

    /// What tells the content of a file apart; it is read if need be, and then left in `text`.
    pub fn content(&self, id: FileId, text: &mut Option<Text>) -> Option<Result<ObjectId, Refusal>> {
        let (path, noted) = (self.path(id)?, self.blobs.get(id as usize)?);
        if let Some(blob) = noted.get().copied().or_else(|| self.texts.blob(path)) {
            return Some(Ok(blob));
        }
        Some(self.texts.read(path).map(|read| {
            let blob = blob_of(&read);
            *text = Some(Text { text: read, blob });
            *noted.get_or_init(|| blob)
        }))
    }

    /// Decodes or parses a file and does not hold it. `text` if it is at hand.
    ///
    /// # Errors
    /// It cannot be analysed.
    pub fn make(&self, path: &str, text: Option<Text>) -> Slot {
        let Text { text, blob } = match text {
            Some(text) => text,
            None => self.text(path)?,
        };
        let language = language(path)?;
        let key = content_key(blob, path);
        if let Some(facts) = self
            .shared
            .store
            .get::<Result<FileFacts, Refusal>>(Kind::Facts, key)
        {
            let facts = facts?;
            return Ok(Arc::new(Parsed {
                path: path.to_owned(),
                text,
                facts,
                parse_ms: 0.0,
            }));
        }
        let parsed = file::parse_and(path, text, language, &self.cancel, |text, tree| {
            if let Some(ruling) = &self.shared.ruling {
                ruling.see(&self.shared.store, path, blob, text, tree);
            }
        });
        let facts = parsed.as_ref().map(|parsed| &parsed.facts);
        if facts.is_ok() || facts.is_err_and(is_lasting) {
            self.shared.store.put(Kind::Facts, key, &facts);
        }
        parsed.map(Arc::new)
    }

    /// A text that no file has, as if it stood at the path. `None`: it cannot be analysed.
    pub fn parsed(&self, path: &str, text: String) -> Option<Arc<Parsed>> {
        let language = language(path).ok()?;
        file::parse(path, text, language, &self.cancel).ok().map(Arc::new)
    }

    /// A text as it is now: a file of a folder may have changed since it was looked at first.
    ///
    /// # Errors
    /// The file is not there, or no text that is analysed.
    pub fn text(&self, path: &str) -> Result<Text, Refusal> {
        let text = self.texts.read(path)?;
        let blob = self.texts.blob(path).unwrap_or_else(|| blob_of(&text));
        Ok(Text { text, blob })
    }

    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.cancel.is_stopped()
    }

    /// # Errors
    /// The file is not there, or no text that is analysed.
    pub fn read(&self, path: &str) -> Result<String, Refusal> {
        self.texts.read(path)
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

/// Address of what follows from a text and the kind of file it is in: its language, and for templates
/// how code is woven into them.
#[must_use]
pub fn content_key(blob: ObjectId, path: &str) -> Key {
    let language = language_of(path).map_or(u8::MAX, |language| language as u8);
    let extension = path.rsplit(['.', '/']).next().unwrap_or("");
    Digest::default()
        .with(blob.as_slice())
        .with([language])
        .with(extension)
        .key()
}

fn language(path: &str) -> Result<Language, Refusal> {
    language_of(path).ok_or_else(|| {
        let detail = "no language that is analysed".to_owned();
        (SkipReason::Unreadable, detail)
    })
}

/// Whether the same will be said the next time: what hangs on time may come out otherwise.
#[must_use]
pub fn is_lasting((reason, _): &Refusal) -> bool {
    !matches!(reason, SkipReason::Timeout | SkipReason::Budget)
}

/// As git names it.
#[must_use]
pub fn blob_of(text: &str) -> ObjectId {
    gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, text.as_bytes())
        .unwrap_or_else(|_| ObjectId::null(gix::hash::Kind::Sha1))
}
