//! Java's rules for names of classes: enclosing classes, imports, the package, imports on demand.
//! What C# shares (methods of enclosing classes) is here too.

use std::rc::Rc;

use super::view::{View, agreed};
use super::{ClassRef, FileId, FunctionRef};
use crate::facts::ir::{ClassId, Language};

impl View<'_> {
    pub(super) fn java_class(&self, from: FileId, within: Option<ClassId>, name: &str) -> Option<ClassRef> {
        let facts = self.facts(from)?;
        let (head, rest) = name.split_once('.').unwrap_or((name, ""));
        let found = self
            .inner_of_enclosing(from, within, head)
            .or_else(|| self.java_imported(from, head))
            .or_else(|| self.java_full(from, &facts.package, head))
            .or_else(|| {
                let on_demand = facts.imports.iter().filter(|import| import.names.is_empty());
                let found = on_demand
                    .filter_map(|import| self.question(|view| view.java_full(from, &import.module, head)));
                agreed(found.collect::<Vec<_>>())
            });
        match found {
            Some(head) => (rest.split('.').filter(|part| !part.is_empty()))
                .try_fold(head, |class, part| self.nested_class(class, part)),
            // `com.shop.Order`
            None if !rest.is_empty() => self.java_full(from, "", name),
            None => None,
        }
    }

    fn java_imported(&self, from: FileId, name: &str) -> Option<ClassRef> {
        let (outline, index) = self.index(from)?;
        let found = (index.imports(outline, name).iter())
            .filter_map(|(at, _)| self.java_full(from, "", &outline.facts.imports.get(*at)?.module));
        agreed(found.collect::<Vec<_>>())
    }

    fn java_full(&self, from: FileId, package: &str, name: &str) -> Option<ClassRef> {
        let mut found = self.full(package, name);
        found.retain(|class| (self.facts(class.file)).is_some_and(|it| it.language == Language::Java));
        let program = self.program;
        program.nearest(from, &found, |file| module(program.path(file)))
    }

    /// A class nested in this one, in one around it, or in a base of those.
    pub(super) fn inner_of_enclosing(
        &self,
        from: FileId,
        within: Option<ClassId>,
        name: &str,
    ) -> Option<ClassRef> {
        let mut around = within.map(|class| ClassRef { file: from, class });
        while let Some(class) = around {
            if self.class(class)?.name == name {
                return Some(class);
            }
            if let Some(nested) = self.nested_class(class, name) {
                return Some(nested);
            }
            around = self.outer_class(class);
        }
        None
    }

    /// A plain call: a method of the class, of its bases, of the classes around it, or one
    /// imported statically.
    pub(super) fn own_or_outer(
        &self,
        from: FileId,
        class: ClassId,
        name: &str,
        args: Option<usize>,
    ) -> Option<FunctionRef> {
        let mut around = Some(ClassRef { file: from, class });
        while let Some(class) = around {
            if self.has_method(class, name) {
                return self.method_among(class, name, args);
            }
            around = self.outer_class(class);
        }
        let (outline, index) = self.index(from)?;
        let named = (index.imports(outline, name).iter())
            .filter_map(|(at, _)| outline.facts.imports.get(*at)?.module.rsplit_once('.'))
            .map(|(owner, _)| owner);
        let on_demand = (outline.facts.imports.iter())
            .filter(|import| import.names.is_empty())
            .map(|import| import.module.as_str());
        let used = match outline.facts.language {
            Language::CSharp => self.used_everywhere(from),
            _ => Rc::from([]),
        };
        let mut owners: Vec<&str> = named
            .chain(on_demand)
            .chain(used.iter().map(String::as_str))
            .collect();
        owners.sort_unstable();
        owners.dedup();
        let found = owners.into_iter().filter_map(|owner| {
            self.question(|view| {
                let class = view.class_by_full_name(from, owner)?;
                view.method_among(class, name, args)
            })
        });
        agreed(found.collect::<Vec<_>>())
    }

    fn class_by_full_name(&self, from: FileId, name: &str) -> Option<ClassRef> {
        match self.facts(from)?.language {
            Language::Java => self.java_full(from, "", name),
            _ => self.csharp_full(from, "", name),
        }
    }
}

/// The module of a build: what stands before its `src` folder.
pub(super) fn module(path: &str) -> &str {
    match path.find("/src/") {
        Some(at) => path.get(..at).unwrap_or(""),
        None => "",
    }
}
