//! How code writes down which type it means: names, lists of them, and calls that make one.

use crate::facts::ir::{Arg, Expr, ExprKind, StmtKind, TypeRef};
use crate::nplus1::frameworks::Fields;

pub(super) fn is_type_key(fields: &Fields, key: &Expr) -> bool {
    matches!(&key.kind, ExprKind::Str(key) | ExprKind::Name(key) if fields.types.matches(key))
}

/// `t.list.field(…)`, `t.nonNull.list.nonNull.field(…)`
pub(super) fn through_list(fields: &Fields, callee: &Expr) -> bool {
    let mut at = callee;
    while let ExprKind::Member { object, .. } = &at.kind {
        if let ExprKind::Member { name, .. } = &object.kind
            && fields.lists.matches(name)
        {
            return true;
        }
        at = object;
    }
    false
}

/// The type that a written value names, and whether in a list: `[Post]`, `() => [Post]`,
/// `new GraphQLNonNull(new GraphQLList(PostType))`.
pub(super) fn named(fields: &Fields, value: &Expr) -> Option<(String, bool)> {
    let inner = |args: &[Arg]| named(fields, &args.first()?.value);
    match &value.kind {
        ExprKind::Name(name) | ExprKind::Str(name) => Some((name.clone(), false)),
        ExprKind::Member { name, .. } => Some((name.clone(), false)),
        ExprKind::List(parts) => Some((named(fields, parts.first()?)?.0, true)),
        ExprKind::Cast { value, .. } => named(fields, value),
        ExprKind::Lambda(lambda) => match &lambda.body.last()?.kind {
            StmtKind::Return(Some(value)) => named(fields, value),
            _ => None,
        },
        ExprKind::New { class, args, .. } => {
            let (name, is_list) = inner(args)?;
            Some((name, is_list || fields.lists.matches(class.short())))
        }
        ExprKind::Call { callee, args, .. } => {
            let (ExprKind::Member { name: called, .. } | ExprKind::Name(called)) = &callee.kind else {
                return None;
            };
            let (name, is_list) = inner(args)?;
            Some((name, is_list || fields.lists.matches(called)))
        }
        _ => None,
    }
}

/// `Promise<User[]>`, `User | null`
pub(super) fn of_type(ty: &TypeRef, depth: u32) -> Option<(String, bool)> {
    if depth > 4 {
        return None;
    }
    match ty.name.as_str() {
        "[]" | "Array" | "ReadonlyArray" | "Set" => Some((of_type(ty.args.first()?, depth + 1)?.0, true)),
        "Promise" | "Observable" | "Maybe" | "Partial" | "Ref" => of_type(ty.args.first()?, depth + 1),
        "|" => (ty.args.iter())
            .find(|part| !matches!(part.name.as_str(), "null" | "undefined"))
            .and_then(|part| of_type(part, depth + 1)),
        _ => Some((ty.short().to_owned(), false)),
    }
}

/// The type that a call or constructor defines or refers to.
pub fn owner_of(fields: &Fields, expr: &Expr) -> Option<String> {
    let plain = |value: &Expr| match &value.kind {
        ExprKind::Str(name) | ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Member { name, .. } => Some(name.clone()),
        _ => None,
    };
    let (called, args, receiver) = match &expr.kind {
        ExprKind::New { class, args, .. } => (class.short(), args, None),
        ExprKind::Call { callee, args, .. } => match &callee.kind {
            ExprKind::Member { object, name, .. } => (name.as_str(), args, Some(&**object)),
            ExprKind::Name(name) => (name.as_str(), args, None),
            _ => return None,
        },
        _ => return None,
    };
    if !fields.definers.matches(called) && !fields.references.matches(called) {
        return None;
    }
    let first = args.first().map(|arg| &arg.value)?;
    if let ExprKind::Map(pairs) = &first.kind {
        let by_key = |wanted: &str| {
            let pair = pairs.iter().find(
                |(key, _)| matches!(&key.kind, ExprKind::Str(key) | ExprKind::Name(key) if key == wanted),
            )?;
            plain(&pair.1)
        };
        return match receiver {
            // `builder.objectRef('User').implement({ … })`
            Some(of) if fields.references.matches(called) || by_key("fields").is_none() => {
                owner_of(fields, of)
                    .or_else(|| by_key("name").or_else(|| by_key("type")).or_else(|| plain(of)))
            }
            _ => by_key("name").or_else(|| by_key("type")),
        };
    }
    plain(first)
}
