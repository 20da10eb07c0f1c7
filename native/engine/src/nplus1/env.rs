//! The environment of the walk: names to abstract values, in scopes that see outer ones.
//! `this.name` is kept under that very text.

use crate::hashing::Map;
use std::rc::Rc;

use super::value::{Kind, Value};

#[derive(Clone, Debug, Default)]
pub struct Env<'a> {
    /// Branches are walked with copies, so names are shared.
    names: Map<Rc<str>, Value<'a>>,
    outer: Option<Rc<Env<'a>>>,
}

impl<'a> Env<'a> {
    /// A scope inside this one.
    pub fn inside(outer: Rc<Env<'a>>) -> Self {
        Env {
            names: Map::default(),
            outer: Some(outer),
        }
    }

    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.names.get(name).or_else(|| self.outer.as_ref()?.get(name))
    }

    /// Names of this scope alone.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn set(&mut self, name: &str, value: Value<'a>) {
        match self.names.get_mut(name) {
            Some(known) => *known = value,
            None => {
                self.names.insert(name.into(), value);
            }
        }
    }

    /// Undoes what a lambda's parameters hid.
    pub fn restore(&mut self, hidden: Vec<(String, Option<Value<'a>>)>) {
        for (name, value) in hidden {
            match value {
                Some(value) => self.set(&name, value),
                None => {
                    self.names.remove(&*name);
                }
            }
        }
    }

    /// The scope is kept for other code: functions in it belong to no call that is under way.
    pub fn outlive(&mut self) {
        for value in self.names.values_mut() {
            if let Kind::Lambda(_, depth) | Kind::Loader(_, depth) = &mut value.kind {
                *depth = usize::MAX;
            }
        }
    }

    pub fn own(&self, name: &str) -> Option<Value<'a>> {
        self.names.get(name).cloned()
    }

    /// What this scope alone says of the object's fields, by name.
    pub fn fields(&self) -> Vec<(String, Value<'a>)> {
        let mut fields: Vec<_> = self
            .names
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix("this.")?.to_owned(), value.clone())))
            .collect();
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        fields
    }

    /// What all scopes from here say of them.
    pub fn all_fields(&self) -> Env<'a> {
        let mut found = match &self.outer {
            Some(outer) => outer.all_fields(),
            None => Env::default(),
        };
        found.keep_fields(self);
        found
    }

    /// Takes over what another scope says of the object's fields.
    pub fn keep_fields(&mut self, left: &Env<'a>) {
        for (name, value) in &left.names {
            if name.starts_with("this.") {
                self.names.insert(name.clone(), value.clone());
            }
        }
    }

    /// After a branch: what both ways agree on, or may have left.
    pub fn join(&mut self, other: Env<'a>) {
        for (name, value) in other.names {
            let joined = match self.get(&name) {
                Some(own) => own.join(&value),
                None => value,
            };
            self.names.insert(name, joined);
        }
    }
}
