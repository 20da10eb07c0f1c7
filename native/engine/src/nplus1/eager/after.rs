//! Calls that load relations of rows which are there already: `prefetch_related_objects(posts,
//! "author")`. They change what the rows carry, not a query.

use super::paths::Paths;
use super::reader::{Link, chain};
use super::{Plan, Scope};
use crate::facts::ir::{Arg, Expr, ExprKind};
use crate::nplus1::orm::Orm;
use crate::nplus1::orm::schema::eager::{After, Place};

/// Which argument of a call holds rows that are loaded with more, and with what.
pub fn after<'a>(orm: &Orm, call: &'a Expr, scope: Scope<'_, 'a>) -> Option<(&'a Arg, Paths)> {
    let ExprKind::Call { callee, args, .. } = &call.kind else {
        return None;
    };
    let (ExprKind::Name(last) | ExprKind::Member { name: last, .. }) = &callee.kind else {
        return None;
    };
    let mut entries = orm.eager.after.iter().filter(|entry| entry.last() == last);
    let mut entry = entries.next()?;
    let (start, links) = chain(call);
    let place = |name: &str| args.iter().position(|arg| arg.name.as_deref() == Some(name));
    loop {
        let rows = match &entry.rows {
            Place::At(at) => Some(*at),
            Place::Named(name) => place(name),
        };
        let rows = rows.filter(|_| entry.names(start, &links));
        if let Some((at, rows)) = rows.and_then(|at| Some((at, args.get(at)?))) {
            let mut plan = Plan::default();
            plan.read(orm, scope, |reader, plan| match &entry.paths {
                Some(name) => {
                    if let Some(paths) = place(name).and_then(|at| args.get(at)) {
                        reader.value(entry.form, &paths.value, plan);
                    }
                }
                None => reader.apply(entry.form, args.get(at + 1..).unwrap_or_default(), plan),
            });
            return Some((rows, plan.paths));
        }
        entry = entries.next()?;
    }
}

impl After {
    fn last(&self) -> &str {
        self.call.rsplit('.').next().unwrap_or_default()
    }

    /// Whether the chain ends as the entry says.
    fn names(&self, start: Option<&Expr>, links: &[Link<'_>]) -> bool {
        let start = match start.map(|start| &start.kind) {
            Some(ExprKind::Name(name)) => Some(name.as_str()),
            _ => None,
        };
        let mut written = links.iter().rev().map(|link| link.name).chain(start);
        self.call.rsplit('.').all(|name| written.next() == Some(name))
    }
}
