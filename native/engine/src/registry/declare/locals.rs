//! Variables that hold a model under a name of their own, where models go by the name they are declared
//! with: `const { author: writer } = sequelize.models`, `const parcels = sequelize.define("parcel", …)`.

use crate::hashing::Map;
use std::collections::BTreeSet;

use super::{source, visit};
use crate::facts::ir::{ExprKind, FileFacts, Pattern};
use crate::nplus1::orm::Orm;
use crate::nplus1::words;

/// Local name to the model's. A name that stands for two models in the file says nothing.
pub(super) fn of<'a>(facts: &'a FileFacts, orm: &Orm) -> Map<&'a str, String> {
    let mut found = Locals::default();
    if !orm.relations.renames {
        return found.names;
    }
    for param in facts.functions.iter().flat_map(|function| &function.params) {
        found.taken_out(&param.pattern);
    }
    visit::file(facts, &mut |_, seen| match seen {
        visit::Seen::Assign(Pattern::Name { name, .. }, value) => {
            // A class-like name is the model's own.
            if let Some((word, [first, ..])) = source::callee(value)
                && orm.relations.define.matches(word)
                && !name.starts_with(char::is_uppercase)
                && let Some(called) = source::text(&first.value)
            {
                found.add(name, words::camel(&called));
            }
        }
        visit::Seen::Assign(target, _) => found.taken_out(target),
        visit::Seen::Expr(expr) => {
            if let ExprKind::Lambda(lambda) = &expr.kind {
                lambda
                    .params
                    .iter()
                    .for_each(|param| found.taken_out(&param.pattern));
            }
        }
    });
    found.names
}

#[derive(Default)]
struct Locals<'a> {
    names: Map<&'a str, String>,
    open: BTreeSet<&'a str>,
}

impl<'a> Locals<'a> {
    /// `{ author: writer }`
    fn taken_out(&mut self, pattern: &'a Pattern) {
        let Pattern::Object(parts) = pattern else { return };
        for (key, part) in parts {
            if let Pattern::Name { name, .. } = part
                && key != "..."
            {
                self.add(name, key.clone());
            }
        }
    }

    fn add(&mut self, local: &'a str, model: String) {
        if self.open.contains(local) {
            return;
        }
        match self.names.get(local) {
            Some(other) if *other != model => {
                self.names.remove(local);
                self.open.insert(local);
            }
            _ => {
                self.names.insert(local, model);
            }
        }
    }
}
