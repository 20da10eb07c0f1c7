//! Which file a module specifier stands for: relative paths, tsconfig paths, packages of the
//! workspace. It knows no registry: what is not in the repository has no file.

use super::FileId;
use super::python_module::{folder, join, up};
use super::view::View;

/// In the order a bundler tries them.
const EXTENSIONS: &[&str] = &["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"];

impl View<'_> {
    /// The file that the import at this place of a file's imports reads.
    pub(super) fn node_import(&self, file: FileId, import: usize) -> Option<FileId> {
        if let Some(known) = self.imports.borrow().get(&(file, import)) {
            return *known;
        }
        let module = &self.facts(file)?.imports.get(import)?.module;
        let found = self.node_module(file, module);
        self.imports.borrow_mut().insert((file, import), found);
        found
    }

    pub(super) fn node_module(&self, from: FileId, module: &str) -> Option<FileId> {
        let here = folder(self.program.path(from));
        if module.starts_with("./") || module.starts_with("../") || matches!(module, "." | "..") {
            return self.node_path(&joined(here, module)?);
        }
        if let Some(path) = module.strip_prefix('/') {
            return self.node_path(path);
        }
        let roots = &self.program.roots;
        let aliased = (roots.ts_paths(here, module).iter()).find_map(|path| self.node_path(path));
        if let Some(found) = aliased {
            return Some(found);
        }
        if let Some(found) = roots.package(here, module) {
            return found.iter().find_map(|path| self.node_path(path));
        }
        // The habit of `@/` and `~/` for the sources, where a bundler's configuration says it.
        let rest = module.strip_prefix("@/").or_else(|| module.strip_prefix("~/"))?;
        let mut around = Some(here);
        while let Some(at) = around {
            for root in [join(at, "src"), at.to_owned()] {
                if let Some(found) = self.node_path(&join(&root, rest)) {
                    return Some(found);
                }
            }
            around = up(at);
        }
        None
    }

    /// A path with or without its extension, or a folder with an index file.
    fn node_path(&self, path: &str) -> Option<FileId> {
        if path.is_empty() {
            return self.with_extension("index");
        }
        if let Some(found) = self.with_written_extension(path) {
            return Some(found);
        }
        self.with_extension(path)
            .or_else(|| self.with_extension(&format!("{path}/index")))
    }

    /// `./a.js` in the sources is `a.ts` where that is the file.
    fn with_written_extension(&self, path: &str) -> Option<FileId> {
        let (stem, extension) = path.rsplit_once('.')?;
        let sources: &[&str] = match extension {
            "js" => &["ts", "tsx", "js", "jsx"],
            "jsx" => &["tsx", "jsx"],
            "mjs" => &["mts", "mjs"],
            "cjs" => &["cts", "cjs"],
            _ if EXTENSIONS.contains(&extension) => return self.at(path),
            _ => return None,
        };
        sources
            .iter()
            .find_map(|extension| self.at(&format!("{stem}.{extension}")))
    }

    fn with_extension(&self, path: &str) -> Option<FileId> {
        EXTENSIONS
            .iter()
            .find_map(|extension| self.at(&format!("{path}.{extension}")))
    }
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
