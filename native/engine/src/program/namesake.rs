//! Who in the repository declares a name at all. Where nothing says what an object is, a method that one
//! class alone declares says it.

use super::local::{function_ref, is_stub};
use super::nearest::is_test;
use super::view::View;
use super::{ClassRef, FunctionRef};
use crate::facts::ir::{FunctionKind, Language};

/// Files that declare one name; of more than that nobody says which is meant.
const FILES_MAX: usize = 12;

impl View<'_> {
    /// All methods of this name in files of a language, with their classes. Tests and what only says that
    /// it is not implemented do not count; `None` when too many declare it.
    #[must_use]
    pub fn methods_named(&self, name: &str, language: Language) -> Option<Vec<(ClassRef, FunctionRef)>> {
        let files = self.definers(name);
        if files.len() > FILES_MAX {
            return None;
        }
        let mut found = Vec::new();
        for file in files.iter().copied().filter(|file| !self.is_aside(*file)) {
            let Some((outline, index)) = self.index(file) else {
                continue;
            };
            if outline.facts.language != language {
                continue;
            }
            for id in index.functions(outline, name) {
                let Some(function) = outline.facts.functions.get(*id) else {
                    continue;
                };
                let method = function_ref(file, *id);
                if let Some(class) = function.class
                    && function.kind != FunctionKind::Constructor
                    && !is_stub(function)
                    && self.has_body(method)
                {
                    found.push((ClassRef { file, class }, method));
                }
            }
        }
        Some(found)
    }

    /// The only class of this short name in files of a language.
    #[must_use]
    pub fn only_class(&self, name: &str, language: Language) -> Option<ClassRef> {
        let files = self.definers(name);
        if files.len() > FILES_MAX {
            return None;
        }
        let mut found = None;
        for file in files.iter().copied().filter(|file| !self.is_aside(*file)) {
            let Some((outline, index)) = self.index(file) else {
                continue;
            };
            if outline.facts.language != language {
                continue;
            }
            for class in index.classes(outline, name).iter().copied() {
                if found.replace(ClassRef { file, class }).is_some() {
                    return None;
                }
            }
        }
        found
    }

    fn is_aside(&self, file: super::FileId) -> bool {
        let path = self.program.path(file);
        let name = path.rsplit('/').next().unwrap_or(path);
        is_test(path) || name.starts_with("test_") || name.ends_with("_test.py") || name == "conftest.py"
    }
}
