//! Members of the row as functions (`p => p.Author`) and dotted strings (`"Author.Company"`), with
//! calls that go on where the last one ended.

use super::Plan;
use super::names::loaded;
use super::paths::{Mark, Paths};
use super::reader::{Reader, unwrapped};
use crate::facts::ir::{Arg, Expr, ExprKind, Lambda, Pattern, StmtKind};

/// Calls of one function's chain that are looked through.
const CALLS_MAX: u32 = 40;

impl<'a> Reader<'_, 'a> {
    /// `Include(p => p.Author)`
    pub(super) fn member(self, args: &'a [Arg], plan: &mut Plan) {
        for arg in args {
            self.includes(&arg.value, plan);
        }
    }

    /// One path, or a list of them.
    pub(super) fn includes(self, value: &'a Expr, plan: &mut Plan) {
        plan.last = None;
        self.items(value, true, &mut |_, item, sure| match member_path(item) {
            Some(path) => {
                for path in path.split(',').map(str::trim) {
                    plan.paths.put(path, loaded(sure), &Paths::default());
                    plan.last = Some(path.into());
                }
            }
            None => plan.paths.mark(Mark::Open),
        });
    }

    /// `ThenInclude(a => a.Company)`
    pub(super) fn then_member(self, args: &'a [Arg], plan: &mut Plan) {
        let path = args.first().and_then(|arg| member_path(unwrapped(&arg.value)));
        let (Some(before), Some(path)) = (plan.last.clone(), path) else {
            return plan.paths.mark(Mark::Open);
        };
        let path = format!("{before}.{path}");
        plan.paths.add(&path);
        plan.last = Some(path.into());
    }

    /// `setFetchMode("author.company", JOIN)`: the first argument alone.
    pub(super) fn dotted(self, args: &'a [Arg], plan: &mut Plan) {
        if let Some(first) = args.first() {
            self.includes(&first.value, plan);
        }
    }
}

fn member_path(item: &Expr) -> Option<String> {
    match &item.kind {
        ExprKind::Str(text) => Some(text.clone()),
        // `$"{nameof(Post.Author)}.{nameof(User.Company)}"`
        ExprKind::Template(parts) => {
            let names = parts.iter().map(|part| match &part.kind {
                ExprKind::Str(name) => Some(name.as_str()),
                _ => None,
            });
            names.collect::<Option<Vec<_>>>().map(|names| names.join("."))
        }
        ExprKind::Binary { op, left, right } if op == "+" => {
            Some(format!("{}{}", member_path(left)?, member_path(right)?))
        }
        ExprKind::Lambda(lambda) => {
            let mut names = Vec::new();
            of_lambda(lambda, &mut names, CALLS_MAX)?;
            (!names.is_empty()).then(|| names.join("."))
        }
        _ => None,
    }
}

fn of_lambda<'e>(lambda: &'e Lambda, names: &mut Vec<&'e str>, calls: u32) -> Option<()> {
    let [param] = lambda.params.as_slice() else {
        return None;
    };
    let Pattern::Name { name: row, .. } = &param.pattern else {
        return None;
    };
    let body = lambda.body.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Return(Some(value)) | StmtKind::Expr(value) => Some(value),
        _ => None,
    })?;
    of_body(body, row, names, calls)
}

/// `p.Items.Where(…).OrderBy(…)` is `Items`; `p.Items.Select(i => i.Product)` is `Items.Product`.
fn of_body<'e>(body: &'e Expr, row: &str, names: &mut Vec<&'e str>, calls: u32) -> Option<()> {
    let calls = calls.checked_sub(1)?;
    match &unwrapped(body).kind {
        ExprKind::Name(name) => (name == row).then_some(()),
        ExprKind::Member { object, name, .. } => {
            of_body(object, row, names, calls)?;
            names.push(name);
            Some(())
        }
        ExprKind::Call { callee, args, .. } => {
            let ExprKind::Member { object, name, .. } = &callee.kind else {
                return None;
            };
            of_body(object, row, names, calls)?;
            match args.first().map(|arg| &arg.value.kind) {
                Some(ExprKind::Lambda(inner)) if name.starts_with("Select") => of_lambda(inner, names, calls),
                _ => Some(()),
            }
        }
        _ => None,
    }
}
