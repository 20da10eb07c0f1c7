//! Functions of the language and its libraries that say what they answer, before anything else is tried.

use super::Walker;
use crate::facts::ir::{Arg, Expr, ExprKind, Span};
use crate::nplus1::taint::Taint;
use crate::nplus1::value::{Bound, Coll, Kind, Origin, Value};

impl<'a> Walker<'a> {
    pub(super) fn language_call(
        &mut self,
        full: &str,
        name: &str,
        span: Span,
        args: &'a [Arg],
        owner: &str,
    ) -> Option<Value<'a>> {
        if self.unit.table.gathers.has(full) || (owner != "Promise" && self.unit.table.gathers.has(name)) {
            let mut result = Value::new(Kind::Unknown);
            for arg in args {
                let value = self.eval(&arg.value);
                self.commit(&value);
                result = value.settled();
            }
            return Some(result);
        }
        if self.unit.table.functions.has(full) {
            return Some(self.function_iteration(full, span, args));
        }
        if self.unit.table.chains.has(full)
            && let [only] = args
        {
            return Some(self.flattened(&only.value));
        }
        let is_chunker = self.unit.table.chunkers.has(full)
            || (owner.is_empty() || owner.starts_with(|c: char| c.is_ascii_uppercase()))
                && self.unit.table.chunkers.has(name)
                && !args.is_empty();
        if is_chunker {
            let first = args.first().map(|arg| self.eval(&arg.value));
            let taint = self.plain_args(name, args.get(1..).unwrap_or(&[]), None);
            let first = first.unwrap_or_else(Value::unknown);
            let first = self.consume(first, span);
            return Some(Value::tainted(self.chunks_of(&first), first.taint.with(&taint)));
        }
        if self.unit.table.same.has(full)
            || (matches!(owner, "Array" | "Arrays" | "List" | "Set" | "Stream")
                && self.unit.table.same.has(name))
        {
            return match args {
                [only] if !matches!(owner, "List" | "Set") => {
                    let value = self.eval(&only.value);
                    Some(match value.kind {
                        Kind::Record | Kind::Fields(_) => Value::tainted(
                            Kind::Coll(Coll::of(
                                Value::unknown(),
                                record_size(&only.value),
                                Origin::Other,
                            )),
                            value.taint,
                        ),
                        // The values of an enumeration.
                        Kind::Class(_) => Value::tainted(
                            Kind::Coll(Coll::of(Value::unknown(), Bound::Constant, Origin::Other)),
                            value.taint,
                        ),
                        _ => value,
                    })
                }
                several => {
                    let values: Vec<_> = several.iter().map(|arg| self.eval(&arg.value)).collect();
                    let mut taint = Taint::default();
                    values.iter().for_each(|value| taint.add(&value.taint));
                    Some(Value::tainted(Kind::tuple(values), taint))
                }
            };
        }
        None
    }
}

fn record_size(expr: &Expr) -> Bound {
    match &expr.kind {
        ExprKind::Map(pairs) => Bound::Literal(pairs.len() as u64),
        _ => Bound::Unbounded,
    }
}
