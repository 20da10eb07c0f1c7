//! Receivers that only their method gives away: `order.items.where(…)` of an order that nobody
//! declared (analysis.md 5.2 step 2). When the method is not enough, nothing is claimed.

use super::Walker;
use super::orm_call::Written;
use crate::facts::ir::{Expr, ExprKind};
use crate::nplus1::eager::Plan;
use crate::nplus1::eager::paths::{Mark, Paths, State};
use crate::nplus1::orm::Orm;
use crate::nplus1::orm::schema::{Quirk, Role};
use crate::nplus1::value::{Evidence, Handle, Kind, Value};
use crate::nplus1::words;
use crate::registry::Found;

impl<'a> Walker<'a> {
    /// A call on something unknown, or on an attribute of a row.
    pub(super) fn on_relation(&mut self, value: &Value<'a>, call: Written<'a>) -> Option<Value<'a>> {
        for at in 0..self.unit.orms.len() {
            let orm = self.unit.orms[at].orm;
            let role = if self.shows_relation(orm, call) {
                Role::Query
            } else if matches!(value.kind, Kind::Unknown) && orm.distinctive_row.matches(call.name) {
                Role::Row
            } else {
                continue;
            };
            let handle = Handle {
                orm,
                model: self.relation_model(orm, call.object),
                evidence: Evidence::Naming,
                subject: Some(self.short_text(call.object.span)),
                plan: Plan::default(),
                proxy: None,
                reached: None,
                declared: None,
            };
            let handle = match role {
                Role::Query => self.led_back(self.planned(&handle, false, call), call.object),
                _ => handle,
            };
            if let Some(effect) = self.effect(&handle, role, call) {
                return Some(self.apply(value, &handle, None, effect, call));
            }
        }
        None
    }

    /// Rows that are read from a row know that row, whatever the variable is called that holds it. Where
    /// rows of several models have such a relation, its name must end in theirs.
    fn led_back(&self, mut handle: Handle, object: &Expr) -> Handle {
        let (Some(model), Some((Some(owner), name))) = (self.declared_model(&handle), relation_name(object))
        else {
            return handle;
        };
        let registry = self.world.registry;
        let leads_back = |back: &Found<'_>| {
            let there = back.target.and_then(|owner| registry.relation(owner, name));
            !back.relation.many
                && there.is_some_and(|there| {
                    let inverse = there.relation.inverse.as_deref();
                    let target = there.target.map(|target| target.name.as_str());
                    there.relation.many
                        && there.relation.through.is_none()
                        && inverse == Some(back.relation.name.as_str())
                        && target == Some(model.name.as_str())
                })
        };
        let mut backs = registry.relations(model);
        backs.retain(leads_back);
        if backs.len() > 1 {
            let owner = last_name(owner).unwrap_or_default();
            backs.retain(|back| owner.ends_with(back.relation.name.as_str()));
        }
        for back in backs {
            let mut same = Paths::default();
            same.mark(Mark::AllNested);
            handle.plan.paths.put(&back.relation.name, State::Joined, &same);
        }
        handle
    }

    fn shows_relation(&mut self, orm: &Orm, call: Written<'a>) -> bool {
        if orm.distinctive.matches(call.name) {
            // In Python plain objects may have these methods, but not with named arguments.
            return !self.unit.table.lazy_queries
                || matches!(call.object.kind, ExprKind::Member { .. } | ExprKind::Call { .. })
                    && call.args.iter().any(|arg| arg.name.is_some());
        }
        if !orm.requeries.matches(call.name) || call.block.is_some() {
            return false;
        }
        let Some((owner, name)) = relation_name(call.object) else {
            return false;
        };
        // `Order.for_customer(id).count`: a scope, or a method of the class that builds one.
        if let Some(class) = owner.and_then(class_name) {
            return self.unit.table.bare_calls && self.model(orm, class) == Some(Evidence::Resolved);
        }
        if !words::is_plural(name) {
            return false;
        }
        if orm.has(Quirk::TableModels) && !self.world.project.tables().is_empty() {
            return self.world.project.tables().contains(name);
        }
        owner.is_some_and(|owner| {
            let owner = self.muted(|walker| walker.eval(owner));
            matches!(owner.kind, Kind::Row(_))
        })
    }

    /// The model whose rows a relation gives: the class it starts from, or that of its table.
    fn relation_model(&self, orm: &Orm, object: &Expr) -> Option<String> {
        let (owner, name) = relation_name(object)?;
        if let Some(class) = owner.and_then(class_name) {
            return self.model(orm, class).map(|_| class.to_owned());
        }
        let is_table = orm.has(Quirk::TableModels) && self.world.project.tables().contains(name);
        is_table.then(|| words::class_of_table(name))
    }
}

/// The name nearest to the value: `author` of `review.author`, of `author` and of `author()`.
fn last_name(owner: &Expr) -> Option<&str> {
    match &owner.kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name),
        ExprKind::Call { callee, .. } => match &callee.kind {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name),
            _ => None,
        },
        _ => None,
    }
}

fn class_name(owner: &Expr) -> Option<&str> {
    match &owner.kind {
        ExprKind::Name(name) if super::resolve::is_class_name(name) => Some(name),
        _ => None,
    }
}

/// `order` and `items` of `order.items`; in a model's own methods `items` alone.
fn relation_name(object: &Expr) -> Option<(Option<&Expr>, &str)> {
    match &object.kind {
        ExprKind::Member { object, name, .. } => Some((Some(object), name)),
        ExprKind::Call { callee, args, .. } => match &callee.kind {
            ExprKind::Name(name) if args.is_empty() => Some((None, name)),
            ExprKind::Member { object, name, .. } if class_name(object).is_some() => {
                Some((Some(object), name))
            }
            _ => None,
        },
        _ => None,
    }
}
