//! What an outline keeps of a written value: enough to tell what it is, never the code in it.

use crate::facts::ir::{Arg, Expr, ExprKind};

/// Nesting that is kept.
const DEPTH_MAX: u32 = 8;
/// Parts of a list, arguments of a call, and bytes of a text that are kept.
const LIST_MAX: usize = 32;
const ARGS_MAX: usize = 8;
const TEXT_MAX: usize = 80;

/// Names, members, calls and constructions without what they are given, except plain arguments.
pub(super) fn shallow(value: &Expr, depth: u32) -> Option<Expr> {
    if depth > DEPTH_MAX {
        return None;
    }
    let inner = |value: &Expr| shallow(value, depth + 1).map(Box::new);
    let kind = match &value.kind {
        ExprKind::Name(_) | ExprKind::This => value.kind.clone(),
        ExprKind::Member {
            object,
            name,
            name_span,
            optional,
        } => ExprKind::Member {
            object: inner(object)?,
            name: name.clone(),
            name_span: *name_span,
            optional: *optional,
        },
        ExprKind::Call {
            callee,
            args,
            type_args,
            ..
        } => ExprKind::Call {
            callee: inner(callee)?,
            args: plain(args, depth),
            block: None,
            type_args: type_args.clone(),
        },
        ExprKind::New { class, args, .. } => ExprKind::New {
            class: class.clone(),
            args: plain(args, depth),
            initializer: Vec::new(),
        },
        ExprKind::Await(awaited) => ExprKind::Await(inner(awaited)?),
        ExprKind::Cast { ty, value } => ExprKind::Cast {
            ty: ty.clone(),
            value: inner(value)?,
        },
        // `globalThis.prisma ?? new PrismaClient()`, `users or UserService()`
        ExprKind::Binary { op, left, right } if matches!(op.as_str(), "||" | "??" | "or") => {
            match inner(right)
                .filter(|right| matches!(right.kind, ExprKind::New { .. } | ExprKind::Call { .. }))
            {
                Some(right) => return Some(*right),
                None => return inner(left).map(|left| *left),
            }
        }
        // `url ? new Client(url) : null`
        ExprKind::Conditional { then, otherwise, .. } => {
            let made = [inner(then), inner(otherwise)].into_iter().flatten();
            return made.max_by_key(|made| is_made(made)).map(|made| *made);
        }
        ExprKind::List(parts) if parts.len() <= LIST_MAX => {
            let part = |value: &Expr| {
                shallow(value, depth + 1).unwrap_or(Expr {
                    kind: ExprKind::Opaque(Vec::new()),
                    span: value.span,
                })
            };
            ExprKind::List(parts.iter().map(part).collect())
        }
        ExprKind::Str(text) if text.len() <= TEXT_MAX => value.kind.clone(),
        ExprKind::Symbol(_) | ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Null => value.kind.clone(),
        _ => return None,
    };
    Some(Expr {
        kind,
        span: value.span,
    })
}

fn is_made(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::New { .. } | ExprKind::Call { .. })
}

fn plain(args: &[Arg], depth: u32) -> Vec<Arg> {
    let is_plain = |value: &Expr| {
        matches!(
            value.kind,
            ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Str(_) | ExprKind::Symbol(_)
        )
    };
    args.iter()
        .filter(|arg| is_plain(&arg.value))
        .take(ARGS_MAX)
        .filter_map(|arg| {
            Some(Arg {
                name: arg.name.clone(),
                spread: arg.spread,
                value: shallow(&arg.value, depth + 1)?,
            })
        })
        .collect()
}
