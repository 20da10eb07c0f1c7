//! Statements: branches join, loops open an iteration, everything else passes through.

use super::Walker;
use crate::facts::ir::{Expr, ExprKind, Loop, LoopKind, Pattern, Stmt, StmtKind};
use crate::nplus1::language::Words;
use crate::nplus1::site::{Form, Guard};
use crate::nplus1::taint::{Taint, Via};
use crate::nplus1::value::{Bound, Coll, Kind, Origin, Value};

impl<'a> Walker<'a> {
    /// Walks a statement; gives what it returns from the enclosing function, if it does.
    pub(super) fn stmt(&mut self, stmt: &'a Stmt) -> Option<Value<'a>> {
        if !self.step() {
            return None;
        }
        match &stmt.kind {
            StmtKind::Expr(expr) => {
                let value = self.eval(expr);
                if self.is_template() {
                    self.put_out(expr, value);
                }
                None
            }
            StmtKind::Assign {
                target,
                op,
                ty,
                value,
            } => {
                self.assign(target, op.as_deref(), ty.as_ref(), value.as_ref());
                None
            }
            StmtKind::Loop(each) => self.each(each),
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => self.branch(condition, then, otherwise),
            StmtKind::Switch { subject, arms } => {
                if let Some(subject) = subject {
                    self.eval(subject);
                }
                let arms: Vec<&'a [Stmt]> = arms.iter().map(Vec::as_slice).collect();
                self.ways(&arms)
            }
            StmtKind::Try {
                body,
                handlers,
                finally,
            } => {
                let mut answer = self.nested(body);
                let handlers: Vec<&'a [Stmt]> = handlers.iter().map(Vec::as_slice).collect();
                self.guards.push(Guard::Failure);
                answer = either(answer, self.ways(&handlers));
                self.guards.pop();
                either(answer, self.nested(finally))
            }
            StmtKind::Scope { bindings, body } => {
                for (pattern, value) in bindings {
                    let value = self.eval(value);
                    if let Some(pattern) = pattern {
                        self.bind(pattern, value);
                    }
                }
                self.nested(body)
            }
            StmtKind::Return(value) => {
                let value = value.as_ref().map(|value| {
                    let answer = self.eval_awaited(value);
                    self.answered(answer, value.span)
                });
                Some(value.unwrap_or_else(Value::unknown))
            }
            StmtKind::Raise(value) => {
                if let Some(value) = value {
                    self.eval(value);
                }
                None
            }
            // Functions and classes are walked on their own, later.
            StmtKind::Break | StmtKind::Continue | StmtKind::Function(_) | StmtKind::Class(_) => None,
        }
    }

    pub(super) fn nested(&mut self, body: &'a [Stmt]) -> Option<Value<'a>> {
        let guards = self.guards.len();
        let mut answer = None;
        for stmt in body {
            answer = either(answer, self.stmt(stmt));
            if let Some(guard) = self.guard_after(stmt) {
                self.guards.push(guard);
            }
        }
        self.guards.truncate(guards);
        answer
    }

    /// Ways of which at most one is taken.
    fn ways(&mut self, ways: &[&'a [Stmt]]) -> Option<Value<'a>> {
        let before = self.env.clone();
        let mut answer = None;
        self.branches += 1;
        for way in ways {
            let mut taken = std::mem::replace(&mut self.env, before.clone());
            answer = either(answer, self.nested(way));
            std::mem::swap(&mut taken, &mut self.env);
            self.env.join(taken);
        }
        self.branches -= 1;
        answer
    }

    fn branch(&mut self, condition: &'a Expr, then: &'a [Stmt], otherwise: &'a [Stmt]) -> Option<Value<'a>> {
        self.test(condition);
        match self.settled(condition) {
            Some(true) => return self.nested(then),
            Some(false) => return self.nested(otherwise),
            None => {}
        }
        let guard = self.guard_of(condition, then);
        let before = self.env.clone();
        self.guards.extend(guard);
        self.branches += 1;
        let mut answer = self.nested(then);
        if guard.is_some() {
            self.guards.pop();
        }
        let after_then = std::mem::replace(&mut self.env, before);
        answer = either(answer, self.nested(otherwise));
        self.branches -= 1;
        self.env.join(after_then);
        answer
    }

    fn each(&mut self, each: &'a Loop) -> Option<Value<'a>> {
        match each.kind {
            LoopKind::ForEach => self.for_each(each),
            LoopKind::For | LoopKind::While | LoopKind::DoWhile | LoopKind::Forever => self.turns(each),
        }
    }

    fn for_each(&mut self, each: &'a Loop) -> Option<Value<'a>> {
        let Some(iterable) = &each.iterable else {
            return self.turns(each);
        };
        let walked = self.eval(iterable);
        let walked = self.run_rows(walked, iterable.span);
        let walked = self.as_handed(iterable, walked);
        let name = each.target.as_ref().and_then(first_name);
        let id = self.open_iteration(
            Form::ForEach,
            each.header,
            &each.body,
            &walked,
            Some(iterable),
            name,
        );
        let element = self.element(&walked, id);
        if let Some(target) = &each.target {
            self.bind(target, element);
        }
        let answer = self.nested(&each.body);
        self.close_iteration();
        answer
    }

    /// Loops without an element of their own.
    fn turns(&mut self, each: &'a Loop) -> Option<Value<'a>> {
        for stmt in &each.init {
            self.stmt(stmt);
        }
        let form = match each.kind {
            LoopKind::For if each.condition.is_some() => Form::Counted,
            LoopKind::Forever | LoopKind::For => Form::Forever,
            _ => Form::While,
        };
        let steps = step_size(&each.step);
        let counter = Value::new(Kind::Scalar);
        let bound = each.condition.as_ref().map_or(Bound::Unbounded, literal_bound);
        let coll = Coll {
            chunks: steps.is_some_and(|by| by != "1"),
            ..Coll::of(counter, bound, Origin::Other)
        };
        let driver = Value::new(Kind::Coll(coll));
        let id = self.open_iteration(
            form,
            each.header,
            &each.body,
            &driver,
            each.condition.as_ref(),
            None,
        );
        self.carry(each, id);
        if let Some(condition) = &each.condition {
            self.test(condition);
        }
        let answer = self.nested(&each.body);
        for stmt in &each.step {
            self.stmt(stmt);
        }
        self.close_iteration();
        answer
    }

    /// Marks what the body changes from turn to turn.
    fn carry(&mut self, each: &'a Loop, id: usize) {
        let mut changed = Vec::new();
        changes(&each.step, &self.unit.table.adds, &mut changed);
        changes(&each.body, &self.unit.table.adds, &mut changed);
        for (name, counts) in changed {
            if let Some(value) = self.env.get(name) {
                let via = if counts { Via::Counter } else { Via::Carried };
                let mut value = value.clone();
                value.taint.add(&Taint::of(id, via));
                self.env.set(name, value);
            }
        }
    }
}

fn either<'a>(one: Option<Value<'a>>, other: Option<Value<'a>>) -> Option<Value<'a>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.join(&other)),
        (one, other) => one.or(other),
    }
}

pub(super) fn first_name(pattern: &Pattern) -> Option<&str> {
    match pattern {
        Pattern::Name { name, .. } => Some(name),
        Pattern::Sequence(parts) => parts.iter().rev().find_map(first_name),
        Pattern::Object(parts) => parts.iter().find_map(|(_, part)| first_name(part)),
        Pattern::Place(_) | Pattern::Ignored => None,
    }
}

/// What `i += n` adds, as written.
fn step_size(step: &[Stmt]) -> Option<&str> {
    step.iter().find_map(|stmt| {
        let (op, value) = match &stmt.kind {
            StmtKind::Assign {
                op: Some(op),
                value: Some(value),
                ..
            } => (op, value),
            StmtKind::Expr(Expr {
                kind: ExprKind::Assign {
                    op: Some(op), value, ..
                },
                ..
            }) => (op, &**value),
            _ => return None,
        };
        match (&value.kind, op.as_str()) {
            (ExprKind::Number(by), "+" | "-") => Some(by.as_str()),
            (_, "+" | "-") => Some("n"),
            _ => None,
        }
    })
}

/// `i < 3`.
fn literal_bound(condition: &Expr) -> Bound {
    let ExprKind::Binary { op, right, .. } = &condition.kind else {
        return Bound::Unbounded;
    };
    match (&right.kind, op.as_str()) {
        (ExprKind::Number(n), "<" | "<=") => n.parse().map_or(Bound::Unbounded, Bound::Literal),
        (ExprKind::Name(name), "<" | "<=") if is_constant_name(name) => Bound::Constant,
        _ => Bound::Unbounded,
    }
}

pub(super) fn is_constant_name(name: &str) -> bool {
    name.len() > 1
        && name.chars().any(|c| c.is_ascii_uppercase())
        && name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// Names that statements assign or add to, and whether only by counting.
fn changes<'a>(body: &'a [Stmt], adds: &Words, out: &mut Vec<(&'a str, bool)>) {
    for stmt in body {
        match &stmt.kind {
            StmtKind::Assign { target, op, .. } => assigned(target, op.is_some(), out),
            StmtKind::Expr(expr) => match &expr.kind {
                ExprKind::Assign { target, op, .. } => assigned(target, op.is_some(), out),
                ExprKind::Call { callee, .. } => {
                    if let ExprKind::Member { object, name, .. } = &callee.kind
                        && adds.has(name)
                        && let ExprKind::Name(name) = &object.kind
                    {
                        out.push((name, false));
                    }
                }
                _ => {}
            },
            StmtKind::Loop(each) => changes(&each.body, adds, out),
            StmtKind::If { then, otherwise, .. } => {
                changes(then, adds, out);
                changes(otherwise, adds, out);
            }
            StmtKind::Switch { arms, .. } => arms.iter().for_each(|arm| changes(arm, adds, out)),
            StmtKind::Try {
                body,
                handlers,
                finally,
            } => {
                changes(body, adds, out);
                handlers.iter().for_each(|handler| changes(handler, adds, out));
                changes(finally, adds, out);
            }
            StmtKind::Scope { body, .. } => changes(body, adds, out),
            _ => {}
        }
    }
}

fn assigned<'a>(target: &'a Pattern, counts: bool, out: &mut Vec<(&'a str, bool)>) {
    match target {
        Pattern::Name { name, .. } => out.push((name, counts)),
        Pattern::Sequence(parts) => parts.iter().for_each(|part| assigned(part, false, out)),
        Pattern::Object(parts) => parts.iter().for_each(|(_, part)| assigned(part, false, out)),
        Pattern::Place(_) | Pattern::Ignored => {}
    }
}
