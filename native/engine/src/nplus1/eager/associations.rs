//! Lists of associations: names, models, objects that name one with what hangs below it
//! (`[{ model: User, as: 'author', include: [...] }, 'tags', User, { all: true }]`).

use super::Plan;
use super::names::loaded;
use super::paths::{Mark, Paths, State};
use super::reader::{Reader, word};
use crate::facts::ir::{Expr, ExprKind, StmtKind};

impl<'a> Reader<'_, 'a> {
    pub(super) fn associations(self, value: &'a Expr, out: &mut Paths) {
        self.items(value, true, &mut |reader, item, sure| {
            let state = loaded(sure);
            if let ExprKind::Map(pairs) = &item.kind {
                return reader.association(pairs, state, out);
            }
            match word(item) {
                Some(name) => out.put(name, state, &Paths::default()),
                None => named_by(item, false, state, &Paths::default(), out),
            }
        });
    }

    /// `{ model: User, as: 'author', include: [...] }`, `{ association: 'tags' }`
    fn association(self, pairs: &'a [(Expr, Expr)], state: State, out: &mut Paths) {
        let get = |name: &str| {
            let found = pairs.iter().find(|(key, _)| word(key) == Some(name));
            found.map(|(_, value)| value)
        };
        let is_true = |name: &str| matches!(get(name).map(|value| &value.kind), Some(ExprKind::Bool(true)));
        if get("all").is_some() {
            let mark = if is_true("nested") {
                Mark::AllNested
            } else {
                Mark::All
            };
            return out.mark(mark);
        }
        // Joined to be compared with, not to be read.
        let attributes = get("attributes").map(|value| &value.kind);
        if matches!(attributes, Some(ExprKind::List(columns)) if columns.is_empty()) {
            return;
        }
        let mut below = Plan::default();
        for (key, value) in pairs {
            match (&key.kind, word(key)) {
                (_, Some(name)) => {
                    if let Some(form) = self.orm.eager.key(name) {
                        self.value(form, value, &mut below);
                    }
                }
                (ExprKind::Spread(_), _) => below.paths.mark(Mark::Open),
                _ => {}
            }
        }
        let below = below.paths;
        let name = get("as").or_else(|| get("association"));
        match name.map(|name| (word(name), name)) {
            Some((Some(name), _)) => out.put(name, state, &below),
            Some((None, association)) if get("as").is_none() => match &association.kind {
                // `Post.associations.author`
                ExprKind::Member { object, name, .. } if ends_with(object, "associations") => {
                    out.put(name, state, &below);
                }
                // `Post.Author`, kept when the relation was declared: its name is not said here.
                _ => out.mark(Mark::Open),
            },
            Some(_) => out.mark(Mark::Open),
            None => match get("model") {
                Some(model) => named_by(model, true, state, &below, out),
                None => out.mark(Mark::Open),
            },
        }
    }
}

/// `User`, `db.User`, `User.scope('small')`, `() => User`. What stands in the place of a model may be written
/// like a variable: `models.user`, `this.userModel`.
fn named_by(model: &Expr, surely: bool, state: State, below: &Paths, out: &mut Paths) {
    let mut below = below.clone();
    let mut at = model;
    if let ExprKind::Lambda(lambda) = &at.kind
        && let Some(StmtKind::Return(Some(body))) = lambda.body.first().map(|stmt| &stmt.kind)
    {
        at = body;
    }
    if let ExprKind::Call { callee, .. } = &at.kind
        && let ExprKind::Member { object, .. } = &callee.kind
    {
        // A scope may load more.
        below.mark(Mark::Open);
        at = object;
    }
    match &at.kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. }
            if surely || name.starts_with(char::is_uppercase) || name.ends_with("Model") =>
        {
            out.put_target(name, state, &below);
        }
        _ => out.mark(Mark::Open),
    }
}

fn ends_with(expr: &Expr, last: &str) -> bool {
    matches!(&expr.kind, ExprKind::Member { name, .. } if name == last)
}
