//! C#'s rules for names of classes: enclosing classes, namespaces and those above, usings of the
//! file and of the project; classes in several parts; extension methods.

use std::rc::Rc;

use super::asked::Question;
use super::index::key;
use super::outline::Outline;
use super::view::{View, agreed};
use super::{ClassRef, FileId, FunctionRef};
use crate::facts::ir::{ClassId, Function, Language};

/// `static void Pay(this Order order)`.
pub(super) fn is_extension(function: &Function) -> bool {
    let first = function.params.first();
    function.is_static
        && first.is_some_and(|param| param.decorators.iter().any(|decorator| decorator.name == "this"))
}

/// A file of usings and nothing else can only mean the whole project.
pub(super) fn is_only_usings(outline: &Outline) -> bool {
    let facts = &outline.facts;
    facts.classes.is_empty()
        && !facts.imports.is_empty()
        && facts.functions.len() == 1
        && outline.functions.iter().all(|code| !code.has_body)
}

impl View<'_> {
    pub(super) fn csharp_class(&self, from: FileId, within: Option<ClassId>, name: &str) -> Option<ClassRef> {
        let name = name.strip_prefix("global::").unwrap_or(name).replace("::", ".");
        let (head, rest) = name.split_once('.').unwrap_or((&name, ""));
        let head_class = self
            .inner_of_enclosing(from, within, head)
            .or_else(|| self.in_namespaces(from, head))
            .or_else(|| self.csharp_used(from, head));
        match head_class {
            Some(head) => (rest.split('.').filter(|part| !part.is_empty()))
                .try_fold(head, |class, part| self.nested_class(class, part)),
            // `Models.Order` in the namespace `Shop`, or from the root.
            None if !rest.is_empty() => self.in_namespaces(from, &name),
            None => None,
        }
    }

    /// In the namespace of the file, or one above it, up to the global one.
    fn in_namespaces(&self, from: FileId, name: &str) -> Option<ClassRef> {
        let mut space = self.facts(from)?.package.as_str();
        loop {
            if let Some(found) = self.csharp_full(from, space, name) {
                return Some(found);
            }
            if space.is_empty() {
                return None;
            }
            space = space.rsplit_once('.').map_or("", |(outer, _)| outer);
        }
    }

    fn csharp_used(&self, from: FileId, name: &str) -> Option<ClassRef> {
        let (outline, index) = self.index(from)?;
        // `using Order = Shop.Models.Order;`
        let alias = (index.imports(outline, name).iter())
            .find_map(|(at, _)| self.csharp_full(from, "", &outline.facts.imports.get(*at)?.module));
        if alias.is_some() {
            return alias;
        }
        let spaces = self.used_everywhere(from);
        let found =
            (spaces.iter()).filter_map(|space| self.question(|view| view.csharp_full(from, space, name)));
        agreed(found.collect::<Vec<_>>())
    }

    /// Namespaces, and classes by `using static`, that the file and its project use; sorted.
    pub(super) fn used_everywhere(&self, from: FileId) -> Rc<[String]> {
        self.remembered(&self.usings, from, |view| {
            let project = view.program.csharp_project(from);
            let mut spaces = view.program.roots.csharp_usings(project);
            let files = view.program.global_usings.get(key(&[project]));
            for file in files.iter().chain([&from]) {
                let imports = view.facts(*file).map_or(&[][..], |facts| &facts.imports);
                let plain = imports.iter().filter(|import| import.names.is_empty());
                spaces.extend(plain.map(|import| import.module.clone()));
            }
            spaces.sort_unstable();
            spaces.dedup();
            spaces.into()
        })
    }

    pub(super) fn csharp_full(&self, from: FileId, space: &str, name: &str) -> Option<ClassRef> {
        let mut found = self.full(space, name);
        found.retain(|class| (self.facts(class.file)).is_some_and(|it| it.language == Language::CSharp));
        let program = self.program;
        let near = program.nearest(from, &found, |file| program.csharp_project(file))?;
        Some(self.first_part(near))
    }

    /// The part of a class that stands for all of it.
    pub(super) fn first_part(&self, class: ClassRef) -> ClassRef {
        self.parts(class).iter().copied().min().unwrap_or(class)
    }

    pub(super) fn csharp_parts(&self, class: ClassRef) -> Option<Vec<ClassRef>> {
        let facts = self.facts(class.file)?;
        let mut parts = self.full(&facts.package, &facts.classes.get(class.class)?.qualified);
        let project = self.program.csharp_project(class.file);
        parts.retain(|part| self.program.csharp_project(part.file) == project);
        Some(parts)
    }

    /// The extension method of this name, when the repository has one that takes so many arguments.
    #[must_use]
    pub fn extension_method(&self, name: &str, args: usize) -> Option<FunctionRef> {
        self.ask(Question::extension(name));
        let found = self.program.extensions.get(key(&[name]));
        let mut found = found.iter().filter(|function| {
            let named = (self.function(**function)).is_some_and(|it| it.name == name);
            named && super::method::takes(self.params(**function), args + 1)
        });
        let first = *found.next()?;
        found.next().is_none().then_some(first)
    }
}
