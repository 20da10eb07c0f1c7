//! Where each language starts to look: paths and packages of Node workspaces, source roots of
//! Python, projects of .NET. It reads manifest texts handed in; broken ones say nothing.

mod dotnet;
mod json;
mod package;
mod tsconfig;

use std::collections::{BTreeMap, BTreeSet};

use package::Package;
use tsconfig::TsConfig;

use super::python_module::{folder, join, up};

/// Paths that one specifier is looked for at.
const PATHS_MAX: usize = 64;
/// References between configurations that are followed, for all of them together: workspaces
/// of a hundred projects that refer to one another stay below.
const REFERENCES_MAX: usize = 200_000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roots {
    /// By path; of a folder's two configurations `tsconfig.json` counts.
    tsconfigs: BTreeMap<String, TsConfig>,
    /// Of each configuration: those that map paths for it.
    reached: BTreeMap<String, Vec<String>>,
    /// By folder.
    packages: BTreeMap<String, Package>,
    /// Name of a package to its folder; `None` when several have the name.
    package_names: BTreeMap<String, Option<String>>,
    python: BTreeSet<String>,
    /// Folder of a project to the namespaces its file uses everywhere.
    dotnet: BTreeMap<String, Vec<String>>,
}

/// Whether a path is worth handing to [`Roots::from_files`].
#[must_use]
pub fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    is_tsconfig(name)
        || matches!(
            name,
            "package.json"
                | "pyproject.toml"
                | "setup.py"
                | "setup.cfg"
                | "manage.py"
                | "Directory.Build.props"
        )
        || name.ends_with(".csproj")
}

fn is_tsconfig(name: &str) -> bool {
    name == "jsconfig.json"
        || (name.starts_with("tsconfig") && name.rsplit_once('.').is_some_and(|(_, end)| end == "json"))
}

impl Roots {
    /// Builds it from `(path, text)` pairs; other files than manifests are ignored.
    pub fn from_files(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut roots = Roots::default();
        for (path, text) in files {
            let at = folder(&path).to_owned();
            let name = path.rsplit('/').next().unwrap_or(&path);
            match name {
                name if is_tsconfig(name) => {
                    if let Some(config) = TsConfig::read(&at, &text) {
                        roots.tsconfigs.insert(path, config);
                    }
                }
                "package.json" => {
                    if let Some(package) = Package::read(&text) {
                        roots.packages.insert(at, package);
                    }
                }
                "pyproject.toml" | "setup.py" | "setup.cfg" | "manage.py" => {
                    roots.python.insert(join(&at, "src"));
                    roots.python.insert(at);
                }
                "Directory.Build.props" => {
                    roots
                        .dotnet
                        .entry(format!("{at}/*"))
                        .or_default()
                        .extend(dotnet::usings(&text));
                }
                name if name.ends_with(".csproj") => {
                    roots.dotnet.entry(at).or_default().extend(dotnet::usings(&text));
                }
                _ => {}
            }
        }
        let mut left = REFERENCES_MAX;
        let paths = roots.tsconfigs.keys();
        roots.reached = (paths.map(|path| (path.clone(), roots.reached_from(path, &mut left)))).collect();
        for (at, package) in &roots.packages {
            if !package.name.is_empty() {
                (roots.package_names.entry(package.name.clone()))
                    .and_modify(|known| *known = None)
                    .or_insert_with(|| Some(at.clone()));
            }
        }
        roots
    }

    pub(super) fn is_python_root(&self, folder: &str) -> bool {
        self.python.contains(folder)
    }

    /// Paths a specifier may stand for by the nearest configuration, best first.
    pub(super) fn ts_paths(&self, from: &str, module: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut around = Some(from);
        while let Some(at) = around {
            let names = [
                "tsconfig.json",
                "jsconfig.json",
                "tsconfig.app.json",
                "tsconfig.base.json",
            ];
            for path in names.map(|name| join(at, name)) {
                self.mapped(&path, module, &mut found);
                if self.tsconfigs.contains_key(&path) {
                    return found;
                }
            }
            around = up(at);
        }
        found
    }

    /// What a configuration maps itself, then what it extends or refers to does, each once: projects of
    /// a workspace refer to one another.
    fn mapped(&self, config: &str, module: &str, found: &mut Vec<String>) {
        let reached = self.reached.get(config).into_iter().flatten();
        for config in reached.filter_map(|path| self.tsconfigs.get(path)) {
            if found.len() >= PATHS_MAX {
                return;
            }
            found.extend(config.paths(module));
        }
    }

    /// The configurations that map paths and are reached from this one, in the order they are asked.
    fn reached_from(&self, config: &str, left: &mut usize) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut ahead = vec![config.to_owned()];
        let mut reached = Vec::new();
        while let Some(path) = ahead.pop() {
            let Some(read) = self.tsconfigs.get(&path) else {
                continue;
            };
            if !seen.insert(path.clone()) {
                continue;
            }
            if read.maps() {
                reached.push(path);
            }
            let followed = read.others.len().min(*left);
            *left -= followed;
            for other in read.others[..followed].iter().rev() {
                ahead.extend([
                    join(other, "tsconfig.json"),
                    format!("{other}.json"),
                    other.clone(),
                ]);
            }
        }
        reached
    }

    /// Paths that a package of the workspace, or an import map (`#db`), has for a specifier.
    pub(super) fn package(&self, from: &str, module: &str) -> Option<Vec<String>> {
        if module.starts_with('#') {
            let mut around = Some(from);
            while let Some(at) = around {
                if let Some(package) = self.packages.get(at) {
                    return Some(package.imported(at, module));
                }
                around = up(at);
            }
            return None;
        }
        let split = match module.strip_prefix('@') {
            Some(scoped) => {
                1 + scoped
                    .match_indices('/')
                    .nth(1)
                    .map_or(scoped.len(), |(at, _)| at)
            }
            None => module.find('/').unwrap_or(module.len()),
        };
        let (name, inside) = module.split_at_checked(split)?;
        let at = self.package_names.get(name)?.as_deref()?;
        Some(self.packages.get(at)?.entries(at, inside.trim_start_matches('/')))
    }

    /// Folder of the project that a path belongs to.
    pub(super) fn csharp_project<'p>(&self, path: &'p str) -> &'p str {
        let mut around = Some(folder(path));
        while let Some(at) = around {
            if self.dotnet.contains_key(at) {
                return at;
            }
            around = up(at);
        }
        ""
    }

    /// Namespaces a project file, or one above it, uses everywhere.
    pub(super) fn csharp_usings(&self, project: &str) -> Vec<String> {
        let mut found = self.dotnet.get(project).cloned().unwrap_or_default();
        let mut around = Some(project);
        while let Some(at) = around {
            found.extend(self.dotnet.get(&format!("{at}/*")).into_iter().flatten().cloned());
            around = up(at);
        }
        found
    }
}
