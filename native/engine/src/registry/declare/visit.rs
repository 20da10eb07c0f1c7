//! Goes through every expression of a file, in order, with the function it stands in. It must not
//! know what anyone looks for.

use crate::facts::ir::{Expr, ExprKind, FileFacts, Function, Lambda, Loop, Pattern, Stmt, StmtKind};

/// What is met on the way.
#[derive(Clone, Copy)]
pub(super) enum Seen<'a> {
    Expr(&'a Expr),
    /// A plain assignment, before its parts.
    Assign(&'a Pattern, &'a Expr),
}

pub(super) fn file<'a>(facts: &'a FileFacts, see: &mut dyn FnMut(&'a Function, Seen<'a>)) {
    for function in &facts.functions {
        body(&function.body, &mut |it| see(function, it));
    }
    // What stands in a class body runs with the module around it.
    for class in &facts.classes {
        for (inner, module) in class
            .macros
            .iter()
            .zip(facts.functions.first().into_iter().cycle())
        {
            expr(inner, &mut |it| see(module, it));
        }
    }
}

pub(super) fn body<'a>(stmts: &'a [Stmt], see: &mut dyn FnMut(Seen<'a>)) {
    for stmt in stmts {
        match &stmt.kind {
            StmtKind::Expr(value) | StmtKind::Return(Some(value)) | StmtKind::Raise(Some(value)) => {
                expr(value, see);
            }
            StmtKind::Assign {
                target, value, op, ..
            } => {
                if let (Some(value), None) = (value, op) {
                    see(Seen::Assign(target, value));
                }
                pattern(target, see);
                value.iter().for_each(|value| expr(value, see));
            }
            StmtKind::Loop(it) => of_loop(it, see),
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => {
                expr(condition, see);
                body(then, see);
                body(otherwise, see);
            }
            StmtKind::Switch { subject, arms } => {
                subject.iter().for_each(|subject| expr(subject, see));
                arms.iter().for_each(|arm| body(arm, see));
            }
            StmtKind::Try {
                body: tried,
                handlers,
                finally,
            } => {
                body(tried, see);
                handlers.iter().for_each(|handler| body(handler, see));
                body(finally, see);
            }
            StmtKind::Scope {
                bindings,
                body: inner,
            } => {
                bindings.iter().for_each(|(_, value)| expr(value, see));
                body(inner, see);
            }
            _ => {}
        }
    }
}

fn of_loop<'a>(it: &'a Loop, see: &mut dyn FnMut(Seen<'a>)) {
    it.iterable.iter().for_each(|iterable| expr(iterable, see));
    body(&it.init, see);
    it.condition.iter().for_each(|condition| expr(condition, see));
    body(&it.step, see);
    body(&it.body, see);
}

fn pattern<'a>(it: &'a Pattern, see: &mut dyn FnMut(Seen<'a>)) {
    if let Pattern::Place(place) = it {
        expr(place, see);
    }
}

fn lambda<'a>(it: &'a Lambda, see: &mut dyn FnMut(Seen<'a>)) {
    body(&it.body, see);
}

/// The expression itself, then what is in it.
pub(super) fn expr<'a>(it: &'a Expr, see: &mut dyn FnMut(Seen<'a>)) {
    see(Seen::Expr(it));
    match &it.kind {
        ExprKind::Template(parts) | ExprKind::List(parts) | ExprKind::Opaque(parts) => {
            parts.iter().for_each(|part| expr(part, see));
        }
        ExprKind::Member { object, .. } => expr(object, see),
        ExprKind::Call {
            callee, args, block, ..
        } => {
            expr(callee, see);
            args.iter().for_each(|arg| expr(&arg.value, see));
            block.iter().for_each(|block| lambda(block, see));
        }
        ExprKind::New {
            args, initializer, ..
        } => {
            args.iter().for_each(|arg| expr(&arg.value, see));
            initializer.iter().for_each(|part| expr(part, see));
        }
        ExprKind::Index { object, index } => {
            expr(object, see);
            expr(index, see);
        }
        ExprKind::Lambda(inner) => lambda(inner, see),
        ExprKind::Map(entries) => {
            for (key, value) in entries {
                expr(key, see);
                expr(value, see);
            }
        }
        ExprKind::Spread(value)
        | ExprKind::Await(value)
        | ExprKind::Yield(Some(value))
        | ExprKind::Unary { operand: value, .. }
        | ExprKind::Cast { value, .. } => expr(value, see),
        ExprKind::Binary { left, right, .. } => {
            expr(left, see);
            expr(right, see);
        }
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => {
            expr(condition, see);
            expr(then, see);
            expr(otherwise, see);
        }
        ExprKind::Assign { target, value, op } => {
            if op.is_none() {
                see(Seen::Assign(target, value));
            }
            pattern(target, see);
            expr(value, see);
        }
        _ => {}
    }
}
