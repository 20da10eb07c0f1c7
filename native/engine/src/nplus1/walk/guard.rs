//! Checks that keep a query from running in every turn: a look into a map first, a test for
//! what is there already (analysis.md 5.6).

use super::Walker;
use crate::facts::ir::{Expr, ExprKind, Pattern, Stmt, StmtKind};
use crate::nplus1::site::Guard;

impl<'a> Walker<'a> {
    /// What keeps a branch from running in every turn.
    pub(super) fn guard_of(&self, condition: &'a Expr, then: &'a [Stmt]) -> Option<Guard> {
        if self.chooses(condition, true) {
            return Some(Guard::Chosen);
        }
        self.guards_branch(condition, then).then_some(Guard::NullCheck)
    }

    /// Whether a condition holds for one element only, by its id: `user.id === me.id`. With `equal` off:
    /// whether it holds for all others.
    fn chooses(&self, condition: &'a Expr, equal: bool) -> bool {
        let ExprKind::Binary { op, left, right } = &condition.kind else {
            return false;
        };
        match op.as_str() {
            "&&" | "and" if equal => self.chooses(left, equal) || self.chooses(right, equal),
            "||" | "or" if !equal => self.chooses(left, equal) || self.chooses(right, equal),
            "==" | "===" if equal => self.is_the_one(left, right) || self.is_the_one(right, left),
            "!=" | "!==" if !equal => self.is_the_one(left, right) || self.is_the_one(right, left),
            _ => false,
        }
    }

    /// The id of an element beside a value that is the same in all turns.
    fn is_the_one(&self, id: &'a Expr, other: &'a Expr) -> bool {
        let turns = |expr: &'a Expr| {
            let mut root = expr;
            while let ExprKind::Member { object, .. } = &root.kind {
                root = object;
            }
            match &root.kind {
                ExprKind::Name(name) => {
                    Some((self.env.get(name)).is_some_and(|value| self.turns_with(value)))
                }
                ExprKind::This => Some(false),
                _ => None,
            }
        };
        let ExprKind::Member { object, name, .. } = &id.kind else {
            return false;
        };
        matches!(object.kind, ExprKind::Name(_))
            && matches!(name.as_str(), "id" | "_id" | "uid" | "uuid" | "pk" | "Id")
            && turns(id) == Some(true)
            && matches!(other.kind, ExprKind::Name(_) | ExprKind::Member { .. })
            && turns(other) == Some(false)
    }

    /// Whether the branch only runs when something is missing, and then fills it in.
    fn guards_branch(&self, condition: &'a Expr, then: &'a [Stmt]) -> bool {
        match self.missing(condition) {
            Some(Missing::Key(map)) => {
                let map = self.text(map.span);
                !map.is_empty() && then.iter().any(|stmt| self.text(stmt.span).contains(map))
            }
            Some(Missing::Value(place)) => {
                let place = self.text(place.span);
                then.iter().any(|stmt| self.assigns(stmt, place))
            }
            None => false,
        }
    }

    /// `if key in cache: continue` guards the statements after it.
    pub(super) fn guard_after(&self, stmt: &'a Stmt) -> Option<Guard> {
        let StmtKind::If {
            condition,
            then,
            otherwise,
        } = &stmt.kind
        else {
            return None;
        };
        let leaves = |stmt: &Stmt| {
            matches!(
                stmt.kind,
                StmtKind::Return(_) | StmtKind::Raise(_) | StmtKind::Continue
            ) || is_refusal(stmt)
        };
        if otherwise.is_empty() && then.last().is_some_and(leaves) && self.chooses(condition, false) {
            return Some(Guard::Chosen);
        }
        let [
            Stmt {
                kind: StmtKind::Continue,
                ..
            },
        ] = then.as_slice()
        else {
            return None;
        };
        (otherwise.is_empty() && self.looks_up(condition).is_some()).then_some(Guard::NullCheck)
    }

    /// `map.get(key) ?? query`: the right side runs only when the left is missing.
    pub(super) fn guards_right(&self, op: &str, left: &'a Expr) -> bool {
        matches!(op, "??" | "||" | "or")
            && match &left.kind {
                ExprKind::Index { .. } => true,
                ExprKind::Call { callee, .. } => {
                    matches!(&callee.kind, ExprKind::Member { name, .. } if name == "get" || name == "Get")
                }
                _ => false,
            }
    }

    fn missing(&self, condition: &'a Expr) -> Option<Missing<'a>> {
        match &condition.kind {
            ExprKind::Binary { op, right, .. } if op == "not in" => Some(Missing::Key(right)),
            ExprKind::Binary { op, left, right }
                if matches!(op.as_str(), "is" | "==" | "===") && right.kind == ExprKind::Null =>
            {
                Some(Missing::Value(left))
            }
            ExprKind::Binary { op, left, right } if matches!(op.as_str(), "and" | "&&") => {
                self.missing(left).or_else(|| self.missing(right))
            }
            ExprKind::Unary { op, operand } if matches!(op.as_str(), "!" | "not") => {
                match self.looks_up(operand) {
                    Some(map) => Some(Missing::Key(map)),
                    None => Some(Missing::Value(operand)),
                }
            }
            ExprKind::Member { object, name, .. } if matches!(name.as_str(), "nil?" | "blank?") => {
                Some(Missing::Value(object))
            }
            _ => None,
        }
    }

    /// The map or set a condition looks into.
    fn looks_up(&self, condition: &'a Expr) -> Option<&'a Expr> {
        match &condition.kind {
            ExprKind::Binary { op, right, .. } if op == "in" => Some(right),
            ExprKind::Index { object, .. } => Some(object),
            ExprKind::Call { callee, .. } => match &callee.kind {
                ExprKind::Member { object, name, .. } if self.unit.table.membership.has(name) => Some(object),
                _ => None,
            },
            _ => None,
        }
    }

    fn assigns(&self, stmt: &'a Stmt, place: &str) -> bool {
        let target = match &stmt.kind {
            StmtKind::Assign { target, .. } => target,
            StmtKind::Expr(Expr {
                kind: ExprKind::Assign { target, .. },
                ..
            }) => target,
            StmtKind::Try { body, .. } | StmtKind::Scope { body, .. } => {
                return body.iter().any(|stmt| self.assigns(stmt, place));
            }
            _ => return false,
        };
        match target {
            Pattern::Name { name, .. } => name == place,
            Pattern::Place(expr) => self.text(expr.span) == place,
            _ => false,
        }
    }
}

/// `throwErr("not yours")`, `fail(…)`: a call that does nothing but refuse.
fn is_refusal(stmt: &Stmt) -> bool {
    let StmtKind::Expr(Expr {
        kind: ExprKind::Call { callee, .. },
        ..
    }) = &stmt.kind
    else {
        return false;
    };
    matches!(&callee.kind, ExprKind::Name(name) if name.starts_with("throw") || name == "fail" || name == "abort")
}

enum Missing<'a> {
    Key(&'a Expr),
    Value(&'a Expr),
}
