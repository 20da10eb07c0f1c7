//! Which relations a file asks to be loaded, anywhere in it. Where it is not known what feeds a loop, a
//! relation that some query of the repository loads may well be loaded here too. What the file says of
//! GraphQL types is told along with them.

use std::collections::BTreeSet;

use super::eager::{self, Plan, Scope};
use super::signals;
use crate::facts::ir::ExprKind;
use crate::program::visit;
use crate::project::Project;
use crate::raw::File;

/// Names of relations, and lines of `project::sdl`, each once.
#[must_use]
pub fn loaded(file: &File<'_>, project: &Project) -> BTreeSet<String> {
    let mut names = super::graphql::said(file, project);
    for active in signals::active(file, project) {
        let orm = active.orm;
        let mut keep = |paths: Vec<String>| {
            for path in paths {
                names.extend(path.split('.').map(str::to_owned));
            }
        };
        for function in &file.facts.functions {
            let mut plan = Plan::default();
            plan.decorators(orm, &function.decorators, Scope::bare());
            keep(plan.paths.loaded());
            visit::each(&function.body, &mut |expr| {
                let ExprKind::Call { callee, args, .. } = &expr.kind else {
                    return;
                };
                let (ExprKind::Member { name, .. } | ExprKind::Name(name)) = &callee.kind else {
                    return;
                };
                let mut plan = Plan::default();
                plan.call(orm, name, args, Scope::bare());
                keep(plan.paths.loaded());
                if let Some((_, paths)) = eager::after(orm, expr, Scope::bare()) {
                    keep(paths.loaded());
                }
            });
        }
        for class in &file.facts.classes {
            for expr in class
                .macros
                .iter()
                .chain(class.fields.iter().filter_map(|field| field.value.as_ref()))
            {
                visit::expression(expr, &mut |expr| {
                    if let ExprKind::Call { callee, args, .. } = &expr.kind
                        && let ExprKind::Member { name, .. } | ExprKind::Name(name) = &callee.kind
                    {
                        let mut plan = Plan::default();
                        plan.call(orm, name, args, Scope::bare());
                        keep(plan.paths.loaded());
                    }
                });
            }
        }
    }
    names
}
