//! The decision of analysis.md 5.2, in its order, over what the walk wrote down. Steps 1 to 4
//! are behind us here: the file is analysed, the site executes on an ORM's receiver, reads and
//! writes are told apart, and its open iterations are known.

use std::collections::BTreeMap;

use super::batch;
use super::confidence::{self, Confidence};
use super::counts;
use super::dependence;
use super::frameworks::Kind;
use super::orm::schema::Quirk;
use super::signals::Active;
use super::site::{Action, Form, Iteration, Site};
use super::taint::IterationId;
use super::value::Origin;
use super::world::Loaded;
use crate::facts::ir::Language;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    LoopQuery,
    LazyRelation,
    /// A framework iterates.
    Implicit,
    /// A field resolver of a list's elements.
    Resolver,
    /// A mapping loads a relation of each row as the rows are read.
    EagerFetch,
    WriteInLoop,
    InvariantQuery,
}

impl Rule {
    pub const ALL: [Rule; 7] = [
        Rule::LoopQuery,
        Rule::LazyRelation,
        Rule::Implicit,
        Rule::Resolver,
        Rule::EagerFetch,
        Rule::WriteInLoop,
        Rule::InvariantQuery,
    ];

    pub fn id(self) -> &'static str {
        match self {
            Rule::LoopQuery => "n-plus-one/loop-query",
            Rule::LazyRelation => "n-plus-one/lazy-relation",
            Rule::Implicit => "n-plus-one/implicit",
            Rule::Resolver => "n-plus-one/graphql-resolver",
            Rule::EagerFetch => "n-plus-one/eager-fetch",
            Rule::WriteInLoop => "db/write-in-loop",
            Rule::InvariantQuery => "db/invariant-query-in-loop",
        }
    }
}

pub struct Verdict<'s> {
    pub rule: Rule,
    pub site: &'s Site,
    /// The iteration whose turns multiply the site.
    pub iteration: IterationId,
    /// Calls between the function at the root and the one that iterates.
    pub depth: usize,
    /// All that do, outermost first.
    pub counting: Vec<IterationId>,
    pub confidence: Confidence,
}

pub fn decide<'s>(
    sites: &'s [Site],
    iterations: &[Iteration<'_>],
    orms: &[Active],
    parse_quality: f32,
    loaded: &Loaded<'_>,
) -> Vec<Verdict<'s>> {
    let mut verdicts: Vec<Verdict<'s>> = Vec::new();
    for site in sites.iter().filter(|site| site.executed) {
        let counting: Vec<IterationId> = site
            .iterations
            .iter()
            .copied()
            .filter(|id| counts::counts(&iterations[*id], *id, site))
            .collect();
        let Some((rule, iteration)) = rule(site, sites, iterations, &counting) else {
            continue;
        };
        // Who feeds the loop is not seen here, and somebody does load this relation.
        if let Some(lazy) = &site.lazy
            && !matches!(iterations[iteration].origin, Origin::Query { .. })
            && loaded.has_relation(lazy, iterations[iteration].form)
        {
            continue;
        }
        let rule = match (rule, iterations[iteration].form) {
            (Rule::LoopQuery | Rule::LazyRelation, Form::Implicit(Kind::Implicit)) => Rule::Implicit,
            (Rule::LoopQuery | Rule::LazyRelation, Form::Implicit(Kind::Graphql)) => Rule::Resolver,
            (Rule::LazyRelation, Form::Load) => Rule::EagerFetch,
            // Nothing is hoisted out of a loop that is not there.
            (_, Form::Implicit(_) | Form::Load) => continue,
            (rule, _) => rule,
        };
        // A loop in a body that was entered is told of where its own file is walked. Here, the same file
        // may know more: what its callers hand it.
        let own = site.function_at(0).file;
        if iterations[iteration].depth > 0 && iterations[iteration].function.file != own {
            continue;
        }
        // Where types are declared, the class that declares the relation says which ORM it is.
        let typed = [Language::Java, Language::CSharp]
            .iter()
            .any(|language| site.orm.speaks(*language));
        let single = !(typed && site.lazy.is_some())
            && orms
                .iter()
                .any(|active| active.orm.id == site.orm.id && active.is_single());
        let confidence = confidence::of(site, &iterations[iteration], parse_quality, single);
        if confidence.value >= confidence::POSSIBLE {
            verdicts.push(Verdict {
                rule,
                site,
                iteration,
                depth: iterations[iteration].depth,
                counting,
                confidence,
            });
        }
    }
    one_per_place(verdicts)
}

fn rule(
    site: &Site,
    sites: &[Site],
    iterations: &[Iteration<'_>],
    counting: &[IterationId],
) -> Option<(Rule, IterationId)> {
    // Step 7 first: a batch is silent whatever else is true.
    if batch::is_batch(site, &site.iterations) || in_one_tick(site) {
        return None;
    }
    let keyed = dependence::depends_on(site)
        .filter(|id| counting.contains(id))
        .last();
    if site.action == Action::Write && is_byway(site, iterations) {
        return None;
    }
    match (site.action, keyed) {
        (Action::Read, Some(id)) if site.lazy.is_some() => Some((Rule::LazyRelation, id)),
        // What is read once for an object stays with it.
        (Action::Read, None) if site.lazy.is_some() => None,
        (Action::Read, Some(id)) => Some((Rule::LoopQuery, id)),
        (Action::Write, Some(id)) => Some((Rule::WriteInLoop, id)),
        (Action::Write, None) => {
            let id = walked_innermost(site, iterations, counting)?;
            (!paced(&iterations[id], site)).then_some((Rule::WriteInLoop, id))
        }
        (Action::Read, None) => {
            let id = walked_innermost(site, iterations, counting)?;
            let iteration = &iterations[id];
            let settled = dependence::is_invariant(site, id)
                && site.guard.is_none()
                && !counts::has_exit(iteration)
                && !writes_inside(site, sites, id)
                && !kept(site, iteration);
            settled.then_some((Rule::InvariantQuery, id))
        }
    }
}

/// The innermost open iteration, if it walks a collection and counts.
fn walked_innermost(
    site: &Site,
    iterations: &[Iteration<'_>],
    counting: &[IterationId],
) -> Option<IterationId> {
    let id = *site.iterations.last()?;
    let iteration = &iterations[id];
    let walks = matches!(
        iteration.form,
        Form::ForEach | Form::Callback | Form::Comprehension
    ) && !iteration.counter;
    (walks && counting.contains(&id)).then_some(id)
}

/// A write that the turns do not come to in the ordinary way: deep in what is called, and then only
/// sometimes (a token is renewed, a log is kept). No statement for all rows replaces it.
fn is_byway(site: &Site, iterations: &[Iteration<'_>]) -> bool {
    let depth = site.iterations.last().map_or(0, |id| iterations[*id].depth);
    site.is_aside(depth) && site.steps_from(depth) > 1
}

/// A write every so many turns (`if i % 500 == 0: commit()`) is paced already.
fn paced(iteration: &Iteration<'_>, site: &Site) -> bool {
    counts::under_condition(iteration.body, site.seen_at(iteration.depth))
}

/// Quirk `tick_batching`: look-ups by unique key that start together are sent as one.
fn in_one_tick(site: &Site) -> bool {
    site.orm.has(Quirk::TickBatching) && site.first_in_tick && site.method.starts_with("findUnique")
}

/// Quirk `keeps_rows`: a query made before the loop is read once and walked in every turn.
fn kept(site: &Site, iteration: &Iteration<'_>) -> bool {
    let Some(name) = site.held_in.as_deref().filter(|_| site.orm.has(Quirk::KeepsRows)) else {
        return false;
    };
    !counts::assigns(iteration.body, name)
}

fn writes_inside(site: &Site, sites: &[Site], id: IterationId) -> bool {
    sites.iter().any(|other| {
        other.action == Action::Write
            && other.iterations.contains(&id)
            && (other.model.is_none() || site.model.is_none() || other.model == site.model)
    })
}

/// Code that is walked twice (a function called in two places) is reported once, at its surest.
fn one_per_place(verdicts: Vec<Verdict<'_>>) -> Vec<Verdict<'_>> {
    let mut best: BTreeMap<(u32, u32, Rule), Verdict<'_>> = BTreeMap::new();
    for verdict in verdicts {
        let seen = verdict.site.seen_at(verdict.depth);
        let key = (seen.start, seen.end, verdict.rule);
        let better = best
            .get(&key)
            .is_none_or(|known| verdict.confidence.value > known.confidence.value);
        if better {
            best.insert(key, verdict);
        }
    }
    best.into_values().collect()
}
