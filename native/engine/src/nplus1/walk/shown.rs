//! Serializers that are declared field by field: a framework reads those fields of each row (ANA-060).
//! Which rows are shown stands in a view, in a call (`OrderSerializer(orders, many=True)`), or nowhere near.

use std::rc::Rc;

use super::Walker;
use super::enter::Target;
use super::given::Given;
use crate::facts::ir::{Arg, Class, ClassId, Expr, ExprKind, Field, FunctionKind, Span};
use crate::nplus1::frameworks::{self, Kind as Rows};
use crate::nplus1::serializers::Serializers;
use crate::nplus1::site::{Call, Form, Reached};
use crate::nplus1::taint::IterationId;
use crate::nplus1::value::{Bound, Coll, Kind, Origin, Value};
use crate::program::{ClassRef, CodeId, FunctionRef};

/// Serializers inside serializers.
const NESTED_MAX: usize = 4;

/// One iteration over rows that are shown.
struct Showing {
    words: &'static Serializers,
    iteration: IterationId,
    /// Classes that are being looked into.
    way: Vec<ClassRef>,
    /// The rows are seen: what is shown of their relations counts too.
    deep: bool,
}

impl<'a> Walker<'a> {
    /// What the classes of this file show of rows that come from elsewhere, and its views of theirs.
    pub(super) fn shown_rows(&mut self) {
        let facts = self.unit.file.facts;
        let Some((_, words)) = frameworks::serializers(facts) else {
            return;
        };
        self.function = 0;
        for (id, class) in facts.classes.iter().enumerate() {
            self.class = None;
            if words.shows(class) {
                self.shown_of_model(words, id, class);
            } else if words.is_view(class) {
                self.shown_in_view(words, id, class);
            }
        }
    }

    fn shown_of_model(&mut self, words: &'static Serializers, id: ClassId, class: &'a Class) {
        let Some(row) = self.meta(class, "model").and_then(name_of).and_then(|it| self.unseen_row(it)) else {
            return;
        };
        let rows = Value::new(Kind::Coll(Coll::of(row, Bound::Unbounded, Origin::Parameter)));
        let class = ClassRef {
            file: self.unit.id,
            class: id,
        };
        self.show_each(words, class, &rows, heading(self.unit.file.facts, class.class), None);
    }

    /// `queryset` and `serializer_class` of a view that lists.
    fn shown_in_view(&mut self, words: &'static Serializers, id: ClassId, class: &'a Class) {
        let view = self.world.view;
        let own = ClassRef {
            file: self.unit.id,
            class: id,
        };
        let field = |name: &str| class.fields.iter().find(|field| field.name == name);
        let chooses = class.methods.iter().filter_map(|id| self.unit.file.facts.functions.get(*id));
        if chooses.into_iter().any(|method| words.chooses.matches(&method.name)) {
            return;
        }
        let Some(shows) = field(&words.serializer) else { return };
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
                let this = Value::new(Kind::Object(crate::nplus1::value::Object {
                    class: own,
                    fields: Rc::default(),
                }));
                let given = Given {
                    this: Some(this),
                    args: Vec::new(),
                    block: None,
                    own: false,
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
        let (_, words) = frameworks::serializers(self.unit.file.facts)?;
        if !words.is_named(name) || !says(args, &words.many) || self.muted > 0 {
            return None;
        }
        let first = args.iter().find(|arg| arg.name.as_deref().is_none_or(|name| name == "instance"))?;
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
                is_thin: true,
            });
        }
        self.show_row(&mut showing, class, &row);
        if place.is_some() {
            self.calls.pop();
        }
        self.close_iteration();
    }

    fn show_row(&mut self, showing: &mut Showing, class: ClassRef, row: &Value<'a>) {
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

    fn show_field(&mut self, showing: &mut Showing, class: ClassRef, field: &'a Field, row: &Value<'a>) {
        let Some(ExprKind::Call { callee, args, .. }) = field.value.as_ref().map(|value| &value.kind) else {
            return;
        };
        let Some(word) = name_of(callee) else { return };
        let words = showing.words;
        let given = |arg: &&'a Arg| arg.name.as_deref().is_some_and(|name| words.source.matches(name));
        let source = match args.iter().find(given).map(|arg| &arg.value.kind) {
            Some(ExprKind::Str(path)) => path.as_str(),
            Some(_) => return,
            None => field.name.as_str(),
        };
        if words.methods.matches(word) {
            if showing.deep {
                self.show_method(class, field, args, row);
            }
            return;
        }
        let many = says(args, &words.many);
        let nested = if words.nested.matches(word) {
            args.first().map(|first| &first.value)
        } else {
            words.is_named(word).then_some(&**callee)
        };
        if let Some(nested) = nested {
            let value = self.read_path(row, source, field.span);
            let name = dotted(nested);
            let shows = name.and_then(|name| self.world.view.class_named(self.unit.id, None, &name));
            self.show_below(showing, shows, value, field.span);
        } else if words.rows.matches(word) || words.keys.matches(word) && many {
            let value = self.read_path(row, source, field.span);
            self.consume(value, field.span);
        } else if words.keys.matches(word) {
            if let Some((before, _)) = source.rsplit_once('.') {
                self.read_path(row, before, field.span);
            }
        } else if source.contains('.') {
            self.read_path(row, source, field.span);
        }
    }

    /// The rows of a relation, shown by a serializer of their own.
    fn show_below(&mut self, showing: &mut Showing, shows: Option<ClassRef>, value: Value<'a>, span: Span) {
        if matches!(value.kind, Kind::Row(_)) {
            if let Some(shows) = shows.filter(|_| showing.deep) {
                self.show_row(showing, shows, &value);
            }
            return;
        }
        let rows = self.consume(value, span);
        let Some(shows) = shows.filter(|_| showing.deep) else {
            return;
        };
        if !matches!(&rows.kind, Kind::Coll(coll) if matches!(coll.element.kind, Kind::Row(_))) {
            return;
        }
        let form = Form::Implicit(Rows::Implicit);
        let id = self.open_iteration(form, span, &[], &rows, None, Some("row"));
        // It stands where the outer rows are shown: no line of code says more.
        let outer = &self.iterations[showing.iteration];
        let (depth, function, at) = (outer.depth, outer.function, outer.span);
        let inner = &mut self.iterations[id];
        inner.depth = depth;
        inner.function = function;
        inner.span = at;
        let row = self.element(&rows, id);
        self.show_row(showing, shows, &row);
        self.close_iteration();
    }

    fn show_method(&mut self, class: ClassRef, field: &'a Field, args: &'a [Arg], row: &Value<'a>) {
        let name = match args.first().map(|first| &first.value.kind) {
            Some(ExprKind::Str(name)) => name.clone(),
            _ => format!("get_{}", field.name),
        };
        let Some(function) = self.world.view.method_for(class, &name, 1) else {
            return;
        };
        let target = Target {
            function,
            reached: Reached::Direct,
        };
        if self.may_enter(target) {
            let given = Given {
                this: None,
                args: vec![(None, row.clone())],
                block: None,
                own: false,
            };
            self.enter(target, field.span, given);
        }
    }

    /// Names in `Meta.fields` that no field declares: collections of the model, and properties.
    fn show_listed(&mut self, class: &'a Class, declared: &[&str], row: &Value<'a>) {
        let Some(ExprKind::List(names)) = self.meta(class, "fields").map(|value| &value.kind) else {
            return;
        };
        for name in names {
            let ExprKind::Str(text) = &name.kind else { continue };
            if declared.contains(&text.as_str()) {
                continue;
            }
            let Kind::Row(handle) = &row.kind else { return };
            let model = self.declared_model(handle);
            let found = model.and_then(|model| self.world.registry.relation(model, text));
            match found {
                Some(found) if found.relation.many => {
                    let value = self.read_path(row, text, name.span);
                    self.consume(value, name.span);
                }
                Some(_) => {}
                None => {
                    self.getter_of(row, text, name.span);
                }
            }
        }
    }

    /// `customer.address.city`, as far as it is known.
    fn read_path(&mut self, row: &Value<'a>, path: &str, span: Span) -> Value<'a> {
        let mut value = row.clone();
        for name in path.split('.').filter(|name| *name != "*") {
            value = match self.getter_of(&value, name, span) {
                Some(found) => found,
                None => self.attribute_of(value, name, span),
            };
        }
        value
    }

    fn getter_of(&mut self, value: &Value<'a>, name: &str, span: Span) -> Option<Value<'a>> {
        let (class, reached) = self.class_of(value)?;
        let function = self.world.view.method_for(class, name, 0)?;
        let kind = self.world.view.function(function)?.kind;
        let target = Target { function, reached };
        if !matches!(kind, FunctionKind::Getter | FunctionKind::Method) || !self.may_enter(target) {
            return None;
        }
        let given = Given {
            this: Some(value.clone()),
            args: Vec::new(),
            block: None,
            own: false,
        };
        self.enter(target, span, given)
    }

    /// A setting in the class's nested `Meta`.
    fn meta(&self, class: &Class, name: &str) -> Option<&'a Expr> {
        let facts = self.unit.file.facts;
        let inner = format!("{}.Meta", class.qualified);
        let meta = facts.classes.iter().find(|it| it.qualified == inner)?;
        meta.fields.iter().find(|field| field.name == name)?.value.as_ref()
    }
}

fn name_of(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name),
        _ => None,
    }
}

/// `serializers.OrderSerializer`.
fn dotted(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Member { object, name, .. } => dotted(object).map(|outer| format!("{outer}.{name}")),
        _ => None,
    }
}

/// `many=True`.
fn says(args: &[Arg], name: &str) -> bool {
    args.iter()
        .any(|arg| arg.name.as_deref() == Some(name) && arg.value.kind == ExprKind::Bool(true))
}

/// The line on which the class begins.
fn heading(facts: &crate::facts::ir::FileFacts, class: ClassId) -> Span {
    facts.classes.get(class).map_or_else(Span::default, |class| Span {
        start: class.span.start,
        end: class.span.start + u32::try_from(class.name.len()).unwrap_or(0) + 6,
    })
}
