//! Relations that stand as fields: `author = ForeignKey(User)`, `@ManyToOne private User author`,
//! and the same decorators on getters. Everything else a class keeps per row is a column.

use super::relation::{self, Said};
use super::source::{self, Source};
use crate::facts::ir::{Class, Decorator, Field, Function, FunctionKind, Stmt, StmtKind};
use crate::nplus1::words;
use crate::registry::model::{Model, Relation};

/// Fills in relations and columns; answers whether a relation was declared by its word.
pub(super) fn read(source: &Source<'_>, class: &Class, model: &mut Model) -> bool {
    let before = model.relations.len();
    for field in class.fields.iter().filter(|field| !field.is_static) {
        match said(source, field).and_then(|said| relation::read(source, &class.name, &said)) {
            Some(relation) => add(model, relation),
            None => {
                model.columns.insert(field.name.clone());
            }
        }
    }
    let methods = class
        .methods
        .iter()
        .filter_map(|id| source.facts.functions.get(*id));
    for getter in methods.filter_map(|method| getter(source, method)) {
        if let Some(relation) = relation::read(source, &class.name, &getter) {
            model.columns.remove(&relation.name);
            add(model, relation);
        }
    }
    let keys: Vec<_> = model.relations.iter().filter_map(|it| it.key.clone()).collect();
    model.columns.extend(keys);
    model.relations.len() > before
}

/// The last declaration of a name holds.
pub(super) fn add(model: &mut Model, relation: Relation) {
    model.relations.retain(|other| other.name != relation.name);
    model.relations.push(relation);
}

fn said<'a>(source: &Source<'a>, field: &'a Field) -> Option<Said<'a>> {
    let called = field.value.as_ref().and_then(source::callee);
    if let Some((name, args)) = called
        && let Some(word) = source.orm.relations.word(name)
    {
        return Some(Said {
            name: Some(field.name.clone()),
            ty: field.ty.as_ref(),
            marks: &field.decorators,
            ..Said::of(word, args, field.span)
        });
    }
    let decorated = decorated(source, &field.decorators)?;
    Some(Said {
        name: Some(field.name.clone()),
        ty: field.ty.as_ref(),
        ..decorated
    })
}

fn decorated<'a>(source: &Source<'a>, decorators: &'a [Decorator]) -> Option<Said<'a>> {
    let (word, decorator) = decorators
        .iter()
        .find_map(|it| Some((source.orm.relations.word(&it.name)?, it)))?;
    Some(Said {
        marks: decorators,
        ..Said::of(word, &decorator.args, decorator.span)
    })
}

/// `@OneToMany List<Item> getItems()`; in Python a decorated method that answers the word's call.
fn getter<'a>(source: &Source<'a>, method: &'a Function) -> Option<Said<'a>> {
    if !matches!(method.kind, FunctionKind::Method | FunctionKind::Getter) {
        return None;
    }
    let ty = method.return_type.as_ref();
    if let Some(said) = decorated(source, &method.decorators).filter(|_| method.params.is_empty()) {
        let name = accessed(source, &method.name).unwrap_or_else(|| method.name.clone());
        return Some(Said {
            name: Some(name),
            ty,
            ..said
        });
    }
    let (name, args) = match (method.decorators.as_slice(), method.body.as_slice()) {
        (
            [_, ..],
            [
                ..,
                Stmt {
                    kind: StmtKind::Return(Some(value)),
                    ..
                },
            ],
        ) => source::callee(value)?,
        _ => return None,
    };
    let word = source.orm.relations.word(name)?;
    Some(Said {
        name: Some(method.name.clone()),
        ty,
        ..Said::of(word, args, method.span)
    })
}

/// The relation that an accessor of this name reads: `items` of `getItems`.
fn accessed(source: &Source<'_>, method: &str) -> Option<String> {
    source.orm.relations.accessors.iter().find_map(|template| {
        let (before, after) = template.split_once("{Name}")?;
        let name = method.strip_prefix(before)?.strip_suffix(after)?;
        name.starts_with(|c: char| c.is_uppercase())
            .then(|| words::uncapital(name))
    })
}
