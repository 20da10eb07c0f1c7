//! Object literals of which it is known what is in them.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::{Kind, NESTED_MAX, Value};
use crate::nplus1::taint::Taint;

/// Key of what is spread into the literal.
pub const SPREAD: &str = "...";

#[derive(Clone, Debug, Default)]
pub struct Fields<'a> {
    parts: Vec<(String, Value<'a>)>,
    /// What the literal as a whole hung on when it was written: all its parts together.
    own: Taint,
}

impl<'a> Fields<'a> {
    /// The kind of a literal with these parts, which hangs on that as a whole.
    pub fn kind(parts: Vec<(String, Value<'a>)>, own: &Taint) -> Kind<'a> {
        let nested: usize = parts.iter().map(|(_, part)| 1 + part.nested()).sum();
        if parts.is_empty() || nested > NESTED_MAX {
            return Kind::Record;
        }
        let own = own.clone();
        Kind::Fields(Rc::new(Fields { parts, own }))
    }

    pub fn values(&self) -> impl Iterator<Item = &Value<'a>> {
        self.parts.iter().map(|(_, part)| part)
    }

    /// In the order in which they were written.
    pub fn parts(&self) -> &[(String, Value<'a>)] {
        &self.parts
    }

    /// A part as it is read from the object, which hangs on `whole` by now: what came in since it was
    /// written may have come into this part.
    pub fn part(&self, name: &str, whole: &Taint) -> Option<Value<'a>> {
        let (_, part) = self.parts.iter().rfind(|(key, _)| key == name)?;
        let mut part = part.clone();
        part.taint.add(&whole.since(&self.own));
        Some(part)
    }

    /// All parts, read like that: several may have been spread into it.
    pub fn read(&self, whole: &Taint) -> impl Iterator<Item = (String, Value<'a>)> {
        let since = whole.since(&self.own);
        self.parts.iter().map(move |(name, part)| {
            let mut part = part.clone();
            part.taint.add(&since);
            (name.clone(), part)
        })
    }

    /// What came in since the literal was written.
    pub fn since(&self, whole: &Taint) -> Taint {
        whole.since(&self.own)
    }

    /// The same literal once this part of it holds what hangs on that too.
    pub fn with_in(&self, name: &str, given: &Taint) -> Kind<'a> {
        let mut fields = self.clone();
        if let Some((_, part)) = fields.parts.iter_mut().rfind(|(key, _)| key == name) {
            part.taint.add(given);
            fields.own.add(given);
        }
        Kind::Fields(Rc::new(fields))
    }

    pub fn shape(&self, hasher: &mut impl Hasher) -> bool {
        self.parts.iter().all(|(name, part)| {
            name.hash(hasher);
            part.shape(hasher)
        })
    }
}

/// What is known of an object after both ways of a branch.
pub fn joined<'a>(one: &Kind<'a>, other: &Kind<'a>) -> Option<Kind<'a>> {
    match (one, other) {
        (Kind::Fields(one), Kind::Fields(other)) if Rc::ptr_eq(one, other) => {
            Some(Kind::Fields(Rc::clone(one)))
        }
        (Kind::Fields(one), Kind::Fields(other)) => {
            let mut parts = one.parts.clone();
            for (name, value) in &other.parts {
                match parts.iter_mut().find(|(key, _)| key == name) {
                    Some((_, known)) => *known = known.join(value),
                    None => parts.push((name.clone(), value.clone())),
                }
            }
            Some(Fields::kind(parts, &one.own.clone().with(&other.own)))
        }
        (Kind::Fields(_), Kind::Null) | (Kind::Null, Kind::Fields(_)) => None,
        // Where the other way leads to something else, each part may come from there.
        (Kind::Fields(_), Kind::Unknown | Kind::Scalar | Kind::Record | Kind::Named(_))
        | (Kind::Unknown | Kind::Scalar | Kind::Record | Kind::Named(_), Kind::Fields(_)) => {
            Some(Kind::Record)
        }
        _ => None,
    }
}
