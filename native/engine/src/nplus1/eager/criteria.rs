//! Criteria: `root.fetch("author").fetch("company")` loads for the query that the root belongs to,
//! not for what the call is written on. It is read off a whole function body.

use std::collections::BTreeMap;

use super::paths::{Mark, Paths};
use super::reader::{FUEL, Link, Reader, chain, unwrapped, word};
use super::{Plan, Scope};
use crate::facts::ir::{Arg, Expr, ExprKind, Pattern, Stmt, StmtKind};
use crate::nplus1::orm::Orm;
use crate::nplus1::orm::schema::eager::Form;

impl<'a> Reader<'_, 'a> {
    /// One `fetch` on what the last one gave.
    pub(super) fn fetch(self, args: &'a [Arg], plan: &mut Plan) {
        if let Some(first) = args.first() {
            match attribute(&first.value) {
                Some(name) => {
                    plan.go_on(name);
                    plan.load_last();
                }
                None => plan.paths.mark(Mark::Open),
            }
        }
    }
}

impl Plan {
    pub(super) fn go_on(&mut self, name: &str) {
        let path = match &self.last {
            Some(last) => format!("{last}.{name}"),
            None => name.to_owned(),
        };
        self.last = Some(path.into());
    }
}

/// What the statements of a function load by `root.fetch(…)`, through locals that hold a fetch: for the
/// criteria query that the function builds, or the specification that it is.
pub fn of_body<'a>(orm: &Orm, body: &'a [Stmt], scope: Scope<'_, 'a>) -> Paths {
    let mut plan = Plan::default();
    plan.read(orm, scope, |reader, plan| {
        let mut locals = BTreeMap::new();
        reader.statements(body, true, &mut locals, &mut plan.paths);
    });
    plan.paths
}

/// Locals that hold a join or a fetch, with the path.
type Locals<'a> = BTreeMap<&'a str, Plan>;

impl<'a> Reader<'_, 'a> {
    fn statements(self, body: &'a [Stmt], sure: bool, locals: &mut Locals<'a>, out: &mut Paths) {
        let Some(reader) = self.down() else {
            return;
        };
        for stmt in body {
            match &stmt.kind {
                StmtKind::Expr(value) | StmtKind::Return(Some(value)) => {
                    reader.fetches(value, sure, locals, out);
                }
                StmtKind::Assign {
                    target,
                    value: Some(value),
                    ..
                } => {
                    let at = reader.fetches(value, sure, locals, out);
                    if let (Pattern::Name { name, .. }, Some(at)) = (target, at)
                        && locals.len() < FUEL as usize
                    {
                        locals.insert(name, at);
                    }
                }
                // `if (query.getResultType() != Long.class) { root.fetch("author"); }` keeps counts
                // free of fetches: the rows have them.
                StmtKind::If { then, otherwise, .. } => {
                    reader.statements(then, sure, locals, out);
                    reader.statements(otherwise, sure, locals, out);
                }
                StmtKind::Try { body, .. } | StmtKind::Scope { body, .. } => {
                    reader.statements(body, sure, locals, out);
                }
                StmtKind::Loop(each) => reader.statements(&each.body, false, locals, out),
                _ => {}
            }
        }
    }

    /// Where the chain ends, if it is one of joins and fetches.
    fn fetches(self, value: &'a Expr, sure: bool, locals: &Locals<'a>, out: &mut Paths) -> Option<Plan> {
        let reader = self.down()?;
        let (start, links) = chain(unwrapped(value));
        let from = match start.map(|start| &start.kind) {
            Some(ExprKind::Name(name)) => locals.get(name.as_str()),
            _ => None,
        };
        let mut plan = Plan {
            last: from.and_then(|from| from.last.clone()),
            ..Plan::default()
        };
        let mut is_chain = false;
        for link in links {
            is_chain |= reader.fetch_link(link, &mut plan);
        }
        let paths = std::mem::take(&mut plan.paths);
        out.merge(&if sure {
            paths
        } else {
            paths.intersect(&Paths::default())
        });
        is_chain.then_some(plan)
    }

    fn fetch_link(self, link: Link<'a>, plan: &mut Plan) -> bool {
        let form = self.orm.eager.call(link.name);
        match (form, link.args.first()) {
            (Some(Form::Fetch), Some(_)) => {
                self.fetch(link.args, plan);
                true
            }
            (Some(Form::TypedJoin | Form::JoinOnly), Some(first)) => match attribute(&first.value) {
                Some(name) => {
                    plan.go_on(name);
                    true
                }
                None => false,
            },
            _ => false,
        }
    }
}

/// `"author"`, `Post_.author`, `Post_.AUTHOR`.
fn attribute(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Member { object, name, .. } => match &object.kind {
            ExprKind::Name(class) if class.ends_with('_') => Some(name),
            _ => None,
        },
        _ => word(expr),
    }
}
