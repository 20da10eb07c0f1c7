//! What a name that is imported stands for: the objects, sources and clients that another module makes.

use super::Walker;
use super::resolve::{handle, is_class_name, upper_first};
use crate::facts::ir::ExprKind;
use crate::nplus1::signals::Active;
use crate::nplus1::taint::Taint;
use crate::nplus1::value::{Evidence, Kind, Value};
use crate::program::{Bound, Definition, ValueRef};

impl<'a> Walker<'a> {
    /// The one object that another module makes and hands out.
    pub(super) fn imported_object(&mut self, name: &str) -> Option<Value<'a>> {
        let (module, imported) = *self.unit.imports.get(name)?;
        if !self.unit.is_ecmascript() {
            return None;
        }
        let Some(definition) = self.world.view.named(self.unit.id, name) else {
            return self.registered_in(module.rsplit('/').next()?, imported);
        };
        match definition {
            Definition::Instance(class) => Some(Self::object_of(class, Vec::new(), Taint::default())),
            Definition::Value(value) => self.imported_value(value),
            _ => None,
        }
    }

    /// `export const orders = dataSource.getRepository(Order)` of another module.
    pub(super) fn imported_value(&mut self, value: ValueRef) -> Option<Value<'a>> {
        let kept = self.world.view.value(value)?;
        let is_made = matches!(&kept.bound, Bound::Expr(made) if matches!(made.kind, ExprKind::Call { .. }));
        let unit = self.unit_of(value.file).filter(|_| is_made)?;
        let found = self.scope_of(&unit, None).get(&kept.name)?.clone();
        matches!(found.kind, Kind::Source(_) | Kind::Client(_)).then_some(found)
    }

    /// `import { store } from './database'` where that is `new PrismaClient()`.
    pub(super) fn imported_client(&self, name: &str) -> Option<Kind<'a>> {
        if !self.unit.is_ecmascript() || !self.unit.imports.contains_key(name) {
            return None;
        }
        let Definition::Value(value) = self.world.view.named(self.unit.id, name)? else {
            return None;
        };
        let Bound::Expr(value) = &self.world.view.value(value)?.bound else {
            return None;
        };
        let mut made = value;
        loop {
            made = match &made.kind {
                ExprKind::New { class, .. } => {
                    let kind = self.typed(class).kind;
                    return matches!(kind, Kind::Client(_)).then_some(kind);
                }
                // `new PrismaClient().$extends(…)`
                ExprKind::Call { callee, .. } => callee,
                ExprKind::Member { object, .. } => object,
                _ => return None,
            };
        }
    }

    /// A declared model of the object that collects them all, by the name of that object.
    pub(super) fn registered_in(&self, last: &str, name: &str) -> Option<Value<'a>> {
        self.unit.orms.iter().find_map(|Active { orm, .. }| {
            if !orm.client_weak_names.matches(last) {
                return None;
            }
            let named = || Kind::Source(handle(orm, Some(upper_first(name)), Evidence::Naming));
            let in_schema = (self.in_schema(orm, name) == Some(true)).then(named);
            let kind = in_schema.or_else(|| self.registered(orm, name).filter(|_| !is_class_name(name)))?;
            Some(Value::new(kind))
        })
    }
}
