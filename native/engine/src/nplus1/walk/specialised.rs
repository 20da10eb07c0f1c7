//! Code of a generic class speaks of `T`: what it reads are rows of the model that its user names.

use super::Walker;
use super::repository::is_parameter;
use crate::nplus1::value::{Coll, Handle, Kind, Object, Origin, Value};
use crate::program::ClassRef;

impl<'a> Walker<'a> {
    /// Code of a generic repository speaks of `T`: what it reads are rows of the caller's model.
    pub(super) fn specialised(&mut self, receiver: &Value<'a>, sites: usize, answer: Value<'a>) -> Value<'a> {
        let class = match &receiver.kind {
            Kind::Source(source) => source.declared,
            Kind::Object(Object { class, .. }) => Some(*class),
            _ => None,
        };
        let Some(class) = class else {
            return answer;
        };
        let open = |model: &Option<String>| model.as_deref().is_none_or(is_parameter);
        let of_answer = match row_of(&answer) {
            Some(row) if open(&row.model) => Some(row.orm),
            _ => None,
        };
        let of_sites = self.sites.get(sites..).unwrap_or(&[]).iter();
        let asked = of_sites
            .filter(|site| open(&site.model))
            .map(|site| site.orm)
            .next();
        let Some(orm) = of_answer.or(asked) else {
            return answer;
        };
        let given = match &receiver.kind {
            Kind::Source(source) => source.model.clone(),
            _ => None,
        };
        let model = given.or_else(|| self.model_of_class(orm, class));
        for site in self.sites.iter_mut().skip(sites).filter(|site| open(&site.model)) {
            site.model.clone_from(&model);
        }
        match of_answer {
            Some(_) => with_model(answer, &model),
            None => answer,
        }
    }

    /// A field of a generic base speaks of `T`: for the class it is the model that this names.
    pub(super) fn for_class(&self, class: ClassRef, value: Value<'a>) -> Value<'a> {
        let handle = match &value.kind {
            Kind::Source(handle) => handle,
            _ => match row_of(&value) {
                Some(handle) => handle,
                None => return value,
            },
        };
        if !handle.model.as_deref().is_some_and(is_parameter) {
            return value;
        }
        match self.model_of_class(handle.orm, class) {
            Some(model) => with_model(value, &Some(model)),
            None => value,
        }
    }
}

fn row_of<'v>(value: &'v Value<'_>) -> Option<&'v Handle> {
    match &value.kind {
        Kind::Row(row) => Some(row),
        Kind::Coll(coll) => row_of(&coll.element),
        Kind::Query(query) => Some(&query.handle),
        _ => None,
    }
}

fn with_model<'a>(value: Value<'a>, model: &Option<String>) -> Value<'a> {
    let taint = value.taint;
    let kind = match value.kind {
        Kind::Row(row) => Kind::Row(Handle {
            model: model.clone(),
            ..row
        }),
        Kind::Source(source) => Kind::Source(Handle {
            model: model.clone(),
            ..source
        }),
        Kind::Coll(coll) => {
            let element = with_model((*coll.element).clone(), model).into();
            let origin = match coll.origin {
                Origin::Query { file, span, .. } => Origin::Query {
                    model: model.clone(),
                    file,
                    span,
                },
                other => other,
            };
            Kind::Coll(Coll {
                element,
                origin,
                ..coll
            })
        }
        Kind::Query(query) => {
            let mut query = (*query).clone();
            query.handle.model.clone_from(model);
            Kind::Query(query.into())
        }
        kind => kind,
    };
    Value::tainted(kind, taint)
}
