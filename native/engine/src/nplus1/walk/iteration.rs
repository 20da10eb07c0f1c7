//! Iterations: opening and closing them, what one turn sees, free functions that walk.

use std::rc::Rc;

use super::Walker;
use super::orm_call::Written;
use crate::facts::ir::{Arg, Expr, ExprKind, Lambda, Span, Stmt};
use crate::nplus1::site::{Form, Iteration};
use crate::nplus1::taint::{IterationId, Taint, Via};
use crate::nplus1::value::{Bound, Coll, Kind, Origin, Value};

impl<'a> Walker<'a> {
    pub(super) fn open_iteration(
        &mut self,
        form: Form,
        span: Span,
        body: &'a [Stmt],
        walked: &Value<'a>,
        driver: Option<&'a Expr>,
        element: Option<&str>,
    ) -> IterationId {
        let (mut bound, origin, chunks, counter) = match &walked.kind {
            Kind::Coll(coll) => (coll.bound, coll.origin.clone(), coll.chunks, coll.counter),
            Kind::Tuple(parts) => (Bound::Literal(parts.len() as u64), Origin::Other, false, false),
            Kind::Class(_) => (Bound::Constant, Origin::Other, false, false),
            _ => (Bound::Unbounded, Origin::Other, false, false),
        };
        let few = |driver: &Expr| is_constant(driver) || self.is_channel(driver);
        if bound == Bound::Unbounded && driver.is_some_and(few) {
            bound = Bound::Constant;
        }
        if bound == Bound::Unbounded && self.is_wired(walked) {
            bound = Bound::Constant;
        }
        let driver_span = driver.map_or(span, |driver| driver.span);
        let id = self.iterations.len();
        self.iterations.push(Iteration {
            form,
            function: self.at(),
            depth: self.calls.len(),
            span,
            body,
            driver: self.short_text(driver_span),
            bound,
            origin,
            chunks,
            counter,
            element: element.map(str::to_owned),
            awaits: 0,
            is_supposed: false,
            guards: self.guards.len(),
        });
        self.open.push(id);
        id
    }

    /// `channel.Reader.ReadAllAsync()`: there is nothing yet that could be read together.
    fn is_channel(&self, driver: &Expr) -> bool {
        let ExprKind::Call { callee, .. } = &driver.kind else {
            return false;
        };
        matches!(&callee.kind, ExprKind::Member { name, .. } if self.unit.table.channels.has(name))
    }

    pub(super) fn close_iteration(&mut self) {
        self.open.pop();
    }

    /// What one turn sees of the walked collection.
    pub(super) fn element(&self, walked: &Value<'a>, id: IterationId) -> Value<'a> {
        let (mut element, counter) = match &walked.kind {
            Kind::Coll(coll) => ((*coll.element).clone(), coll.counter),
            Kind::Tuple(parts) => (
                parts.iter().skip(1).fold(
                    parts.first().cloned().unwrap_or_else(Value::unknown),
                    |joined, part| joined.join(part),
                ),
                false,
            ),
            _ => (Value::unknown(), false),
        };
        let via = if counter { Via::Counter } else { Via::Element };
        let taint = Taint::of(id, via).with(&walked.taint.of_result());
        if let Kind::Tuple(parts) = &mut element.kind {
            for part in Rc::make_mut(parts) {
                if is_made_query(part) {
                    part.taint.add(&taint.clone().into_batched());
                    continue;
                }
                // A position is a counter beside the element.
                let via = if matches!(part.kind, Kind::Scalar) {
                    Via::Counter
                } else {
                    via
                };
                part.taint
                    .add(&Taint::of(id, via).with(&walked.taint.of_result()));
            }
        }
        element.taint.add(&match is_made_query(&element) {
            true => taint.into_batched(),
            false => taint,
        });
        element
    }

    /// Free functions: `map(f, xs)`, `_.each(xs, f)`, `Parallel.ForEach(xs, f)`.
    pub(super) fn function_iteration(&mut self, name: &str, span: Span, args: &'a [Arg]) -> Value<'a> {
        let is_function = |arg: &&'a Arg| matches!(arg.value.kind, ExprKind::Lambda(_));
        let function_first = self.unit.table.lazy_queries;
        let function = args.iter().find(is_function);
        let over = args
            .iter()
            .find(|arg| !(is_function(arg) || function_first && std::ptr::eq(*arg, &args[0])));
        let Some(over) = over else {
            let taint = self.plain_args(name, args, None);
            return Value::tainted(Kind::Unknown, taint);
        };
        let walked = self.eval(&over.value);
        let walked = self.run_rows(walked, over.value.span);
        if let Some(Arg {
            value: Expr {
                kind: ExprKind::Lambda(lambda),
                ..
            },
            ..
        }) = function
        {
            let answer = self.run_callback(name, span, &walked, Some(&over.value), lambda);
            let taint = answer.taint.clone().with(&walked.taint);
            let kept = matches!(
                name.rsplit('.').next(),
                Some("filter" | "sortBy" | "uniqBy" | "reject")
            );
            let kind = if kept {
                walked.kind
            } else {
                Kind::Coll(Coll::of(answer, Bound::Unbounded, Origin::Other))
            };
            return Value::tainted(kind, taint);
        }
        let reference = args
            .iter()
            .find(|arg| !std::ptr::eq(*arg, over))
            .map(|arg| &arg.value);
        let id = self.open_iteration(Form::Callback, span, &[], &walked, Some(&over.value), None);
        let element = self.element(&walked, id);
        let answer = match reference.map(|reference| &reference.kind) {
            Some(ExprKind::Member { object, name, .. }) => {
                let receiver = self.eval(object);
                self.call_by_value(&receiver, name, element, span)
            }
            Some(ExprKind::Name(name)) => match self.env.get(name).map(|value| value.kind.clone()) {
                Some(Kind::Lambda(lambda, depth)) => self.run_closure(lambda, depth, &[element]),
                _ => Value::tainted(Kind::Unknown, element.taint),
            },
            _ => Value::tainted(Kind::Unknown, element.taint),
        };
        self.close_iteration();
        let taint = walked.taint.clone().with(&answer.taint);
        if name == "filter" {
            return Value::tainted(walked.kind, taint);
        }
        Value::tainted(
            Kind::Coll(Coll::of(answer, Bound::Unbounded, Origin::Other)),
            taint,
        )
    }

    /// `chain.from_iterable(order.items for order in orders)`: looks into each of the collections.
    pub(super) fn flattened(&mut self, over: &'a Expr) -> Value<'a> {
        let walked = self.eval(over);
        let walked = self.consume(walked, over.span);
        let id = self.open_iteration(Form::Callback, over.span, &[], &walked, Some(over), None);
        let inner = self.element(&walked, id);
        let inner = self.consume(inner, over.span);
        self.close_iteration();
        let element = match &inner.kind {
            Kind::Coll(coll) => (*coll.element).clone(),
            _ => Value::unknown(),
        };
        let coll = Coll::of(element, Bound::Unbounded, Origin::Other);
        Value::tainted(Kind::Coll(coll), walked.taint.with(&inner.taint))
    }

    pub(super) fn run_callback(
        &mut self,
        name: &str,
        span: Span,
        walked: &Value<'a>,
        driver: Option<&'a Expr>,
        lambda: &'a Lambda,
    ) -> Value<'a> {
        let header = Span {
            start: span.start,
            end: lambda.span.start.max(span.start + 1),
        };
        let element_name = lambda_element(lambda, name);
        let id = self.open_iteration(Form::Callback, header, &lambda.body, walked, driver, element_name);
        let element = self.element(walked, id);
        let answer = self.run_lambda(lambda, &[element]);
        self.close_iteration();
        answer
    }

    pub(super) fn walked(&mut self, value: &Value<'a>, call: Written<'a>) -> Value<'a> {
        match (&value.kind, &call.object.kind) {
            // `3.times`, `1.upto(n)`
            (Kind::Scalar, ExprKind::Number(n)) if matches!(call.name, "times") => {
                let bound = n.parse().map_or(Bound::Unbounded, Bound::Literal);
                let coll = Coll {
                    counter: true,
                    ..Coll::of(Value::new(Kind::Scalar), bound, Origin::Other)
                };
                Value::new(Kind::Coll(coll))
            }
            _ if matches!(call.name, "times" | "upto" | "downto" | "step") => {
                let coll = Coll {
                    counter: true,
                    ..Coll::of(Value::new(Kind::Scalar), Bound::Unbounded, Origin::Other)
                };
                Value::tainted(Kind::Coll(coll), value.taint.clone())
            }
            _ => value.clone(),
        }
    }
}

/// The parameter that takes the element.
pub(super) fn lambda_element<'a>(lambda: &'a Lambda, method: &str) -> Option<&'a str> {
    let second =
        matches!(method, "reduce" | "inject" | "reduceRight" | "Aggregate") && lambda.params.len() > 1;
    let param = lambda.params.get(usize::from(second))?;
    super::stmt::first_name(&param.pattern)
}

/// `STATUSES`, `Role.ALL`, `ROLES.items()`, `Color.values()`, `Order.states.keys`.
fn is_constant(driver: &Expr) -> bool {
    let (object, name) = match &driver.kind {
        ExprKind::Name(name) => return super::stmt::is_constant_name(name),
        ExprKind::Member { object, name, .. } => {
            if super::stmt::is_constant_name(name) {
                return true;
            }
            (object, name)
        }
        ExprKind::Call { callee, args, .. } => match &callee.kind {
            // `Object.keys(STATUSES)`
            ExprKind::Member { object, .. } if matches!(&object.kind, ExprKind::Name(name) if name == "Object") =>
            {
                return args.first().is_some_and(|arg| is_constant(&arg.value));
            }
            ExprKind::Member { object, name, .. } => (object, name),
            _ => return false,
        },
        _ => return false,
    };
    let listed = matches!(name.as_str(), "values" | "choices" | "GetValues" | "keys");
    match &object.kind {
        ExprKind::Name(owner) => {
            super::stmt::is_constant_name(owner) || super::resolve::is_class_name(owner) && listed
        }
        ExprKind::Member { object, name, .. } => {
            let of_class =
                matches!(&object.kind, ExprKind::Name(owner) if super::resolve::is_class_name(owner));
            super::stmt::is_constant_name(name) || of_class && listed
        }
        _ => false,
    }
}

/// Queries that were made one by one before the loop walks them are as many as somebody wrote.
fn is_made_query(value: &Value<'_>) -> bool {
    matches!(value.kind, Kind::Query(_) | Kind::Source(_)) && value.taint.deps.is_empty()
}
