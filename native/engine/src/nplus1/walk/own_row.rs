//! In an instance method of a declared model its relations are read and its row is written without a
//! receiver being named.

use super::Walker;
use super::orm_call::Written;
use crate::facts::ir::{Arg, Expr, Lambda};
use crate::nplus1::orm::schema::Role;
use crate::nplus1::value::{Coll, Evidence, Handle, Kind, Value};
use crate::nplus1::words;
use crate::program::ClassRef;
use crate::registry::model::Standing;

impl<'a> Walker<'a> {
    /// A variable without a type that has the name of a declared model: `line_item`, `@order`. Only its
    /// declared relations are ever read from it.
    pub(super) fn named_row(&self, name: &str) -> Option<Kind<'a>> {
        if !self.unit.table.bare_calls {
            return None;
        }
        let name = name.trim_start_matches('@');
        let class = words::camel(name);
        self.unit.orms.iter().find_map(|active| {
            let path = self.unit.file.path;
            let model = self.world.registry.by_name(&active.orm.id, &class, path)?;
            let declared = !model.is_abstract && model.standing == Standing::Declared;
            let mut handle = super::resolve::handle(active.orm, Some(model.name.clone()), Evidence::Naming);
            handle.plan.unseen = true;
            (declared && words::singular(name) == name).then_some(Kind::Row(handle))
        })
    }

    /// A parameter whose declared type is a model that another file declares holds rows of it; what
    /// they were loaded with is not seen.
    pub(super) fn as_rows(&self, value: Value<'a>) -> Value<'a> {
        match value.kind {
            Kind::Object(object) if object.fields.is_empty() => {
                let kind = self.row_of_class(object.class);
                Value::tainted(kind.unwrap_or(Kind::Object(object)), value.taint)
            }
            Kind::Coll(coll) => {
                let element = self.as_rows((*coll.element).clone()).into();
                Value::tainted(Kind::Coll(Coll { element, ..coll }), value.taint)
            }
            kind => Value::tainted(kind, value.taint),
        }
    }

    fn row_of_class(&self, class: ClassRef) -> Option<Kind<'a>> {
        let path = self.world.view.program().path(class.file);
        let declared = self.world.view.class(class)?;
        self.unit.orms.iter().find_map(|active| {
            let model = self
                .world
                .registry
                .by_name(&active.orm.id, &declared.name, path)?;
            let is_it = model.path == path && model.qualified == declared.qualified && !model.is_abstract;
            let mut handle = super::resolve::handle(active.orm, Some(model.name.clone()), Evidence::Resolved);
            handle.plan.unseen = true;
            is_it.then_some(Kind::Row(handle))
        })
    }

    /// Whether the model declares a query of this name.
    pub(super) fn has_scope(&self, handle: &Handle, name: &str) -> bool {
        let model = self.declared_model(handle);
        model.is_some_and(|model| !name.is_empty() && self.world.registry.scope(model, name).is_some())
    }

    /// `Post.recent`, where the model declares `scope :recent`.
    pub(super) fn declared_scope(
        &mut self,
        value: &Value<'a>,
        class: &str,
        call: Written<'a>,
    ) -> Option<Value<'a>> {
        let handle = self.unit.orms.iter().find_map(|active| {
            let evidence = self.model(active.orm, class)?;
            let handle = super::resolve::handle(active.orm, Some(class.to_owned()), evidence);
            self.has_scope(&handle, call.name).then_some(handle)
        })?;
        let handle = self.planned(&handle, true, call);
        let args = self.orm_args(handle.orm, call.name, call.args, None);
        Some(self.built(value, &handle, None, args))
    }

    /// `comments`, `save!` in a method of a row: the receiver is the row.
    pub(super) fn own_member(
        &mut self,
        expr: &'a Expr,
        callee: &'a Expr,
        name: &'a str,
        args: &'a [Arg],
        block: Option<&'a Lambda>,
    ) -> Option<Value<'a>> {
        let receiver = self.receiver.clone()?;
        let row = match &receiver.kind {
            Kind::Row(row) => row,
            // `attr_reader :order`
            Kind::Object(object) if args.is_empty() && block.is_none() => {
                let own = self.field_at_hand(&format!("@{name}"));
                return match own {
                    Some(own) if !matches!(own.kind, Kind::Unknown) => Some(own),
                    // What the class leaves open, this object's own constructor may have been given.
                    own => self.field_of(object, &receiver.taint, name).or(own),
                };
            }
            _ => return None,
        };
        let call = Written {
            span: expr.span,
            object: callee,
            name,
            args,
            block,
            type_args: &[],
        };
        if let Some(effect) = self.effect(row, Role::Row, call) {
            return Some(self.apply(&receiver, row, None, effect, call));
        }
        if !args.is_empty() || block.is_some() {
            return None;
        }
        self.relation_read(&receiver, row, name, expr.span)
    }
}
