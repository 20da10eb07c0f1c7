//! Step 5: iterations that do not count (analysis.md 5.4): few elements, slices, loops that
//! leave after the first query, counters that page, probe or try again.

use super::site::{Form, Iteration, Site};
use super::value::{Bound, IterationId, Via};
use crate::facts::ir::{Span, Stmt, StmtKind};

/// Literals and constant ranges up to this many elements are no N+1.
const FEW: u64 = 10;

/// Whether turns of this iteration can make the site an N+1.
pub fn counts(iteration: &Iteration<'_>, id: IterationId, site: &Site) -> bool {
    if iteration.chunks {
        return false;
    }
    match iteration.bound {
        Bound::Literal(n) | Bound::Limited(n) if n <= FEW => return false,
        Bound::Constant => return false,
        _ => {}
    }
    if is_statement_loop(iteration.form) && leaves(iteration, site.span) == Leaves::Always {
        return false;
    }
    !probes(iteration, id, site)
}

fn is_statement_loop(form: Form) -> bool {
    !matches!(form, Form::Callback | Form::Comprehension)
}

/// A loop that counts up until the query says stop: tries, pages, free slugs.
fn probes(iteration: &Iteration<'_>, id: IterationId, site: &Site) -> bool {
    let by_element = site
        .taint
        .deps
        .iter()
        .any(|dep| dep.iteration == id && dep.via == Via::Element);
    if by_element {
        return false;
    }
    !matches!(
        iteration.form,
        Form::ForEach | Form::Counted | Form::Callback | Form::Comprehension
    ) || leaves(iteration, site.span) != Leaves::Never
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaves {
    Never,
    /// Under a condition after the site.
    Sometimes,
    /// The site can run once at most.
    Always,
}

/// Whether the iteration is left after the site.
pub fn leaves(iteration: &Iteration<'_>, site: Span) -> Leaves {
    leaves_body(iteration.body, site, iteration.form)
}

fn leaves_body(body: &[Stmt], site: Span, form: Form) -> Leaves {
    let Some(at) = body.iter().position(|stmt| stmt.span.contains(site)) else {
        return Leaves::Never;
    };
    let inner = match &body[at].kind {
        // The condition's own query stands outside the branches.
        StmtKind::If { then, otherwise, .. } => leaves_body(then, site, form)
            .max(leaves_body(otherwise, site, form))
            .max(conditional(&body[at], form)),
        StmtKind::Switch { arms, .. } => arms
            .iter()
            .map(|arm| leaves_body(arm, site, form))
            .max()
            .unwrap_or(Leaves::Never),
        StmtKind::Try {
            body,
            handlers,
            finally,
        } => {
            let inside = leaves_body(body, site, form).max(leaves_body(finally, site, form));
            let handled = handlers
                .iter()
                .map(|handler| leaves_body(handler, site, form))
                .max()
                .unwrap_or(Leaves::Never);
            // A failed try goes on with the next turn.
            if inside == Leaves::Always && handlers.iter().any(|handler| !ends(handler)) {
                Leaves::Sometimes.max(handled)
            } else {
                inside.max(handled)
            }
        }
        StmtKind::Scope { body, .. } => leaves_body(body, site, form),
        StmtKind::Return(_) | StmtKind::Raise(_) => Leaves::Always,
        // Turns of an inner loop: its `break` does not leave this one.
        StmtKind::Loop(each) => {
            if form != Form::Callback && returns(&each.body) {
                Leaves::Sometimes
            } else {
                Leaves::Never
            }
        }
        _ => Leaves::Never,
    };
    if inner == Leaves::Always {
        return Leaves::Always;
    }
    let mut found = inner;
    for stmt in &body[at + 1..] {
        match &stmt.kind {
            StmtKind::Return(_) | StmtKind::Raise(_) | StmtKind::Break => {
                return if found == Leaves::Never {
                    Leaves::Always
                } else {
                    found
                };
            }
            _ => found = found.max(skip_or_leave(stmt, form)),
        }
    }
    found
}

/// `if (query()) return`: the query itself decides.
fn conditional(stmt: &Stmt, form: Form) -> Leaves {
    let StmtKind::If { then, otherwise, .. } = &stmt.kind else {
        return Leaves::Never;
    };
    if may_leave(then, form) || may_leave(otherwise, form) {
        Leaves::Sometimes
    } else {
        Leaves::Never
    }
}

/// A statement after the site that may leave the loop, or may go on before it is left.
fn skip_or_leave(stmt: &Stmt, form: Form) -> Leaves {
    let bodies: Vec<&[Stmt]> = match &stmt.kind {
        StmtKind::If { then, otherwise, .. } => vec![then, otherwise],
        StmtKind::Switch { arms, .. } => arms.iter().map(Vec::as_slice).collect(),
        StmtKind::Try { body, handlers, .. } => {
            let mut bodies: Vec<&[Stmt]> = handlers.iter().map(Vec::as_slice).collect();
            bodies.push(body);
            bodies
        }
        StmtKind::Scope { body, .. } => vec![body],
        _ => return Leaves::Never,
    };
    let leaves = bodies.iter().any(|body| may_leave(body, form) || goes_on(body));
    if leaves { Leaves::Sometimes } else { Leaves::Never }
}

/// A function called for each element only ends its own turn by returning.
fn may_leave(body: &[Stmt], form: Form) -> bool {
    any(body, &|kind| match kind {
        StmtKind::Return(_) => form != Form::Callback,
        kind => matches!(kind, StmtKind::Raise(_) | StmtKind::Break),
    })
}

fn goes_on(body: &[Stmt]) -> bool {
    any(body, &|kind| matches!(kind, StmtKind::Continue))
}

fn returns(body: &[Stmt]) -> bool {
    any(body, &|kind| matches!(kind, StmtKind::Return(_)))
}

/// Whether a statement of this kind stands in the body, inner loops left out.
fn any(body: &[Stmt], is: &dyn Fn(&StmtKind) -> bool) -> bool {
    body.iter().any(|stmt| {
        is(&stmt.kind)
            || match &stmt.kind {
                StmtKind::If { then, otherwise, .. } => any(then, is) || any(otherwise, is),
                StmtKind::Switch { arms, .. } => arms.iter().any(|arm| any(arm, is)),
                StmtKind::Try {
                    body,
                    handlers,
                    finally,
                } => any(body, is) || any(finally, is) || handlers.iter().any(|handler| any(handler, is)),
                StmtKind::Scope { body, .. } => any(body, is),
                _ => false,
            }
    })
}

fn ends(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| {
        matches!(
            stmt.kind,
            StmtKind::Return(_) | StmtKind::Raise(_) | StmtKind::Break
        )
    })
}

/// Whether the body has any way out at all: then turns may differ from one another.
pub fn has_exit(iteration: &Iteration<'_>) -> bool {
    may_leave(iteration.body, iteration.form)
}

/// Whether the site stands under a condition inside the body.
pub fn under_condition(body: &[Stmt], site: Span) -> bool {
    body.iter()
        .filter(|stmt| stmt.span.contains(site))
        .any(|stmt| match &stmt.kind {
            StmtKind::If { .. } | StmtKind::Switch { .. } => true,
            StmtKind::Try { body, .. } | StmtKind::Scope { body, .. } => under_condition(body, site),
            _ => false,
        })
}
