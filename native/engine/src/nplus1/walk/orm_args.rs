//! Arguments of a call as an ORM reads them: what they hang on, which keys they compare, whether
//! they only move a window (analysis.md 5.2 steps 6 and 7).

use super::Walker;
use super::expr::key_name;
use crate::facts::ir::{Arg, Expr, ExprKind, Lambda, StmtKind};
use crate::nplus1::batch;
use crate::nplus1::language::Gives;
use crate::nplus1::orm::Orm;
use crate::nplus1::orm::pattern::ArgNeed;
use crate::nplus1::orm::schema::Quirk;
use crate::nplus1::site::Form;
use crate::nplus1::taint::{Dep, Taint, Via};
use crate::nplus1::value::{Key, Kind, Origin, Query, Value};
use crate::nplus1::words;

#[derive(Clone, Debug, Default)]
pub(super) struct Args<'a> {
    pub taint: Taint,
    pub keys: Vec<Key>,
    pub limit: Option<u64>,
    pub values: Vec<Value<'a>>,
}

impl<'a> Args<'a> {
    /// `None`: the arguments are not of the needed form. Otherwise the model they name, if any.
    pub fn satisfies(&self, need: ArgNeed, walker: &Walker<'a>, orm: &Orm) -> Option<Option<String>> {
        let first = self.values.first();
        match need {
            ArgNeed::Any | ArgNeed::Sql => Some(None),
            ArgNeed::Model => match first.map(|first| &first.kind) {
                Some(Kind::Class(class) | Kind::Column(class)) => {
                    walker.model(orm, class).map(|_| Some(class.clone()))
                }
                _ => None,
            },
            ArgNeed::Query => self.query().map(|query| query.handle.model.clone()),
        }
    }

    /// The model that an argument names.
    pub fn model(&self, walker: &Walker<'a>, orm: &Orm) -> Option<String> {
        self.values.iter().find_map(|value| match &value.kind {
            Kind::Class(class) | Kind::Column(class) => walker.model(orm, class).map(|_| class.clone()),
            _ => None,
        })
    }

    pub fn query(&self) -> Option<&Query> {
        match self.values.first().map(|first| &first.kind) {
            Some(Kind::Query(query)) => Some(query),
            _ => None,
        }
    }

    /// Arguments known only by their values: `.map(repository::findById)`.
    pub fn of_values(values: &[Value<'a>]) -> Self {
        let mut args = Args {
            values: values.to_vec(),
            ..Args::default()
        };
        for value in values {
            let listed = value.is_collection();
            let taint = if listed {
                value.taint.clone().into_batched()
            } else {
                value.taint.clone()
            };
            args.taint.add(&taint);
        }
        args
    }
}

impl<'a> Walker<'a> {
    /// Arguments of `method` for one ORM.
    pub(super) fn orm_args(
        &mut self,
        orm: &'static Orm,
        method: &str,
        args: &'a [Arg],
        block: Option<&'a Lambda>,
    ) -> Args<'a> {
        let mut out = Args::default();
        let paging = orm.paging.matches(method);
        for arg in args {
            let field = arg.name.as_deref();
            let taint = self.criterion(orm, field, &arg.value, &mut out, 0);
            if paging {
                // Where the window starts says nothing about its size.
                let starts = matches!(method.to_lowercase().as_str(), "offset" | "skip" | "paginate");
                if let ExprKind::Number(n) = &arg.value.kind
                    && !starts
                {
                    out.limit = n.parse().ok();
                }
            } else {
                out.taint.add(&taint);
            }
        }
        if let Some(block) = block {
            let taint = self.given_lambda(method, block, &Value::unknown(), true).taint;
            out.taint.add(&taint);
        }
        if paging {
            out.keys.clear();
        }
        if batch::is_function(&self.unit.orms, method) {
            out.taint = std::mem::take(&mut out.taint).into_batched();
        }
        out
    }

    /// A condition of a query in the language's own syntax.
    pub(super) fn condition(&mut self, orm: &'static Orm, expr: &'a Expr, out: &mut Args<'a>) -> Taint {
        self.criterion(orm, None, expr, out, 1)
    }

    /// One part of the criteria. `depth` 0 is an argument itself, whose value is kept.
    fn criterion(
        &mut self,
        orm: &'static Orm,
        field: Option<&str>,
        expr: &'a Expr,
        out: &mut Args<'a>,
        depth: u32,
    ) -> Taint {
        if let Some(field) = field {
            if orm.paging.matches(field) {
                if let ExprKind::Number(n) = &expr.kind {
                    out.limit = n.parse().ok().or(out.limit);
                }
                self.eval(expr);
                return Taint::default();
            }
            if orm.batch_keys.matches(field) {
                let taint = self.eval(expr).taint;
                return match self.is_of_one_row(orm, &taint) {
                    true => taint,
                    false => self.listed(taint),
                };
            }
        }
        match &expr.kind {
            ExprKind::Map(pairs) => {
                let mut taint = Taint::default();
                for (key, value) in pairs {
                    match key_name(key) {
                        Some(name)
                            if !matches!(key.kind, ExprKind::Name(_)) || value.kind != ExprKind::Null =>
                        {
                            taint.add(&self.criterion(orm, Some(name), value, out, depth + 1));
                        }
                        _ => taint.add(&self.eval(key).taint),
                    }
                }
                self.keep(out, depth, Value::tainted(Kind::Record, taint.clone()));
                taint
            }
            // `[{ a: 1 }, { b: 2 }]`: either condition.
            ExprKind::List(items)
                if !items.is_empty() && items.iter().all(|item| matches!(item.kind, ExprKind::Map(_))) =>
            {
                let mut taint = Taint::default();
                for item in items {
                    taint.add(&self.criterion(orm, field, item, out, depth + 1));
                }
                self.keep(out, depth, Value::tainted(Kind::Record, taint.clone()));
                taint
            }
            ExprKind::Lambda(lambda) => {
                let taint = self.translated(orm, lambda, out, depth + 1);
                // `createHandler({ async run() { … } })`
                if self.is_asynchronous() && !orm.has(Quirk::TranslatedLambdas) {
                    self.detach(lambda);
                }
                self.keep(out, depth, Value::new(Kind::Lambda(lambda, self.calls.len())));
                taint
            }
            ExprKind::Binary { op, left, right } if is_comparison(op) => {
                self.comparison(orm, left, right, out, depth)
            }
            ExprKind::Binary { op, left, right }
                if matches!(op.as_str(), "&&" | "||" | "&" | "|" | "and" | "or") =>
            {
                let taint = self.criterion(orm, None, left, out, depth + 1);
                let taint = taint.with(&self.criterion(orm, None, right, out, depth + 1));
                self.keep(out, depth, Value::tainted(Kind::Scalar, taint.clone()));
                taint
            }
            _ => self.plain_criterion(orm, field, expr, out, depth),
        }
    }

    /// `User.id == order.user_id`: the side that hangs on nothing names the field.
    fn comparison(
        &mut self,
        orm: &'static Orm,
        left: &'a Expr,
        right: &'a Expr,
        out: &mut Args<'a>,
        depth: u32,
    ) -> Taint {
        let column = match &left.kind {
            ExprKind::Member { name, .. } => Some(name.as_str()),
            _ => None,
        };
        let mut taint = self.criterion(orm, None, left, out, depth + 1);
        let known = !taint.deps.is_empty();
        let other = match &right.kind {
            ExprKind::Member { name, .. } if known => Some(name.as_str()),
            _ => column,
        };
        if known && let (Some(key), Some(name)) = (out.keys.last_mut(), other) {
            key.field = Some(name.to_owned());
        }
        taint.add(&self.criterion(orm, if known { None } else { column }, right, out, depth + 1));
        self.keep(out, depth, Value::tainted(Kind::Scalar, taint.clone()));
        taint
    }

    fn plain_criterion(
        &mut self,
        orm: &'static Orm,
        field: Option<&str>,
        expr: &'a Expr,
        out: &mut Args<'a>,
        depth: u32,
    ) -> Taint {
        let value = self.eval(expr);
        if let Kind::Query(query) = &value.kind {
            // A condition built of another query, or the statement to execute.
            out.keys.extend(query.keys.iter().cloned());
        }
        let placed = field.is_some_and(|field| orm.batch_values.matches(field));
        let list = orm.has(Quirk::ArrayKeys)
            && !placed
            && (field.is_some() || depth == 0)
            && self.is_list(expr, &value);
        // A query in the first place is what to run, under a key it is a subquery.
        let list = list && (field.is_some() || !matches!(value.kind, Kind::Query(_)));
        let list = list && (field.is_some() || !self.is_sql_condition(expr, out));
        let taint = if list {
            self.listed(value.taint.clone())
        } else {
            value.taint.clone()
        };
        if !taint.deps.is_empty() && !matches!(value.kind, Kind::Query(_)) {
            out.keys.push(Key {
                field: field.map(str::to_owned),
                text: self.short_text(expr.span),
                taint: taint.clone(),
            });
        }
        self.keep(out, depth, value);
        taint
    }

    fn keep(&self, out: &mut Args<'a>, depth: u32, value: Value<'a>) {
        if depth == 0 {
            out.values.push(value);
        }
    }

    /// The same where nothing says yet which ORM will be asked.
    pub(super) fn is_of_any_row(&self, taint: &Taint) -> bool {
        (self.unit.orms.iter()).any(|active| self.is_of_one_row(active.orm, taint))
    }

    /// Quirk `own_lists`: all of a list comes from single rows of queries that are walked here.
    fn is_of_one_row(&self, orm: &Orm, taint: &Taint) -> bool {
        let of_row = |dep: &Dep| {
            let iteration = &self.iterations[dep.iteration];
            dep.via == Via::Element
                && !iteration.chunks
                && matches!(iteration.form, Form::ForEach | Form::Callback)
                && matches!(iteration.origin, Origin::Query { .. })
        };
        let is_open = |dep: &&Dep| self.open.contains(&dep.iteration);
        let mut open = taint.deps.iter().filter(is_open).peekable();
        orm.has(Quirk::OwnLists)
            && open.peek().is_some()
            && open.all(of_row)
            && !taint.batched.iter().any(|dep| is_open(&dep))
    }

    fn listed(&self, taint: Taint) -> Taint {
        taint.into_batched()
    }

    /// `"total > ?", totals` and `["total > ?", total]` compare one value, unless the text asks for
    /// a list.
    fn is_sql_condition(&self, expr: &'a Expr, out: &Args<'a>) -> bool {
        let first = match &expr.kind {
            ExprKind::List(parts)
                if parts
                    .first()
                    .is_some_and(|part| matches!(part.kind, ExprKind::Str(_) | ExprKind::Template(_))) =>
            {
                parts.first().map(|part| self.text(part.span))
            }
            // `query("… = $1", [id])`
            _ => match out.values.first().map(|value| &value.kind) {
                Some(Kind::Text(text)) => Some(*text),
                _ => None,
            },
        };
        first.is_some_and(|text| text.contains(['?', ':', '%', '=', '<', '>']) && !batch::is_sql_list(text))
    }

    /// Whether a key's value is a list of keys.
    fn is_list(&self, expr: &Expr, value: &Value<'a>) -> bool {
        match &value.kind {
            Kind::Coll(_) | Kind::Tuple(_) | Kind::Query(_) => true,
            Kind::Unknown => self.reads_as_list(expr),
            _ => false,
        }
    }

    /// `ids`, `order.tag_ids.uniq`, `names.compact.map(…)`.
    fn reads_as_list(&self, expr: &Expr) -> bool {
        let on = |object: &Expr, name: &str| {
            let kept = self
                .unit
                .table
                .callback(name)
                .is_some_and(|callback| matches!(callback.gives, Gives::Same | Gives::Mapped));
            words::is_plural(name) || (kept || self.unit.table.same.has(name)) && self.reads_as_list(object)
        };
        match &expr.kind {
            ExprKind::Name(name) => words::is_plural(name),
            ExprKind::Member { object, name, .. } => on(object, name),
            ExprKind::Call { callee, args, .. } if self.unit.table.bare_calls => match &callee.kind {
                ExprKind::Member { object, name, .. } => on(object, name),
                ExprKind::Name(name) => args.is_empty() && words::is_plural(name),
                _ => false,
            },
            _ => false,
        }
    }

    /// A function that the ORM turns into SQL: it runs for no row, but what it captures counts.
    fn translated(&mut self, orm: &'static Orm, lambda: &'a Lambda, out: &mut Args<'a>, depth: u32) -> Taint {
        let hidden = self.lambda_params(lambda, &[]);
        self.muted += 1;
        let mut taint = Taint::default();
        for stmt in &lambda.body {
            match &stmt.kind {
                StmtKind::Return(Some(value)) | StmtKind::Expr(value) => {
                    taint.add(&self.criterion(orm, None, value, out, depth + 1));
                }
                _ => {
                    if let Some(value) = self.stmt(stmt) {
                        taint.add(&value.taint);
                    }
                }
            }
        }
        self.muted -= 1;
        self.env.restore(hidden);
        taint
    }
}

fn is_comparison(op: &str) -> bool {
    matches!(op, "==" | "===" | "!=" | "!==" | "<" | ">" | "<=" | ">=" | "is")
}
