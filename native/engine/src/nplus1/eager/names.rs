//! Relation names as nested lists and hashes (`:author, comments: [:user, { likes: :owner }]`), and
//! queries whose loads are taken over or forgotten.

use super::Plan;
use super::paths::{Mark, Paths, State};
use super::reader::{Reader, chain, unwrapped, word};
use crate::facts::ir::{Arg, Expr, ExprKind};
use crate::nplus1::orm::schema::Role;
use crate::nplus1::orm::schema::eager::Form;

impl<'a> Reader<'_, 'a> {
    pub(super) fn names(self, args: &'a [Arg], plan: &mut Plan) {
        for arg in args {
            match arg.name.as_deref() {
                Some("&") => {}
                Some(name) => {
                    let below = self.named_below(&arg.value);
                    plan.paths.put(name, State::Joined, &below);
                }
                None => self.name_list(&arg.value, &mut plan.paths),
            }
        }
    }

    fn named_below(self, value: &'a Expr) -> Paths {
        let mut below = Paths::default();
        self.name_list(value, &mut below);
        below
    }

    pub(super) fn name_list(self, value: &'a Expr, out: &mut Paths) {
        self.items(value, true, &mut |reader, item, sure| {
            let state = loaded(sure);
            if let Some(name) = word(item) {
                out.put(name, state, &Paths::default());
                return;
            }
            let ExprKind::Map(pairs) = &item.kind else {
                return out.mark(Mark::Open);
            };
            for (key, value) in pairs {
                match (&key.kind, word(key)) {
                    (_, Some(name)) => out.put(name, state, &reader.named_below(value)),
                    (ExprKind::Spread(more), _) => reader.name_list(more, out),
                    _ => out.mark(Mark::Open),
                }
            }
        });
    }

    /// `merge(Post.includes(:author))`
    pub(super) fn query(self, args: &'a [Arg], plan: &mut Plan) {
        for arg in args {
            let (paths, _) = self.plan_of(&arg.value);
            plan.paths.merge(&paths);
        }
    }

    /// What a query written out as one chain loads, and whether every call of it is known.
    pub(super) fn plan_of(self, expr: &'a Expr) -> (Paths, bool) {
        let Some(reader) = self.down() else {
            return (Paths::default(), false);
        };
        let expr = unwrapped(expr);
        let (start, links) = chain(expr);
        let mut plan = Plan::default();
        let mut model = None;
        let mut known = false;
        if let Some(ExprKind::Name(name)) = start.map(|start| &start.kind) {
            if name.starts_with(char::is_uppercase) {
                model = Some(name);
                known = true;
            } else if let Some((reader, value)) = reader.query_constant(name) {
                (plan.paths, known) = reader.plan_of(value);
            }
        }
        for link in links {
            let eager = reader.orm.eager.call(link.name);
            for path in reader.orm.eager.named(link.name) {
                plan.paths.add(&path);
            }
            match eager {
                Some(form) => reader.apply(form, link.args, &mut plan),
                None => {
                    let of_model = model.map(|model| format!("{model}.{}", link.name));
                    if let Some(paths) = of_model.and_then(|name| (reader.scope.named)(&name)) {
                        plan.paths.merge(&paths);
                        continue;
                    }
                    let built = [Role::Query, Role::Source]
                        .iter()
                        .any(|role| reader.orm.method(*role, link.name).is_some());
                    // Places to start from have names, not arguments: `objects`.
                    known &= built || link.args.is_empty() && link.name.ends_with("objects");
                }
            }
        }
        (plan.paths, known)
    }

    /// `unscope(:includes)`: nothing is left of what such calls asked for.
    pub(super) fn forgets(self, args: &'a [Arg], plan: &mut Plan) {
        for arg in args {
            self.items(&arg.value, true, &mut |reader, item, _| {
                let form = word(item).and_then(|name| reader.orm.eager.call(name));
                if form == Some(Form::Names) {
                    plan.paths = plan.paths.without(&[State::Joined, State::Maybe]);
                    plan.paths.unmark(Mark::Open);
                }
            });
        }
    }
}

pub(super) fn loaded(sure: bool) -> State {
    if sure { State::Joined } else { State::Maybe }
}
