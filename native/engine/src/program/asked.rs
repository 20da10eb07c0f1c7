//! What answers depended on. An answer of another program is the same when every question leads to
//! the same files with the same content.

use serde::{Deserialize, Serialize};

use super::index::key;
use super::{ClassRef, FileId, Program, ecma_module, python_module};

/// One look into a table of a program, under the hash of a name. What else has that hash counts as
/// part of the answer, so that an answer which seems the same is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Question {
    table: Table,
    key: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
enum Table {
    Path,
    Defines,
    Class,
    BasedOn,
    Extension,
    Module,
    Stem,
    Showing,
    Template,
}

impl Question {
    /// The file at this path, if there is one.
    #[must_use]
    pub fn path(path: &str) -> Self {
        Question::of(Table::Path, path)
    }

    /// Files that declare a class or function of this short name.
    pub(super) fn defines(name: &str) -> Self {
        Question::of(Table::Defines, name)
    }

    /// Classes of this full name: package and qualified name.
    pub(super) fn class(name: &[&str]) -> Self {
        Question {
            table: Table::Class,
            key: key(name),
        }
    }

    /// Classes with a base of this short name.
    pub(super) fn based_on(name: &str) -> Self {
        Question::of(Table::BasedOn, name)
    }

    /// C# extension methods of this name.
    pub(super) fn extension(name: &str) -> Self {
        Question::of(Table::Extension, name)
    }

    /// Python modules whose last part is that of this name.
    pub(super) fn module(name: &str) -> Self {
        Question::of(Table::Module, python_module::last_part(name))
    }

    /// Modules of JavaScript and TypeScript of this path but for its extension.
    pub(super) fn stem(stem: &str) -> Self {
        Question::of(Table::Stem, stem)
    }

    /// All that a file may have been looked for by its path.
    #[must_use]
    pub fn by_path(path: &str) -> Vec<Self> {
        let stem = ecma_module::stem(path).map(Question::stem);
        stem.into_iter().chain([Question::path(path)]).collect()
    }

    /// Files that name this template, or this class in a field.
    pub(super) fn showing(name: &str) -> Self {
        Question::of(Table::Showing, name)
    }

    /// Files that are a template of this name.
    pub(super) fn template(name: &str) -> Self {
        Question::of(Table::Template, name)
    }

    fn of(table: Table, name: &str) -> Self {
        let key = key(&[name]);
        Question { table, key }
    }
}

/// Where the answer to a question stands among all that a program has. `None` in its place: there is
/// nothing of that name.
pub type Slot = usize;

impl Program {
    /// The files that hold the answer, in path order.
    #[must_use]
    pub fn files_of(&self, question: Question) -> Vec<FileId> {
        let key = question.key;
        let mut files: Vec<FileId> = match question.table {
            Table::Path => self.paths.get(key).to_vec(),
            Table::Defines => self.definers.get(key).to_vec(),
            Table::Class => self.classes.get(key).iter().map(|it| it.file).collect(),
            Table::BasedOn => self.based.get(key).iter().map(|it| it.file).collect(),
            Table::Extension => self.extensions.get(key).iter().map(|it| it.file).collect(),
            Table::Module => self.modules.get(key).to_vec(),
            Table::Stem => self.stems.get(key).to_vec(),
            Table::Showing => self.showing.get(key).to_vec(),
            Table::Template => self.templates.get(key).to_vec(),
        };
        files.sort_unstable();
        files.dedup();
        files
    }

    /// The file at the path that the question asks for.
    pub(super) fn file_of(&self, question: Question, path: &str) -> Option<FileId> {
        let mut found = self.paths.get(question.key).iter().copied();
        found.find(|file| self.path(*file) == path)
    }

    /// All modules that the question may mean.
    pub(super) fn of_stem(&self, question: Question) -> &[FileId] {
        self.stems.get(question.key)
    }

    /// All classes that the question may mean.
    pub(super) fn classes_of(&self, question: Question) -> &[ClassRef] {
        self.classes.get(question.key)
    }

    /// All questions whose answer has one of these files.
    pub fn questions_with(&self, is_one: impl Fn(FileId) -> bool) -> Vec<Question> {
        let of_file = |file: &FileId| is_one(*file);
        let of_class = |class: &ClassRef| is_one(class.file);
        let mut found = Vec::new();
        let mut add = |table, keys: &mut dyn Iterator<Item = u64>| {
            found.extend(keys.map(|key| Question { table, key }));
        };
        add(Table::Path, &mut self.paths.keys_of(of_file));
        add(Table::Defines, &mut self.definers.keys_of(of_file));
        add(Table::Class, &mut self.classes.keys_of(of_class));
        add(Table::BasedOn, &mut self.based.keys_of(of_class));
        add(
            Table::Extension,
            &mut self.extensions.keys_of(|function| is_one(function.file)),
        );
        add(Table::Module, &mut self.modules.keys_of(of_file));
        add(Table::Stem, &mut self.stems.keys_of(of_file));
        add(Table::Showing, &mut self.showing.keys_of(of_file));
        add(Table::Template, &mut self.templates.keys_of(of_file));
        found
    }

    #[must_use]
    pub fn slot(&self, question: Question) -> Option<Slot> {
        let before = self.starts.get(question.table as usize)?;
        let key = question.key;
        let at = match question.table {
            Table::Path => self.paths.at(key),
            Table::Defines => self.definers.at(key),
            Table::Class => self.classes.at(key),
            Table::BasedOn => self.based.at(key),
            Table::Extension => self.extensions.at(key),
            Table::Module => self.modules.at(key),
            Table::Stem => self.stems.at(key),
            Table::Showing => self.showing.at(key),
            Table::Template => self.templates.at(key),
        };
        Some(before + at?)
    }

    /// How many slots there are.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.lengths().iter().sum()
    }

    /// Where the slots of each table start.
    pub(super) fn starts(&self) -> [Slot; 9] {
        let mut next = 0;
        self.lengths().map(|length| {
            next += length;
            next - length
        })
    }

    /// In the order of `Table`.
    fn lengths(&self) -> [usize; 9] {
        [
            self.paths.len(),
            self.definers.len(),
            self.classes.len(),
            self.based.len(),
            self.extensions.len(),
            self.modules.len(),
            self.stems.len(),
            self.showing.len(),
            self.templates.len(),
        ]
    }
}
