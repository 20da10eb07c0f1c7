//! Builds the registry from what the files declare: settles which classes are models, hangs every
//! relation where it belongs, makes the reverse ones. It must not read files.

use std::collections::{BTreeMap, HashMap};

use super::graph::{ABOVE_MAX, Near};
use super::model::{Loading, Model, Open, Relation, Standing};
use super::{Linked, Registry, Settings, schemas};
use crate::nplus1::eager::paths::Paths;
use crate::nplus1::orm::{self, Orm};
use crate::nplus1::words;

/// Reverse relations that are made at most: more than any application has.
const REVERSE_MAX: usize = 200_000;

impl Registry {
    #[must_use]
    pub fn new(models: impl IntoIterator<Item = Model>, settings: Settings) -> Self {
        let mut models: Vec<Model> = models
            .into_iter()
            .chain(schemas::models(settings.project()))
            .collect();
        models.sort_by(|a, b| key(a).cmp(&key(b)));
        let mut registry = Registry {
            relations: models.iter().map(|_| BTreeMap::new()).collect(),
            is_model: models
                .iter()
                .map(|it| it.standing == Standing::Declared)
                .collect(),
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
        registry.tables = registry.tables();
        registry.changes = registry.all_changes();
        registry.own_relations();
        registry.reverse_relations();
        registry.caches();
        registry.names = registry.all_names();
        registry
    }

    /// Columns and the table that another place gives a class.
    fn added_columns(&mut self) {
        for (id, parents) in self.parents.iter().enumerate() {
            for added in parents {
                let added = self.models.get(*added).filter(|it| it.standing == Standing::Adds);
                let Some((columns, table)) = added.map(|it| (it.columns.clone(), it.table.clone())) else {
                    continue;
                };
                if let Some(model) = self.models.get_mut(id) {
                    model.columns.extend(columns);
                    model.table = model.table.take().or(table);
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
    fn adds_column(&self, id: usize, name: &str) -> bool {
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

    fn tables(&self) -> HashMap<String, usize> {
        let mut tables = HashMap::new();
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

    /// What the settings of a project change, by ORM and folder.
    fn all_changes(&self) -> HashMap<(String, String), Vec<(Loading, Loading)>> {
        let mut changes = HashMap::new();
        for model in &self.models {
            if let Some(orm) = orm_of(&model.orm) {
                let key = (model.orm.clone(), folder(&model.path).to_owned());
                changes
                    .entry(key)
                    .or_insert_with(|| self.settings.changes(orm, &model.path));
            }
        }
        changes
    }

    fn changed(&self, model: &Model, loading: Loading) -> Loading {
        let key = (model.orm.clone(), folder(&model.path).to_owned());
        let changes = self.changes.get(&key).map_or(&[][..], Vec::as_slice);
        changes
            .iter()
            .find(|(from, _)| *from == loading)
            .map_or(loading, |(_, to)| *to)
    }

    fn own_relations(&mut self) {
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

    fn hang(&mut self, id: usize, linked: Linked) {
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
        let bases = orm_of(&model.orm)?.model_words.stands_for(name)?;
        let has_base = |id: usize| {
            self.models
                .get(id)
                .is_some_and(|it| it.short_bases().any(|base| bases.matches(base)) && !it.is_abstract)
        };
        (0..self.models.len()).find(|id| self.is_model.get(*id) == Some(&true) && has_base(*id))
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
        relation.open = Open::default();
        // A row that is looked up by its owner's key, and not by its own, comes alone.
        let by_owner = !relation.many && relation.inverse.is_some();
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

    fn reverse_relations(&mut self) {
        let mut made = Vec::new();
        for id in 0..self.models.len() {
            let Some(model) = self.models.get(id) else {
                continue;
            };
            if self.is_model.get(id) != Some(&true) || model.is_abstract {
                continue;
            }
            for above in self.above(id) {
                let lent = above == id || self.models.get(above).is_some_and(|it| it.is_abstract);
                for linked in self.relations.get(above).into_iter().flat_map(BTreeMap::values) {
                    if lent && linked.owner == above && made.len() < REVERSE_MAX {
                        made.extend(self.reverse_of(model, id, linked));
                    }
                }
            }
        }
        for (target, source, forward, linked) in made {
            let name = linked.relation.name.clone();
            self.hang(target, linked);
            let relation = self.relations.get_mut(source).and_then(|it| it.get_mut(&forward));
            let shared = self.models.get(source).is_none_or(|it| it.is_abstract);
            if let Some(forward) = relation.filter(|_| !shared) {
                forward.relation.inverse.get_or_insert(name);
            }
        }
    }

    /// Where a reverse relation hangs, where the one that makes it does, that one's name, and it.
    fn reverse_of(
        &self,
        model: &Model,
        id: usize,
        linked: &Linked,
    ) -> Option<(usize, usize, String, Linked)> {
        let reverse = linked.relation.reverse.as_ref()?;
        let target = self.target_from(id, linked)?;
        let name = reverse
            .name
            .replace("{model}", &model.name.to_lowercase())
            .replace("{app}", app(&model.path));
        let relation = Relation {
            name,
            target: Some(model.name.clone()),
            target_in: None,
            many: reverse.many,
            inverse: Some(linked.relation.name.clone()),
            loading: self.changed(model, reverse.loading),
            key: None,
            eager: Paths::default(),
            counter_cache: false,
            through: None,
            nullable: !reverse.many,
            reverse: None,
            open: Open::default(),
            span: linked.relation.span,
        };
        let found = Linked {
            relation,
            owner: linked.owner,
            target: Some(id),
        };
        Some((target, linked.owner, linked.relation.name.clone(), found))
    }

    /// The target of a relation as the model below the class that declares it sees it.
    pub(super) fn target_from(&self, id: usize, linked: &Linked) -> Option<usize> {
        let owner = self.models.get(linked.owner)?;
        let is_self = linked.relation.target.as_deref() == Some(owner.name.as_str());
        if is_self && owner.is_abstract {
            return Some(id);
        }
        linked.target
    }

    /// `belongs_to :post, counter_cache: true` keeps the size of the collection on the other side.
    fn caches(&mut self) {
        let mut cached = Vec::new();
        for (id, relations) in self.relations.iter().enumerate() {
            let single = relations
                .values()
                .filter(|it| it.relation.counter_cache && !it.relation.many);
            cached.extend(single.filter_map(|it| Some((it.target?, id))));
        }
        for linked in self.relations.iter_mut().flat_map(BTreeMap::values_mut) {
            linked.relation.counter_cache &= linked.relation.many;
        }
        for (target, source) in cached {
            for linked in self
                .relations
                .get_mut(target)
                .into_iter()
                .flat_map(BTreeMap::values_mut)
            {
                if linked.relation.many && linked.target == Some(source) && linked.relation.through.is_none()
                {
                    linked.relation.counter_cache = true;
                }
            }
        }
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

/// The declared table, or the usual name for the class.
pub(super) fn table_of(model: &Model) -> String {
    model
        .table
        .clone()
        .unwrap_or_else(|| words::plural(&words::snake(&model.name)))
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Name of the folder that a framework calls the app of a file.
fn app(path: &str) -> &str {
    let mut folders = path.rsplit('/').skip(1);
    let nearest = folders.next().unwrap_or("");
    match nearest {
        "models" => folders.next().unwrap_or(nearest),
        _ => nearest,
    }
}
