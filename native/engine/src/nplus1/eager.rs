//! What a query loads together with its rows: relation paths, read off the arguments of the calls
//! that build it. Purely syntactic. Which method names paths in which form is data (`eager` in
//! `native/rules/orm`); it must not know models, and never decides whether an access queries.

mod after;
mod associations;
mod criteria;
mod dunder;
mod graph;
mod joins;
mod member;
mod names;
mod options;
pub mod paths;
mod reader;
#[cfg(test)]
mod tests;
mod text;
mod tree;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use after::after;
pub use criteria::of_body;
pub use graph::declared;
use paths::{Mark, Paths};
use reader::Reader;

use super::orm::schema::Role;
use super::orm::schema::eager::Form;
use super::orm::{Effect, Orm};
use crate::facts::ir::{Arg, Decorator, Expr, ExprKind};

/// Joins of one query whose aliases are kept.
const JOINS_MAX: usize = 64;

/// What the text around a call knows.
#[derive(Clone, Copy)]
pub struct Scope<'s, 'a> {
    /// The value of a local, constant or field by its dotted name as written: `INCLUDES`, `Post.FULL`,
    /// `self.includes` (in every language).
    pub constants: &'s dyn Fn(&str) -> Option<&'a Expr>,
    /// What a named entity graph or named query loads; also a method of a model that is no method of
    /// the ORM: `Comment.visible`.
    pub named: &'s dyn Fn(&str) -> Option<Paths>,
}

impl Scope<'_, '_> {
    /// Knows nothing.
    pub fn bare() -> Self {
        Scope {
            constants: &|_| None,
            named: &|_| None,
        }
    }
}

/// The fetch plan of one query while it is being built. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What its rows will carry.
    pub paths: Paths,
    /// The query that gave the rows is not seen: it may have loaded more.
    pub unseen: bool,
    /// What the next `ThenInclude` or `fetchJoin` goes on from.
    last: Option<Arc<str>>,
    /// Aliases of joins and the paths they stand for.
    joins: Option<Arc<BTreeMap<Arc<str>, Arc<str>>>>,
}

impl Plan {
    /// Rows that were loaded with these paths.
    #[must_use]
    pub fn of(paths: Paths) -> Self {
        Plan {
            paths,
            ..Plan::default()
        }
    }

    /// Rows that a relation of such rows leads to.
    #[must_use]
    pub fn below(above: &Plan, paths: Paths) -> Self {
        Plan {
            unseen: above.unseen,
            ..Plan::of(paths)
        }
    }

    /// The plan after one more call on the query: a builder (`includes`), or the read itself
    /// (`findMany({ include })`). A call that names no relation leaves it as it is.
    pub fn call<'a>(&mut self, orm: &Orm, method: &str, args: &'a [Arg], scope: Scope<'_, 'a>) {
        for path in orm.eager.named(method) {
            self.paths.add(&path);
        }
        let form = orm.eager.call(method);
        if form.is_none() && !orm.eager.has_keys() {
            return;
        }
        self.read(orm, scope, |reader, plan| {
            if let Some(form) = form {
                reader.apply(form, args, plan);
            }
            // Options of a read that are built elsewhere may ask for anything.
            let reads = [Role::Source, Role::Client]
                .iter()
                .any(|role| matches!(orm.method(*role, method), Some((Effect::Reads(_), _))));
            reader.keyed(args, reads && orm.eager.has_objects(), plan);
        });
    }

    /// What the decorators of a declared query load: `@EntityGraph`, `@Query`.
    pub fn decorators<'a>(&mut self, orm: &Orm, decorators: &'a [Decorator], scope: Scope<'_, 'a>) {
        self.read(orm, scope, |reader, plan| {
            for decorator in decorators {
                let short = decorator.name.rsplit('.').next().unwrap_or_default();
                if let Some(form) = orm.eager.decorator(short) {
                    reader.apply(form, &decorator.args, plan);
                }
            }
        });
    }

    /// After two branches.
    #[must_use]
    pub fn intersect(&self, other: &Plan) -> Plan {
        if self == other {
            return self.clone();
        }
        Plan {
            paths: self.paths.intersect(&other.paths),
            unseen: self.unseen || other.unseen,
            last: self.last.clone().filter(|last| other.last.as_ref() == Some(last)),
            joins: self.joins.clone().or_else(|| other.joins.clone()),
        }
    }

    fn read<'a>(&mut self, orm: &Orm, scope: Scope<'_, 'a>, reads: impl FnOnce(Reader<'_, 'a>, &mut Plan)) {
        let fuel = Cell::new(reader::FUEL);
        reads(Reader::new(orm, scope, &fuel), self);
        if fuel.get() == 0 {
            self.paths.mark(Mark::Open);
        }
    }

    fn alias(&mut self, alias: &str, path: &str) {
        let joins = Arc::make_mut(self.joins.get_or_insert_default());
        if joins.len() < JOINS_MAX {
            joins.insert(alias.into(), path.into());
        }
    }

    fn aliased(&self, alias: &str) -> Option<&str> {
        self.joins.as_ref()?.get(alias).map(|path| &**path)
    }
}

impl<'a> Reader<'_, 'a> {
    fn apply(self, form: Form, args: &'a [Arg], plan: &mut Plan) {
        match form {
            Form::Names => self.names(args, plan),
            Form::Query => self.query(args, plan),
            Form::Forgets => self.forgets(args, plan),
            Form::JoinPaths => self.join_paths(args, plan),
            Form::PrefetchPaths => self.prefetch_paths(args, plan),
            Form::FetchMode => self.fetch_mode(args, plan),
            Form::DropsPrefetched => dunder::drops_prefetched(args, plan),
            Form::LoaderOptions => self.loader_options(args, plan),
            Form::Member => self.member(args, plan),
            Form::ThenMember => self.then_member(args, plan),
            Form::Dotted => self.dotted(args, plan),
            Form::JoinLoads => self.join_loads(args, plan),
            Form::JoinOnly => self.join_only(args, plan),
            Form::JoinAs => self.join_as(args, plan),
            Form::Selects => self.selects(args, plan),
            Form::TypedJoin => self.typed_join(args, plan),
            Form::FetchJoin => plan.load_last(),
            Form::Fetch => self.fetch(args, plan),
            Form::Text => self.text(args, plan),
            Form::Named => self.named(args, plan),
            Form::Graph => self.graph(args, plan),
            Form::GraphHint => self.graph_hint(args, plan),
            Form::NeverLazy => match args.first().map(|arg| &arg.value.kind) {
                Some(ExprKind::Bool(false)) => plan.paths.unmark(Mark::NeverLazy),
                _ => plan.paths.mark(Mark::NeverLazy),
            },
            Form::NoDefaults => plan.paths.mark(Mark::NoDefaults),
            Form::Tree
            | Form::Relations
            | Form::Associations
            | Form::RelationIds
            | Form::JoinOptions
            | Form::Defaults => {
                for arg in args {
                    self.value(form, &arg.value, plan);
                }
            }
        }
    }

    /// Named arguments and keys of argument objects: `options=[…]`, `{ include: … }`.
    fn keyed(self, args: &'a [Arg], opens: bool, plan: &mut Plan) {
        if !self.orm.eager.has_keys() {
            return;
        }
        for (at, arg) in args.iter().enumerate() {
            let form = arg.name.as_deref().and_then(|name| self.orm.eager.key(name));
            match form {
                Some(form) => self.value(form, &arg.value, plan),
                // Options come last.
                None if arg.name.is_none() => self.object(&arg.value, opens && at + 1 == args.len(), plan),
                None => {}
            }
        }
    }

    /// One value under a key that the ORM names.
    fn value(self, form: Form, value: &'a Expr, plan: &mut Plan) {
        match form {
            Form::Tree => self.tree(value, &mut plan.paths),
            Form::Relations => self.relations(value, &mut plan.paths),
            Form::Associations => self.associations(value, &mut plan.paths),
            Form::RelationIds => self.relation_ids(value, &mut plan.paths),
            Form::JoinOptions => self.join_options(value, plan),
            Form::Defaults => match value.kind {
                ExprKind::Bool(false) => plan.paths.mark(Mark::NoDefaults),
                _ => plan.paths.unmark(Mark::NoDefaults),
            },
            Form::LoaderOptions => self.loader_option_list(value, &mut plan.paths),
            Form::Member | Form::Dotted => self.includes(value, plan),
            Form::Names => self.name_list(value, &mut plan.paths),
            Form::PrefetchPaths => self.prefetched(value, &mut plan.paths),
            // The other forms need a whole call.
            _ => plan.paths.mark(Mark::Open),
        }
    }
}
