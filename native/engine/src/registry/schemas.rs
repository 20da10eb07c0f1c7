//! Models that schema files declare, in the form of all others. It must not parse texts.

use std::collections::BTreeMap;

use super::model::{Loading, Model, Open, Relation, Standing};
use crate::facts::ir::Span;
use crate::nplus1::eager::paths::Paths;
use crate::nplus1::orm;
use crate::nplus1::orm::schema::Quirk;
use crate::project::{Project, SchemaField, SchemaModel};

type ByName<'a> = BTreeMap<&'a str, &'a SchemaModel>;

/// For each ORM whose models stand in schema files.
pub(super) fn models(project: &Project) -> Vec<Model> {
    let mut found = Vec::new();
    let declared = project.schemas().flat_map(|(_, models)| models);
    let by_name: ByName<'_> = declared.map(|it| (it.name.as_str(), it)).collect();
    for orm in orm::all().iter().filter(|orm| orm.has(Quirk::SchemaModels)) {
        for (path, models) in project.schemas() {
            found.extend(models.iter().map(|it| model(&orm.id, path, it, &by_name)));
        }
    }
    found
}

fn model(orm: &str, path: &str, declared: &SchemaModel, by_name: &ByName<'_>) -> Model {
    let (relations, columns): (Vec<_>, Vec<_>) = declared
        .fields
        .iter()
        .partition(|field| by_name.contains_key(field.ty.as_str()));
    Model {
        orm: orm.to_owned(),
        name: declared.name.clone(),
        qualified: declared.name.clone(),
        called: None,
        path: path.to_owned(),
        span: Span {
            start: declared.start,
            end: declared.end,
        },
        standing: Standing::Declared,
        is_abstract: false,
        bases: Vec::new(),
        table: declared.table.clone(),
        columns: columns.iter().map(|field| field.name.clone()).collect(),
        relations: relations
            .iter()
            .map(|field| relation(declared, field, by_name))
            .collect(),
        foreign_keys: Vec::new(),
        scopes: Vec::new(),
        delegates: Vec::new(),
        is_ordered: false,
        is_batched: false,
    }
}

/// Such a relation is never loaded by itself: what was not asked for is not there.
fn relation(owner: &SchemaModel, field: &SchemaField, by_name: &ByName<'_>) -> Relation {
    Relation {
        name: field.name.clone(),
        target: Some(field.ty.clone()),
        target_in: None,
        many: field.many,
        inverse: inverse(owner, field, by_name),
        loading: Loading::Never,
        key: match field.keys.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
        eager: Paths::default(),
        counter_cache: false,
        through: None,
        source: None,
        nullable: field.nullable,
        reverse: None,
        open: Open::default(),
        span: Span {
            start: field.start,
            end: field.end,
        },
    }
}

/// The field of the other model that leads back, under the same name of the relation.
fn inverse(owner: &SchemaModel, field: &SchemaField, by_name: &ByName<'_>) -> Option<String> {
    let target = by_name.get(field.ty.as_str())?;
    let back = |it: &&SchemaField| {
        let itself = target.name == owner.name && it.name == field.name;
        it.ty == owner.name && it.relation == field.relation && !itself
    };
    target.fields.iter().find(back).map(|it| it.name.clone())
}
