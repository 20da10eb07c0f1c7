//! Objects that are made with `new`, and queries that are walked as they stand.

use super::Walker;
use super::orm_call::Written;
use crate::facts::ir::{Arg, Expr, ExprKind, Lambda, Span, TypeRef};
use crate::nplus1::orm::schema::Shape;
use crate::nplus1::site::{Action, Form};
use crate::nplus1::value::{Bound, Coll, Kind, Origin, Query, Value};

impl<'a> Walker<'a> {
    pub(super) fn construct(
        &mut self,
        expr: &'a Expr,
        class: &TypeRef,
        args: &'a [Arg],
        initializer: &'a [Expr],
    ) -> Value<'a> {
        let typed = self.typed(class);
        if let Kind::Object(object) = &typed.kind {
            let mut made = self.instance(object.class, expr.span, args, None);
            made.taint.add(&self.taints(initializer));
            return made;
        }
        let mut taint = self.plain_args(class.short(), args, None);
        if self.unit.table.loaders.has(class.short())
            && let Some(ExprKind::Lambda(batch)) = args.first().map(|arg| &arg.value.kind)
        {
            return Value::tainted(Kind::Loader(batch, self.calls.len()), taint);
        }
        taint.add(&self.taints(initializer));
        // `new SqlCommand("… IN (…)")`
        let lists = |arg: &Arg| {
            matches!(arg.value.kind, ExprKind::Str(_) | ExprKind::Template(_))
                && crate::nplus1::batch::is_sql_list(self.text(arg.value.span))
        };
        if args.iter().any(lists) {
            taint = taint.into_batched();
        }
        Value {
            kind: typed.kind,
            taint,
        }
    }

    /// `await loader.load(id)` in the body of a loop: the next turn starts when this one is answered, so
    /// the loader is never asked for more than one key at a time.
    pub(super) fn load_alone(&mut self, batch: (&'a Lambda, usize), call: Written<'a>) -> Value<'a> {
        let awaited = std::mem::take(&mut self.awaited);
        let taint = self.plain_args(call.name, call.args, call.block);
        let in_turn = self.open.last().is_some_and(|id| {
            let form = self.iterations[*id].form;
            matches!(form, Form::ForEach | Form::Counted | Form::While)
                && self.iterations[*id].depth == batch.1
        });
        // In a helper that is handed the loader, each call on the way has to be waited for as well.
        let is_here = (self.calls.get(batch.1..)).is_some_and(|on_the_way| {
            (on_the_way.iter()).all(|it| self.waits.contains(&(it.from.file, it.span)))
        });
        let span = self.calls.get(batch.1).map_or(call.span, |first| first.span);
        if call.name == "load" && awaited && in_turn && is_here && taint.batched.is_empty() {
            let key = Value::tainted(Kind::Unknown, taint.clone());
            let keys = Coll::of(key, Bound::Limited(1), Origin::Other);
            let (sites, depth) = (self.sites.len(), batch.1);
            self.run_closure(batch.0, batch.1, &[Value::new(Kind::Coll(keys))]);
            for site in self.sites.iter_mut().skip(sites) {
                site.taint = taint.clone();
                match site.calls.get_mut(depth) {
                    Some(first) => first.span = span,
                    None => site.span = span,
                }
            }
        }
        Value::tainted(Kind::Unknown, taint.of_result())
    }

    pub(super) fn run_rows(&mut self, value: Value<'a>, span: Span) -> Value<'a> {
        if let Kind::Source(source) = &value.kind {
            let handle = source.clone();
            let query = Query::new(handle.clone(), Vec::new());
            self.run_query(&query, &value.taint, span, "", Action::Read);
            return self.result(&handle, Shape::Rows, span, &value.taint, None);
        }
        self.consume(value, span)
    }
}
