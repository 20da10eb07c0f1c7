//! Blocks of a template that are open, and what becomes of them when they are closed.

use super::expression::{called, made, plain_arg};
use crate::facts::ir::{
    Arg, Expr, ExprKind, Function, FunctionId, Lambda, Loop, LoopKind, Param, Pattern, Span, Stmt, StmtKind,
};

/// What was read of a tag that opens a block.
pub(super) enum Kind {
    For {
        target: Option<Pattern>,
        iterable: Option<Expr>,
        condition: Option<Expr>,
        header: Span,
    },
    If {
        condition: Expr,
        then: Option<Vec<Stmt>>,
        /// `elif`: closed together with what it stands in.
        goes_on: bool,
    },
    With(Vec<(Option<Pattern>, Expr)>),
    /// `{% cache 600 name %}`: its content may be there already.
    Cache(Vec<Expr>, Span),
    Macro(Box<Function>),
}

pub(super) struct Opened {
    pub end: String,
    pub kind: Kind,
    /// What stood in front of it in the block around it.
    pub outer: Vec<Stmt>,
    pub at: Span,
}

impl Opened {
    /// The statements that a block with this body comes to.
    pub fn closed(kind: Kind, body: Vec<Stmt>, at: Span, macros: &mut Vec<Function>) -> Vec<Stmt> {
        let kind = match kind {
            Kind::For {
                target,
                iterable,
                condition,
                header,
            } => StmtKind::Loop(Box::new(Loop {
                kind: LoopKind::ForEach,
                is_async: false,
                target,
                target_ty: None,
                iterable,
                init: Vec::new(),
                condition: None,
                step: Vec::new(),
                body: match condition {
                    Some(condition) => vec![chosen(condition, body, Vec::new())],
                    None => body,
                },
                header,
            })),
            Kind::If { condition, then, .. } => {
                let (then, otherwise) = match then {
                    Some(then) => (then, body),
                    None => (body, Vec::new()),
                };
                return vec![chosen(condition, then, otherwise)];
            }
            Kind::With(bindings) => StmtKind::Scope { bindings, body },
            Kind::Cache(args, header) => {
                let block = Lambda {
                    params: Vec::new(),
                    is_async: false,
                    body,
                    span: header,
                };
                let block = made(ExprKind::Lambda(block.into()), header, header);
                let args: Vec<Arg> = args.into_iter().chain([block]).map(plain_arg).collect();
                StmtKind::Expr(made(called("cache", header, args), header, header))
            }
            Kind::Macro(function) => {
                // The module itself is the first one.
                let id: FunctionId = macros.len() + 1;
                macros.push(Function { body, ..*function });
                StmtKind::Function(id)
            }
        };
        vec![Stmt { kind, span: at }]
    }
}

fn chosen(condition: Expr, then: Vec<Stmt>, otherwise: Vec<Stmt>) -> Stmt {
    let span = condition.span;
    let kind = StmtKind::If {
        condition,
        then,
        otherwise,
    };
    Stmt { kind, span }
}

pub(super) fn param(name: &str, span: Span, default: Option<Expr>) -> Param {
    Param {
        pattern: named(name, span),
        ty: None,
        default,
        decorators: Vec::new(),
        rest: false,
    }
}

pub(super) fn named(name: &str, span: Span) -> Pattern {
    Pattern::Name {
        name: name.to_owned(),
        span,
    }
}
