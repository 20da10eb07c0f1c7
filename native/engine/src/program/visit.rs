//! One walk over statements and expressions that shows every expression, those of lambdas too.
//! Named functions and classes inside have facts of their own and are left out.

use crate::facts::ir::{Expr, ExprKind, Lambda, Pattern, Stmt, StmtKind};

/// Shows every expression below the statements, outer ones first, in source order.
pub fn each<'f>(body: &'f [Stmt], show: &mut impl FnMut(&'f Expr)) {
    for stmt in body {
        statement(stmt, show);
    }
}

fn statement<'f>(stmt: &'f Stmt, show: &mut impl FnMut(&'f Expr)) {
    match &stmt.kind {
        StmtKind::Expr(value) => expression(value, show),
        StmtKind::Assign { target, value, .. } => {
            pattern(target, show);
            all(value, show);
        }
        StmtKind::Loop(it) => {
            it.target.iter().for_each(|target| pattern(target, show));
            all(&it.iterable, show);
            each(&it.init, show);
            all(&it.condition, show);
            each(&it.step, show);
            each(&it.body, show);
        }
        StmtKind::If {
            condition,
            then,
            otherwise,
        } => {
            expression(condition, show);
            each(then, show);
            each(otherwise, show);
        }
        StmtKind::Switch { subject, arms } => {
            all(subject, show);
            arms.iter().for_each(|arm| each(arm, show));
        }
        StmtKind::Try {
            body,
            handlers,
            finally,
        } => {
            each(body, show);
            handlers.iter().for_each(|handler| each(handler, show));
            each(finally, show);
        }
        StmtKind::Scope { bindings, body } => {
            for (target, value) in bindings {
                target.iter().for_each(|target| pattern(target, show));
                expression(value, show);
            }
            each(body, show);
        }
        StmtKind::Return(value) | StmtKind::Raise(value) => all(value, show),
        StmtKind::Break | StmtKind::Continue | StmtKind::Function(_) | StmtKind::Class(_) => {}
    }
}

fn all<'f>(values: impl IntoIterator<Item = &'f Expr>, show: &mut impl FnMut(&'f Expr)) {
    for value in values {
        expression(value, show);
    }
}

pub fn expression<'f>(value: &'f Expr, show: &mut impl FnMut(&'f Expr)) {
    show(value);
    match &value.kind {
        ExprKind::Template(parts) | ExprKind::List(parts) | ExprKind::Opaque(parts) => all(parts, show),
        ExprKind::Member { object, .. } => expression(object, show),
        ExprKind::Call {
            callee, args, block, ..
        } => {
            expression(callee, show);
            all(args.iter().map(|arg| &arg.value), show);
            block.iter().for_each(|block| lambda(block, show));
        }
        ExprKind::New {
            args, initializer, ..
        } => {
            all(args.iter().map(|arg| &arg.value), show);
            all(initializer, show);
        }
        ExprKind::Index { object, index } => {
            expression(object, show);
            expression(index, show);
        }
        ExprKind::Lambda(inner) => lambda(inner, show),
        ExprKind::Map(pairs) => {
            for (key, value) in pairs {
                expression(key, show);
                expression(value, show);
            }
        }
        ExprKind::Range { from, to } => {
            all(from.as_deref(), show);
            all(to.as_deref(), show);
        }
        ExprKind::Comprehension(inner) => {
            for clause in &inner.clauses {
                pattern(&clause.target, show);
                expression(&clause.iterable, show);
                all(&clause.conditions, show);
            }
            all(&inner.element, show);
        }
        ExprKind::Spread(inner) | ExprKind::Await(inner) => expression(inner, show),
        ExprKind::Yield(inner) => all(inner.as_deref(), show),
        ExprKind::Unary { operand, .. } => expression(operand, show),
        ExprKind::Cast { value, .. } => expression(value, show),
        ExprKind::Binary { left, right, .. } => {
            expression(left, show);
            expression(right, show);
        }
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => {
            expression(condition, show);
            expression(then, show);
            expression(otherwise, show);
        }
        ExprKind::Assign { target, value, .. } => {
            pattern(target, show);
            expression(value, show);
        }
        ExprKind::Name(_)
        | ExprKind::This
        | ExprKind::Super
        | ExprKind::Str(_)
        | ExprKind::Number(_)
        | ExprKind::Bool(_)
        | ExprKind::Null
        | ExprKind::Symbol(_) => {}
    }
}

fn lambda<'f>(inner: &'f Lambda, show: &mut impl FnMut(&'f Expr)) {
    for param in &inner.params {
        all(&param.default, show);
    }
    each(&inner.body, show);
}

fn pattern<'f>(target: &'f Pattern, show: &mut impl FnMut(&'f Expr)) {
    match target {
        Pattern::Place(place) => expression(place, show),
        Pattern::Sequence(parts) => parts.iter().for_each(|part| pattern(part, show)),
        Pattern::Object(parts) => parts.iter().for_each(|(_, part)| pattern(part, show)),
        Pattern::Name { .. } | Pattern::Ignored => {}
    }
}
