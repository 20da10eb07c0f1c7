//! What a project decides for all its models (ANA-046, ANA-061): auto-loading packages, batch
//! sizes, strictness, lazy-loading proxies; and the tables its schema files declare. It must not
//! know single relations.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::model::{Loading, Model};
use crate::nplus1::orm::pattern::Names;
use crate::nplus1::orm::relations::Setting;
use crate::nplus1::orm::{self, Orm};
use crate::nplus1::words;
use crate::parse;
use crate::project::{Declared, Ecosystem, Project};

/// Something that is turned on or off in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Switch {
    pub name: String,
    pub on: bool,
    pub path: String,
    pub ecosystem: Ecosystem,
}

#[derive(Debug, Default)]
pub struct Settings {
    project: Project,
    switches: Vec<Switch>,
}

impl Settings {
    /// `switches` are those of the source files; those of configuration files are the project's.
    #[must_use]
    pub fn new(project: Project, switches: impl IntoIterator<Item = Switch>) -> Self {
        let mut switches: Vec<Switch> = switches.into_iter().chain(configured(&project)).collect();
        switches.sort();
        Settings { project, switches }
    }

    #[must_use]
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The version of a package that holds for a file: `[6, 1]`.
    #[must_use]
    pub fn version(&self, path: &str, package: &str) -> Option<Vec<u32>> {
        self.project.version(path, ecosystem(path)?, package)
    }

    /// Loadings and what they become under the settings that hold for a file.
    pub(super) fn changes(&self, orm: &Orm, path: &str) -> Vec<(Loading, Loading)> {
        let Some(ecosystem) = ecosystem(path) else {
            return Vec::new();
        };
        let holding = orm.settings.iter().filter(|it| self.holds(it, path, ecosystem));
        holding
            .flat_map(|it| it.loading.iter().map(|(from, to)| (*from, *to)))
            .collect()
    }

    fn holds(&self, setting: &Setting, path: &str, ecosystem: Ecosystem) -> bool {
        let has_package = |names: &Names| {
            if names.is_empty() {
                return false;
            }
            match self.project.declares(path, ecosystem, |name| names.matches(name)) {
                Declared::Here => true,
                // The parts of one .NET solution have a manifest each.
                Declared::Elsewhere => ecosystem == Ecosystem::DotNet,
                Declared::No => false,
            }
        };
        let has = |names: &[String], on: bool| {
            let here = |it: &&Switch| it.on == on && self.is_one_application(it, path, ecosystem);
            self.switches
                .iter()
                .filter(here)
                .any(|it| names.contains(&it.name))
        };
        setting.packages.as_ref().is_none_or(has_package)
            && (setting.switches.is_empty() || has(&setting.switches, true))
            && (setting.turned_off.is_empty() || has(&setting.turned_off, false))
            && !has_package(&setting.without_packages)
            && !has(&setting.without_switches, true)
    }

    fn is_one_application(&self, switch: &Switch, path: &str, ecosystem: Ecosystem) -> bool {
        switch.ecosystem == ecosystem
            && (ecosystem == Ecosystem::DotNet
                || self.project.root(&switch.path, ecosystem) == self.project.root(path, ecosystem))
    }

    /// The table that schema files declare for a model.
    pub(super) fn table(&self, model: &Model) -> Option<&str> {
        let whole = words::plural(&words::snake(&model.qualified.replace('.', "_")).replace("__", "_"));
        let short = words::plural(&words::snake(&model.name));
        let tables = self.project.tables();
        let named = [model.table.as_ref(), Some(&whole), Some(&short)];
        let found = named
            .into_iter()
            .flatten()
            .find_map(|name| tables.get(name.as_str()));
        found.map(String::as_str)
    }

    pub(super) fn has_column(&self, model: &Model, name: &str) -> bool {
        let columns = self.table(model).and_then(|table| self.project.columns(table));
        columns.is_some_and(|columns| columns.contains(name))
    }
}

fn ecosystem(path: &str) -> Option<Ecosystem> {
    parse::language_of(path).map(Ecosystem::of)
}

/// Switches in configuration files.
fn configured(project: &Project) -> Vec<Switch> {
    let settings = orm::all().iter().flat_map(|orm| &orm.settings);
    let watched_names: BTreeSet<&str> = settings.flat_map(Setting::watches).collect();
    let found = project.settings().filter_map(|(path, key, value)| {
        Some(Switch {
            name: watched(key, &watched_names)?.to_owned(),
            on: is_on(value),
            path: path.to_owned(),
            ecosystem: Ecosystem::Jvm,
        })
    });
    found.collect()
}

/// The watched name that a key ends with: keys carry what is above them.
pub(super) fn watched<'w>(key: &str, watched: &BTreeSet<&'w str>) -> Option<&'w str> {
    let ends = |name: &&&str| {
        key.strip_suffix(**name)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    watched.iter().find(ends).copied()
}

/// `true`, a size above one.
pub(super) fn is_on(value: &str) -> bool {
    !matches!(
        value.to_lowercase().as_str(),
        "" | "0" | "1" | "-1" | "false" | "off" | "no" | "none"
    )
}

/// What holds in development or tests only.
pub(super) fn is_aside(path: &str) -> bool {
    let parts = || path.split('/');
    parts().any(|part| matches!(part, "test" | "tests" | "spec"))
        || parts().any(|part| part == "environments") && !path.contains("production")
}
