//! What a named query, a manager or an association's own scope loads, and which other named queries
//! it goes through. It must not know which model they belong to.

use super::source::Source;
use crate::facts::ir::{Arg, Expr, ExprKind, Lambda, Stmt, StmtKind};
use crate::nplus1::eager::paths::Paths;
use crate::nplus1::eager::{self, Plan, Scope};
use crate::nplus1::orm::schema::Role;
use crate::program::visit;

/// Calls of one chain that are read.
const LINKS_MAX: usize = 200;

/// What the body of a scope does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Loads {
    pub paths: Paths,
    /// Other methods in its chains that build nothing the ORM knows.
    pub uses: Vec<String>,
}

impl Loads {
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.uses.is_empty()
    }
}

pub(super) fn of_lambda(source: &Source<'_>, lambda: &Lambda) -> Loads {
    of_body(source, &lambda.body)
}

/// Every branch counts: what is loaded sometimes is not reported.
pub(super) fn of_body(source: &Source<'_>, body: &[Stmt]) -> Loads {
    let mut loads = Loads::default();
    statements(source, body, &mut loads);
    if !source.orm.eager.after.is_empty() {
        visit::each(body, &mut |expr| {
            if let Some((_, paths)) = eager::after(source.orm, expr, Scope::bare()) {
                loads.paths.merge(&paths);
            }
        });
    }
    loads.uses.sort();
    loads.uses.dedup();
    loads
}

/// `{ include: [{ model: Post, as: "posts", include: ["tags"] }] }`
pub(super) fn of_options(source: &Source<'_>, value: &Expr) -> Loads {
    let args = [Arg {
        name: None,
        spread: false,
        value: value.clone(),
    }];
    let mut plan = Plan::default();
    plan.call(source.orm, "", &args, Scope::bare());
    Loads {
        paths: plan.paths,
        uses: Vec::new(),
    }
}

fn statements(source: &Source<'_>, body: &[Stmt], out: &mut Loads) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Expr(value) | StmtKind::Return(Some(value)) => chain(source, value, out),
            StmtKind::Assign {
                value: Some(value), ..
            } => chain(source, value, out),
            StmtKind::If { then, otherwise, .. } => {
                statements(source, then, out);
                statements(source, otherwise, out);
            }
            StmtKind::Switch { arms, .. } => arms.iter().for_each(|arm| statements(source, arm, out)),
            StmtKind::Try { body, handlers, .. } => {
                statements(source, body, out);
                handlers.iter().for_each(|body| statements(source, body, out));
            }
            StmtKind::Scope { body, .. } => statements(source, body, out),
            _ => {}
        }
    }
}

fn chain(source: &Source<'_>, expr: &Expr, out: &mut Loads) {
    let mut links = Vec::new();
    let mut at = expr;
    while links.len() < LINKS_MAX {
        match &at.kind {
            ExprKind::Call { callee, args, .. } => match &callee.kind {
                ExprKind::Member { object, name, .. } => {
                    links.push((name, args.as_slice()));
                    at = object;
                }
                ExprKind::Name(name) => {
                    links.push((name, args.as_slice()));
                    break;
                }
                _ => break,
            },
            ExprKind::Member { object, name, .. } => {
                links.push((name, &[]));
                at = object;
            }
            ExprKind::Await(value) | ExprKind::Cast { value, .. } | ExprKind::Assign { value, .. } => {
                at = value
            }
            ExprKind::Conditional { then, otherwise, .. } => {
                chain(source, then, out);
                at = otherwise;
            }
            ExprKind::Binary { left, right, .. } => {
                chain(source, right, out);
                at = left;
            }
            _ => break,
        }
    }
    let mut plan = Plan::default();
    for (name, args) in links.into_iter().rev() {
        let before = plan.clone();
        plan.call(source.orm, name, args, Scope::bare());
        let is_method = name.starts_with(|c: char| c.is_lowercase() || c == '_');
        if plan == before && is_method && source.orm.method(Role::Query, name).is_none() {
            out.uses.push(name.clone());
        }
    }
    out.paths.merge(&plan.paths);
}
