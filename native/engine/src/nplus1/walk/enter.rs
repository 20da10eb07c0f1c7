//! Calls into functions of the repository: the body is walked at the call, with the values it is
//! given, so that a query some calls away from a loop is seen in that loop (ANA-033, 034).

use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use super::unit::Unit;
use super::{ENTERED_MAX, Walker};
use crate::facts::ir::{ClassId, FunctionId, Lambda, Param, Pattern, Span, Stmt};
use crate::nplus1::env::Env;
use crate::nplus1::site::{Call, Reached, Within};
use crate::nplus1::taint::Taint;
use crate::nplus1::value::{Bound, Coll, Kind, Origin, Value};
use crate::program::{CodeId, FunctionRef, lambda_at};
use crate::sources::FileId;

/// Calls from a loop to the query (ANA-034).
const DEPTH_MAX: usize = 3;

/// A function that a call leads to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub function: FunctionRef,
    pub reached: Reached,
}

/// What a body gets from the call that enters it.
pub(super) struct Given<'a> {
    pub this: Option<Value<'a>>,
    /// Name, if the argument has one, and value.
    pub args: Vec<(Option<&'a str>, Value<'a>)>,
    pub block: Option<&'a Lambda>,
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

impl<'a> Given<'a> {
    pub fn taint(&self) -> Taint {
        let mut taint = Taint::default();
        for value in self.args.iter().map(|(_, value)| value).chain(&self.this) {
            taint.add(&value.taint);
        }
        taint
    }

    /// Tells apart what the body may do with the values: their kinds, not what they hang on.
    fn shape(&self) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        for (name, value) in &self.args {
            name.hash(&mut hasher);
            value.shape(&mut hasher).then_some(())?;
        }
        if let Some(this) = &self.this {
            this.shape(&mut hasher).then_some(())?;
        }
        self.block.is_none().then(|| hasher.finish())
    }
}

impl<'a> Walker<'a> {
    /// Walks the body of a function at a call of it; gives what it answers. `None` when the body
    /// cannot or need not be entered.
    pub(super) fn enter(&mut self, target: Target, span: Span, given: Given<'a>) -> Option<Value<'a>> {
        let to = target.function;
        let shape = given.shape();
        if let Some(answer) = shape.and_then(|shape| self.inert.get(&(to, shape))) {
            return Some(Value::tainted(answer.kind.clone(), given.taint()));
        }
        let unit = self.unit_of(to.file)?;
        let code = self.code_of(&unit, to)?;
        self.entered += 1;
        let call = Call {
            from: self.at(),
            span,
            to,
            reached: target.reached,
        };
        let sites = self.sites.len();
        let taint = given.taint();
        let (mut answer, _) = self.within(unit, code, call, given);
        if let Some(shape) = shape
            && self.sites.len() == sites
            && !answer.is_of_orm()
        {
            let kind = answer.kind.clone();
            self.inert.insert((to, shape), Value::new(kind));
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
        let in_circle = is_own || self.calls.iter().any(|call| call.to == to);
        self.muted == 0
            && self.calls.len() < DEPTH_MAX
            && !in_circle
            && self.entered < ENTERED_MAX
            && self.step()
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
        };
        let (_, left) = self.within(unit, code, call, given);
        left.fields()
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
                let lambda = lambda_at(facts, named.span)?;
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

    pub(super) fn unit_of(&mut self, id: FileId) -> Option<Rc<Unit<'a>>> {
        if let Some(unit) = self.units.get(&id) {
            return unit.clone();
        }
        let unit = self
            .world
            .file(id)
            .map(|file| Rc::new(Unit::new(id, file, self.world.project)));
        self.units.insert(id, unit.clone());
        unit
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
            Rc::new(self.env.clone())
        } else {
            self.scope_of(&unit, code.class)
        };
        let frame = Frame {
            unit,
            env: Env::inside(outer),
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

        self.given_params(code.params, given.args);
        let mut answer = self.body_answer(code.body);
        if let Some(element) = self.yielded.take() {
            let taint = element.taint.clone();
            answer = Value::tainted(
                Kind::Coll(Coll::of(element, Bound::Unbounded, Origin::Other)),
                taint,
            );
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

    /// Runs a function value with the names of the place where it was made.
    pub(super) fn run_closure(
        &mut self,
        lambda: &'a Lambda,
        depth: usize,
        values: &[Value<'a>],
    ) -> Value<'a> {
        if depth == self.calls.len() {
            return self.run_lambda(lambda, values);
        }
        // A function that a body answered outlives the names it was made with.
        let Some(slot) = self.frames.get_mut(depth) else {
            return Value::unknown();
        };
        let maker = std::mem::replace(slot, Frame::nowhere(&self.unit));
        let runner = self.swap(maker);
        let value = self.run_lambda(lambda, values);
        let maker = self.swap(runner);
        if let Some(slot) = self.frames.get_mut(depth) {
            *slot = maker;
        }
        value
    }

    /// `yield x`: runs the block of the call in Ruby, else makes the function a generator.
    pub(super) fn give(&mut self, given: Value<'a>) -> Value<'a> {
        if !self.unit.table.bare_calls {
            self.yielded = Some(match self.yielded.take() {
                Some(before) => before.join(&given),
                None => given.clone(),
            });
            return given;
        }
        match self.block {
            Some((block, depth)) => self.run_closure(block, depth, &[given]),
            None => given,
        }
    }

    /// Named arguments go to their parameters, the others in order; what nobody gives is as declared.
    fn given_params(&mut self, params: &'a [Param], args: Vec<(Option<&'a str>, Value<'a>)>) {
        let (named, plain): (Vec<_>, Vec<_>) = args.into_iter().partition(|(name, _)| name.is_some());
        let mut named: Vec<(&str, Value<'a>)> = named
            .into_iter()
            .filter_map(|(name, value)| Some((name?, value)))
            .collect();
        let mut plain = plain.into_iter().map(|(_, value)| value);
        for param in params {
            let own = self.param(param);
            let by_name = match &param.pattern {
                Pattern::Name { name, .. } => named
                    .iter()
                    .position(|(given, _)| given == name)
                    .map(|at| named.swap_remove(at).1),
                _ => None,
            };
            let given = match by_name {
                Some(value) => Some(value),
                None if param.rest => {
                    let rest: Vec<Value<'a>> = plain.by_ref().collect();
                    Some(Value::new(Kind::tuple(rest)))
                }
                None => plain.next(),
            };
            let value = match (given, self.block) {
                (Some(value), _) => value.or_as(own),
                // `def each(&block)`
                (None, Some((block, depth))) if param.default.is_none() => {
                    Value::new(Kind::Lambda(block, depth))
                }
                (None, _) => own,
            };
            self.bind(&param.pattern, value);
        }
    }
}
