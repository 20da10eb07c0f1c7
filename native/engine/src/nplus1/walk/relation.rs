//! Receivers that only their method gives away: `order.items.where(…)` of an order that nobody
//! declared (analysis.md 5.2 step 2). When the method is not enough, nothing is claimed.

use super::Walker;
use super::orm_call::Written;
use crate::facts::ir::{Expr, ExprKind};
use crate::nplus1::orm::Orm;
use crate::nplus1::orm::schema::{Quirk, Role};
use crate::nplus1::value::{Evidence, Handle, Kind, Value};
use crate::nplus1::words;

impl<'a> Walker<'a> {
    /// A call on something unknown, or on an attribute of a row.
    pub(super) fn on_relation(&mut self, value: &Value<'a>, call: Written<'a>) -> Option<Value<'a>> {
        for at in 0..self.orms.len() {
            let orm = self.orms[at].orm;
            let role = if self.shows_relation(orm, call) {
                Role::Query
            } else if matches!(value.kind, Kind::Unknown) && orm.distinctive_row.matches(call.name) {
                Role::Row
            } else {
                continue;
            };
            let handle = Handle {
                orm,
                model: None,
                evidence: Evidence::Naming,
                subject: Some(self.short_text(call.object.span)),
            };
            if let Some(effect) = self.effect(&handle, role, call) {
                return Some(self.apply(value, &handle, None, effect, call));
            }
        }
        None
    }

    fn shows_relation(&mut self, orm: &Orm, call: Written<'a>) -> bool {
        if orm.distinctive.matches(call.name) {
            // In Python plain objects may have these methods, but not with named arguments.
            return !self.table.lazy_queries
                || matches!(call.object.kind, ExprKind::Member { .. } | ExprKind::Call { .. })
                    && call.args.iter().any(|arg| arg.name.is_some());
        }
        if !orm.requeries.matches(call.name) || call.block.is_some() {
            return false;
        }
        let Some((owner, name)) = relation_name(call.object) else {
            return false;
        };
        if !words::is_plural(name) {
            return false;
        }
        if orm.has(Quirk::TableModels) && !self.project.tables().is_empty() {
            return self.project.tables().contains(name);
        }
        owner.is_some_and(|owner| {
            let owner = self.muted(|walker| walker.eval(owner));
            matches!(owner.kind, Kind::Row(_))
        })
    }
}

/// `order` and `items` of `order.items`; in a model's own methods `items` alone.
fn relation_name(object: &Expr) -> Option<(Option<&Expr>, &str)> {
    match &object.kind {
        ExprKind::Member { object, name, .. } => Some((Some(object), name)),
        ExprKind::Call { callee, args, .. } if args.is_empty() => match &callee.kind {
            ExprKind::Name(name) => Some((None, name)),
            _ => None,
        },
        _ => None,
    }
}
