//! What the queries of one file ask to be loaded with their rows, anywhere in it.

use std::collections::{BTreeSet, HashSet};

use super::eager::{self, Plan, Scope};
use super::frameworks;
use super::orm::schema::{Role, Shape};
use super::orm::{Effect, Orm};
use super::signals::Active;
use crate::facts::ir::{Expr, ExprKind, Function, Span};
use crate::program::visit;
use crate::raw::File;
use crate::registry::{Feeds, Load};

/// Names of one chain of calls that are looked at; real ones stay below.
const CHAIN_MAX: usize = 40;

/// Each load once.
#[must_use]
pub fn loads(file: &File<'_>, orms: &[Active]) -> BTreeSet<Load> {
    let mut found = BTreeSet::new();
    let serializers = frameworks::Found::of(file.facts).serializers();
    let shows = serializers.map(|words| words.method.as_str());
    for active in orms {
        let orm = active.orm;
        for function in &file.facts.functions {
            let mut plan = Plan::default();
            plan.decorators(orm, &function.decorators, Scope::bare());
            let feeds = if shows.is_some_and(|method| is_method(function, method)) {
                Feeds::Shown
            } else {
                Feeds::Anything
            };
            let mut reader = Reader::new(orm, feeds, &mut found);
            reader.keep(&plan.paths.loaded(), Vec::new(), feeds);
            visit::each(&function.body, &mut |expr| reader.expression(expr));
        }
        for class in &file.facts.classes {
            let fields = class.fields.iter().filter_map(|field| field.value.as_ref());
            let mut reader = Reader::new(orm, Feeds::Anything, &mut found);
            for expr in class.macros.iter().chain(fields) {
                visit::expression(expr, &mut |expr| reader.expression(expr));
            }
        }
    }
    found
}

fn is_method(function: &Function, name: &str) -> bool {
    function.class.is_some() && function.name == name
}

struct Reader<'r> {
    orm: &'r Orm,
    feeds: Feeds,
    /// Calls on whose rows a later call of the chain reads one.
    of_one: HashSet<Span>,
    found: &'r mut BTreeSet<Load>,
}

impl<'r> Reader<'r> {
    fn new(orm: &'r Orm, feeds: Feeds, found: &'r mut BTreeSet<Load>) -> Self {
        Reader {
            orm,
            feeds,
            of_one: HashSet::new(),
            found,
        }
    }

    /// Outer expressions are shown before inner ones: `.first()` before what it is called on.
    fn expression(&mut self, expr: &Expr) {
        let ExprKind::Call { callee, args, .. } = &expr.kind else {
            return;
        };
        let (ExprKind::Member { name, .. } | ExprKind::Name(name)) = &callee.kind else {
            return;
        };
        let chain = chain(expr);
        if reads_one(self.orm, name) {
            self.of_one.extend(chain.iter().map(|link| link.span));
        }
        let feeds = if self.of_one.contains(&expr.span) {
            Feeds::OneRow
        } else {
            self.feeds
        };
        let mut plan = Plan::default();
        plan.call(self.orm, name, args, Scope::bare());
        let roots = || {
            let names = chain.iter().rev().filter_map(|link| link.name);
            names.map(str::to_owned).collect()
        };
        let loaded = plan.paths.loaded();
        if !loaded.is_empty() {
            self.keep(&loaded, roots(), feeds);
        }
        if let Some((_, paths)) = eager::after(self.orm, expr, Scope::bare()) {
            self.keep(&paths.loaded(), Vec::new(), Feeds::Anything);
        }
    }

    fn keep(&mut self, paths: &[String], roots: Vec<String>, feeds: Feeds) {
        for path in paths {
            self.found.insert(Load {
                orm: self.orm.id.clone(),
                roots: roots.clone(),
                path: path.clone(),
                feeds,
            });
        }
    }
}

struct Link<'e> {
    span: Span,
    /// Of a name or member that is not called.
    name: Option<&'e str>,
}

/// The call and all it is called on, outermost first.
fn chain(expr: &Expr) -> Vec<Link<'_>> {
    let mut links = Vec::new();
    let mut next = Some((expr, true));
    while let Some((expr, is_value)) = next.take().filter(|_| links.len() < CHAIN_MAX) {
        let (name, inner) = match &expr.kind {
            ExprKind::Call { callee, .. } => (None, Some((&**callee, false))),
            ExprKind::Member { object, name, .. } => (Some(name.as_str()), Some((&**object, true))),
            ExprKind::Name(name) => (Some(name.as_str()), None),
            _ => (None, None),
        };
        links.push(Link {
            span: expr.span,
            name: name.filter(|_| is_value),
        });
        next = inner;
    }
    links
}

fn reads_one(orm: &Orm, method: &str) -> bool {
    [Role::Client, Role::Source, Role::Query, Role::Relation]
        .iter()
        .any(|role| {
            let effect = orm.method(*role, method).map(|(effect, _)| effect);
            matches!(
                effect,
                Some(Effect::Reads(Shape::Row) | Effect::Writes(Shape::Row))
            )
        })
}
