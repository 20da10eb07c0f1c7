//! Relations through others: reverse ones that the other side gets without saying so, those at the
//! end of a way over others, inverses that an ORM finds by itself, sizes kept in a column.

use std::collections::BTreeMap;

use super::model::{Model, Open, Relation};
use super::{Linked, Registry};
use crate::nplus1::eager::paths::Paths;
use crate::nplus1::words;

/// Reverse relations that are made at most: more than any application has.
const REVERSE_MAX: usize = 200_000;

/// A relation may lead over one that leads over another: so often.
const WAYS_MAX: usize = 4;

impl Registry {
    pub(super) fn reverse_relations(&mut self) {
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
            source: None,
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

    /// Targets of relations that lead over others: `has_many :tags, through: :taggings`.
    pub(super) fn ways(&mut self) {
        for _ in 0..WAYS_MAX {
            let mut found = Vec::new();
            for id in 0..self.models.len() {
                for linked in self.relations.get(id).into_iter().flat_map(BTreeMap::values) {
                    let target = self
                        .end_of_way(id, &linked.relation)
                        .filter(|it| linked.target != Some(*it));
                    found.extend(target.map(|target| (id, linked.relation.name.clone(), target)));
                }
            }
            if found.is_empty() {
                return;
            }
            for (id, name, target) in found {
                let linked = self.relations.get_mut(id).and_then(|it| it.get_mut(&name));
                let class = self.models.get(target).map(|it| it.name.clone());
                if let Some(linked) = linked {
                    linked.target = Some(target);
                    linked.relation.target = class;
                }
            }
        }
    }

    fn end_of_way(&self, id: usize, relation: &Relation) -> Option<usize> {
        let through = relation.through.as_deref()?;
        let middle = self.linked(id, through)?.target?;
        let singular = words::singular(&relation.name);
        let named = relation.source.as_deref();
        let end = match named {
            Some(name) => self.linked(middle, name),
            None => self
                .linked(middle, &relation.name)
                .or_else(|| self.linked(middle, &singular)),
        };
        end?.target
    }

    /// The relation of a class or of one above it.
    pub(super) fn linked(&self, id: usize, name: &str) -> Option<&Linked> {
        self.above(id)
            .into_iter()
            .find_map(|above| self.relations.get(above)?.get(name))
    }

    /// Inverses that the ORM finds by the name of the class.
    pub(super) fn automatic_inverses(&mut self) {
        let mut found = Vec::new();
        for (id, model) in self.models.iter().enumerate() {
            let single = words::snake(&model.name);
            let plural = words::plural(&single);
            for linked in self.relations.get(id).into_iter().flat_map(BTreeMap::values) {
                let (relation, Some(target)) = (&linked.relation, linked.target) else {
                    continue;
                };
                if !relation.open.inverse || relation.inverse.is_some() || linked.owner != id {
                    continue;
                }
                let leads_back = |it: &&Linked| it.target == Some(id) && it.relation.open.inverse;
                let one = self.linked(target, &single).filter(leads_back);
                let many = || self.linked(target, &plural).filter(leads_back);
                // Of two sides only one may hold the key.
                let holds_key = relation.key.is_some();
                let back = one
                    .or_else(many)
                    .filter(|it| it.relation.key.is_some() != holds_key);
                found.extend(back.map(|it| (id, relation.name.clone(), it.relation.name.clone())));
            }
        }
        for (id, name, inverse) in found {
            if let Some(linked) = self.relations.get_mut(id).and_then(|it| it.get_mut(&name)) {
                linked.relation.inverse = Some(inverse);
            }
        }
        for linked in self.relations.iter_mut().flat_map(BTreeMap::values_mut) {
            linked.relation.open = Open::default();
        }
    }

    /// `belongs_to :post, counter_cache: true` keeps the size of the collection on the other side.
    pub(super) fn caches(&mut self) {
        let mut cached = Vec::new();
        for (id, relations) in self.relations.iter().enumerate() {
            let single = relations
                .values()
                .filter(|it| it.relation.counter_cache && !it.relation.many);
            for linked in single {
                let Some(target) = linked.target else { continue };
                let inverse = linked.relation.inverse.clone();
                let usual = self
                    .models
                    .get(id)
                    .map(|it| words::plural(&words::snake(&it.name)));
                cached.extend(inverse.or(usual).map(|name| (target, id, name)));
            }
        }
        for linked in self.relations.iter_mut().flat_map(BTreeMap::values_mut) {
            linked.relation.counter_cache &= linked.relation.many;
        }
        for (target, source, name) in cached {
            let linked = self.relations.get_mut(target).and_then(|it| it.get_mut(&name));
            if let Some(linked) = linked.filter(|it| it.relation.many && it.target == Some(source)) {
                linked.relation.counter_cache = true;
            }
        }
    }
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
