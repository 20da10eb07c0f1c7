//! What a class of a framework hands to the template it names, or to the one that is called after its
//! model: the rows of its query, and what it says itself.

use super::{CONTEXTS_MAX, Context, Places, Showing, object};
use crate::facts::ir::{Class, Expr, ExprKind, Field, Span};
use crate::facts::lower::template;
use crate::nplus1::contexts::{CONTEXTS, Shows};
use crate::nplus1::orm::schema::Shape;
use crate::nplus1::value::{Kind, Value};
use crate::nplus1::walk::Walker;
use crate::nplus1::walk::view::model_of;
use crate::program::ClassRef;
use crate::sources::FileId;

impl<'a> Walker<'a> {
    /// What a class of the framework hands to its template.
    pub(super) fn handed_by_class(&mut self, class: ClassRef, names: &[String]) -> Vec<Context<'a>> {
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
    pub(super) fn handed_by_convention(&mut self, names: &[String]) -> Vec<Context<'a>> {
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
