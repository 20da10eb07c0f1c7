//! How the code of a repository uses classes that show rows: which of them it hands one row at a time,
//! and which types it declares lists of. Said in the lines of `elsewhere`.

use std::collections::BTreeSet;

use super::chosen::Chosen;
use super::elsewhere::{field_of, list_of};
use super::frameworks::{self, Uses};
use super::words;
use crate::facts::ir::{Arg, Class, Expr, ExprKind, FileFacts, Function, Pattern, Span};
use crate::program::visit;
use crate::raw::File;

/// What the file says of such classes.
#[must_use]
pub fn said(file: &File<'_>) -> BTreeSet<String> {
    let mut teller = Teller::default();
    if crate::program::is_test(file.path) {
        return teller.said;
    }
    for uses in frameworks::Found::of(file.facts).uses() {
        for class in &file.facts.classes {
            teller.class(uses, class);
            if !uses.views.is_empty() {
                teller.fields(uses, file.facts, class);
            }
        }
        for function in &file.facts.functions {
            let class = function.class.and_then(|id| file.facts.classes.get(id));
            teller.decorators(uses, function);
            // What shows rows is used as often as the class it stands in.
            let within = class.is_some_and(|class| uses.named.matches(&class.name));
            teller.function(uses, function, within);
        }
    }
    teller.said
}

#[derive(Default)]
struct Teller {
    said: BTreeSet<String>,
}

impl Teller {
    fn listed(&mut self, uses: &Uses, value: &Expr) {
        visit::expression(value, &mut |expr| {
            if let Some(name) = named(uses, expr) {
                self.said.insert(list_of(name));
            }
        });
    }

    fn class(&mut self, uses: &Uses, class: &Class) {
        let mut bases = class.bases.iter().map(|base| base.short());
        let is_root = uses.roots.matches(&class.name) || bases.clone().any(|base| uses.roots.matches(base));
        for base in bases.by_ref().filter(|base| uses.named.matches(base)) {
            self.said.insert(list_of(base));
        }
        for call in &class.macros {
            match &call.kind {
                ExprKind::Call { callee, args, .. } if matches!(&callee.kind, ExprKind::Name(word) if uses.declares.matches(word)) => {
                    for arg in args {
                        self.declared(uses, &arg.value, is_root);
                    }
                }
                _ => self.listed(uses, call),
            }
        }
    }

    /// What the fields of a class name: a view's own, and those of what shows rows.
    fn fields(&mut self, uses: &Uses, facts: &FileFacts, class: &Class) {
        for field in &class.fields {
            let Some(value) = &field.value else { continue };
            let is_own = field.name == uses.views.field;
            let single = is_own && super::chosen::shows_one(&uses.views, &uses.many, facts, class);
            let keyed = Chosen::of_value(&uses.views, value);
            visit::expression(value, &mut |expr| {
                if let Some(name) = named(uses, expr) {
                    self.said.insert(match single || keyed.is_single(expr.span) {
                        true => field_of(name),
                        false => list_of(name),
                    });
                }
            });
        }
    }

    /// `@action(detail=True, serializer_class=OrderSerializer)`
    fn decorators(&mut self, uses: &Uses, function: &Function) {
        if uses.views.is_empty() {
            return;
        }
        for decorator in &function.decorators {
            let named_arg = |name: &str| {
                let mut args = decorator.args.iter();
                args.find(|arg| arg.name.as_deref() == Some(name))
            };
            let class = named_arg(&uses.views.field).and_then(|arg| named(uses, &arg.value));
            if let Some(class) = class {
                let detail = named_arg(&uses.views.detail);
                let single = detail.is_some_and(|arg| arg.value.kind == ExprKind::Bool(true));
                self.said.insert(match single {
                    true => field_of(class),
                    false => list_of(class),
                });
            }
        }
    }

    /// The type of a field.
    fn declared(&mut self, uses: &Uses, value: &Expr, is_root: bool) {
        match (named(uses, value), &value.kind) {
            (Some(_), _) if is_root => {}
            (Some(name), _) => {
                self.said.insert(field_of(name));
            }
            (None, _) => self.listed(uses, value),
        }
    }

    fn function(&mut self, uses: &Uses, function: &Function, within: bool) {
        let mut found = Found::default();
        visit::each(&function.body, &mut |expr| found.expression(uses, function, expr));
        let chosen = Chosen::of_function(&uses.views, function);
        for (name, span) in &found.all {
            let single = !within
                && (found.single.contains(span) || chosen.is_single(*span))
                && !found.turns.iter().any(|turn| turn.contains(*span));
            self.said.insert(match single {
                true => field_of(name),
                false => list_of(name),
            });
        }
    }
}

/// What one function says.
#[derive(Default)]
struct Found<'f> {
    /// Every place that names such a class.
    all: Vec<(&'f str, Span)>,
    /// Those that hand it one row.
    single: BTreeSet<Span>,
    /// Code that may run once for each of several values.
    turns: Vec<Span>,
}

impl<'f> Found<'f> {
    fn expression(&mut self, uses: &Uses, function: &Function, expr: &'f Expr) {
        self.all.extend(named(uses, expr).map(|name| (name, expr.span)));
        match &expr.kind {
            ExprKind::Lambda(lambda) if !lambda.params.is_empty() => self.turns.push(lambda.span),
            ExprKind::Call {
                callee, args, block, ..
            } => {
                let block = block.as_deref().filter(|block| !block.params.is_empty());
                self.turns.extend(block.map(|block| block.span));
                if !shows_one(uses, function, args) {
                    return;
                }
                if let ExprKind::Member { object, name, .. } = &callee.kind
                    && uses.shows.matches(name)
                {
                    self.single.insert(object.span);
                }
                if !uses.views.is_empty() {
                    self.single.insert(callee.span);
                }
                let options = args
                    .iter()
                    .filter(|arg| arg.name.as_ref().is_some_and(|it| uses.options.matches(it)));
                self.single.extend(options.map(|arg| arg.value.span));
            }
            _ => {}
        }
    }
}

/// Whether the arguments are one row and options.
fn shows_one(uses: &Uses, function: &Function, args: &[Arg]) -> bool {
    let says_many = |arg: &Arg| {
        let named = arg.name.as_ref().is_some_and(|name| uses.many.matches(name));
        arg.spread || named && arg.value.kind != ExprKind::Bool(false)
    };
    let mut given = args.iter().filter(|arg| match &arg.name {
        None => true,
        Some(name) => uses.given.matches(name),
    });
    // What is handed nothing shows what it has just written.
    let writes = !uses.views.is_empty();
    !args.iter().any(says_many)
        && given
            .next()
            .map_or(writes, |first| is_one(uses, function, &first.value))
}

/// A name of one thing that the function was not handed: callers may hand it several, or several times.
fn is_one(uses: &Uses, function: &Function, value: &Expr) -> bool {
    let is_param = |name: &str| {
        (function.params.iter())
            .any(|param| matches!(&param.pattern, Pattern::Name { name: own, .. } if own == name))
    };
    let name = match &value.kind {
        ExprKind::Name(name) if is_param(name) => return false,
        ExprKind::Name(name) | ExprKind::Member { name, .. } => name,
        ExprKind::Call { callee, args, .. } if args.is_empty() => match &callee.kind {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => name,
            _ => return false,
        },
        _ => return false,
    };
    let name = name.trim_start_matches('@');
    !words::is_plural(name) && !uses.several.matches(name)
}

/// The class that is named here: `OrderSerializer`, `V1::OrderSerializer`.
fn named<'f>(uses: &Uses, expr: &'f Expr) -> Option<&'f str> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } if uses.named.matches(name) => Some(name),
        _ => None,
    }
}
