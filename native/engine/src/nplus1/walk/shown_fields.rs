//! The fields of one serializer: which of them read a relation of the row, call a method, or show rows of
//! their own.

use super::Walker;
use super::enter::Target;
use super::given::Given;
use super::shown::Showing;
use crate::facts::ir::{Arg, Class, Expr, ExprKind, Field, FunctionKind, Span};
use crate::nplus1::frameworks::Kind as Rows;
use crate::nplus1::site::{Form, Reached};
use crate::nplus1::value::{Kind, Value};
use crate::program::ClassRef;

impl<'a> Walker<'a> {
    pub(super) fn show_field(
        &mut self,
        showing: &mut Showing,
        class: ClassRef,
        field: &'a Field,
        row: &Value<'a>,
    ) {
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
                whole: false,
            };
            self.enter(target, field.span, given);
        }
    }

    /// Names in `Meta.fields` that no field declares: collections of the model, and properties.
    pub(super) fn show_listed(&mut self, class: &'a Class, declared: &[&str], row: &Value<'a>) {
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
            whole: false,
        };
        self.enter(target, span, given)
    }

    /// A setting in the class's nested `Meta`.
    pub(super) fn meta(&self, class: &Class, name: &str) -> Option<&'a Expr> {
        let facts = self.unit.file.facts;
        let inner = format!("{}.Meta", class.qualified);
        let meta = facts.classes.iter().find(|it| it.qualified == inner)?;
        meta.fields
            .iter()
            .find(|field| field.name == name)?
            .value
            .as_ref()
    }
}

pub(super) fn name_of(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name),
        _ => None,
    }
}

/// `serializers.OrderSerializer`.
pub(super) fn dotted(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Member { object, name, .. } => dotted(object).map(|outer| format!("{outer}.{name}")),
        _ => None,
    }
}

/// `many=True`.
pub(super) fn says(args: &[Arg], name: &str) -> bool {
    args.iter()
        .any(|arg| arg.name.as_deref() == Some(name) && arg.value.kind == ExprKind::Bool(true))
}
