//! Which relations the queries of the repository load, by the model that declares them. Where it is not
//! seen what feeds a loop, such a query may do. It must not know syntax.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::Registry;
use super::model::Model;
use crate::nplus1::words;

/// What one query asks to be loaded, as its text says it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Load {
    pub orm: String,
    /// Names at the root of its chain of calls, of which one may be that of the model: `Order`, `db`, `order`.
    pub roots: Vec<String>,
    /// `items.product`.
    pub path: String,
    pub feeds: Feeds,
}

/// What the rows of such a query may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Feeds {
    Anything,
    /// The query reads one row: no loop goes over it, but over what it leads to.
    OneRow,
    /// They are handed to a serializer.
    Shown,
}

/// The name under which it is known that a relation is loaded. `declared_by` is the class that declares it;
/// without one the relation of any.
#[must_use]
pub fn line(declared_by: Option<&str>, relation: &str, feeds: Feeds) -> String {
    let owner = declared_by.unwrap_or("*");
    match feeds {
        Feeds::Anything => format!("{owner}#{relation}"),
        Feeds::OneRow => format!("{owner}#{relation} of one"),
        Feeds::Shown => format!("{owner}#{relation} shown"),
    }
}

/// Models that a relation to any of several may lead to, by ORM and its name.
pub type Anyones<'r> = HashMap<(String, String), Vec<&'r Model>>;

/// The lines for what a query loads, which stands in the file at `path`.
pub fn lines<'r>(
    registry: &'r Registry,
    path: &str,
    load: &Load,
    anyones: &mut Anyones<'r>,
    out: &mut BTreeSet<String>,
) {
    let mut model = load.roots.iter().find_map(|root| {
        let by_name = |name: &str| registry.by_name(&load.orm, name, path);
        by_name(root).or_else(|| by_name(&words::capital(root)))
    });
    let mut feeds = load.feeds;
    let mut before = None;
    for name in load.path.split('.') {
        let Some(found) = model.and_then(|model: &Model| registry.relation(model, name)) else {
            let key = before
                .replace(name)
                .map(|before| (load.orm.clone(), before.to_owned()));
            let owners = key.map(|key| {
                let found = anyones.entry(key);
                &*found.or_insert_with_key(|(orm, name)| anyone(registry, orm, name))
            });
            match owners {
                Some(owners) if !owners.is_empty() => {
                    let found = owners.iter().filter_map(|owner| registry.relation(owner, name));
                    out.extend(found.map(|found| line(Some(&found.owner.qualified), name, feeds)));
                }
                // Of an unknown model it may be any relation of that name, and lead to many.
                _ => {
                    out.insert(line(None, name, feeds));
                }
            }
            if feeds == Feeds::OneRow {
                feeds = Feeds::Anything;
            }
            model = None;
            continue;
        };
        out.insert(line(Some(&found.owner.qualified), name, feeds));
        if found.relation.many && feeds == Feeds::OneRow {
            feeds = Feeds::Anything;
        }
        model = found.target;
        before = Some(name);
    }
}

/// The models that name this relation as their way back, where all relations of the name lead to one of
/// several models: `has_one :entry, as: :subject` for `belongs_to :subject, polymorphic: true`.
fn anyone<'r>(registry: &'r Registry, orm: &str, name: &str) -> Vec<&'r Model> {
    let models = || registry.models().filter(|model| model.orm == orm);
    let mut is_known = false;
    for found in models().filter_map(|model| registry.relation(model, name)) {
        if found.target.is_some() || found.relation.many {
            return Vec::new();
        }
        is_known = true;
    }
    let leads_back = |model: &&Model| {
        let mut relations = registry.relations(model).into_iter();
        relations.any(|found| found.relation.inverse.as_deref() == Some(name))
    };
    models().filter(|_| is_known).filter(leads_back).collect()
}
