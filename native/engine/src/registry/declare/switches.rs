//! What a source file turns on or off for a whole project: calls, assignments and keys that the
//! settings of an ORM's file watch for. It must not know what they mean.

use std::collections::BTreeSet;

use super::visit::{self, Seen};
use crate::facts::ir::{Arg, Expr, ExprKind, FileFacts, Pattern};
use crate::nplus1::orm;
use crate::project::Ecosystem;
use crate::registry::settings::{self, Switch};

/// The switches of one file, in the order of their names.
#[must_use]
pub fn switches(path: &str, facts: &FileFacts) -> Vec<Switch> {
    let orms = orm::all().iter().filter(|orm| orm.speaks(facts.language));
    let watched: BTreeSet<&str> = orms
        .flat_map(|orm| &orm.settings)
        .flat_map(|setting| setting.watches())
        .collect();
    if watched.is_empty() || settings::is_aside(path) {
        return Vec::new();
    }
    let mut found = BTreeSet::new();
    visit::file(facts, &mut |_, seen| match seen {
        Seen::Assign(target, value) => {
            if let Some(name) = assigned(target).filter(|name| watched.contains(name)) {
                found.insert((name.to_owned(), is_on(value)));
            }
        }
        Seen::Expr(expr) => called(expr, &watched, &mut |name, on| {
            found.insert((name.to_owned(), on));
        }),
    });
    let ecosystem = Ecosystem::of(facts.language);
    let switch = |(name, on)| Switch {
        name,
        on,
        path: path.to_owned(),
        ecosystem,
    };
    found.into_iter().map(switch).collect()
}

/// `config.auto_preload = true`; `self.x = true` speaks of one class only.
fn assigned(target: &Pattern) -> Option<&str> {
    let Pattern::Place(place) = target else {
        return None;
    };
    match &place.kind {
        ExprKind::Member { object, name, .. } if !matches!(object.kind, ExprKind::This) => Some(name),
        _ => None,
    }
}

/// `UseLazyLoadingProxies()`, `properties.put("hibernate.default_batch_fetch_size", 16)`, and the
/// same pair in an object.
fn called(expr: &Expr, watched: &BTreeSet<&str>, see: &mut dyn FnMut(&str, bool)) {
    match &expr.kind {
        ExprKind::Call { callee, args, .. } => {
            if let ExprKind::Member { name, .. } | ExprKind::Name(name) = &callee.kind
                && watched.contains(name.as_str())
            {
                see(name, args.first().is_none_or(|arg| is_on(&arg.value)));
            }
            for pair in args.windows(2) {
                if let [Arg { value: key, .. }, Arg { value, .. }] = pair {
                    keyed(key, value, watched, see);
                }
            }
        }
        ExprKind::Map(entries) => {
            for (key, value) in entries {
                keyed(key, value, watched, see);
            }
        }
        _ => {}
    }
}

fn keyed(key: &Expr, value: &Expr, watched: &BTreeSet<&str>, see: &mut dyn FnMut(&str, bool)) {
    if let ExprKind::Str(name) | ExprKind::Member { name, .. } | ExprKind::Name(name) = &key.kind
        && let Some(name) = settings::watched(name, watched)
    {
        see(name, is_on(value));
    }
}

fn is_on(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Bool(on) => *on,
        ExprKind::Null => false,
        ExprKind::Number(text) | ExprKind::Str(text) => settings::is_on(text),
        _ => true,
    }
}
