//! What the tables of a program are made of: under which names a file declares what, as hashes. It is
//! read for every file of a repository, and the outline behind it only for those that are asked about.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::csharp;
use super::index::key;
use super::outline::Outline;
use crate::facts::ir::Language;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Short names of classes and functions.
    pub(super) defines: Vec<u64>,
    /// Full name of each class.
    pub(super) classes: Vec<u64>,
    /// Short name of a base, and the class.
    pub(super) based: Vec<(u64, usize)>,
    /// C# extension methods.
    pub(super) extensions: Vec<(u64, usize)>,
    /// Templates that it names, and classes that are fields of its classes.
    pub(super) shows: Vec<u64>,
    pub(super) is_python: bool,
    /// A C# file that holds nothing else.
    pub(super) is_only_usings: bool,
}

impl Summary {
    #[must_use]
    pub fn of(outline: &Outline) -> Self {
        let facts = &outline.facts;
        let mut summary = Summary {
            is_python: facts.language == Language::Python,
            is_only_usings: facts.language == Language::CSharp && csharp::is_only_usings(outline),
            ..Summary::default()
        };
        for (class, declared) in facts.classes.iter().enumerate() {
            summary.defines.push(key(&[&declared.name]));
            summary.classes.push(key(&[&facts.package, &declared.qualified]));
            let bases = declared.bases.iter().map(|base| (key(&[base.short()]), class));
            summary.based.extend(bases);
        }
        for (id, function) in facts.functions.iter().enumerate() {
            summary.defines.push(key(&[&function.name]));
            if csharp::is_extension(function) {
                summary.extensions.push((key(&[&function.name]), id));
            }
        }
        let shows = matches!(facts.language, Language::Python | Language::Template);
        let shown = outline.shows().filter(|_| shows);
        summary.shows = shown.map(|name| key(&[name])).collect();
        summary.shows.sort_unstable();
        summary.shows.dedup();
        summary.defines.sort_unstable();
        summary.defines.dedup();
        summary
    }
}

type Load = Box<dyn Fn() -> Outline + Send + Sync>;

/// A file's outline, brought when it is first asked for.
pub struct KeptOutline {
    pub summary: Summary,
    whole: OnceLock<Arc<Outline>>,
    load: Load,
}

impl KeptOutline {
    #[must_use]
    pub fn new(summary: Summary, load: impl Fn() -> Outline + Send + Sync + 'static) -> Self {
        KeptOutline {
            summary,
            whole: OnceLock::new(),
            load: Box::new(load),
        }
    }

    #[must_use]
    pub fn whole(&self) -> &Arc<Outline> {
        self.whole.get_or_init(|| Arc::new((self.load)()))
    }
}

impl From<Outline> for KeptOutline {
    fn from(outline: Outline) -> Self {
        let summary = Summary::of(&outline);
        let whole = Arc::new(outline);
        let held = Arc::clone(&whole);
        KeptOutline {
            summary,
            whole: OnceLock::from(whole),
            load: Box::new(move || (*held).clone()),
        }
    }
}

impl fmt::Debug for KeptOutline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptOutline")
            .field("summary", &self.summary)
            .finish()
    }
}
