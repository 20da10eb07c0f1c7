//! Calls on a class by its name: static finders, managers, scopes of a model.

use super::Walker;
use super::orm_call::Written;
use crate::nplus1::orm::pattern::{Head, Link};
use crate::nplus1::orm::schema::Role;
use crate::nplus1::value::{Evidence, Kind, Value};

impl<'a> Walker<'a> {
    pub(super) fn class_call(
        &mut self,
        value: &Value<'a>,
        class: &str,
        call: Written<'a>,
    ) -> Option<Value<'a>> {
        for at in 0..self.unit.orms.len() {
            let orm = self.unit.orms[at].orm;
            let bare = orm
                .source
                .iter()
                .any(|chain| chain.head == Head::Model && chain.link == Link::None);
            let shown = || {
                (bare && orm.distinctive.matches(call.name) && !orm.never.matches(class_root(class)))
                    .then_some(Evidence::Naming)
            };
            let Some(evidence) = self.model(orm, class).or_else(shown) else {
                continue;
            };
            let handle = super::resolve::handle(orm, Some(class.to_owned()), evidence);
            if bare {
                let handle = self.planned(&handle, true, call);
                if let Some(walked) = self.walk_query(value, &handle, Role::Source, None, call) {
                    return Some(walked);
                }
                if let Some(effect) = self.effect(&handle, Role::Source, call) {
                    return Some(self.apply(value, &handle, None, effect, call));
                }
            }
        }
        if call.name == "new"
            && let Some(class) = self.world.view.class_named(self.unit.id, self.class, class)
        {
            return Some(self.instance(class, call.span, call.args, call.block));
        }
        if let Some(answer) = self.repository_method(value, call) {
            return Some(answer);
        }
        if let Some(built) = self.declared_scope(value, class, call) {
            return Some(built);
        }
        if call.block.is_some() {
            return None;
        }
        let first = self.unit.orms.first()?.orm;
        let args = self.orm_args(first, call.name, call.args, None);
        self.chain(value, call.name, Some(&args)).or_else(|| {
            let mut taint = args.taint.clone();
            let qualified = format!("{class}.{}", call.name);
            if [call.name, &qualified]
                .iter()
                .any(|name| crate::nplus1::batch::is_function(&self.unit.orms, name))
            {
                taint = taint.into_batched();
            }
            Some(Value::tainted(Kind::Unknown, taint))
        })
    }
}

/// `Stripe` of `Stripe::Customer`.
fn class_root(class: &str) -> &str {
    class.split("::").next().unwrap_or(class)
}
