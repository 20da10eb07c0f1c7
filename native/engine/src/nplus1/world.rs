//! What the walk of a function may ask about the rest of the repository.

use std::collections::BTreeSet;
use std::sync::Arc;

use typed_arena::Arena;

use crate::program::View;
use crate::project::Project;
use crate::raw::File;
use crate::registry::Registry;
use crate::sources::{FileId, Parsed, Sources};

/// One tree of the repository.
#[derive(Clone, Copy)]
pub struct World<'a> {
    pub project: &'a Project,
    pub registry: &'a Registry,
    /// Relations that some query of the repository loads.
    pub loaded: &'a BTreeSet<String>,
    /// Which definition a name stands for; it notes what the answers depend on.
    pub view: &'a View<'a>,
    pub sources: &'a Sources,
    /// Files that one analysis has looked at; they stay as long as it does.
    pub held: &'a Arena<Arc<Parsed>>,
}

impl<'a> World<'a> {
    /// `None`: there is no such file, or it cannot be analysed.
    pub fn file(&self, id: FileId) -> Option<File<'a>> {
        let parsed = self.sources.get(id)?.ok()?;
        Some(self.held.alloc(parsed).file())
    }
}
