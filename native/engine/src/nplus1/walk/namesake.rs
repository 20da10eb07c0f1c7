//! Objects of which nothing says what they are: in Python the name of a variable is often that of its
//! class, and a method that one class alone declares is that class's.

use super::Walker;
use super::enter::Target;
use super::orm_call::Written;
use crate::facts::ir::{ExprKind, FunctionKind, Span};
use crate::nplus1::site::Reached;
use crate::nplus1::value::{Evidence, Kind, Object, Value};
use crate::nplus1::words;
use crate::program::{ClassRef, FunctionRef};
use crate::registry::model::Standing;

/// Shorter names of one word are those of too many things.
const TELLING: usize = 12;

impl<'a> Walker<'a> {
    /// `info.context.orders_repository.find(id)`, `command.fetch_order(id)` in a loop.
    pub(super) fn namesake_call(&mut self, value: &Value<'a>, call: Written<'a>) -> Option<Value<'a>> {
        if !self.may_guess(value) || call.block.is_some() {
            return None;
        }
        let target = self.class_called(call.object, call.name, call.args.len());
        let (target, class) = match target {
            Some(found) => found,
            None => self.only_method(call.name, call.args.len(), |kind| kind != FunctionKind::Getter)?,
        };
        let this = self.instance_of(class, value);
        self.enter_with(target, Some(this), false, call.span, call.args, None)
    }

    /// `item.open_total` where `open_total` is the property of one class.
    pub(super) fn namesake_getter(&mut self, value: &Value<'a>, name: &str, span: Span) -> Option<Value<'a>> {
        if !self.may_guess(value) || !self.turns_with(value) {
            return None;
        }
        let (target, class) = self.only_method(name, 0, |kind| kind == FunctionKind::Getter)?;
        let this = self.instance_of(class, value);
        // Whose property it is shows only where that is a row.
        matches!(this.kind, Kind::Row(_))
            .then(|| self.enter_with(target, Some(this), false, span, &[], None))
            .flatten()
    }

    /// Only in loops, where it matters, and only of what nothing is known of.
    fn may_guess(&self, value: &Value<'a>) -> bool {
        self.unit.table.lazy_queries
            && self.muted == 0
            && !self.open.is_empty()
            && matches!(value.kind, Kind::Unknown)
    }

    /// The class that a variable or attribute has the name of: `orders_repository`.
    fn class_called(
        &mut self,
        object: &crate::facts::ir::Expr,
        method: &str,
        args: usize,
    ) -> Option<(Target, ClassRef)> {
        let name = match &object.kind {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => name.trim_start_matches('_'),
            _ => return None,
        };
        if !name.contains('_') || name.chars().any(char::is_uppercase) {
            return None;
        }
        let language = self.unit.file.facts.language;
        let class = self.world.view.only_class(&words::camel(name), language)?;
        let function = self.world.view.method_for(class, method, args)?;
        let reached = Reached::ByName;
        self.world
            .view
            .has_body(function)
            .then_some((Target { function, reached }, class))
    }

    fn only_method(
        &mut self,
        name: &str,
        args: usize,
        fits: impl Fn(FunctionKind) -> bool,
    ) -> Option<(Target, ClassRef)> {
        let own = name.trim_start_matches('_');
        if !own.contains('_') && own.len() < TELLING || name.starts_with("__") {
            return None;
        }
        let view = self.world.view;
        let found = view.methods_named(name, self.unit.file.facts.language)?;
        let [(class, function)] = found.as_slice() else {
            return None;
        };
        let declared = view.function(*function)?;
        let params = view.params(*function);
        let needed = (params.iter()).filter(|param| param.default.is_none() && !param.rest);
        let takes = args <= params.len() || params.iter().any(|param| param.rest);
        let reached = Reached::ByName;
        let function: FunctionRef = *function;
        (fits(declared.kind) && takes && (args > 0 || needed.count() == 0))
            .then_some((Target { function, reached }, *class))
    }

    /// A row, where the class is a declared model.
    fn instance_of(&self, class: ClassRef, value: &Value<'a>) -> Value<'a> {
        let taint = value.taint.clone();
        let declared = self.world.view.class(class);
        let path = self.world.view.program().path(class.file);
        let row = declared.and_then(|declared| {
            self.unit.orms.iter().find_map(|active| {
                let model = self
                    .world
                    .registry
                    .by_name(&active.orm.id, &declared.name, path)?;
                let is_it = model.path == path && model.standing == Standing::Declared;
                let mut handle =
                    super::resolve::handle(active.orm, Some(model.name.clone()), Evidence::Naming);
                handle.plan.unseen = true;
                is_it.then_some(Kind::Row(handle))
            })
        });
        let object = || {
            Kind::Object(Object {
                class,
                fields: std::rc::Rc::default(),
            })
        };
        Value::tainted(row.unwrap_or_else(object), taint)
    }
}
