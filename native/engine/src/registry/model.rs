//! One model as it is declared. Links to other models are names, resolved by the registry.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::facts::ir::Span;
use crate::nplus1::eager::paths::Paths;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Id of the ORM: `django`.
    pub orm: String,
    /// Short class name: `Order`. For Prisma the declared model.
    pub name: String,
    /// With its enclosing modules and classes: `Shop.Order`.
    pub qualified: String,
    /// Its name within the ORM, where that is another: `modelName: "user"`.
    pub called: Option<String>,
    /// File of the declaration, from the repository's root with `/`. Empty for a model of a library
    /// that only relations of others lead to.
    pub path: String,
    pub span: Span,
    pub standing: Standing,
    /// Has no rows of its own: an abstract parent or a mixin.
    pub is_abstract: bool,
    /// Parents and mixins, nearest first, with the module or namespace they are named in:
    /// `Spree.Base`, `shop.models.Timestamped`.
    pub bases: Vec<String>,
    /// Table, where it is declared or follows from the name.
    pub table: Option<String>,
    /// Columns and other values that are read without a query.
    pub columns: BTreeSet<String>,
    pub relations: Vec<Relation>,
    /// Columns that hold a key of another table, with that table.
    pub foreign_keys: Vec<(String, String)>,
    /// Named queries (scopes, managers, query sets); `""` is the one every query starts from.
    pub scopes: Vec<Scope>,
    /// `delegate :name, to: :author`: method and the relation it reads.
    pub delegates: Vec<(String, String)>,
    /// Rows have a declared order (Django's `Meta.ordering`).
    pub is_ordered: bool,
    /// Rows of this model are loaded in batches when a relation leads to one (`@BatchSize` on the class).
    pub is_batched: bool,
}

/// How sure the file itself is that the class is a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It says so: by its base, a decorator, or the fields it declares.
    Declared,
    /// It is one if a parent of it is, or if another file says so.
    Possible,
    /// Lends what it declares and is none itself: a mixin, a manager, a query set.
    Lends,
    /// Adds to the model of its name from outside of it.
    Adds,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    pub name: String,
    /// Short class name of the other side; `None` if it is polymorphic or not known.
    pub target: Option<String>,
    /// Where the target's name is meant: its module, package or app, as far as the file says.
    pub target_in: Option<String>,
    /// A collection.
    pub many: bool,
    /// Name of the relation that leads back, where it is declared.
    pub inverse: Option<String>,
    pub loading: Loading,
    /// Column of this row that holds the other's key: reading it is no access.
    pub key: Option<String>,
    /// What comes along whenever this relation is loaded: `-> { includes(:user) }`.
    pub eager: Paths,
    /// Its size is a column of this row.
    pub counter_cache: bool,
    /// Read through a hidden relation of its own kind: `has_one_attached`, `through`.
    pub through: Option<String>,
    /// The relation at the end of the way `through` another, where its name is not this one's.
    pub source: Option<String>,
    /// There may be none: not every row has its key.
    pub nullable: bool,
    /// What this declaration also makes on the other side.
    pub reverse: Option<Reverse>,
    /// What one file alone cannot say.
    pub open: Open,
    pub span: Span,
}

/// A relation that the other side gets without saying so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reverse {
    /// With `{model}` for the lower-case name of the declaring class, `{app}` for its folder.
    pub name: String,
    pub many: bool,
    pub loading: Loading,
}

/// What the registry settles when it knows all files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// Whether it is a collection follows from which side holds the key.
    pub many: bool,
    /// The same of its reverse.
    pub reverse_many: bool,
    /// It is a relation only if its target is a model.
    pub relation: bool,
    /// Its name follows from the target's.
    pub name: bool,
    /// The ORM looks for its inverse by name.
    pub inverse: bool,
    /// It loads by itself only where the project has turned that on.
    pub loading: bool,
}

impl Model {
    /// Parents and mixins by their short names.
    pub fn short_bases(&self) -> impl Iterator<Item = &str> {
        self.bases
            .iter()
            .map(|base| base.rsplit('.').next().unwrap_or(base))
    }
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
    /// Declared as a query; a mere method may be anything unless it loads something.
    pub is_query: bool,
    pub loads: Paths,
    /// Other scopes of the model that it goes through.
    pub uses: Vec<String>,
    /// Classes that lend it: `objects = PostManager()`.
    pub lenders: Vec<String>,
    pub span: Span,
}
