//! Settles what one file alone leaves open of a relation: its target, which side holds the key, what
//! loading it does under the project's settings. It must not make relations that nobody declares.

use super::graph::Near;
use super::link::{folder, orm_of};
use super::model::{Loading, Model, Open, Relation, Standing};
use super::{Linked, Registry};
use crate::hashing::Map;
use crate::nplus1::orm;
use crate::nplus1::words;

impl Registry {
    /// What the settings of a project change, by ORM and folder.
    pub(super) fn all_changes(&self) -> Map<(String, String), Vec<(Loading, Loading)>> {
        let mut changes = Map::default();
        for model in self.models.iter().filter(|it| !it.relations.is_empty()) {
            if let Some(orm) = orm_of(&model.orm).filter(|orm| !orm.settings.is_empty()) {
                let key = (model.orm.clone(), folder(&model.path).to_owned());
                changes
                    .entry(key)
                    .or_insert_with(|| self.settings.changes(orm, &model.path));
            }
        }
        changes
    }

    pub(super) fn changed(&self, model: &Model, loading: Loading) -> Loading {
        let key = (model.orm.clone(), folder(&model.path).to_owned());
        let changes = self.changes.get(&key).map_or(&[][..], Vec::as_slice);
        changes
            .iter()
            .find(|(from, _)| *from == loading)
            .map_or(loading, |(_, to)| *to)
    }

    pub(super) fn own_relations(&mut self) {
        for id in 0..self.models.len() {
            let Some(model) = self.models.get(id) else {
                continue;
            };
            let above = self.above(id);
            let mut linked = Vec::new();
            let mut columns = Vec::new();
            for relation in &model.relations {
                let target = self.target_id(id, relation);
                let is_value =
                    target.is_none() || above.iter().any(|it| self.adds_column(*it, &relation.name));
                if relation.open.relation && is_value {
                    columns.push(relation.name.clone());
                } else {
                    let relation = self.settled(id, model, relation, target);
                    linked.push(Linked {
                        relation,
                        owner: id,
                        target,
                    });
                }
            }
            linked.into_iter().for_each(|linked| self.hang(id, linked));
            if let Some(model) = self.models.get_mut(id) {
                model.columns.extend(columns);
            }
        }
        self.configured_relations();
    }

    /// What a configuration says of a relation that the class or a parent declares.
    fn configured_relations(&mut self) {
        for id in 0..self.models.len() {
            let above = self.above(id);
            let mut changed = Vec::new();
            for adds in above.iter().copied() {
                let added = self.models.get(adds).filter(|it| it.standing == Standing::Adds);
                let typed = added.and_then(|it| orm_of(&it.orm)?.relations.typed.as_ref());
                let (Some(added), Some(_)) = (added, typed) else {
                    continue;
                };
                for relation in added.relations.iter().filter(|it| it.loading == Loading::Eager) {
                    let declared = above.iter().filter(|it| **it != adds);
                    let declared = declared
                        .filter_map(|it| self.relations.get(*it)?.get(&relation.name))
                        .find(|it| it.target.is_some());
                    if let Some(declared) = declared {
                        let mut relation = declared.relation.clone();
                        relation.loading = Loading::Eager;
                        changed.push(Linked {
                            relation,
                            owner: declared.owner,
                            target: declared.target,
                        });
                    }
                }
            }
            for linked in changed {
                if let Some(relations) = self.relations.get_mut(id) {
                    relations.insert(linked.relation.name.clone(), linked);
                }
            }
        }
        for (model, relations) in self.models.iter().zip(&mut self.relations) {
            let typed = orm_of(&model.orm).is_some_and(|orm| orm.relations.typed.is_some());
            if typed && model.standing == Standing::Adds {
                relations.clear();
            }
        }
    }

    pub(super) fn hang(&mut self, id: usize, linked: Linked) {
        if let Some(relations) = self.relations.get_mut(id) {
            relations.entry(linked.relation.name.clone()).or_insert(linked);
        }
    }

    /// The model on the other side of a relation of this class.
    pub(super) fn target_id(&self, id: usize, relation: &Relation) -> Option<usize> {
        let model = self.models.get(id)?;
        let name = relation.target.as_deref()?;
        let near = Near::of(model, relation.target_in.as_deref());
        if let Some(found) = self.nearest_model(&model.orm, name, &near) {
            return Some(found);
        }
        if let Some(found) = self.stand_ins.get(&(model.orm.clone(), name.to_owned())) {
            return Some(*found);
        }
        // Some ORMs keep names of their own for classes: `user` of `User`.
        let class = words::camel(name);
        let is_other = class != name && orm_of(&model.orm).is_some_and(|orm| orm.relations.renames);
        is_other.then(|| self.nearest_model(&model.orm, &class, &near))?
    }

    /// The models that names stand for which another place chooses: `AUTH_USER_MODEL`.
    pub(super) fn all_stand_ins(&self) -> Map<(String, String), usize> {
        let mut found = Map::default();
        for orm in orm::all() {
            for (name, bases) in orm.model_words.stand_ins() {
                let models = || {
                    let models = self.models.iter().enumerate();
                    models.filter(|(id, it)| {
                        it.orm == orm.id && self.is_model.get(*id) == Some(&true) && !it.is_abstract
                    })
                };
                let below = models().find(|(_, it)| it.short_bases().any(|base| bases.matches(base)));
                let found_one = below.or_else(|| models().find(|(_, it)| bases.matches(&it.name)));
                if let Some((id, _)) = found_one {
                    found.insert((orm.id.clone(), name.to_owned()), id);
                }
            }
        }
        found
    }

    /// What one file left open, and what the project's settings change.
    fn settled(&self, id: usize, model: &Model, relation: &Relation, target: Option<usize>) -> Relation {
        let mut relation = relation.clone();
        let target = target.and_then(|id| self.models.get(id));
        if relation.open.many {
            let above: Vec<_> = self
                .above(id)
                .into_iter()
                .skip(1)
                .filter_map(|id| self.models.get(id))
                .collect();
            let key = key_to(model, &above, target, &relation);
            relation.many = key.is_none();
            relation.key = key.map(str::to_owned);
            if relation.open.reverse_many
                && let Some(reverse) = &mut relation.reverse
            {
                reverse.many = !relation.many;
            }
        }
        if relation.open.relation {
            relation.key = relation.key.filter(|key| model.columns.contains(key));
        }
        // What loads itself in its getter needs no setting.
        let loads_itself = relation.open.relation && !relation.open.loading;
        if relation.open.name
            && let Some(called) = target.and_then(|target| target.called.clone())
        {
            relation.name = if relation.many {
                words::plural(&called)
            } else {
                called
            };
            relation.key = relation.key.is_some().then(|| format!("{}Id", relation.name));
        }
        relation.open = Open {
            inverse: relation.open.inverse,
            ..Open::default()
        };
        // A row that is looked up by its owner's key, and not by its own, comes alone.
        let by_owner =
            !relation.many && relation.inverse.is_some() && relation.loading == Loading::EagerPerRow;
        let batchable = matches!(relation.loading, Loading::Lazy | Loading::EagerPerRow) && !by_owner;
        if target.is_some_and(|it| it.is_batched) && batchable {
            relation.loading = Loading::Batched;
        }
        if !loads_itself {
            let loading = self.changed(model, relation.loading);
            relation.loading = if by_owner && loading == Loading::Batched {
                relation.loading
            } else {
                loading
            };
        }
        relation
    }
}

/// The column with which a row of `model` holds the key of `target`.
fn key_to<'a>(
    model: &'a Model,
    above: &[&'a Model],
    target: Option<&Model>,
    relation: &Relation,
) -> Option<&'a str> {
    let all = || std::iter::once(model).chain(above.iter().copied());
    if let Some(key) = &relation.key {
        return all().find_map(|it| it.columns.get(key)).map(String::as_str);
    }
    let keys = || all().flat_map(|it| &it.foreign_keys);
    let named = |column: &str| {
        column
            .strip_prefix(relation.name.as_str())
            .is_some_and(|rest| rest.starts_with('_'))
    };
    let Some(target) = target else {
        return keys()
            .find(|(column, _)| named(column))
            .map(|(column, _)| column.as_str());
    };
    let to = |table: &str| is_table_of(target, table);
    // A class that points to itself has both sides; the collection is the one not named as the key.
    let is_own = model.qualified == target.qualified && model.path == target.path;
    let best = keys().find(|(column, table)| named(column) && (to(table) || !is_own));
    let other = || keys().find(|(_, table)| to(table)).filter(|_| !is_own);
    best.or_else(other).map(|(column, _)| column.as_str())
}

/// Whether a table is that of a model: as declared, or as frameworks derive it from the name.
fn is_table_of(model: &Model, table: &str) -> bool {
    if let Some(own) = &model.table {
        return own == table || model.name == table;
    }
    let snake = words::snake(&model.name);
    [
        &model.name,
        &model.name.to_lowercase(),
        &snake,
        &words::plural(&snake),
    ]
    .iter()
    .any(|it| *it == table)
}
