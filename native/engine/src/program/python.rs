//! Names of a Python module: its own, what it imports by name or by star, its submodules.

use super::view::{View, Want, agreed};
use super::{ClassRef, Definition, FileId, FunctionRef};
use crate::facts::ir::{ClassId, Import, ImportedName};

impl View<'_> {
    /// A name as code of the module sees it. A class body is no scope for what stands inside, but
    /// a class named there is reached from annotations by its own name.
    pub(super) fn python_name(
        &self,
        file: FileId,
        within: Option<ClassId>,
        name: &str,
        want: Want,
    ) -> Option<Definition> {
        if let Some(local) = self.class_in_function(file, within, name) {
            return Some(Definition::Class(local));
        }
        self.question(|view| {
            (view.own(file, name, want))
                .or_else(|| view.python_imported(file, name, want))
                .or_else(|| view.python_starred(file, name, want))
                .or_else(|| view.python_package(file, name))
        })
    }

    /// What other modules get when they import this name from the module.
    pub(super) fn python_export(&self, file: FileId, name: &str, want: Want) -> Option<Definition> {
        self.export(file, name, want, |view| {
            (view.own(file, name, want))
                .or_else(|| view.python_imported(file, name, want))
                .or_else(|| view.python_starred(file, name, want))
                .or_else(|| {
                    let folder = view.program.path(file).strip_suffix("__init__.py")?;
                    view.python_file(folder.trim_end_matches('/'), name)
                        .map(Definition::Module)
                })
        })
    }

    /// `try: from a import f` / `except ImportError: from b import f` leaves what resolves.
    fn python_imported(&self, file: FileId, name: &str, want: Want) -> Option<Definition> {
        let (outline, index) = self.index(file)?;
        let found = index.imports(outline, name).iter().filter_map(|(at, name)| {
            let import = outline.facts.imports.get(*at)?;
            self.python_import(file, import, import.names.get(*name)?, want)
        });
        agreed(found.collect::<Vec<_>>())
    }

    fn python_import(
        &self,
        file: FileId,
        import: &Import,
        name: &ImportedName,
        want: Want,
    ) -> Option<Definition> {
        if name.imported == "*" {
            return self.python_module(file, &import.module).map(Definition::Module);
        }
        let module = self.python_module(file, &import.module);
        let exported =
            module.and_then(|module| self.question(|view| view.python_export(module, &name.imported, want)));
        exported.or_else(|| {
            let dot = if import.module.ends_with('.') { "" } else { "." };
            let submodule = format!("{}{dot}{}", import.module, name.imported);
            self.python_module(file, &submodule).map(Definition::Module)
        })
    }

    fn python_starred(&self, file: FileId, name: &str, want: Want) -> Option<Definition> {
        let imports = &self.facts(file)?.imports;
        let stars = imports.iter().filter(|import| import.names.is_empty());
        let found = stars.filter_map(|import| {
            let module = self.python_module(file, &import.module)?;
            self.question(|view| view.python_export(module, name, want))
        });
        agreed(found.collect::<Vec<_>>())
    }

    /// `a` after `import a.b`.
    fn python_package(&self, file: FileId, name: &str) -> Option<Definition> {
        let imports = &self.facts(file)?.imports;
        let is_inside = |import: &&Import| {
            (import.module.strip_prefix(name)).is_some_and(|rest| rest.starts_with('.'))
                && import
                    .names
                    .first()
                    .is_some_and(|it| it.imported == "*" && it.local == import.module)
        };
        imports.iter().find(is_inside)?;
        self.python_module(file, name).map(Definition::Module)
    }

    /// A class that stands in the same function or class as this one.
    fn class_in_function(&self, file: FileId, within: Option<ClassId>, name: &str) -> Option<ClassRef> {
        let (outline, index) = self.index(file)?;
        let mut scope = outline.facts.classes.get(within?)?.qualified.as_str();
        let named = index.classes(outline, name);
        if named.is_empty() {
            return None;
        }
        loop {
            let here = |id: &&ClassId| {
                let inner =
                    (outline.facts.classes.get(**id)).and_then(|class| class.qualified.strip_prefix(scope));
                inner.and_then(|rest| rest.strip_prefix('.')) == Some(name)
            };
            let mut found = named.iter().filter(here);
            if let Some(first) = found.next() {
                return (found.next().is_none()).then_some(ClassRef { file, class: *first });
            }
            scope = scope.rsplit_once('.')?.0;
        }
    }

    /// A plain call: a function of the module, or one that it imports. A namespace of TypeScript
    /// holds its functions as members.
    pub(super) fn module_function(
        &self,
        file: FileId,
        within: Option<ClassId>,
        name: &str,
    ) -> Option<FunctionRef> {
        if let Some(space) = self.namespace_around(file, within)
            && let Some(found) = self.own_method(space, name)
        {
            return Some(found);
        }
        match self.dotted(file, within, name, Want::Value)? {
            Definition::Function(function) => Some(function),
            _ => None,
        }
    }
}
