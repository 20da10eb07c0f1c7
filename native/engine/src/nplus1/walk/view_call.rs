//! What a call that shows a template hands it, as it is written.

use crate::facts::ir::{Arg, Expr, ExprKind};
use crate::nplus1::views::Views;

/// What a call that shows a template says.
#[derive(Default)]
pub(super) struct Shown<'a> {
    pub partial: Option<&'a Expr>,
    pub collection: Option<&'a Expr>,
    pub object: Option<&'a Expr>,
    pub named: Option<&'a str>,
    pub locals: Vec<(String, &'a Expr)>,
    /// More may be handed on than is written out here.
    pub open: bool,
}

pub(super) fn shown<'a>(views: &Views, args: &'a [Arg]) -> Shown<'a> {
    let mut shown = Shown::default();
    for arg in args {
        let Some(name) = &arg.name else {
            if shown.partial.is_none() && !arg.spread {
                shown.partial = Some(&arg.value);
            } else {
                shown.hand(&arg.value);
            }
            continue;
        };
        if views.partial.contains(name) {
            shown.partial = Some(&arg.value);
        } else if views.collection.contains(name) {
            shown.collection = Some(&arg.value);
        } else if views.object.contains(name) {
            shown.object = Some(&arg.value);
        } else if views.named.contains(name) {
            shown.named = match &arg.value.kind {
                ExprKind::Symbol(name) | ExprKind::Str(name) => Some(name),
                _ => None,
            };
        } else if views.locals.contains(name) {
            shown.hand(&arg.value);
        } else {
            shown.locals.push((name.clone(), &arg.value));
        }
    }
    shown
}

impl<'a> Shown<'a> {
    /// `{ post: post, small: true }`
    fn hand(&mut self, written: &'a Expr) {
        let ExprKind::Map(pairs) = &written.kind else {
            self.open = true;
            return;
        };
        for (key, value) in pairs {
            match &key.kind {
                ExprKind::Symbol(name) | ExprKind::Str(name) | ExprKind::Name(name) => {
                    self.locals.push((name.clone(), value));
                }
                _ => self.open = true,
            }
        }
    }
}
