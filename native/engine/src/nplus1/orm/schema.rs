//! The words of an ORM file (`native/rules/orm/*.yml`), as people write them. It only says which
//! keys exist and of what form they are; `docs/add-an-orm.md` explains each, and a test holds
//! the two together. Unknown keys are refused.

pub mod eager;

use std::collections::BTreeMap;

use eager::EagerFile;
use serde::Deserialize;

use super::relations::{RelationsFile, SettingFile};
use crate::facts::ir::Language;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrmFile {
    /// Name in findings: `django`.
    pub orm: String,
    /// Name for people: `Django ORM`.
    pub name: String,
    pub languages: Vec<LanguageName>,
    pub signals: Signals,
    #[serde(default)]
    pub models: Models,
    /// How models declare their relations.
    #[serde(default)]
    pub relations: RelationsFile,
    /// What a project decides for all its relations.
    #[serde(default)]
    pub settings: Vec<SettingFile>,
    #[serde(default)]
    pub types: Types,
    #[serde(default)]
    pub clients: Clients,
    /// Chains that give a place to start queries from.
    #[serde(default)]
    pub source: Vec<String>,
    /// Chains that give a query which has not run.
    #[serde(default)]
    pub query: Vec<String>,
    /// Chains that give a write which has not run.
    #[serde(default)]
    pub statement: Vec<String>,
    /// Methods that only this ORM has on an attribute of anything.
    #[serde(default)]
    pub distinctive: Vec<String>,
    /// Methods that only a row of this ORM has.
    #[serde(default)]
    pub distinctive_row: Vec<String>,
    /// Methods that ask again on a relation that is loaded already. They show a relation only
    /// under the name of a table.
    #[serde(default)]
    pub requeries: Vec<String>,
    #[serde(default)]
    pub constructs: Roles,
    #[serde(default)]
    pub builds: Roles,
    pub executes: ShapedRoles,
    #[serde(default)]
    pub writes: ShapedRoles,
    #[serde(default)]
    pub batch: Batch,
    /// Methods and keys that only move a window over the rows.
    #[serde(default)]
    pub paging: Vec<String>,
    /// Methods that may answer from the session's identity map.
    #[serde(default)]
    pub identity: Vec<String>,
    /// What loads relations together with the rows.
    #[serde(default)]
    pub eager: EagerFile,
    #[serde(default)]
    pub quirks: Vec<Quirk>,
    pub fix: Fix,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LanguageName {
    Ruby,
    Python,
    Java,
    Csharp,
    /// TypeScript, TSX and JavaScript.
    Javascript,
}

impl LanguageName {
    pub fn covers(self, language: Language) -> bool {
        self == match language {
            Language::Ruby => LanguageName::Ruby,
            Language::Python | Language::Template => LanguageName::Python,
            Language::Java => LanguageName::Java,
            Language::CSharp => LanguageName::Csharp,
            Language::TypeScript | Language::Tsx | Language::JavaScript => LanguageName::Javascript,
        }
    }
}

/// What tells that a file uses the ORM (ANA-010).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signals {
    pub manifest: Vec<String>,
    #[serde(default)]
    pub import: Vec<String>,
    /// Bases of classes that only occur in applications of this framework.
    #[serde(default)]
    pub base: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Models {
    #[serde(default)]
    pub base: Vec<String>,
    #[serde(default)]
    pub decorator: Vec<String>,
    /// Modules in which applications keep their models. They are no signal unless a manifest
    /// names the ORM.
    #[serde(default)]
    pub import: Vec<String>,
    /// Whether a class declared elsewhere may be a model by its capitalised name alone.
    #[serde(default)]
    pub by_name: bool,
    /// Names that are no model even so.
    #[serde(default)]
    pub never: Vec<String>,
    /// Classes inside a model that hold its settings.
    #[serde(default)]
    pub inner: Vec<String>,
    /// Settings and decorators of a class that has no rows of its own.
    #[serde(default, rename = "abstract")]
    pub without_rows: Vec<String>,
    /// Settings and decorators that name the table.
    #[serde(default)]
    pub table: Vec<String>,
    /// Settings that give the rows an order.
    #[serde(default)]
    pub ordered: Vec<String>,
    /// Decorators of a class whose rows are loaded in batches.
    #[serde(default)]
    pub batched: Vec<String>,
    /// Macros whose arguments are values of a row.
    #[serde(default)]
    pub columns: Vec<String>,
    /// Bases of classes whose methods are the named queries of a model.
    #[serde(default)]
    pub lenders: Vec<String>,
    /// A name for a model that another place chooses, and the bases by which it is known.
    #[serde(default)]
    pub stands_for: BTreeMap<String, Vec<String>>,
}

/// Declared types, as `Repository<$M>`, `$MRepository` or plain names.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Types {
    #[serde(default)]
    pub client: Vec<String>,
    #[serde(default)]
    pub source: Vec<String>,
    #[serde(default)]
    pub query: Vec<String>,
    /// Types that look like one of these and are none.
    #[serde(default)]
    pub never: Vec<String>,
    /// Decorators of a method without code that make it read, whatever its name.
    #[serde(default)]
    pub reads: Vec<String>,
    /// The same for one that writes.
    #[serde(default)]
    pub writes: Vec<String>,
}

/// Connections, sessions and contexts: what the sources hang on.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clients {
    /// Calls and constructors that give one.
    #[serde(default)]
    pub new: Vec<String>,
    /// Variable and field names that mean one in a file that uses the ORM.
    #[serde(default)]
    pub names: Vec<String>,
    /// The same, but only when the model named next is declared in a schema file.
    #[serde(default)]
    pub weak_names: Vec<String>,
    /// Attributes and calls of a client that are the client again.
    #[serde(default)]
    pub members: Vec<String>,
    /// Calls that hand a client to the function they are given.
    #[serde(default)]
    pub callbacks: Vec<String>,
}

/// What a method is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Client,
    Source,
    Query,
    /// A source or a query.
    Relation,
    /// One loaded or new row.
    Row,
}

pub type Roles = BTreeMap<Role, Vec<String>>;

/// What an executed call answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    Row,
    Rows,
    /// One plain value per row.
    Values,
    Value,
}

pub type ShapedRoles = BTreeMap<Role, BTreeMap<Shape, Vec<String>>>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Methods that read or write many keys at once.
    #[serde(default)]
    pub calls: Vec<String>,
    /// Argument names and object keys whose value is a list of keys.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Functions and operators that take a list of keys: `In(ids)`, `User.id.in_(ids)`; with
    /// `$LIST.` before it the receiver is the list: `ids.Contains(x.Id)`.
    #[serde(default)]
    pub functions: Vec<String>,
    /// Argument names and object keys whose list holds one value for each place of a text.
    #[serde(default)]
    pub values: Vec<String>,
}

/// What data cannot say: each is one named behaviour in the analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quirk {
    /// Reads by unique key that start in the same tick are sent as one query.
    TickBatching,
    /// A call runs only when its promise is awaited or collected.
    AwaitedExecution,
    /// A list as the value of a plain key means `IN`.
    ArrayKeys,
    /// A row behind a relation is a stand-in that is read when more than its key is asked for.
    Proxies,
    /// Functions given to a query are translated to SQL and never run per row.
    TranslatedLambdas,
    /// Only models of `schema.prisma` hang on a client, when there is such a schema.
    SchemaModels,
    /// A table in `db/schema.rb` or `db/structure.sql` proves the model of its name, and where
    /// there are such files a name alone proves nothing.
    TableModels,
    /// Clients name their models in the plural: `context.Orders`.
    PluralSets,
    /// A query keeps the rows it has read: walking the same object again asks nothing.
    KeepsRows,
    /// Testing a query for truth runs it.
    TruthTest,
    /// Keys that come from one row of a query are that row's alone: they batch nothing over the rows.
    OwnLists,
    /// The name of a declared method says by what it asks: `findByOrderId`. All its rows have the same
    /// row behind that relation, which the session reads once.
    DerivedNames,
    /// The first argument must be SQL text; it also says whether the call reads or writes.
    SqlText,
}

/// Texts of the cure, in which `{model}`, `{key}`, `{keys}`, `{item}` and `{source}` are filled in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    pub key: String,
    #[serde(default)]
    pub count: Option<String>,
    /// For a relation of the element that is queried again.
    #[serde(default)]
    pub relation: Option<String>,
    /// For a single-valued relation that nothing loads, and for a collection.
    #[serde(default)]
    pub one: Option<String>,
    #[serde(default)]
    pub many: Option<String>,
    pub write: String,
    #[serde(default)]
    pub edit: Option<Edit>,
}

/// What is put behind the query that feeds a loop, so that it loads a relation: where all relations on the
/// way are single-valued, and else.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    pub one: String,
    pub many: String,
}
