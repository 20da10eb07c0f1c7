//! The forms of the lowered language that several languages build alike. It must not know a syntax
//! tree beyond the place of a node.

use tree_sitter::Node;

use super::{span, span_between};
use crate::facts::ir::{
    Arg, Expr, ExprKind, Field, Lambda, Loop, LoopKind, Param, Pattern, Span, Stmt, StmtKind, TypeRef,
};

pub(super) fn expr(kind: ExprKind, node: Node<'_>) -> Expr {
    Expr {
        kind,
        span: span(node),
    }
}

/// What stands for a subtree that `enter` refused, and for what broken code lacks.
pub(super) fn cut_expr(node: Node<'_>) -> Expr {
    expr(ExprKind::Opaque(Vec::new()), node)
}

pub(super) fn assigned(target: Pattern, op: Option<String>, value: Expr) -> ExprKind {
    ExprKind::Assign {
        target: Box::new(target),
        op,
        value: Box::new(value),
    }
}

/// The `1` of `a++`.
pub(super) fn one(node: Node<'_>) -> Expr {
    expr(ExprKind::Number("1".to_string()), node)
}

pub(super) fn member(object: Box<Expr>, name: &str, at: Node<'_>, optional: bool) -> ExprKind {
    ExprKind::Member {
        object,
        name: name.to_string(),
        name_span: span(at),
        optional,
    }
}

pub(super) fn call(callee: Expr, args: Vec<Arg>) -> ExprKind {
    ExprKind::Call {
        callee: Box::new(callee),
        args,
        block: None,
        type_args: Vec::new(),
    }
}

/// Statements where a value is wanted: a lambda that is called on the spot.
pub(super) fn run_at_once(body: Vec<Stmt>, node: Node<'_>) -> ExprKind {
    let lambda = Lambda {
        params: Vec::new(),
        is_async: false,
        body,
        span: span(node),
    };
    call(expr(ExprKind::Lambda(Box::new(lambda)), node), Vec::new())
}

/// A string, unless it embeds expressions: those are what counts of a template.
pub(super) fn string(text: String, embedded: Vec<Expr>) -> ExprKind {
    if embedded.is_empty() {
        ExprKind::Str(text)
    } else {
        ExprKind::Template(embedded)
    }
}

/// The escapes that the languages with braces share.
pub(super) fn unescaped(escape: &str) -> &str {
    match escape {
        "\\n" => "\n",
        "\\t" => "\t",
        "\\r" => "\r",
        "\\\\" | "\\'" | "\\\"" => escape.get(1..).unwrap_or(escape),
        _ => escape,
    }
}

/// A value of a declared type.
pub(super) fn cast(value: Expr, ty: Option<TypeRef>) -> Expr {
    match ty {
        Some(ty) => Expr {
            span: value.span,
            kind: ExprKind::Cast {
                ty,
                value: Box::new(value),
            },
        },
        None => value,
    }
}

/// `x is Order order`: binds `order`, which is `x` as an `Order`.
pub(super) fn bound(value: Expr, target: Pattern, ty: Option<TypeRef>) -> Expr {
    Expr {
        span: value.span,
        kind: assigned(target, None, cast(value, ty)),
    }
}

pub(super) fn arg(value: Expr) -> Arg {
    Arg {
        name: None,
        spread: false,
        value,
    }
}

pub(super) fn spread_arg(value: Expr) -> Arg {
    Arg {
        name: None,
        spread: true,
        value,
    }
}

pub(super) fn stmt(kind: StmtKind, node: Node<'_>) -> Stmt {
    Stmt {
        kind,
        span: span(node),
    }
}

/// An expression that stands as a statement; an assignment is a statement of its own kind.
pub(super) fn expression_statement(value: Expr, whole: Node<'_>) -> Stmt {
    let kind = match value.kind {
        ExprKind::Assign { target, op, value } => StmtKind::Assign {
            target: *target,
            op,
            ty: None,
            value: Some(*value),
        },
        kind => StmtKind::Expr(Expr {
            kind,
            span: value.span,
        }),
    };
    stmt(kind, whole)
}

pub(super) fn assign(target: Pattern, ty: Option<TypeRef>, value: Option<Expr>) -> StmtKind {
    StmtKind::Assign {
        target,
        op: None,
        ty,
        value,
    }
}

/// The body of a lambda or function that is one expression.
pub(super) fn returned(value: Expr) -> Stmt {
    Stmt {
        span: value.span,
        kind: StmtKind::Return(Some(value)),
    }
}

pub(super) fn scope(body: Vec<Stmt>) -> StmtKind {
    StmtKind::Scope {
        bindings: Vec::new(),
        body,
    }
}

/// An arm of a `match` or `case`, which its guard may keep from running.
pub(super) fn guarded(guard: Option<Expr>, body: Vec<Stmt>, arm: Node<'_>) -> Vec<Stmt> {
    match guard {
        Some(condition) => vec![only_if(condition, body, arm)],
        None => body,
    }
}

/// An `if` without `else`.
pub(super) fn only_if(condition: Expr, then: Vec<Stmt>, node: Node<'_>) -> Stmt {
    let kind = StmtKind::If {
        condition,
        then,
        otherwise: Vec::new(),
    };
    stmt(kind, node)
}

/// A loop of which no more is known.
pub(super) fn plain_loop(kind: LoopKind, header: Span, body: Vec<Stmt>) -> Loop {
    Loop {
        kind,
        is_async: false,
        target: None,
        target_ty: None,
        iterable: None,
        init: Vec::new(),
        condition: None,
        step: Vec::new(),
        body,
        header,
    }
}

/// From the start of a loop to the end of its head; all of it when broken code has no head.
pub(super) fn header(node: Node<'_>, head: Option<Node<'_>>) -> Span {
    head.map_or(span(node), |head| span_between(node, head))
}

/// `while (true)`, `while 1`.
pub(super) fn is_true(value: &Expr) -> bool {
    matches!(&value.kind, ExprKind::Bool(true))
        || matches!(&value.kind, ExprKind::Number(text) if text == "1")
}

pub(super) fn param(pattern: Pattern) -> Param {
    Param {
        pattern,
        ty: None,
        default: None,
        decorators: Vec::new(),
        rest: false,
    }
}

/// What a parameter of a record or primary constructor declares besides.
pub(super) fn param_field(param: &Param) -> Option<Field> {
    match &param.pattern {
        Pattern::Name { name, span } => Some(Field {
            name: name.clone(),
            ty: param.ty.clone(),
            decorators: param.decorators.clone(),
            value: None,
            is_static: false,
            span: *span,
        }),
        _ => None,
    }
}

pub(super) fn plain(name: &str) -> TypeRef {
    composed(name, Vec::new())
}

pub(super) fn composed(name: &str, args: Vec<TypeRef>) -> TypeRef {
    TypeRef {
        name: name.to_string(),
        args,
        nullable: false,
    }
}

/// `A | B | null`: the grammars nest unions to the left; here they are one list.
pub(super) fn union(members: Vec<TypeRef>, nothing: &[&str]) -> TypeRef {
    let mut args = Vec::new();
    for member in members {
        if member.name == "|" {
            args.extend(member.args);
        } else {
            args.push(member);
        }
    }
    TypeRef {
        nullable: args.iter().any(|member| nothing.contains(&member.name.as_str())),
        ..composed("|", args)
    }
}

/// A dotted name as it would be written: `a.b` of `Member(Name a, b)`. `None` for anything else.
pub(super) fn dotted(value: &Expr) -> Option<String> {
    match &value.kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::This => Some("self".to_string()),
        ExprKind::Member { object, name, .. } => dotted(object).map(|outer| format!("{outer}.{name}")),
        _ => None,
    }
}
