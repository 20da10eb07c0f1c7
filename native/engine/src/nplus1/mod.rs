//! N+1 detection inside one file (analysis.md 5.2): the ORMs a file uses, one walk over its
//! functions, then the decision, step by step. ORMs are data (`native/rules/orm`); the code
//! knows languages and decisions, never a framework by name.

mod batch;
mod chosen;
mod confidence;
mod contexts;
mod counts;
mod decide;
mod dependence;
pub mod eager;
mod edit;
mod elsewhere;
mod env;
mod fix;
pub mod frameworks;
mod graphql;
pub(crate) mod language;
mod load_path;
mod loads;
mod message;
pub mod orm;
mod serializers;
mod severity;
pub(crate) mod signals;
mod site;
mod taint;
mod uses;
mod value;
mod views;
mod walk;
pub(crate) mod words;
pub mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::facts::ir::Span;
use crate::raw::{File, RawFinding};
use crate::registry::{self, model::Model};
use crate::report::Level;
use crate::request::LevelSetting;
use crate::sources::FileId;
use decide::{Rule, Verdict};
use orm::Orm;
pub use signals::{Active, Signals};
use site::Within;
use walk::unit::Unit;
use walk::{Walked, Walker};
use world::World;

/// Ids of all rules.
pub fn rule_ids() -> impl Iterator<Item = &'static str> {
    Rule::ALL.into_iter().map(Rule::id)
}

/// Whether the request switches off every rule, so that there is nothing to look for.
#[must_use]
pub fn is_off(levels: &BTreeMap<String, LevelSetting>) -> bool {
    rule_ids().all(|rule| levels.get(rule) == Some(&LevelSetting::Off))
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Analysis {
    /// By place, then by rule.
    pub findings: Vec<RawFinding>,
    /// Places that execute a query, in loops or not.
    pub sites: u32,
    pub ended: Ended,
}

pub use elsewhere::said;
pub use loads::loads;
pub use walk::Ended;

/// The models a file declares for the ORMs it uses.
#[must_use]
pub fn declared(file: &File<'_>, orms: &[Active]) -> Vec<Model> {
    let orms: Vec<&Orm> = orms.iter().map(|active| active.orm).collect();
    registry::declare(file.path, file.facts, &orms)
}

/// Whether any decision asks if a project declares this package.
#[must_use]
pub fn knows_package(name: &str) -> bool {
    orm::knows_package(name) || frameworks::knows_package(name)
}

/// Walks one file of the tree. An unreadable file has no findings.
#[must_use]
pub fn analyse(world: World<'_>, id: FileId) -> Analysis {
    let (Some(file), Some(mut analysis)) = (world.file(id), judge(world, id)) else {
        return Analysis::default();
    };
    edit::keep_sound(world, id, &file, &mut analysis.findings);
    analysis
}

/// The same, with edits that nobody has tried.
fn judge(world: World<'_>, id: FileId) -> Option<Analysis> {
    let file = world.file(id)?;
    let unit = Unit::new(world, id, file);
    let orms = Arc::clone(&unit.orms);
    let walked = Walker::new(world, unit).run();
    let verdicts = decide::decide(
        &walked.sites,
        &walked.iterations,
        &orms,
        file.facts.parse_quality,
        world.loaded,
    );
    let told = Told {
        world,
        id,
        file: &file,
        walked: &walked,
    };
    let findings = verdicts
        .iter()
        .filter(|verdict| !in_error(&file, verdict.site.seen_at(verdict.depth)))
        .map(|verdict| told.finding(verdict, &verdicts))
        .collect();
    let places: BTreeSet<Span> = walked
        .sites
        .iter()
        .filter(|site| site.calls.is_empty())
        .map(|site| site.span)
        .collect();
    Some(Analysis {
        findings,
        sites: u32::try_from(places.len()).unwrap_or(u32::MAX),
        ended: walked.ended,
    })
}

/// Nothing is claimed about code that does not parse.
fn in_error(file: &File<'_>, site: Span) -> bool {
    file.facts
        .errors
        .iter()
        .any(|error| error.contains(site) || site.contains(*error))
}

/// One walk and where it took place, to be told of.
struct Told<'t, 'a> {
    world: World<'a>,
    id: FileId,
    file: &'t File<'a>,
    walked: &'t Walked<'a>,
}

impl Told<'_, '_> {
    fn finding(&self, verdict: &Verdict<'_>, all: &[Verdict<'_>]) -> RawFinding {
        let site = verdict.site;
        let iteration = &self.walked.iterations[verdict.iteration];
        let function = site.function_at(verdict.depth).function;
        let counting: Vec<_> = verdict
            .counting
            .iter()
            .map(|id| &self.walked.iterations[*id])
            .collect();
        let severity = match verdict.rule {
            Rule::LoopQuery | Rule::LazyRelation | Rule::Implicit | Rule::Resolver | Rule::EagerFetch => {
                severity::of_read(self.file, function, &counting)
            }
            Rule::WriteInLoop => {
                let same = |other: &&Verdict<'_>| {
                    other.rule == Rule::WriteInLoop && other.iteration == verdict.iteration
                };
                severity::of_write(self.file, function, all.iter().filter(same).count())
            }
            Rule::InvariantQuery => crate::report::Severity::Low,
        };
        let level = match verdict.rule {
            Rule::LoopQuery | Rule::LazyRelation | Rule::Implicit | Rule::Resolver
                if verdict.confidence.value >= confidence::LIKELY =>
            {
                Level::Warn
            }
            _ => Level::Suggest,
        };
        let seen = site.seen_at(verdict.depth);
        let code = short(self.file.text, seen);
        let query = self
            .world
            .file(site.function.file)
            .map_or_else(|| code.clone(), |file| short(file.text, site.span));
        RawFinding {
            rule_id: verdict.rule.id(),
            level,
            severity,
            confidence: verdict.confidence.value,
            factors: verdict.confidence.factors.clone(),
            orm: site.orm.id.clone(),
            model: site.model.clone(),
            function,
            site: seen,
            locals: self.locals(site.function_at(verdict.depth)),
            related: message::related(verdict, &self.walked.iterations, self.world),
            title: message::title(verdict, iteration),
            message: message::message(verdict, iteration, &code, &query),
            fix: fix::fix(verdict, &self.walked.iterations, &query),
            edit: edit::candidate(self.world, self.id, self.file, verdict, &self.walked.iterations),
        }
    }

    fn locals(&self, function: Within) -> Vec<String> {
        let mut names = BTreeSet::new();
        let mut at = Some(function.function);
        while let Some(id) = at {
            let own = Within {
                function: id,
                ..function
            };
            let bound = self.walked.bound.get(&own).into_iter().flatten();
            names.extend(bound.map(|name| (*name).to_owned()));
            at = self
                .file
                .facts
                .functions
                .get(id)
                .and_then(|function| function.parent)
                .filter(|parent| *parent < id);
        }
        names.into_iter().collect()
    }
}

/// One line, cut in the middle of nothing: whole up to 80 characters, else its start.
fn short(text: &str, span: Span) -> String {
    let text = text.get(span.start as usize..span.end as usize).unwrap_or("");
    let text = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('`', "'");
    if text.chars().count() <= 80 {
        return text;
    }
    let cut: String = text.chars().take(79).collect();
    format!("{cut}…")
}
