//! Object trees: `include` and `select` within each other, nested relation objects, lists of dotted
//! paths; and where in the arguments of a call they stand.

use super::Plan;
use super::names::loaded;
use super::paths::{Mark, Paths, State};
use super::reader::{Reader, unwrapped, word};
use crate::facts::ir::{Expr, ExprKind};
use crate::nplus1::orm::schema::eager::Form;

impl<'a> Reader<'_, 'a> {
    /// An argument that may be an object of options; `opens` says that one which cannot be read counts.
    pub(super) fn object(self, value: &'a Expr, opens: bool, plan: &mut Plan) {
        let Some(reader) = self.down() else {
            return;
        };
        let value = unwrapped(value);
        match &value.kind {
            ExprKind::Map(pairs) => {
                for (key, value) in pairs {
                    match (&key.kind, word(key)) {
                        (_, Some(name)) => {
                            if let Some(form) = reader.orm.eager.key(name) {
                                reader.value(form, value, plan);
                            }
                        }
                        (ExprKind::Spread(more), _) => reader.object(more, opens, plan),
                        _ => {}
                    }
                }
            }
            ExprKind::Conditional { then, otherwise, .. } => {
                let before = plan.clone();
                reader.object(then, opens, plan);
                let mut other = before;
                reader.object(otherwise, opens, &mut other);
                *plan = plan.intersect(&other);
            }
            ExprKind::Binary { op, right, .. } if op == "&&" => {
                let before = plan.clone();
                reader.object(right, opens, plan);
                *plan = plan.intersect(&before);
            }
            ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Call { .. } => {
                match reader.constant(value) {
                    Some((reader, value)) => reader.object(value, opens, plan),
                    None if opens && may_be_options(value) => plan.paths.mark(Mark::Open),
                    None => {}
                }
            }
            _ => {}
        }
    }

    /// `{ author: true, comments: { include: { user: true } } }`
    pub(super) fn tree(self, value: &'a Expr, out: &mut Paths) {
        self.entries(value, true, out, &mut |reader, value| {
            let mut below = Plan::default();
            reader.object(value, true, &mut below);
            below.paths
        });
    }

    /// `["author", "author.company"]`, `{ author: { company: true } }`
    pub(super) fn relations(self, value: &'a Expr, out: &mut Paths) {
        self.items(value, true, &mut |reader, item, sure| match word(item) {
            Some(path) => out.put(path, loaded(sure), &Paths::default()),
            None => reader.entries(item, sure, out, &mut |reader, value| {
                let mut below = Paths::default();
                reader.relations(value, &mut below);
                below
            }),
        });
    }

    /// The entries of one level: relation, and `true` or what hangs below it.
    fn entries(
        self,
        value: &'a Expr,
        sure: bool,
        out: &mut Paths,
        below: &mut dyn FnMut(Self, &'a Expr) -> Paths,
    ) {
        self.items(value, sure, &mut |reader, item, sure| {
            let ExprKind::Map(pairs) = &item.kind else {
                return out.mark(Mark::Open);
            };
            for (key, value) in pairs {
                match (&key.kind, word(key)) {
                    (_, Some(name)) => {
                        if let Some((state, paths)) = reader.entry(value, sure, below) {
                            out.put(name, state, &paths);
                        }
                    }
                    (ExprKind::Spread(more), _) => reader.entries(more, sure, out, below),
                    _ => out.mark(Mark::Open),
                }
            }
        });
    }

    /// `None`: not loaded.
    fn entry(
        self,
        value: &'a Expr,
        sure: bool,
        below: &mut dyn FnMut(Self, &'a Expr) -> Paths,
    ) -> Option<(State, Paths)> {
        let mut found = None;
        self.items(value, sure, &mut |reader, item, sure| {
            let mut state = loaded(sure);
            let paths = match &item.kind {
                ExprKind::Bool(_) => Paths::default(),
                ExprKind::Map(_) => below(reader, item),
                _ => {
                    state = State::Maybe;
                    let mut below = Paths::default();
                    // `!!full` is true or false; `userInclude` may be anything.
                    if !matches!(item.kind, ExprKind::Unary { .. } | ExprKind::Binary { .. }) {
                        below.mark(Mark::Open);
                    }
                    below
                }
            };
            found = Some((state, paths));
        });
        found
    }

    /// `loadRelationIds: { relations: ["author"] }`: the key is there in the place of the row.
    pub(super) fn relation_ids(self, value: &'a Expr, out: &mut Paths) {
        let value = unwrapped(value);
        match &value.kind {
            ExprKind::Bool(true) => out.mark(Mark::All),
            ExprKind::Map(pairs) => {
                let listed = pairs.iter().find(|(key, _)| word(key) == Some("relations"));
                if let Some((_, listed)) = listed {
                    self.relations(listed, out);
                }
            }
            _ => {}
        }
    }

    /// `join: { alias: 'post', leftJoinAndSelect: { author: 'post.author' } }`
    pub(super) fn join_options(self, value: &'a Expr, plan: &mut Plan) {
        let ExprKind::Map(pairs) = &unwrapped(value).kind else {
            return plan.paths.mark(Mark::Open);
        };
        for (key, joins) in pairs {
            let form = word(key).and_then(|name| self.orm.eager.call(name));
            let ExprKind::Map(joins) = &unwrapped(joins).kind else {
                continue;
            };
            for (alias, path) in joins {
                if let (Some(alias), Some(path)) = (word(alias), word(path)) {
                    let path = plan.join(path, alias);
                    if let (Some(Form::JoinLoads), Some(path)) = (form, path) {
                        plan.paths.add(&path);
                    }
                }
            }
        }
    }
}

/// Not a class (`find(Post, …)`; a constant is written in capitals) and not a key (`findByPk(postId)`).
fn may_be_options(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => {
            let is_class = name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase);
            let lower = name.to_ascii_lowercase();
            let is_key = ["id", "ids", "key", "slug"]
                .iter()
                .any(|end| lower.ends_with(end))
                || lower == "pk";
            !is_class && !is_key
        }
        _ => true,
    }
}
