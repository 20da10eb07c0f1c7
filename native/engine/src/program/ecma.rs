//! Names of a TypeScript or JavaScript module: its own, what it imports, and what it exports, by
//! ES modules and CommonJS alike.

use super::outline::Bound;
use super::value::dotted;
use super::view::{View, Want, agreed};
use super::{ClassRef, Definition, FileId, ValueRef};
use crate::facts::ir::{ClassId, ClassKind, ImportedName};

impl View<'_> {
    /// The file that the import at this place of a file's imports reads.
    pub(super) fn node_import(&self, file: FileId, import: usize) -> Option<FileId> {
        if let Some(known) = self.imports.borrow().get(&(file, import)) {
            return *known;
        }
        self.opens(file);
        let resolved = self.program.node_import(file, import)?;
        self.looked_for.borrow_mut().push(&resolved.asked);
        self.imports.borrow_mut().insert((file, import), resolved.found);
        resolved.found
    }

    pub(super) fn node_module(&self, from: FileId, module: &str) -> Option<FileId> {
        let resolved = self.program.node_module(from, module);
        self.asked.borrow_mut().extend(resolved.asked);
        resolved.found
    }

    /// A name as code of the module sees it.
    pub(super) fn node_name(
        &self,
        file: FileId,
        within: Option<ClassId>,
        name: &str,
        want: Want,
    ) -> Option<Definition> {
        if name == "module.exports" || name == "exports" {
            return Some(Definition::Module(file));
        }
        if let Some(space) = self.namespace_around(file, within)
            && let Some(nested) = self.nested_class(space, name)
        {
            return Some(Definition::Class(nested));
        }
        self.question(|view| (view.own(file, name, want)).or_else(|| view.node_imported(file, name, want)))
    }

    /// What another module gets when it imports this name.
    pub(super) fn node_export(&self, file: FileId, name: &str, want: Want) -> Option<Definition> {
        self.export(file, name, want, |view| {
            if let Some(found) = view.own_value(file, &format!("exports.{name}"), want) {
                return Some(found);
            }
            if name == "default" {
                return (view.own(file, name, want))
                    .or_else(|| view.node_imported(file, name, want))
                    .or_else(|| view.common_export(file));
            }
            (view.own(file, name, want))
                .or_else(|| view.node_imported(file, name, want))
                .or_else(|| {
                    let exported = view.common_export(file)?;
                    view.question(|view| view.member_wanted(exported, name, want))
                })
                .or_else(|| view.passed_on(file, name, want))
        })
    }

    fn node_imported(&self, file: FileId, name: &str, want: Want) -> Option<Definition> {
        let (outline, index) = self.index(file)?;
        let found = index.imports(outline, name).iter().filter_map(|(at, name)| {
            let import = outline.facts.imports.get(*at)?;
            let target = self.node_import(file, *at)?;
            let ImportedName { imported, .. } = import.names.get(*name)?;
            self.question(|view| match imported.as_str() {
                "*" => Some(view.node_module_value(target, want)),
                imported => view.node_export(target, imported, want),
            })
        });
        agreed(found.collect::<Vec<_>>())
    }

    /// `require('./a')` is what the module assigns to `module.exports` as a whole.
    pub(super) fn node_module_value(&self, target: FileId, want: Want) -> Definition {
        let whole = self.common_export(target).filter(|whole| match whole {
            Definition::Value(value) => self
                .value(*value)
                .is_some_and(|value| !matches!(value.bound, Bound::Object(_))),
            Definition::Class(_) => true,
            _ => want == Want::Value,
        });
        whole.unwrap_or(Definition::Module(target))
    }

    /// `module.exports = …`
    fn common_export(&self, file: FileId) -> Option<Definition> {
        let (outline, index) = self.index(file)?;
        let value = *index.values(outline, "module.exports").last()?;
        let bound = &outline.values.get(value)?.bound;
        let whole = ValueRef { file, value };
        if let Bound::Expr(made) = bound
            && let Some(name) = dotted(&made.kind)
        {
            // `class A {}; module.exports = A`
            return self
                .question(|view| view.dotted(file, None, &name, Want::Value))
                .or(Some(Definition::Value(whole)));
        }
        self.bound(whole, bound, Want::Value)
    }

    /// `export * from './a'`. An import for its effects reads the same, but gives no name that the
    /// importing module could have asked for.
    fn passed_on(&self, file: FileId, name: &str, want: Want) -> Option<Definition> {
        let imports = &self.facts(file)?.imports;
        let stars = (imports.iter().enumerate()).filter(|(_, import)| import.names.is_empty());
        let found = stars.filter_map(|(at, _)| {
            let target = self.node_import(file, at)?;
            self.question(|view| view.node_export(target, name, want))
        });
        agreed(found.collect::<Vec<_>>())
    }

    /// The namespace that a class or function stands in.
    pub(super) fn namespace_around(&self, file: FileId, within: Option<ClassId>) -> Option<ClassRef> {
        let mut at = ClassRef { file, class: within? };
        loop {
            if self.class(at)?.kind == ClassKind::Module {
                return Some(at);
            }
            at = self.outer_class(at)?;
        }
    }

    /// Answers once per name, and not at all where modules export one another in circles.
    pub(super) fn export(
        &self,
        file: FileId,
        name: &str,
        want: Want,
        look: impl FnOnce(&Self) -> Option<Definition>,
    ) -> Option<Definition> {
        let export = (file, Box::from(name), want);
        self.remembered(&self.exports, export, |view| {
            let export = (file, Box::from(name), want);
            if view.under_way.borrow().contains(&export) {
                view.cut();
                return None;
            }
            view.under_way.borrow_mut().push(export);
            let found = view.question(look);
            view.under_way.borrow_mut().pop();
            found
        })
    }
}
