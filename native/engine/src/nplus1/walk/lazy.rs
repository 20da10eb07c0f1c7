//! Relations of rows: reading one that nothing has loaded asks the database (ANA-037, 038). What a
//! relation is stands in its declaration; what is loaded, in the plan of the query that the row
//! comes from.

use std::rc::Rc;

use super::Walker;
use super::orm_call::Written;
use crate::facts::ir::{Class, Function, Span, TypeRef};
use crate::nplus1::eager::paths::{Covered, Step};
use crate::nplus1::eager::{Plan, Scope};
use crate::nplus1::orm::Effect;
use crate::nplus1::orm::schema::eager::Form;
use crate::nplus1::orm::schema::{Quirk, Role, Shape};
use crate::nplus1::site::Action;
use crate::nplus1::taint::Taint;
use crate::nplus1::value::{Bound, Coll, Evidence, Handle, Kind, Lazy, Origin, Query, Related, Value};
use crate::program::ClassRef;
use crate::registry::Found;
use crate::registry::model::{Loading, Model};

impl<'a> Walker<'a> {
    pub(super) fn declared_model(&self, handle: &Handle) -> Option<&'a Model> {
        let name = handle.model.as_deref()?;
        self.world
            .registry
            .by_name(&handle.orm.id, name, self.unit.file.path)
    }

    /// In a method of a declared model the object at hand is a row of it.
    pub(super) fn own_row(&self, function: &Function) -> Option<Value<'a>> {
        let class = self.unit.file.facts.classes.get(function.class?)?;
        if function.is_static {
            // `this` is the model itself.
            let path = self.unit.file.path;
            let is_here = |model: &Model| model.path == path;
            return self.unit.orms.iter().find_map(|active| {
                let orm = active.orm;
                let model = self.world.registry.by_name(&orm.id, &class.name, path)?;
                let source = self.registered(orm, &class.name)?;
                (is_here(model) && self.unit.is_ecmascript()).then(|| Value::new(source))
            });
        }
        self.own_repository(function).or_else(|| self.row_of(class))
    }

    fn row_of(&self, class: &Class) -> Option<Value<'a>> {
        let path = self.unit.file.path;
        self.unit.orms.iter().find_map(|active| {
            let model = self.world.registry.by_name(&active.orm.id, &class.name, path)?;
            let mut handle = super::resolve::handle(active.orm, Some(model.name.clone()), Evidence::Resolved);
            handle.plan.unseen = true;
            (model.path == path).then(|| Value::new(Kind::Row(handle)))
        })
    }

    /// In a method of a class that extends a repository of the ORM the object is that repository.
    fn own_repository(&self, function: &Function) -> Option<Value<'a>> {
        let class = function.class.filter(|_| self.unit.is_ecmascript())?;
        let declared = self.unit.file.facts.classes.get(class)?;
        if declared.bases.is_empty() || self.unit.orms.is_empty() {
            return None;
        }
        let ty = TypeRef {
            name: declared.name.clone(),
            args: Vec::new(),
            nullable: false,
        };
        let class = ClassRef {
            file: self.unit.id,
            class,
        };
        self.own_source(class, &ty).map(Value::new)
    }

    /// Whether a field is a relation of the model that its class declares: reading it asks for rows.
    pub(super) fn is_own_relation(&self, class: &Class, field: &str) -> bool {
        let row = self.row_of(class);
        let model = row.as_ref().and_then(|row| match &row.kind {
            Kind::Row(row) => self.declared_model(row),
            _ => None,
        });
        model.is_some_and(|model| self.world.registry.relation(model, field).is_some())
    }

    pub(super) fn has_relation(&self, row: &Handle, name: &str) -> bool {
        let registry = self.world.registry;
        (self.declared_model(row)).is_some_and(|model| registry.relation_by_accessor(model, name).is_some())
    }

    /// A relation of the row whose method runs here, by its bare name or after `this`.
    pub(super) fn own_relation(&mut self, name: &str, span: Span) -> Option<Value<'a>> {
        let receiver = self.receiver.clone()?;
        let Kind::Row(row) = &receiver.kind else {
            return None;
        };
        if !self.has_implicit_this() {
            return None;
        }
        let model = self.declared_model(row)?;
        self.world.registry.relation(model, name)?;
        self.relation_read(&receiver, row, name, span)
    }

    /// Something is asked of a row: a stand-in is read now, unless that is its key.
    pub(super) fn touched(&mut self, value: &Value<'a>, name: &str, span: Span) -> Value<'a> {
        let Kind::Row(row) = &value.kind else {
            return value.clone();
        };
        let Some(proxy) = row.proxy.clone() else {
            return value.clone();
        };
        if is_of_any_object(name) || self.is_key(row, name) {
            return value.clone();
        }
        self.emit_lazy(row, &proxy, span, &value.taint);
        let row = Handle {
            proxy: None,
            ..row.clone()
        };
        Value::tainted(Kind::Row(row), value.taint.clone())
    }

    /// The key of a proxy is known without asking.
    fn is_key(&self, row: &Handle, name: &str) -> bool {
        let plain = name.to_lowercase();
        let plain = plain.strip_prefix("get").unwrap_or(&plain);
        let named = |model: &String| plain == format!("{}id", model.to_lowercase());
        if plain != "id" && !row.model.as_ref().is_some_and(named) {
            return false;
        }
        let model = self.declared_model(row);
        model.is_none_or(|model| self.world.registry.relation_by_accessor(model, name).is_none())
    }

    pub(super) fn relation_value(
        &mut self,
        value: &Value<'a>,
        row: &Handle,
        model: &Model,
        found: Found<'_>,
        span: Span,
    ) -> Value<'a> {
        let relation = found.relation;
        let step = Step {
            name: &relation.name,
            many: Some(relation.many),
            target: found.target.map(|target| target.name.as_str()),
        };
        let (covered, mut below) = row.plan.paths.step(&step);
        let covered = covered.max(self.covered_behind(row, model, relation));
        below.merge(&relation.eager);
        self.know_their_owner(row, found, &mut below);
        let mapped = row.plan.paths.defaults(&relation.name);
        let loaded = covered != Covered::No
            || matches!(
                relation.loading,
                Loading::Never | Loading::Batched | Loading::EagerPerRow
            )
            || relation.loading == Loading::Eager && mapped
            || found.target.is_some_and(|target| target.is_batched);
        let lazy = Lazy {
            owner: model.name.clone(),
            declared_by: found.owner.qualified.clone(),
            relation: relation.name.clone(),
            many: relation.many,
            before: row.reached.clone().filter(|before| before.steps().len() < 5),
        };
        let target = Handle {
            orm: row.orm,
            model: found
                .target
                .map(|target| target.name.clone())
                .or_else(|| relation.target.clone()),
            evidence: Evidence::Resolved,
            subject: Some(self.short_text(span)),
            plan: Plan::below(&row.plan, below),
            proxy: None,
            reached: Some(Rc::new(lazy.clone())),
            declared: None,
        };
        if relation.many {
            let related = Related {
                lazy,
                loaded,
                dynamic: relation.loading == Loading::Dynamic,
            };
            return self.related_rows(value, target, related, relation.loading, span);
        }
        if loaded {
            return Value::tainted(Kind::Row(target), value.taint.clone());
        }
        if row.orm.has(Quirk::Proxies) {
            let target = Handle {
                proxy: Some(Rc::new(lazy)),
                ..target
            };
            return Value::tainted(Kind::Row(target), value.taint.clone());
        }
        let id = self.emit_lazy(&target, &lazy, span, &value.taint);
        let read = Value::tainted(Kind::Row(target), value.taint.clone());
        match id {
            Some(id) if relation.loading == Loading::Promise => {
                self.sites[id].executed = false;
                Value::new(Kind::Pending(vec![id], read.into()))
            }
            _ => read,
        }
    }

    fn related_rows(
        &mut self,
        value: &Value<'a>,
        target: Handle,
        related: Related,
        loading: Loading,
        span: Span,
    ) -> Value<'a> {
        let taint = value.taint.clone();
        if loading == Loading::Promise && !related.loaded {
            let id = self.emit_lazy(&target, &related.lazy, span, &taint);
            let rows = self.result(&target, Shape::Rows, span, &taint, None);
            return match id {
                Some(id) => {
                    self.sites[id].executed = false;
                    Value::new(Kind::Pending(vec![id], rows.into()))
                }
                None => rows,
            };
        }
        // Objects that are there or not: nothing can be asked of them.
        if target.orm.has(Quirk::AwaitedExecution) || loading == Loading::Never {
            let row = Value::new(Kind::Row(target));
            return Value::tainted(Kind::Coll(Coll::of(row, Bound::Unbounded, Origin::Other)), taint);
        }
        let query = Query {
            related: Some(Rc::new(related)),
            ..Query::new(target, Vec::new())
        };
        Value::tainted(Kind::Query(query.into()), taint)
    }

    /// A call on the rows of a relation: from memory, as a read of the relation, or as a query of its own
    /// (then `None`).
    pub(super) fn relation_use(
        &mut self,
        value: &Value<'a>,
        query: &Query,
        related: &Rc<Related>,
        call: Written<'a>,
    ) -> Option<Value<'a>> {
        let orm = query.handle.orm;
        let effect = orm.method(Role::Query, call.name).map(|(effect, _)| effect);
        if matches!(call.name, "all" | "load" | "to_a") && call.args.is_empty() {
            return match call.name {
                "all" => Some(value.clone()),
                _ => Some(self.consume(value.clone(), call.object.span)),
            };
        }
        let again = orm.requeries.matches(call.name) || orm.distinctive.matches(call.name);
        if again && call.block.is_none() || related.dynamic {
            return None;
        }
        match effect {
            Some(Effect::Reads(shape)) => {
                let args = self.orm_args(orm, call.name, call.args, call.block);
                let taint = value.taint.clone().with(&args.taint);
                // `order.products.include?(product)` asks for that one each time, and loads nothing.
                let asks = self.unit.table.membership.has(call.name) && self.unit.table.bare_calls;
                if asks && !related.loaded && value.taint.deps.is_empty() && !args.taint.deps.is_empty() {
                    self.emit(
                        &query.handle,
                        Action::Read,
                        call.name,
                        call.span,
                        &taint,
                        args.keys,
                    );
                    return Some(Value::tainted(Kind::Scalar, taint));
                }
                let by = if asks { &taint } else { &value.taint };
                self.relation_opened(&query.handle, related, call.span, by);
                let shape = match shape {
                    Shape::Row if args.limit.is_some() => Shape::Rows,
                    shape => shape,
                };
                let mut handle = query.handle.clone();
                // `iterator()` reads rows of its own, whatever the query of the owner has loaded.
                let anew = matches!(orm.eager.call(call.name), Some(Form::DropsPrefetched));
                handle.plan.unseen &= !anew;
                Some(self.result(&handle, shape, call.span, &taint, args.limit))
            }
            Some(_) => None,
            // A scope of the model asks again; anything else is done to the rows in memory.
            None => {
                let model = self.declared_model(&query.handle);
                if model.is_some_and(|model| self.world.registry.scope(model, call.name).is_some()) {
                    return None;
                }
                let known = call.block.is_some()
                    || self.unit.table.callback(call.name).is_some()
                    || self.unit.table.same.has(call.name)
                    || self.unit.table.membership.has(call.name)
                    || !(self.unit.table.bare_calls || self.unit.table.lazy_queries);
                if !known {
                    return None;
                }
                let rows = self.consume(value.clone(), call.object.span);
                Some(self.call_on(rows, call))
            }
        }
    }

    /// The rows of a relation are looked into.
    pub(super) fn relation_opened(&mut self, handle: &Handle, related: &Related, span: Span, taint: &Taint) {
        if !related.loaded {
            self.emit_lazy(handle, &related.lazy, span, taint);
        }
    }

    pub(super) fn emit_lazy(
        &mut self,
        handle: &Handle,
        lazy: &Lazy,
        span: Span,
        taint: &Taint,
    ) -> Option<usize> {
        // The first look loads it; the same element is not asked for again, nor in a loop further in.
        let known = |site: &crate::nplus1::site::Site| {
            site.lazy.as_ref() == Some(lazy)
                && self.open.starts_with(&site.iterations)
                && site.taint.deps == taint.deps
        };
        if self.sites.iter().rev().take(64).any(known) {
            self.unsaid.other += 1;
            return None;
        }
        let id = self.emit(handle, Action::Read, "", span, taint, Vec::new())?;
        self.sites[id].lazy = Some(lazy.clone());
        Some(id)
    }

    /// The handle after a call on it: what the call asks to be loaded is in its plan.
    pub(super) fn planned(&self, handle: &Handle, first: bool, call: Written<'a>) -> Handle {
        let mut handle = handle.clone();
        let registry = self.world.registry;
        let model = self.declared_model(&handle);
        if first && let Some(scope) = model.and_then(|model| registry.scope(model, "")) {
            handle.plan.paths.merge(&scope.loads);
        }
        if let Some(scope) = model.and_then(|model| registry.scope(model, call.name)) {
            handle.plan.paths.merge(&scope.loads);
        }
        let env = &self.env;
        let constants = |_: &str| {
            let _ = env;
            None
        };
        let scope = Scope {
            constants: &constants,
            ..Scope::bare()
        };
        handle.plan.call(handle.orm, call.name, call.args, scope);
        handle
    }
}

/// Methods that every object has; a stand-in answers them itself, or nobody means the row by them.
fn is_of_any_object(name: &str) -> bool {
    matches!(name, "getClass" | "equals" | "hashCode" | "wait" | "notify")
}
