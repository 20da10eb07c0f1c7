//! What the registry reads from realistic declarations of each ORM, as short tables.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod activerecord;
mod django;
mod efcore;
mod hibernate;
mod hostile;
mod prisma;
mod sequelize;
mod settings;
mod sqlalchemy;
mod typeorm;

use super::model::{Loading, Model, Standing};
use super::{Registry, Settings, declare};
use crate::cancel::Cancel;
use crate::nplus1::orm;
use crate::parse::{self, ParseLimits};

/// `(path, text)` of some files, read and linked for one ORM.
pub(super) fn registry(orm: &str, files: &[(&str, &str)]) -> Registry {
    Registry::new(
        files.iter().flat_map(|(path, text)| models(orm, path, text)),
        Settings::default(),
    )
}

pub(super) fn models(orm: &str, path: &str, text: &str) -> Vec<Model> {
    let orm = orm::all()
        .iter()
        .find(|it| it.id == orm)
        .expect("an ORM of this name");
    let language = parse::language_of(path).expect("a path of an analysed language");
    let facts = parse::facts(text, language, &ParseLimits::default(), &Cancel::default()).expect("facts");
    declare(path, &facts, &[orm])
}

/// All models of a registry, a line each, their relations and scopes below.
pub(super) fn table(registry: &Registry) -> String {
    let mut out = String::new();
    for model in registry.models() {
        out.push_str(&head(model));
        for found in registry.relations(model) {
            let relation = found.relation;
            let target = match (found.target, &relation.target) {
                (Some(target), _) => target.qualified.clone(),
                (None, Some(name)) => format!("{name}?"),
                (None, None) => "any".to_owned(),
            };
            out.push_str(&format!(
                "  {}: {}{target} {}",
                relation.name,
                if relation.many { "*" } else { "" },
                loading(relation.loading)
            ));
            for (word, value) in [
                ("key", &relation.key),
                ("inverse", &relation.inverse),
                ("through", &relation.through),
            ] {
                if let Some(value) = value {
                    out.push_str(&format!(" {word}={value}"));
                }
            }
            if !relation.eager.is_empty() {
                out.push_str(&format!(" eager={}", relation.eager));
            }
            if relation.counter_cache {
                out.push_str(" counted");
            }
            if found.owner.qualified != model.qualified {
                out.push_str(&format!(" from {}", found.owner.qualified));
            }
            out.push('\n');
        }
        for scope in &model.scopes {
            let found = registry.scope(model, &scope.name).unwrap();
            out.push_str(&format!("  scope {:?}: {}\n", scope.name, found.loads));
        }
    }
    out
}

fn head(model: &Model) -> String {
    let mut line = model.qualified.clone();
    for (flag, word) in [
        (model.is_abstract, " abstract"),
        (model.is_ordered, " ordered"),
        (model.is_batched, " batched"),
        (model.standing == Standing::Possible, " below"),
    ] {
        if flag {
            line.push_str(word);
        }
    }
    if let Some(table) = &model.table {
        line.push_str(&format!(" table={table}"));
    }
    let columns: Vec<_> = model.columns.iter().map(String::as_str).collect();
    format!("{line} [{}]\n", columns.join(" "))
}

fn loading(loading: Loading) -> &'static str {
    match loading {
        Loading::Lazy => "lazy",
        Loading::Batched => "batched",
        Loading::Eager => "eager",
        Loading::EagerPerRow => "eager-per-row",
        Loading::Dynamic => "dynamic",
        Loading::Promise => "promise",
        Loading::Never => "never",
    }
}
