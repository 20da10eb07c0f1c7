//! What the walk of a function may ask about the rest of the repository.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use typed_arena::Arena;

use crate::program::View;
use crate::project::Project;
use crate::raw::File;
use crate::registry::Asked;
use crate::sources::{FileId, Parsed, Sources};

/// One tree of the repository.
#[derive(Clone, Copy)]
pub struct World<'a> {
    pub project: &'a Project,
    /// It notes what was asked, as the view does.
    pub registry: &'a Asked<'a>,
    /// Relations that some query of the repository loads, and what its GraphQL schemas say.
    pub loaded: &'a Loaded<'a>,
    /// Which definition a name stands for; it notes what the answers depend on.
    pub view: &'a View<'a>,
    pub sources: &'a Sources,
    /// Files that one analysis has looked at; they stay as long as it does.
    pub held: &'a Arena<Arc<Parsed>>,
}

impl<'a> World<'a> {
    /// `None`: there is no such file, or it cannot be analysed.
    pub fn file(&self, id: FileId) -> Option<File<'a>> {
        self.view.opens(id);
        let parsed = self.sources.get(id)?.ok()?;
        Some(self.held.alloc(parsed).file())
    }
}

/// Names of relations that some query of the repository loads, and lines of `project::sdl`, which no such
/// name looks like. It notes which were asked for.
#[derive(Debug)]
pub struct Loaded<'a> {
    names: &'a BTreeSet<String>,
    asked: RefCell<BTreeSet<String>>,
}

impl<'a> Loaded<'a> {
    #[must_use]
    pub fn new(names: &'a BTreeSet<String>) -> Self {
        Loaded {
            names,
            asked: RefCell::default(),
        }
    }

    pub fn contains(&self, name: &str) -> bool {
        self.asked.borrow_mut().insert(name.to_owned());
        self.names.contains(name)
    }

    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.asked.borrow().iter().cloned().collect()
    }
}
