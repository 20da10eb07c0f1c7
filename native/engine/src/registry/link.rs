//! Builds the registry from what the files declare: settles which classes are models, hangs every
//! relation where it belongs, makes the reverse ones. It must not read files.

use std::collections::{BTreeMap, HashMap};

use super::graph::Near;
use super::model::{Loading, Model, Open, Relation, Standing};
use super::{Linked, Registry, Settings};
use crate::nplus1::orm::{self, Orm};
use crate::nplus1::words;

/// Reverse relations that are made at most: more than any application has.
const REVERSE_MAX: usize = 200_000;

impl Registry {
    #[must_use]
    pub fn new(models: impl IntoIterator<Item = Model>, settings: Settings) -> Self {
        let mut models: Vec<Model> = models.into_iter().collect();
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
        registry.parents = (0..registry.models.len())
            .map(|id| registry.parents_of(id))
            .collect();
        registry.promote();
        registry.tables = registry.tables();
        registry.own_relations();
        registry.reverse_relations();
        registry.caches();
        registry.names = registry.all_names();
        registry
    }

    /// Classes below a model are models.
    fn promote(&mut self) {
        let mut children: Vec<Vec<usize>> = self.models.iter().map(|_| Vec::new()).collect();
        for (child, parents) in self.parents.iter().enumerate() {
            for parent in parents {
                if let Some(list) = children.get_mut(*parent) {
                    list.push(child);
                }
            }
        }
        let mut queue: Vec<usize> = (0..self.models.len())
            .filter(|id| self.is_model.get(*id) == Some(&true))
            .collect();
        queue.extend(self.proven_by_table());
        while let Some(id) = queue.pop() {
            if let Some(is_model) = self.is_model.get_mut(id) {
                *is_model = true;
            }
            for child in children.get(id).into_iter().flatten() {
                let possible = self
                    .models
                    .get(*child)
                    .is_some_and(|it| it.standing == Standing::Possible);
                if possible && self.is_model.get(*child) == Some(&false) {
                    queue.push(*child);
                }
            }
        }
    }

    /// Classes that may be models and have a table of their name.
    fn proven_by_table(&self) -> Vec<usize> {
        let possible = self.models.iter().enumerate().filter(|(_, it)| {
            it.standing == Standing::Possible && !it.relations.is_empty() && !it.is_abstract
        });
        possible
            .filter(|(_, model)| self.settings.table(&model.path, &table_of(model)).is_some())
            .map(|(id, _)| id)
            .collect()
    }

    fn tables(&self) -> HashMap<String, usize> {
        let mut tables = HashMap::new();
        for (id, model) in self.models.iter().enumerate() {
            if self.is_model.get(id) == Some(&true) && !model.is_abstract {
                tables.entry(table_of(model)).or_insert(id);
            }
        }
        tables
    }

    fn own_relations(&mut self) {
        for id in 0..self.models.len() {
            let Some(model) = self.models.get(id) else {
                continue;
            };
            let orm = orm_of(&model.orm);
            let mut linked = Vec::new();
            for relation in &model.relations {
                let target = self.target_id(id, relation);
                let relation = self.settled(orm, model, relation, target);
                linked.push((relation, target));
            }
            for (relation, target) in linked {
                let entry = Linked {
                    relation,
                    owner: id,
                    target,
                };
                self.hang(id, entry);
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
    fn settled(
        &self,
        orm: Option<&Orm>,
        model: &Model,
        relation: &Relation,
        target: Option<usize>,
    ) -> Relation {
        let mut relation = relation.clone();
        let target = target.and_then(|id| self.models.get(id));
        if relation.open.many {
            relation.many = target.is_none_or(|target| !holds_key(model, target, &relation));
            if relation.open.reverse_many
                && let Some(reverse) = &mut relation.reverse
            {
                reverse.many = !relation.many;
            }
        }
        relation.open = Open::default();
        // A row that is looked up by its owner's key, and not by its own, comes alone.
        let by_owner = !relation.many && relation.inverse.is_some();
        let batchable = matches!(relation.loading, Loading::Lazy | Loading::EagerPerRow) && !by_owner;
        if target.is_some_and(|it| it.is_batched) && batchable {
            relation.loading = Loading::Batched;
        }
        if let Some(orm) = orm {
            relation.loading = self.settings.loading(orm, &model.path, relation.loading);
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
            loading: match orm_of(&model.orm) {
                Some(orm) => self.settings.loading(orm, &model.path, reverse.loading),
                None => reverse.loading,
            },
            key: None,
            eager: Vec::new(),
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

/// Whether a row of `model` holds the key of `target`.
fn holds_key(model: &Model, target: &Model, relation: &Relation) -> bool {
    if let Some(key) = &relation.key {
        return model.columns.contains(key);
    }
    let table = table_of(target);
    let holds = |of: &Model, table: &str| of.foreign_keys.iter().any(|(_, to)| to == table);
    // Both hold one when a class points to itself: then the collection is the usual reading.
    holds(model, &table) && model.qualified != target.qualified
}

/// The declared table, or the usual name for the class.
pub(super) fn table_of(model: &Model) -> String {
    model
        .table
        .clone()
        .unwrap_or_else(|| words::plural(&words::snake(&model.name)))
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
