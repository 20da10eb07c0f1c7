//! Declared types: which of them are clients, sources, queries or rows of an ORM.

use super::Walker;
use std::rc::Rc;

use super::resolve::handle;
use super::unit::Types;
use crate::facts::ir::{Language, TypeRef};
use crate::nplus1::orm::Orm;
use crate::nplus1::orm::pattern::TypePattern;
use crate::nplus1::orm::schema::Quirk;
use crate::nplus1::signals::Active;
use crate::nplus1::value::{Bound, Coll, Evidence, Handle, Kind, Object, Origin, Query, Value};

/// Wrappers around a type that say nothing about what it is.
pub(super) const TRANSPARENT: &[&str] = &[
    "Optional",
    "Promise",
    "Awaited",
    "Annotated",
    "Task",
    "ValueTask",
    "Lazy",
    "Final",
    "ClassVar",
    "Readonly",
    "Mapped",
    "Required",
    "NonNullable",
    "CompletableFuture",
    "Provider",
    "ObjectProvider",
    "Partial",
    "Pick",
    "Omit",
];

/// What is walked at most once: `Option<Order>`.
pub(super) fn one_or_none(element: Value<'_>) -> Kind<'_> {
    Kind::Coll(Coll::of(element, Bound::Literal(1), Origin::Other))
}

impl<'a> Walker<'a> {
    /// What is made of a value where its declared type says that it is one or none.
    pub(super) fn held(&self, ty: &TypeRef, made: Kind<'a>) -> Kind<'a> {
        let mut ty = ty;
        while TRANSPARENT.contains(&ty.short())
            && let Some(inner) = ty.args.first()
        {
            ty = inner;
        }
        if !self.unit.table.optionals.has(ty.short()) {
            return made;
        }
        match made {
            Kind::Coll(coll) => one_or_none((*coll.element).clone()),
            Kind::Row(_) | Kind::Object(_) | Kind::Unknown | Kind::Foreign => one_or_none(Value::new(made)),
            made => made,
        }
    }

    pub(super) fn typed(&self, ty: &TypeRef) -> Value<'a> {
        if !ty.args.is_empty() {
            return self.typed_within(ty, 0);
        }
        let known = |types: &Types<'a>| types.get(&self.class)?.get(ty.name.as_str()).cloned();
        if let Some(kind) = known(&self.unit.types.borrow()) {
            return Value::new(kind);
        }
        let value = self.typed_within(ty, 0);
        let mut types = self.unit.types.borrow_mut();
        let of_class = types.entry(self.class).or_default();
        of_class.insert(ty.name.as_str().into(), value.kind.clone());
        value
    }

    pub(super) fn typed_within(&self, ty: &TypeRef, depth: u32) -> Value<'a> {
        if depth > 8 || ty.name.is_empty() {
            return Value::unknown();
        }
        let short = ty.short();
        if ty.name == "|" {
            let mut parts = ty
                .args
                .iter()
                .filter(|part| !matches!(part.short(), "None" | "null" | "undefined"));
            return match (parts.next(), parts.next()) {
                (Some(only), None) => self.typed_within(only, depth + 1),
                _ => Value::unknown(),
            };
        }
        let own = self.own_class_of(ty);
        if let Some(class) = own
            && let Some(source) = self.own_source(class, ty)
        {
            return Value::new(source);
        }
        for Active { orm, .. } in self.unit.orms.iter() {
            match (self.orm_type(orm, ty), own) {
                // Its own code says what it does, better than its name.
                (Some(Kind::Source(source)), Some(class)) if source.evidence == Evidence::Naming => {
                    if !self.has_code(class) {
                        return Value::new(Kind::Source(source));
                    }
                }
                (Some(Kind::Client(client)), Some(class))
                    if client.evidence == Evidence::Naming && !self.is_client(orm, class) => {}
                // Any class that is called a connection, with code of its own.
                (Some(Kind::Client(client)), Some(class))
                    if client.orm.has(Quirk::SqlText)
                        && self.has_code(class)
                        && !self.is_client(orm, class) => {}
                // What it has besides its ORM's words stands in its own class.
                (Some(Kind::Client(client)), Some(class)) => {
                    let declared = Some(class);
                    return Value::new(Kind::Client(Handle { declared, ..client }));
                }
                (Some(kind), _) => return Value::new(kind),
                (None, Some(class)) if self.extends_client(orm, class) => {
                    let declared = Some(class);
                    let client = handle(orm, None, Evidence::Resolved);
                    return Value::new(Kind::Client(Handle { declared, ..client }));
                }
                (None, _) => {}
            }
        }
        if self.unit.table.optionals.has(short) {
            let inner = ty.args.last();
            let element = inner.map_or_else(Value::unknown, |inner| self.typed_within(inner, depth + 1));
            return Value::new(one_or_none(element));
        }
        if TRANSPARENT.contains(&short) {
            return ty
                .args
                .first()
                .map_or_else(Value::unknown, |inner| self.typed_within(inner, depth + 1));
        }
        if self.unit.table.collections.has(short) {
            let element = ty
                .args
                .last()
                .map_or_else(Value::unknown, |inner| self.typed_within(inner, depth + 1));
            return Value::new(Kind::Coll(Coll::of(element, Bound::Unbounded, Origin::Parameter)));
        }
        for Active { orm, .. } in self.unit.orms.iter() {
            if let Some(evidence) = self.model(orm, short)
                && evidence == Evidence::Resolved
            {
                // What it was loaded with is not seen.
                let mut row = handle(orm, Some(short.to_owned()), evidence);
                row.plan.unseen = true;
                return Value::new(Kind::Row(row));
            }
        }
        match short {
            "any" | "unknown" | "object" | "Object" | "var" | "dynamic" | "Any" | "never" | "T" | "U"
            | "E" | "TContext" | "TDbContext" => Value::unknown(),
            _ => match self.world.view.class_named(self.unit.id, self.class, &ty.name) {
                Some(class) => Value::new(Kind::Object(Object {
                    class,
                    fields: Rc::default(),
                })),
                None => Value::new(Kind::Foreign),
            },
        }
    }

    pub(super) fn orm_type(&self, orm: &'static Orm, ty: &TypeRef) -> Option<Kind<'a>> {
        let short = ty.short();
        let patterns = [&orm.source_types, &orm.client_types, &orm.query_types];
        let mut all = patterns.into_iter().flatten();
        // Most types are none of the ORM's, and this tells it soonest.
        if !all.any(|pattern| pattern.matches_short(short, ty).is_some())
            || orm.type_never.matches(short)
            || !self.may_name(orm, ty)
        {
            return None;
        }
        let shipped = self.may_be_shipped(orm, ty);
        let find = |patterns: &'static [TypePattern]| {
            patterns
                .iter()
                .filter(|pattern| shipped || matches!(pattern, TypePattern::Around(..)))
                .find_map(|pattern| Some((pattern.matches_short(short, ty)?, pattern)))
        };
        if let Some((model, pattern)) = find(&orm.source_types) {
            // A name's ending is a habit, not a declaration.
            let evidence = match pattern {
                TypePattern::Around(..) => Evidence::Naming,
                _ => Evidence::Resolved,
            };
            return Some(Kind::Source(handle(orm, model, evidence)));
        }
        match find(&orm.client_types) {
            // Of clients the habit counts only where the file itself names the ORM.
            Some((_, TypePattern::Around(..))) => {
                let named = |active: &Active| active.orm.id == orm.id && active.in_file;
                let client = Kind::Client(handle(orm, None, Evidence::Naming));
                return self.unit.orms.iter().any(named).then_some(client);
            }
            Some(_) => return Some(Kind::Client(handle(orm, None, Evidence::Resolved))),
            None => {}
        }
        let (model, _) = find(&orm.query_types)?;
        let handle = handle(orm, model, Evidence::Resolved);
        Some(Kind::Query(Query::new(handle, Vec::new()).into()))
    }

    /// Whether the type can be one that the ORM itself ships. Java names every type it takes from
    /// another package, so a `Session` that comes from nowhere or elsewhere is another one.
    fn may_be_shipped(&self, orm: &Orm, ty: &TypeRef) -> bool {
        if self.unit.file.facts.language != Language::Java || self.unit.classes.contains_key(ty.short()) {
            return true;
        }
        if ty.name.contains('.') {
            return orm.import.matches(&ty.name);
        }
        match self.unit.imports.get(ty.name.as_str()) {
            Some((module, _)) => orm.import.matches(module),
            None => (self.unit.file.facts.imports.iter())
                .any(|import| import.names.is_empty() && orm.import.matches(&import.module)),
        }
    }

    /// A type imported from another library only looks the same: `requests.Session`.
    pub(super) fn may_name(&self, orm: &Orm, ty: &TypeRef) -> bool {
        let head = ty.name.split('.').next().unwrap_or("");
        if self.unit.classes.contains_key(ty.short()) {
            return self.model_like_class(orm, ty.short());
        }
        let Some((module, _)) = self.unit.imports.get(head) else {
            return true;
        };
        let own = module.starts_with(['.', '~', '@', '#', '/']) && !module.starts_with("@prisma/");
        own || orm.import.matches(module)
            || orm.import.matches(&format!("{module}.{head}"))
            || !is_foreign(module)
    }

    /// A class of this file that only carries such a name is what the file says it is.
    pub(super) fn model_like_class(&self, orm: &Orm, class: &str) -> bool {
        let Some(id) = self.unit.classes.get(class) else {
            return true;
        };
        let class = &self.unit.file.facts.classes[*id];
        let patterns = || {
            orm.client_types
                .iter()
                .chain(&orm.source_types)
                .chain(&orm.query_types)
        };
        class
            .bases
            .iter()
            .any(|base| patterns().any(|pattern| pattern.matches(base).is_some()))
    }
}

/// Libraries whose classes share names with those of ORMs.
fn is_foreign(module: &str) -> bool {
    const FOREIGN: &[&str] = &[
        "requests", "httpx", "aiohttp", "boto3", "mongoose", "mongodb", "pymongo", "redis", "ioredis",
        "flask",
    ];
    FOREIGN.contains(&module.split(['.', '/']).next().unwrap_or(module))
}
