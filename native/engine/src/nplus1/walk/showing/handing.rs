//! The call, the include and the dictionary that hand values to the template that is looked for.

use std::rc::Rc;

use super::Context;
use crate::facts::ir::{Arg, Expr, ExprKind};
use crate::nplus1::contexts::CONTEXTS;
use crate::nplus1::env::Env;
use crate::nplus1::value::{Fields, Kind, Value};
use crate::nplus1::walk::Walker;

impl<'a> Walker<'a> {
    /// What a call says of a context; true if that is all it does.
    pub(in crate::nplus1::walk) fn of_showing(
        &mut self,
        expr: &'a Expr,
        callee: &'a Expr,
        args: &'a [Arg],
    ) -> bool {
        if let ExprKind::Member { object, name, .. } = &callee.kind
            && self.unit.table.adds.has(name)
        {
            return self.keep_parts(object, args);
        }
        !self.is_template() && self.hands_over(expr, args)
    }

    /// Whether a call names the template that is looked for; then what it hands over is noted.
    pub(in crate::nplus1::walk) fn hands_over(&mut self, expr: &'a Expr, args: &'a [Arg]) -> bool {
        let Some(showing) = &self.showing else {
            return false;
        };
        let names = showing.names.clone();
        let is_it = |walker: &mut Self, value: &'a Expr| match &value.kind {
            ExprKind::Str(text) => names.contains(text),
            ExprKind::Name(_) | ExprKind::Member { .. } => {
                matches!(walker.eval(value).kind, Kind::Text(text) if {
                    let text = text.trim_matches(['"', '\'']);
                    names.iter().any(|name| name == text)
                })
            }
            _ => false,
        };
        let Some(which) = args.iter().position(|arg| is_it(self, &arg.value)) else {
            return false;
        };
        let mut context = Context::default();
        for (_, arg) in args.iter().enumerate().filter(|(at, _)| *at != which) {
            let value = self.eval(&arg.value);
            let locals = match &arg.value.kind {
                ExprKind::Call { callee, args, .. } if args.is_empty() => {
                    matches!(&callee.kind, ExprKind::Name(name) if CONTEXTS.gives_locals(name))
                }
                _ => false,
            };
            match (&value.kind, &arg.name) {
                _ if locals => context.env.join(self.env.clone()),
                (Kind::Fields(fields), _) => {
                    for (name, part) in fields.parts() {
                        context.env.set(name, part.clone());
                        context.places.insert(name.clone(), (self.unit.id, expr.span));
                    }
                }
                (_, Some(name)) => {
                    context
                        .places
                        .insert(name.clone(), (self.unit.id, arg.value.span));
                    context.env.set(name, value);
                }
                _ => {}
            }
        }
        let any = context.env.len() > 0;
        if let Some(showing) = self.showing.as_mut().filter(|_| any) {
            showing.found.push(context);
        }
        any
    }

    /// An include of the template that is looked for: it sees all that is known there.
    pub(in crate::nplus1::walk) fn shows_wanted(&mut self, path: &str, given: Env<'a>) {
        let is_it = self
            .showing
            .as_ref()
            .is_some_and(|it| it.names.iter().any(|name| name == path));
        if !is_it {
            return;
        }
        self.charge(self.env.len() / 8);
        let mut env = Env::inside(Rc::new(self.env.clone()));
        env.join(given);
        if let Some(showing) = &mut self.showing {
            let places = showing.places.clone();
            showing.found.push(Context { env, places });
        }
    }

    /// `super().get_queryset()` of a base that is not in the repository.
    pub(in crate::nplus1::walk) fn rows_of_base(&mut self, object: &Expr, name: &str) -> Option<Value<'a>> {
        let rows = self.showing.as_ref()?.rows.clone()?;
        (matches!(object.kind, ExprKind::Super) && CONTEXTS.is_query(name)).then_some(rows)
    }

    /// `context["rows"] = …`, `context.update({…})`: what a context that is being made holds.
    pub(in crate::nplus1::walk) fn keep_part(&mut self, name: &str, key: &str, value: &Value<'a>) -> bool {
        if self.showing.is_none() {
            return false;
        }
        let before = self.env.get(name);
        let mut parts = match before.map(|it| &it.kind) {
            Some(Kind::Fields(fields)) => fields.parts().to_vec(),
            None | Some(Kind::Record | Kind::Unknown | Kind::Named(_)) => Vec::new(),
            Some(_) => return false,
        };
        parts.retain(|(known, _)| known != key);
        parts.push((key.to_owned(), value.clone()));
        let taint = before.map(|it| it.taint.clone()).unwrap_or_default();
        let kind = Fields::kind(parts, &taint);
        self.env.set(name, Value::tainted(kind, taint));
        true
    }

    fn keep_parts(&mut self, object: &Expr, args: &'a [Arg]) -> bool {
        let ExprKind::Name(name) = &object.kind else {
            return false;
        };
        let mut kept = false;
        for arg in args {
            let value = self.eval(&arg.value);
            match (&value.kind, &arg.name) {
                (_, Some(key)) => kept |= self.keep_part(name, key, &value),
                (Kind::Fields(fields), None) => {
                    for (key, part) in fields.parts() {
                        kept |= self.keep_part(name, key, part);
                    }
                }
                _ => {}
            }
        }
        kept
    }
}
