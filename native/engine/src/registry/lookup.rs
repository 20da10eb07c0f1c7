//! Questions to the registry. Every answer is the same for the same files, whatever their order.

use std::collections::BTreeSet;

use super::graph::{ABOVE_MAX, Near};
use super::link::{key, orm_of};
use super::model::{Model, Relation, Standing};
use super::{Found, FoundScope, Linked, Registry};
use crate::nplus1::words;

impl Registry {
    /// All models of the repository, abstract ones too, in a fixed order.
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        let known = self.models.iter().zip(&self.is_model);
        known.filter(|(_, is_model)| **is_model).map(|(model, _)| model)
    }

    /// The model a name means at a place: `Order`, `Shop.Order`, `Shop::Order`. Of several the one
    /// in the same file, then in the nearest folder, then with the smallest path.
    #[must_use]
    pub fn by_name(&self, orm: &str, name: &str, near_path: &str) -> Option<&Model> {
        let dotted = name.replace("::", ".");
        let (within, name) = match dotted.rsplit_once('.') {
            Some((within, name)) => (Some(within), name),
            None => (None, dotted.as_str()),
        };
        let near = Near {
            path: near_path,
            qualified: "",
            within,
        };
        self.models.get(self.nearest_model(orm, name, &near)?)
    }

    /// The relation a model has under this name: its own, one of a parent or mixin, one that the
    /// other side makes.
    #[must_use]
    pub fn relation(&self, model: &Model, name: &str) -> Option<Found<'_>> {
        let id = self.id(model)?;
        if !self.names.contains(name) {
            return None;
        }
        self.above(id)
            .into_iter()
            .find_map(|above| self.found(id, self.relations.get(above)?.get(name)?))
    }

    /// The relation that a method reads: `getItems()`, `items()`.
    #[must_use]
    pub fn relation_by_accessor(&self, model: &Model, method: &str) -> Option<Found<'_>> {
        let accessors = &orm_of(&model.orm)?.relations.accessors;
        accessors.iter().find_map(|template| {
            if template == "{name}" {
                return self.relation(model, method);
            }
            let (before, after) = template.split_once("{Name}")?;
            let name = method.strip_prefix(before)?.strip_suffix(after)?;
            let found = self.relation(model, &words::uncapital(name));
            found.or_else(|| self.relation(model, name))
        })
    }

    /// A relation of this name that some model has: the first in the order of models.
    #[must_use]
    pub fn any_relation(&self, orm: &str, name: &str) -> Option<Found<'_>> {
        if !self.names.contains(name) {
            return None;
        }
        let ids = self
            .models
            .iter()
            .enumerate()
            .filter(|(_, model)| model.orm == orm);
        ids.map(|(id, _)| id)
            .find_map(|id| self.found(id, self.relations.get(id)?.get(name)?))
    }

    /// All relations of a model, inherited ones too, by name.
    #[must_use]
    pub fn relations(&self, model: &Model) -> Vec<Found<'_>> {
        let Some(id) = self.id(model) else {
            return Vec::new();
        };
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for above in self.above(id) {
            for linked in self.relations.get(above).into_iter().flat_map(|it| it.values()) {
                if seen.insert(linked.relation.name.as_str()) {
                    found.extend(self.found(id, linked));
                }
            }
        }
        found.sort_by(|a, b| a.relation.name.cmp(&b.relation.name));
        found
    }

    /// The model on the other side of a relation that `owner` declares.
    #[must_use]
    pub fn target(&self, owner: &Model, relation: &Relation) -> Option<&Model> {
        self.models.get(self.target_id(self.id(owner)?, relation)?)
    }

    /// A named query of a model: a scope, a manager, a method of its query sets; `""` is where
    /// every query starts.
    #[must_use]
    pub fn scope(&self, model: &Model, name: &str) -> Option<FoundScope> {
        let mut found = FoundScope::default();
        let mut seen = BTreeSet::new();
        let id = self.id(model)?;
        let known = self.collect_scope(id, name, &mut seen, &mut found);
        found.paths.sort();
        found.paths.dedup();
        known.then_some(found)
    }

    /// Whether reading this name from a row asks nothing.
    #[must_use]
    pub fn is_column(&self, model: &Model, name: &str) -> bool {
        let Some(id) = self.id(model) else {
            return false;
        };
        let mut classes = self.above(id).into_iter().filter_map(|id| self.models.get(id));
        classes.any(|it| it.columns.contains(name) || self.settings.has_column(it, name))
    }

    /// `delegate :name, to: :author`: the relation that a method of this name reads.
    #[must_use]
    pub fn delegate(&self, model: &Model, method: &str) -> Option<&str> {
        let id = self.id(model)?;
        self.above(id).into_iter().find_map(|above| {
            let delegates = &self.models.get(above)?.delegates;
            delegates
                .iter()
                .find(|(name, _)| name == method)
                .map(|(_, to)| to.as_str())
        })
    }

    /// Names of all relations and delegates: what is none of them needs no look-up.
    #[must_use]
    pub fn names(&self) -> &BTreeSet<String> {
        &self.names
    }

    #[must_use]
    pub fn table_model(&self, table: &str) -> Option<&Model> {
        self.models.get(*self.tables.get(table)?)
    }

    #[must_use]
    pub fn settings(&self) -> &super::Settings {
        &self.settings
    }

    fn found<'r>(&'r self, id: usize, linked: &'r Linked) -> Option<Found<'r>> {
        Some(Found {
            relation: &linked.relation,
            owner: self.models.get(linked.owner)?,
            target: self.target_from(id, linked).and_then(|id| self.models.get(id)),
        })
    }

    /// Where the model stands; it must be one of this registry.
    pub(super) fn id(&self, model: &Model) -> Option<usize> {
        self.models.binary_search_by(|it| key(it).cmp(&key(model))).ok()
    }

    fn collect_scope(
        &self,
        id: usize,
        name: &str,
        seen: &mut BTreeSet<(usize, String)>,
        out: &mut FoundScope,
    ) -> bool {
        if seen.len() > ABOVE_MAX || !seen.insert((id, name.to_owned())) {
            return false;
        }
        let mut known = false;
        for above in self.above(id) {
            let Some(model) = self.models.get(above) else {
                continue;
            };
            for scope in model.scopes.iter().filter(|scope| scope.name == name) {
                known |= scope.is_query || !scope.loads.is_empty();
                out.loads.merge(&scope.loads);
                out.paths.push(model.path.clone());
                for used in &scope.uses {
                    known |= self.collect_scope(id, used, seen, out) && !out.loads.is_empty();
                }
                self.lent(model, &scope.lenders, "", seen, out);
            }
            if known {
                return true;
            }
        }
        self.lent_by_managers(id, name, seen, out)
    }

    /// A method that one of the model's managers has; `""` is the first manager's.
    fn lent_by_managers(
        &self,
        id: usize,
        name: &str,
        seen: &mut BTreeSet<(usize, String)>,
        out: &mut FoundScope,
    ) -> bool {
        for above in self.above(id) {
            let Some(model) = self.models.get(above) else {
                continue;
            };
            let managers = model.scopes.iter().filter(|scope| !scope.lenders.is_empty());
            for (at, manager) in managers.enumerate() {
                if (at == 0 || !name.is_empty()) && self.lent(model, &manager.lenders, name, seen, out) {
                    out.paths.push(model.path.clone());
                    return true;
                }
            }
        }
        false
    }

    fn lent(
        &self,
        model: &Model,
        lenders: &[String],
        name: &str,
        seen: &mut BTreeSet<(usize, String)>,
        out: &mut FoundScope,
    ) -> bool {
        let mut known = false;
        for lender in lenders {
            let near = Near::of(model, None);
            let fits = |id: usize| {
                self.models
                    .get(id)
                    .is_some_and(|it| it.standing != Standing::Adds)
            };
            if let Some(id) = self.nearest(&model.orm, lender, &near, fits) {
                known |= self.collect_scope(id, name, seen, out);
            }
        }
        known
    }
}
