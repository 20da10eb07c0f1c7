//! The model registry (ANA-011): which classes are entities of which ORM, their columns and their
//! relations, with how each is loaded when nothing asks for it. It reads declarations (facts of
//! classes, schema texts) and must not know functions, loops or findings.
//!
//! `declare` reads one file; `Registry::new` links what all files declare. Every answer says which
//! file it comes from: a model by its `path`, a relation by the `owner` it was declared in.

mod asked;
mod declare;
mod graph;
mod link;
mod loads;
mod lookup;
pub mod model;
mod reverse;
mod schemas;
mod settings;
mod settle;
mod stub;
#[cfg(test)]
mod tests;

use crate::hashing::Map;
use std::collections::{BTreeMap, BTreeSet};

pub use asked::{Asked, Question};
pub use declare::{declare, switches};
pub use loads::{Anyones, Feeds, Load, line, lines};
pub use settings::{Settings, Switch};

use crate::nplus1::eager::paths::Paths;
use model::{Loading, Model, Relation};

/// All models of a repository, linked by name.
#[derive(Debug, Default)]
pub struct Registry {
    /// In order of ORM, path and place.
    models: Vec<Model>,
    /// Whether the class is a model, and not just a class that lends or adds.
    is_model: Vec<bool>,
    /// ORM and short name to the classes of that name.
    by_name: Map<String, Map<String, Vec<usize>>>,
    /// Parents and mixins, nearest first.
    parents: Vec<Vec<usize>>,
    /// Relations by name: own ones, those added from outside, those the other side makes.
    relations: Vec<BTreeMap<String, Linked>>,
    names: BTreeSet<String>,
    tables: Map<String, usize>,
    /// ORM and a name that stands for a model which another place chooses.
    stand_ins: Map<(String, String), usize>,
    settings: Settings,
    /// ORM and folder to what the settings there make of a loading.
    changes: Map<(String, String), Vec<(Loading, Loading)>>,
}

/// A relation where it hangs, and the class that declares it.
#[derive(Debug)]
struct Linked {
    relation: Relation,
    owner: usize,
    target: Option<usize>,
}

/// A relation as a model has it.
#[derive(Clone, Copy, Debug)]
pub struct Found<'r> {
    pub relation: &'r Relation,
    /// The class that declares it: the model, a parent, or the other side of a reverse one.
    pub owner: &'r Model,
    /// The model on the other side.
    pub target: Option<&'r Model>,
}

/// A named query as a model has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundScope {
    pub loads: Paths,
    /// Files that say so, sorted.
    pub paths: Vec<String>,
}
