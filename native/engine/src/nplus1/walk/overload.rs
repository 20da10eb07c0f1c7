//! Methods of one name: which overload takes what is given, and what implements one without code.

use super::Walker;
use super::enter::Target;
use super::repository::is_parameter;
use crate::facts::ir::{Arg, ExprKind, TypeRef};
use crate::nplus1::language::Table;
use crate::nplus1::site::Reached;
use crate::nplus1::value::{Kind, Value};
use crate::nplus1::words;
use crate::program::{ClassRef, FunctionRef};

/// Implementations of one interface that are looked into.
const IMPLEMENTATIONS_MAX: usize = 3;

impl<'a> Walker<'a> {
    /// The code that a method of a class means: its own, of a base, or of what implements it.
    pub(super) fn methods_of(
        &mut self,
        class: ClassRef,
        reached: Reached,
        of_class: bool,
        name: &str,
        args: usize,
        given: impl FnOnce(&mut Self) -> Vec<Value<'a>>,
    ) -> Vec<Target> {
        let view = self.world.view;
        if of_class {
            let function = (view.static_method(class, name)).or_else(|| {
                let mut all = view.overloads(class, name, args);
                all.retain(|function| view.function(*function).is_some_and(|it| it.is_static));
                self.fitting(all, given)
            });
            let reached = Reached::Direct;
            return function
                .map(|function| Target { function, reached })
                .into_iter()
                .collect();
        }
        let declared = match view.method_for(class, name, args) {
            Some(declared) => Some(declared),
            None => {
                let all = view.overloads(class, name, args);
                self.fitting(all, given)
            }
        };
        if let Some(function) = declared
            && view.has_body(function)
        {
            return vec![Target { function, reached }];
        }
        let mut found = view.implementing(class, name, args);
        // A part of the interface that a class of its own implements.
        if found.is_empty()
            && let Some(declared) = declared
            && let Some(part) = view.function(declared).and_then(|function| function.class)
            && (ClassRef {
                file: declared.file,
                class: part,
            }) != class
        {
            let part = ClassRef {
                file: declared.file,
                class: part,
            };
            let all = view.implementing(part, name, args);
            // What implements it by way of another interface is another thing: `OrderDao extends Dao<Order>`
            // is not what stands behind `CustomerDao extends Dao<Customer>`.
            found = all
                .iter()
                .copied()
                .filter(|it| self.is_based_on(*it, part))
                .collect();
        }
        let calls = self.calls.iter().rev().map(|call| call.from.file);
        let callers: Vec<_> = std::iter::once(self.unit.id).chain(calls).collect();
        let found = view.meant(&callers, class.file, found.to_vec());
        let reached = if found.len() == 1 {
            Reached::Only
        } else {
            Reached::Several
        };
        let several = found.iter().copied().take(IMPLEMENTATIONS_MAX);
        several.map(|function| Target { function, reached }).collect()
    }

    /// Whether the class of a method names this one among its own bases.
    fn is_based_on(&self, function: FunctionRef, part: ClassRef) -> bool {
        let view = self.world.view;
        let owner = view
            .function(function)
            .and_then(|it| it.class)
            .map(|class| ClassRef {
                file: function.file,
                class,
            });
        let (Some(owner), Some(part)) = (owner.and_then(|it| view.class(it)), view.class(part)) else {
            return false;
        };
        owner.bases.iter().any(|base| base.short() == part.name)
    }

    /// The only overload whose declared types fit what is given.
    pub(super) fn fitting(
        &mut self,
        mut overloads: Vec<FunctionRef>,
        given: impl FnOnce(&mut Self) -> Vec<Value<'a>>,
    ) -> Option<FunctionRef> {
        if overloads.len() < 2 {
            return overloads.pop();
        }
        let view = self.world.view;
        let given = given(self);
        let table = self.unit.table;
        overloads.retain(|function| {
            (view.params(*function).iter().zip(&given)).all(|(param, value)| match &param.ty {
                Some(ty) => may_be_given(table, ty, value),
                None => true,
            })
        });
        match overloads.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// Arguments as far as overloads need to know them. What is not known is one thing, unless it is
    /// called like several.
    pub(super) fn values_of(&mut self, args: &'a [Arg]) -> Vec<Value<'a>> {
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            let value = match &arg.value.kind {
                ExprKind::Lambda(lambda) => Value::new(Kind::Lambda(lambda, self.calls.len())),
                _ => self.muted(|walker| walker.eval(&arg.value)),
            };
            let text = self.text(arg.value.span).trim_end_matches(['(', ')']);
            let last = text.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next();
            values.push(match value.kind {
                Kind::Unknown | Kind::Foreign if !last.is_some_and(words::is_plural) => {
                    Value::tainted(Kind::Scalar, value.taint)
                }
                _ => value,
            });
        }
        values
    }
}

/// Whether a value may stand for a parameter of this type, as far as collections and rows tell.
fn may_be_given(table: &Table, ty: &TypeRef, value: &Value<'_>) -> bool {
    let many = table.collections.has(ty.short());
    match &value.kind {
        Kind::Coll(_) | Kind::Tuple(_) => many || is_parameter(ty.short()),
        Kind::Query(_) => many || ty.short().contains("Query"),
        Kind::Row(_) | Kind::Object(_) | Kind::Source(_) | Kind::Client(_) => !many && !is_plain(ty),
        Kind::Scalar | Kind::Text(_) => !many,
        _ => true,
    }
}

fn is_plain(ty: &TypeRef) -> bool {
    let short = ty.short();
    short.starts_with(char::is_lowercase)
        || matches!(short, "String" | "Long" | "Integer" | "UUID" | "Guid" | "Boolean")
}
