//! Which file a Python module's name stands for. Where a source root is not declared, the folders
//! tell: a package's folder is no root, and what lies nearest to the importing file comes first.

use super::FileId;
use super::asked::Question;
use super::index::key;
use super::view::View;

impl View<'_> {
    /// `a.b`, `.b`, `..`.
    pub(super) fn python_module(&self, from: FileId, module: &str) -> Option<FileId> {
        self.remembered(&self.modules, (from, Box::from(module)), |view| {
            view.question(|view| view.find_module(from, module))
        })
    }

    fn find_module(&self, from: FileId, module: &str) -> Option<FileId> {
        let rest = module.trim_start_matches('.');
        let dots = module.len() - rest.len();
        if dots == 0 {
            return self.absolute(from, rest);
        }
        let mut folder = folder(self.program.path(from));
        for _ in 1..dots {
            folder = up(folder)?;
        }
        if rest.is_empty() {
            return self.at(&join(folder, "__init__.py"));
        }
        self.python_file(folder, &rest.replace('.', "/"))
    }

    /// `name.py` or the package `name` in this folder.
    pub(super) fn python_file(&self, folder: &str, name: &str) -> Option<FileId> {
        let path = join(folder, name);
        (self.at(&format!("{path}/__init__.py"))).or_else(|| self.at(&format!("{path}.py")))
    }

    fn absolute(&self, from: FileId, module: &str) -> Option<FileId> {
        self.ask(Question::module(module));
        // Most modules that are imported are not of this repository.
        if self.program.modules.get(key(&[last_part(module)])).is_empty() {
            return None;
        }
        let path = module.replace('.', "/");
        let here = folder(self.program.path(from));
        // Nearest first: the folders above the importing file, and what is declared as a root.
        let mut around = Some(here);
        while let Some(at) = around {
            for root in [at.to_owned(), join(at, "src"), join(at, "lib")] {
                if root.as_str() == at && self.is_package(at) {
                    continue;
                }
                if let Some(found) = self.python_file(&root, &path) {
                    return Some(found);
                }
            }
            around = up(at);
        }
        self.anywhere(module, &path)
    }

    /// The only module of this name in the repository, when its place makes it a root's.
    fn anywhere(&self, module: &str, path: &str) -> Option<FileId> {
        self.ask(Question::module(module));
        let mut found = None;
        for file in self.program.modules.get(key(&[last_part(module)])) {
            let own = self.program.path(*file);
            let stem = own
                .strip_suffix("/__init__.py")
                .or_else(|| own.strip_suffix(".py"))
                .unwrap_or(own);
            let Some(root) = stem.strip_suffix(path) else {
                continue;
            };
            let root = match root.strip_suffix('/') {
                Some(root) => root,
                None if root.is_empty() => root,
                None => continue,
            };
            let declared = self.program.roots.is_python_root(root);
            if self.is_package(root) || !(declared || module.contains('.')) {
                continue;
            }
            if found.replace(*file).is_some() {
                return None;
            }
        }
        found
    }

    fn is_package(&self, folder: &str) -> bool {
        !folder.is_empty() && self.at(&join(folder, "__init__.py")).is_some()
    }
}

/// Last part of the module that a file is: its folder's for a package.
pub(super) fn short_name(path: &str) -> &str {
    let stem = path
        .strip_suffix("/__init__.py")
        .or_else(|| path.strip_suffix(".py"))
        .unwrap_or(path);
    stem.rsplit('/').next().unwrap_or(stem)
}

pub(super) fn last_part(module: &str) -> &str {
    module.rsplit('.').next().unwrap_or(module)
}

/// The folder of a path; the root is empty.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folder above; `None` above the root.
pub(super) fn up(at: &str) -> Option<&str> {
    (!at.is_empty()).then(|| folder(at))
}

pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}
