//! Models of a library that models of the repository point to: nothing is known of them but what the
//! other side gives them. It must not know any library.

use std::collections::{BTreeMap, BTreeSet};

use super::Registry;
use super::link::orm_of;
use super::model::{Model, Standing};
use crate::facts::ir::Span;

/// One for each name that no model has and that a relation makes a reverse one for. Its path is
/// empty.
pub(super) fn models(registry: &Registry) -> Vec<Model> {
    let mut known: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for model in registry.models() {
        known.entry(&model.orm).or_default().insert(&model.name);
    }
    let has = |orm: &str, name: &str| known.get(orm).is_some_and(|names| names.contains(name));
    let mut missing: BTreeSet<(&str, &str)> = BTreeSet::new();
    for model in &registry.models {
        let reversed = model.relations.iter().filter(|it| it.reverse.is_some());
        missing.extend(reversed.filter_map(|it| Some((model.orm.as_str(), it.target.as_deref()?))));
    }
    missing.retain(|(orm, name)| !has(orm, name));
    let mut stubs = BTreeSet::new();
    for (id, name) in missing {
        let words = orm_of(id).map(|orm| &orm.model_words);
        let stands_for = words.and_then(|words| words.stands_for(name).zip(words.default_for(name)));
        let stub = match stands_for {
            None => Some(name),
            Some((bases, default)) => {
                let is_one = |it: &Model| it.orm == id && it.short_bases().any(|base| bases.matches(base));
                (!has(id, default) && !registry.models().any(is_one)).then_some(default)
            }
        };
        stubs.extend(stub.map(|name| (id, name)));
    }
    stubs
        .into_iter()
        .map(|(orm, name)| stub(orm, name.to_owned()))
        .collect()
}

fn stub(orm: &str, name: String) -> Model {
    Model {
        orm: orm.to_owned(),
        qualified: name.clone(),
        name,
        called: None,
        path: String::new(),
        span: Span::default(),
        standing: Standing::Declared,
        is_abstract: false,
        bases: Vec::new(),
        table: None,
        columns: BTreeSet::new(),
        relations: Vec::new(),
        foreign_keys: Vec::new(),
        scopes: Vec::new(),
        delegates: Vec::new(),
        is_ordered: false,
        is_batched: false,
    }
}
