//! Serializers that are declared field by field: a framework reads those fields of each row (ANA-060).
//! Which rows are shown stands in a view, in a call (`OrderSerializer(orders, many=True)`), or nowhere near.

use std::rc::Rc;

use super::Walker;
use super::enter::Target;
use super::given::Given;
use super::shown_fields::{dotted, name_of, says};
use crate::facts::ir::{Arg, Class, ClassId, Field, FileFacts, Span};
use crate::nplus1::frameworks::Kind as Rows;
use crate::nplus1::serializers::Serializers;
use crate::nplus1::site::{Call, Form, Reached};
use crate::nplus1::taint::IterationId;
use crate::nplus1::value::{Bound, Coll, Kind, Object, Origin, Value};
use crate::program::{ClassRef, CodeId, FunctionRef};

/// Files with views of one serializer that are looked into.
const VIEWS_MAX: usize = 16;
/// Serializers inside serializers.
const NESTED_MAX: usize = 4;

/// One iteration over rows that are shown.
pub(super) struct Showing {
    pub words: &'static Serializers,
    pub iteration: IterationId,
    /// Classes that are being looked into.
    pub way: Vec<ClassRef>,
    /// The rows are seen: what is shown of their relations counts too.
    pub deep: bool,
}

impl<'a> Walker<'a> {
    /// What the classes of this file show of rows that come from elsewhere, and its views of theirs.
    pub(super) fn shown_rows(&mut self) {
        let facts = self.unit.file.facts;
        let Some(words) = self.unit.frameworks.serializers() else {
            return;
        };
        self.function = 0;
        for (id, class) in facts.classes.iter().enumerate() {
            self.class = None;
            if words.shows(class) && !words.single.matches(&class.name) {
                self.shown_of_model(words, id, class);
            } else if words.is_view(class) {
                self.shown_in_view(words, id, class);
            }
        }
    }

    fn shown_of_model(&mut self, words: &'static Serializers, id: ClassId, class: &'a Class) {
        let Some(row) = self
            .meta(class, "model")
            .and_then(name_of)
            .and_then(|it| self.unseen_row(it))
        else {
            return;
        };
        if self.is_shown_once(&class.name) || self.loaded_by_views(words, &class.name) {
            return;
        }
        let rows = Value::new(Kind::Coll(Coll::of(row, Bound::Unbounded, Origin::Parameter)));
        let class = ClassRef {
            file: self.unit.id,
            class: id,
        };
        self.show_each(
            words,
            class,
            &rows,
            heading(self.unit.file.facts, class.class),
            None,
        );
    }

    /// Whether views show this class, and all of them load something with their rows in a method of their
    /// own or of a base: what that leaves out is told of where the view is walked.
    fn loaded_by_views(&self, words: &Serializers, serializer: &str) -> bool {
        let view = self.world.view;
        let mut views = Vec::new();
        for file in view.showing(serializer).iter().take(VIEWS_MAX) {
            let Some(outline) = view.program().outline(*file) else {
                continue;
            };
            view.opens(*file);
            for (class, declared) in outline.facts.classes.iter().enumerate() {
                let shows = |field: &Field| {
                    field.name == words.serializer
                        && field.value.as_ref().and_then(name_of) == Some(serializer)
                };
                if declared.fields.iter().any(shows) {
                    views.push(ClassRef { file: *file, class });
                }
            }
        }
        !views.is_empty() && views.into_iter().all(|class| self.loads_rows(words, class))
    }

    fn loads_rows(&self, words: &Serializers, class: ClassRef) -> bool {
        let view = self.world.view;
        let above = view.base_classes(class);
        let mut line = std::iter::once(&class).chain(above.iter());
        let is_load =
            |name: &str| (self.unit.orms.iter()).any(|active| active.orm.eager.call(name).is_some());
        line.any(|class| {
            let Some(outline) = view.program().outline(class.file) else {
                return false;
            };
            let methods = outline
                .facts
                .classes
                .get(class.class)
                .map(|it| it.methods.as_slice());
            methods.unwrap_or_default().iter().any(|id| {
                let named = outline
                    .facts
                    .functions
                    .get(*id)
                    .is_some_and(|it| it.name == words.method);
                let code = outline.function(*id).filter(|_| named);
                code.is_some_and(|code| outline.mentions_any(code, is_load))
            })
        })
    }

    /// `queryset` and `serializer_class` of a view that lists.
    fn shown_in_view(&mut self, words: &'static Serializers, id: ClassId, class: &'a Class) {
        let view = self.world.view;
        let own = ClassRef {
            file: self.unit.id,
            class: id,
        };
        let field = |name: &str| class.fields.iter().find(|field| field.name == name);
        let chooses = class
            .methods
            .iter()
            .filter_map(|id| self.unit.file.facts.functions.get(*id));
        if chooses
            .into_iter()
            .any(|method| words.chooses.matches(&method.name))
        {
            return;
        }
        let Some(shows) = field(&words.serializer) else {
            return;
        };
        let named = shows.value.as_ref().and_then(dotted);
        let Some(serializer) = named.and_then(|name| view.class_named(self.unit.id, None, &name)) else {
            return;
        };
        let rows = match view.method_for(own, &words.method, 0) {
            Some(function) => {
                let target = Target {
                    function,
                    reached: Reached::Direct,
                };
                let this = Value::new(Kind::Object(Object {
                    class: own,
                    fields: Rc::default(),
                }));
                let given = Given {
                    this: Some(this),
                    args: Vec::new(),
                    block: None,
                    own: false,
                    whole: false,
                };
                if !self.may_enter(target) {
                    return;
                }
                let sites = self.sites.len();
                let rows = self.enter(target, shows.span, given);
                self.sites.truncate(sites);
                rows
            }
            None => field(&words.queryset)
                .and_then(|field| field.value.as_ref())
                .map(|value| self.muted(|walker| walker.eval(value))),
        };
        let Some(rows) = rows else { return };
        if !matches!(&rows.kind, Kind::Query(query) if query.handle.model.is_some()) {
            return;
        }
        let rows = self.muted(|walker| walker.consume(rows, shows.span));
        self.show_each(words, serializer, &rows, shows.span, Some(shows.span));
    }

    /// `OrderSerializer(orders, many=True)`.
    pub(super) fn shown_here(
        &mut self,
        class: ClassRef,
        name: &str,
        span: Span,
        args: &'a [Arg],
    ) -> Option<Value<'a>> {
        let words = self.unit.frameworks.serializers()?;
        if !words.is_named(name) || !says(args, &words.many) || self.muted > 0 {
            return None;
        }
        let first = args
            .iter()
            .find(|arg| arg.name.as_deref().is_none_or(|name| name == "instance"))?;
        let rows = self.eval(&first.value);
        let rows = self.consume(rows, first.value.span);
        let taint = rows.taint.clone();
        if matches!(&rows.kind, Kind::Coll(coll) if matches!(coll.element.kind, Kind::Row(_))) {
            self.show_each(words, class, &rows, span, Some(span));
        }
        Some(Value::tainted(Kind::Unknown, taint))
    }

    /// Opens the iteration over the rows; with a place it is told of there.
    fn show_each(
        &mut self,
        words: &'static Serializers,
        class: ClassRef,
        rows: &Value<'a>,
        header: Span,
        place: Option<Span>,
    ) {
        let form = Form::Implicit(Rows::Implicit);
        let iteration = self.open_iteration(form, header, &[], rows, None, Some("row"));
        let row = self.element(rows, iteration);
        let mut showing = Showing {
            words,
            iteration,
            way: Vec::new(),
            deep: place.is_some(),
        };
        if let Some(span) = place {
            let code = CodeId::Function(0);
            self.calls.push(Call {
                from: self.at(),
                span,
                to: FunctionRef {
                    file: class.file,
                    code,
                },
                reached: Reached::Direct,
                branches: self.branches,
                is_thin: true,
                given: rows.taint.clone(),
            });
        }
        self.show_row(&mut showing, class, &row);
        if place.is_some() {
            self.calls.pop();
        }
        self.close_iteration();
    }

    pub(super) fn show_row(&mut self, showing: &mut Showing, class: ClassRef, row: &Value<'a>) {
        if showing.way.contains(&class) || showing.way.len() >= NESTED_MAX || !self.step() {
            return;
        }
        showing.way.push(class);
        let mut seen: Vec<&'a str> = Vec::new();
        let above = self.world.view.base_classes(class);
        for part in std::iter::once(class).chain(above.iter().copied()) {
            let Some(unit) = self.unit_of(part.file) else {
                continue;
            };
            let facts = unit.file.facts;
            let Some(declared) = facts.classes.get(part.class) else {
                continue;
            };
            let frame = self.swap_to(&unit, part, Value::new(Kind::Unknown));
            for field in &declared.fields {
                if !seen.contains(&field.name.as_str()) {
                    seen.push(&field.name);
                    self.show_field(showing, class, field, row);
                }
            }
            if part == class || showing.deep {
                self.show_listed(declared, &seen, row);
            }
            self.swap_back(frame);
        }
        showing.way.pop();
    }
}

/// The line on which the class begins.
fn heading(facts: &FileFacts, class: ClassId) -> Span {
    facts.classes.get(class).map_or_else(Span::default, |class| Span {
        start: class.span.start,
        end: class.span.start + u32::try_from(class.name.len()).unwrap_or(0) + 6,
    })
}
