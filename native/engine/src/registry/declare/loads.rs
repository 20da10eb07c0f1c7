//! Which relation paths a named query, a manager or an association's own scope loads: the calls of
//! its chains that load, with their paths. It must not know which model they belong to.

use super::source::{self, Source};
use crate::facts::ir::{Arg, Expr, ExprKind, Lambda, Stmt, StmtKind};

/// Nested paths are followed this deep.
const DEPTH_MAX: usize = 16;

/// What the body of a scope does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Loads {
    /// Dotted paths.
    pub paths: Vec<String>,
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
    for list in [&mut loads.paths, &mut loads.uses] {
        list.sort();
        list.dedup();
    }
    loads
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

/// `{ include: [{ model: Post, as: "posts", include: ["tags"] }] }`
pub(super) fn of_options(source: &Source<'_>, value: &Expr) -> Loads {
    let mut loads = Loads::default();
    included(source, value, "", 0, &mut loads.paths);
    loads
}

/// A model that is loaded without a name for its relation stands in the path itself.
fn included(source: &Source<'_>, value: &Expr, prefix: &str, depth: usize, out: &mut Vec<String>) {
    let ExprKind::Map(entries) = &value.kind else {
        return;
    };
    if depth > DEPTH_MAX {
        return;
    }
    for (name, value) in source::entries_of(entries) {
        if !source.orm.relations.loads.contains(&name) {
            continue;
        }
        let items = match &value.kind {
            ExprKind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        for item in items {
            let path = match &item.kind {
                ExprKind::Map(entries) => {
                    let of = |wanted: &str| source::entries_of(entries).find(|(name, _)| name == wanted);
                    let named = of("as").or_else(|| of("association")).or_else(|| of("model"));
                    named.and_then(|(_, value)| source::named(value))
                }
                _ => source::named(item),
            };
            let Some(path) = path else { continue };
            let step = path.rsplit('.').next().unwrap_or(&path);
            let path = format!("{prefix}{step}");
            included(source, item, &format!("{path}."), depth + 1, out);
            out.push(path);
        }
    }
}

/// Walks a chain of calls from its end to its start.
pub(super) fn chain(source: &Source<'_>, expr: &Expr, out: &mut Loads) {
    let mut expr = expr;
    loop {
        match &expr.kind {
            ExprKind::Call { callee, args, .. } => match &callee.kind {
                ExprKind::Member { object, name, .. } => {
                    step(source, name, args, out);
                    expr = object;
                }
                ExprKind::Name(name) => return step(source, name, args, out),
                _ => return,
            },
            ExprKind::Member { object, name, .. } => {
                step(source, name, &[], out);
                expr = object;
            }
            ExprKind::Conditional { then, otherwise, .. } => {
                chain(source, then, out);
                expr = otherwise;
            }
            ExprKind::Binary { left, right, .. } => {
                chain(source, right, out);
                expr = left;
            }
            ExprKind::Await(value) | ExprKind::Cast { value, .. } => expr = value,
            ExprKind::Assign { value, .. } => expr = value,
            _ => return,
        }
    }
}

fn step(source: &Source<'_>, name: &str, args: &[Arg], out: &mut Loads) {
    let relations = &source.orm.relations;
    for load in &relations.loads {
        match load.split_once('*') {
            None if load == name => return out.paths.extend(paths(source, args)),
            None => {}
            Some((before, after)) => {
                let rest = name.strip_prefix(before).and_then(|it| it.strip_suffix(after));
                if let Some(path) = rest.filter(|path| !path.is_empty()) {
                    return out.paths.push(path.to_owned());
                }
            }
        }
    }
    let known = crate::nplus1::orm::schema::Role::Query;
    if source.orm.method(known, name).is_none() && name.starts_with(|c: char| c.is_lowercase() || c == '_') {
        out.uses.push(name.to_owned());
    }
}

/// `:a, "b__c", { d: [:e] }, Prefetch("f", queryset=…)` as dotted paths.
pub(super) fn paths(source: &Source<'_>, args: &[Arg]) -> Vec<String> {
    let mut found = Vec::new();
    for arg in args {
        match &arg.name {
            Some(name) => nested(source, name, &arg.value, 0, &mut found),
            None => path(source, &arg.value, "", 0, &mut found),
        }
    }
    found
}

fn nested(source: &Source<'_>, name: &str, value: &Expr, depth: usize, out: &mut Vec<String>) {
    out.push(name.to_owned());
    path(source, value, &format!("{name}."), depth + 1, out);
}

fn path(source: &Source<'_>, expr: &Expr, prefix: &str, depth: usize, out: &mut Vec<String>) {
    if depth > DEPTH_MAX {
        return;
    }
    match &expr.kind {
        ExprKind::Str(text) | ExprKind::Symbol(text) => {
            out.push(format!("{prefix}{}", dotted(source, text)));
        }
        ExprKind::List(items) => {
            for item in items {
                path(source, item, prefix, depth + 1, out);
            }
        }
        ExprKind::Map(entries) => {
            for (key, value) in source::entries_of(entries) {
                nested(source, &format!("{prefix}{key}"), value, depth, out);
            }
        }
        ExprKind::Call { args, .. } => {
            let is_path =
                source::callee(expr).is_some_and(|(name, _)| source.orm.relations.paths.matches(name));
            let first = source::positional(args).next();
            let Some(ExprKind::Str(text)) = first.map(|it| &it.kind).filter(|_| is_path) else {
                return;
            };
            let dotted = format!("{prefix}{}", dotted(source, text));
            let mut below = Loads::default();
            for arg in args {
                chain(source, &arg.value, &mut below);
            }
            out.extend(below.paths.iter().map(|path| format!("{dotted}.{path}")));
            out.push(dotted);
        }
        _ => {}
    }
}

fn dotted(source: &Source<'_>, path: &str) -> String {
    match source.orm.relations.separator.as_str() {
        "" => path.to_owned(),
        separator => path.replace(separator, "."),
    }
}
