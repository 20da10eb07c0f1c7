//! The cure as an edit (ANA-053): the eager load written behind the query that feeds the loop. An edit is
//! offered only where the file, walked again with it, no longer has the finding and has no other one.

use std::collections::BTreeSet;

use super::decide::Verdict;
use super::site::Iteration;
use super::value::Origin;
use super::walk::Ended;
use super::world::World;
use super::{counts, fix, load_path};
use crate::facts::ir::{Expr, ExprKind, FileFacts, Function, Language, Pattern, Span, Stmt, StmtKind};
use crate::nplus1::orm::schema::Role;
use crate::nplus1::orm::{Effect, Orm};
use crate::program::visit;
use crate::raw::{File, Insertion, RawFinding};
use crate::sources::FileId;

/// Edits of one file that are tried; each costs a walk of the file.
const TRIED_MAX: usize = 4;

/// Links of one chain of calls that are looked at.
const CHAIN_MAX: usize = 40;

/// What may cure the finding, not tried yet.
pub fn candidate(
    world: World<'_>,
    id: FileId,
    source: &File<'_>,
    verdict: &Verdict<'_>,
    iterations: &[Iteration<'_>],
) -> Option<Insertion> {
    verdict.site.lazy.as_ref()?;
    let steps = fix::steps(verdict, iterations);
    let orm = verdict.site.orm;
    let words = orm.fix.edit.as_ref()?;
    let template = if steps.iter().any(|step| step.many) {
        &words.many
    } else {
        &words.one
    };
    let Origin::Query { file, span, .. } = &fix::feeder(verdict, iterations).origin else {
        return None;
    };
    let (function, query) = expression_at(source.facts, *span).filter(|_| *file == id)?;
    let query = match &query.kind {
        ExprKind::Name(name) => assigned_once(&function.body, name).unwrap_or(query),
        _ => query,
    };
    let is_relation =
        |name: &str| (world.registry.any_relation(&orm.id, name)).is_some_and(|it| it.relation.many);
    let at = behind(query, source.facts.language, orm, &is_relation)?;
    // A suggestion has no way to say that its line ends in more than a line feed.
    let line = source.text.get(at as usize..)?.split('\n').next()?;
    (!line.ends_with('\r')).then(|| Insertion {
        at,
        text: load_path::fill(template, &steps),
    })
}

/// The outermost expression of these bytes, and the function that it stands in.
fn expression_at(facts: &FileFacts, span: Span) -> Option<(&Function, &Expr)> {
    let mut found = None;
    for function in facts.functions.iter().filter(|it| it.span.contains(span)) {
        visit::each(&function.body, &mut |expr| {
            if found.is_none() && expr.span == span {
                found = Some((function, expr));
            }
        });
    }
    found
}

/// The value of a local that one statement of the function assigns, under no condition.
fn assigned_once<'f>(body: &'f [Stmt], name: &str) -> Option<&'f Expr> {
    let mut assigning = (body.iter()).filter(|stmt| counts::assigns(std::slice::from_ref(*stmt), name));
    match (&assigning.next()?.kind, assigning.next()) {
        (
            StmtKind::Assign {
                target: Pattern::Name { .. },
                op: None,
                value,
                ..
            },
            None,
        ) => value.as_ref(),
        _ => None,
    }
}

/// Where a call can be added to the query that a chain of calls builds: before what executes it, else
/// behind what it starts from. `None`: the chain starts from something that need not be a query.
fn behind(query: &Expr, language: Language, orm: &Orm, is_relation: &dyn Fn(&str) -> bool) -> Option<u32> {
    let mut at = query;
    for _ in 0..CHAIN_MAX {
        at = match &at.kind {
            ExprKind::Call { callee, block, .. } => {
                let ExprKind::Member { object, name, .. } = &callee.kind else {
                    return None;
                };
                if block.is_none() && (builds(orm, name) || is_relation(name)) {
                    return Some(at.span.end);
                }
                object
            }
            ExprKind::Member { object, name, .. } => {
                // `db.Orders`, `Order.objects`; in Ruby a method without arguments, which may answer anything.
                let is_source =
                    matches!(object.kind, ExprKind::Name(_) | ExprKind::This) && language != Language::Ruby;
                if is_source || builds(orm, name) || is_relation(name) {
                    return Some(at.span.end);
                }
                object
            }
            ExprKind::Name(name) if name.starts_with(char::is_uppercase) => return Some(at.span.end),
            ExprKind::Await(inner) => inner,
            _ => return None,
        };
    }
    None
}

fn builds(orm: &Orm, method: &str) -> bool {
    [Role::Source, Role::Query, Role::Relation].iter().any(|role| {
        let effect = orm.method(*role, method).map(|(effect, _)| effect);
        effect == Some(Effect::Builds)
    })
}

/// Leaves with the findings only those edits that do what they should.
pub fn keep_sound(world: World<'_>, id: FileId, file: &File<'_>, findings: &mut [RawFinding]) {
    let edits: BTreeSet<Insertion> = findings.iter().filter_map(|it| it.edit.clone()).collect();
    let tried: Vec<(Insertion, Option<BTreeSet<Told>>)> = edits
        .into_iter()
        .take(TRIED_MAX)
        .map(|edit| {
            let after = after(world, id, file, &edit);
            (edit, after)
        })
        .collect();
    let before: Vec<RawFinding> = findings.to_vec();
    for finding in findings {
        let Some(edit) = &finding.edit else {
            continue;
        };
        let known: BTreeSet<Told> = before.iter().map(|it| told(it, Some(edit))).collect();
        let own = told(finding, Some(edit));
        let is_sound = tried.iter().any(|(tried, after)| {
            tried == edit
                && (after.as_ref()).is_some_and(|after| !after.contains(&own) && after.is_subset(&known))
        });
        if !is_sound {
            finding.edit = None;
        }
    }
}

/// Rule, function, place and title.
type Told = (&'static str, usize, u32, String);

fn told(finding: &RawFinding, edit: Option<&Insertion>) -> Told {
    let start = finding.site.start;
    let moved = edit
        .filter(|edit| edit.at <= start)
        .map_or(0, |edit| edit.text.len());
    let start = start.saturating_add(u32::try_from(moved).unwrap_or(u32::MAX));
    (finding.rule_id, finding.function, start, finding.title.clone())
}

/// What is found in the file with the edit; `None` where it does not parse as well as before.
fn after(world: World<'_>, id: FileId, file: &File<'_>, edit: &Insertion) -> Option<BTreeSet<Told>> {
    let (head, tail) = file.text.split_at_checked(edit.at as usize)?;
    let parsed = world
        .sources
        .parsed(file.path, format!("{head}{}{tail}", edit.text))?;
    if parsed.facts.errors.len() > file.facts.errors.len()
        || parsed.facts.functions.len() != file.facts.functions.len()
    {
        return None;
    }
    let parsed = world.held.alloc(parsed);
    let world = World {
        instead: Some((id, parsed)),
        ..world
    };
    let judged = super::judge(world, id)?;
    let findings = judged.findings.iter().map(|it| told(it, None));
    (judged.ended == Ended::Whole).then(|| findings.collect())
}
