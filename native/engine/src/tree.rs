//! One tree of the repository as a whole: every source file by its path, and what links them. Where
//! the texts come from is the loader's affair.

mod difference;
mod learn;
mod registered;
mod results;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use crate::index::{Digest, Key};
use crate::nplus1::{self, Signals};
use crate::pool::Pool;
use crate::program::{self, Program, Roots, SourceFile};
use crate::progress::Progress;
use crate::project::{self, Project};
use crate::registry::{self, Registry, Settings};
use crate::screen::Refusal;
use crate::sources::{FileId, Sources};
pub use difference::Difference;
use learn::{Declared, Known, learn};
use registered::Registered;
pub use results::Looked;

/// Whether a path is worth handing to [`Tree::new`] as a manifest.
#[must_use]
pub fn is_manifest(path: &str) -> bool {
    project::is_manifest(path) || program::is_manifest(path)
}

pub struct Tree {
    sources: Arc<Sources>,
    project: Arc<Project>,
    /// What all manifests say, as far as it was understood.
    context: Key,
    /// Which ORMs each file uses.
    signals: Arc<Signals>,
    registered: Arc<Registered>,
    loaded: Arc<BTreeSet<String>>,
    roots: Roots,
    program: Program,
    known: Vec<Known>,
    /// Answers of the program to what results depend on, each looked up once.
    answers: Vec<OnceLock<Key>>,
}

impl Tree {
    #[must_use]
    pub fn new(sources: Sources, manifests: Vec<(String, String)>) -> Self {
        let roots = Roots::from_files(manifests.iter().cloned());
        let project = Project::from_files(manifests).only(nplus1::knows_package);
        Tree {
            signals: Arc::new(Signals::new(sources.ids().count())),
            sources: Arc::new(sources),
            context: Digest::default()
                .with(project.said())
                .with(format!("{roots:?}"))
                .key(),
            project: Arc::new(project),
            registered: Arc::default(),
            loaded: Arc::default(),
            roots,
            program: Program::new(Vec::new(), Roots::default()),
            known: Vec::new(),
            answers: Vec::new(),
        }
    }

    /// Learns what every file declares, on the pool, and links it. What `other` knows of the same
    /// contents is taken over.
    pub fn link(&mut self, pool: &Pool, progress: &Progress, other: Option<&Tree>) {
        let same = other.filter(|other| other.context == self.context);
        let mut known: Vec<Option<Known>> = self
            .sources
            .ids()
            .map(|id| same.and_then(|same| same.same_as(&self.sources, id)))
            .collect();
        let unknown: Vec<FileId> = (0..)
            .zip(&known)
            .filter(|(_, known)| known.is_none())
            .map(|(id, _)| id)
            .collect();
        let (sources, project, context) =
            (Arc::clone(&self.sources), Arc::clone(&self.project), self.context);
        let signals = Arc::clone(&self.signals);
        progress.index(unknown.len());
        let progress = progress.clone();
        let read = pool.map(unknown.clone(), move |id| {
            let known = learn(&sources, id, &project, &signals, context);
            progress.step();
            known
        });
        for (id, read) in unknown.into_iter().zip(read) {
            if let Some(slot) = known.get_mut(id as usize) {
                *slot = read.ok();
            }
        }
        // A file that panics declares nothing.
        let nothing = |id| Known::nothing(self.sources.path(id).unwrap_or_default());
        let known = (0..).zip(known);
        self.known = known
            .map(|(id, known)| known.unwrap_or_else(|| nothing(id)))
            .collect();
        // Out of time, nothing will be asked of it.
        if !self.sources.is_stopped() {
            self.join(same);
        }
    }

    /// Links what is known of all files. `same` is a tree with the same manifests.
    fn join(&mut self, same: Option<&Tree>) {
        if let Some(same) = same.filter(|same| same.declared().eq(self.declared())) {
            self.registered = Arc::clone(&same.registered);
            self.loaded = Arc::clone(&same.loaded);
        } else {
            let declared = || self.declared().map(|(_, declared)| declared);
            let models = declared().flat_map(|it| it.models.iter().cloned());
            let switches = declared().flat_map(|it| it.switches.iter().cloned());
            let settings = Settings::new((*self.project).clone(), switches);
            let registry = Registry::new(models, settings);
            let mut loaded: BTreeSet<String> = declared().flat_map(|it| it.said.iter().cloned()).collect();
            loaded.extend(self.project.graphql().iter().cloned());
            project::sdl::spread(&mut loaded);
            let mut anyones = registry::Anyones::new();
            for (path, declared) in self.declared() {
                for load in &declared.loads {
                    registry::lines(&registry, path, load, &mut anyones, &mut loaded);
                }
            }
            self.registered = Arc::new(Registered::new(registry));
            self.loaded = Arc::new(loaded);
        }
        let files = (0..).zip(&self.known).map(|(id, known)| SourceFile {
            path: self.sources.path(id).unwrap_or_default().into(),
            outline: Arc::clone(&known.outline),
        });
        self.program = Program::new(files.collect(), std::mem::take(&mut self.roots));
        self.answers = (0..self.program.slots()).map(|_| OnceLock::new()).collect();
    }

    /// What the files declare that declare something, in order of path.
    fn declared(&self) -> impl Iterator<Item = (&str, &Declared)> {
        let known = (0..)
            .zip(&self.known)
            .filter(|(_, known)| !known.declared.is_empty());
        known.map(|(id, known)| (self.sources.path(id).unwrap_or_default(), &*known.declared))
    }

    /// What this tree knows of a file of another one, if it has the same under the same path.
    fn same_as(&self, others: &Sources, id: FileId) -> Option<Known> {
        let own = self.sources.id(others.path(id)?)?;
        let known = self.known.get(own as usize)?;
        let blob = others.content(id, &mut None)?.ok()?;
        (known.blob == Some(blob)).then(|| known.clone())
    }

    /// Whether the other tree has the same file under this path.
    #[must_use]
    pub fn has_same(&self, other: &Tree, path: &str) -> bool {
        let blob = |tree: &Tree| tree.known.get(tree.sources.id(path)? as usize)?.blob;
        blob(self).is_some_and(|own| blob(other) == Some(own))
    }

    /// Paths of all source files, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.sources.ids().filter_map(|id| self.sources.path(id))
    }

    /// What the rules find in a file; `None` when the tree has no such file.
    ///
    /// # Errors
    /// The file cannot be analysed.
    pub fn analyse(&self, path: &str) -> Result<Option<Looked>, Refusal> {
        match self.sources.id(path) {
            Some(id) => self.look_at(id).map(Some),
            None => Ok(None),
        }
    }
}
