//! Chains of the ORM files (`$CLIENT.query($M)`, `select()`) matched on the unified call chain, one
//! link at a time: what stands before the link was evaluated already.

use super::Walker;
use super::orm_args::Args;
use super::resolve::upper_first;
use crate::facts::ir::TypeRef;
use crate::nplus1::eager::Plan;
use crate::nplus1::orm::Orm;
use crate::nplus1::orm::pattern::{ArgNeed, Chain, Head, Link};
use crate::nplus1::orm::schema::Quirk;
use crate::nplus1::value::{Evidence, Handle, Kind, Query, Value};
use crate::nplus1::words;

/// What a chain of an ORM file stands for.
#[derive(Clone, Copy)]
enum Stands {
    Source,
    Query,
    Statement,
}

fn chains(orm: &'static Orm) -> impl Iterator<Item = (&'static Chain, Stands)> {
    let all = |chains: &'static [Chain], stands| chains.iter().map(move |chain| (chain, stands));
    all(&orm.source, Stands::Source)
        .chain(all(&orm.query, Stands::Query))
        .chain(all(&orm.statement, Stands::Statement))
}

impl<'a> Walker<'a> {
    /// Matches `value.name` or `value.name(args)`.
    pub(super) fn chain(&self, value: &Value<'a>, name: &str, args: Option<&Args<'a>>) -> Option<Value<'a>> {
        self.unit.orms.iter().find_map(|active| {
            let orm = active.orm;
            let owns = match &value.kind {
                Kind::Client(h) | Kind::Row(h) | Kind::Source(h) => h.orm.id == orm.id,
                _ => true,
            };
            if !owns {
                return None;
            }
            chains(orm).find_map(|(chain, stands)| {
                let handle = self.matches(orm, chain, value, name, args)?;
                let handle = self.better_known(handle, args);
                Some(started(stands, handle, args, value))
            })
        })
    }

    /// A free function that starts a query: `select(User)`, `getRepository(User)`.
    pub(super) fn function_chain(&self, orm: &'static Orm, name: &str, args: &Args<'a>) -> Option<Value<'a>> {
        chains(orm).find_map(|(chain, stands)| {
            let Head::Function(glob) = &chain.head else {
                return None;
            };
            if !glob.matches(name) || chain.link != Link::None {
                return None;
            }
            let model = args.satisfies(chain.call.unwrap_or(ArgNeed::Any), self, orm)?;
            let model = model.or_else(|| args.model(self, orm));
            let handle = super::resolve::handle(orm, model, Evidence::Resolved);
            let handle = self.better_known(handle, Some(args));
            Some(started(stands, handle, Some(args), &Value::unknown()))
        })
    }

    /// A model that is named by a text (`sequelize.model("order")`), and a class of the repository that
    /// is a repository itself (`getCustomRepository(OrderRepository)`).
    fn better_known(&self, handle: Handle, args: Option<&Args<'a>>) -> Handle {
        let first = args.and_then(|args| args.values.first()).map(|first| &first.kind);
        if let (None, Some(Kind::Text(text))) = (&handle.model, first)
            && let Some(Kind::Source(source)) =
                self.registered(handle.orm, text.trim_matches(['"', '\'', '`']))
        {
            return source;
        }
        let Some(name) = handle.model.as_deref().filter(|_| self.unit.is_ecmascript()) else {
            return handle;
        };
        let Some(class) = self.world.view.class_named(self.unit.id, self.class, name) else {
            return handle;
        };
        let ty = TypeRef {
            name: name.to_owned(),
            args: Vec::new(),
            nullable: false,
        };
        self.own_source_of(handle.orm, class, &ty).unwrap_or(handle)
    }

    /// Whether some function of this name starts a query of the ORM.
    pub(super) fn is_start(orm: &'static Orm, name: &str) -> bool {
        chains(orm).any(|(chain, _)| matches!(&chain.head, Head::Function(glob) if glob.matches(name)))
    }

    /// Whether an attribute of this name is where queries of a class start.
    pub(super) fn is_manager(&self, name: &str) -> bool {
        let sources = self.unit.orms.iter().flat_map(|active| &active.orm.source);
        let mut of_class = sources.filter(|chain| chain.head == Head::Model && chain.call.is_none());
        of_class.any(|chain| matches!(&chain.link, Link::Name(glob) if glob.is_exact() && glob.matches(name)))
    }

    fn matches(
        &self,
        orm: &'static Orm,
        chain: &Chain,
        value: &Value<'a>,
        name: &str,
        args: Option<&Args<'a>>,
    ) -> Option<Handle> {
        if chain.call.is_some() != args.is_some() {
            return None;
        }
        let (model, evidence) = match (&chain.head, &value.kind) {
            (Head::Client, Kind::Client(client)) => (None, client.evidence),
            (Head::Row, Kind::Row(row)) => (None, row.evidence),
            (Head::Model, Kind::Class(class)) if matches!(chain.link, Link::Name(_)) => {
                self.model(orm, class)?;
                // A chain that only this ORM has proves the class.
                (Some(class.clone()), Evidence::Resolved)
            }
            _ => return None,
        };
        let model = match &chain.link {
            Link::Name(glob) if glob.matches(name) => model,
            Link::CapturesModel => Some(self.captured(orm, name)?),
            _ => return None,
        };
        let model = match (chain.call, args) {
            (Some(need), Some(args)) => args
                .satisfies(need, self, orm)?
                .or(model)
                .or_else(|| args.model(self, orm)),
            _ => model,
        };
        Some(Handle {
            orm,
            model,
            evidence,
            subject: None,
            plan: Plan::default(),
            proxy: None,
            reached: None,
            declared: None,
        })
    }

    /// The model that `client.name` stands for.
    pub(super) fn captured(&self, orm: &Orm, name: &str) -> Option<String> {
        if name.starts_with(['$', '_']) || self.in_schema(orm, name) == Some(false) {
            return None;
        }
        if orm.has(Quirk::PluralSets) {
            return name
                .starts_with(char::is_uppercase)
                .then(|| words::singular(name));
        }
        Some(upper_first(name))
    }
}

fn started<'a>(stands: Stands, handle: Handle, args: Option<&Args<'a>>, on: &Value<'a>) -> Value<'a> {
    let mut taint = on.taint.clone();
    let mut keys = Vec::new();
    if let Some(args) = args {
        taint.add(&args.taint);
        keys.clone_from(&args.keys);
    }
    let kind = match stands {
        Stands::Source => Kind::Source(handle),
        Stands::Query => Kind::Query(Query::new(handle, keys).into()),
        Stands::Statement => Kind::Query(
            Query {
                writes: true,
                ..Query::new(handle, keys)
            }
            .into(),
        ),
    };
    Value::tainted(kind, taint)
}
