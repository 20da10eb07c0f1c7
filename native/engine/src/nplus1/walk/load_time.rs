//! Relations that the mapping loads right with the rows (rule `n-plus-one/eager-fetch`). A read by
//! key joins them; any other query runs one more for each row, before any loop looks at it.

use super::Walker;
use crate::facts::ir::Span;
use crate::nplus1::eager::paths::{Covered, Step};
use crate::nplus1::site::Form;
use crate::nplus1::value::{Evidence, Handle, Kind, Lazy, Value};
use crate::registry::model::Loading;

impl<'a> Walker<'a> {
    /// Rows were read at `span` by a query with the plan of `handle`. Told where the query stands
    /// alone: inside a loop the loop is the finding, in a called body its own file tells of it.
    pub(super) fn loads_with_rows(&mut self, rows: &Value<'a>, handle: &Handle, span: Span) {
        if !self.calls.is_empty() || !self.open.is_empty() || handle.evidence != Evidence::Resolved {
            return;
        }
        let Kind::Coll(coll) = &rows.kind else { return };
        let is_row = |kind: &Kind<'_>| matches!(kind, Kind::Row(row) if row.model == handle.model);
        if !is_row(&coll.element.kind) {
            return;
        }
        let Some(lazy) = self.loaded_per_row(handle) else {
            return;
        };
        let iteration = self.open_iteration(Form::Load, span, &[], rows, None, None);
        let row = self.element(rows, iteration);
        self.emit_lazy(handle, &lazy, span, &row.taint);
        self.close_iteration();
    }

    /// The first relation, by name, that each row brings along by a query of its own.
    fn loaded_per_row(&self, handle: &Handle) -> Option<Lazy> {
        let model = self.declared_model(handle)?;
        let relations = self.world.registry.relations(model);
        let found = relations.into_iter().find(|found| {
            let step = Step {
                name: &found.relation.name,
                many: Some(found.relation.many),
                target: found.target.map(|target| target.name.as_str()),
            };
            found.relation.loading == Loading::EagerPerRow
                && found.target.is_some_and(|target| !target.is_batched)
                && handle.plan.paths.step(&step).0 == Covered::No
        })?;
        Some(Lazy {
            owner: model.name.clone(),
            declared_by: found.owner.qualified.clone(),
            relation: found.relation.name.clone(),
            many: found.relation.many,
            before: None,
        })
    }
}
