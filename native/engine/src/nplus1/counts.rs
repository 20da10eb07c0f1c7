//! Step 5: iterations that do not count (analysis.md 5.4): few elements, slices, loops that
//! leave after the first query, counters that page, probe or try again.

use super::site::{Form, Iteration, Site};
use super::taint::{IterationId, Via};
use super::value::Bound;
use crate::facts::ir::{Expr, ExprKind, Pattern, Span, Stmt, StmtKind};

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
    left(iteration, site.seen_at(iteration.depth)) != Leaves::Always && !probes(iteration, id, site)
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
    matches!(iteration.form, Form::While | Form::Forever)
        || left(iteration, site.seen_at(iteration.depth)) != Leaves::Never
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaves {
    Never,
    /// Under a condition after the site.
    Sometimes,
    /// The site can run once at most.
    Always,
}

/// Whether the iteration is left after the site. A function for each element is not left by
/// returning from it, only by `break` where a language has that.
pub fn left(iteration: &Iteration<'_>, site: Span) -> Leaves {
    let way = Way {
        returns: !matches!(iteration.form, Form::Callback | Form::Implicit(_)),
    };
    way.leaves(iteration.body, site)
}

/// Which statements lead out of a body.
#[derive(Clone, Copy)]
struct Way {
    returns: bool,
}

impl Way {
    fn out(self, kind: &StmtKind) -> bool {
        match kind {
            StmtKind::Return(_) => self.returns,
            StmtKind::Raise(_) | StmtKind::Break => true,
            _ => false,
        }
    }

    fn leaves(self, body: &[Stmt], site: Span) -> Leaves {
        let Some(at) = body.iter().position(|stmt| stmt.span.contains(site)) else {
            return Leaves::Never;
        };
        let found = self.inside(&body[at], site);
        if found == Leaves::Always {
            return found;
        }
        let mut found = found;
        for stmt in &body[at + 1..] {
            if self.out(&stmt.kind) {
                return if found == Leaves::Never {
                    Leaves::Always
                } else {
                    found
                };
            }
            found = found.max(self.skips_or_leaves(stmt));
        }
        found
    }

    fn inside(self, stmt: &Stmt, site: Span) -> Leaves {
        match &stmt.kind {
            StmtKind::If { then, otherwise, .. } => {
                // The query of the condition itself stands outside the branches.
                let decides = if self.may(then) || self.may(otherwise) {
                    Leaves::Sometimes
                } else {
                    Leaves::Never
                };
                self.leaves(then, site)
                    .max(self.leaves(otherwise, site))
                    .max(decides)
            }
            StmtKind::Switch { arms, .. } => arms
                .iter()
                .map(|arm| self.leaves(arm, site))
                .max()
                .unwrap_or(Leaves::Never),
            StmtKind::Try {
                body,
                handlers,
                finally,
            } => {
                let inside = self.leaves(body, site).max(self.leaves(finally, site));
                let handled = handlers.iter().map(|handler| self.leaves(handler, site)).max();
                let handled = handled.unwrap_or(Leaves::Never);
                // A failed try goes on with the next turn.
                if inside == Leaves::Always && handlers.iter().any(|handler| !self.ends(handler)) {
                    Leaves::Sometimes.max(handled)
                } else {
                    inside.max(handled)
                }
            }
            StmtKind::Scope { body, .. } => self.leaves(body, site),
            StmtKind::Loop(each) => {
                // Turns of an inner loop: its `break` does not leave this one.
                let returns = any(&each.body, &|kind| matches!(kind, StmtKind::Return(_)));
                if self.returns && returns {
                    Leaves::Sometimes
                } else {
                    Leaves::Never
                }
            }
            kind if self.out(kind) => Leaves::Always,
            _ => Leaves::Never,
        }
    }

    /// A statement after the site that may leave, or may go on before the body is left.
    fn skips_or_leaves(self, stmt: &Stmt) -> Leaves {
        let bodies: Vec<&[Stmt]> = match &stmt.kind {
            StmtKind::If { then, otherwise, .. } => vec![then, otherwise],
            StmtKind::Switch { arms, .. } => arms.iter().map(Vec::as_slice).collect(),
            StmtKind::Try { body, handlers, .. } => handlers
                .iter()
                .map(Vec::as_slice)
                .chain([body.as_slice()])
                .collect(),
            StmtKind::Scope { body, .. } => vec![body],
            _ => return Leaves::Never,
        };
        let goes_on = |body: &[Stmt]| any(body, &|kind| matches!(kind, StmtKind::Continue));
        let either = bodies
            .iter()
            .any(|body| self.may(body) || self.returns && goes_on(body));
        if either { Leaves::Sometimes } else { Leaves::Never }
    }

    fn may(self, body: &[Stmt]) -> bool {
        any(body, &|kind| self.out(kind))
    }

    fn ends(self, body: &[Stmt]) -> bool {
        body.iter().any(|stmt| self.out(&stmt.kind))
    }
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

/// Whether the body has any way out at all: then turns may differ from one another.
pub fn has_exit(iteration: &Iteration<'_>) -> bool {
    Way {
        returns: !matches!(iteration.form, Form::Callback | Form::Implicit(_)),
    }
    .may(iteration.body)
}

/// Whether the body gives this variable a value.
pub fn assigns(body: &[Stmt], name: &str) -> bool {
    any(body, &|kind| {
        let target = match kind {
            StmtKind::Assign { target, .. } => target,
            StmtKind::Expr(Expr {
                kind: ExprKind::Assign { target, .. },
                ..
            }) => target,
            _ => return false,
        };
        match target {
            Pattern::Name { name: own, .. } => own == name,
            Pattern::Place(place) => {
                matches!(&place.kind, ExprKind::Member { name: own, .. } if own == name)
            }
            Pattern::Sequence(parts) => parts
                .iter()
                .any(|part| matches!(part, Pattern::Name { name: own, .. } if own == name)),
            _ => false,
        }
    })
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
