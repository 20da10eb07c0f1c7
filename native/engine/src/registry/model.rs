//! One model as it is declared. Links to other models are names, resolved by the registry.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::facts::ir::Span;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Id of the ORM: `django`.
    pub orm: String,
    /// Short class name: `Order`. For Prisma the declared model.
    pub name: String,
    /// With its enclosing modules and classes: `Shop.Order`.
    pub qualified: String,
    /// File of the declaration, from the repository's root with `/`.
    pub path: String,
    pub span: Span,
    /// Has no rows of its own: an abstract parent or a mixin.
    pub is_abstract: bool,
    /// Parents and mixins in the repository, short names, nearest first.
    pub bases: Vec<String>,
    /// Table, where it is declared or follows from the name.
    pub table: Option<String>,
    /// Columns and other values that are read without a query.
    pub columns: BTreeSet<String>,
    pub relations: Vec<Relation>,
    /// Named queries (scopes, managers, query sets); `""` is the one every query starts from.
    pub scopes: Vec<Scope>,
    /// `delegate :name, to: :author`: method and the relation it reads.
    pub delegates: Vec<(String, String)>,
    /// Rows have a declared order (Django's `Meta.ordering`).
    pub is_ordered: bool,
    /// Rows of this model are loaded in batches when a relation leads to one (`@BatchSize` on the class).
    pub is_batched: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    pub name: String,
    /// Short class name of the other side; `None` if it is polymorphic or not known.
    pub target: Option<String>,
    /// A collection.
    pub many: bool,
    /// Name of the relation that leads back, where it is declared.
    pub inverse: Option<String>,
    pub loading: Loading,
    /// Column of this row that holds the other's key: reading it is no access.
    pub key: Option<String>,
    /// Paths that come along whenever this relation is loaded: `-> { includes(:user) }`.
    pub eager: Vec<String>,
    /// Its size is a column of this row.
    pub counter_cache: bool,
    /// Read through a hidden relation of its own kind: `has_one_attached`, `through`.
    pub through: Option<String>,
    pub span: Span,
}

/// What reading a relation does that nobody asked to load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loading {
    /// Queries on access, or for collections when they are looked into.
    Lazy,
    /// Queries on access, many owners at once (`@BatchSize`, sub-select).
    Batched,
    /// Comes with its owner whatever the query (joined, select-in, `AutoInclude`).
    Eager,
    /// Comes with its owner when that is found by key; other queries run one more per row.
    EagerPerRow,
    /// Queries at each use, loaded or not (`dynamic`).
    Dynamic,
    /// Is a promise: queries when awaited.
    Promise,
    /// Never queries: not there, or raises, unless it was asked for.
    Never,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    pub name: String,
    /// Relation paths it loads, dotted: `author.company`.
    pub loads: Vec<String>,
    pub span: Span,
}
