//! Functions inside what a walking call is given: `collect(toMap(f, g))`, `sorted(comparing(f))`. They
//! run for each element just as if they were given themselves.

use super::Walker;
use super::orm_call::Written;
use crate::facts::ir::{Arg, Expr, ExprKind, Span};
use crate::nplus1::site::Form;
use crate::nplus1::value::{Kind, Value};

/// Functions of one call that are looked at, and collectors within collectors.
const FUNCTIONS_MAX: usize = 16;
const DEPTH_MAX: u32 = 6;

impl<'a> Walker<'a> {
    /// `None` when no function is handed on.
    pub(super) fn collected(&mut self, value: &Value<'a>, call: Written<'a>) -> Option<Value<'a>> {
        if !matches!(value.kind, Kind::Coll(_) | Kind::Tuple(_)) {
            return None;
        }
        let mut functions = Vec::new();
        for arg in call.args {
            if let ExprKind::Call { args, .. } = &arg.value.kind {
                self.handed_on(args, &mut functions, DEPTH_MAX);
            }
        }
        let first = *functions.first()?;
        let walked = self.walked(value, call);
        let header = Span {
            start: call.span.start,
            end: first.span.start.max(call.span.start + 1),
        };
        let id = self.open_iteration(Form::Callback, header, &[], &walked, Some(call.object), None);
        let element = self.element(&walked, id);
        let mut taint = value.taint.clone();
        for function in functions {
            let answer = match &function.kind {
                ExprKind::Lambda(lambda) => self.run_lambda(lambda, std::slice::from_ref(&element)),
                ExprKind::Member { object, name, .. } => {
                    self.referred(object, name, element.clone(), function.span)
                }
                _ => continue,
            };
            taint.add(&answer.taint);
        }
        self.close_iteration();
        Some(Value::tainted(value.kind.clone(), taint))
    }

    fn handed_on(&self, args: &'a [Arg], out: &mut Vec<&'a Expr>, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        for arg in args {
            match &arg.value.kind {
                _ if out.len() >= FUNCTIONS_MAX => return,
                ExprKind::Lambda(_) => out.push(&arg.value),
                ExprKind::Member { .. } if self.referred_arg(&arg.value).is_some() => out.push(&arg.value),
                ExprKind::Call { args, .. } => self.handed_on(args, out, depth),
                _ => {}
            }
        }
    }
}
