//! Calls that no ORM knows: what they do to plain values, and to the functions they are given.

use super::Walker;
use super::orm_call::Written;
use crate::facts::ir::{Arg, Expr, ExprKind, Lambda};
use crate::nplus1::batch;
use crate::nplus1::orm::Effect;
use crate::nplus1::orm::schema::{Role, Shape};
use crate::nplus1::site::{Form, Guard};
use crate::nplus1::taint::{Taint, Via};
use crate::nplus1::value::{Bound, Coll, Kind, Origin, Value};

impl<'a> Walker<'a> {
    /// `rows.push(row)`: the local collection holds what was added, its promises too.
    fn added(&mut self, value: Value<'a>, target: &str, call: Written<'a>) -> Value<'a> {
        let mut taint = value.taint;
        for arg in call.args {
            let added = match &arg.value.kind {
                ExprKind::Lambda(lambda) => self.given_lambda(call.name, lambda, &Value::unknown(), false),
                _ => self.eval(&arg.value),
            };
            taint.add(&added.taint);
            self.add_to(target, &added);
        }
        if let Some(block) = call.block {
            taint.add(&self.given_lambda(call.name, block, &Value::unknown(), true).taint);
        }
        Value::tainted(Kind::Unknown, taint)
    }

    fn waits(&self, name: &str, args: usize) -> bool {
        let table = self.unit.table;
        args == 0 && table.waits.has(name) || args > 0 && table.waits_for.has(name)
    }

    /// Calls of the language on plain values.
    pub(super) fn plain_method(&mut self, value: Value<'a>, call: Written<'a>) -> Value<'a> {
        let name = call.name;
        if self.unit.table.adds.has(name)
            && let ExprKind::Name(target) = &call.object.kind
        {
            return self.added(value, target, call);
        }
        let (args_taint, given_back) = self.handed_functions(&value, name, call.args, call.block);
        let taint = value.taint.clone().with(&args_taint);
        let turning = self.open.last().map(|id| (*id, self.iterations[*id].form));
        // `while (isRunning) { Order order = queue.take(); … }`: there is nothing yet that could be read together.
        if let Some((id, Form::While | Form::Forever)) = turning
            && self.waits(name, call.args.len())
        {
            self.iterations[id].bound = Bound::Constant;
        }
        if self.unit.table.draws.has(name)
            && let Some((id, Form::While | Form::Counted | Form::Forever)) = turning
            && (value.is_collection() || turning.is_some_and(|(_, form)| form == Form::While))
        {
            let mut element = match &value.kind {
                Kind::Coll(coll) => (*coll.element).clone(),
                _ => Value::unknown(),
            };
            element.taint.add(&taint);
            element.taint.add(&Taint::of(id, Via::Element));
            return element;
        }
        if self.unit.table.chunkers.has(name) {
            return Value::tainted(self.chunks_of(&value), taint);
        }
        if let Kind::Coll(pages) = &value.kind
            && pages.chunks
            && self.unit.table.page_calls.has(name)
        {
            let mut page = (*pages.element).clone();
            page.taint.add(&taint);
            return page;
        }
        self.fill(call.object, name, &args_taint);
        if batch::is_function(&self.unit.orms, name) {
            return Value::tainted(Kind::Scalar, taint.into_batched());
        }
        // `ids.Contains(order.Id)` compares with a list, `order.Name.Contains(term)` does not.
        if batch::is_receiver(&self.unit.orms, name)
            && (value.is_collection() || !value.taint.deps.is_empty())
        {
            return Value::tainted(Kind::Scalar, value.taint.into_batched().with(&args_taint));
        }
        if let Kind::Coll(coll) = &value.kind
            && self.unit.table.picks.has(name)
        {
            let mut element = (*coll.element).clone();
            element.taint.add(&value.taint);
            element.taint.add(&args_taint.counter_as_element());
            return element;
        }
        let held = matches!(value.kind, Kind::Row(_) | Kind::Coll(_) | Kind::Object(_));
        if held && self.unit.table.unwraps.has(name) {
            return Value::tainted(value.kind, taint);
        }
        if self.unit.table.same.has(name) {
            return match (&value.kind, name) {
                (Kind::Coll(_) | Kind::Tuple(_), _) => Value::tainted(value.kind, taint),
                (kind, "stream" | "parallelStream") => {
                    // A finder whose name leaves open how many it answers answered several.
                    let mut element = match kind {
                        Kind::Row(_) => Value::new(kind.clone()),
                        _ => Value::unknown(),
                    };
                    element.taint = value.taint;
                    Value::tainted(
                        Kind::Coll(Coll::of(element, Bound::Unbounded, Origin::Other)),
                        taint,
                    )
                }
                _ => Value::tainted(Kind::Unknown, taint),
            };
        }
        if self.unit.table.locators.has(name)
            && let [ty] = call.type_args
        {
            return self.typed(ty);
        }
        if self.unit.table.gives_optional.has(name) {
            let element = match value.kind {
                Kind::Coll(coll) => (*coll.element).clone(),
                kind => Value::new(kind),
            };
            return Value::tainted(super::declared::one_or_none(element), taint);
        }
        if matches!(name, "items" | "entries" | "each_with_index") {
            return Value::tainted(pairs_of(&value), taint);
        }
        if matches!(&value.kind, Kind::Row(_)) && name == "dup" {
            return Value::tainted(value.kind, taint);
        }
        if let Some(mut rows) = of_rows(&value, name) {
            rows.taint.add(&args_taint);
            return rows;
        }
        if let Kind::This = value.kind
            && let Some(kind) = self.declared_answer(name)
        {
            return Value::tainted(kind, taint);
        }
        Value::tainted(given_back.kind, taint)
    }

    /// Arguments of a call that no ORM knows. Functions among them run here, later, or behind a
    /// cache, by the call's name.
    pub(super) fn plain_args(&mut self, name: &str, args: &'a [Arg], block: Option<&'a Lambda>) -> Taint {
        self.handed_functions(&Value::unknown(), name, args, block).0
    }

    /// The same on a receiver, which such a function may be handed: `optional.ifPresent(x -> …)`.
    /// Also gives what the call answers: `await cached(() => rows())` answers what its function does.
    pub(super) fn handed_functions(
        &mut self,
        receiver: &Value<'a>,
        name: &str,
        args: &'a [Arg],
        block: Option<&'a Lambda>,
    ) -> (Taint, Value<'a>) {
        let awaited = std::mem::take(&mut self.awaited);
        let mut given_back = Kind::Unknown;
        let mut taint = Taint::default();
        let handed = match &receiver.kind {
            Kind::Row(_) => receiver.clone(),
            _ => Value::tainted(Kind::Unknown, receiver.taint.clone()),
        };
        for arg in args {
            let value = match &arg.value.kind {
                ExprKind::Lambda(lambda) => {
                    let answer = self.given_lambda(name, lambda, &handed, awaited);
                    if awaited && lambda.params.is_empty() && self.is_asynchronous() {
                        given_back = answer.clone().settled().kind;
                    }
                    answer
                }
                _ => match self.referred_arg(&arg.value) {
                    Some((object, method)) if self.unit.table.wrappers.has(name) => {
                        self.referred(object, method, handed.clone(), arg.value.span)
                    }
                    _ => self.eval(&arg.value),
                },
            };
            let listed = arg
                .name
                .as_deref()
                .is_some_and(|name| batch::is_key(&self.unit.orms, name));
            taint.add(&if listed {
                value.taint.into_batched()
            } else {
                value.taint
            });
        }
        if let Some(block) = block {
            taint.add(&self.given_lambda(name, block, &handed, true).taint);
        }
        if batch::is_function(&self.unit.orms, name) {
            taint = taint.into_batched();
        }
        let answer = Value::tainted(given_back, taint.clone());
        (taint, answer)
    }

    pub(super) fn given_lambda(
        &mut self,
        name: &str,
        lambda: &'a Lambda,
        handed: &Value<'a>,
        awaited: bool,
    ) -> Value<'a> {
        let handed = std::slice::from_ref(handed);
        if self.unit.table.deferred.has(name) {
            self.detach(lambda);
            return Value::unknown();
        }
        let is_memo = self.unit.table.memos.has(name);
        if is_memo || self.unit.table.caches.has(name) {
            self.guards
                .push(if is_memo { Guard::NullCheck } else { Guard::Cache });
            let value = self.run_lambda(lambda, handed);
            self.guards.pop();
            return value;
        }
        if self.unit.table.wrappers.has(name) || awaited || !self.is_asynchronous() {
            let value = self.run_lambda(lambda, handed);
            if awaited {
                self.commit(&value);
            }
            return value;
        }
        self.detach(lambda);
        Value::unknown()
    }

    /// Whether a function given to a call that nobody knows may run at any time.
    pub(super) fn is_asynchronous(&self) -> bool {
        self.unit.table.callback("forEach").is_some() && !self.unit.table.gathers.is_empty()
    }

    /// `criteria.setOwner(order.owner)`: what a local object is given may show in what is read
    /// with it later. `where.AND.push(…)`: so may what one part of a literal is given.
    fn fill(&mut self, object: &'a Expr, method: &str, given: &Taint) {
        let (mut root, mut part) = (object, "");
        while let ExprKind::Member { object, name, .. } = &root.kind {
            (root, part) = (object, name);
        }
        let ExprKind::Name(name) = &root.kind else { return };
        let Some(target) = self.env.own(name) else {
            return;
        };
        let kind = match target.kind {
            Kind::Unknown | Kind::Foreign | Kind::Query(_) => target.kind,
            Kind::Fields(ref fields) if self.unit.table.adds.has(method) => fields.with_in(part, given),
            Kind::Record if self.unit.table.adds.has(method) => target.kind,
            _ => return,
        };
        self.env.set(name, Value::tainted(kind, target.taint.with(given)));
    }

    /// Puts a value into a local collection.
    pub(super) fn add_to(&mut self, name: &str, added: &Value<'a>) {
        let Some(mut target) = self.env.get(name).cloned() else {
            return;
        };
        // `session.add(row)` does not change what the session is.
        if matches!(target.kind, Kind::Client(_) | Kind::Source(_) | Kind::Query(_)) {
            return;
        }
        target.taint.add(&added.taint);
        let element = match &target.kind {
            Kind::Coll(coll) => coll.element.join(added),
            _ => added.clone(),
        };
        match &target.kind {
            Kind::Tuple(_) | Kind::Unknown | Kind::Record | Kind::Fields(_) | Kind::Foreign => {
                target.kind = Kind::Coll(Coll::of(element, Bound::Unbounded, Origin::Other));
            }
            Kind::Coll(coll) => {
                target.kind = Kind::Coll(Coll {
                    element: element.into(),
                    bound: Bound::Unbounded,
                    ..coll.clone()
                });
            }
            _ => {}
        }
        self.env.set(name, target);
    }

    pub(super) fn chunks_of(&self, value: &Value<'a>) -> Kind<'a> {
        let part = match &value.kind {
            Kind::Coll(coll) => Coll {
                chunks: false,
                ..coll.clone()
            },
            _ => Coll::of(Value::unknown(), Bound::Unbounded, Origin::Other),
        };
        let origin = part.origin.clone();
        let part = Value::tainted(Kind::Coll(part), value.taint.clone());
        Kind::Coll(Coll {
            chunks: true,
            ..Coll::of(part, Bound::Unbounded, origin)
        })
    }
}

/// Pairs of position or key and element.
pub(super) fn pairs_of<'a>(value: &Value<'a>) -> Kind<'a> {
    let coll = match &value.kind {
        Kind::Coll(coll) => coll.clone(),
        Kind::Tuple(parts) => {
            let element = parts.first().cloned().unwrap_or_else(Value::unknown);
            Coll::of(element, Bound::Literal(parts.len() as u64), Origin::Other)
        }
        _ => Coll::of(Value::unknown(), Bound::Unbounded, Origin::Other),
    };
    let pair = Value::new(Kind::tuple(vec![
        Value::new(Kind::Scalar),
        (*coll.element).clone(),
    ]));
    Kind::Coll(Coll {
        element: pair.into(),
        ..coll
    })
}

pub(super) fn zipped<'a>(values: &[Value<'a>]) -> Kind<'a> {
    let parts = values
        .iter()
        .map(|value| match &value.kind {
            Kind::Coll(coll) => (*coll.element).clone(),
            _ => Value::unknown(),
        })
        .collect();
    let literal = values.iter().find_map(|value| match &value.kind {
        Kind::Tuple(parts) => Some(Bound::Literal(parts.len() as u64)),
        _ => None,
    });
    Kind::Coll(Coll::of(
        Value::new(Kind::tuple(parts)),
        literal.unwrap_or(Bound::Unbounded),
        Origin::Other,
    ))
}

/// `session.scalars(query).all()`: what runs a query may also be asked of what it has answered, and
/// then gives the same rows, or one of them.
fn of_rows<'a>(value: &Value<'a>, name: &str) -> Option<Value<'a>> {
    let Kind::Coll(coll) = &value.kind else {
        return None;
    };
    let Kind::Row(row) = &coll.element.kind else {
        return None;
    };
    let method = |role| row.orm.method(role, name);
    match method(Role::Query).or_else(|| method(Role::Client))?.0 {
        Effect::Reads(Shape::Rows) => Some(value.clone()),
        Effect::Reads(Shape::Row) => {
            let mut element = (*coll.element).clone();
            element.taint.add(&value.taint);
            Some(element)
        }
        _ => None,
    }
}
