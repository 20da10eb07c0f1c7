//! Abstract values: what the walk knows of an expression without running it. A value has a kind
//! (a client, a built query, rows, a plain collection …) and a taint: which turns of which
//! iterations it was made from. It must not know syntax.

mod fields;
mod lazy;

use std::rc::Rc;

pub use fields::{Fields, SPREAD};
pub use lazy::{Lazy, Related};

use super::eager::Plan;
use super::orm::Orm;
use super::taint::Taint;
use crate::facts::ir::{Lambda, Span};
use crate::program::ClassRef;
use crate::sources::FileId;

pub type SiteId = usize;

/// How well a receiver is known to belong to the ORM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// By the name of a variable or class alone.
    Naming,
    /// By a declared type, a constructor, a class declaration or a chain only this ORM has.
    Resolved,
}

#[derive(Clone, Debug)]
pub struct Handle {
    pub orm: &'static Orm,
    pub model: Option<String>,
    pub evidence: Evidence,
    /// What it is called in the text, when there is no model: `order.items`.
    pub subject: Option<String>,
    /// What a query will load with its rows, or what a row was loaded with.
    pub plan: Plan,
    /// A row that is read from the database when more than its key is asked for.
    pub proxy: Option<Rc<Lazy>>,
    /// The relation by which a row was reached from what a query reads.
    pub reached: Option<Rc<Lazy>>,
    /// The class or interface of the repository that says what a source may be asked.
    pub declared: Option<ClassRef>,
}

/// One key of a query, for the message and the cure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Field or argument name: `id`.
    pub field: Option<String>,
    /// As written: `order.customer_id`.
    pub text: String,
    pub taint: Taint,
}

#[derive(Clone, Debug)]
pub struct Query {
    pub handle: Handle,
    pub keys: Vec<Key>,
    pub limit: Option<u64>,
    /// An update, insert or delete that has not run.
    pub writes: bool,
    /// It is a relation of a row, as it stands.
    pub related: Option<Rc<Related>>,
}

impl Query {
    pub fn new(handle: Handle, keys: Vec<Key>) -> Self {
        Query {
            handle,
            keys,
            limit: None,
            writes: false,
            related: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// A literal of this many elements.
    Literal(u64),
    /// A named constant or enumeration.
    Constant,
    /// A declared limit on what is read.
    Limited(u64),
    Unbounded,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Rows of a query, with the place that reads them.
    Query {
        model: Option<String>,
        file: FileId,
        span: Span,
    },
    Parameter,
    Other,
}

#[derive(Clone, Debug)]
pub struct Coll<'a> {
    pub bound: Bound,
    pub origin: Origin,
    pub element: Rc<Value<'a>>,
    /// Its elements are collections themselves (slices, pages).
    pub chunks: bool,
    /// Its elements are consecutive numbers.
    pub counter: bool,
}

impl<'a> Coll<'a> {
    pub fn of(element: Value<'a>, bound: Bound, origin: Origin) -> Self {
        Coll {
            bound,
            origin,
            element: Rc::new(element),
            chunks: false,
            counter: false,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Object<'a> {
    pub class: ClassRef,
    /// What its constructor left in its fields, where that was walked.
    pub fields: Rc<Vec<(String, Value<'a>)>>,
}

#[derive(Clone, Debug)]
pub enum Kind<'a> {
    Unknown,
    /// A plain value: number, flag, column.
    Scalar,
    /// A string as written, quotes and all.
    Text(&'a str),
    Null,
    /// The object whose method runs.
    This,
    /// A class by its name as written; which ORM it belongs to shows in its use.
    Class(String),
    /// An attribute of a class: `User.id`.
    Column(String),
    Client(Handle),
    Source(Handle),
    Query(Rc<Query>),
    Row(Handle),
    Coll(Coll<'a>),
    /// Object or dictionary literal.
    Record,
    /// An object literal of which it is known what is in it.
    Fields(Rc<Fields<'a>>),
    /// Arguments by name, as a method takes and hands on what it does not know.
    Named(Rc<Vec<(String, Value<'a>)>>),
    /// Shared, for a long list may be named often.
    Tuple(Rc<Vec<Value<'a>>>),
    /// A function value and how many calls deep it was made: it sees the names of that place.
    Lambda(&'a Lambda, usize),
    /// Gathers the keys that are asked for in one turn and hands them to its function together:
    /// `new DataLoader(async (ids) => …)`.
    Loader(&'a Lambda, usize),
    /// An instance of a class of the repository that is no model.
    Object(Object<'a>),
    /// A value of a declared type that belongs to no ORM.
    Foreign,
    /// A promise of a query that runs when awaited or collected.
    Pending(Vec<SiteId>, Rc<Value<'a>>),
}

/// Lists inside lists that are looked into. `x = [x, x]` again and again would fill the memory.
const NESTED_MAX: usize = 1000;
/// Collections of collections that are looked into. `x = [y for y in [x]]` again and again would cost as
/// much for each line as there are lines before it.
const LEVELS_MAX: usize = 64;

impl<'a> Kind<'a> {
    pub fn tuple(mut parts: Vec<Value<'a>>) -> Self {
        if parts.iter().map(Value::nested).sum::<usize>() > NESTED_MAX {
            for part in parts.iter_mut().filter(|part| part.nested() > 0) {
                part.kind = Kind::Unknown;
            }
        }
        Kind::Tuple(parts.into())
    }
}

#[derive(Clone, Debug)]
pub struct Value<'a> {
    pub kind: Kind<'a>,
    pub taint: Taint,
}

impl<'a> Value<'a> {
    pub fn new(kind: Kind<'a>) -> Self {
        Value {
            kind,
            taint: Taint::default(),
        }
    }

    pub fn unknown() -> Self {
        Value::new(Kind::Unknown)
    }

    pub fn tainted(kind: Kind<'a>, taint: Taint) -> Self {
        Value { kind, taint }
    }

    /// Hashes what a body entered with this value may do with it; false for values that each call
    /// may answer differently for.
    pub fn shape(&self, hasher: &mut impl std::hash::Hasher) -> bool {
        use std::hash::Hash;
        self.rank().hash(hasher);
        match &self.kind {
            Kind::Unknown | Kind::Scalar | Kind::Null | Kind::Foreign | Kind::Record | Kind::This => {}
            Kind::Text(text) => text.hash(hasher),
            Kind::Class(name) | Kind::Column(name) => name.hash(hasher),
            Kind::Object(object) => {
                object.class.hash(hasher);
                return object.fields.is_empty();
            }
            Kind::Row(handle) | Kind::Client(handle) | Kind::Source(handle) => {
                handle.model.hash(hasher);
                handle.declared.hash(hasher);
                return handle.proxy.is_none() && handle.plan.paths.is_empty();
            }
            Kind::Coll(coll) => return coll.element.shape(hasher),
            Kind::Fields(fields) => return fields.shape(hasher),
            Kind::Tuple(parts) => return parts.iter().all(|part| part.shape(hasher)),
            Kind::Named(parts) => {
                return parts.iter().all(|(name, part)| {
                    name.hash(hasher);
                    part.shape(hasher)
                });
            }
            Kind::Query(_) | Kind::Lambda(..) | Kind::Loader(..) | Kind::Pending(..) => return false,
        }
        true
    }

    /// Whether an ORM has to do with it.
    pub fn is_of_orm(&self) -> bool {
        match &self.kind {
            Kind::Row(_) | Kind::Client(_) | Kind::Source(_) | Kind::Query(_) | Kind::Pending(..) => true,
            Kind::Coll(coll) => coll.element.is_of_orm() || coll.origin != Origin::Other,
            Kind::Tuple(parts) => parts.iter().any(Value::is_of_orm),
            Kind::Named(parts) => parts.iter().any(|(_, part)| part.is_of_orm()),
            Kind::Fields(fields) => fields.values().any(Value::is_of_orm),
            _ => false,
        }
    }

    /// This value, or where nothing is known of it what else says about its kind.
    pub fn or_as(self, other: Value<'a>) -> Value<'a> {
        match self.kind {
            Kind::Unknown | Kind::Foreign => Value::tainted(other.kind, self.taint),
            _ => self,
        }
    }

    /// The value after both ways of a branch. Where they disagree the more telling kind wins:
    /// the analysis asks what may be there.
    pub fn join(&self, other: &Value<'a>) -> Value<'a> {
        let kind = if self.rank() >= other.rank() {
            &self.kind
        } else {
            &other.kind
        };
        let mut joined = Value {
            kind: fields::joined(&self.kind, &other.kind).unwrap_or_else(|| kind.clone()),
            taint: self.taint.clone().with(&other.taint),
        };
        joined.also_loaded(&self.kind);
        joined.also_loaded(&other.kind);
        joined
    }

    /// What one way of a branch loads may be loaded after it: `if full: q = q.prefetch_related("tags")`.
    fn also_loaded(&mut self, other: &Kind<'a>) {
        match (&mut self.kind, other) {
            (Kind::Query(own), Kind::Query(other))
                if !other.handle.plan.paths.is_empty() && own.handle.plan != other.handle.plan =>
            {
                Rc::make_mut(own)
                    .handle
                    .plan
                    .paths
                    .merge(&other.handle.plan.paths);
            }
            (Kind::Row(own), Kind::Row(other)) if !other.plan.paths.is_empty() && own.plan != other.plan => {
                own.plan.paths.merge(&other.plan.paths);
            }
            (Kind::Coll(own), Kind::Coll(other)) => {
                if let Kind::Row(row) = &other.element.kind
                    && !row.plan.paths.is_empty()
                {
                    Rc::make_mut(&mut own.element).also_loaded(&other.element.kind);
                }
            }
            _ => {}
        }
    }

    fn rank(&self) -> u8 {
        match self.kind {
            Kind::Null => 0,
            Kind::Unknown | Kind::Scalar | Kind::Text(_) | Kind::Column(_) => 1,
            Kind::Record
            | Kind::Fields(_)
            | Kind::Named(_)
            | Kind::Tuple(_)
            | Kind::Class(_)
            | Kind::This => 2,
            Kind::Foreign | Kind::Object(_) | Kind::Lambda(..) | Kind::Loader(..) => 3,
            Kind::Coll(_) => 4,
            Kind::Row(_) => 5,
            Kind::Client(_) | Kind::Source(_) => 6,
            Kind::Query(_) | Kind::Pending(..) => 7,
        }
    }

    fn nested(&self) -> usize {
        self.nested_at(0)
    }

    fn nested_at(&self, depth: usize) -> usize {
        if depth >= LEVELS_MAX {
            return NESTED_MAX + 1;
        }
        let inside = |value: &Value<'a>| value.nested_at(depth + 1);
        match &self.kind {
            Kind::Tuple(parts) => 1 + parts.len() + parts.iter().map(inside).sum::<usize>(),
            Kind::Named(parts) => 1 + parts.iter().map(|(_, part)| 1 + inside(part)).sum::<usize>(),
            Kind::Coll(coll) => inside(&coll.element),
            Kind::Fields(fields) => 1 + fields.values().map(|part| 1 + inside(part)).sum::<usize>(),
            Kind::Pending(_, result) => inside(result),
            _ => 0,
        }
    }

    pub fn is_collection(&self) -> bool {
        matches!(self.kind, Kind::Coll(_))
    }

    /// The sites inside promises that are not awaited yet.
    pub fn pending(&self) -> Vec<SiteId> {
        match &self.kind {
            Kind::Pending(sites, _) => sites.clone(),
            Kind::Coll(coll) => coll.element.pending(),
            Kind::Tuple(parts) => parts.iter().flat_map(Value::pending).collect(),
            _ => Vec::new(),
        }
    }

    /// The value once its promises are awaited.
    pub fn settled(self) -> Value<'a> {
        match self.kind {
            Kind::Pending(_, ref result) => {
                let mut value = (**result).clone();
                value.taint.add(&self.taint);
                value
            }
            Kind::Coll(ref coll) if !coll.element.pending().is_empty() => {
                let element = Rc::new((*coll.element).clone().settled());
                Value {
                    kind: Kind::Coll(Coll {
                        element,
                        ..coll.clone()
                    }),
                    taint: self.taint,
                }
            }
            Kind::Tuple(parts) if parts.iter().any(|part| !part.pending().is_empty()) => {
                let parts = Rc::unwrap_or_clone(parts)
                    .into_iter()
                    .map(Value::settled)
                    .collect();
                Value::tainted(Kind::tuple(parts), self.taint)
            }
            _ => self,
        }
    }
}
