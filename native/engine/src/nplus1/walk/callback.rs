//! Iterations: opening and closing them, their elements, and the calls that take a function
//! for each element (analysis.md 5.3).

use super::Walker;
use super::enter::Target;
use super::given::Given;
use super::iteration::lambda_element;
use super::orm_call::Written;
use crate::facts::ir::{Expr, ExprKind, Lambda, Span, Stmt};
use crate::nplus1::language::{Callback, Gives, Receiver};
use crate::nplus1::site::{Form, Reached};
use crate::nplus1::taint::{IterationId, Taint, Via};
use crate::nplus1::value::{Bound, Coll, Kind, Origin, Value};
use crate::program::FunctionRef;

impl<'a> Walker<'a> {
    /// `xs.map(f)`, `xs.each { }`, `list.ForEach(f)`; `None` when it is no iteration.
    pub(super) fn callback_call(&mut self, value: &Value<'a>, call: Written<'a>) -> Option<Value<'a>> {
        if self.unit.table.chunkers.has(call.name) {
            let block = call.block?;
            return Some(self.chunk_block(value, call, block));
        }
        let callback = self.unit.table.callback(call.name)?;
        let Some(function) = self.function_of(call) else {
            return self.collected(value, call);
        };
        if callback.receiver == Receiver::Collection && !self.is_walkable(value, &function) {
            return None;
        }
        let rest = call
            .args
            .iter()
            .filter(|arg| !matches!(arg.value.kind, ExprKind::Lambda(_)));
        for arg in rest {
            if !std::ptr::eq(arg, call.args.first().unwrap_or(arg)) {
                self.eval(&arg.value);
            }
        }
        let name = match &function {
            Function::Lambda(lambda) | Function::Closure(lambda, _) => lambda_element(lambda, call.name),
            Function::Reference(..) | Function::Own(..) | Function::Named(..) => None,
        };
        let body: &'a [Stmt] = match &function {
            Function::Lambda(lambda) | Function::Closure(lambda, _) => &lambda.body,
            Function::Reference(..) | Function::Own(..) | Function::Named(..) => &[],
        };
        let walked = self.walked(value, call);
        let header = Span {
            start: call.span.start,
            end: self.header_end(call),
        };
        let id = self.open_iteration(Form::Callback, header, body, &walked, Some(call.object), name);
        let element = self.element(&walked, id);
        let mut answer = self.run_function(&function, element, id, call);
        if self.unit.table.flattens.has(call.name) {
            let rows = self.consume(answer, call.span);
            answer = super::bind::piece(&rows, 0);
        }
        self.close_iteration();
        Some(self.given(callback, value, answer, id))
    }

    fn run_function(
        &mut self,
        function: &Function<'a>,
        element: Value<'a>,
        id: IterationId,
        call: Written<'a>,
    ) -> Value<'a> {
        match function {
            Function::Lambda(lambda) | Function::Closure(lambda, _) => {
                let depth = match function {
                    Function::Closure(_, depth) => *depth,
                    _ => self.calls.len(),
                };
                let index = Value::tainted(Kind::Scalar, Taint::of(id, Via::Counter));
                // `reduce((sum, x) => …)`, `inject { |sum, x| … }`: the element comes second.
                let values = if matches!(call.name, "reduce" | "inject" | "reduceRight" | "Aggregate")
                    && lambda.params.len() > 1
                {
                    vec![Value::unknown(), element]
                } else if self.unit.table.bare_calls && !has_second(call.name) {
                    // `hash.each { |key, value| … }` takes the element apart.
                    match lambda.params.len() {
                        0 | 1 => vec![element],
                        parts => (0..parts).map(|at| super::bind::piece(&element, at)).collect(),
                    }
                } else {
                    vec![element, index]
                };
                self.run_closure(lambda, depth, &values)
            }
            Function::Reference(target, method, span) => self.referred(target, method, element, *span),
            Function::Own(method, span) => self.referred_name(method, element, *span),
            Function::Named(function, span) => self.handed_to(*function, element, *span),
        }
    }

    /// A function of the repository, called with the element.
    pub(super) fn handed_to(&mut self, function: FunctionRef, element: Value<'a>, span: Span) -> Value<'a> {
        let target = Target {
            function,
            reached: Reached::Direct,
        };
        let unknown = Value::tainted(Kind::Unknown, element.taint.clone());
        if !self.may_enter(target) {
            return unknown;
        }
        let given = Given {
            this: None,
            args: vec![(None, element)],
            block: None,
            own: false,
            whole: false,
        };
        self.enter(target, span, given).unwrap_or(unknown)
    }

    /// What the call gives once all turns are done.
    fn given(&self, callback: &Callback, value: &Value<'a>, answer: Value<'a>, id: IterationId) -> Value<'a> {
        let iteration = &self.iterations[id];
        match callback.gives {
            Gives::Mapped => {
                let taint = answer.taint.clone().with(&value.taint);
                let coll = Coll::of(answer, iteration.bound, iteration.origin.clone());
                Value::tainted(Kind::Coll(coll), taint)
            }
            Gives::Same => Value {
                kind: value.kind.clone(),
                taint: value.taint.clone(),
            },
            Gives::Element => match &value.kind {
                Kind::Coll(coll) => Value {
                    kind: coll.element.kind.clone(),
                    taint: value.taint.clone().with(&answer.taint),
                },
                _ => Value::tainted(Kind::Unknown, value.taint.clone().with(&answer.taint)),
            },
            Gives::Value => Value::tainted(Kind::Unknown, value.taint.clone().with(&answer.taint)),
        }
    }

    /// `each_slice(100) { |slice| … }`, `in_batches { |relation| … }`.
    fn chunk_block(&mut self, value: &Value<'a>, call: Written<'a>, block: &'a Lambda) -> Value<'a> {
        for arg in call.args {
            self.eval(&arg.value);
        }
        let inner = match &value.kind {
            Kind::Coll(coll) => coll.clone(),
            _ => Coll::of(Value::unknown(), Bound::Unbounded, Origin::Other),
        };
        let origin = inner.origin.clone();
        let slice = Value::tainted(
            Kind::Coll(Coll {
                chunks: false,
                ..inner
            }),
            value.taint.clone(),
        );
        let walked = Value::tainted(
            Kind::Coll(Coll {
                chunks: true,
                ..Coll::of(slice, Bound::Unbounded, origin)
            }),
            value.taint.clone(),
        );
        let header = Span {
            start: call.span.start,
            end: self.header_end(call),
        };
        let name = lambda_element(block, call.name);
        let id = self.open_iteration(
            Form::Callback,
            header,
            &block.body,
            &walked,
            Some(call.object),
            name,
        );
        let element = self.element(&walked, id);
        self.run_lambda(block, &[element]);
        self.close_iteration();
        Value {
            kind: value.kind.clone(),
            taint: value.taint.clone(),
        }
    }

    fn function_of(&self, call: Written<'a>) -> Option<Function<'a>> {
        if let Some(block) = call.block {
            return Some(Function::Lambda(block));
        }
        let first = call
            .args
            .iter()
            .map(|arg| &arg.value)
            .find(|value| !matches!(value.kind, ExprKind::Str(_)))?;
        match &first.kind {
            ExprKind::Lambda(lambda) => Some(Function::Lambda(lambda)),
            ExprKind::Name(name) => match self.env.get(name).map(|value| &value.kind) {
                Some(Kind::Lambda(lambda, depth)) if *depth <= self.calls.len() => {
                    Some(Function::Closure(lambda, *depth))
                }
                None if self.has_implicit_this() && self.is_own_method(name) => {
                    Some(Function::Own(name, first.span))
                }
                // `orders.map(describe)`
                None if !self.unit.table.bare_calls && !self.has_implicit_this() => {
                    let found = (self.world.view).function_for(self.unit.id, self.function, name, None);
                    found.map(|function| Function::Named(function, first.span))
                }
                _ => None,
            },
            ExprKind::Member { object, name, .. } => Some(Function::Reference(object, name, first.span)),
            _ => None,
        }
    }

    /// Whether a value is walked by a method that other things have too (`Optional.map`).
    fn is_walkable(&self, value: &Value<'a>, function: &Function<'a>) -> bool {
        match &value.kind {
            Kind::Coll(_) | Kind::Tuple(_) => true,
            // An expression tree cannot wait; this function runs in memory.
            Kind::Unknown => {
                matches!(function, Function::Lambda(lambda) | Function::Closure(lambda, _) if lambda.is_async)
            }
            _ => false,
        }
    }

    fn header_end(&self, call: Written<'a>) -> u32 {
        let inner = call.block.map(|block| block.span.start).or_else(|| {
            call.args.iter().find_map(|arg| match &arg.value.kind {
                ExprKind::Lambda(lambda) => Some(lambda.span.start),
                _ => None,
            })
        });
        inner
            .filter(|end| *end > call.span.start)
            .unwrap_or(call.span.end)
    }
}

/// Ruby's methods whose block gets something beside the element.
fn has_second(method: &str) -> bool {
    method.contains("with_") || matches!(method, "each_slice" | "inject" | "reduce")
}

enum Function<'a> {
    Lambda(&'a Lambda),
    /// A function value, and how many calls deep it was made.
    Closure(&'a Lambda, usize),
    /// `object::name`, `object.name` given as a value.
    Reference(&'a Expr, &'a str, Span),
    /// A method of the class at hand by its name.
    Own(&'a str, Span),
    /// A function of a module by its name.
    Named(FunctionRef, Span),
}
