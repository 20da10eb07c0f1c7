//! Calls: first what the ORMs say, then what the language says, else the arguments are
//! evaluated and the result hangs on all of them.

use super::Walker;
use super::orm_args::Args;
use super::orm_call::Written;
use crate::facts::ir::{Arg, Expr, ExprKind, Lambda, TypeRef};
use crate::nplus1::orm::pattern::Head;
use crate::nplus1::orm::schema::Role;
use crate::nplus1::value::{Evidence, Kind, Value};

impl<'a> Walker<'a> {
    pub(super) fn call(&mut self, expr: &'a Expr) -> Value<'a> {
        let ExprKind::Call {
            callee,
            args,
            block,
            type_args,
        } = &expr.kind
        else {
            return Value::unknown();
        };
        if self.showing.is_some() && self.of_showing(expr, callee, args) {
            return Value::unknown();
        }
        self.load_afterwards(expr);
        let sites = self.sites.len();
        let answer = self.called(expr, callee, args, block.as_deref(), type_args);
        if self.sites.len() == sites {
            self.wrapped(args, expr.span, &answer);
        }
        answer
    }

    fn called(
        &mut self,
        expr: &'a Expr,
        callee: &'a Expr,
        args: &'a [Arg],
        block: Option<&'a Lambda>,
        type_args: &'a [TypeRef],
    ) -> Value<'a> {
        match &callee.kind {
            ExprKind::Member { object, name, .. } => {
                self.method_call(expr, object, name, args, block, type_args)
            }
            ExprKind::Name(name) => self.function_call(expr, callee, name, args, block),
            ExprKind::Super if args.is_empty() => self.overridden(expr.span).unwrap_or_else(Value::unknown),
            // `(() => …)()` runs on the spot.
            ExprKind::Lambda(lambda) => {
                let values: Vec<_> = args.iter().map(|arg| self.eval(&arg.value)).collect();
                self.run_lambda(lambda, &values)
            }
            _ => {
                self.awaited = false;
                let callee = self.eval(callee);
                let taint = self.plain_args("", args, block);
                Value::tainted(Kind::Unknown, callee.taint.with(&taint))
            }
        }
    }

    pub(super) fn method_call(
        &mut self,
        expr: &'a Expr,
        object: &'a Expr,
        name: &'a str,
        args: &'a [Arg],
        block: Option<&'a Lambda>,
        type_args: &'a [TypeRef],
    ) -> Value<'a> {
        let awaited = std::mem::take(&mut self.awaited);
        let call = Written {
            span: expr.span,
            object,
            name,
            args,
            block,
            type_args,
        };
        if let ExprKind::Name(owner) = &object.kind
            && self.env.get(owner).is_none()
            && let Some(value) = self.qualified_call(owner, call)
        {
            return value;
        }
        if let Some(rows) = self.rows_of_base(object, name) {
            return rows;
        }
        if let Some(value) = self.built_document(object, name, expr.span, args, block) {
            return value;
        }
        // What it is called on runs some other time: only its arguments are made here.
        if self.unit.table.later.has(name)
            && let ExprKind::Call { args: inner, .. } = &object.kind
        {
            let taint = self.plain_args("", inner, None);
            let taint = taint.with(&self.plain_args(name, args, block));
            return Value::tainted(Kind::Unknown, taint);
        }
        let value = self.eval(object);
        self.awaited = awaited;
        self.call_on(value, call)
    }

    pub(super) fn call_on(&mut self, value: Value<'a>, call: Written<'a>) -> Value<'a> {
        if let Kind::Pending(..) = value.kind {
            return self.promise_call(value, call);
        }
        if let Kind::Loader(batch, depth) = value.kind {
            return self.load_alone((batch, depth), call);
        }
        if let Kind::Unknown = value.kind
            && let Some(found) = self.weak_client(call.object, call.name)
        {
            return found;
        }
        if let Some(source) = self.repository_of(&value, call) {
            return source;
        }
        let of_repository = match value.kind {
            Kind::This | Kind::Object(_) => true,
            Kind::Unknown => {
                matches!(&call.object.kind, ExprKind::Name(name) if self.unit.imports.contains_key(name.as_str()))
            }
            _ => false,
        };
        if of_repository && let Some(result) = self.repository_method(&value, call) {
            return result;
        }
        // A method of a model that its own class does not declare.
        let value = match (&value.kind, &self.receiver) {
            (Kind::This, Some(receiver)) => receiver.clone(),
            _ => value,
        };
        if let Kind::Fields(fields) = &value.kind
            && let Some(Value {
                kind: Kind::Lambda(lambda, depth),
                ..
            }) = fields.part(call.name, &value.taint)
        {
            let values: Vec<_> = call.args.iter().map(|arg| self.eval(&arg.value)).collect();
            return self.run_closure(lambda, depth, &values);
        }
        if let Some(result) = self.orm_call(&value, call) {
            return result;
        }
        if let Some(result) = self.sql_call(&value, call) {
            return result;
        }
        if let Some(result) = self.callback_call(&value, call) {
            return result;
        }
        if let Some(result) = self.extension_call(&value, call) {
            return result;
        }
        if let Some(result) = self.namesake_call(&value, call) {
            return result;
        }
        if let Kind::Object(object) = &value.kind
            && call.args.is_empty()
            && let Some(field) = self.field_of(&object.clone(), &value.taint, call.name)
        {
            return field;
        }
        self.plain_method(value, call)
    }

    /// `.then(rows => …)` runs the query; `.posts()` on a promise of one row goes on building it.
    fn promise_call(&mut self, value: Value<'a>, call: Written<'a>) -> Value<'a> {
        if !matches!(call.name, "then" | "catch" | "finally") {
            self.plain_args(call.name, call.args, call.block);
            return value;
        }
        self.commit(&value);
        let settled = value.settled();
        let mut result = settled.clone();
        for arg in call.args {
            if let ExprKind::Lambda(lambda) = &arg.value.kind {
                result = self.run_lambda(lambda, std::slice::from_ref(&settled));
                self.commit(&result);
                result = result.settled();
            } else {
                self.eval(&arg.value);
            }
        }
        result
    }

    /// `Promise.all(…)`, `asyncio.gather(…)`, `_.map(xs, f)`, `Lists.partition(xs, 100)`.
    fn qualified_call(&mut self, owner: &'a str, call: Written<'a>) -> Option<Value<'a>> {
        if self.unit.imports.contains_key(owner)
            && !super::resolve::is_class_name(owner)
            && let Some(found) = self.started(call.name, call.args)
        {
            return Some(found);
        }
        let full = format!("{owner}.{}", call.name);
        self.language_call(&full, call.name, call.span, call.args, owner)
    }

    fn function_call(
        &mut self,
        expr: &'a Expr,
        callee: &'a Expr,
        name: &'a str,
        args: &'a [Arg],
        block: Option<&'a Lambda>,
    ) -> Value<'a> {
        let awaited = std::mem::take(&mut self.awaited);
        if self.is_template() {
            return self.template_call(name, expr.span, args);
        }
        // `list(query)` runs it, so this comes before what leaves a collection as it is.
        if self.unit.table.lazy_queries && self.unit.table.consumers.has(name) {
            return self.consumer_call(expr, name, args);
        }
        if let Some(value) = self.language_call(name, name, expr.span, args, "") {
            return value;
        }
        if name == "range" && self.unit.table.lazy_queries {
            return self.python_range(args);
        }
        if let Some(value) = self.env.get(name).cloned()
            && let Kind::Lambda(lambda, depth) = value.kind
            && depth <= self.calls.len()
        {
            let values: Vec<_> = args.iter().map(|arg| self.eval(&arg.value)).collect();
            self.plain_args(name, &[], block);
            return self.run_closure(lambda, depth, &values);
        }
        if let ("text" | "sql" | "raw", [only]) = (name, args) {
            return self.eval(&only.value);
        }
        let Some(first) = self.unit.orms.first().map(|active| active.orm) else {
            let taint = self.plain_args(name, args, block);
            return Value::tainted(Kind::Unknown, taint);
        };
        if let Some(found) = self.started(name, args) {
            return found;
        }
        if self.unit.table.lazy_queries {
            // `Handler(user)`, `handler(user)` where the caller said which class that is.
            match self.env.get(name).map(|value| &value.kind) {
                Some(Kind::Class(class)) if class != name => {
                    let class = class.clone();
                    return self.construct_given(&class, expr.span, args);
                }
                _ if super::resolve::is_class_name(name) => {
                    return self.python_construct(name, expr.span, args);
                }
                _ => {}
            }
        }
        if name == "new"
            && self.unit.table.bare_calls
            && let Some(class) = self.class_at_hand()
        {
            return self.instance(class, expr.span, args, block);
        }
        if let Some(value) = self.render(name, expr.span, args) {
            return value;
        }
        let own = Written {
            span: expr.span,
            object: callee,
            name,
            args,
            block,
            type_args: &[],
        };
        if let Some(value) = self.own_source_call(own) {
            return value;
        }
        if let Some(value) = self.repository_function(name, expr.span, args, block) {
            return value;
        }
        if let Some(value) = self.passed(name, args) {
            return value;
        }
        if let Some(value) = self.own_call(expr, callee, name, args, block) {
            return value;
        }
        if self.unit.table.bare_calls
            && let Some(value) = self.own_member(expr, callee, name, args, block)
        {
            return value;
        }
        let has_lambda = block.is_some()
            || args
                .iter()
                .any(|arg| matches!(arg.value.kind, ExprKind::Lambda(_)));
        if has_lambda {
            self.awaited = awaited;
            return self.handed_functions(&Value::unknown(), name, args, block).1;
        }
        let made = self.orm_args(first, name, args, None);
        if self.unit.table.bare_calls && args.is_empty() {
            return self.name(name);
        }
        let kind = self.declared_answer(name).unwrap_or(Kind::Unknown);
        Value::tainted(kind, made.taint)
    }

    /// `where(…)` in a class method of a model: the receiver is the class.
    fn own_call(
        &mut self,
        expr: &'a Expr,
        callee: &'a Expr,
        name: &'a str,
        args: &'a [Arg],
        block: Option<&'a Lambda>,
    ) -> Option<Value<'a>> {
        let class = self.own_class()?;
        let known = self.unit.orms.iter().any(|active| {
            self.model(active.orm, class).is_some_and(|evidence| {
                let handle = super::resolve::handle(active.orm, Some(class.to_owned()), evidence);
                active.orm.method(Role::Source, name).is_some() || self.has_scope(&handle, name)
            })
        });
        let call = Written {
            span: expr.span,
            object: callee,
            name,
            args,
            block,
            type_args: &[],
        };
        known.then(|| {
            let on = self.rows_at_hand();
            self.call_on(
                on.unwrap_or_else(|| Value::new(Kind::Class(class.to_owned()))),
                call,
            )
        })
    }

    fn started(&mut self, name: &str, args: &'a [Arg]) -> Option<Value<'a>> {
        for at in 0..self.unit.orms.len() {
            let orm = self.unit.orms[at].orm;
            if Self::is_start(orm, name) {
                let args: Args<'a> = self.orm_args(orm, name, args, None);
                if let Some(found) = self.function_chain(orm, name, &args) {
                    return Some(found);
                }
            }
            if orm
                .client_new
                .iter()
                .any(|chain| matches!(&chain.head, Head::Function(glob) if glob.matches(name)))
            {
                self.orm_args(orm, name, args, None);
                return Some(Value::new(Kind::Client(super::resolve::handle(
                    orm,
                    None,
                    Evidence::Resolved,
                ))));
            }
        }
        None
    }
}
