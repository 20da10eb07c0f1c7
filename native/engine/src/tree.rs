//! One tree of the repository as a whole: every source file by its path, and what links them. Where
//! the texts come from is the loader's affair.

use std::collections::BTreeSet;
use std::sync::Arc;

use typed_arena::Arena;

use crate::facts::ir::FileFacts;
use crate::file::{self, FileAnalysis};
use crate::nplus1;
use crate::nplus1::world::World;
use crate::pool::Pool;
use crate::program::{self, Outline, Program, Roots, SourceFile};
use crate::project::{self, Project};
use crate::registry::model::Model;
use crate::registry::{Registry, Settings};
use crate::screen::Refusal;
use crate::sources::{FileId, Sources};

/// Whether a path is worth handing to [`Tree::new`] as a manifest.
#[must_use]
pub fn is_manifest(path: &str) -> bool {
    project::is_manifest(path) || program::is_manifest(path)
}

/// What other files may ask of a file.
#[derive(Default)]
struct Known {
    /// `None`: it cannot be analysed.
    outline: Option<Outline>,
    models: Vec<Model>,
    /// Relations that its queries load.
    loaded: BTreeSet<String>,
}

pub struct Tree {
    sources: Arc<Sources>,
    project: Arc<Project>,
    registry: Registry,
    loaded: BTreeSet<String>,
    roots: Roots,
    program: Program,
}

impl Tree {
    #[must_use]
    pub fn new(sources: Sources, manifests: Vec<(String, String)>) -> Self {
        let roots = Roots::from_files(manifests.iter().cloned());
        let project = Project::from_files(manifests);
        Tree {
            sources: Arc::new(sources),
            project: Arc::new(project),
            registry: Registry::default(),
            loaded: BTreeSet::new(),
            roots,
            program: Program::new(Vec::new(), Roots::default()),
        }
    }

    /// Reads and parses every file, on the pool, and links what they declare.
    pub fn link(&mut self, pool: &Pool) {
        let (sources, project) = (Arc::clone(&self.sources), Arc::clone(&self.project));
        let read = pool.map(self.sources.ids().collect(), move |id: FileId| {
            match sources.get(id) {
                Some(Ok(parsed)) => Known {
                    outline: Some(Outline::of(&parsed.facts)),
                    models: nplus1::declared(&parsed.file(), &project),
                    loaded: nplus1::loaded(&parsed.file(), &project),
                },
                _ => Known::default(),
            }
        });
        let nothing = FileFacts::nothing();
        let mut files = Vec::new();
        let mut models = Vec::new();
        for (id, known) in (0..).zip(read) {
            // A file that panics declares nothing.
            let known = known.unwrap_or_default();
            models.extend(known.models);
            self.loaded.extend(known.loaded);
            files.push(SourceFile {
                path: self.sources.path(id).unwrap_or_default().into(),
                outline: Arc::new(known.outline.unwrap_or_else(|| Outline::of(&nothing))),
            });
        }
        self.program = Program::new(files, std::mem::take(&mut self.roots));
        self.registry = Registry::new(models, Settings::default());
    }

    /// What the rules find in a file; `None` when the tree has no such file.
    ///
    /// # Errors
    /// The file cannot be analysed.
    pub fn analyse(&self, path: &str) -> Result<Option<FileAnalysis>, Refusal> {
        let Some(id) = self.sources.id(path) else {
            return Ok(None);
        };
        let Some(parsed) = self.sources.get(id).transpose()? else {
            return Ok(None);
        };
        let held = Arena::new();
        let view = self.program.view();
        let world = World {
            project: &self.project,
            sources: &self.sources,
            registry: &self.registry,
            loaded: &self.loaded,
            view: &view,
            held: &held,
        };
        Ok(Some(file::analyse(world, id, &parsed)))
    }
}
