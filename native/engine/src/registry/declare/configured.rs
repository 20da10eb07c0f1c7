//! Models that other classes configure: types that name one (`DbSet<Order>`), and the calls of a
//! configuration (`Entity<Order>().HasMany(o => o.Items)`). It must not know what any of it means
//! beyond the words of the ORM's file.

use super::class::adds;
use super::field::add;
use super::relation::{self, Said};
use super::source::{self, ClassName, Source};
use super::visit::{self, Seen};
use crate::facts::ir::{Expr, ExprKind, Pattern, Span, TypeRef};
use crate::nplus1::orm::pattern::TypePattern;
use crate::registry::model::Model;

/// A variable that configures a model, and the code it holds in.
struct Builder {
    name: String,
    within: Span,
    class: ClassName,
}

pub(super) fn read(source: &Source<'_>, out: &mut Vec<Model>) {
    let relations = &source.orm.relations;
    if relations.typed.is_none() {
        return;
    }
    let mut builders = Vec::new();
    for class in &source.facts.classes {
        let fields = class.fields.iter().filter_map(|field| field.ty.as_ref());
        let named = class
            .bases
            .iter()
            .chain(fields)
            .filter_map(|ty| model_of(source, ty));
        out.extend(named.map(|name| adds(source, &name, class.span)));
    }
    for function in &source.facts.functions {
        for param in &function.params {
            let class = param.ty.as_ref().and_then(|ty| model_of(source, ty));
            if let (Some(class), Pattern::Name { name, .. }) = (class, &param.pattern) {
                out.push(adds(source, &class, function.span));
                builders.push(Builder {
                    name: name.clone(),
                    within: function.span,
                    class,
                });
            }
        }
    }
    visit::file(source.facts, &mut |_, seen| {
        if let Seen::Expr(expr) = seen {
            call(source, expr, &mut builders, out);
        }
    });
}

/// The model of `IEntityTypeConfiguration<Order>`, `DbSet<Order>`, `IRepository<Order>`.
fn model_of(source: &Source<'_>, ty: &TypeRef) -> Option<ClassName> {
    let configures = source.orm.relations.configures.matches(ty.short());
    let is_source = source
        .orm
        .source_types
        .iter()
        .any(|pattern| matches!(pattern, TypePattern::Argument(_)) && pattern.matches(ty).is_some());
    let model = ty.args.first().filter(|_| configures || is_source)?;
    source.class_name(&model.name)
}

fn call(source: &Source<'_>, expr: &Expr, builders: &mut Vec<Builder>, out: &mut Vec<Model>) {
    let ExprKind::Call {
        callee,
        args,
        type_args,
        ..
    } = &expr.kind
    else {
        return;
    };
    let ExprKind::Member { object, name, .. } = &callee.kind else {
        return;
    };
    let relations = &source.orm.relations;
    if relations.configured.matches(name)
        && let Some(class) = type_args.first().and_then(|ty| source.class_name(&ty.name))
    {
        out.push(adds(source, &class, expr.span));
        let lambda = args.iter().find_map(|arg| match &arg.value.kind {
            ExprKind::Lambda(lambda) => Some(lambda),
            _ => None,
        });
        if let Some(lambda) = lambda
            && let Some(Pattern::Name { name, .. }) = lambda.params.first().map(|it| &it.pattern)
        {
            builders.push(Builder {
                name: name.clone(),
                within: lambda.span,
                class,
            });
        }
        return;
    }
    let said = said(source, name, args, object, expr.span);
    if let Some(said) = said
        && let Some(class) = root(source, object, builders)
    {
        let mut model = adds(source, &class, expr.span);
        match said {
            Says::Relation(said) => {
                let relation = relation::read(source, &class.name, &said);
                relation
                    .into_iter()
                    .for_each(|relation| add(&mut model, relation));
            }
            Says::Column(name) => {
                model.columns.insert(name);
            }
            Says::Table(name) => model.table = Some(name),
        }
        out.push(model);
    }
}

enum Says<'a> {
    Relation(Said<'a>),
    Column(String),
    Table(String),
}

/// What one call of a configuration says, whatever it is said of.
fn said<'a>(
    source: &Source<'a>,
    name: &str,
    args: &'a [crate::facts::ir::Arg],
    object: &Expr,
    span: Span,
) -> Option<Says<'a>> {
    let relations = &source.orm.relations;
    let first = || args.first().and_then(|arg| source::named(&arg.value));
    let short = |name: String| name.rsplit('.').next().unwrap_or(&name).to_owned();
    if relations.owned.matches(name) {
        return first().map(short).map(Says::Column);
    }
    if source.orm.model_words.table.matches(name) {
        return source::text(&args.first()?.value).map(Says::Table);
    }
    if let Some(word) = relations.word(name) {
        return Some(Says::Relation(Said::of(word, args, span)));
    }
    let loading = relations.call_loading(name)?;
    if args.first().is_some_and(|arg| !source::is_true(&arg.value)) {
        return None;
    }
    // `Navigation(o => o.Customer).AutoInclude()`
    let (picks, picked) = source::callee(object)?;
    let picked = picked.first().filter(|_| relations.picks.matches(picks))?;
    Some(Says::Relation(Said {
        name: source::named(&picked.value).map(short),
        loading: Some(loading),
        ..Said::of(relations.typed.as_ref()?, &[], span)
    }))
}

/// The model that a chain of calls configures.
fn root(source: &Source<'_>, object: &Expr, builders: &[Builder]) -> Option<ClassName> {
    let mut at = object;
    loop {
        match &at.kind {
            ExprKind::Call {
                callee, type_args, ..
            } => {
                let ExprKind::Member { object, name, .. } = &callee.kind else {
                    return None;
                };
                if source.orm.relations.configured.matches(name) {
                    return source.class_name(&type_args.first()?.name);
                }
                at = object;
            }
            ExprKind::Name(name) => {
                let held = builders
                    .iter()
                    .filter(|it| it.name == *name && it.within.contains(at.span));
                return held
                    .min_by_key(|it| it.within.end - it.within.start)
                    .map(|it| it.class.clone());
            }
            _ => return None,
        }
    }
}
