//! Builder joins with aliases: `leftJoinAndSelect('post.author', 'author')`, and typed ones that a
//! call after them makes load (`leftJoin(post.author, user).fetchJoin()`).

use super::Plan;
use super::paths::{Mark, Paths, State};
use super::reader::{Reader, dotted_name, unwrapped, word};
use crate::facts::ir::{Arg, ExprKind};

impl Plan {
    /// The path of `post.author` joined as `author`; what is no known alias is the root. `None`: no
    /// relation.
    pub(super) fn join(&mut self, property: &str, alias: &str) -> Option<String> {
        let path = self.resolved(property)?;
        self.alias(alias, &path);
        Some(path)
    }

    fn resolved(&self, property: &str) -> Option<String> {
        let (from, rest) = property.split_once('.')?;
        Some(match self.aliased(from) {
            Some(path) if !path.is_empty() => format!("{path}.{rest}"),
            _ => rest.to_owned(),
        })
    }

    /// What is mapped below a join that was not selected itself is not mapped at all; `last` alone is.
    fn load_joined(&mut self, path: &str) {
        let mut last = Paths::default();
        match path.rsplit_once('.') {
            Some((before, name)) => {
                last.put(name, State::Joined, &Paths::default());
                self.paths.put_below(before, &last);
            }
            None => self.paths.put(path, State::Joined, &Paths::default()),
        }
    }

    /// `leftJoin(post.author, user).fetchJoin()`
    pub(super) fn load_last(&mut self) {
        if let Some(path) = self.last.clone() {
            self.load_joined(&path);
        }
    }
}

impl<'a> Reader<'_, 'a> {
    pub(super) fn join_loads(self, args: &'a [Arg], plan: &mut Plan) {
        match self.joined(args, plan) {
            Joined::Path(path) => plan.load_joined(&path),
            Joined::Dynamic => plan.paths.mark(Mark::Open),
            Joined::NoRelation => {}
        }
    }

    pub(super) fn join_only(self, args: &'a [Arg], plan: &mut Plan) {
        self.joined(args, plan);
    }

    fn joined(self, args: &'a [Arg], plan: &mut Plan) -> Joined {
        let Some(first) = args.first() else {
            return Joined::NoRelation;
        };
        let alias = args.get(1).and_then(|arg| word(&arg.value)).unwrap_or_default();
        match &unwrapped(&first.value).kind {
            ExprKind::Str(property) => match plan.join(property, alias) {
                Some(path) => Joined::Path(path),
                // A table by its name.
                None => Joined::NoRelation,
            },
            ExprKind::Template(_) | ExprKind::Binary { .. } | ExprKind::Call { .. } => Joined::Dynamic,
            ExprKind::Name(name) | ExprKind::Member { name, .. } if name.starts_with(char::is_lowercase) => {
                Joined::Dynamic
            }
            // `leftJoinAndSelect(User, 'user', 'user.id = post.userId')`: rows of their own.
            _ => Joined::NoRelation,
        }
    }

    /// `leftJoinAndMapOne('post.latest', 'post.comments', 'comment')`
    pub(super) fn join_as(self, args: &'a [Arg], plan: &mut Plan) {
        let Some(property) = args.first().and_then(|arg| word(&arg.value)) else {
            return plan.paths.mark(Mark::Open);
        };
        let alias = args.get(2).and_then(|arg| word(&arg.value)).unwrap_or_default();
        if let Some(path) = plan.join(property, alias) {
            plan.load_joined(&path);
        }
    }

    /// `addSelect('author')`, `select(['post', 'author.name'])`
    pub(super) fn selects(self, args: &'a [Arg], plan: &mut Plan) {
        for arg in args {
            self.items(&arg.value, true, &mut |_, item, _| {
                let alias = word(item).map(|text| text.split('.').next().unwrap_or(text));
                let path = alias.and_then(|alias| plan.aliased(alias));
                if let Some(path) = path.map(str::to_owned) {
                    plan.load_joined(&path);
                }
            });
        }
    }

    /// `leftJoin(post.author, user)`, `leftJoin(QPost.post.author, QUser.user)`
    pub(super) fn typed_join(self, args: &'a [Arg], plan: &mut Plan) {
        // `root.join("author")`
        if let Some(name) = args.first().and_then(|arg| word(&arg.value)) {
            return plan.go_on(name);
        }
        plan.last = None;
        let name = |place: usize| {
            let dotted = args.get(place).and_then(|arg| dotted_name(&arg.value))?;
            let own = dotted
                .split('.')
                .filter(|part| !part.starts_with(char::is_uppercase));
            let own: Vec<&str> = own.filter(|part| *part != "self").collect();
            (!own.is_empty()).then(|| own.join("."))
        };
        let Some(property) = name(0) else {
            return;
        };
        let alias = name(1).unwrap_or_default();
        plan.last = plan.join(&property, &alias).map(Into::into);
    }
}

enum Joined {
    Path(String),
    Dynamic,
    NoRelation,
}
