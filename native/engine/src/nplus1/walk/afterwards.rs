//! Calls that load relations of rows which are there already: from then on the rows carry them.

use std::rc::Rc;

use super::Walker;
use crate::facts::ir::{Expr, ExprKind};
use crate::nplus1::eager::paths::Paths;
use crate::nplus1::eager::{self, Scope};
use crate::nplus1::value::{Kind, Value};

impl<'a> Walker<'a> {
    pub(super) fn load_afterwards(&mut self, call: &'a Expr) {
        for at in 0..self.unit.orms.len() {
            let orm = self.unit.orms[at].orm;
            let Some((rows, paths)) = eager::after(orm, call, Scope::bare()) else {
                continue;
            };
            let Some(place) = place_of(&rows.value) else {
                continue;
            };
            if let Some(value) = self.env.get(&place).cloned() {
                self.env.set(&place, carrying(value, &paths));
            }
        }
    }
}

fn carrying<'a>(mut value: Value<'a>, paths: &Paths) -> Value<'a> {
    match &mut value.kind {
        Kind::Row(row) => row.plan.paths.merge(paths),
        Kind::Query(query) => Rc::make_mut(query).handle.plan.paths.merge(paths),
        Kind::Coll(coll) => {
            let element = (*coll.element).clone();
            coll.element = Rc::new(carrying(element, paths));
        }
        _ => {}
    }
    value
}

/// The variable that an argument is, `[order]` too.
fn place_of(value: &Expr) -> Option<String> {
    match &value.kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Member { object, name, .. } if object.kind == ExprKind::This => {
            Some(format!("this.{name}"))
        }
        ExprKind::List(parts) => match parts.as_slice() {
            [only] => place_of(only),
            _ => None,
        },
        _ => None,
    }
}
