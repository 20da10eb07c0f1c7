//! Expressions to abstract values.

use super::Walker;
use crate::facts::ir::{Expr, ExprKind, Span};
use crate::nplus1::batch;
use crate::nplus1::orm::schema::{Quirk, Shape};
use crate::nplus1::site::{Action, Guard};
use crate::nplus1::taint::Taint;
use crate::nplus1::value::{Bound, Coll, Fields, Kind, Origin, Query, SPREAD, Value};

impl<'a> Walker<'a> {
    pub(super) fn eval(&mut self, expr: &'a Expr) -> Value<'a> {
        if !self.step() {
            return Value::unknown();
        }
        let awaited = std::mem::take(&mut self.awaited);
        match &expr.kind {
            ExprKind::Name(name) if self.is_template() => self.handed_name(name),
            ExprKind::Member { object, name, .. } if self.is_template() => self.looked_up(expr, object, name),
            ExprKind::Name(name) => match self.env.get(name) {
                Some(_) => self.name(name),
                None => self
                    .own_relation(name, expr.span)
                    .unwrap_or_else(|| self.name(name)),
            },
            ExprKind::This => self.this(),
            ExprKind::Super => Value::new(Kind::This),
            ExprKind::Str(_) => Value::new(Kind::Text(self.text(expr.span))),
            ExprKind::Template(parts) => {
                let taint = self.taints(parts);
                Value::tainted(Kind::Text(self.text(expr.span)), taint)
            }
            ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Symbol(_) => Value::new(Kind::Scalar),
            ExprKind::Null => Value::new(Kind::Null),
            ExprKind::Member { object, name, .. } => {
                let constant = super::resolve::is_class_name(name) || super::stmt::is_constant_name(name);
                if self.unit.table.bare_calls && object.kind != ExprKind::This && !constant {
                    self.awaited = awaited;
                    return self.method_call(expr, object, name, &[], None, &[]);
                }
                let value = self.eval(object);
                self.attribute(&value, object, name, expr.span)
            }
            ExprKind::Call { .. } => {
                if let Some(value) = self.defining(expr) {
                    return value;
                }
                self.awaited = awaited;
                self.call(expr)
            }
            ExprKind::New {
                class,
                args,
                initializer,
            } => match self.defining(expr) {
                Some(value) => value,
                None => self.construct(expr, class, args, initializer),
            },
            ExprKind::Index { object, index } => self.index(expr, object, index),
            ExprKind::Lambda(lambda) => {
                self.detach(lambda);
                Value::new(Kind::Lambda(lambda, self.calls.len()))
            }
            ExprKind::List(items) => self.list(items),
            ExprKind::Map(pairs) => self.record(pairs),
            ExprKind::Range { from, to } => self.range(from.as_deref(), to.as_deref()),
            ExprKind::Comprehension(comprehension) => self.comprehension(comprehension),
            ExprKind::Spread(inner) => self.eval(inner),
            ExprKind::Await(inner) => self.wait(inner),
            ExprKind::Binary { op, left, right } => self.binary(op, left, right),
            _ => self.composed(expr),
        }
    }

    /// Expressions that are made of others and hand on what those are.
    fn composed(&mut self, expr: &'a Expr) -> Value<'a> {
        match &expr.kind {
            ExprKind::Yield(inner) => {
                let given = inner
                    .as_ref()
                    .map_or_else(Value::unknown, |inner| self.eval(inner));
                self.give(given)
            }
            ExprKind::Unary { op, operand } => {
                let value = if matches!(op.as_str(), "!" | "not") {
                    self.test(operand)
                } else {
                    self.eval(operand)
                };
                Value::tainted(Kind::Scalar, value.taint)
            }
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => {
                let tested = self.test(condition);
                let mut value = match self.settled(condition) {
                    Some(true) => self.eval(then),
                    Some(false) => self.eval(otherwise),
                    None => self.eval(then).join(&self.eval(otherwise)),
                };
                value.taint.add(&tested.taint);
                value
            }
            ExprKind::Assign { target, op, value } => {
                self.assign(target, op.as_deref(), None, Some(value));
                super::bind::place_name(target)
                    .and_then(|name| self.env.get(&name).cloned())
                    .unwrap_or_else(Value::unknown)
            }
            ExprKind::Cast { ty, value } => {
                let value = self.eval(value);
                match value.kind {
                    Kind::Unknown | Kind::Foreign => Value {
                        kind: self.typed(ty).kind,
                        taint: value.taint,
                    },
                    _ => value,
                }
            }
            ExprKind::Opaque(parts) => {
                let taint = self.taints(parts);
                Value::tainted(Kind::Unknown, taint)
            }
            _ => Value::unknown(),
        }
    }

    pub(super) fn taints(&mut self, parts: &'a [Expr]) -> Taint {
        let mut taint = Taint::default();
        for part in parts {
            taint.add(&self.eval(part).taint);
        }
        taint
    }

    /// A condition: testing a query runs it where the ORM says so.
    pub(super) fn test(&mut self, expr: &'a Expr) -> Value<'a> {
        let value = self.eval(expr);
        if let Kind::Query(query) = &value.kind
            && query.handle.orm.has(Quirk::TruthTest)
        {
            let query = query.clone();
            self.run_query(&query, &value.taint, expr.span, "bool", Action::Read);
        }
        value
    }

    /// What is awaited at once, or answered to one who may.
    pub(super) fn eval_awaited(&mut self, inner: &'a Expr) -> Value<'a> {
        self.awaited = true;
        self.waits.push((self.unit.id, inner.span));
        let value = self.eval(inner);
        self.waits.pop();
        self.awaited = false;
        value
    }

    fn wait(&mut self, inner: &'a Expr) -> Value<'a> {
        let value = self.eval_awaited(inner);
        // Collections of promises are not awaited by awaiting the collection.
        if matches!(value.kind, Kind::Pending(..)) {
            self.commit(&value);
        }
        if let Some(id) = self.open.last() {
            self.iterations[*id].awaits += 1;
        }
        match value.kind {
            Kind::Pending(..) => value.settled(),
            _ => value,
        }
    }

    fn list(&mut self, items: &'a [Expr]) -> Value<'a> {
        let open_ended = items.iter().any(|item| matches!(item.kind, ExprKind::Spread(_)));
        let values: Vec<Value<'a>> = items.iter().map(|item| self.eval(item)).collect();
        let mut taint = Taint::default();
        values.iter().for_each(|value| taint.add(&value.taint));
        if !open_ended {
            return Value::tainted(Kind::tuple(values), taint);
        }
        let element = values.iter().skip(1).fold(
            values
                .first()
                .map_or_else(Value::unknown, |first| self.spread_element(first)),
            |joined, value| joined.join(&self.spread_element(value)),
        );
        Value::tainted(
            Kind::Coll(Coll::of(element, Bound::Unbounded, Origin::Other)),
            taint,
        )
    }

    fn spread_element(&self, value: &Value<'a>) -> Value<'a> {
        match &value.kind {
            Kind::Coll(coll) => (*coll.element).clone(),
            _ => value.clone(),
        }
    }

    fn record(&mut self, pairs: &'a [(Expr, Expr)]) -> Value<'a> {
        let mut taint = Taint::default();
        let mut parts = Vec::new();
        for (key, value) in pairs {
            if self.is_field_pair(key, value) {
                continue;
            }
            let value = match &key.kind {
                // `{ ...order }`
                ExprKind::Spread(inner) => self.eval(inner),
                _ => self.eval(value),
            };
            let listed = key_name(key).is_some_and(|name| batch::is_key(&self.unit.orms, name));
            taint.add(&if listed && !self.is_of_any_row(&value.taint) {
                value.taint.clone().into_batched()
            } else {
                value.taint.clone()
            });
            match &key.kind {
                ExprKind::Str(name) | ExprKind::Symbol(name) => parts.push((name.clone(), value)),
                ExprKind::Spread(_) => match &value.kind {
                    Kind::Fields(fields) => parts.extend(fields.read(&value.taint)),
                    _ => parts.push((SPREAD.to_owned(), value)),
                },
                _ => {
                    taint.add(&self.eval(key).taint);
                    parts.push((SPREAD.to_owned(), Value::tainted(Kind::Unknown, value.taint)));
                }
            }
        }
        let kind = match self.unit.is_ecmascript() || self.showing.is_some() {
            true => Fields::kind(parts, &taint),
            false => Kind::Record,
        };
        Value::tainted(kind, taint)
    }

    fn range(&mut self, from: Option<&'a Expr>, to: Option<&'a Expr>) -> Value<'a> {
        let number = |expr: Option<&'a Expr>| match expr.map(|expr| &expr.kind) {
            Some(ExprKind::Number(n)) => n.parse::<u64>().ok(),
            None => Some(0),
            _ => None,
        };
        let bound = match (number(from), number(to)) {
            (Some(from), Some(to)) => Bound::Literal(to.saturating_sub(from) + 1),
            _ => Bound::Unbounded,
        };
        let mut taint = Taint::default();
        for end in [from, to].into_iter().flatten() {
            taint.add(&self.eval(end).taint);
        }
        let coll = Coll {
            counter: true,
            ..Coll::of(Value::new(Kind::Scalar), bound, Origin::Other)
        };
        Value::tainted(Kind::Coll(coll), taint)
    }

    fn binary(&mut self, op: &str, left: &'a Expr, right: &'a Expr) -> Value<'a> {
        let one = self.eval(left);
        match (op, self.settled(left)) {
            ("and" | "&&", Some(false)) | ("or" | "||", Some(true)) => return one,
            _ => {}
        }
        // `super || events.first`: what the model declares is what such a method answers.
        let declared = is_super(left) && matches!(one.kind, Kind::Row(_));
        let guarded = declared || self.guards_right(op, left);
        if guarded {
            self.guards.push(Guard::NullCheck);
        }
        let mut other = self.eval(right);
        if guarded {
            self.guards.pop();
        }
        match op {
            "in" | "not in" => {
                other = self.consume(other, right.span);
                Value::tainted(Kind::Scalar, one.taint.with(&other.taint))
            }
            "or" | "||" if declared => one,
            "or" | "and" | "||" | "&&" | "??" => one.join(&other),
            // Querysets and conditions are combined with these.
            "|" | "&" | "+" | "<<" => one.join(&other),
            _ => Value::tainted(Kind::Scalar, one.taint.with(&other.taint)),
        }
    }

    fn index(&mut self, expr: &'a Expr, object: &'a Expr, index: &'a Expr) -> Value<'a> {
        let value = self.eval(object);
        let at = self.eval(index);
        let ranged = matches!(&index.kind, ExprKind::Range { .. })
            || matches!(&index.kind, ExprKind::Binary { op, .. } if op == "step");
        match &value.kind {
            Kind::Query(query) if self.unit.table.lazy_queries && ranged => {
                // Moving a window over the rows is no key.
                let limit = window(index).or(query.limit);
                let query = Query {
                    limit,
                    ..(**query).clone()
                };
                Value {
                    kind: Kind::Query(query.into()),
                    taint: value.taint,
                }
            }
            // `stats["approved"]`: a method of an own query set answered a dictionary.
            Kind::Query(_) if matches!(index.kind, ExprKind::Str(_)) => {
                Value::tainted(Kind::Unknown, value.taint)
            }
            Kind::Query(query) if self.unit.table.lazy_queries => {
                let query = query.clone();
                self.run_query(&query, &value.taint, expr.span, "[]", Action::Read);
                self.result(&query.handle, Shape::Row, expr.span, &value.taint, None)
            }
            Kind::Coll(coll) if ranged => {
                let bound = window(index).map_or(coll.bound, Bound::Limited);
                let chunks = !at.taint.deps.is_empty();
                let coll = Coll {
                    bound,
                    chunks: false,
                    ..coll.clone()
                };
                let kind = if chunks {
                    Kind::Coll(Coll {
                        chunks: false,
                        ..coll
                    })
                } else {
                    Kind::Coll(coll)
                };
                Value {
                    kind,
                    taint: value.taint.with(&at.taint.counter_as_element()),
                }
            }
            Kind::Coll(coll) => {
                let mut element = (*coll.element).clone();
                element.taint.add(&value.taint);
                element.taint.add(&at.taint.counter_as_element());
                element
            }
            Kind::Class(_) | Kind::Column(_) => Value::tainted(Kind::Unknown, at.taint),
            _ => Value::tainted(Kind::Unknown, value.taint.with(&at.taint.counter_as_element())),
        }
    }

    /// Runs a query that is walked, measured or collected: it becomes rows in memory.
    pub(super) fn consume(&mut self, value: Value<'a>, span: Span) -> Value<'a> {
        match &value.kind {
            Kind::Query(query) => {
                let query = query.clone();
                self.run_query(&query, &value.taint, span, "", Action::Read);
                self.result(&query.handle, Shape::Rows, span, &value.taint, query.limit)
            }
            _ => value,
        }
    }
}

fn is_super(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call { callee, .. } if callee.kind == ExprKind::Super)
}

/// The plain text of a key: `where`, `:id`.
pub(super) fn key_name(key: &Expr) -> Option<&str> {
    match &key.kind {
        ExprKind::Str(name) | ExprKind::Symbol(name) | ExprKind::Name(name) => Some(name),
        // `[Op.in]: ids`
        ExprKind::Member { name, .. } => Some(name),
        _ => None,
    }
}

/// The size of `[:20]`.
fn window(index: &Expr) -> Option<u64> {
    let ExprKind::Range { from, to } = &index.kind else {
        return None;
    };
    let number = |expr: &Option<Box<Expr>>| match expr.as_ref().map(|expr| &expr.kind) {
        Some(ExprKind::Number(n)) => n.parse::<u64>().ok(),
        _ => None,
    };
    let to = number(to)?;
    Some(to.saturating_sub(number(from).unwrap_or(0)))
}
