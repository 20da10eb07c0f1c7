//! Views that choose by the action at hand what shows their rows: for one row this, for lists that.

use std::collections::BTreeSet;

use super::frameworks::Views;
use super::orm::pattern::Names;
use crate::facts::ir::{Class, Expr, ExprKind, FileFacts, Function, Span, Stmt, StmtKind, TypeRef};
use crate::program::visit;

/// Expressions that stand where only actions of one row come to.
#[derive(Default)]
pub struct Chosen {
    single: BTreeSet<Span>,
}

/// What a condition says of the action.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    One,
    Many,
}

impl Chosen {
    #[must_use]
    pub fn is_single(&self, span: Span) -> bool {
        self.single.contains(&span)
    }

    /// `{"retrieve": OrderDetail, "list": OrderRow}`
    #[must_use]
    pub fn of_value(views: &Views, value: &Expr) -> Self {
        let mut chosen = Chosen::default();
        visit::expression(value, &mut |expr| chosen.keyed(views, expr));
        chosen
    }

    /// The same, and what stands below conditions in a method that chooses.
    #[must_use]
    pub fn of_function(views: &Views, function: &Function) -> Self {
        let mut chosen = Chosen::default();
        if !views.is_empty() {
            visit::each(&function.body, &mut |expr| chosen.keyed(views, expr));
        }
        if views.chooses.matches(&function.name) {
            chosen.below(views, &function.body, false);
        }
        chosen
    }

    fn keyed(&mut self, views: &Views, expr: &Expr) {
        let ExprKind::Map(pairs) = &expr.kind else { return };
        for (key, value) in pairs {
            if matches!(&key.kind, ExprKind::Str(key) if views.of_one.matches(key)) {
                self.single.insert(value.span);
            }
        }
    }

    fn below(&mut self, views: &Views, body: &[Stmt], mut single: bool) {
        for stmt in body {
            match &stmt.kind {
                StmtKind::If {
                    condition,
                    then,
                    otherwise,
                } => {
                    let action = asked(views, condition);
                    self.below(views, then, single || action == Some(Action::One));
                    let rest = single || action == Some(Action::Many);
                    self.below(views, otherwise, rest);
                    // `if self.action == "list": return …`, and what comes after it.
                    single |= action == Some(Action::Many) && leaves(then);
                }
                StmtKind::Return(Some(value)) if single => {
                    visit::expression(value, &mut |expr| {
                        self.single.insert(expr.span);
                    });
                }
                _ => {}
            }
        }
    }
}

/// Whether a view shows one row at a time by the class that its field names: its bases say so, or it
/// chooses another for lists.
#[must_use]
pub fn shows_one(views: &Views, many: &Names, facts: &FileFacts, class: &Class) -> bool {
    let methods = || class.methods.iter().filter_map(|id| facts.functions.get(*id));
    let lists_itself = methods().any(|function| {
        let mut lists = false;
        visit::each(&function.body, &mut |expr| {
            if let ExprKind::Call { args, .. } = &expr.kind {
                lists |= args
                    .iter()
                    .any(|arg| arg.name.as_ref().is_some_and(|name| many.matches(name)));
            }
        });
        lists
    });
    if lists_itself {
        return false;
    }
    let bases = || class.bases.iter().map(TypeRef::short);
    if bases().next().is_some() && bases().all(|base| views.single.matches(base)) {
        return true;
    }
    let mut choosing = methods().filter(|function| views.chooses.matches(&function.name));
    choosing.any(|function| function.body.iter().any(|stmt| lists_otherwise(views, stmt)))
}

/// `if self.action == "list": return OrderRow`
fn lists_otherwise(views: &Views, stmt: &Stmt) -> bool {
    let StmtKind::If { condition, then, .. } = &stmt.kind else {
        return false;
    };
    asked(views, condition) == Some(Action::Many) && leaves(then)
}

fn leaves(body: &[Stmt]) -> bool {
    matches!(
        body.last().map(|last| &last.kind),
        Some(StmtKind::Return(Some(_)))
    )
}

/// `self.action == "retrieve"`, `self.request.method in ["PUT", "PATCH"]`
fn asked(views: &Views, condition: &Expr) -> Option<Action> {
    let ExprKind::Binary { op, left, right } = &condition.kind else {
        return None;
    };
    if op == "or" {
        let (left, right) = (asked(views, left)?, asked(views, right)?);
        return (left == right).then_some(left);
    }
    if !matches!(op.as_str(), "==" | "in") {
        return None;
    }
    let names: Vec<&str> = match &right.kind {
        ExprKind::Str(name) => vec![name],
        ExprKind::List(parts) => {
            let names = parts.iter().map(|part| match &part.kind {
                ExprKind::Str(name) => Some(name.as_str()),
                _ => None,
            });
            names.collect::<Option<_>>()?
        }
        _ => return None,
    };
    if names.is_empty() {
        None
    } else if names.iter().all(|name| views.of_one.matches(name)) {
        Some(Action::One)
    } else if names.iter().all(|name| views.of_many.matches(name)) {
        Some(Action::Many)
    } else {
        None
    }
}
