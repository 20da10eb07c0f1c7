//! Step 9, first half: confidence by the published table (analysis.md 5.9).

use super::counts::{self, Leaves};
use super::frameworks::Kind;
use super::orm::schema::Quirk;
use super::site::{Form, Guard, Iteration, Reached, Site};
use super::value::{Evidence, Origin};
use crate::report::Factor;

/// Below this a finding is dropped.
pub const POSSIBLE: f64 = 0.45;
pub const LIKELY: f64 = 0.65;
/// Raw SQL is likely at most (ANA-063).
const RAW_MAX: f64 = 0.84;

pub struct Confidence {
    pub value: f64,
    pub factors: Vec<Factor>,
}

pub fn of(site: &Site, iteration: &Iteration<'_>, parse_quality: f32, single_signal: bool) -> Confidence {
    let driver = &iteration.origin;
    let mut factors = vec![match site.evidence {
        _ if iteration.form == Form::Implicit(Kind::Graphql) && site.lazy.is_some() => {
            factor("relation read by a field resolver", 0.60)
        }
        _ if iteration.is_supposed => {
            factor("query in a field resolver of a type that may be in no list", 0.60)
        }
        _ if iteration.form == Form::Implicit(Kind::Graphql) => factor("query in a field resolver", 0.90),
        _ if iteration.form == Form::Load => factor("loaded with each row, as the mapping says", 0.60),
        _ if matches!(iteration.form, Form::Implicit(_)) => factor("run once per row by the framework", 0.70),
        _ if site.lazy.is_some() && matches!(driver, Origin::Query { .. }) => {
            factor("relation declared, its query visible and not loading it", 0.92)
        }
        _ if site.lazy.is_some() => factor("relation declared, but not what feeds the loop", 0.60),
        Evidence::Resolved => factor("query on a receiver whose type is resolved", 0.95),
        Evidence::Naming => factor("query on a receiver known by name only", 0.80),
    }];
    for call in site.calls.iter().skip(iteration.depth) {
        factors.push(match call.reached {
            Reached::Direct => factor("the query is one call away, found by name", 0.95),
            Reached::ByType => factor("the query is one call away, found by the receiver's type", 0.85),
            Reached::Only => factor("through the one implementation of an interface", 0.80),
            Reached::Several => factor("through one of several implementations", 0.60),
            Reached::Itself => factor("the function calls itself for each of its rows", 0.65),
            Reached::ByName => factor("in the one class that declares this method", 0.80),
        });
    }
    if counts::left(iteration, site.seen_at(iteration.depth)) == Leaves::Sometimes {
        factors.push(factor("the loop may be left after the query", 0.80));
    }
    match site.guard {
        Some(Guard::Cache) => factors.push(factor("behind an explicit cache", 0.40)),
        Some(Guard::Chosen) => factors.push(factor("runs only for the element with a certain id", 0.40)),
        Some(Guard::Failure) => factors.push(factor("runs only after a failure", 0.40)),
        Some(Guard::NullCheck) => factors.push(factor("runs only when the value is missing", 0.60)),
        None => {}
    }
    if site.identity {
        factors.push(factor("may be answered from the identity map", 0.85));
    }
    if parse_quality < 0.9 {
        factors.push(factor("the file does not parse completely", 0.80));
    }
    if single_signal {
        factors.push(factor("only one signal for the ORM", 0.80));
    }
    let product: f64 = factors.iter().map(|factor| factor.value).product();
    let mut value = (product * 100.0).round() / 100.0;
    if site.orm.has(Quirk::SqlText) {
        value = value.min(RAW_MAX);
    }
    Confidence { value, factors }
}

fn factor(reason: &str, value: f64) -> Factor {
    Factor {
        reason: reason.to_owned(),
        value,
    }
}
