//! The cure, in the words of the ORM's file (analysis.md 4.3), with the real names filled in.

use super::decide::{Rule, Verdict};
use super::load_path;
use super::message;
use super::site::Iteration;
use super::value::{Lazy, Origin};
use super::words;

pub fn fix(verdict: &Verdict<'_>, iterations: &[Iteration<'_>], code: &str) -> String {
    let iteration = &iterations[verdict.iteration];
    let texts = &verdict.site.orm.fix;
    let counts = ["count", "exists", "exist", "any", "empty"]
        .iter()
        .any(|word| verdict.site.method.to_lowercase().contains(word));
    if let Some(lazy) = &verdict.site.lazy {
        let steps = steps(verdict, iterations);
        let many = steps.iter().any(|step| step.many);
        let template = if many { &texts.many } else { &texts.one };
        let feeder = feeder(verdict, iterations);
        let feeds = match feeder.origin {
            Origin::Query { .. } => format!("`{}`", feeder.driver),
            _ => format!(
                "the query that reads the {} rows",
                steps.first().unwrap_or(&lazy).owner
            ),
        };
        return match template {
            Some(template) => load_path::fill(template, &steps).replace("{feeds}", &feeds),
            None => format!("Load `{}` together with the rows of {feeds}.", lazy.relation),
        };
    }
    let template = match verdict.rule {
        Rule::LoopQuery if verdict.site.model.is_none() && texts.key.contains("{model}") => {
            return "Collect the keys first, read all rows with one query before the loop, and look each one up in memory."
                .to_owned();
        }
        Rule::LoopQuery | Rule::LazyRelation | Rule::Implicit | Rule::Resolver | Rule::EagerFetch => {
            match &texts.count {
                Some(count) if counts => count,
                _ => match &texts.relation {
                    // Nothing but the receiver hangs on the element.
                    Some(relation) if verdict.site.subject.is_some() && dependent(verdict).is_none() => {
                        relation
                    }
                    _ => &texts.key,
                },
            }
        }
        Rule::WriteInLoop => &texts.write,
        Rule::InvariantQuery => {
            return format!("Run `{code}` once before the loop and use its result inside.");
        }
    };
    let field = field(verdict);
    template
        .replace("{model}", verdict.site.model.as_deref().unwrap_or("Model"))
        .replace("{keys}", &keys(verdict, field.as_deref()))
        .replace("{key}", field.as_deref().unwrap_or("id"))
        .replace("{item}", &message::noun(iteration))
        .replace("{source}", &source(verdict, code))
}

/// What reads the rows with which a lazy relation is to be loaded: a relation of a relation is loaded by
/// what feeds the outermost loop.
pub fn feeder<'i, 'a>(verdict: &Verdict<'_>, iterations: &'i [Iteration<'a>]) -> &'i Iteration<'a> {
    let is_nested = (verdict.site.lazy.as_ref()).is_some_and(|lazy| lazy.before.is_some());
    let outermost = verdict.counting.first().filter(|_| is_nested);
    &iterations[outermost.copied().unwrap_or(verdict.iteration)]
}

/// The way from the feeder's rows to the lazy relation. That these were reached by a relation themselves, as
/// in `customer.orders.where(…)`, does not count: their query is one of its own.
pub fn steps<'v>(verdict: &'v Verdict<'_>, iterations: &[Iteration<'_>]) -> Vec<&'v Lazy> {
    let mut steps = verdict.site.lazy.as_ref().map(Lazy::steps).unwrap_or_default();
    if let Origin::Query {
        model: Some(model), ..
    } = &feeder(verdict, iterations).origin
        && let Some(start) = steps.iter().position(|step| step.owner == *model)
    {
        steps.drain(..start);
    }
    steps
}

fn dependent<'v>(verdict: &'v Verdict<'_>) -> Option<&'v super::value::Key> {
    verdict.site.keys.iter().find(|key| {
        key.taint
            .deps
            .iter()
            .any(|dep| verdict.counting.contains(&dep.iteration))
    })
}

/// The field compared, without look-up suffixes.
fn field(verdict: &Verdict<'_>) -> Option<String> {
    let field = dependent(verdict)?.field.as_deref()?;
    let field = ["__exact", "__iexact", "__pk", "__id"]
        .iter()
        .fold(field, |name, end| name.strip_suffix(end).unwrap_or(name));
    is_word(field).then(|| field.to_owned())
}

/// A name for all keys together: `order.customer_id` → `customer_ids`.
fn keys(verdict: &Verdict<'_>, field: Option<&str>) -> String {
    let last = dependent(verdict)
        .and_then(|key| key.text.rsplit('.').next())
        .filter(|last| is_word(last));
    match (last, field) {
        (Some(last), _) if last.len() > 1 => words::plural(last),
        (_, Some(field)) => words::plural(field),
        _ => "ids".to_owned(),
    }
}

/// What the call starts from: `prisma.user` of `prisma.user.findFirst(…)`.
fn source(verdict: &Verdict<'_>, code: &str) -> String {
    let path = code.split('(').next().unwrap_or("");
    let model = verdict.site.model.as_deref().unwrap_or("Model");
    match path.rsplit_once('.') {
        Some((source, _))
            if source
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '$' | '@' | ':')) =>
        {
            source.to_owned()
        }
        _ => model.to_owned(),
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}
