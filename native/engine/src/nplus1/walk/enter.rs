//! Calls into functions of the repository: the body is walked at the call, with the values it is
//! given, so that a query some calls away from a loop is seen in that loop (ANA-033, 034).

use std::rc::Rc;

use super::given::Given;
use super::unit::Unit;
use super::{ENTERED_MAX, Walker};
use crate::facts::ir::{Arg, ClassId, ExprKind, FunctionId, Lambda, Param, Span, Stmt, StmtKind};
use crate::nplus1::env::Env;
use crate::nplus1::site::{Call, Reached, Within};
use crate::nplus1::taint::Taint;
use crate::nplus1::value::{Bound, Coll, Kind, Origin, Value};
use crate::program::{ClassRef, CodeId, FunctionRef, lambda_at};

/// Calls from a loop to the query (ANA-034).
const DEPTH_MAX: usize = 4;
/// The same with calls that are only handed on.
const THIN_DEPTH_MAX: usize = 6;

/// A function that a call leads to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub function: FunctionRef,
    pub reached: Reached,
}

/// Code that can be entered: a function's, or that of a lambda with a name.
#[derive(Clone, Copy)]
struct Code<'a> {
    function: FunctionId,
    class: Option<ClassId>,
    /// The function it is nested in.
    parent: Option<FunctionId>,
    params: &'a [Param],
    body: &'a [Stmt],
    is_async: bool,
}

/// The state of a body while one that it calls is walked.
pub struct Frame<'a> {
    unit: Rc<Unit<'a>>,
    env: Env<'a>,
    function: FunctionId,
    class: Option<ClassId>,
    receiver: Option<Value<'a>>,
    yielded: Option<Value<'a>>,
    block: Option<(&'a Lambda, usize)>,
}

impl<'a> Frame<'a> {
    /// The top level of a file with these names.
    pub fn of(unit: &Rc<Unit<'a>>, env: Env<'a>) -> Self {
        Frame {
            env,
            ..Frame::nowhere(unit)
        }
    }

    pub fn nowhere(unit: &Rc<Unit<'a>>) -> Self {
        Frame {
            unit: Rc::clone(unit),
            env: Env::default(),
            function: 0,
            class: None,
            receiver: None,
            yielded: None,
            block: None,
        }
    }
}

/// `def self.call(...) = new(...).call`: one statement that calls and has no code of its own.
fn is_thin(body: &[Stmt]) -> bool {
    let [only] = body else { return false };
    let (StmtKind::Return(Some(value)) | StmtKind::Expr(value)) = &only.kind else {
        return false;
    };
    let mut value = value;
    loop {
        match &value.kind {
            ExprKind::Call {
                callee, args, block, ..
            } => {
                let plain = |arg: &Arg| arg.spread || matches!(arg.value.kind, ExprKind::Name(_));
                if block.is_some() || !args.iter().all(plain) {
                    return false;
                }
                value = callee;
            }
            ExprKind::Member { object, .. } => value = object,
            ExprKind::Name(_) | ExprKind::This => return true,
            _ => return false,
        }
    }
}

impl<'a> Walker<'a> {
    /// Walks the body of a function at a call of it; gives what it answers. `None` when the body
    /// cannot or need not be entered.
    pub(super) fn enter(&mut self, target: Target, span: Span, given: Given<'a>) -> Option<Value<'a>> {
        let to = target.function;
        let own = given.own && self.unit.table.bare_calls;
        let shape = given.shape().filter(|_| !own || self.env.fields().is_empty());
        let shape = shape.filter(|_| self.showing.is_none());
        if let Some((from, answer)) = shape.and_then(|shape| self.inert.get(&(to, shape)))
            && from.0 <= self.depth().0
            && from.1 <= self.depth().1
        {
            self.unsaid.far += u32::from(*from > (0, 0));
            return Some(Value::tainted(answer.kind.clone(), given.taint()));
        }
        if self.has_answered(to, &given) {
            return None;
        }
        let unit = self.unit_of(to.file)?;
        let code = self.code_of(&unit, to)?;
        self.entered += 1;
        let is_itself = to.file == self.unit.id && to.code == CodeId::Function(self.function);
        let call = Call {
            from: self.at(),
            span,
            to,
            reached: if is_itself {
                Reached::Itself
            } else {
                target.reached
            },
            is_thin: is_thin(code.body),
            branches: self.branches,
            given: given.unfollowed_taint(),
        };
        let (sites, unsaid) = (self.sites.len(), self.unsaid);
        let taint = given.answer_taint();
        let this = given.this.clone();
        let (mut answer, left) = self.within(unit, code, call, given);
        if matches!(answer.kind, Kind::Unknown | Kind::Foreign)
            && let Some(kind) = self.declared_to_answer(to, this)
        {
            answer.kind = kind;
        }
        if let Some(ty) = (self.world.view.function(to)).and_then(|declared| declared.return_type.as_ref()) {
            answer.kind = self.held(ty, answer.kind);
        }
        let changes = own && !left.fields().is_empty();
        if own {
            self.env.keep_fields(&left);
        }
        if let Some(shape) = shape
            && !changes
            && self.sites.len() == sites
            && self.unsaid.other == unsaid.other
            && !answer.is_of_orm()
        {
            let kind = answer.kind.clone();
            let from = if self.unsaid.far == unsaid.far {
                (0, 0)
            } else {
                self.depth()
            };
            self.inert.insert((to, shape), (from, Value::new(kind)));
        }
        if matches!(answer.kind, Kind::Unknown | Kind::Foreign | Kind::Scalar) {
            answer.taint.add(&taint);
        }
        Some(answer)
    }

    /// Whether a call may be followed: not too far, not in a circle, not without end, and only where
    /// sites are written down.
    pub(super) fn may_enter(&mut self, target: Target) -> bool {
        let to = target.function;
        let own = self.at();
        let is_own = to.file == own.file && to.code == CodeId::Function(own.function);
        // Once around says what each turn of a recursion asks.
        let is_recursion = is_own && self.calls.is_empty() && !self.open.is_empty();
        let in_circle = is_own && !is_recursion || self.calls.iter().any(|call| call.to == to);
        if self.muted > 0 {
            return false;
        }
        let (calls, deep) = self.depth();
        if calls >= THIN_DEPTH_MAX || deep >= DEPTH_MAX {
            self.unsaid.far += 1;
            return false;
        }
        let may = !in_circle && self.entered < ENTERED_MAX && self.step();
        self.unsaid.other += u32::from(!may);
        may
    }

    /// Calls that lead here, and how many of them count.
    fn depth(&self) -> (usize, usize) {
        let deep = self.calls.iter().filter(|call| !call.is_thin).count();
        (self.calls.len(), deep)
    }

    /// Walks a constructor; gives the fields it leaves.
    pub(super) fn enter_for_fields(
        &mut self,
        target: Target,
        span: Span,
        given: Given<'a>,
    ) -> Vec<(String, Value<'a>)> {
        let Some(unit) = self.unit_of(target.function.file) else {
            return Vec::new();
        };
        let Some(code) = self.code_of(&unit, target.function) else {
            return Vec::new();
        };
        self.entered += 1;
        let call = Call {
            from: self.at(),
            span,
            to: target.function,
            reached: target.reached,
            is_thin: is_thin(code.body),
            branches: self.branches,
            given: given.taint(),
        };
        let (_, left) = self.within(unit, code, call, given);
        left.fields()
    }

    /// Walks a template that another one shows: it sees the values it is handed by name, and the
    /// instance variables.
    pub(super) fn enter_template(
        &mut self,
        target: Target,
        span: Span,
        locals: Vec<(String, Value<'a>)>,
    ) -> Option<Value<'a>> {
        let mut env = self.env.all_fields();
        for (name, value) in locals {
            env.set(&name, value);
        }
        self.enter_shown(target, span, env)
    }

    /// The same with all that it sees.
    pub(super) fn enter_shown(&mut self, target: Target, span: Span, env: Env<'a>) -> Option<Value<'a>> {
        let unit = self.unit_of(target.function.file)?;
        let code = self.code_of(&unit, target.function)?;
        self.entered += 1;
        let call = Call {
            from: self.at(),
            span,
            to: target.function,
            reached: target.reached,
            is_thin: is_thin(code.body),
            branches: self.branches,
            given: Taint::default(),
        };
        let caller = self.swap(Frame::of(&unit, env));
        self.frames.push(caller);
        self.calls.push(call);
        self.block(code.body);
        self.calls.pop();
        let caller = self.frames.pop()?;
        self.swap(caller);
        Some(Value::unknown())
    }

    /// Goes into the code of a class without a call; `swap_back` leaves it.
    pub(super) fn swap_to(&mut self, unit: &Rc<Unit<'a>>, class: ClassRef, this: Value<'a>) -> Frame<'a> {
        self.swap(Frame {
            class: Some(class.class),
            receiver: Some(this),
            ..Frame::nowhere(unit)
        })
    }

    pub(super) fn swap_back(&mut self, frame: Frame<'a>) {
        self.swap(frame);
    }

    fn code_of(&self, unit: &Unit<'a>, function: FunctionRef) -> Option<Code<'a>> {
        let facts = unit.file.facts;
        match function.code {
            CodeId::Function(id) => {
                let function = facts.functions.get(id)?;
                Some(Code {
                    function: id,
                    class: function.class,
                    parent: function.parent.filter(|_| function.class.is_none()),
                    params: &function.params,
                    body: &function.body,
                    is_async: function.is_async,
                })
            }
            CodeId::Lambda(id) => {
                let named = self
                    .world
                    .view
                    .program()
                    .outline(function.file)?
                    .lambdas
                    .get(id)?;
                let mut lambdas = unit.lambdas.borrow_mut();
                let lambda = (*lambdas.entry(id).or_insert_with(|| lambda_at(facts, named.span)))?;
                Some(Code {
                    function: 0,
                    class: named.class,
                    parent: None,
                    params: &lambda.params,
                    body: &lambda.body,
                    is_async: lambda.is_async,
                })
            }
        }
    }

    pub(super) fn at(&self) -> Within {
        Within {
            file: self.unit.id,
            function: self.function,
        }
    }

    fn within(
        &mut self,
        unit: Rc<Unit<'a>>,
        code: Code<'a>,
        call: Call,
        given: Given<'a>,
    ) -> (Value<'a>, Env<'a>) {
        let nested_here = unit.id == self.unit.id && code.parent == Some(self.function) && self.function != 0;
        let outer = if nested_here {
            self.charge(self.env.len() / 8);
            Rc::new(self.env.clone())
        } else {
            self.scope_of(&unit, code.class)
        };
        let mut env = Env::inside(outer);
        if given.own && unit.table.bare_calls {
            env.keep_fields(&self.env);
        }
        let frame = Frame {
            unit,
            env,
            function: code.function,
            class: code.class,
            receiver: given.this,
            yielded: None,
            block: given.block.map(|block| (block, self.calls.len())),
        };
        let caller = self.swap(frame);
        self.frames.push(caller);
        let awaited = std::mem::take(&mut self.awaited);
        self.calls.push(call);

        self.given_params(code.params, given.args, given.whole);
        let mut answer = self.body_answer(code.body);
        if let Some(element) = self.yielded.take() {
            let taint = element.taint.clone();
            let function = self.unit.file.facts.functions.get(code.function);
            let one = function.is_some_and(|function| {
                (function.decorators.iter()).any(|it| self.unit.table.gives_one.has(&it.name))
            });
            answer = if one {
                element
            } else {
                let coll = Coll::of(element, Bound::Unbounded, Origin::Other);
                Value::tainted(Kind::Coll(coll), taint)
            };
        }
        if code.is_async {
            // An asynchronous function that answers a promise waits for it.
            self.commit(&answer);
            answer = answer.settled();
        }
        if let Kind::This = answer.kind {
            answer = self.this_value();
        }

        self.calls.pop();
        self.awaited = awaited;
        let left = match self.frames.pop() {
            Some(caller) => self.swap(caller).env,
            None => Env::default(),
        };
        (answer, left)
    }

    pub(super) fn swap(&mut self, frame: Frame<'a>) -> Frame<'a> {
        Frame {
            unit: std::mem::replace(&mut self.unit, frame.unit),
            env: std::mem::replace(&mut self.env, frame.env),
            function: std::mem::replace(&mut self.function, frame.function),
            class: std::mem::replace(&mut self.class, frame.class),
            receiver: std::mem::replace(&mut self.receiver, frame.receiver),
            yielded: std::mem::replace(&mut self.yielded, frame.yielded),
            block: std::mem::replace(&mut self.block, frame.block),
        }
    }
}
