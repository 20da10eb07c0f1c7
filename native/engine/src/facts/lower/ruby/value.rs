//! What it means in Ruby that statements have a value.

use tree_sitter::Node;

use super::Ruby;
use crate::facts::ir::{Expr, ExprKind, Pattern, Stmt, StmtKind};
use crate::facts::lower::forms::{cut_expr, expr, run_at_once};
use crate::facts::lower::statement::Statements;

impl<'t> Ruby<'_, 't> {
    /// A statement where a value is wanted: `f(if a then b else c end)`. What has no form as an
    /// expression becomes a lambda that is called on the spot.
    pub(super) fn value_of(&mut self, node: Node<'t>) -> ExprKind {
        let mut body = Vec::new();
        self.statement(node, &mut body);
        if let [
            Stmt {
                kind: StmtKind::If { then, otherwise, .. },
                ..
            },
        ] = body.as_slice()
            && matches!(
                then.as_slice(),
                [Stmt {
                    kind: StmtKind::Expr(_),
                    ..
                }]
            )
            && matches!(
                otherwise.as_slice(),
                [] | [Stmt {
                    kind: StmtKind::Expr(_),
                    ..
                }]
            )
        {
            return conditional(body, node);
        }
        if let [
            Stmt {
                kind: StmtKind::Expr(_),
                ..
            },
        ] = body.as_slice()
        {
            return only_value(body, node).kind;
        }
        tail(&mut body, &|value| StmtKind::Return(Some(value)));
        run_at_once(body, node)
    }
}

fn conditional(mut body: Vec<Stmt>, node: Node<'_>) -> ExprKind {
    match body.pop().map(|only| only.kind) {
        Some(StmtKind::If {
            condition,
            then,
            otherwise,
        }) => ExprKind::Conditional {
            condition: Box::new(condition),
            then: Box::new(only_value(then, node)),
            otherwise: Box::new(only_value(otherwise, node)),
        },
        _ => ExprKind::Opaque(Vec::new()),
    }
}

/// The expression of a list with one expression statement; `nil` of an empty one.
fn only_value(mut body: Vec<Stmt>, node: Node<'_>) -> Expr {
    match body.pop() {
        Some(Stmt {
            kind: StmtKind::Expr(value),
            ..
        }) => value,
        Some(_) => cut_expr(node),
        None => expr(ExprKind::Null, node),
    }
}

/// Rewrites the expressions whose value is the value of the whole list.
pub(super) fn tail(body: &mut [Stmt], wrap: &dyn Fn(Expr) -> StmtKind) {
    let Some(last) = body.last_mut() else { return };
    match &mut last.kind {
        StmtKind::Expr(value) => {
            let nothing = Expr {
                kind: ExprKind::Null,
                span: value.span,
            };
            last.kind = wrap(std::mem::replace(value, nothing));
        }
        StmtKind::If { then, otherwise, .. } => {
            tail(then, wrap);
            tail(otherwise, wrap);
        }
        StmtKind::Switch { arms, .. } => arms.iter_mut().for_each(|arm| tail(arm, wrap)),
        StmtKind::Try { body, handlers, .. } => {
            tail(body, wrap);
            handlers.iter_mut().for_each(|handler| tail(handler, wrap));
        }
        StmtKind::Scope { body, .. } => tail(body, wrap),
        _ => {}
    }
}

/// What a method answers: its last value, also where that is kept in a variable (`@rows ||= …`).
pub(super) fn answered(body: &mut Vec<Stmt>) {
    let kept = match body.last() {
        Some(Stmt {
            kind: StmtKind::Assign { target, .. },
            span,
        }) => read_of(target).map(|kind| (kind, *span)),
        _ => None,
    };
    match kept {
        Some((kind, span)) => body.push(Stmt {
            kind: StmtKind::Return(Some(Expr { kind, span })),
            span,
        }),
        None => tail(body, &|value| StmtKind::Return(Some(value))),
    }
}

fn read_of(target: &Pattern) -> Option<ExprKind> {
    match target {
        Pattern::Name { name, .. } => Some(ExprKind::Name(name.clone())),
        Pattern::Place(place) => match &place.kind {
            kind @ ExprKind::Member { .. } => Some(kind.clone()),
            _ => None,
        },
        _ => None,
    }
}
