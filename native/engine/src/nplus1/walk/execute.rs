//! Where something runs, or is built to run: sites are written down, results get their values.

use super::Walker;
use super::orm_args::Args;
use crate::facts::ir::{Expr, ExprKind, Span};
use crate::nplus1::batch;
use crate::nplus1::frameworks;
use crate::nplus1::orm::Effect;
use crate::nplus1::orm::schema::{Quirk, Role, Shape};
use crate::nplus1::site::{Action, Form, Site};
use crate::nplus1::taint::Taint;
use crate::nplus1::value::{Bound, Coll, Handle, Key, Kind, Origin, Query, Value};

impl<'a> Walker<'a> {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn apply_args(
        &mut self,
        value: &Value<'a>,
        handle: &Handle,
        query: Option<&Query>,
        effect: Effect,
        args: Args<'a>,
        method: &str,
        span: Span,
        object: Option<&'a Expr>,
    ) -> Value<'a> {
        // `session.scalars(query)`: the rows are those of the query, with what it loads.
        let plan = match args.query() {
            Some(given) if handle.model.is_none() => &given.handle.plan,
            _ => &handle.plan,
        };
        let handle = &Handle {
            model: self.named_model(handle, &args),
            plan: plan.clone(),
            ..handle.clone()
        };
        let (action, shape) = match effect {
            Effect::Builds => {
                let built = self.built(value, handle, query, args);
                if let Some(object) = object {
                    self.write_back(object, &built);
                }
                return built;
            }
            Effect::Constructs => {
                return Value::tainted(
                    Kind::Row(handle.clone()),
                    value.taint.clone().with(&args.taint).of_result(),
                );
            }
            Effect::Batch => {
                let taint = value.taint.clone().with(&args.taint);
                return self.result(handle, Shape::Rows, span, &taint, None);
            }
            Effect::Reads(shape) if query.or(args.query()).is_some_and(|query| query.writes) => {
                (Action::Write, shape)
            }
            // `first(5)`
            Effect::Reads(Shape::Row) if args.limit.is_some() => (Action::Read, Shape::Rows),
            Effect::Reads(shape) => (Action::Read, shape),
            Effect::Writes(shape) => (Action::Write, shape),
        };
        let mut keys = query.map(|query| query.keys.clone()).unwrap_or_default();
        keys.extend(args.keys.iter().cloned());
        let mut taint = value.taint.clone().with(&args.taint);
        if self.lists_in_text(&args.values) {
            taint = taint.into_batched();
        }
        let limit = args.limit.or(query.and_then(|query| query.limit));
        let id = self.emit(handle, action, method, span, &taint, keys);
        let result = self.result(handle, shape, span, &taint, limit);
        if action == Action::Read {
            self.loads_with_rows(&result, handle, span);
        }
        match id {
            Some(id) if handle.orm.has(Quirk::AwaitedExecution) => {
                self.sites[id].executed = false;
                Value::new(Kind::Pending(vec![id], result.into()))
            }
            _ => result,
        }
    }

    /// The model an argument names wins over the receiver's: `session.get(User, id)`.
    pub(super) fn named_model(&self, handle: &Handle, args: &Args<'a>) -> Option<String> {
        if handle.model.is_some() {
            return handle.model.clone();
        }
        match args.values.first().map(|first| &first.kind) {
            Some(Kind::Class(class) | Kind::Column(class)) => {
                self.model(handle.orm, class).map(|_| class.clone())
            }
            Some(Kind::Query(query)) => query.handle.model.clone(),
            Some(Kind::Row(row)) => row.model.clone(),
            _ => None,
        }
    }

    pub(super) fn built(
        &self,
        value: &Value<'a>,
        handle: &Handle,
        query: Option<&Query>,
        mut args: Args<'a>,
    ) -> Value<'a> {
        let mut keys = query.map(|query| query.keys.clone()).unwrap_or_default();
        keys.append(&mut args.keys);
        let limit = args.limit.or(query.and_then(|query| query.limit));
        if self.lists_in_text(&args.values) {
            args.taint = std::mem::take(&mut args.taint).into_batched();
        }
        let writes = query.is_some_and(|query| query.writes);
        let mut handle = handle.clone();
        // From here on it is a query of its own.
        handle.plan.unseen = false;
        let query = Query {
            handle,
            keys,
            limit,
            writes,
            related: None,
        };
        Value {
            kind: Kind::Query(query.into()),
            taint: value.taint.clone().with(&args.taint),
        }
    }

    /// Whether a text among the arguments compares with a list of keys.
    fn lists_in_text(&self, values: &[Value<'a>]) -> bool {
        values
            .iter()
            .any(|value| matches!(value.kind, Kind::Text(text) if batch::is_sql_list(text)))
    }

    /// Builders that change in place: `builder.where(…)` as a statement of its own.
    pub(super) fn write_back(&mut self, object: &'a Expr, built: &Value<'a>) {
        if let ExprKind::Name(name) = &object.kind
            && matches!(self.env.get(name).map(|value| &value.kind), Some(Kind::Query(_)))
            && (self.open.is_empty() || !self.unit.table.lazy_queries)
        {
            self.env.set(name, built.clone());
        }
    }

    /// Writes down that a built query runs here.
    pub(super) fn run_query(
        &mut self,
        query: &Query,
        taint: &Taint,
        span: Span,
        method: &str,
        action: Action,
    ) {
        let orm_reads = !matches!(
            query.handle.orm.method(Role::Query, method),
            Some((Effect::Batch, _))
        );
        if !orm_reads {
            return;
        }
        if let Some(related) = &query.related {
            self.relation_opened(&query.handle, related, span, taint);
            return;
        }
        let id = self.emit(&query.handle, action, method, span, taint, query.keys.clone());
        if let Some(id) = id
            && self.unit.table.lazy_queries
            && is_place(self.text(span))
        {
            // A query in a variable keeps its rows: it runs once for what it was built from, however
            // often it is walked.
            self.sites[id]
                .iterations
                .retain(|open| taint.deps.iter().any(|dep| dep.iteration == *open));
        }
    }

    pub(super) fn emit(
        &mut self,
        handle: &Handle,
        action: Action,
        method: &str,
        span: Span,
        taint: &Taint,
        keys: Vec<Key>,
    ) -> Option<usize> {
        if self.muted > 0 || self.runs_per_row_itself() {
            return None;
        }
        let first_in_tick = self.open.last().is_some_and(|id| {
            let iteration = &self.iterations[*id];
            let together = matches!(
                iteration.form,
                Form::Callback | Form::Implicit(frameworks::Kind::Graphql)
            );
            together && iteration.awaits == 0
        });
        let outside = self.open.first().map_or(0, |id| self.iterations[*id].guards);
        let id = self.sites.len();
        self.sites.push(Site {
            orm: handle.orm,
            action,
            function: self.at(),
            span,
            calls: self.calls.clone(),
            model: handle.model.clone(),
            subject: handle.subject.clone(),
            method: method.to_owned(),
            evidence: handle.evidence,
            iterations: self.open.clone(),
            taint: taint.clone(),
            keys,
            guard: self.guards.iter().skip(outside).copied().max(),
            branches: self.branches,
            identity: handle.orm.identity.matches(method),
            first_in_tick,
            held_in: self.variable(span),
            lazy: None,
            executed: true,
        });
        Some(id)
    }

    /// The variable that stands at this place and nothing else.
    fn variable(&self, span: Span) -> Option<String> {
        let text = self.text(span);
        let name = text.trim_start_matches('@');
        let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        (plain && name.starts_with(|c: char| c.is_lowercase() || c == '_')).then(|| text.to_owned())
    }

    /// What an executed call answers.
    pub(super) fn result(
        &self,
        handle: &Handle,
        shape: Shape,
        span: Span,
        taint: &Taint,
        limit: Option<u64>,
    ) -> Value<'a> {
        let row = Value::new(Kind::Row(handle.clone()));
        let kind = match shape {
            Shape::Value => Kind::Scalar,
            Shape::Row => row.kind,
            Shape::Rows | Shape::Values => {
                let bound = limit.map_or(Bound::Unbounded, Bound::Limited);
                let origin = if handle.plan.unseen {
                    Origin::Parameter
                } else {
                    Origin::Query {
                        model: handle.model.clone(),
                        file: self.unit.id,
                        span,
                    }
                };
                let element = if shape == Shape::Rows {
                    row
                } else {
                    Value::unknown()
                };
                Kind::Coll(Coll::of(element, bound, origin))
            }
        };
        Value {
            kind,
            taint: taint.of_result(),
        }
    }

    /// The promises inside a value are awaited or collected here.
    pub(super) fn commit(&mut self, value: &Value<'a>) {
        for id in value.pending() {
            self.sites[id].executed = true;
        }
    }

    /// The table a statement names first.
    pub(super) fn sql_table(&mut self, call: super::orm_call::Written<'a>) -> Option<String> {
        let first = call.args.first().map(|arg| &arg.value)?;
        let Kind::Text(text) = self.muted(|walker| walker.eval(first)).kind else {
            return None;
        };
        table_in(text)
    }

    /// Reads or writes by the first word of the SQL text; no text, no site.
    pub(super) fn sql_effect(&self, first: &Value<'a>, effect: Effect) -> Option<Effect> {
        let Kind::Text(text) = first.kind else { return None };
        let text = text.trim_start_matches(['f', 'r', 'b', '$', '@', '"', '\'', '`', '\n', ' ', '\t']);
        let text = text.to_ascii_uppercase();
        let word: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
        let has = |word: &str| {
            text.split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|one| one == word)
        };
        let shape = match effect {
            Effect::Reads(shape) | Effect::Writes(shape) => shape,
            _ => Shape::Value,
        };
        // "Select one of them" is English, "update" alone a command.
        match word.as_str() {
            "SELECT" if has("FROM") || text.contains('(') => Some(Effect::Reads(shape)),
            "WITH" if has("SELECT") => Some(Effect::Reads(shape)),
            "INSERT" | "REPLACE" | "MERGE" if has("INTO") => Some(Effect::Writes(shape)),
            "UPDATE" if has("SET") => Some(Effect::Writes(shape)),
            "DELETE" if has("FROM") => Some(Effect::Writes(shape)),
            _ => None,
        }
    }
}

/// The name after the first `FROM`, `INTO` or `UPDATE`; what is put together there is none.
fn table_in(text: &str) -> Option<String> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| !is_name(c));
        let word = rest
            .split(|c: char| !is_name(c))
            .next()
            .filter(|word| !word.is_empty())?;
        rest = rest.get(word.len()..)?;
        if matches!(word.to_ascii_uppercase().as_str(), "FROM" | "INTO" | "UPDATE") {
            break;
        }
    }
    let quotes = |c: char| c.is_whitespace() || matches!(c, '"' | '`' | '[' | '\\');
    let rest = rest.trim_start_matches(quotes);
    let name = rest
        .split(|c: char| !is_name(c))
        .next()
        .filter(|name| !name.is_empty())?;
    Some(name.to_owned())
}

/// `orders`, `self.orders`, `@orders`: a place that holds a value, not code that makes one.
fn is_place(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '@'))
}

#[cfg(test)]
mod tests {
    use super::table_in;

    #[test]
    fn a_table_is_a_name_that_is_written_down() {
        let table = |text| table_in(text);
        assert_eq!(
            table("select * from orders where id = ?").as_deref(),
            Some("orders")
        );
        assert_eq!(table("INSERT INTO \"orders\" (id)").as_deref(), Some("orders"));
        assert_eq!(
            table("update shop.orders set paid = 1").as_deref(),
            Some("shop.orders")
        );
        for unknown in [
            "SELECT a FROM ${table.toLowerCase()}",
            "SELECT a FROM (SELECT 1)",
            "SELECT 1",
        ] {
            assert_eq!(table(unknown), None, "{unknown}");
        }
    }
}
