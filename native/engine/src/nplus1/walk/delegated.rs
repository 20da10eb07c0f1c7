//! What a row answers by way of others: what it delegates to a relation (`delegate :name, to: :author`),
//! and what the ORM keeps behind a relation that nobody declares.

use super::Walker;
use crate::facts::ir::Span;
use crate::nplus1::eager::paths::{Covered, Mark, Paths, State, Step};
use crate::nplus1::value::{Handle, Kind, Value};
use crate::registry::Found;
use crate::registry::model::{Model, Relation};

/// Rows that a delegated name may lead over: two models may delegate one name to each other.
const HOPS_MAX: u32 = 3;

impl<'a> Walker<'a> {
    /// What reading `name` from a row gives, where the row's model declares a relation of that name.
    pub(super) fn relation_read(
        &mut self,
        value: &Value<'a>,
        row: &Handle,
        name: &str,
        span: Span,
    ) -> Option<Value<'a>> {
        self.read_over(value, row, name, span, 0)
    }

    fn read_over(
        &mut self,
        value: &Value<'a>,
        row: &Handle,
        name: &str,
        span: Span,
        hops: u32,
    ) -> Option<Value<'a>> {
        let model = self.declared_model(row)?;
        let registry = self.world.registry;
        let found = registry.relation_by_accessor(model, name);
        if let Some(found) = found.or_else(|| registry.relation(model, name)) {
            return Some(self.relation_value(value, row, model, found, span));
        }
        if hops == HOPS_MAX {
            return None;
        }
        let through = registry.delegate(model, name)?.to_owned();
        let read = self.read_over(value, row, &through, span, hops + 1)?;
        match &read.kind {
            Kind::Row(other) => {
                let other = other.clone();
                let further = self.read_over(&read, &other, name, span, hops + 1);
                Some(further.unwrap_or_else(|| Value::tainted(Kind::Unknown, read.taint.clone())))
            }
            _ => Some(read),
        }
    }

    /// Rows that are read from a row know that row. It is the same one for all of them: what is read from
    /// it is read once.
    pub(super) fn know_their_owner(&self, row: &Handle, found: Found<'_>, below: &mut Paths) {
        let relation = found.relation;
        let (Some(inverse), None, Some(target)) = (&relation.inverse, &relation.through, found.target) else {
            return;
        };
        let back = self.world.registry.relation(target, inverse);
        if (relation.many || row.orm.relations.automatic_inverse)
            && back.is_some_and(|back| !back.relation.many)
        {
            let mut same = Paths::default();
            same.mark(Mark::AllNested);
            below.put(inverse, State::Joined, &same);
        }
    }

    /// `super` in a method that has the name of a relation of its row.
    pub(super) fn overridden(&mut self, span: Span) -> Option<Value<'a>> {
        let receiver = self.receiver.clone()?;
        let Kind::Row(row) = &receiver.kind else {
            return None;
        };
        let function = self.unit.file.facts.functions.get(self.function)?;
        self.relation_read(&receiver, row, &function.name, span)
    }

    /// Whether the query loads the relation that keeps this one: `includes(avatar_attachment: :blob)` for
    /// `has_one_attached :avatar`.
    pub(super) fn covered_behind(&self, row: &Handle, model: &Model, relation: &Relation) -> Covered {
        match &relation.through {
            Some(through) if self.world.registry.relation(model, through).is_none() => {
                row.plan.paths.step(&Step::named(through)).0
            }
            _ => Covered::No,
        }
    }
}
