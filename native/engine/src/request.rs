//! What a caller asks for, as plain data. Nothing here is read from a repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::index::Store;
use crate::progress::Progress;
use crate::report::Level;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelSetting {
    Level(Level),
    Off,
}

/// A panic on purpose, for tests of the boundary. Only a caller can ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// In the work on every source file.
    File,
    /// In the call itself.
    Call,
}

impl Fault {
    /// Panics when the request asks for it here.
    #[allow(clippy::panic, reason = "that is what it is for")]
    pub(crate) fn strike(self, asked: Option<Fault>) {
        if asked == Some(self) {
            std::panic::panic_any("asked to panic");
        }
    }
}

/// A rule of the team in the form of ast-grep.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleText {
    /// Ours, unique.
    pub id: String,
    /// One YAML document.
    pub text: String,
    /// Takes the place of the document's own fix, in the same forms.
    pub fix: Option<String>,
}

/// A utility rule that others call by the id in its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UtilityText {
    pub id: String,
    pub text: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleSet {
    pub rules: Vec<RuleText>,
    pub utilities: Vec<UtilityText>,
    /// Files of other names that are taken for a language, before what their own names say.
    pub language_globs: Vec<LanguageGlobs>,
}

/// Globs of file names without their folders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LanguageGlobs {
    pub language: String,
    pub globs: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Globs of paths left out besides the built-in ones.
    pub exclude: Vec<String>,
    /// Rule id to level; a rule not named keeps its own.
    pub levels: BTreeMap<String, LevelSetting>,
    /// Rules of the team to run on the same files.
    pub rule_set: Option<RuleSet>,
    /// Time for the whole run; files that were not reached are skipped with reason `budget`.
    pub budget: Option<Duration>,
    /// Folder to keep what was learnt of contents for later runs; nothing is written elsewhere.
    pub cache: Option<PathBuf>,
    /// What the repository is called in that folder; its path if nothing is said.
    pub cache_name: Option<String>,
    /// Told how far the run is.
    pub progress: Progress,
    pub fault: Option<Fault>,
}

impl Settings {
    fn cache_name(&self, repository: &Path) -> String {
        let real = || {
            repository
                .canonicalize()
                .unwrap_or_else(|_| repository.to_path_buf())
        };
        let name = self.cache_name.clone();
        name.unwrap_or_else(|| real().to_string_lossy().into_owned())
    }

    pub(crate) fn store(&self, repository: &Path) -> Store {
        match &self.cache {
            Some(cache) => Store::open(cache, &self.cache_name(repository)),
            None => Store::in_memory(),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct ChangeRequest {
    /// A repository, bare or with work tree.
    pub repository: PathBuf,
    /// Full commit ids.
    pub base: String,
    pub head: String,
    pub settings: Settings,
}

#[derive(Clone, Debug, Default)]
pub struct ScanRequest {
    /// The tree used for context.
    pub root: PathBuf,
    /// Relative to `root`, with `/`: what is reported. Empty: everything.
    pub paths: Vec<String>,
    pub settings: Settings,
}

/// A match of another engine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct External {
    pub rule: String,
    pub path: String,
    /// Of the file as UTF-8.
    pub start_byte: u32,
    pub end_byte: u32,
    pub message: String,
    /// Text to stand in place of the range.
    pub fix: Option<String>,
    /// A comment of that engine silences it.
    pub suppressed: bool,
}

#[derive(Clone, Debug, Default)]
pub struct CompareRequest {
    pub repository: PathBuf,
    /// Full commit ids.
    pub base: String,
    pub head: String,
    pub head_matches: Vec<External>,
    /// In the same files at the merge base, by their names there.
    pub base_matches: Vec<External>,
    pub settings: Settings,
}

#[derive(Clone, Debug, Default)]
pub struct PlaceRequest {
    pub root: PathBuf,
    pub matches: Vec<External>,
    pub settings: Settings,
}
