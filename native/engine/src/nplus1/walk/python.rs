//! Calls with a meaning of their own in Python: constructors, built-ins that run a query, `range`.

use super::Walker;
use super::plain::{pairs_of, zipped};
use crate::facts::ir::{Arg, Expr, ExprKind, Span};
use crate::nplus1::orm::Orm;
use crate::nplus1::taint::Taint;
use crate::nplus1::value::{Bound, Coll, Evidence, Handle, Kind, Origin, Value};
use crate::program::ClassRef;

impl<'a> Walker<'a> {
    /// `Order(total=3)` in Python.
    pub(super) fn python_construct(&mut self, name: &str, span: Span, args: &'a [Arg]) -> Value<'a> {
        let of_orm = self
            .unit
            .orms
            .iter()
            .find_map(|active| Some((active.orm, self.model(active.orm, name)?)));
        let own = self.world.view.class_named(self.unit.id, self.class, name);
        match (of_orm, own) {
            (Some((orm, Evidence::Resolved)), _) => {
                let made = self.orm_args(orm, name, args, None);
                let mut handle = super::resolve::handle(orm, Some(name.to_owned()), Evidence::Resolved);
                self.put_in(&mut handle, args);
                Value::tainted(Kind::Row(handle), made.taint)
            }
            // A name alone proves no model: what the class says counts.
            (known, Some(class)) if !known.is_some_and(|(orm, _)| self.is_declared(orm, class)) => {
                let shown = self.shown_here(class, name, span, args);
                shown.unwrap_or_else(|| self.instance(class, span, args, None))
            }
            (Some((orm, _)), _) => {
                let args = self.orm_args(orm, name, args, None);
                Value::tainted(Kind::Unknown, args.taint)
            }
            (None, _) => {
                let taint = self.plain_args(name, args, None);
                Value::tainted(Kind::Unknown, taint)
            }
        }
    }

    /// Relations that a row is made with are there. What `**values` holds is not seen: any relation to one
    /// row may be in it.
    pub(super) fn put_in(&self, row: &mut Handle, args: &[Arg]) {
        let Some(model) = self.declared_model(row) else {
            return;
        };
        if args.iter().any(|arg| arg.spread) {
            let relations = self.world.registry.relations(model);
            for found in relations.iter().filter(|found| !found.relation.many) {
                row.plan.paths.add(&found.relation.name);
            }
        }
        for name in args.iter().filter_map(|arg| arg.name.as_deref()) {
            if self.world.registry.relation(model, name).is_some() {
                row.plan.paths.add(name);
            }
        }
    }

    /// Whether the class itself is a declared model.
    fn is_declared(&self, orm: &'static Orm, class: ClassRef) -> bool {
        let path = self.world.view.program().path(class.file);
        let name = self
            .world
            .view
            .class(class)
            .map(|declared| declared.name.as_str());
        name.and_then(|name| self.world.registry.by_name(&orm.id, name, path))
            .is_some_and(|model| model.path == path)
    }

    /// An object of a class that this file may not name: it came as an argument.
    pub(super) fn construct_given(&mut self, class: &str, span: Span, args: &'a [Arg]) -> Value<'a> {
        let mut orms = self.unit.orms.iter();
        if orms.any(|active| self.model(active.orm, class) == Some(Evidence::Resolved)) {
            return self.python_construct(class, span, args);
        }
        let view = self.world.view;
        let found = view
            .class_named(self.unit.id, self.class, class)
            .or_else(|| view.only_class(class, self.unit.file.facts.language));
        match found {
            Some(class) => self.instance(class, span, args, None),
            None => self.python_construct("", span, args),
        }
    }

    /// `list(qs)`, `len(qs)`, `sorted(xs, key=…)`.
    pub(super) fn consumer_call(&mut self, expr: &'a Expr, name: &str, args: &'a [Arg]) -> Value<'a> {
        let mut taint = Taint::default();
        let mut first: Option<Value<'a>> = None;
        let mut values = Vec::new();
        for arg in args {
            let value = if let ExprKind::Lambda(lambda) = &arg.value.kind {
                let Some(walked) = &first else { continue };
                let walked = walked.clone();
                self.run_callback(
                    name,
                    expr.span,
                    &walked,
                    args.first().map(|arg| &arg.value),
                    lambda,
                )
            } else {
                let value = self.eval(&arg.value);
                self.consume(value, expr.span)
            };
            taint.add(&value.taint);
            first.get_or_insert_with(|| value.clone());
            values.push(value);
        }
        let first = first.unwrap_or_else(Value::unknown);
        let kind = match (name, &first.kind) {
            ("len" | "sum" | "any" | "all", _) => Kind::Scalar,
            ("enumerate", _) => pairs_of(&first),
            ("zip", _) => zipped(&values),
            ("next" | "max" | "min", Kind::Coll(coll)) => coll.element.kind.clone(),
            (_, Kind::Coll(_) | Kind::Tuple(_)) => first.kind.clone(),
            _ => Kind::Unknown,
        };
        Value::tainted(kind, taint)
    }

    /// `range(n)` counts; `range(0, n, size)` walks in slices.
    pub(super) fn python_range(&mut self, args: &'a [Arg]) -> Value<'a> {
        let mut taint = Taint::default();
        for arg in args {
            taint.add(&self.eval(&arg.value).taint);
        }
        let last = args.get(usize::from(args.len() > 1));
        let bound = match last.map(|arg| &arg.value.kind) {
            Some(ExprKind::Number(n)) => n.parse().map_or(Bound::Unbounded, Bound::Literal),
            Some(ExprKind::Name(name)) if super::stmt::is_constant_name(name) => Bound::Constant,
            _ => Bound::Unbounded,
        };
        let coll = Coll {
            counter: true,
            chunks: args.len() > 2,
            ..Coll::of(Value::new(Kind::Scalar), bound, Origin::Other)
        };
        Value::tainted(Kind::Coll(coll), taint)
    }
}
