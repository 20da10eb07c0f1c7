//! What the walk of a function may ask about the rest of the repository.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use typed_arena::Arena;

use super::frameworks::Kind;
use super::signals::{self, Active, Signals};
use super::site::Form;
use super::value::Lazy;
use crate::program::View;
use crate::project::Project;
use crate::raw::File;
use crate::registry::{self, Asked, Feeds};
use crate::sources::{FileId, Parsed, Sources};

/// One tree of the repository.
#[derive(Clone, Copy)]
pub struct World<'a> {
    pub project: &'a Project,
    /// It notes what was asked, as the view does.
    pub registry: &'a Asked<'a>,
    /// Relations that some query of the repository loads, and what its GraphQL types say.
    pub loaded: &'a Loaded<'a>,
    /// Which ORMs each file uses.
    pub signals: &'a Signals,
    /// Which definition a name stands for; it notes what the answers depend on.
    pub view: &'a View<'a>,
    pub sources: &'a Sources,
    /// Files that one analysis has looked at; they stay as long as it does.
    pub held: &'a Arena<Arc<Parsed>>,
    /// A file as it would be after an edit.
    pub instead: Option<(FileId, &'a Parsed)>,
}

impl<'a> World<'a> {
    /// `None`: there is no such file, or it cannot be analysed.
    pub fn file(&self, id: FileId) -> Option<File<'a>> {
        self.view.opens(id);
        if let Some((_, parsed)) = self.instead.filter(|(edited, _)| *edited == id) {
            return Some(parsed.file());
        }
        let parsed = self.sources.get(id)?.ok()?;
        Some(self.held.alloc(parsed).file())
    }

    /// The ORMs of a file that `file` gave.
    pub fn orms(&self, id: FileId, file: &File<'_>) -> Arc<[Active]> {
        match self.instead {
            Some((edited, _)) if edited == id => signals::active(file, self.project).into(),
            _ => self.signals.of(id, file, self.project),
        }
    }
}

/// Relations that some query of the repository loads (`registry::line`), and what its files say of the
/// types they show (`elsewhere`). It notes which lines were asked for.
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
        if !self.asked.borrow().contains(name) {
            self.asked.borrow_mut().insert(name.to_owned());
        }
        self.names.contains(name)
    }

    /// Whether rows that come from nowhere in sight may have this relation with them.
    pub fn has_relation(&self, lazy: &Lazy, form: Form) -> bool {
        let feeds: &[Feeds] = match form {
            // That a type is shown in lists is known here, whatever else shows one of it.
            Form::Implicit(Kind::Graphql) => &[Feeds::Anything],
            // Nothing says that a class is not only used to show one row.
            Form::Implicit(Kind::Implicit) => &[Feeds::Anything, Feeds::Shown, Feeds::OneRow],
            _ => &[Feeds::Anything, Feeds::Shown],
        };
        feeds.iter().any(|feeds| {
            self.contains(&registry::line(Some(&lazy.declared_by), &lazy.relation, *feeds))
                || self.contains(&registry::line(None, &lazy.relation, *feeds))
        })
    }

    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.asked.borrow().iter().cloned().collect()
    }
}
