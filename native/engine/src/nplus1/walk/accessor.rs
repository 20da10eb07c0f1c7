//! Methods that an ORM makes of a relation's name (`order.getItems()`, `user.countPosts()`), and static
//! methods that a model's own class has. The former ask the database each time, also for a relation
//! that was loaded with the row.

use super::Walker;
use super::orm_call::Written;
use crate::facts::ir::ExprKind;
use crate::nplus1::orm::pattern::{ArgNeed, Head};
use crate::nplus1::orm::schema::{Role, Shape};
use crate::nplus1::orm::{Effect, Orm};
use crate::nplus1::value::{Evidence, Handle, Kind, Value};
use crate::nplus1::words;
use crate::program::ClassRef;
use crate::registry::Found;
use crate::registry::model::Model;

impl<'a> Walker<'a> {
    /// `order.getItems()` on a row of a declared model.
    pub(super) fn relation_method(
        &mut self,
        value: &Value<'a>,
        row: &Handle,
        call: Written<'a>,
    ) -> Option<Value<'a>> {
        let model = self.declared_model(row)?;
        let (found, effect) = self.asked_by(row.orm, model, call.name)?;
        Some(self.ask(value, row.orm, found, effect, row.evidence, call))
    }

    /// `await record.getItems()` on an element of which nothing is known, where only one kind of
    /// declared relation has such a method.
    pub(super) fn element_method(&mut self, value: &Value<'a>, call: Written<'a>) -> Option<Value<'a>> {
        let plain = match call.args {
            [] => true,
            [only] => matches!(only.value.kind, ExprKind::Map(_)),
            _ => false,
        };
        let is_element = (value.taint.deps.iter()).any(|dep| self.open.contains(&dep.iteration));
        if !plain || !is_element || !self.awaited || !matches!(call.object.kind, ExprKind::Name(_)) {
            return None;
        }
        for at in 0..self.unit.orms.len() {
            let orm = self.unit.orms[at].orm;
            for (method, effect) in &orm.relation_methods {
                let named = method
                    .relation(call.name)
                    .filter(|_| matches!(effect, Effect::Reads(_)));
                let Some(name) = named else { continue };
                let name = words::uncapital(name);
                if let Some(found) = self.world.registry.any_relation(&orm.id, &name) {
                    return Some(self.ask(value, orm, found, *effect, Evidence::Naming, call));
                }
            }
        }
        None
    }

    fn ask(
        &mut self,
        value: &Value<'a>,
        orm: &'static Orm,
        found: Found<'a>,
        effect: Effect,
        evidence: Evidence,
        call: Written<'a>,
    ) -> Value<'a> {
        let target = found.target.map(|target| target.name.clone());
        let handle = Handle {
            subject: Some(format!(
                "{}.{}",
                self.short_text(call.object.span),
                found.relation.name
            )),
            ..super::resolve::handle(orm, target.or_else(|| found.relation.target.clone()), evidence)
        };
        let handle = self.planned(&handle, true, call);
        let effect = match effect {
            Effect::Reads(Shape::Rows) if !found.relation.many => Effect::Reads(Shape::Row),
            other => other,
        };
        self.apply(value, &handle, None, effect, call)
    }

    /// The relation that a method of this name asks for or changes.
    fn asked_by(&self, orm: &'static Orm, model: &Model, method: &str) -> Option<(Found<'a>, Effect)> {
        let registry = self.world.registry;
        orm.relation_methods.iter().find_map(|(pattern, effect)| {
            let capital = pattern.relation(method)?;
            let name = words::uncapital(capital);
            let found = registry
                .relation(model, &name)
                .or_else(|| registry.relation(model, capital))
                // `addItem`, `hasItem` of `items`
                .or_else(|| registry.relation(model, &words::plural(&name)))
                .or_else(|| registry.relation(model, &words::plural(capital)))?;
            Some((found, *effect))
        })
    }

    /// A method that the model's class itself has: `Order.ofCustomer(id)` reached through a registry.
    pub(super) fn class_method(
        &mut self,
        value: &Value<'a>,
        source: &Handle,
        call: Written<'a>,
    ) -> Option<Value<'a>> {
        if source.declared.is_some()
            || !source.orm.relations.renames
            || source.orm.method(Role::Source, call.name).is_some()
        {
            return None;
        }
        self.repository_method(value, call)
    }

    /// By its name as this file sees it; a row from elsewhere may be of a model that this file never names.
    pub(super) fn model_class(&self, row: &Handle) -> Option<ClassRef> {
        let view = self.world.view;
        let name = row.model.as_deref()?;
        let here = || view.class_named(self.unit.id, self.class, name);
        let declared = || {
            let model = self.declared_model(row)?;
            let file = self.world.sources.id(&model.path)?;
            let classes = &view.program().outline(file)?.facts.classes;
            let class = classes.iter().position(|it| it.qualified == model.qualified)?;
            let found = ClassRef { file, class };
            // Asked of the view, which notes on what its answers rest.
            view.class(found).map(|_| found)
        };
        // Where models have names of their own another class may have that of the model here.
        match row.orm.relations.renames {
            true => declared().or_else(here),
            false => here().or_else(declared),
        }
    }

    /// `this.connection.getRepository(context, Order)` on an object of the application's own: what is
    /// called like the ORM's function and is handed a model gives the same.
    pub(super) fn repository_of(&mut self, value: &Value<'a>, call: Written<'a>) -> Option<Value<'a>> {
        if !matches!(
            value.kind,
            Kind::This | Kind::Object(_) | Kind::Unknown | Kind::Foreign
        ) {
            return None;
        }
        let named = |orm: &Orm| {
            orm.source.iter().any(|chain| {
                chain.call == Some(ArgNeed::Model)
                    && matches!(&chain.head, Head::Function(glob) if glob.matches(call.name))
            })
        };
        let orm = (self.unit.orms.iter())
            .map(|active| active.orm)
            .find(|orm| named(orm))?;
        let model = call.args.iter().take(3).find_map(|arg| {
            let ExprKind::Name(_) = &arg.value.kind else {
                return None;
            };
            match self.muted(|walker| walker.eval(&arg.value)).kind {
                Kind::Class(class) => self.model(orm, &class).map(|_| class),
                _ => None,
            }
        })?;
        let handle = super::resolve::handle(orm, Some(model), Evidence::Resolved);
        Some(Value::new(Kind::Source(handle)))
    }

    /// A declared model by a name that the ORM or the code gives it: `order` of `db.order`.
    pub(super) fn registered(&self, orm: &'static Orm, name: &str) -> Option<Kind<'a>> {
        if !orm.relations.renames {
            return None;
        }
        let model = self.world.registry.by_name(&orm.id, name, self.unit.file.path)?;
        let handle = super::resolve::handle(orm, Some(model.name.clone()), Evidence::Resolved);
        Some(Kind::Source(handle))
    }
}
