//! What a template is handed, found by those that show it: functions that name it in a call with a
//! context, classes that name it in a field, other templates that include it. Each of them is walked
//! for what it hands over, without a word about what it asks itself.

use std::collections::HashMap;
use std::rc::Rc;

use super::Walker;
use super::enter::Target;
use super::given::Given;
use crate::facts::ir::{Arg, Class, ClassId, Expr, ExprKind, Field, FunctionId, Language, Span};
use crate::facts::lower::template;
use crate::nplus1::contexts::{CONTEXTS, Shows};
use crate::nplus1::env::Env;
use crate::nplus1::orm::schema::Shape;
use crate::nplus1::site::Reached;
use crate::nplus1::value::{Fields, Kind, Object, Value};
use crate::program::{ClassRef, CodeId, FunctionRef};
use crate::sources::FileId;

/// Places that show one template and are looked into.
const CONTEXTS_MAX: usize = 6;
/// Files that name it and are looked into.
const FILES_MAX: usize = 12;
/// Templates that include one another on the way from a view.
const INCLUDES_MAX: usize = 3;

/// Where a value was handed over.
pub(super) type Places = HashMap<String, (FileId, Span)>;

/// What is known of a template's names when one place shows it.
#[derive(Default)]
pub(super) struct Context<'a> {
    pub env: Env<'a>,
    pub places: Places,
}

/// Under way: a template that is looked for in the code at hand.
pub(super) struct Showing<'a> {
    names: Vec<String>,
    found: Vec<Context<'a>>,
    /// Rows that a class shows if it says nothing else.
    rows: Option<Value<'a>>,
    /// Where the names of the template at hand came from.
    places: Places,
}

impl<'a> Walker<'a> {
    /// Every way in which this file, a template, is shown.
    pub(super) fn contexts(&mut self) -> Vec<Context<'a>> {
        let (sites, path) = (self.sites.len(), self.unit.file.path);
        let found = self.contexts_of(self.unit.id, path, INCLUDES_MAX);
        // They are told of where their own files are walked.
        self.sites.truncate(sites);
        self.inert.clear();
        found
    }

    fn contexts_of(&mut self, file: FileId, path: &str, includes: usize) -> Vec<Context<'a>> {
        let names: Vec<String> = template::names_of(path).map(str::to_owned).collect();
        let view = self.world.view;
        let mut files: Vec<FileId> = names
            .iter()
            .flat_map(|name| view.showing(name))
            .copied()
            .collect();
        files.sort_unstable();
        files.dedup();
        let mut found = Vec::new();
        for user in files.into_iter().filter(|user| *user != file).take(FILES_MAX) {
            if found.len() >= CONTEXTS_MAX {
                break;
            }
            let is_template = view
                .program()
                .outline(user)
                .is_some_and(|outline| outline.facts.language == Language::Template);
            found.extend(match is_template {
                true if includes == 0 => Vec::new(),
                true => self.handed_by_template(user, &names, includes - 1),
                false => self.handed_by_code(user, &names),
            });
        }
        if found.is_empty() {
            found = self.handed_by_convention(&names);
        }
        found.truncate(CONTEXTS_MAX);
        found
    }

    /// What another template knows where it includes this one.
    fn handed_by_template(&mut self, user: FileId, names: &[String], includes: usize) -> Vec<Context<'a>> {
        let path = self.world.view.program().path(user);
        let around = self.contexts_of(user, path, includes);
        let Some(unit) = self.unit_of(user) else {
            return Vec::new();
        };
        let Some(module) = unit.file.facts.functions.first() else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for context in around {
            let showing = Showing {
                names: names.to_vec(),
                found: Vec::new(),
                rows: None,
                places: context.places,
            };
            let outer = self.showing.replace(showing);
            let frame = super::enter::Frame::of(&unit, context.env);
            let caller = self.swap(frame);
            self.block(&module.body);
            self.swap(caller);
            found.extend(self.leave_showing(outer));
        }
        found
    }

    fn leave_showing(&mut self, outer: Option<Showing<'a>>) -> Vec<Context<'a>> {
        let showing = std::mem::replace(&mut self.showing, outer);
        showing.map(|showing| showing.found).unwrap_or_default()
    }

    /// What the functions and classes of a file hand over.
    fn handed_by_code(&mut self, user: FileId, names: &[String]) -> Vec<Context<'a>> {
        let Some(outline) = self.world.view.program().outline(user) else {
            return Vec::new();
        };
        self.world.view.opens(user);
        let is_named = |text: &str| names.iter().any(|name| name == text);
        let mut classes: Vec<ClassId> = Vec::new();
        for (id, class) in outline.facts.classes.iter().enumerate() {
            let named = |value: &Expr| matches!(&value.kind, ExprKind::Str(text) if is_named(text));
            if class
                .fields
                .iter()
                .any(|field| field.value.as_ref().is_some_and(named))
            {
                classes.push(id);
            }
        }
        let mut functions: Vec<FunctionId> = Vec::new();
        for (id, code) in outline.functions.iter().enumerate().skip(1) {
            if !outline.mentions_any(code, is_named) {
                continue;
            }
            match outline
                .facts
                .functions
                .get(id)
                .and_then(|it| Some((it.class?, &it.name)))
            {
                Some((class, name)) if CONTEXTS.chooses(name) => classes.push(class),
                _ => functions.push(id),
            }
        }
        let mut found = Vec::new();
        for class in classes {
            found.extend(self.handed_by_class(ClassRef { file: user, class }, names));
        }
        for function in functions {
            if found.len() >= CONTEXTS_MAX {
                break;
            }
            found.extend(self.handed_by_function(user, function, names));
        }
        found
    }

    fn handed_by_function(&mut self, file: FileId, id: FunctionId, names: &[String]) -> Vec<Context<'a>> {
        let Some(unit) = self.unit_of(file) else {
            return Vec::new();
        };
        let class = unit.file.facts.functions.get(id).and_then(|it| it.class);
        let this = class.map(|class| object(ClassRef { file, class }, Vec::new()));
        let function = FunctionRef {
            file,
            code: CodeId::Function(id),
        };
        let outer = self.showing.replace(Showing {
            names: names.to_vec(),
            found: Vec::new(),
            rows: None,
            places: Places::new(),
        });
        self.enter_to_see(function, this);
        self.leave_showing(outer)
    }

    fn enter_to_see(&mut self, function: FunctionRef, this: Option<Value<'a>>) -> Option<Value<'a>> {
        let target = Target {
            function,
            reached: Reached::Direct,
        };
        let given = Given {
            this,
            args: Vec::new(),
            block: None,
            own: false,
            whole: false,
        };
        let may = self.may_enter(target);
        may.then(|| self.enter(target, Span::default(), given))?
    }

    /// What a class of the framework hands to its template.
    fn handed_by_class(&mut self, class: ClassRef, names: &[String]) -> Vec<Context<'a>> {
        let Some(unit) = self.unit_of(class.file) else {
            return Vec::new();
        };
        let view = self.world.view;
        let above = view.base_classes(class);
        let line: Vec<ClassRef> = std::iter::once(class).chain(above.iter().copied()).collect();
        let bases = line
            .iter()
            .filter_map(|class| view.class(*class))
            .flat_map(|it| &it.bases);
        let shows = CONTEXTS.shows(bases.map(|base| base.short()));
        let outer = self.showing.replace(Showing {
            names: names.to_vec(),
            found: Vec::new(),
            rows: None,
            places: Places::new(),
        });
        let this = object(class, Vec::new());
        let caller = self.swap_to(&unit, class, this.clone());
        let mut context = Context::default();
        self.of_class(class, shows, this, &mut context);
        self.swap_back(caller);
        let mut found = self.leave_showing(outer);
        found.push(context);
        found
    }

    fn of_class(&mut self, class: ClassRef, shows: Shows, this: Value<'a>, context: &mut Context<'a>) {
        let text = |value: &Value<'a>| match &value.kind {
            Kind::Text(text) => Some(text.trim_matches(['"', '\'']).to_owned()),
            _ => None,
        };
        let all = self.rows_of_class(&this);
        if let Some(showing) = &mut self.showing {
            showing.rows.clone_from(&all);
        }
        let asked = self.method_answer(class, CONTEXTS.queries(), &this);
        let rows = asked
            .filter(|(value, _)| value.is_of_orm())
            .or_else(|| Some((all?, None)));
        let mut fields = Vec::new();
        if let Some((rows, at)) = rows {
            let model = model_of(&rows);
            let names = CONTEXTS.names(shows, model.as_deref());
            let (value, at) = match shows {
                Shows::Row => {
                    let own = self.method_answer(class, CONTEXTS.row_methods(), &this);
                    let own = own.filter(|(value, _)| matches!(value.kind, Kind::Row(_)));
                    own.unwrap_or_else(|| (self.one_of(&rows), at))
                }
                _ => (rows, at),
            };
            let own_name = CONTEXTS.name_fields().iter().find_map(|name| {
                let value = self.attribute_of(this.clone(), name, Span::default());
                text(&value)
            });
            for name in names.into_iter().chain(own_name) {
                if let Some(at) = at {
                    context.places.insert(name.clone(), at);
                }
                context.env.set(&name, value.clone());
                fields.push((name, value.clone()));
            }
        }
        let this = object(class, fields);
        let whole = self.method_answer(class, CONTEXTS.contexts(), &this);
        if let Some((
            Value {
                kind: Kind::Fields(parts),
                ..
            },
            at,
        )) = whole
        {
            for (name, value) in parts.parts() {
                context.env.set(name, value.clone());
                if let Some(at) = at {
                    context.places.insert(name.clone(), at);
                }
            }
        }
        for method in CONTEXTS.answers() {
            if let Some(function) = self.world.view.method_for(class, method, 0) {
                self.enter_to_see(function, Some(this.clone()));
            }
        }
    }

    /// What the first of these methods that the class has answers, and where it stands.
    fn method_answer(
        &mut self,
        class: ClassRef,
        methods: &[String],
        this: &Value<'a>,
    ) -> Option<(Value<'a>, Option<(FileId, Span)>)> {
        let view = self.world.view;
        let function = methods.iter().find_map(|name| view.method_for(class, name, 0))?;
        let declared = view.function(function)?;
        let at = (function.file, declared.span);
        let answer = self.enter_to_see(function, Some(this.clone()))?;
        Some((answer, Some(at)))
    }

    /// The rows that fields of a class say: a query, or all of a model.
    fn rows_of_class(&mut self, this: &Value<'a>) -> Option<Value<'a>> {
        let field =
            |walker: &mut Self, name: &String| walker.attribute_of(this.clone(), name, Span::default());
        for name in CONTEXTS.query_fields() {
            let value = field(self, name);
            if matches!(value.kind, Kind::Query(_) | Kind::Source(_) | Kind::Coll(_)) {
                return Some(value);
            }
        }
        CONTEXTS
            .model_fields()
            .iter()
            .find_map(|name| match field(self, name).kind {
                Kind::Class(class) => self.all_rows(class),
                _ => None,
            })
    }

    fn one_of(&self, rows: &Value<'a>) -> Value<'a> {
        match &rows.kind {
            Kind::Query(query) => self.result(&query.handle, Shape::Row, Span::default(), &rows.taint, None),
            Kind::Source(handle) => self.result(handle, Shape::Row, Span::default(), &rows.taint, None),
            Kind::Coll(coll) => (*coll.element).clone(),
            _ => rows.clone(),
        }
    }

    /// Classes that name no template show the one that is called after their model.
    fn handed_by_convention(&mut self, names: &[String]) -> Vec<Context<'a>> {
        let mut found = Vec::new();
        for name in names {
            let Some((folder, model, shows)) = CONTEXTS.conventional(name) else {
                continue;
            };
            let view = self.world.view;
            let bases = CONTEXTS.bases(shows).iter();
            let beside = bases.flat_map(|base| view.based_on(base)).copied();
            for class in beside.filter(|class| lies_in(view.program().path(class.file), folder)) {
                let is_meant = view.class(class).is_some_and(|it| shows_model(it, model));
                if is_meant && found.len() < CONTEXTS_MAX {
                    found.extend(self.handed_by_class(class, names));
                }
            }
        }
        found
    }

    /// What a call says of a context; true if that is all it does.
    pub(super) fn of_showing(&mut self, expr: &'a Expr, callee: &'a Expr, args: &'a [Arg]) -> bool {
        if let ExprKind::Member { object, name, .. } = &callee.kind
            && self.unit.table.adds.has(name)
        {
            return self.keep_parts(object, args);
        }
        !self.is_template() && self.hands_over(expr, args)
    }

    /// Whether a call names the template that is looked for; then what it hands over is noted.
    pub(super) fn hands_over(&mut self, expr: &'a Expr, args: &'a [Arg]) -> bool {
        let Some(showing) = &self.showing else {
            return false;
        };
        let names = showing.names.clone();
        let is_it = |walker: &mut Self, value: &'a Expr| match &value.kind {
            ExprKind::Str(text) => names.contains(text),
            ExprKind::Name(_) | ExprKind::Member { .. } => {
                matches!(walker.eval(value).kind, Kind::Text(text) if {
                    let text = text.trim_matches(['"', '\'']);
                    names.iter().any(|name| name == text)
                })
            }
            _ => false,
        };
        let Some(which) = args.iter().position(|arg| is_it(self, &arg.value)) else {
            return false;
        };
        let mut context = Context::default();
        for (_, arg) in args.iter().enumerate().filter(|(at, _)| *at != which) {
            let value = self.eval(&arg.value);
            let locals = match &arg.value.kind {
                ExprKind::Call { callee, args, .. } if args.is_empty() => {
                    matches!(&callee.kind, ExprKind::Name(name) if CONTEXTS.gives_locals(name))
                }
                _ => false,
            };
            match (&value.kind, &arg.name) {
                _ if locals => context.env.join(self.env.clone()),
                (Kind::Fields(fields), _) => {
                    for (name, part) in fields.parts() {
                        context.env.set(name, part.clone());
                        context.places.insert(name.clone(), (self.unit.id, expr.span));
                    }
                }
                (_, Some(name)) => {
                    context
                        .places
                        .insert(name.clone(), (self.unit.id, arg.value.span));
                    context.env.set(name, value);
                }
                _ => {}
            }
        }
        let any = context.env.len() > 0;
        if let Some(showing) = self.showing.as_mut().filter(|_| any) {
            showing.found.push(context);
        }
        any
    }

    /// An include of the template that is looked for: it sees all that is known there.
    pub(super) fn shows_wanted(&mut self, path: &str, given: Env<'a>, _span: Span) {
        let is_it = self
            .showing
            .as_ref()
            .is_some_and(|it| it.names.iter().any(|name| name == path));
        if !is_it {
            return;
        }
        self.charge(self.env.len() / 8);
        let mut env = Env::inside(Rc::new(self.env.clone()));
        env.join(given);
        if let Some(showing) = &mut self.showing {
            let places = showing.places.clone();
            showing.found.push(Context { env, places });
        }
    }

    /// `super().get_queryset()` of a base that is not in the repository.
    pub(super) fn rows_of_base(&mut self, object: &Expr, name: &str) -> Option<Value<'a>> {
        let rows = self.showing.as_ref()?.rows.clone()?;
        (matches!(object.kind, ExprKind::Super) && CONTEXTS.is_query(name)).then_some(rows)
    }

    /// `context["rows"] = …`, `context.update({…})`: what a context that is being made holds.
    pub(super) fn keep_part(&mut self, name: &str, key: &str, value: &Value<'a>) -> bool {
        if self.showing.is_none() {
            return false;
        }
        let before = self.env.get(name);
        let mut parts = match before.map(|it| &it.kind) {
            Some(Kind::Fields(fields)) => fields.parts().to_vec(),
            None | Some(Kind::Record | Kind::Unknown | Kind::Named(_)) => Vec::new(),
            Some(_) => return false,
        };
        parts.retain(|(known, _)| known != key);
        parts.push((key.to_owned(), value.clone()));
        let taint = before.map(|it| it.taint.clone()).unwrap_or_default();
        let kind = Fields::kind(parts, &taint);
        self.env.set(name, Value::tainted(kind, taint));
        true
    }

    fn keep_parts(&mut self, object: &Expr, args: &'a [Arg]) -> bool {
        let ExprKind::Name(name) = &object.kind else {
            return false;
        };
        let mut kept = false;
        for arg in args {
            let value = self.eval(&arg.value);
            match (&value.kind, &arg.name) {
                (_, Some(key)) => kept |= self.keep_part(name, key, &value),
                (Kind::Fields(fields), None) => {
                    for (key, part) in fields.parts() {
                        kept |= self.keep_part(name, key, part);
                    }
                }
                _ => {}
            }
        }
        kept
    }
}

fn object<'a>(class: ClassRef, fields: Vec<(String, Value<'a>)>) -> Value<'a> {
    Value::new(Kind::Object(Object {
        class,
        fields: Rc::new(fields),
    }))
}

fn model_of(value: &Value<'_>) -> Option<String> {
    match &value.kind {
        Kind::Row(row) => row.model.clone(),
        Kind::Query(query) => query.handle.model.clone(),
        Kind::Source(source) => source.model.clone(),
        Kind::Coll(coll) => model_of(&coll.element),
        _ => None,
    }
}

fn lies_in(path: &str, folder: &str) -> bool {
    let inside = path
        .strip_prefix(folder)
        .is_some_and(|rest| rest.starts_with('/'));
    inside || path.contains(&format!("/{folder}/"))
}

/// Whether a class shows this model, in lower case, and names no template.
fn shows_model(class: &Class, model: &str) -> bool {
    let is_template = |value: &Expr| matches!(&value.kind, ExprKind::Str(text) if template::is_name(text));
    let is_it = |value: &Expr| last_name(value).is_some_and(|it| it.to_lowercase() == model);
    let named = |field: &Field| CONTEXTS.model_fields().contains(&field.name);
    let mut fields = class
        .fields
        .iter()
        .filter_map(|field| Some((field, field.value.as_ref()?)));
    !fields.clone().any(|(_, value)| is_template(value))
        && fields.any(|(field, value)| named(field) && is_it(value))
}

fn last_name(value: &Expr) -> Option<&str> {
    match &value.kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name),
        _ => None,
    }
}
