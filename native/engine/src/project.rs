//! What the repository around a file says: the packages each folder's manifest declares, the
//! models of its Prisma schemas and the tables of its Rails schema. It reads texts handed in and
//! must not know where they come from, nor any ORM.

mod manifest;
mod schema;

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::ir::Language;

/// A family of package managers; a `package.json` says nothing about a Python file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
            Language::Python => Ecosystem::Python,
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
    packages: BTreeMap<(Ecosystem, String), BTreeSet<String>>,
    prisma_models: BTreeSet<String>,
    tables: BTreeSet<String>,
}

/// Whether a path is worth handing to [`Project::from_files`].
#[must_use]
pub fn is_manifest(path: &str) -> bool {
    manifest::kind(path).is_some() || schema::kind(path).is_some()
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
            match schema::kind(&path) {
                Some(schema::Kind::Prisma) => {
                    project.prisma_models.extend(schema::prisma_models(&text));
                }
                Some(schema::Kind::RailsSchema) => {
                    project.tables.extend(schema::rails_tables(&text));
                }
                Some(schema::Kind::SqlStructure) => {
                    project.tables.extend(schema::sql_tables(&text));
                }
                None => {}
            }
        }
        project
    }

    /// Looks a package up for a file. `matches` decides on lower-case package names.
    pub fn declares(&self, path: &str, ecosystem: Ecosystem, matches: impl Fn(&str) -> bool) -> Declared {
        let mut folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        loop {
            if let Some(names) = self.packages.get(&(ecosystem, folder.to_owned()))
                && names.iter().any(|name| matches(name))
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
            .any(|(_, names)| names.iter().any(|name| matches(name)));
        if elsewhere {
            Declared::Elsewhere
        } else {
            Declared::No
        }
    }

    /// Models of all Prisma schemas, by their declared names.
    #[must_use]
    pub fn prisma_models(&self) -> &BTreeSet<String> {
        &self.prisma_models
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
