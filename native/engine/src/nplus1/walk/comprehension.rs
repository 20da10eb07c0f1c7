//! Comprehensions, generators and the query syntax of C#: iterations, unless the ORM translates
//! them to one statement.

use super::Walker;
use super::orm_args::Args;
use crate::facts::ir::Comprehension;
use crate::nplus1::orm::schema::Quirk;
use crate::nplus1::site::Form;
use crate::nplus1::taint::Taint;
use crate::nplus1::value::{Bound, Coll, Kind, Origin, Query, Value};

impl<'a> Walker<'a> {
    pub(super) fn comprehension(&mut self, comprehension: &'a Comprehension) -> Value<'a> {
        let mut bound = Bound::Unbounded;
        let mut origin = Origin::Other;
        let mut hidden = Vec::new();
        if let Some(query) = self.translated_comprehension(comprehension) {
            return query;
        }
        for (at, clause) in comprehension.clauses.iter().enumerate() {
            let walked = self.eval(&clause.iterable);
            // What is joined is read once, for all: by the database, or into a look-up.
            let translates = match &walked.kind {
                Kind::Source(handle) => handle.orm.has(Quirk::TranslatedLambdas),
                Kind::Query(query) => query.handle.orm.has(Quirk::TranslatedLambdas),
                _ => false,
            };
            let joined = at > 0 && translates && walked.taint.deps.is_empty();
            let walked = if joined {
                self.muted(|walker| walker.run_rows(walked, clause.iterable.span))
            } else {
                self.run_rows(walked, clause.iterable.span)
            };
            let name = super::stmt::first_name(&clause.target);
            let id = self.open_iteration(
                Form::Comprehension,
                clause.span,
                &[],
                &walked,
                Some(&clause.iterable),
                name,
            );
            if comprehension.clauses.len() == 1 {
                bound = self.iterations[id].bound;
                origin = self.iterations[id].origin.clone();
            }
            let mut names = Vec::new();
            super::bind::bound_names(&clause.target, &mut names);
            hidden.extend(
                names
                    .into_iter()
                    .map(|name| (name.to_owned(), self.env.own(name))),
            );
            let element = self.element(&walked, id);
            self.bind(&clause.target, element);
            for condition in &clause.conditions {
                self.test(condition);
            }
        }
        let values: Vec<Value<'a>> = comprehension
            .element
            .iter()
            .map(|element| self.eval(element))
            .collect();
        for _ in &comprehension.clauses {
            self.close_iteration();
        }
        hidden.reverse();
        self.env.restore(hidden);
        let mut taint = Taint::default();
        values.iter().for_each(|value| taint.add(&value.taint));
        let element = match <[Value<'a>; 1]>::try_from(values) {
            Ok([only]) => only,
            Err(pair) => Value::new(Kind::tuple(pair)),
        };
        Value::tainted(Kind::Coll(Coll::of(element, bound, origin)), taint)
    }

    /// `from o in context.Orders where … select …`: SQL, where the ORM translates.
    fn translated_comprehension(&mut self, comprehension: &'a Comprehension) -> Option<Value<'a>> {
        let first = comprehension.clauses.first()?;
        if !self
            .unit
            .orms
            .iter()
            .any(|active| active.orm.has(Quirk::TranslatedLambdas))
        {
            return None;
        }
        let walked = self.muted(|walker| walker.eval(&first.iterable));
        let (handle, keys) = match &walked.kind {
            Kind::Source(handle) => (handle.clone(), Vec::new()),
            Kind::Query(query) => (query.handle.clone(), query.keys.clone()),
            _ => return None,
        };
        let mut taint = walked.taint.clone();
        let mut args = Args::default();
        self.muted += 1;
        for clause in &comprehension.clauses {
            self.bind(&clause.target, Value::unknown());
            for condition in &clause.conditions {
                taint.add(&self.condition(handle.orm, condition, &mut args));
            }
        }
        self.muted -= 1;
        let keys = keys.into_iter().chain(args.keys).collect();
        Some(Value::tainted(
            Kind::Query(Query::new(handle, keys).into()),
            taint,
        ))
    }
}
