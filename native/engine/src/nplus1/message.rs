//! What a finding says: title, reason, related places (analysis.md 4.2). Plain sentences; code
//! stands in backticks in the message, never in the title.

use super::decide::{Rule, Verdict};
use super::frameworks::Kind;
use super::site::{Form, Iteration, Site};
use super::value::{Bound, Origin};
use super::words;
use super::world::World;
use crate::facts::ir::Span;
use crate::place::Lines;
use crate::raw::RawRelated;
use crate::report::{Place, Role};
use crate::sources::FileId;

pub fn title(verdict: &Verdict<'_>, iteration: &Iteration<'_>) -> String {
    let what = subject(verdict.site);
    let per = noun(iteration);
    if let Some(lazy) = &verdict.site.lazy {
        return format!("{}.{} is loaded once per {per}", lazy.owner, lazy.relation);
    }
    let named = verdict.site.model.is_some() || verdict.site.subject.is_some();
    match verdict.rule {
        Rule::WriteInLoop if !named => format!("A row is written once per {per}"),
        Rule::InvariantQuery if !named => format!("The same query runs once per {per}"),
        Rule::LoopQuery | Rule::LazyRelation | Rule::Implicit | Rule::Resolver | Rule::EagerFetch => {
            format!("{what} is queried once per {per}")
        }
        Rule::WriteInLoop => format!("{what} is written once per {per}"),
        Rule::InvariantQuery => format!("The same {what} query runs once per {per}"),
    }
}

pub fn message(verdict: &Verdict<'_>, iteration: &Iteration<'_>, code: &str, query: &str) -> String {
    let code = &match verdict.site.calls.len() > verdict.depth {
        true => format!("{code}` reaches `{query}"),
        false => code.to_owned(),
    };
    let per = noun(iteration);
    let turns = turns(iteration, verdict.rule);
    let form = form(iteration);
    match verdict.rule {
        Rule::LazyRelation | Rule::Implicit | Rule::Resolver if verdict.site.lazy.is_some() => format!(
            "`{code}` in the {form} `{driver}` reads a relation that nothing has loaded, so each {per} costs one more \
             query. {turns}",
            driver = iteration.driver
        ),
        Rule::EagerFetch => format!(
            "The mapping loads this relation together with each row. A read by key joins it, but `{code}` is another query, \
             so each {per} it reads costs one more, whether anything looks at the relation or not. {turns}"
        ),
        Rule::LoopQuery | Rule::LazyRelation | Rule::Implicit | Rule::Resolver => {
            let key = key(verdict);
            format!(
                "`{code}` runs inside the {form} `{driver}`{key}, so each {per} costs one more query. {turns} \
                 Nothing before the loop loads these rows together.",
                driver = iteration.driver
            )
        }
        Rule::WriteInLoop => format!(
            "`{code}` runs inside the {form} `{driver}`: one statement per {per}. {turns}",
            driver = iteration.driver
        ),
        Rule::InvariantQuery => format!(
            "`{code}` runs inside the {form} `{driver}`, but nothing in it depends on the {per}: every turn reads the \
             same rows again. {turns}",
            driver = iteration.driver
        ),
    }
}

/// Loops, what they walk, and the calls from the innermost of them to the query.
pub fn related(verdict: &Verdict<'_>, iterations: &[Iteration<'_>], world: World<'_>) -> Vec<RawRelated> {
    let mut related = Vec::new();
    let own = verdict.site.function_at(0).file;
    let mut tell = |role, file: FileId, span, message: String| {
        let elsewhere = if file == own {
            None
        } else {
            elsewhere(world, file, span)
        };
        if file == own || elsewhere.is_some() {
            related.push(RawRelated {
                role,
                elsewhere,
                span,
                message,
            });
        }
    };
    for id in verdict.counting.iter().rev() {
        let iteration = &iterations[*id];
        if iteration.form == Form::Load {
            return related; // all of it is at the query itself
        }
        let message = format!("runs once per {}", noun(iteration));
        tell(Role::Loop, iteration.function.file, iteration.span, message);
    }
    let iteration = &iterations[verdict.iteration];
    if let Origin::Query { model, file, span } = &iteration.origin {
        let rows = model
            .as_deref()
            .map_or("rows".to_owned(), |model| format!("{model} rows"));
        tell(
            Role::Driver,
            *file,
            *span,
            format!("reads the {rows} that are walked"),
        );
    }
    let site = verdict.site;
    for call in site.calls.iter().skip(verdict.depth + 1) {
        tell(Role::Call, call.from.file, call.span, "calls on".to_owned());
    }
    if site.calls.len() > verdict.depth {
        let message = format!("{} is asked for here", subject(site));
        tell(Role::Query, site.function.file, site.span, message);
    }
    related
}

fn elsewhere(world: World<'_>, file: FileId, span: Span) -> Option<Place> {
    let file = world.file(file)?;
    Some(Lines::new(file.text).place(file.path, span))
}

/// The model, or what the text calls it.
pub fn subject(site: &Site) -> String {
    match (&site.model, &site.subject) {
        (Some(model), _) => model.clone(),
        (None, Some(subject)) => subject.clone(),
        (None, None) => "The database".to_owned(),
    }
}

/// What one turn stands for: "order".
pub fn noun(iteration: &Iteration<'_>) -> String {
    if let Origin::Query {
        model: Some(model), ..
    } = &iteration.origin
    {
        return spaced(model);
    }
    let named = iteration
        .element
        .as_deref()
        .filter(|name| name.trim_matches('_').len() > 2);
    if let Some(name) = named {
        return spaced(name);
    }
    let last = iteration
        .driver
        .rsplit(|c: char| !(c.is_alphanumeric() || c == '_'))
        .find(|part| !part.is_empty());
    match last.filter(|last| words::is_plural(last)) {
        Some(last) => spaced(&words::singular(last)),
        None => "element".to_owned(),
    }
}

/// `OrderItem`, `order_item` → "order item".
fn spaced(name: &str) -> String {
    let mut out = String::new();
    let mut lower_before = false;
    for c in name.trim_matches(['_', '@', '$']).chars() {
        if c == '_' {
            out.push(' ');
        } else {
            if c.is_uppercase() && lower_before {
                out.push(' ');
            }
            out.extend(c.to_lowercase());
        }
        lower_before = c.is_lowercase();
    }
    out
}

fn form(iteration: &Iteration<'_>) -> &'static str {
    match iteration.form {
        Form::ForEach | Form::Counted | Form::While | Form::Forever => "loop over",
        Form::Callback => "callback over",
        Form::Implicit(Kind::Implicit) => "method that runs once per row in",
        Form::Implicit(Kind::Graphql) => "field resolver that runs once per parent in",
        Form::Comprehension => "comprehension",
        Form::Load => "query",
    }
}

fn key(verdict: &Verdict<'_>) -> String {
    let dependent = verdict.site.keys.iter().find(|key| {
        key.taint
            .deps
            .iter()
            .any(|dep| verdict.counting.contains(&dep.iteration))
    });
    match dependent {
        Some(key) => format!(" and its key `{}` changes with every turn", key.text),
        None => " on what each turn hands it".to_owned(),
    }
}

fn turns(iteration: &Iteration<'_>, rule: Rule) -> String {
    let cost = if matches!(
        rule,
        Rule::LoopQuery | Rule::LazyRelation | Rule::Implicit | Rule::Resolver | Rule::EagerFetch
    ) {
        ": 1 + N queries."
    } else {
        "."
    };
    match (&iteration.bound, &iteration.origin) {
        (Bound::Limited(n) | Bound::Literal(n), _) => format!("That is up to {n} turns."),
        (
            _,
            Origin::Query {
                model: Some(model), ..
            },
        ) => {
            format!("The number of {model} rows is not bounded{cost}")
        }
        _ => format!("The number of turns is not bounded here{cost}"),
    }
}
