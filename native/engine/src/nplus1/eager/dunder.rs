//! Paths in strings with double underscores (`"author__company"`), the objects that carry a query
//! for one path (`Prefetch`), and what turns such loads off again.

use super::Plan;
use super::names::loaded;
use super::paths::{Mark, Paths, State};
use super::reader::{Reader, argument, chain, word};
use crate::facts::ir::{Arg, Expr, ExprKind};
use crate::nplus1::orm::schema::eager::OptionWord;

impl<'a> Reader<'_, 'a> {
    /// `select_related("author__company")`
    pub(super) fn join_paths(self, args: &'a [Arg], plan: &mut Plan) {
        if args.is_empty() {
            plan.paths.mark(Mark::ToOne);
        }
        for arg in args {
            if !arg.spread && matches!(arg.value.kind, ExprKind::Null) {
                plan.paths = plan.paths.without(&[State::Joined]);
                plan.paths.unmark(Mark::ToOne);
            }
            self.items(&arg.value, true, &mut |_, item, sure| match word(item) {
                Some(text) => plan.paths.put(&dotted(text), loaded(sure), &Paths::default()),
                None => plan.paths.mark(Mark::Open),
            });
        }
    }

    /// `prefetch_related("comments__user", Prefetch("likes", queryset=…, to_attr="all_likes"))`
    pub(super) fn prefetch_paths(self, args: &'a [Arg], plan: &mut Plan) {
        for arg in args {
            if !arg.spread && matches!(arg.value.kind, ExprKind::Null) {
                plan.paths = plan.paths.without(&[State::Prefetched]);
            }
            self.prefetched(&arg.value, &mut plan.paths);
        }
    }

    pub(super) fn prefetched(self, value: &'a Expr, out: &mut Paths) {
        self.items(value, true, &mut |reader, item, sure| {
            let state = if sure { State::Prefetched } else { State::Maybe };
            if let Some(text) = word(item) {
                return out.put(&dotted(text), state, &Paths::default());
            }
            let (_, links) = chain(item);
            let object = links
                .last()
                .filter(|link| reader.orm.eager.option(link.name) == Some(OptionWord::Nested));
            match object {
                Some(link) => reader.prefetch_object(link.args, state, out),
                None => out.mark(Mark::Open),
            }
        });
    }

    fn prefetch_object(self, args: &'a [Arg], state: State, out: &mut Paths) {
        let path = argument(args, &["lookup"], 0).and_then(|arg| word(&arg.value));
        let Some(path) = path.map(dotted) else {
            return out.mark(Mark::Open);
        };
        let mut below = Paths::default();
        if let Some(query) = argument(args, &["queryset", "querysets"], 1) {
            self.items(&query.value, true, &mut |reader, item, _| {
                let (paths, known) = reader.plan_of(item);
                below.merge(&paths);
                if !known {
                    below.mark(Mark::Open);
                }
            });
        }
        let Some(attribute) = argument(args, &["to_attr"], 2) else {
            return out.put(&path, state, &below);
        };
        // The rows are kept under the attribute alone: the relation itself still queries.
        let Some(attribute) = word(&attribute.value) else {
            return out.mark(Mark::Open);
        };
        match path.rsplit_once('.') {
            Some((before, _)) => {
                out.put(before, state, &Paths::default());
                out.put(&format!("{before}.{attribute}"), state, &below);
            }
            None => out.put(attribute, state, &below),
        }
    }

    /// `fetch_mode(models.FETCH_PEERS)`
    pub(super) fn fetch_mode(self, args: &'a [Arg], plan: &mut Plan) {
        let paths = &mut plan.paths;
        for arg in args {
            let name = match &arg.value.kind {
                ExprKind::Name(name) | ExprKind::Member { name, .. } => name.to_ascii_uppercase(),
                _ => String::new(),
            };
            paths.unmark(Mark::NeverLazy);
            paths.unmark(Mark::BatchedToOne);
            if name.contains("PEERS") {
                paths.mark(Mark::BatchedToOne);
            } else if name.contains("RAISE") {
                paths.mark(Mark::NeverLazy);
            } else if !name.contains("FETCH_ONE") {
                paths.mark(Mark::Open);
            }
        }
    }
}

/// `iterator()` reads what was prefetched only in chunks of a size that it is given.
pub(super) fn drops_prefetched(args: &[Arg], plan: &mut Plan) {
    if args.is_empty() {
        plan.paths = plan.paths.without(&[State::Prefetched]);
    }
}

fn dotted(text: &str) -> String {
    text.replace("__", ".")
}
