//! Calls on what belongs to an ORM: they build, read, write, or hand out a client
//! (analysis.md 5.2 steps 2 and 3).

use std::rc::Rc;

use super::Walker;
use super::orm_args::Args;
use crate::facts::ir::{Arg, Expr, ExprKind, Lambda, Pattern, Span, TypeRef};
use crate::nplus1::orm::Effect;
use crate::nplus1::orm::pattern::ArgNeed;
use crate::nplus1::orm::schema::{Quirk, Role, Shape};
use crate::nplus1::site::Action;
use crate::nplus1::value::{Evidence, Handle, Kind, Query, Value};

/// A call as written.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub span: Span,
    pub object: &'a Expr,
    pub name: &'a str,
    pub args: &'a [Arg],
    pub block: Option<&'a Lambda>,
    pub type_args: &'a [TypeRef],
}

impl<'a> Walker<'a> {
    /// What a call on an ORM's value gives; `None` when it is none of the ORM's.
    pub(super) fn orm_call(&mut self, value: &Value<'a>, call: Written<'a>) -> Option<Value<'a>> {
        if self.is_array_callback(value, call) {
            return None;
        }
        match &value.kind {
            Kind::Client(client) => {
                let client = client.clone();
                self.client_call(value, &client, call)
            }
            Kind::Source(source) => {
                let source = source.clone();
                self.declared_call(value, &source, call)
                    .or_else(|| self.class_method(value, &source, call))
                    .or_else(|| self.relation_call(value, &source, Role::Source, None, call))
            }
            Kind::Query(query) => {
                let query = query.clone();
                self.relation_call(value, &query.handle, Role::Query, Some(&query), call)
            }
            Kind::Row(_) => {
                let value = &self.touched(value, call.name, call.span);
                let Kind::Row(row) = &value.kind else { return None };
                let row = row.clone();
                if let Some(effect) = self.effect(&row, Role::Row, call) {
                    return Some(self.apply(value, &row, None, effect, call));
                }
                // The getter of a relation is written out in some languages.
                if call.args.is_empty()
                    && self.has_implicit_this()
                    && self.has_relation(&row, call.name)
                    && let Some(read) = self.relation_read(value, &row, call.name, call.span)
                {
                    return Some(read);
                }
                if let Some(answer) = self.repository_method(value, call) {
                    return Some(answer);
                }
                if let Some(asked) = self.relation_method(value, &row, call) {
                    return Some(asked);
                }
                if call.args.is_empty()
                    && let Some(read) = self.relation_read(value, &row, call.name, call.span)
                {
                    return Some(match call.block {
                        Some(_) => self.call_on(read, call),
                        None => read,
                    });
                }
                let args = self.orm_args(row.orm, call.name, call.args, None);
                self.chain(value, call.name, Some(&args))
                    .or_else(|| self.on_relation(value, call))
            }
            Kind::Class(class) => self.class_call(value, &class.clone(), call),
            Kind::Unknown => self
                .on_relation(value, call)
                .or_else(|| self.element_method(value, call)),
            _ => None,
        }
    }

    /// A driver's call by its SQL text, on whatever stands for a connection.
    pub(super) fn sql_call(&mut self, value: &Value<'a>, call: Written<'a>) -> Option<Value<'a>> {
        let orm = self
            .unit
            .orms
            .iter()
            .map(|active| active.orm)
            .find(|orm| orm.has(Quirk::SqlText))?;
        let mut handle = super::resolve::handle(orm, None, Evidence::Resolved);
        let effect = self.effect(&handle, Role::Client, call)?;
        handle.subject = self.sql_table(call);
        Some(self.apply(value, &handle, None, effect, call))
    }

    /// `Seasons.find((season) => …)`: no ORM finds by a function unless it translates it.
    fn is_array_callback(&self, value: &Value<'a>, call: Written<'a>) -> bool {
        let translated = match &value.kind {
            Kind::Source(handle) => handle.orm.has(Quirk::TranslatedLambdas),
            Kind::Query(query) => query.handle.orm.has(Quirk::TranslatedLambdas),
            _ => false,
        };
        let by_function = matches!(
            call.args.first().map(|arg| &arg.value.kind),
            Some(ExprKind::Lambda(_))
        );
        by_function && !translated && self.unit.table.callback(call.name).is_some()
    }

    fn client_call(&mut self, value: &Value<'a>, client: &Handle, call: Written<'a>) -> Option<Value<'a>> {
        let orm = client.orm;
        if orm.client_callbacks.matches(call.name) {
            return Some(self.scoped_client(value, call));
        }
        if orm.client_members.matches(call.name) {
            return Some(value.clone());
        }
        if let Some(effect) = self.effect(client, Role::Client, call) {
            let client = Handle {
                subject: client.subject.clone().or_else(|| self.sql_table(call)),
                ..client.clone()
            };
            return Some(self.apply(value, &client, None, effect, call));
        }
        // `unitOfWork.Orders()`, a query that the application's own context has a method for.
        let own = (client.declared.is_some())
            .then(|| self.repository_method(value, call))
            .flatten();
        if let Some(own) = &own
            && (own.is_of_orm() || matches!(own.kind, Kind::Object(_)))
        {
            return Some(own.clone());
        }
        let args = self.orm_args(orm, call.name, call.args, call.block);
        let Some(mut found) = self.chain(value, call.name, Some(&args)) else {
            return own;
        };
        if let Kind::Query(query) = &mut found.kind {
            let query = std::rc::Rc::make_mut(query);
            query.handle = self.planned(&query.handle, false, call);
        }
        // `context.Set<Order>()`
        if let Kind::Source(source) = &mut found.kind
            && source.model.is_none()
            && let Some(ty) = call.type_args.first()
        {
            source.model = Some(ty.short().to_owned());
        }
        Some(found)
    }

    /// `$transaction(async (tx) => …)`: the function runs once, with a client.
    fn scoped_client(&mut self, value: &Value<'a>, call: Written<'a>) -> Value<'a> {
        let mut result = Value::unknown();
        for arg in call.args {
            if let ExprKind::Lambda(lambda) = &arg.value.kind {
                result = self.run_lambda(lambda, std::slice::from_ref(value));
            } else {
                // Statements handed over together go out together: once here, not once per turn of
                // the iteration that made them.
                let given = self.eval(&arg.value);
                for id in given.pending() {
                    self.sites[id]
                        .iterations
                        .retain(|iteration| self.open.contains(iteration));
                }
                self.commit(&given);
                result.taint.add(&given.taint);
            }
        }
        if let Some(block) = call.block {
            result = self.run_lambda(block, std::slice::from_ref(value));
        }
        result.settled()
    }

    fn relation_call(
        &mut self,
        value: &Value<'a>,
        handle: &Handle,
        role: Role,
        query: Option<&Query>,
        call: Written<'a>,
    ) -> Option<Value<'a>> {
        let orm = handle.orm;
        if let Some(query) = query
            && let Some(related) = &query.related
            && let Some(answer) = self.relation_use(value, query, &Rc::clone(related), call)
        {
            return Some(answer);
        }
        let handle = &self.planned(handle, query.is_none(), call);
        if let Some(walked) = self.walk_query(value, handle, role, query, call) {
            return Some(walked);
        }
        if let Some(effect) = self.effect(handle, role, call) {
            return Some(self.apply(value, handle, query, effect, call));
        }
        if orm.client_members.matches(call.name) {
            return Some(Value::new(Kind::Client(super::resolve::handle(
                orm,
                None,
                handle.evidence,
            ))));
        }
        if query.is_some()
            && let Some(answer) = self.class_method_on_rows(value, handle, call)
        {
            return Some(answer);
        }
        if call.block.is_some() {
            return None;
        }
        if self.unit.table.chunkers.has(call.name) {
            let taint = self.plain_args(call.name, call.args, None);
            let rows = self.result(handle, Shape::Rows, call.span, &value.taint, None);
            return Some(Value::tainted(
                self.chunks_of(&rows),
                value.taint.clone().with(&taint),
            ));
        }
        if let Some(answer) = self.extension_call(value, call) {
            return Some(answer);
        }
        // A scope or a method of an own manager: it may build anything, but most build a query.
        let args = self.orm_args(orm, call.name, call.args, None);
        if self.unit.table.bare_calls || self.unit.table.lazy_queries {
            let evidence = match self.has_scope(handle, call.name) {
                true => handle.evidence,
                false => Evidence::Naming,
            };
            let weak = Handle {
                evidence,
                ..handle.clone()
            };
            return Some(self.built(value, &weak, query, args));
        }
        Some(Value::tainted(
            Kind::Unknown,
            value.taint.clone().with(&args.taint),
        ))
    }

    /// `User.where(…).each { }`: the query drives the iteration.
    pub(super) fn walk_query(
        &mut self,
        value: &Value<'a>,
        handle: &Handle,
        role: Role,
        query: Option<&Query>,
        call: Written<'a>,
    ) -> Option<Value<'a>> {
        if handle.orm.has(Quirk::TranslatedLambdas)
            || handle.evidence == Evidence::Naming && !self.unit.table.bare_calls
        {
            return None;
        }
        let chunked = self.unit.table.chunkers.has(call.name);
        if call.block.is_none() || !(chunked || self.unit.table.callback(call.name).is_some()) {
            return None;
        }
        // `Menu.map(:top) { … }` of a class that is a model by its name alone.
        if !chunked && query.is_none() && handle.evidence == Evidence::Naming && !call.args.is_empty() {
            return None;
        }
        let limit = query.and_then(|query| query.limit);
        // `order.line_items.find_each { }` reads in batches of its own, whatever is loaded.
        let again =
            query.is_some_and(|query| query.related.is_some()) && handle.orm.distinctive.matches(call.name);
        let mut handle = handle.clone();
        handle.plan.unseen &= !again;
        let handle = &handle;
        let driver = match query {
            Some(query) if again => Query {
                handle: handle.clone(),
                related: None,
                ..query.clone()
            },
            Some(query) => query.clone(),
            None => Query {
                handle: handle.clone(),
                limit,
                ..Query::new(handle.clone(), Vec::new())
            },
        };
        if role == Role::Source && query.is_none() && chunked {
            self.muted(|walker| {
                walker.run_query(&driver, &value.taint, call.object.span, call.name, Action::Read)
            });
        } else {
            self.run_query(&driver, &value.taint, call.object.span, call.name, Action::Read);
        }
        let rows = self.result(handle, Shape::Rows, call.object.span, &value.taint, limit);
        self.callback_call(&rows, call)
    }

    /// What the method does, if its arguments are of the form it needs.
    pub(super) fn effect(&mut self, handle: &Handle, role: Role, call: Written<'a>) -> Option<Effect> {
        let (effect, need) = handle.orm.method(role, call.name)?;
        // A prepared statement has got its text already.
        let by_text = handle.orm.has(Quirk::SqlText) && role != Role::Query;
        if need == ArgNeed::Any && !by_text {
            return Some(effect);
        }
        let first = call.args.first().map(|arg| &arg.value)?;
        let first = self.muted(|walker| walker.eval(first));
        if by_text {
            return self.sql_effect(&first, effect);
        }
        if need == ArgNeed::Sql {
            return match first.kind {
                Kind::Text(_) => self.sql_effect(&first, effect),
                Kind::Lambda(..) | Kind::Record => None,
                _ if call
                    .args
                    .first()
                    .is_some_and(|arg| self.is_statement_of_element(&arg.value, &first)) =>
                {
                    None
                }
                _ => Some(effect),
            };
        }
        let args = Args {
            values: vec![first],
            ..Args::default()
        };
        args.satisfies(need, self, handle.orm).map(|_| effect)
    }

    /// `for statement in statements: run(statement)`: a list of statements, each another one.
    fn is_statement_of_element(&self, written: &'a Expr, value: &Value<'a>) -> bool {
        let mut root = written;
        while let ExprKind::Member { object, .. } = &root.kind {
            root = object;
        }
        let ExprKind::Name(name) = &root.kind else {
            return false;
        };
        let facts = self.unit.file.facts;
        let own = facts.functions.get(self.function).into_iter();
        let is_given = own
            .flat_map(|function| &function.params)
            .any(|param| matches!(&param.pattern, Pattern::Name { name: own, .. } if own == name));
        let is_element = |id: &usize| self.iterations[*id].element.as_deref() == Some(name);
        self.turns_with(value) && (is_given || self.open.iter().any(is_element))
    }

    pub(super) fn apply(
        &mut self,
        value: &Value<'a>,
        handle: &Handle,
        query: Option<&Query>,
        effect: Effect,
        call: Written<'a>,
    ) -> Value<'a> {
        let args = self.orm_args(handle.orm, call.name, call.args, call.block);
        let mut made = handle.clone();
        if matches!(effect, Effect::Constructs | Effect::Writes(Shape::Row)) && query.is_none() {
            self.put_in(&mut made, call.args);
        }
        self.apply_args(
            value,
            &made,
            query,
            effect,
            args,
            call.name,
            call.span,
            Some(call.object),
        )
    }
}
