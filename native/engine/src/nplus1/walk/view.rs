//! Templates: what the controller leaves in its instance variables for them, and the templates they
//! show in turn, with the values they hand on.

use std::rc::Rc;

use super::Walker;
use super::enter::Target;
use super::given::Given;
use super::view_call::{Shown, shown};
use crate::facts::ir::{Arg, Class, Expr, ExprKind, Lambda, Span};
use crate::nplus1::env::Env;
use crate::nplus1::site::{Form, Reached};
use crate::nplus1::value::{Kind, Object, Value};
use crate::nplus1::views::{self, Place, Views};
use crate::program::{ClassRef, CodeId, FunctionRef};

impl<'a> Walker<'a> {
    pub(super) fn views(&self) -> Option<(&'static Views, Place<'a>)> {
        let views = views::of(self.unit.file.facts.language)?;
        let place = views.place(self.unit.file.path)?;
        Some((views, place))
    }

    /// What the code of a template sees when nothing else leads to it: the instance variables of the
    /// controller's action of its name.
    pub(super) fn view_scope(&mut self) -> Env<'a> {
        let mut scope = Env::default();
        let Some((views, place)) = self.views() else {
            return scope;
        };
        for (name, value) in self.left_by_action(views, place).unwrap_or_default() {
            scope.set(&format!("this.{name}"), value);
        }
        scope
    }

    fn left_by_action(&mut self, views: &Views, place: Place<'_>) -> Option<Vec<(String, Value<'a>)>> {
        let file = self.world.view.at(&views.controller(place))?;
        let unit = self.unit_of(file)?;
        let stem = views::snake(place.folder.rsplit('/').next()?).replace('_', "");
        let class = unit.file.facts.classes.iter().position(|class| {
            class.name.to_lowercase() == format!("{stem}controller") && !class.bases.is_empty()
        })?;
        let class = ClassRef { file, class };
        let mut methods = Vec::new();
        let above = self.world.view.base_classes(class);
        for owner in above.iter().rev().chain([&class]) {
            self.callbacks(views, *owner, place.name, &mut methods);
        }
        methods.push(place.name.to_owned());
        let this = Value::new(Kind::Object(Object {
            class,
            fields: Rc::default(),
        }));
        let sites = self.sites.len();
        let caller = self.swap_to(&unit, class, this.clone());
        for name in methods {
            let Some(function) = self.world.view.method_for(class, &name, 0) else {
                continue;
            };
            let target = Target {
                function,
                reached: Reached::Direct,
            };
            let given = Given {
                this: Some(this.clone()),
                args: Vec::new(),
                block: None,
                own: true,
                whole: false,
            };
            self.enter(target, Span::default(), given);
        }
        let fields = self.env.fields();
        self.swap_back(caller);
        // They are told of where the controller's own file is walked.
        self.sites.truncate(sites);
        Some(fields)
    }

    /// Methods that run before an action.
    fn callbacks(&mut self, views: &Views, owner: ClassRef, action: &str, out: &mut Vec<String>) {
        let Some(unit) = self.unit_of(owner.file) else {
            return;
        };
        let class: Option<&Class> = unit.file.facts.classes.get(owner.class);
        for value in class.map_or(&[][..], |class| &class.macros) {
            let ExprKind::Call { callee, args, .. } = &value.kind else {
                continue;
            };
            if !matches!(&callee.kind, ExprKind::Name(name) if views.callbacks.contains(name)) {
                continue;
            }
            let lists = |words: &[String]| {
                let option = args
                    .iter()
                    .find(|arg| arg.name.as_ref().is_some_and(|name| words.contains(name)));
                option.map(|option| names(&option.value).contains(&action.to_owned()))
            };
            if lists(&views.only) == Some(false) || lists(&views.except) == Some(true) {
                continue;
            }
            let plain = args.iter().filter(|arg| arg.name.is_none());
            out.extend(plain.flat_map(|arg| names(&arg.value)));
        }
    }

    /// `render …` in a template or a helper of one.
    pub(super) fn render(&mut self, name: &str, span: Span, args: &'a [Arg]) -> Option<Value<'a>> {
        let (views, place) = self.views()?;
        if !views.render.iter().any(|word| word == name) {
            return None;
        }
        let shown = shown(views, args);
        let first = shown.partial?;
        if let ExprKind::Str(path) = &first.kind {
            let candidates = views.partials(place, path);
            let local = path.rsplit('/').next().unwrap_or(path).trim_start_matches('_');
            let local = shown.named.unwrap_or(local).to_owned();
            let rows = shown.collection.map(|rows| (rows, self.eval(rows)));
            self.show(&candidates, &local, rows, &shown, span);
            return Some(Value::unknown());
        }
        // `render @posts`, `render post`
        let rows = self.eval(first);
        let model = model_of(&rows)?;
        let candidates = views.of_rows(place, &model);
        let path = views::snake(&model);
        let local = path.rsplit('/').next().unwrap_or(&path);
        let local = shown.named.unwrap_or(local).to_owned();
        if let Kind::Row(_) = rows.kind {
            let mut locals = self.locals(&shown);
            locals.push((local, rows));
            self.enter_view(&candidates, span, locals, shown.open);
        } else {
            self.show(&candidates, &local, Some((first, rows)), &shown, span);
        }
        Some(Value::unknown())
    }

    /// Walks a partial once, or once per element of a collection.
    fn show(
        &mut self,
        candidates: &[String],
        local: &str,
        rows: Option<(&'a Expr, Value<'a>)>,
        shown: &Shown<'a>,
        span: Span,
    ) {
        let mut locals = self.locals(shown);
        let Some((written, rows)) = rows else {
            if let Some(object) = shown.object {
                let value = self.eval(object);
                locals.push((local.to_owned(), value));
            }
            self.enter_view(candidates, span, locals, shown.open);
            return;
        };
        let rows = self.run_rows(rows, written.span);
        let id = self.open_iteration(Form::Callback, span, &[], &rows, Some(written), Some(local));
        let element = self.element(&rows, id);
        locals.push((local.to_owned(), element));
        self.enter_view(candidates, span, locals, shown.open);
        self.close_iteration();
    }

    fn locals(&mut self, shown: &Shown<'a>) -> Vec<(String, Value<'a>)> {
        let mut values = Vec::new();
        for (name, value) in &shown.locals {
            let handed = match value.kind {
                ExprKind::Bool(false) => Value::new(Kind::Null),
                _ => self.eval(value),
            };
            values.push((name.clone(), handed));
        }
        values
    }

    fn enter_view(
        &mut self,
        candidates: &[String],
        span: Span,
        mut locals: Vec<(String, Value<'a>)>,
        open: bool,
    ) {
        let found = candidates.iter().find_map(|path| self.world.view.at(path));
        let Some(file) = found else {
            return;
        };
        let target = Target {
            function: FunctionRef {
                file,
                code: CodeId::Function(0),
            },
            reached: Reached::Direct,
        };
        if let Some((views, _)) = self.views().filter(|_| !open) {
            let handed = Value::new(Kind::Named(Rc::new(locals.clone())));
            locals.push((views.handed.clone(), handed));
        }
        if self.may_enter(target) {
            self.enter_template(target, span, locals);
        }
    }

    /// `json.array!(posts) { |post| … }`, `json.comments post.comments do |comment|`,
    /// `json.extract! post, :id, :author`.
    pub(super) fn built_document(
        &mut self,
        object: &'a Expr,
        name: &'a str,
        span: Span,
        args: &'a [Arg],
        block: Option<&'a Lambda>,
    ) -> Option<Value<'a>> {
        let (views, _) = self.views()?;
        let builder = match &object.kind {
            ExprKind::Name(name) => name,
            ExprKind::Call { callee, args, .. } if args.is_empty() => match &callee.kind {
                ExprKind::Name(name) => name,
                _ => return None,
            },
            _ => return None,
        };
        if !views.builders.contains(builder) {
            return None;
        }
        if views.render.iter().any(|word| word == name) {
            return self.render(name, span, args).or_else(|| Some(Value::unknown()));
        }
        let each = views.each.iter().any(|word| word == name);
        let first = args.first().filter(|arg| arg.name.is_none())?;
        let partial = |arg: &Arg| arg.name.as_ref().is_some_and(|name| views.partial.contains(name));
        if let Some(block) = block {
            let rows = self.eval(&first.value);
            if !each && block.params.is_empty() && !rows.is_of_orm() {
                self.run_lambda(block, &[]);
                return Some(Value::unknown());
            }
            let rows = self.run_rows(rows, first.value.span);
            let element = block
                .params
                .first()
                .and_then(|param| super::stmt::first_name(&param.pattern));
            let header = Span {
                start: span.start,
                end: block.span.start.max(span.start + 1),
            };
            let id = self.open_iteration(
                Form::Callback,
                header,
                &block.body,
                &rows,
                Some(&first.value),
                element,
            );
            let element = self.element(&rows, id);
            self.run_lambda(block, &[element]);
            self.close_iteration();
            return Some(Value::unknown());
        }
        if args.iter().any(partial) {
            let (_, place) = self.views()?;
            let shown = Shown {
                collection: Some(&first.value),
                ..shown(views, args.get(1..).unwrap_or_default())
            };
            let ExprKind::Str(path) = &shown.partial?.kind else {
                return None;
            };
            let candidates = views.partials(place, path);
            let local = path.rsplit('/').next().unwrap_or(path);
            let local = shown.named.unwrap_or(local).to_owned();
            let rows = self.eval(&first.value);
            self.show(&candidates, &local, Some((&first.value, rows)), &shown, span);
            return Some(Value::unknown());
        }
        self.attributes_read(&first.value, args, each, span);
        Some(Value::unknown())
    }

    /// The attributes of a row, or of each row, that symbols name.
    fn attributes_read(&mut self, object: &'a Expr, args: &'a [Arg], each: bool, span: Span) {
        let value = self.eval(object);
        let symbols: Vec<_> = args.iter().skip(1).map(|arg| &arg.value).collect();
        let rows = (each || !symbols.is_empty()) && !matches!(value.kind, Kind::Row(_) | Kind::Unknown);
        let (element, opened) = if rows {
            let rows = self.run_rows(value, object.span);
            let id = self.open_iteration(Form::Callback, span, &[], &rows, Some(object), None);
            (self.element(&rows, id), true)
        } else {
            (value, false)
        };
        for symbol in symbols {
            if let ExprKind::Symbol(name) = &symbol.kind {
                let call = super::orm_call::Written {
                    span: symbol.span,
                    object,
                    name,
                    args: &[],
                    block: None,
                    type_args: &[],
                };
                self.call_on(element.clone(), call);
            }
        }
        if opened {
            self.close_iteration();
        }
    }

    /// `policy_scope(posts)`, `pagy(posts)`: the query goes through.
    pub(super) fn passed(&mut self, name: &str, args: &'a [Arg]) -> Option<Value<'a>> {
        let views = views::of(self.unit.file.facts.language)?;
        let alone = views.passes.iter().any(|word| word == name);
        if !alone && !views.passes_second.iter().any(|word| word == name) {
            return None;
        }
        let given = args.first().filter(|arg| arg.name.is_none())?;
        let value = self.eval(&given.value);
        let kept = match value.kind {
            Kind::Class(ref class) => self.all_rows(class.clone())?,
            Kind::Query(_) | Kind::Coll(_) => value,
            _ => return None,
        };
        Some(if alone {
            kept
        } else {
            Value::new(Kind::tuple(vec![Value::unknown(), kept]))
        })
    }

    /// `Post` where rows are wanted.
    pub(super) fn all_rows(&self, class: String) -> Option<Value<'a>> {
        self.unit.orms.iter().find_map(|active| {
            let evidence = self.model(active.orm, &class)?;
            let handle = super::resolve::handle(active.orm, Some(class.clone()), evidence);
            let query = crate::nplus1::value::Query::new(handle, Vec::new());
            Some(Value::new(Kind::Query(query.into())))
        })
    }
}

/// Names in `:a`, `[:a, :b]`, `%i[a b]`.
fn names(value: &Expr) -> Vec<String> {
    match &value.kind {
        ExprKind::Symbol(name) | ExprKind::Str(name) => vec![name.clone()],
        ExprKind::List(parts) => parts.iter().flat_map(names).collect(),
        _ => Vec::new(),
    }
}

/// The model of a row, of what a query reads, or of a collection's rows.
pub(super) fn model_of(value: &Value<'_>) -> Option<String> {
    match &value.kind {
        Kind::Row(row) => row.model.clone(),
        Kind::Query(query) => query.handle.model.clone(),
        Kind::Source(source) => source.model.clone(),
        Kind::Coll(coll) => model_of(&coll.element),
        _ => None,
    }
}
