//! A repository as one program: which definition a name in one file stands for in another. It
//! works on outlines and reads no file. What it cannot decide by the rules of the language it
//! leaves open: no answer is better than a wrong one.

mod asked;
mod bindings;
mod class;
mod csharp;
mod ecma;
mod ecma_module;
mod field;
mod index;
mod java;
mod local;
mod method;
mod namesake;
mod nearest;
mod outline;
mod python;
mod python_module;
mod roots;
mod ruby;
mod shallow;
mod summary;
mod value;
mod view;
pub mod visit;

#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

pub use asked::Question;
pub use nearest::is_test;
pub use outline::{Bound, Code, LambdaId, NamedLambda, Outline, Value, ValueId, lambda_at};
pub use roots::{Roots, is_manifest};
pub use summary::{KeptOutline, Summary};
pub use view::View;

use crate::facts::ir::{ClassId, FileFacts, FunctionId};
use crate::facts::lower::template::{self, template_of};
use ecma_module::Resolved;
use index::{FileIndex, Grouped, key};

/// Index of a file in path order.
pub use crate::sources::FileId;

/// Code that a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionRef {
    pub file: FileId,
    pub code: CodeId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CodeId {
    Function(FunctionId),
    /// `const load = async () => …`: index into `Outline::lambdas`.
    Lambda(LambdaId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassRef {
    pub file: FileId,
    pub class: ClassId,
}

/// A name of a module that is bound to a value: index into `Outline::values`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueRef {
    pub file: FileId,
    pub value: ValueId,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Definition {
    Function(FunctionRef),
    Class(ClassRef),
    /// One object of a class of this repository: `export default new UserService()`.
    Instance(ClassRef),
    /// A module as a value: `import * as orders from …`, Python's `import app.orders`.
    Module(FileId),
    /// Bound to something else: an object literal, or a call of code outside the repository.
    Value(ValueRef),
}

#[derive(Clone, Debug)]
pub struct SourceFile {
    pub path: Arc<str>,
    pub outline: Arc<KeptOutline>,
}

/// Where a file lies, which many questions come back to.
#[derive(Debug)]
struct Place {
    question: Question,
    is_test: bool,
    /// How much of the path is the folder of its C# project.
    csharp_project: usize,
}

impl Place {
    fn of(path: &str, roots: &Roots) -> Self {
        Place {
            question: Question::path(path),
            is_test: nearest::is_test(path),
            csharp_project: roots.csharp_project(path).len(),
        }
    }
}

/// What is to become the tables of a program: hashes of names with what has them.
#[derive(Default)]
struct Tables {
    paths: Vec<(u64, FileId)>,
    definers: Vec<(u64, FileId)>,
    classes: Vec<(u64, ClassRef)>,
    based: Vec<(u64, ClassRef)>,
    extensions: Vec<(u64, FunctionRef)>,
    modules: Vec<(u64, FileId)>,
    stems: Vec<(u64, FileId)>,
    global_usings: Vec<(u64, FileId)>,
    showing: Vec<(u64, FileId)>,
    templates: Vec<(u64, FileId)>,
}

impl Tables {
    fn add(&mut self, file: FileId, source: &SourceFile, roots: &Roots) {
        let summary = &source.outline.summary;
        self.paths.push((key(&[&source.path]), file));
        self.definers
            .extend(summary.defines.iter().map(|name| (*name, file)));
        let classes = summary.classes.iter().enumerate();
        self.classes
            .extend(classes.map(|(class, name)| (*name, ClassRef { file, class })));
        let based = summary.based.iter();
        self.based
            .extend(based.map(|(base, class)| (*base, ClassRef { file, class: *class })));
        let extensions = summary.extensions.iter().map(|(name, id)| {
            let code = CodeId::Function(*id);
            (*name, FunctionRef { file, code })
        });
        self.extensions.extend(extensions);
        if let Some(stem) = ecma_module::stem(&source.path) {
            self.stems.push((key(&[stem]), file));
        }
        if summary.is_python || source.path.ends_with(".py") {
            self.modules
                .push((key(&[python_module::short_name(&source.path)]), file));
        }
        self.showing
            .extend(summary.shows.iter().map(|name| (*name, file)));
        if template_of(&source.path).is_some() {
            let names = template::names_of(&source.path);
            self.templates.extend(names.map(|name| (key(&[name]), file)));
        }
        if summary.is_only_usings {
            self.global_usings
                .push((key(&[roots.csharp_project(&source.path)]), file));
        }
    }
}

#[derive(Debug)]
pub struct Program {
    files: Vec<SourceFile>,
    paths: Grouped<FileId>,
    roots: Roots,
    /// Short name of a class or function to the files that declare one.
    definers: Grouped<FileId>,
    /// Package or namespace and qualified name to classes.
    classes: Grouped<ClassRef>,
    /// Short name of a base to the classes based on it.
    based: Grouped<ClassRef>,
    /// Name of an extension method to its functions.
    extensions: Grouped<FunctionRef>,
    /// Last part of a Python module's name to its files; of packages the folder's.
    modules: Grouped<FileId>,
    /// Path of a module of JavaScript or TypeScript without its extension.
    stems: Grouped<FileId>,
    /// Name of a template or of a class that is shown to the files that name it, and of a template to
    /// those that are it.
    showing: Grouped<FileId>,
    templates: Grouped<FileId>,
    places: Vec<Place>,
    /// Folder of a C# project to its files that hold nothing but usings: those hold for all of it.
    global_usings: Grouped<FileId>,
    indexes: Vec<OnceLock<FileIndex>>,
    /// Where the imports of each file lead; JavaScript and TypeScript only.
    imports: Vec<OnceLock<Box<[OnceLock<Resolved>]>>>,
    /// Where the answers of each table start among all.
    starts: [asked::Slot; 9],
}

impl Program {
    /// Of two files with one path the first counts.
    #[must_use]
    pub fn new(mut files: Vec<SourceFile>, roots: Roots) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|next, kept| next.path == kept.path);
        files.truncate(u32::MAX as usize);
        let mut tables = Tables::default();
        for (file, source) in (0..).zip(&files) {
            tables.add(file, source, &roots);
        }
        let Tables {
            paths,
            definers,
            classes,
            based,
            extensions,
            modules,
            stems,
            global_usings,
            showing,
            templates,
        } = tables;
        let mut program = Program {
            starts: [0; 9],
            indexes: files.iter().map(|_| OnceLock::new()).collect(),
            imports: files.iter().map(|_| OnceLock::new()).collect(),
            paths: Grouped::of(paths),
            definers: Grouped::of(definers),
            classes: Grouped::of(classes),
            based: Grouped::of(based),
            extensions: Grouped::of(extensions),
            modules: Grouped::of(modules),
            stems: Grouped::of(stems),
            global_usings: Grouped::of(global_usings),
            showing: Grouped::of(showing),
            templates: Grouped::of(templates),
            places: files
                .iter()
                .map(|source| Place::of(&source.path, &roots))
                .collect(),
            files,
            roots,
        };
        program.starts = program.starts();
        program
    }

    #[must_use]
    pub fn file(&self, path: &str) -> Option<FileId> {
        self.file_of(Question::path(path), path)
    }

    /// Empty for an id of another program.
    #[must_use]
    pub fn path(&self, file: FileId) -> &str {
        self.files.get(file as usize).map_or("", |source| &source.path)
    }

    fn place_question(&self, file: FileId) -> Option<Question> {
        Some(self.places.get(file as usize)?.question)
    }

    /// Whether the file lies among tests.
    fn is_test(&self, file: FileId) -> bool {
        self.places.get(file as usize).is_some_and(|place| place.is_test)
    }

    /// Folder of the C# project that the file belongs to.
    fn csharp_project(&self, file: FileId) -> &str {
        let length = self
            .places
            .get(file as usize)
            .map_or(0, |place| place.csharp_project);
        self.path(file).get(..length).unwrap_or_default()
    }

    #[must_use]
    pub fn outline(&self, file: FileId) -> Option<&Arc<Outline>> {
        Some(self.files.get(file as usize)?.outline.whole())
    }

    /// Files that declare a class or function of this short name.
    #[must_use]
    pub fn definers(&self, name: &str) -> &[FileId] {
        self.definers.get(key(&[name]))
    }

    /// Starts asking; the view notes what its answers depend on.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        View::new(self)
    }

    fn facts(&self, file: FileId) -> Option<&FileFacts> {
        Some(&self.outline(file)?.facts)
    }

    fn index(&self, file: FileId) -> Option<(&Outline, &FileIndex)> {
        let outline = self.outline(file)?;
        let index = self.indexes.get(file as usize)?;
        Some((outline, index.get_or_init(|| FileIndex::of(outline))))
    }
}
