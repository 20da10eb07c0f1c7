//! Moves every span of the facts of one file.

use crate::facts::ir::{
    Arg, Class, Clause, Decorator, Expr, ExprKind, Field, FileFacts, Function, Lambda, Loop, Param, Pattern,
    Span, Stmt, StmtKind,
};

pub(super) fn move_all(facts: &mut FileFacts, to: &dyn Fn(Span) -> Span) {
    let move_by = Move { to };
    for import in &mut facts.imports {
        move_by.span(&mut import.span);
    }
    facts.classes.iter_mut().for_each(|class| move_by.class(class));
    facts
        .functions
        .iter_mut()
        .for_each(|function| move_by.function(function));
    for suppression in &mut facts.suppressions {
        move_by.span(&mut suppression.span);
    }
    let spans = [&mut facts.errors, &mut facts.comments, &mut facts.cut];
    spans.into_iter().flatten().for_each(|span| move_by.span(span));
}

struct Move<'m> {
    to: &'m dyn Fn(Span) -> Span,
}

impl Move<'_> {
    fn span(&self, span: &mut Span) {
        *span = (self.to)(*span);
    }

    fn class(&self, class: &mut Class) {
        self.span(&mut class.span);
        self.decorators(&mut class.decorators);
        class.fields.iter_mut().for_each(|field| self.field(field));
        self.all(&mut class.macros);
    }

    fn field(&self, field: &mut Field) {
        self.span(&mut field.span);
        self.decorators(&mut field.decorators);
        self.all(&mut field.value);
    }

    fn function(&self, function: &mut Function) {
        self.span(&mut function.span);
        self.decorators(&mut function.decorators);
        self.params(&mut function.params);
        self.block(&mut function.body);
    }

    fn decorators(&self, decorators: &mut [Decorator]) {
        for decorator in decorators {
            self.span(&mut decorator.span);
            self.args(&mut decorator.args);
        }
    }

    fn params(&self, params: &mut [Param]) {
        for param in params {
            self.pattern(&mut param.pattern);
            self.all(&mut param.default);
            self.decorators(&mut param.decorators);
        }
    }

    fn args(&self, args: &mut [Arg]) {
        args.iter_mut().for_each(|arg| self.expr(&mut arg.value));
    }

    fn pattern(&self, pattern: &mut Pattern) {
        match pattern {
            Pattern::Name { span, .. } => self.span(span),
            Pattern::Sequence(parts) => parts.iter_mut().for_each(|part| self.pattern(part)),
            Pattern::Object(parts) => parts.iter_mut().for_each(|(_, part)| self.pattern(part)),
            Pattern::Place(place) => self.expr(place),
            Pattern::Ignored => {}
        }
    }

    fn block(&self, body: &mut [Stmt]) {
        body.iter_mut().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&self, stmt: &mut Stmt) {
        self.span(&mut stmt.span);
        match &mut stmt.kind {
            StmtKind::Expr(value) => self.expr(value),
            StmtKind::Assign { target, value, .. } => {
                self.pattern(target);
                self.all(value);
            }
            StmtKind::Loop(each) => self.turns(each),
            StmtKind::If {
                condition,
                then,
                otherwise,
            } => {
                self.expr(condition);
                self.block(then);
                self.block(otherwise);
            }
            StmtKind::Switch { subject, arms } => {
                self.all(subject);
                arms.iter_mut().for_each(|arm| self.block(arm));
            }
            StmtKind::Try {
                body,
                handlers,
                finally,
            } => {
                self.block(body);
                handlers.iter_mut().for_each(|handler| self.block(handler));
                self.block(finally);
            }
            StmtKind::Scope { bindings, body } => {
                for (pattern, value) in bindings {
                    pattern.iter_mut().for_each(|pattern| self.pattern(pattern));
                    self.expr(value);
                }
                self.block(body);
            }
            StmtKind::Return(value) | StmtKind::Raise(value) => self.all(value),
            StmtKind::Break | StmtKind::Continue | StmtKind::Function(_) | StmtKind::Class(_) => {}
        }
    }

    fn turns(&self, each: &mut Loop) {
        self.span(&mut each.header);
        each.target.iter_mut().for_each(|target| self.pattern(target));
        self.all(&mut each.iterable);
        self.all(&mut each.condition);
        self.block(&mut each.init);
        self.block(&mut each.step);
        self.block(&mut each.body);
    }

    fn lambda(&self, lambda: &mut Lambda) {
        self.span(&mut lambda.span);
        self.params(&mut lambda.params);
        self.block(&mut lambda.body);
    }

    fn clause(&self, clause: &mut Clause) {
        self.span(&mut clause.span);
        self.pattern(&mut clause.target);
        self.expr(&mut clause.iterable);
        self.all(&mut clause.conditions);
    }

    fn all<'e>(&self, values: impl IntoIterator<Item = &'e mut Expr>) {
        values.into_iter().for_each(|value| self.expr(value));
    }

    fn boxed(&self, value: &mut Option<Box<Expr>>) {
        value.iter_mut().for_each(|value| self.expr(value));
    }

    fn expr(&self, expr: &mut Expr) {
        self.span(&mut expr.span);
        match &mut expr.kind {
            ExprKind::Template(parts) | ExprKind::List(parts) | ExprKind::Opaque(parts) => self.all(parts),
            ExprKind::Member {
                object, name_span, ..
            } => {
                self.expr(object);
                self.span(name_span);
            }
            ExprKind::Call {
                callee, args, block, ..
            } => {
                self.expr(callee);
                self.args(args);
                block.iter_mut().for_each(|block| self.lambda(block));
            }
            ExprKind::New {
                args, initializer, ..
            } => {
                self.args(args);
                self.all(initializer);
            }
            ExprKind::Index { object, index } => {
                self.expr(object);
                self.expr(index);
            }
            ExprKind::Lambda(lambda) => self.lambda(lambda),
            ExprKind::Map(pairs) => {
                for (key, value) in pairs {
                    self.expr(key);
                    self.expr(value);
                }
            }
            ExprKind::Range { from, to } => {
                self.boxed(from);
                self.boxed(to);
            }
            ExprKind::Comprehension(comprehension) => {
                comprehension
                    .clauses
                    .iter_mut()
                    .for_each(|clause| self.clause(clause));
                self.all(&mut comprehension.element);
            }
            _ => self.composed(expr),
        }
    }

    fn composed(&self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::Spread(value) | ExprKind::Await(value) | ExprKind::Cast { value, .. } => {
                self.expr(value);
            }
            ExprKind::Yield(value) => self.boxed(value),
            ExprKind::Unary { operand, .. } => self.expr(operand),
            ExprKind::Binary { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => {
                self.expr(condition);
                self.expr(then);
                self.expr(otherwise);
            }
            ExprKind::Assign { target, value, .. } => {
                self.pattern(target);
                self.expr(value);
            }
            _ => {}
        }
    }
}
