//! Named queries of a class: its managers, and the methods of managers, query sets and models that
//! load relations.

use super::class::is_lender;
use super::loads::{self, Loads};
use super::source::{self, Source};
use crate::facts::ir::{Class, Expr, ExprKind, FunctionKind, Span};
use crate::nplus1::eager::paths::Paths;
use crate::registry::model::{Model, Scope};

pub(super) fn add(model: &mut Model, name: String, is_query: bool, loads: Loads, span: Span) {
    if is_query || !loads.is_empty() {
        model.scopes.push(Scope {
            name,
            is_query,
            loads: loads.paths,
            uses: loads.uses,
            lenders: Vec::new(),
            span,
        });
    }
}

pub(super) fn read(source: &Source<'_>, class: &Class, model: &mut Model) {
    let lends = is_lender(source, class);
    for method in class
        .methods
        .iter()
        .filter_map(|id| source.facts.functions.get(*id))
    {
        let may = lends || method.is_static && source.orm.relations.class_methods;
        if may && matches!(method.kind, FunctionKind::Method) {
            let is_default = source.orm.relations.default_scopes.matches(&method.name);
            let name = if is_default {
                String::new()
            } else {
                method.name.clone()
            };
            add(
                model,
                name,
                false,
                loads::of_body(source, &method.body),
                method.span,
            );
        }
    }
    for decorator in &class.decorators {
        let name = decorator.name.rsplit('.').next().unwrap_or("");
        if let Some(value) = decorator.args.first() {
            option(source, name, &value.value, model);
        }
    }
    for field in &class.fields {
        let Some(value) = &field.value else { continue };
        let mut lenders = Vec::new();
        lent(source, value, &mut lenders);
        if !lenders.is_empty() {
            model.columns.remove(&field.name);
            model.scopes.push(Scope {
                name: field.name.clone(),
                is_query: true,
                loads: Paths::default(),
                uses: Vec::new(),
                lenders,
                span: field.span,
            });
        }
    }
}

/// `defaultScope: { include: […] }`, `scopes: { full: { include: […] } }`
pub(super) fn option(source: &Source<'_>, name: &str, value: &Expr, model: &mut Model) {
    let relations = &source.orm.relations;
    let value = match &value.kind {
        ExprKind::Lambda(lambda) => source::answer(lambda).unwrap_or(value),
        _ => value,
    };
    if relations.default_scopes.matches(name) {
        add(
            model,
            String::new(),
            true,
            loads::of_options(source, value),
            value.span,
        );
    } else if relations.named_queries.matches(name)
        && let ExprKind::Map(entries) = &value.kind
    {
        for (name, value) in source::entries_of(entries) {
            let value = match &value.kind {
                ExprKind::Lambda(lambda) => source::answer(lambda).unwrap_or(value),
                _ => value,
            };
            add(model, name, true, loads::of_options(source, value), value.span);
        }
    }
}

/// Classes that `PostManager()`, `PostQuerySet.as_manager()` or
/// `Manager.from_queryset(PostQuerySet)()` name.
fn lent(source: &Source<'_>, value: &Expr, out: &mut Vec<String>) {
    let mut value = value;
    while let ExprKind::Call { callee, args, .. } = &value.kind {
        for arg in source::positional(args) {
            name_lender(source, arg, out);
        }
        value = callee;
        if let ExprKind::Member { object, name, .. } = &value.kind
            && name.starts_with(|c: char| c.is_lowercase())
            && !matches!(object.kind, ExprKind::Name(ref module) if module.starts_with(|c: char| c.is_lowercase()))
        {
            value = object;
        }
    }
    name_lender(source, value, out);
}

fn name_lender(source: &Source<'_>, expr: &Expr, out: &mut Vec<String>) {
    if !matches!(expr.kind, ExprKind::Name(_) | ExprKind::Member { .. }) {
        return;
    }
    let Some(class) = source::named(expr).and_then(|name| source.class_name(&name)) else {
        return;
    };
    let own = source.facts.classes.iter().find(|it| it.name == class.name);
    let lends =
        source.orm.model_words.lenders.matches(&class.name) || own.is_some_and(|it| is_lender(source, it));
    if lends {
        out.push(class.name);
    }
}
