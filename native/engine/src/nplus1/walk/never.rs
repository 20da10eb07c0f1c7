//! Branches that are not taken for what a body was entered with: an argument that nobody gave, a row of
//! another class than the one that is asked for.

use super::Walker;
use super::given::Given;
use crate::facts::ir::{Arg, Expr, ExprKind, Param, Pattern};
use crate::nplus1::counts;
use crate::nplus1::value::{Kind, Value};
use crate::program::{ClassRef, FunctionRef};

impl<'a> Walker<'a> {
    pub(super) fn is_never(&mut self, condition: &'a Expr) -> bool {
        match &condition.kind {
            ExprKind::Name(name) => self.is_left_out(name),
            ExprKind::Binary { op, left, right } => match (op.as_str(), &left.kind) {
                ("and" | "&&", _) => self.is_never(left) || self.is_never(right),
                ("is not" | "!=" | "!==", ExprKind::Name(name)) if right.kind == ExprKind::Null => {
                    self.is_left_out(name)
                }
                _ => false,
            },
            ExprKind::Call { callee, args, .. } => {
                let asks_type =
                    matches!(&callee.kind, ExprKind::Name(name) if self.unit.table.type_tests.has(name));
                asks_type && self.is_of_other_class(args)
            }
            _ => false,
        }
    }

    /// A function that keeps its answers is given the same in every turn: it asks once.
    pub(super) fn has_answered(&self, function: FunctionRef, given: &Given<'a>) -> bool {
        let keeps = self.world.view.function(function).is_some_and(|it| {
            let mut names = it
                .decorators
                .iter()
                .map(|it| it.name.rsplit('.').next().unwrap_or(&it.name));
            names.any(|name| self.unit.table.keeping.matches(name))
        });
        let taint = given.taint();
        let mut deps = taint.deps.iter().chain(&taint.batched);
        keeps && !self.open.is_empty() && !deps.any(|dep| self.open.contains(&dep.iteration))
    }

    /// A parameter that the call left out, which is nothing then.
    fn is_left_out(&self, name: &str) -> bool {
        let is_null = |value: &Value<'a>| matches!(value.kind, Kind::Null);
        if self.calls.is_empty() || !self.env.get(name).is_some_and(is_null) {
            return false;
        }
        let is_it = |param: &Param| matches!(&param.pattern, Pattern::Name { name: own, .. } if own == name);
        let function = self.unit.file.facts.functions.get(self.function);
        function.is_some_and(|it| it.params.iter().any(is_it) && !counts::assigns(&it.body, name))
    }

    /// `isinstance(row, Order)`, `isinstance(row, (Order, Item))` of a row of neither.
    fn is_of_other_class(&mut self, args: &'a [Arg]) -> bool {
        let [row, wanted] = args else { return false };
        let ExprKind::Name(name) = &row.value.kind else {
            return false;
        };
        let Some(Kind::Row(row)) = self.env.get(name).map(|value| &value.kind) else {
            return false;
        };
        let Some(own) = self.model_class(row) else {
            return false;
        };
        let mut names = Vec::new();
        classes(&wanted.value, &mut names) && !names.is_empty() && !self.is_one_of(own, &names)
    }

    /// Whether a class, one above or one below it has one of these names.
    fn is_one_of(&self, class: ClassRef, names: &[&str]) -> bool {
        let view = self.world.view;
        let above = view.base_classes(class);
        let line = std::iter::once(&class).chain(above.iter());
        let known = line.filter_map(|class| view.class(*class));
        let mut known = known
            .flat_map(|it| std::iter::once(it.name.as_str()).chain(it.bases.iter().map(|base| base.short())));
        if known.any(|name| names.contains(&name)) {
            return true;
        }
        let below = view.implementations(class);
        let mut below = below.iter().filter_map(|class| view.class(*class));
        below.any(|it| names.contains(&it.name.as_str()))
    }
}

/// The short names of the classes that are written; false if some are not seen.
fn classes<'e>(written: &'e Expr, names: &mut Vec<&'e str>) -> bool {
    match &written.kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => {
            names.push(name);
            name.starts_with(|c: char| c.is_uppercase())
        }
        ExprKind::List(parts) => parts.iter().all(|part| classes(part, names)),
        _ => false,
    }
}
