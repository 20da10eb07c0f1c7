//! Models and relations that stand outside of a class body: objects that declare one
//! (`new EntitySchema({ … })`, `define("User", { … })`), calls and assignments that add to a class
//! (`User.hasMany(Post)`, `User.posts = relationship(Post)`).

use super::class::{self, adds, blank};
use super::configured;
use super::field::add;
use super::relation::{self, Said};
use super::source::{self, ClassName, Source};
use super::visit::{self, Seen};
use std::collections::BTreeMap;

use crate::facts::ir::{Arg, Expr, ExprKind, Function, Pattern, Span};
use crate::nplus1::words;
use crate::registry::model::{Model, Standing};

pub(super) fn models(source: &Source<'_>) -> Vec<Model> {
    let mut found = Vec::new();
    let mut names = BTreeMap::new();
    visit::file(source.facts, &mut |function, seen| match seen {
        Seen::Expr(expr) => found.extend(called(source, function, expr)),
        Seen::Assign(Pattern::Name { name, .. }, value) => {
            names.insert((value.span.start, value.span.end), name);
        }
        Seen::Assign(target, value) => found.extend(assigned(source, target, value)),
    });
    configured::read(source, &mut found);
    // `User = sequelize.define("user", …)` is called `User` in the code.
    for model in found.iter_mut().filter(|it| it.standing == Standing::Declared) {
        let name = names.get(&(model.span.start, model.span.end));
        if let Some(name) = name.filter(|name| name.starts_with(|c: char| c.is_uppercase())) {
            model.name.clone_from(name);
            model.qualified.clone_from(name);
        }
    }
    joined(found)
}

/// What a file adds to one class is one addition.
fn joined(found: Vec<Model>) -> Vec<Model> {
    let mut first: BTreeMap<(Vec<String>, String), usize> = BTreeMap::new();
    let mut models: Vec<Model> = Vec::new();
    for model in found {
        let key = (model.bases.clone(), model.name.clone());
        let at = first.get(&key).and_then(|at| models.get_mut(*at));
        match at.filter(|_| model.standing == Standing::Adds) {
            Some(into) => {
                model
                    .relations
                    .into_iter()
                    .for_each(|relation| add(into, relation));
                into.columns.extend(model.columns);
                into.scopes.extend(model.scopes);
                into.table = into.table.take().or(model.table);
                into.called = into.called.take().or(model.called);
            }
            None => {
                if model.standing == Standing::Adds {
                    first.insert(key, models.len());
                }
                models.push(model);
            }
        }
    }
    models
}

/// `User.posts = relationship(Post)`
fn assigned(source: &Source<'_>, target: &Pattern, value: &Expr) -> Option<Model> {
    let Pattern::Place(place) = target else {
        return None;
    };
    let ExprKind::Member { object, name, .. } = &place.kind else {
        return None;
    };
    let class = class_of(source, object)?;
    let (word, args) = source::callee(value)?;
    let said = Said {
        name: Some(name.clone()),
        ..Said::of(source.orm.relations.word(word)?, args, value.span)
    };
    let relation = relation::read(source, &class.name, &said)?;
    let mut model = adds(source, &class, value.span);
    add(&mut model, relation);
    Some(model)
}

fn called(source: &Source<'_>, function: &Function, expr: &Expr) -> Option<Model> {
    let relations = &source.orm.relations;
    match &expr.kind {
        ExprKind::New { class, args, .. } if relations.schemas.matches(class.short()) => {
            schema(source, args, expr.span)
        }
        ExprKind::Call { callee, args, .. } => {
            if let ExprKind::Name(name) = &callee.kind {
                return relations
                    .schemas
                    .matches(name)
                    .then(|| schema(source, args, expr.span))?;
            }
            let ExprKind::Member { object, name, .. } = &callee.kind else {
                return None;
            };
            if relations.define.matches(name) {
                return defined(source, args, expr.span);
            }
            let class = receiver(source, function, object)?;
            if relations.init.matches(name) {
                let mut model = adds(source, &class, expr.span);
                class::object(source, args, &mut model);
                return Some(model);
            }
            association(source, &class, name, args, expr.span)
        }
        _ => None,
    }
}

/// The class a call adds to: `User.…`, `models.User.…`, `this.…` in a static method.
fn receiver(source: &Source<'_>, function: &Function, object: &Expr) -> Option<ClassName> {
    if matches!(object.kind, ExprKind::This | ExprKind::Super) {
        let class = source
            .facts
            .classes
            .get(function.class.filter(|_| function.is_static)?)?;
        return Some(ClassName {
            name: class.name.clone(),
            within: None,
        });
    }
    class_of(source, object)
}

fn class_of(source: &Source<'_>, object: &Expr) -> Option<ClassName> {
    if !matches!(
        object.kind,
        ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. }
    ) {
        return None;
    }
    let class = source.class_name(&source::named(object)?)?;
    let is_class = class.name.starts_with(|c: char| c.is_uppercase());
    (is_class || source.orm.relations.renames).then_some(class)
}

/// `User.hasMany(models.Post, { as: "posts" })`
fn association(
    source: &Source<'_>,
    class: &ClassName,
    name: &str,
    args: &[Arg],
    span: Span,
) -> Option<Model> {
    let word = source.orm.relations.word(name)?;
    let target = source::named(source::positional(args).next()?)?;
    let target = source.class_name(&target)?.name;
    let said = Said::of(word, args, span);
    let named = relation::read(source, &class.name, &said).or_else(|| {
        let name = if word.many == Some(true) {
            words::plural(&target)
        } else {
            target
        };
        relation::read(
            source,
            &class.name,
            &Said {
                name: Some(name),
                is_name_open: true,
                ..said
            },
        )
    })?;
    let mut model = adds(source, class, span);
    add(&mut model, named);
    Some(model)
}

/// `define("User", { columns }, { options })`
fn defined(source: &Source<'_>, args: &[Arg], span: Span) -> Option<Model> {
    let name = source::text(&args.first()?.value)?;
    let mut model = blank(source, &words::camel(&name), span, Standing::Declared);
    model.called = Some(name);
    class::object(source, args.get(1..)?, &mut model);
    Some(model)
}

/// `new EntitySchema({ name, target, columns: { … }, relations: { posts: { type, target } } })`
fn schema(source: &Source<'_>, args: &[Arg], span: Span) -> Option<Model> {
    let options = source::options(args);
    let option = |wanted: &str| {
        options
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| *value)
    };
    let target = option("target")
        .and_then(source::named)
        .and_then(|name| source.class_name(&name));
    let name = target
        .map(|target| target.name)
        .or_else(|| option("name").and_then(source::text))?;
    let mut model = blank(source, &name, span, Standing::Declared);
    for (name, value) in &options {
        if source.orm.model_words.table.matches(name) {
            model.table = source::text(value);
        }
    }
    let entries = |wanted: &str| match option(wanted).map(|it| &it.kind) {
        Some(ExprKind::Map(entries)) => source::entries_of(entries).collect(),
        _ => Vec::new(),
    };
    model
        .columns
        .extend(entries("columns").into_iter().map(|(name, _)| name));
    for (name, value) in entries("relations") {
        let ExprKind::Map(of) = &value.kind else { continue };
        let kind = source::entries_of(of).find(|(key, _)| key == "type");
        let word = kind.and_then(|(_, kind)| source::text(kind));
        let Some(word) = word.and_then(|word| source.orm.relations.word(&word)) else {
            continue;
        };
        let args = [Arg {
            name: None,
            spread: false,
            value: value.clone(),
        }];
        let said = Said {
            name: Some(name),
            ..Said::of(word, &args, value.span)
        };
        if let Some(relation) = relation::read(source, &model.name, &said) {
            add(&mut model, relation);
        }
    }
    Some(model)
}
