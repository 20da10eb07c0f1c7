//! Read-only access to a git repository: objects only. Nothing of the repository's configuration
//! is run, no environment variable is read, no process started; attributes, filters and hooks
//! are not even compiled in.

pub mod hunks;
pub mod list;
mod rename;
pub mod tree;

use std::path::Path;

use gix::ObjectId;

use crate::error::{Code, EngineError, Phase};

/// A repository that threads share; each takes its own `Handle`.
#[derive(Clone, Debug)]
pub struct Repository {
    shared: gix::ThreadSafeRepository,
}

pub struct Handle {
    repo: gix::Repository,
}

/// What reading a blob gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blob {
    Bytes(Vec<u8>),
    TooLarge(u64),
    /// Not in this clone (a partial clone fetches on demand; the engine does not).
    Missing,
    Unreadable(String),
}

/// One entry of a tree.
pub struct Entry {
    pub name: String,
    pub id: ObjectId,
    pub is_folder: bool,
    pub is_file: bool,
}

impl Repository {
    /// Opens `path`: a work tree, its `.git`, or a bare repository.
    ///
    /// # Errors
    /// There is no readable git repository.
    pub fn open(path: &Path) -> Result<Self, EngineError> {
        let options = gix::open::Options::isolated()
            .with(gix::sec::Trust::Full)
            .strict_config(false);
        let shared = gix::ThreadSafeRepository::open_opts(path, options).map_err(|error| {
            let message = format!(
                "{} is not a readable git repository: {}",
                path.display(),
                causes(&error)
            );
            EngineError::new(Code::NotARepository, Phase::Open, one_line(&message))
        })?;
        Ok(Self { shared })
    }

    #[must_use]
    pub fn handle(&self) -> Handle {
        Handle {
            repo: self.shared.to_thread_local(),
        }
    }
}

impl Handle {
    /// The commit with this full hexadecimal id.
    ///
    /// # Errors
    /// The id is not a full one, or no commit here has it.
    pub fn commit(&self, id: &str) -> Result<ObjectId, EngineError> {
        let unknown = |why: &str| {
            let message = format!("{} {why}", shorten(id));
            EngineError::new(Code::UnknownRevision, Phase::Open, message)
        };
        let oid = ObjectId::from_hex(id.as_bytes()).map_err(|_| unknown("is not a full commit id"))?;
        match self.repo.find_commit(oid) {
            Ok(_) => Ok(oid),
            Err(_) => Err(unknown("is not a commit of this repository")),
        }
    }

    /// # Errors
    /// The two commits have no history in common, or part of it is absent.
    pub fn merge_base(&self, base: ObjectId, head: ObjectId) -> Result<ObjectId, EngineError> {
        match self.repo.merge_base(base, head) {
            Ok(Some(id)) => Ok(id.detach()),
            Ok(None) => Err(EngineError::new(
                Code::NoMergeBase,
                Phase::Diff,
                format!("{base} and {head} have no commit in common (is the clone shallow?)"),
            )),
            Err(error) => Err(missing(&format!("history of {base} and {head}"), &error)),
        }
    }

    /// # Errors
    /// The commit or its tree is absent.
    pub fn tree_of(&self, commit: ObjectId) -> Result<ObjectId, EngineError> {
        self.repo
            .find_commit(commit)
            .and_then(|commit| Ok(commit.tree_id()?.detach()))
            .map_err(|error| missing(&format!("commit {commit}"), &error))
    }

    /// The blob's bytes if it is at most `bytes_max` long; its size is looked at first.
    #[must_use]
    pub fn blob(&self, id: ObjectId, bytes_max: u64) -> Blob {
        match self.repo.try_find_header(id) {
            Ok(None) => return Blob::Missing,
            Err(error) => return Blob::Unreadable(one_line(&causes(&error))),
            Ok(Some(header)) if header.kind() != gix::objs::Kind::Blob => {
                return Blob::Unreadable("not a blob".to_owned());
            }
            Ok(Some(header)) if header.size() > bytes_max => return Blob::TooLarge(header.size()),
            Ok(Some(_)) => {}
        }
        match self.repo.try_find_object(id) {
            Ok(Some(object)) => Blob::Bytes(object.detach().data),
            Ok(None) => Blob::Missing,
            Err(error) => Blob::Unreadable(one_line(&causes(&error))),
        }
    }

    /// The entries of one tree; none when it is absent. Names that are not UTF-8 are left out.
    #[must_use]
    pub fn entries(&self, tree: ObjectId) -> Vec<Entry> {
        let Ok(tree) = self.repo.find_tree(tree) else {
            return Vec::new();
        };
        let readable = tree.iter().filter_map(Result::ok);
        readable
            .filter_map(|entry| {
                Some(Entry {
                    name: std::str::from_utf8(entry.filename()).ok()?.to_owned(),
                    id: entry.oid().to_owned(),
                    is_folder: entry.mode().is_tree(),
                    is_file: entry.mode().is_blob(),
                })
            })
            .collect()
    }
}

fn missing(what: &str, error: &dyn std::error::Error) -> EngineError {
    let message = format!("cannot read the {what}: {}", causes(error));
    EngineError::new(Code::MissingObject, Phase::Diff, one_line(&message))
}

/// An error with what caused it, each said once.
fn causes(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    let mut texts: Vec<String> = chain.map(ToString::to_string).collect();
    texts.dedup();
    texts.join(": ")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shorten(id: &str) -> String {
    let printable: String = id.chars().filter(|c| !c.is_control()).take(60).collect();
    format!("\"{printable}\"")
}
