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
mod nearest;
mod outline;
mod python;
mod python_module;
mod roots;
mod ruby;
mod shallow;
mod value;
mod view;
pub mod visit;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

pub use asked::Question;
pub use outline::{Bound, Code, LambdaId, NamedLambda, Outline, Value, ValueId, lambda_at};
pub use roots::{Roots, is_manifest};
pub use view::View;

use crate::facts::ir::{ClassId, FileFacts, FunctionId, Language};
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
    pub outline: Arc<Outline>,
}

#[derive(Debug)]
pub struct Program {
    files: Vec<SourceFile>,
    by_path: HashMap<Arc<str>, FileId>,
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
    /// Folder of a C# project to its files that hold nothing but usings: those hold for all of it.
    global_usings: Grouped<FileId>,
    indexes: Vec<OnceLock<FileIndex>>,
}

impl Program {
    /// Of two files with one path the first counts.
    #[must_use]
    pub fn new(mut files: Vec<SourceFile>, roots: Roots) -> Self {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|next, kept| next.path == kept.path);
        files.truncate(u32::MAX as usize);
        let mut definers = Vec::new();
        let mut classes = Vec::new();
        let mut based = Vec::new();
        let mut extensions = Vec::new();
        let mut modules = Vec::new();
        let mut global_usings = Vec::new();
        for (file, source) in (0..).zip(&files) {
            let facts = &source.outline.facts;
            for (class, declared) in facts.classes.iter().enumerate() {
                let class = ClassRef { file, class };
                definers.push((key(&[&declared.name]), file));
                classes.push((key(&[&facts.package, &declared.qualified]), class));
                based.extend(declared.bases.iter().map(|base| (key(&[base.short()]), class)));
            }
            for (id, function) in facts.functions.iter().enumerate() {
                definers.push((key(&[&function.name]), file));
                if csharp::is_extension(function) {
                    let code = CodeId::Function(id);
                    extensions.push((key(&[&function.name]), FunctionRef { file, code }));
                }
            }
            match facts.language {
                Language::Python => {
                    modules.push((key(&[python_module::short_name(&source.path)]), file));
                }
                Language::CSharp if csharp::is_only_usings(&source.outline) => {
                    global_usings.push((key(&[roots.csharp_project(&source.path)]), file));
                }
                _ => {}
            }
        }
        Program {
            by_path: (files.iter().zip(0..))
                .map(|(source, file)| (Arc::clone(&source.path), file))
                .collect(),
            indexes: files.iter().map(|_| OnceLock::new()).collect(),
            definers: Grouped::of(definers),
            classes: Grouped::of(classes),
            based: Grouped::of(based),
            extensions: Grouped::of(extensions),
            modules: Grouped::of(modules),
            global_usings: Grouped::of(global_usings),
            files,
            roots,
        }
    }

    #[must_use]
    pub fn file(&self, path: &str) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// Empty for an id of another program.
    #[must_use]
    pub fn path(&self, file: FileId) -> &str {
        self.files.get(file as usize).map_or("", |source| &source.path)
    }

    #[must_use]
    pub fn outline(&self, file: FileId) -> Option<&Arc<Outline>> {
        Some(&self.files.get(file as usize)?.outline)
    }

    /// All files, in path order.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0..).zip(&self.files)
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
