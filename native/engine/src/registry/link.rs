//! Builds the registry from what the files declare: which class stands above which, and which are
//! models. What their relations are is for its neighbours. It must not read files.

use crate::hashing::Map;
use std::collections::BTreeMap;

use super::graph::{ABOVE_MAX, Near};
use super::model::{Model, Standing};
use super::{Registry, Settings, schemas, stub};
use crate::nplus1::orm::{self, Orm};
use crate::nplus1::words;

impl Registry {
    #[must_use]
    pub fn new(models: impl IntoIterator<Item = Model>, settings: Settings) -> Self {
        let schemas = schemas::models(settings.project());
        let models = models.into_iter().chain(schemas).collect();
        let mut registry = Registry::classes(models, settings);
        let stubs = stub::models(&registry);
        if !stubs.is_empty() {
            let models = std::mem::take(&mut registry.models);
            let settings = std::mem::take(&mut registry.settings);
            registry = Registry::classes(models.into_iter().chain(stubs).collect(), settings);
        }
        registry.tables = registry.tables();
        registry.changes = registry.all_changes();
        registry.stand_ins = registry.all_stand_ins();
        registry.own_relations();
        registry.reverse_relations();
        registry.ways();
        registry.automatic_inverses();
        registry.caches();
        registry.names = registry.all_names();
        registry
    }

    /// Which classes there are, what stands above them, and which are models.
    fn classes(mut models: Vec<Model>, settings: Settings) -> Self {
        models.sort_by(|a, b| key(a).cmp(&key(b)));
        let is_declared = |it: &Model| it.standing == Standing::Declared;
        let mut registry = Registry {
            relations: models.iter().map(|_| BTreeMap::new()).collect(),
            is_model: models.iter().map(is_declared).collect(),
            models,
            settings,
            ..Registry::default()
        };
        for (id, model) in registry.models.iter().enumerate() {
            let names = registry.by_name.entry(model.orm.clone()).or_default();
            names.entry(model.name.clone()).or_default().push(id);
        }
        registry.parents = registry.all_parents();
        registry.added_columns();
        registry.promote();
        registry.add_called();
        registry
    }

    /// Models are found by the names that the ORM has for them, too.
    fn add_called(&mut self) {
        for (id, model) in self.models.iter().enumerate() {
            let called = model.called.as_ref().filter(|called| **called != model.name);
            if let Some(called) = called.filter(|_| self.is_model.get(id) == Some(&true)) {
                let names = self.by_name.entry(model.orm.clone()).or_default();
                names.entry(called.clone()).or_default().push(id);
            }
        }
    }

    /// Columns and the table that another place gives a class.
    fn added_columns(&mut self) {
        for (id, parents) in self.parents.iter().enumerate() {
            for added in parents {
                let added = self.models.get(*added).filter(|it| it.standing == Standing::Adds);
                let Some(added) = added.cloned() else {
                    continue;
                };
                if let Some(model) = self.models.get_mut(id) {
                    model.columns.extend(added.columns);
                    model.table = model.table.take().or(added.table);
                    model.called = model.called.take().or(added.called);
                }
            }
        }
    }

    /// Parents, mixins, parts of the same class in other files, and what is added from outside.
    fn all_parents(&self) -> Vec<Vec<usize>> {
        let mut parents: Vec<_> = (0..self.models.len()).map(|id| self.parents_of(id)).collect();
        let mut parts: BTreeMap<(&str, &str, &str), Vec<usize>> = BTreeMap::new();
        for (id, model) in self.models.iter().enumerate() {
            let in_parts = orm_of(&model.orm).is_some_and(|orm| orm.relations.typed.is_some());
            if model.standing == Standing::Adds {
                let to = parents.get_mut(id).and_then(Vec::pop);
                if let Some(of) = to.and_then(|to| parents.get_mut(to)) {
                    of.push(id);
                }
            } else if in_parts {
                parts
                    .entry((&model.orm, folder(&model.path), &model.qualified))
                    .or_default()
                    .push(id);
            }
        }
        for part in parts.values() {
            for id in part {
                let others = part.iter().copied().filter(|other| other != id).take(ABOVE_MAX);
                if let Some(of) = parents.get_mut(*id) {
                    of.extend(others);
                }
            }
        }
        parents
    }

    /// Classes below a model are models, and so are those that another place says are, and where
    /// a type is enough, those that a model leads to.
    fn promote(&mut self) {
        let mut children: Vec<Vec<usize>> = self.models.iter().map(|_| Vec::new()).collect();
        let mut queue: Vec<usize> = (0..self.models.len())
            .filter(|id| self.is_model.get(*id) == Some(&true))
            .collect();
        for (child, parents) in self.parents.iter().enumerate() {
            for parent in parents {
                if self
                    .models
                    .get(*parent)
                    .is_some_and(|it| it.standing == Standing::Adds)
                {
                    queue.push(child);
                } else if let Some(list) = children.get_mut(*parent) {
                    list.push(child);
                }
            }
        }
        queue.extend(self.proven_by_table());
        let mut seen: Vec<bool> = self.models.iter().map(|_| false).collect();
        while let Some(id) = queue.pop() {
            if seen.get(id) != Some(&false) {
                continue;
            }
            let standing = self.models.get(id).map(|it| it.standing);
            if !matches!(standing, Some(Standing::Possible | Standing::Declared)) {
                continue;
            }
            for list in [&mut seen, &mut self.is_model] {
                if let Some(flag) = list.get_mut(id) {
                    *flag = true;
                }
            }
            queue.extend(children.get(id).into_iter().flatten());
            queue.extend(self.led_to(id));
        }
    }

    /// Classes that the properties of a model, inherited ones too, have as their type.
    fn led_to(&self, id: usize) -> Vec<usize> {
        let above = self.above(id);
        let owned = |name: &str| above.iter().any(|id| self.adds_column(*id, name));
        let mut found = Vec::new();
        for model in above.iter().filter_map(|id| self.models.get(*id)) {
            for relation in model
                .relations
                .iter()
                .filter(|it| it.open.relation && !owned(&it.name))
            {
                let near = Near::of(model, relation.target_in.as_deref());
                let fits = |id: usize| {
                    self.models
                        .get(id)
                        .is_some_and(|it| it.standing <= Standing::Possible)
                };
                let target = relation.target.as_deref();
                found.extend(target.and_then(|name| self.nearest(&model.orm, name, &near, fits)));
            }
        }
        found
    }

    /// Whether this is an addition that makes the property a plain value.
    pub(super) fn adds_column(&self, id: usize, name: &str) -> bool {
        let added = self.models.get(id).filter(|it| it.standing == Standing::Adds);
        added.is_some_and(|it| it.columns.contains(name))
    }

    /// Classes that may be models and have a table of their name.
    fn proven_by_table(&self) -> Vec<usize> {
        let possible = self.models.iter().enumerate().filter(|(_, it)| {
            it.standing == Standing::Possible && !it.relations.is_empty() && !it.is_abstract
        });
        possible
            .filter(|(_, model)| self.settings.table(model).is_some())
            .map(|(id, _)| id)
            .collect()
    }

    fn tables(&self) -> Map<String, usize> {
        let mut tables = Map::default();
        for (id, model) in self.models.iter().enumerate() {
            if self.is_model.get(id) == Some(&true) && !model.is_abstract {
                let table = self
                    .settings
                    .table(model)
                    .map_or_else(|| table_of(model), str::to_owned);
                tables.entry(table).or_insert(id);
            }
        }
        tables
    }

    fn all_names(&self) -> std::collections::BTreeSet<String> {
        let relations = self.relations.iter().flat_map(BTreeMap::keys).cloned();
        let delegates = self
            .models
            .iter()
            .flat_map(|it| &it.delegates)
            .map(|(name, _)| name.clone());
        relations.chain(delegates).collect()
    }
}

pub(super) fn key(model: &Model) -> (&str, &str, u32, &str) {
    (&model.orm, &model.path, model.span.start, &model.qualified)
}

pub(super) fn orm_of(id: &str) -> Option<&'static Orm> {
    orm::all().iter().find(|orm| orm.id == id)
}

/// The declared table, or the usual name for the class.
pub(super) fn table_of(model: &Model) -> String {
    model
        .table
        .clone()
        .unwrap_or_else(|| words::plural(&words::snake(&model.name)))
}

pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
