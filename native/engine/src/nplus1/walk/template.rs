//! Code of templates that have a language of their own: what a name, a look-up with dots, a filter and
//! an include come to. A look-up reads an attribute, calls a method without arguments, or takes a key.

use std::rc::Rc;

use super::Walker;
use super::enter::Target;
use super::given::Given;
use super::orm_call::Written;
use crate::facts::ir::{Arg, Expr, ExprKind, FunctionKind, Language, Span};
use crate::nplus1::env::Env;
use crate::nplus1::site::Reached;
use crate::nplus1::taint::Taint;
use crate::nplus1::value::{Bound, Coll, Fields, Kind, Origin, Value};
use crate::program::{CodeId, FunctionRef};
use crate::sources::FileId;

/// Calls that show another template in the place of the tag.
const SHOWS: &[&str] = &["include", "extends"];

impl<'a> Walker<'a> {
    pub(super) fn is_template(&self) -> bool {
        self.unit.file.facts.language == Language::Template
    }

    /// The module and all in it; a template once for each way in which it is shown.
    pub(super) fn roots(&mut self) {
        if !self.is_template() {
            let scope = self.view_scope();
            return self.function_tree(0, Rc::new(scope));
        }
        for context in self.contexts() {
            self.handed = context.places;
            self.function_tree(0, Rc::new(context.env));
        }
    }

    /// What is not handed to a template is not known in it.
    pub(super) fn handed_name(&self, name: &str) -> Value<'a> {
        self.env.get(name).cloned().unwrap_or_else(Value::unknown)
    }

    pub(super) fn looked_up(&mut self, expr: &'a Expr, object: &'a Expr, name: &'a str) -> Value<'a> {
        let value = self.eval(object);
        let call = Written {
            span: expr.span,
            object,
            name,
            args: &[],
            block: None,
            type_args: &[],
        };
        match &value.kind {
            Kind::Query(_) | Kind::Source(_) => self.call_on(value, call),
            Kind::Row(row) => {
                let row = row.clone();
                let is_relation = (self.declared_model(&row))
                    .is_some_and(|model| self.world.registry.relation(model, name).is_some());
                let read = self.attribute(&value, object, name, expr.span);
                match read.kind {
                    Kind::Unknown if !is_relation => self.method_without_args(value, call).unwrap_or(read),
                    _ => read,
                }
            }
            Kind::Object(_) => {
                let read = self.attribute(&value, object, name, expr.span);
                match read.kind {
                    Kind::Unknown => self.method_without_args(value, call).unwrap_or(read),
                    _ => read,
                }
            }
            Kind::Fields(fields) => fields
                .part(name, &value.taint)
                .unwrap_or_else(|| Value::tainted(Kind::Unknown, value.taint.clone())),
            Kind::Coll(_) if name == "values" || name == "items" => value,
            Kind::Class(_) | Kind::Client(_) | Kind::Lambda(..) => Value::unknown(),
            _ => self.attribute(&value, object, name, expr.span),
        }
    }

    fn method_without_args(&mut self, value: Value<'a>, call: Written<'a>) -> Option<Value<'a>> {
        let (class, _) = self.class_of(&value)?;
        let function = self.world.view.method_for(class, call.name, 0)?;
        let kind = self.world.view.function(function)?.kind;
        // A getter was read already.
        (kind != FunctionKind::Getter).then(|| self.repository_method(&value, call))?
    }

    /// Rows that a template was handed come from where that was done.
    pub(super) fn as_handed(&self, written: &Expr, mut rows: Value<'a>) -> Value<'a> {
        let mut root = written;
        while let ExprKind::Member { object, .. } | ExprKind::Index { object, .. } = &root.kind {
            root = object;
        }
        if self.is_template()
            && let ExprKind::Name(name) = &root.kind
            && let Some((file, span)) = self.handed.get(name)
            && let Kind::Coll(coll) = &mut rows.kind
            && let Origin::Query {
                file: at, span: of, ..
            } = &mut coll.origin
            && *at == self.unit.id
        {
            (*at, *of) = (*file, *span);
        }
        rows
    }

    /// A row that is put out is made a text by its class.
    pub(super) fn put_out(&mut self, expr: &'a Expr, value: Value<'a>) {
        if let Kind::Row(_) = &value.kind {
            let call = Written {
                span: expr.span,
                object: expr,
                name: "__str__",
                args: &[],
                block: None,
                type_args: &[],
            };
            self.method_without_args(value, call);
        }
    }

    /// Filters, macros of the template, and tags that show another template.
    pub(super) fn template_call(&mut self, name: &'a str, span: Span, args: &'a [Arg]) -> Value<'a> {
        if SHOWS.contains(&name) {
            self.shown_template(span, args);
            return Value::unknown();
        }
        let table = self.unit.table;
        if name == "regroup" {
            return self.regrouped(span, args);
        }
        if table.caches.has(name) {
            let taint = self.plain_args(name, args, None);
            return Value::tainted(Kind::Unknown, taint);
        }
        if let Some(function) = self.macro_named(name) {
            return self.enter_macro(function, span, args);
        }
        let mut values = args.iter().map(|arg| self.eval(&arg.value)).collect::<Vec<_>>();
        let taint = values
            .iter()
            .fold(Taint::default(), |taint, value| taint.with(&value.taint));
        if values.is_empty() {
            return Value::unknown();
        }
        let first = values.swap_remove(0);
        if table.same.has(name) {
            return first;
        }
        if table.picks.has(name) || table.consumers.has(name) {
            let rows = self.run_rows(first, span);
            return match &rows.kind {
                Kind::Coll(coll) if table.picks.has(name) => {
                    Value::tainted(coll.element.kind.clone(), rows.taint.with(&coll.element.taint))
                }
                _ => rows,
            };
        }
        Value::tainted(Kind::Unknown, taint)
    }

    /// Groups of rows, each with its rows under `list`.
    fn regrouped(&mut self, span: Span, args: &'a [Arg]) -> Value<'a> {
        let Some(rows) = args.first() else {
            return Value::unknown();
        };
        let rows = self.eval(&rows.value);
        let rows = self.run_rows(rows, span);
        let taint = rows.taint.clone();
        let (bound, origin) = match &rows.kind {
            Kind::Coll(coll) => (coll.bound, coll.origin.clone()),
            _ => (Bound::Unbounded, Origin::Other),
        };
        let group = Value::new(Fields::kind(vec![("list".to_owned(), rows)], &taint));
        Value::tainted(Kind::Coll(Coll::of(group, bound, origin)), taint)
    }

    fn macro_named(&self, name: &str) -> Option<FunctionRef> {
        let functions = &self.unit.file.facts.functions;
        let id = functions.iter().skip(1).position(|it| it.name == name)? + 1;
        Some(FunctionRef {
            file: self.unit.id,
            code: CodeId::Function(id),
        })
    }

    fn enter_macro(&mut self, function: FunctionRef, span: Span, args: &'a [Arg]) -> Value<'a> {
        let target = Target {
            function,
            reached: Reached::Direct,
        };
        if !self.may_enter(target) {
            return Value::unknown();
        }
        let given: Given<'a> = self.handed(None, args, None);
        self.enter(target, span, given).unwrap_or_else(Value::unknown)
    }

    /// Walks the template that a tag shows, with all names that are known here.
    fn shown_template(&mut self, span: Span, args: &'a [Arg]) {
        let mut given = Env::default();
        let mut wanted = None;
        for arg in args {
            let value = self.eval(&arg.value);
            match (&arg.name, &arg.value.kind) {
                (Some(name), _) => given.set(name, value),
                (None, ExprKind::Str(path)) if wanted.is_none() => wanted = Some(path.as_str()),
                _ => {}
            }
        }
        let Some(wanted) = wanted else { return };
        if self.showing.is_some() {
            self.shows_wanted(wanted, given);
            return;
        }
        let Some(file) = self.template_file(wanted) else {
            return;
        };
        let target = Target {
            function: FunctionRef {
                file,
                code: CodeId::Function(0),
            },
            reached: Reached::Direct,
        };
        if self.may_enter(target) {
            self.charge(self.env.len() / 8);
            let mut env = Env::inside(Rc::new(self.env.clone()));
            env.join(given);
            self.enter_shown(target, span, env);
        }
    }

    /// Of several templates of one name, the one that lies nearest.
    fn template_file(&self, name: &str) -> Option<FileId> {
        let view = self.world.view;
        let own = self.unit.file.path;
        let shared = |file: &FileId| {
            let path = view.program().path(*file);
            path.bytes().zip(own.bytes()).take_while(|(a, b)| a == b).count()
        };
        let files = view.templates(name).iter().copied();
        files.filter(|file| *file != self.unit.id).max_by_key(shared)
    }
}
