//! What answers depended on. An answer of another program is the same when every question leads to
//! the same files with the same content.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::index::key;
use super::{FileId, Program, python_module};

/// One look into the tables of a program.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Question {
    /// The file at this path, if there is one.
    Path(Box<str>),
    /// Files that declare a class or function of this short name.
    Defines(Box<str>),
    /// Classes of this full name (package and qualified name).
    Class(Box<str>),
    /// Classes with a base of this short name.
    BasedOn(Box<str>),
    /// C# extension methods of this name.
    Extension(Box<str>),
    /// Python modules whose last part is this.
    Module(Box<str>),
}

impl Program {
    /// The files that hold the answer, in path order.
    #[must_use]
    pub fn files_of(&self, question: &Question) -> Vec<FileId> {
        let files: BTreeSet<FileId> = match question {
            Question::Path(path) => self.file(path).into_iter().collect(),
            Question::Defines(name) => self.definers(name).iter().copied().collect(),
            Question::Class(name) => self.classes.get(key(&[name])).iter().map(|it| it.file).collect(),
            Question::BasedOn(name) => self.based.get(key(&[name])).iter().map(|it| it.file).collect(),
            Question::Extension(name) => self
                .extensions
                .get(key(&[name]))
                .iter()
                .map(|it| it.file)
                .collect(),
            Question::Module(name) => {
                let name = python_module::last_part(name);
                self.modules.get(key(&[name])).iter().copied().collect()
            }
        };
        files.into_iter().collect()
    }
}
