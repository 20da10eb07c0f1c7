//! Conditions that are settled by what is known already: in a template by what it was handed
//! (`defined?(title)`, `local_assigns[:title]`), anywhere by what the query loads (`comments.loaded?`).

use super::Walker;
use crate::facts::ir::{Expr, ExprKind};
use crate::nplus1::language::Words;
use crate::nplus1::value::{Kind, Value};

/// Values by name, and the name under which a template finds them all.
struct Handed<'h, 'a> {
    name: &'h str,
    values: &'h [(String, Value<'a>)],
    membership: &'h Words,
}

impl<'a> Walker<'a> {
    /// Whether a condition holds or fails each time that the code at hand runs as it does here.
    pub(super) fn settled(&mut self, condition: &'a Expr) -> Option<bool> {
        self.settled_by_handed(condition)
            .or_else(|| self.settled_by_loaded(condition))
            .or_else(|| self.is_never(condition).then_some(false))
    }

    fn settled_by_loaded(&mut self, condition: &'a Expr) -> Option<bool> {
        match &condition.kind {
            ExprKind::Unary { op, operand } if matches!(op.as_str(), "!" | "not") => {
                self.settled_by_loaded(operand).map(|holds| !holds)
            }
            ExprKind::Member { object, name, .. } => {
                let tells = (self.unit.orms.iter()).any(|active| active.orm.eager.tells.matches(name));
                if !tells {
                    return None;
                }
                match self.muted(|walker| walker.eval(object)).kind {
                    Kind::Query(query) => query.related.as_ref().map(|related| related.loaded),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn settled_by_handed(&self, condition: &Expr) -> Option<bool> {
        let (views, _) = self.views()?;
        let Kind::Named(values) = &self.env.get(&views.handed)?.kind else {
            return None;
        };
        let handed = Handed {
            name: &views.handed,
            values,
            membership: &self.unit.table.membership,
        };
        handed.holds(condition)
    }
}

impl Handed<'_, '_> {
    fn holds(&self, condition: &Expr) -> Option<bool> {
        match &condition.kind {
            ExprKind::Unary { op, operand } if matches!(op.as_str(), "!" | "not") => {
                self.holds(operand).map(|holds| !holds)
            }
            ExprKind::Binary { op, left, right } => match op.as_str() {
                "&&" | "and" => self.either(left, right, false),
                "||" | "or" => self.either(left, right, true),
                _ => None,
            },
            ExprKind::Index { object, index } if self.is_all(object) => self.given(word(index)?),
            ExprKind::Name(name) => self.given(name).filter(|_| self.has(name)),
            ExprKind::Member { object, name, .. } => match (name.as_str(), self.holds(object)?) {
                ("present?", false) => Some(false),
                ("nil?" | "blank?", false) => Some(true),
                _ => None,
            },
            ExprKind::Call { callee, args, .. } => match (&callee.kind, args.as_slice()) {
                (ExprKind::Name(name), [only]) if name == "defined?" => self.is_there(word(&only.value)?),
                (ExprKind::Name(name), []) => self.given(name).filter(|_| self.has(name)),
                (ExprKind::Member { object, name, .. }, [only])
                    if self.is_all(object) && self.membership.has(name) =>
                {
                    self.is_there(word(&only.value)?)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Of two conditions one that is `decides` settles both.
    fn either(&self, left: &Expr, right: &Expr, decides: bool) -> Option<bool> {
        let (left, right) = (self.holds(left), self.holds(right));
        if left == Some(decides) || right == Some(decides) {
            return Some(decides);
        }
        left.and(right)
    }

    fn is_all(&self, object: &Expr) -> bool {
        let named = |kind: &ExprKind| matches!(kind, ExprKind::Name(name) if name == self.name);
        match &object.kind {
            ExprKind::Call { callee, args, .. } => args.is_empty() && named(&callee.kind),
            kind => named(kind),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.values.iter().any(|(given, _)| given == name)
    }

    /// A collection hands on how far it is, without saying so.
    fn is_there(&self, name: &str) -> Option<bool> {
        let counts = name.ends_with("_counter") || name.ends_with("_iteration");
        (!counts || self.has(name)).then(|| self.has(name))
    }

    /// Whether a value is true, as far as that is seen.
    fn given(&self, name: &str) -> Option<bool> {
        match self.values.iter().rev().find(|(given, _)| given == name) {
            Some((_, value)) => matches!(value.kind, Kind::Null).then_some(false),
            None => self.is_there(name),
        }
    }
}

fn word(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Symbol(name) | ExprKind::Str(name) => Some(name),
        _ => None,
    }
}
