//! Which files of a folder a scan looks at. It reads names, never contents, and never leaves
//! the root: links are named, not followed.

use std::collections::BTreeSet;
use std::path::{Component, Path};
use std::sync::{Arc, Mutex};

use ignore::{DirEntry, WalkBuilder};

use crate::cancel::Cancel;
use crate::error::{Code, EngineError, Phase};
use crate::parse::language_of;
use crate::report::{SkipReason, Skipped};
use crate::rules::Rules;
use crate::screen::{PathRules, Refusal};
use crate::tree::is_manifest;

#[derive(Debug, Default)]
pub struct Walk {
    /// Source files to analyse, in order of path.
    pub sources: Vec<String>,
    /// Asked files to run the team's rules on, in order of path.
    pub ruled: Vec<String>,
    /// Source files of the whole root: what the asked ones may call.
    pub all: Vec<String>,
    /// Manifests of the whole root, in order of path.
    pub manifests: Vec<String>,
    pub skipped: Vec<Skipped>,
}

/// Relative paths that are asked for; none means everything.
///
/// # Errors
/// The root is no folder, or a path is not below it.
pub fn wanted(root: &Path, paths: &[String]) -> Result<BTreeSet<String>, EngineError> {
    if !root.is_dir() {
        let message = format!("{} is not a folder", root.display());
        return Err(EngineError::new(Code::NoSuchPath, Phase::Open, message));
    }
    let all = paths
        .iter()
        .map(|path| wanted_path(root, path))
        .collect::<Result<BTreeSet<_>, _>>()?;
    if all.contains("") {
        return Ok(BTreeSet::new());
    }
    let outermost = |path: &&String| asked(path, &all).as_ref() == Some(*path);
    Ok(all.iter().filter(outermost).cloned().collect())
}

fn wanted_path(root: &Path, path: &str) -> Result<String, EngineError> {
    let mut parts = Vec::new();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_string_lossy()),
            Component::CurDir => {}
            _ => {
                let message = format!("{path} is not below the root");
                return Err(EngineError::new(Code::NoSuchPath, Phase::Request, message));
            }
        }
    }
    let plain = parts.join("/");
    if root.join(&plain).symlink_metadata().is_err() {
        let message = format!("there is no {path} below {}", root.display());
        return Err(EngineError::new(Code::NoSuchPath, Phase::Open, message));
    }
    Ok(plain)
}

/// What a walk looks for.
#[derive(Clone, Default)]
pub struct Wanted {
    /// Asked paths; none means everything.
    pub paths: BTreeSet<String>,
    /// Nothing but the team's rules is run.
    pub only_ruled: bool,
    pub ruled: Option<Arc<Rules>>,
}

pub fn walk(root: &Path, wanted: &Wanted, rules: &Arc<PathRules>, cancel: &Cancel) -> Walk {
    let mut found = Walk::default();
    let Wanted { paths, .. } = wanted;
    let vendored = Arc::new(Mutex::new(Vec::new()));
    let mut seen = BTreeSet::new();
    for entry in entries(root, rules, &vendored) {
        if cancel.is_stopped() {
            break;
        }
        match entry {
            Ok(entry) => seen.extend(found.take(root, &entry, wanted, rules)),
            Err(error) => found.skip("", (SkipReason::Unreadable, error.to_string())),
        }
    }
    if let Ok(vendored) = vendored.lock() {
        for (path, refusal) in vendored.iter() {
            if let Some(asked) = asked(path, paths) {
                found.skip(path, refusal.clone());
                seen.insert(asked);
            }
        }
    }
    for path in paths.iter().filter(|path| !seen.contains(*path)) {
        found.take_unseen(root, path, wanted, rules);
    }
    found.sources.sort();
    found.ruled.sort();
    found.ruled.dedup();
    found.all.extend(found.sources.iter().cloned());
    found.all.sort();
    found.all.dedup();
    found.manifests.sort();
    found.skipped.sort();
    found
}

type Vendored = Arc<Mutex<Vec<(String, Refusal)>>>;

/// Every entry that git would see, and untracked files too; vendored folders are only noted.
fn entries(root: &Path, rules: &Arc<PathRules>, vendored: &Vendored) -> ignore::Walk {
    let (top, rules, vendored) = (root.to_path_buf(), Arc::clone(rules), Arc::clone(vendored));
    WalkBuilder::new(root)
        .hidden(false)
        .ignore(false)
        .git_global(false)
        .require_git(false)
        .follow_links(false)
        .sort_by_file_name(std::ffi::OsStr::cmp)
        .filter_entry(move |entry| {
            if entry.file_name() == ".git" {
                return false;
            }
            let refusal = relative(&top, entry)
                .filter(|_| entry.file_type().is_some_and(|kind| kind.is_dir()))
                .and_then(|path| Some((rules.refuse_folder(&path)?, path)));
            let Some((refusal, path)) = refusal else {
                return true;
            };
            if let Ok(mut vendored) = vendored.lock() {
                vendored.push((path, refusal));
            }
            false
        })
        .build()
}

/// `None` for the root itself and for names that are not UTF-8.
fn relative(root: &Path, entry: &DirEntry) -> Option<String> {
    let path = entry.path().strip_prefix(root).ok()?.to_str()?;
    (!path.is_empty()).then(|| path.replace(std::path::MAIN_SEPARATOR, "/"))
}

impl Walk {
    /// Answers the asked path that led here.
    fn take(&mut self, root: &Path, entry: &DirEntry, wanted: &Wanted, rules: &PathRules) -> Option<String> {
        let kind = entry.file_type()?;
        let Some(path) = relative(root, entry) else {
            let lossy = entry
                .path()
                .strip_prefix(root)
                .ok()?
                .to_string_lossy()
                .into_owned();
            if !kind.is_dir() && asked(&lossy, &wanted.paths).is_some() {
                let detail = "the file name is not UTF-8".to_owned();
                self.skip(&lossy, (SkipReason::Unreadable, detail));
            }
            return None;
        };
        let is_context = kind.is_file() && !wanted.only_ruled;
        if is_context && is_manifest(&path) {
            self.manifests.push(path.clone());
        }
        if is_context && language_of(&path).is_some() && rules.refuse(&path).is_none() {
            self.all.push(path.clone());
        }
        let asked = asked(&path, &wanted.paths)?;
        if kind.is_symlink() {
            let detail = "a symbolic link is not followed".to_owned();
            self.skip(&path, (SkipReason::SymbolicLink, detail));
        } else if kind.is_file() {
            self.take_file(&path, wanted, rules);
        }
        Some(asked)
    }

    fn take_file(&mut self, path: &str, wanted: &Wanted, rules: &PathRules) {
        let is_source = !wanted.only_ruled && language_of(path).is_some();
        let is_ruled = wanted.ruled.as_ref().is_some_and(|ruled| ruled.wants(path));
        let foreign = rules.refuse_as_foreign(path);
        if is_ruled && foreign.is_none() {
            self.ruled.push(path.to_owned());
        }
        match rules.refuse(path) {
            Some(refusal) if is_source => self.skip(path, refusal),
            None if is_source => self.sources.push(path.to_owned()),
            _ => {
                if let Some(refusal) = foreign.filter(|_| is_ruled) {
                    self.skip(path, refusal);
                }
            }
        }
    }

    /// An asked path that the walk did not come by: behind a link, or hidden by an ignore file.
    /// A file that is named is looked at even then.
    fn take_unseen(&mut self, root: &Path, path: &str, wanted: &Wanted, rules: &PathRules) {
        let full = root.join(path);
        let direct = match (root.canonicalize(), full.canonicalize()) {
            (Ok(root), Ok(full)) => full == root.join(path),
            _ => false,
        };
        if !direct {
            let detail = "behind a symbolic link, which is not followed".to_owned();
            self.skip(path, (SkipReason::SymbolicLink, detail));
        } else if full.is_file() {
            self.take_file(path, wanted, rules);
        } else if let Some(refusal) = rules.refuse_folder(path) {
            self.skip(path, refusal);
        } else {
            let detail = "an ignore file (.gitignore) hides this folder".to_owned();
            self.skip(path, (SkipReason::Excluded, detail));
        }
    }

    fn skip(&mut self, path: &str, (reason, detail): Refusal) {
        self.skipped.push(Skipped {
            path: path.to_owned(),
            reason,
            detail,
        });
    }
}

/// The asked path that `path` is or lies below; everything when nothing is asked.
fn asked(path: &str, wanted: &BTreeSet<String>) -> Option<String> {
    if wanted.is_empty() {
        return Some(String::new());
    }
    let slashes = path.match_indices('/').map(|(index, _)| index);
    slashes
        .chain([path.len()])
        .filter_map(|end| path.get(..end))
        .find(|prefix| wanted.contains(*prefix))
        .map(str::to_owned)
}
