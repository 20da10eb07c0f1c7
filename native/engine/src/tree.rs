//! One tree of the repository as a whole: every source file by its path, and what links them. Where
//! the texts come from is the loader's affair.

use std::sync::Arc;

use typed_arena::Arena;

use crate::file::{self, FileAnalysis};
use crate::nplus1;
use crate::nplus1::world::World;
use crate::pool::Pool;
use crate::project::Project;
use crate::registry::{Registry, Settings};
use crate::screen::Refusal;
use crate::sources::{FileId, Sources};

pub struct Tree {
    sources: Arc<Sources>,
    project: Arc<Project>,
    registry: Registry,
}

impl Tree {
    #[must_use]
    pub fn new(sources: Sources, project: Project) -> Self {
        Tree {
            sources: Arc::new(sources),
            project: Arc::new(project),
            registry: Registry::default(),
        }
    }

    /// Reads and parses every file, on the pool, and links what they declare.
    pub fn link(&mut self, pool: &Pool) {
        let (sources, project) = (Arc::clone(&self.sources), Arc::clone(&self.project));
        let declared = pool.map(self.sources.ids().collect(), move |id: FileId| {
            match sources.get(id) {
                Some(Ok(parsed)) => nplus1::declared(&parsed.file(), &project),
                _ => Vec::new(),
            }
        });
        // A file that panics declares nothing.
        let models = declared.into_iter().flatten().flatten();
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
        let world = World {
            project: &self.project,
            sources: &self.sources,
            registry: &self.registry,
            held: &held,
        };
        Ok(Some(file::analyse(world, id, &parsed)))
    }
}
