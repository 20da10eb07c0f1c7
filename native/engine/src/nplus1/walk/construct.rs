//! Objects that are made with `new`, and queries that are walked as they stand.

use super::Walker;
use crate::facts::ir::{Arg, Expr, ExprKind, Span, TypeRef};
use crate::nplus1::orm::schema::Shape;
use crate::nplus1::site::Action;
use crate::nplus1::value::{Kind, Query, Value};

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
