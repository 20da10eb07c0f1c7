//! The common ground of all forms: lists, conditions and named constants are looked through, with a
//! bound on how much of one call is read. It must not know any single form.

use std::cell::Cell;

use super::Scope;
use crate::facts::ir::{Arg, Expr, ExprKind};
use crate::nplus1::orm::Orm;

/// Expressions read for one call.
pub(super) const FUEL: u32 = 2_000;

/// Constants within constants.
const HOPS_MAX: u8 = 4;

/// Levels of nesting that are read.
const DEPTH_MAX: u8 = 60;

#[derive(Clone, Copy)]
pub(super) struct Reader<'s, 'a> {
    pub orm: &'s Orm,
    pub scope: Scope<'s, 'a>,
    fuel: &'s Cell<u32>,
    hops: u8,
    depth: u8,
}

impl<'s, 'a> Reader<'s, 'a> {
    pub fn new(orm: &'s Orm, scope: Scope<'s, 'a>, fuel: &'s Cell<u32>) -> Self {
        Reader {
            orm,
            scope,
            fuel,
            hops: 0,
            depth: 0,
        }
    }

    /// One level further in; `None` when enough was read, which makes the whole plan open.
    pub fn down(self) -> Option<Self> {
        if self.depth == DEPTH_MAX {
            self.fuel.set(0);
        }
        let left = self.fuel.get().checked_sub(1)?;
        self.fuel.set(left);
        Some(Reader {
            depth: self.depth + 1,
            ..self
        })
    }

    /// What a named constant stands for, if it is something one can read paths off.
    pub fn constant(self, expr: &'a Expr) -> Option<(Self, &'a Expr)> {
        if self.hops == HOPS_MAX {
            return None;
        }
        let value = (self.scope.constants)(&dotted_name(expr)?)?;
        let reader = Reader {
            hops: self.hops + 1,
            ..self
        };
        reader.is_literal(value).then_some((reader, value))
    }

    /// What a local holds, if that is a query written out.
    pub fn query_constant(self, name: &str) -> Option<(Self, &'a Expr)> {
        if self.hops == HOPS_MAX {
            return None;
        }
        let value = (self.scope.constants)(name)?;
        let reader = Reader {
            hops: self.hops + 1,
            ..self
        };
        matches!(unwrapped(value).kind, ExprKind::Call { .. }).then_some((reader, value))
    }

    fn is_literal(self, value: &Expr) -> bool {
        match &unwrapped(value).kind {
            ExprKind::Name(_)
            | ExprKind::Str(_)
            | ExprKind::Symbol(_)
            | ExprKind::List(_)
            | ExprKind::Map(_)
            | ExprKind::Lambda(_)
            | ExprKind::Conditional { .. }
            | ExprKind::Binary { .. }
            | ExprKind::Null
            | ExprKind::Bool(_) => true,
            ExprKind::Call { .. } => {
                let links = chain(value);
                let first = links.1.first();
                first.is_some_and(|link| self.orm.eager.option(link.name).is_some())
            }
            _ => false,
        }
    }

    /// Each single item of a list, through spreads, branches and constants. The flag says whether
    /// it is there for certain.
    pub fn items(self, expr: &'a Expr, sure: bool, each: &mut dyn FnMut(Self, &'a Expr, bool)) {
        let Some(reader) = self.down() else {
            return;
        };
        let expr = unwrapped(expr);
        match &expr.kind {
            ExprKind::List(items) => {
                for item in items {
                    reader.items(item, sure, each);
                }
            }
            ExprKind::Spread(inner) => reader.items(inner, sure, each),
            ExprKind::Conditional { then, otherwise, .. } => {
                reader.items(then, false, each);
                reader.items(otherwise, false, each);
            }
            ExprKind::Binary { op, left, right } => match op.as_str() {
                "&&" | "and" => reader.items(right, false, each),
                "||" | "or" | "??" => {
                    reader.items(left, false, each);
                    reader.items(right, false, each);
                }
                "&" | "-" if is_list(left) => reader.items(left, false, each),
                "+" | "|" if is_list(left) || is_list(right) => {
                    reader.items(left, sure, each);
                    reader.items(right, sure, each);
                }
                _ => each(reader, expr, sure),
            },
            ExprKind::Null | ExprKind::Bool(false) => {}
            ExprKind::Name(name) if name == "undefined" => {}
            _ => match reader.constant(expr) {
                Some((reader, value)) => reader.items(value, sure, each),
                None => each(reader, expr, sure),
            },
        }
    }
}

/// `x` of `x as T`, `await x`, `x.freeze`, `Object.freeze(x)`, `xs.filter(Boolean)`.
pub(super) fn unwrapped(expr: &Expr) -> &Expr {
    let mut at = expr;
    loop {
        at = match &at.kind {
            ExprKind::Cast { value, .. } | ExprKind::Await(value) => value,
            ExprKind::Member { object, name, .. } if keeps(name) => object,
            ExprKind::Call { callee, args, .. } => match (&callee.kind, args.as_slice()) {
                (ExprKind::Member { object, name, .. }, []) if keeps(name) => object,
                (ExprKind::Member { name, .. }, [only]) if name == "freeze" => &only.value,
                (ExprKind::Member { object, name, .. }, [only])
                    if name == "filter"
                        && matches!(&only.value.kind, ExprKind::Name(name) if name == "Boolean") =>
                {
                    object
                }
                // `Prisma.validator<Prisma.PostInclude>()({ … })`
                (ExprKind::Call { args: none, .. }, [only]) if none.is_empty() => &only.value,
                _ => return at,
            },
            _ => return at,
        };
    }
}

fn keeps(name: &str) -> bool {
    matches!(
        name,
        "freeze" | "compact" | "dup" | "deep_dup" | "uniq" | "flatten"
    )
}

fn is_list(expr: &Expr) -> bool {
    matches!(unwrapped(expr).kind, ExprKind::List(_))
}

/// `INCLUDES`, `Post.FULL`, `self.includes`, `includes()`.
pub(super) fn dotted_name(expr: &Expr) -> Option<String> {
    let mut parts = Vec::new();
    let mut at = expr;
    loop {
        at = match &at.kind {
            ExprKind::Name(name) => {
                parts.push(name.as_str());
                break;
            }
            ExprKind::This => {
                parts.push("self");
                break;
            }
            ExprKind::Member { object, name, .. } => {
                parts.push(name);
                object
            }
            ExprKind::Call {
                callee, args, block, ..
            } if args.is_empty() && block.is_none() => callee,
            _ => return None,
        };
    }
    parts.reverse();
    Some(parts.join("."))
}

/// One call of a chain.
#[derive(Clone, Copy)]
pub(super) struct Link<'a> {
    pub name: &'a str,
    pub args: &'a [Arg],
}

/// What a chain of calls starts from, and its calls from there on: `X.objects.filter(…).all()`.
/// Plain members between them stand as calls without arguments. A chain that starts with a function
/// has no start: its first link is that call.
pub(super) fn chain(expr: &Expr) -> (Option<&Expr>, Vec<Link<'_>>) {
    let mut links = Vec::new();
    let mut at = unwrapped(expr);
    let start = loop {
        at = match &at.kind {
            ExprKind::Call { callee, args, .. } => match &callee.kind {
                ExprKind::Member { object, name, .. } => {
                    links.push(Link { name, args });
                    object
                }
                ExprKind::Name(name) => {
                    links.push(Link { name, args });
                    break None;
                }
                _ => break Some(at),
            },
            ExprKind::Member { object, name, .. } => {
                links.push(Link { name, args: &[] });
                object
            }
            ExprKind::Await(inner) => inner,
            _ => break Some(at),
        };
    };
    links.reverse();
    (start, links)
}

/// Text of a string or symbol.
pub(super) fn word(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Str(text) | ExprKind::Symbol(text) => Some(text),
        _ => None,
    }
}

/// An argument by its name, or else by its place among those without one.
pub(super) fn argument<'a>(args: &'a [Arg], names: &[&str], place: usize) -> Option<&'a Arg> {
    let named = args
        .iter()
        .find(|arg| arg.name.as_deref().is_some_and(|name| names.contains(&name)));
    named.or_else(|| args.iter().filter(|arg| arg.name.is_none()).nth(place))
}
