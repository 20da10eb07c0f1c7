//! What the repository around a file says: the packages each folder's manifest declares, the
//! models of its Prisma schemas, the types of its GraphQL schemas and the tables of its Rails schema. It
//! reads texts handed in and must not know where they come from, nor any ORM.

mod config;
mod manifest;
mod schema;
pub mod sdl;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use schema::{SchemaField, SchemaModel};

use crate::facts::ir::Language;

/// A family of package managers; a `package.json` says nothing about a Python file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ecosystem {
    Ruby,
    Python,
    Jvm,
    DotNet,
    Node,
}

impl Ecosystem {
    #[must_use]
    pub fn of(language: Language) -> Self {
        match language {
            Language::Ruby => Ecosystem::Ruby,
            Language::Python | Language::Template => Ecosystem::Python,
            Language::Java => Ecosystem::Jvm,
            Language::CSharp => Ecosystem::DotNet,
            Language::TypeScript | Language::Tsx | Language::JavaScript => Ecosystem::Node,
        }
    }
}

/// Where a package is declared, seen from one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Declared {
    /// Nowhere in the manifests.
    No,
    /// In another package of the repository.
    Elsewhere,
    /// In the nearest manifest, or in one of a folder further up (a workspace root).
    Here,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// Folder (`""` is the root) and ecosystem to the packages declared there, in lower case.
    packages: BTreeMap<(Ecosystem, String), manifest::Packages>,
    prisma_models: BTreeSet<String>,
    /// By path of the schema file.
    schemas: BTreeMap<String, Vec<SchemaModel>>,
    tables: BTreeSet<String>,
    columns: BTreeMap<String, BTreeSet<String>>,
    /// What GraphQL schemas say, as `sdl::said` tells it.
    graphql: BTreeSet<String>,
    /// Path, key and value of each setting in a configuration file.
    settings: Vec<(String, String, String)>,
}

/// Whether a path is worth handing to [`Project::from_files`].
#[must_use]
pub fn is_manifest(path: &str) -> bool {
    manifest::kind(path).is_some() || schema::kind(path).is_some() || config::kind(path).is_some()
}

impl Project {
    /// Builds it from `(path, text)` pairs; other files than manifests are ignored.
    pub fn from_files(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut project = Project::default();
        for (path, text) in files {
            if let Some(kind) = manifest::kind(&path) {
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                project
                    .packages
                    .entry((kind.ecosystem(), manifest::owner(kind, folder).to_owned()))
                    .or_default()
                    .extend(manifest::packages(kind, &text));
            }
            let tables = match schema::kind(&path) {
                Some(schema::Kind::Prisma) => {
                    let models = schema::prisma_models(&text);
                    project
                        .prisma_models
                        .extend(models.iter().map(|it| it.name.clone()));
                    project.schemas.insert(path.clone(), models);
                    continue;
                }
                Some(schema::Kind::Graphql) => {
                    project.graphql.extend(sdl::said(&text));
                    continue;
                }
                Some(schema::Kind::RailsSchema) => schema::rails_tables(&text),
                Some(schema::Kind::SqlStructure) => schema::sql_tables(&text),
                None => BTreeMap::new(),
            };
            for (table, columns) in tables {
                project.tables.insert(table.clone());
                project.columns.entry(table).or_default().extend(columns);
            }
            if let Some(kind) = config::kind(&path) {
                let entries = config::entries(kind, &text).into_iter();
                project
                    .settings
                    .extend(entries.map(|(key, value)| (path.clone(), key, value)));
            }
        }
        project.settings.sort();
        project
    }

    /// Without the packages that will never be asked for: most of them, and looked through for every file.
    #[must_use]
    pub fn only(mut self, matters: impl Fn(&str) -> bool) -> Self {
        for names in self.packages.values_mut() {
            names.retain(|name, _| matters(name));
        }
        self
    }

    /// All that decides a finding, as one text: everything but the versions of packages.
    #[must_use]
    pub fn said(&self) -> String {
        let mut told = self.clone();
        for names in told.packages.values_mut() {
            names.values_mut().for_each(String::clear);
        }
        format!("{told:?}")
    }

    /// Looks a package up for a file. `matches` decides on lower-case package names.
    pub fn declares(&self, path: &str, ecosystem: Ecosystem, matches: impl Fn(&str) -> bool) -> Declared {
        let mut folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        loop {
            if let Some(names) = self.packages.get(&(ecosystem, folder.to_owned()))
                && names.keys().any(|name| matches(name))
            {
                return Declared::Here;
            }
            if folder.is_empty() {
                break;
            }
            folder = folder.rsplit_once('/').map_or("", |(up, _)| up);
        }
        let elsewhere = self
            .packages
            .iter()
            .filter(|((of, _), _)| *of == ecosystem)
            .any(|(_, names)| names.keys().any(|name| matches(name)));
        if elsewhere {
            Declared::Elsewhere
        } else {
            Declared::No
        }
    }

    /// The version of a package in the nearest manifest that says one: `[6, 1]`.
    #[must_use]
    pub fn version(&self, path: &str, ecosystem: Ecosystem, package: &str) -> Option<Vec<u32>> {
        let mut folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        loop {
            let names = self.packages.get(&(ecosystem, folder.to_owned()));
            if let Some(version) = names
                .and_then(|names| names.get(package))
                .filter(|it| !it.is_empty())
            {
                return Some(version.split('.').filter_map(|part| part.parse().ok()).collect());
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rsplit_once('/').map_or("", |(up, _)| up);
        }
    }

    /// Models of all Prisma schemas, by their declared names.
    #[must_use]
    pub fn prisma_models(&self) -> &BTreeSet<String> {
        &self.prisma_models
    }

    /// Models of Prisma schemas with the path of each schema file, in order.
    pub fn schemas(&self) -> impl Iterator<Item = (&str, &[SchemaModel])> {
        let schemas = self.schemas.iter();
        schemas.map(|(path, models)| (path.as_str(), models.as_slice()))
    }

    /// What the GraphQL schemas of the repository say, as `sdl::said` tells it.
    #[must_use]
    pub fn graphql(&self) -> &BTreeSet<String> {
        &self.graphql
    }

    /// Columns of a table, where a schema file declares them.
    #[must_use]
    pub fn columns(&self, table: &str) -> Option<&BTreeSet<String>> {
        self.columns.get(table)
    }

    /// Path, key and value of each setting in a configuration file, in order.
    pub fn settings(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let settings = self.settings.iter();
        settings.map(|(path, key, value)| (path.as_str(), key.as_str(), value.as_str()))
    }

    /// The outermost folder above a file with a manifest: what lies below it is one application.
    #[must_use]
    pub fn root(&self, path: &str, ecosystem: Ecosystem) -> &str {
        let folders = self
            .packages
            .keys()
            .filter(|(of, _)| *of == ecosystem)
            .map(|(_, folder)| folder);
        let above = folders.filter(|folder| {
            folder.is_empty()
                || path
                    .strip_prefix(folder.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
        });
        above.min_by_key(|folder| folder.len()).map_or("", String::as_str)
    }

    /// Tables of `db/schema.rb` or `db/structure.sql`.
    #[must_use]
    pub fn tables(&self) -> &BTreeSet<String> {
        &self.tables
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn project(files: &[(&str, &str)]) -> Project {
        Project::from_files(files.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())))
    }

    #[test]
    fn the_nearest_manifest_and_its_ancestors_declare_a_package() {
        let project = project(&[
            ("package.json", r#"{ "devDependencies": { "turbo": "2" } }"#),
            (
                "apps/api/package.json",
                r#"{ "dependencies": { "@prisma/client": "6" } }"#,
            ),
            (
                "apps/jobs/package.json",
                r#"{ "dependencies": { "typeorm": "0.3" } }"#,
            ),
        ]);
        let declares =
            |path: &str, name: &str| project.declares(path, Ecosystem::Node, |package| package == name);
        assert_eq!(declares("apps/api/src/a.ts", "@prisma/client"), Declared::Here);
        assert_eq!(declares("apps/api/src/a.ts", "typeorm"), Declared::Elsewhere);
        assert_eq!(declares("apps/jobs/a.ts", "typeorm"), Declared::Here);
        assert_eq!(declares("apps/jobs/a.ts", "turbo"), Declared::Here);
        assert_eq!(declares("apps/jobs/a.ts", "sequelize"), Declared::No);
        assert_eq!(
            project.declares("apps/api/a.py", Ecosystem::Python, |package| package == "turbo"),
            Declared::No
        );
    }

    #[test]
    fn what_is_never_asked_for_says_nothing() {
        let said = |text: &str| {
            project(&[("package.json", text)])
                .only(|name| name == "typeorm")
                .said()
        };
        let one = said(r#"{ "dependencies": { "typeorm": "0.3", "left-pad": "1" } }"#);
        assert_eq!(one, said(r#"{ "dependencies": { "typeorm": "0.4" } }"#));
        assert_ne!(one, said(r#"{ "dependencies": { "left-pad": "1" } }"#));
    }

    #[test]
    fn a_manifest_of_each_ecosystem_is_recognised() {
        for path in [
            "Gemfile",
            "api/Gemfile.lock",
            "requirements.txt",
            "requirements/base.txt",
            "requirements-dev.txt",
            "pyproject.toml",
            "setup.cfg",
            "package.json",
            "pom.xml",
            "app/build.gradle.kts",
            "src/Shop.csproj",
            "Directory.Packages.props",
            "prisma/schema.prisma",
            "db/schema.rb",
            "db/structure.sql",
            "src/schema.graphql",
            "src/types/user.gql",
        ] {
            assert!(is_manifest(path), "{path}");
        }
        for path in ["src/app.py", "notes.txt", "schema.rb.md", "package-lock.json"] {
            assert!(!is_manifest(path), "{path}");
        }
    }

    #[test]
    fn schemas_give_models_and_tables() {
        let project = project(&[
            (
                "prisma/schema.prisma",
                "model User {\n id Int @id\n}\nmodel  OrderItem {\n}\nenum Role { A }\n",
            ),
            (
                "db/schema.rb",
                "create_table \"users\", force: :cascade do |t|\nend\n",
            ),
            (
                "db/structure.sql",
                "CREATE TABLE public.line_items (\n id bigint\n);",
            ),
        ]);
        let models: Vec<_> = project.prisma_models().iter().map(String::as_str).collect();
        assert_eq!(models, ["OrderItem", "User"]);
        let tables: Vec<_> = project.tables().iter().map(String::as_str).collect();
        assert_eq!(tables, ["line_items", "users"]);
    }
}
