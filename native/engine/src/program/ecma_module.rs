//! Which file a module specifier stands for: relative paths, tsconfig paths, packages of the
//! workspace. It knows no registry: what is not in the repository has no file.

use std::sync::OnceLock;

use super::asked::Question;
use super::python_module::{folder, join, up};
use super::{FileId, Program};

/// In the order a bundler tries them.
const EXTENSIONS: &[&str] = &["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"];

/// Where the import of a file leads, and all that was asked on the way.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    pub(super) found: Option<FileId>,
    pub(super) asked: Box<[Question]>,
}

impl Program {
    /// The file that the import at this place of a file's imports reads. Every asker gets the same answer, so it is
    /// looked for once.
    pub(super) fn node_import(&self, file: FileId, import: usize) -> Option<&Resolved> {
        let imports = &self.facts(file)?.imports;
        let known = self.imports.get(file as usize)?;
        let known = known.get_or_init(|| imports.iter().map(|_| OnceLock::new()).collect());
        let module = &imports.get(import)?.module;
        Some(known.get(import)?.get_or_init(|| self.node_module(file, module)))
    }

    pub(super) fn node_module(&self, from: FileId, module: &str) -> Resolved {
        let mut resolver = Resolver {
            program: self,
            asked: Vec::new(),
        };
        Resolved {
            found: resolver.module(folder(self.path(from)), module),
            asked: resolver.asked.into(),
        }
    }
}

struct Resolver<'p> {
    program: &'p Program,
    asked: Vec<Question>,
}

impl Resolver<'_> {
    fn module(&mut self, here: &str, module: &str) -> Option<FileId> {
        if module.starts_with("./") || module.starts_with("../") || matches!(module, "." | "..") {
            return self.path(&joined(here, module)?);
        }
        if let Some(path) = module.strip_prefix('/') {
            return self.path(path);
        }
        let roots = &self.program.roots;
        let aliased = (roots.ts_paths(here, module).iter()).find_map(|path| self.path(path));
        if let Some(found) = aliased {
            return Some(found);
        }
        if let Some(found) = roots.package(here, module) {
            return found.iter().find_map(|path| self.path(path));
        }
        // The habit of `@/` and `~/` for the sources, where a bundler's configuration says it.
        let rest = module.strip_prefix("@/").or_else(|| module.strip_prefix("~/"))?;
        let mut around = Some(here);
        while let Some(at) = around {
            for root in [join(at, "src"), at.to_owned()] {
                if let Some(found) = self.path(&join(&root, rest)) {
                    return Some(found);
                }
            }
            around = up(at);
        }
        None
    }

    /// A path with or without its extension, or a folder with an index file.
    fn path(&mut self, path: &str) -> Option<FileId> {
        if path.is_empty() {
            return self.with_extension("index", EXTENSIONS);
        }
        if let Some(found) = self.with_written_extension(path) {
            return Some(found);
        }
        (self.with_extension(path, EXTENSIONS))
            .or_else(|| self.with_extension(&format!("{path}/index"), EXTENSIONS))
    }

    /// `./a.js` in the sources is `a.ts` where that is the file.
    fn with_written_extension(&mut self, path: &str) -> Option<FileId> {
        let (stem, extension) = path.rsplit_once('.')?;
        match extension {
            "js" => self.with_extension(stem, &["ts", "tsx", "js", "jsx"]),
            "jsx" => self.with_extension(stem, &["tsx", "jsx"]),
            "mjs" => self.with_extension(stem, &["mts", "mjs"]),
            "cjs" => self.with_extension(stem, &["cts", "cjs"]),
            _ if EXTENSIONS.contains(&extension) => self.with_extension(stem, &[extension]),
            _ => None,
        }
    }

    /// Of the files of this path but for the extension the first in this order.
    fn with_extension(&mut self, path: &str, extensions: &[&str]) -> Option<FileId> {
        let question = Question::stem(path);
        self.asked.push(question);
        let found = self.program.of_stem(question);
        let own = |file: FileId| self.program.path(file).strip_prefix(path)?.strip_prefix('.');
        (extensions.iter()).find_map(|extension| found.iter().copied().find(|it| own(*it) == Some(extension)))
    }
}

/// The path of a module without its extension; `None` for other files.
pub(super) fn stem(path: &str) -> Option<&str> {
    let (stem, extension) = path.rsplit_once('.')?;
    EXTENSIONS.contains(&extension).then_some(stem)
}

/// A relative path from a folder; `None` when it leaves the repository.
pub(super) fn joined(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
