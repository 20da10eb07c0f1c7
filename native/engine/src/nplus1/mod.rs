//! N+1 detection inside one file (analysis.md 5.2): the ORMs a file uses, one walk over its
//! functions, then the decision, step by step. ORMs are data (`native/rules/orm`); the code
//! knows languages and decisions, never a framework by name.

mod batch;
mod confidence;
mod counts;
mod decide;
mod dependence;
mod env;
mod fix;
pub(crate) mod language;
mod message;
pub mod orm;
mod severity;
pub(crate) mod signals;
mod site;
mod value;
mod walk;
pub(crate) mod words;

use std::collections::BTreeSet;

use crate::facts::ir::{FunctionId, Span};
use crate::project::Project;
use crate::raw::{File, RawFinding};
use crate::report::Level;
use decide::{Rule, Verdict};
use walk::{Walked, Walker};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Analysis {
    /// By place, then by rule.
    pub findings: Vec<RawFinding>,
    /// Places that execute a query, in loops or not.
    pub sites: u32,
}

#[must_use]
pub fn analyse(file: &File<'_>, project: &Project) -> Analysis {
    let orms = signals::active(file, project);
    if orms.is_empty() {
        return Analysis::default();
    }
    let walked = Walker::new(*file, project, orms.clone()).run();
    let verdicts = decide::decide(&walked.sites, &walked.iterations, &orms, file.facts.parse_quality);
    let findings = verdicts
        .iter()
        .filter(|verdict| !in_error(file, verdict.site.span))
        .map(|verdict| finding(file, &walked, verdict, &verdicts))
        .collect();
    let places: BTreeSet<Span> = walked.sites.iter().map(|site| site.span).collect();
    Analysis {
        findings,
        sites: u32::try_from(places.len()).unwrap_or(u32::MAX),
    }
}

/// Nothing is claimed about code that does not parse.
fn in_error(file: &File<'_>, site: Span) -> bool {
    file.facts
        .errors
        .iter()
        .any(|error| error.contains(site) || site.contains(*error))
}

fn finding(file: &File<'_>, walked: &Walked<'_>, verdict: &Verdict<'_>, all: &[Verdict<'_>]) -> RawFinding {
    let site = verdict.site;
    let iteration = &walked.iterations[verdict.iteration];
    let counting: Vec<_> = verdict
        .counting
        .iter()
        .map(|id| &walked.iterations[*id])
        .collect();
    let severity = match verdict.rule {
        Rule::LoopQuery => severity::of_read(file, site.function, &counting),
        Rule::WriteInLoop => {
            let same = |other: &&Verdict<'_>| {
                other.rule == Rule::WriteInLoop && other.iteration == verdict.iteration
            };
            severity::of_write(file, site.function, all.iter().filter(same).count())
        }
        Rule::InvariantQuery => crate::report::Severity::Low,
    };
    let level = match verdict.rule {
        Rule::LoopQuery if verdict.confidence.value >= confidence::LIKELY => Level::Warn,
        _ => Level::Suggest,
    };
    let code = short(file, site.span);
    RawFinding {
        rule_id: verdict.rule.id(),
        level,
        severity,
        confidence: verdict.confidence.value,
        factors: verdict.confidence.factors.clone(),
        orm: site.orm.id.clone(),
        model: site.model.clone(),
        function: site.function,
        site: site.span,
        locals: locals(file, walked, site.function),
        related: message::related(verdict, &walked.iterations),
        title: message::title(verdict, iteration),
        message: message::message(verdict, iteration, &code),
        fix: fix::fix(verdict, iteration, &code),
    }
}

fn locals(file: &File<'_>, walked: &Walked<'_>, function: FunctionId) -> Vec<String> {
    let mut names = BTreeSet::new();
    let mut at = Some(function);
    while let Some(id) = at {
        names.extend(walked.bound.get(&id).into_iter().flatten().cloned());
        at = file
            .facts
            .functions
            .get(id)
            .and_then(|function| function.parent)
            .filter(|parent| *parent < id);
    }
    names.into_iter().collect()
}

/// One line, cut in the middle of nothing: whole up to 80 characters, else its start.
fn short(file: &File<'_>, span: Span) -> String {
    let text = file
        .text
        .get(span.start as usize..span.end as usize)
        .unwrap_or("");
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
