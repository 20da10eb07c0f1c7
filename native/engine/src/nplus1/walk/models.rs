//! Which classes are models of an ORM: by their declaration, their import, a table of their
//! name, or by name alone (analysis.md 5.2 step 2).

use std::collections::BTreeSet;

use super::Walker;
use crate::facts::ir::ClassId;
use crate::nplus1::orm::Orm;
use crate::nplus1::orm::schema::Quirk;
use crate::nplus1::signals;
use crate::nplus1::value::Evidence;
use crate::nplus1::words;

/// More bases than any class has; as deep as the search may go.
const BASES_MAX: usize = 100;

impl Walker<'_> {
    /// Whether a class is a model of the ORM, and how well that is known.
    pub(super) fn model(&self, orm: &Orm, class: &str) -> Option<Evidence> {
        self.model_above(orm, class, &mut BTreeSet::new())
    }

    /// `seen` keeps bases that go in a circle, or are named over and over, from being asked again.
    fn model_above(&self, orm: &Orm, class: &str, seen: &mut BTreeSet<ClassId>) -> Option<Evidence> {
        let facts = self.unit.file.facts;
        let short = class.rsplit("::").next().unwrap_or(class);
        if let Some(id) = self.unit.classes.get(short) {
            if seen.len() == BASES_MAX || !seen.insert(*id) {
                return None;
            }
            let class = &facts.classes[*id];
            let declared = class.bases.iter().any(|base| signals::is_base(orm, base))
                || class.decorators.iter().any(|d| {
                    orm.model_decorator
                        .matches(d.name.rsplit('.').next().unwrap_or(""))
                });
            if declared {
                return Some(Evidence::Resolved);
            }
            // A base of the application's own may be abstract: its kind is not seen here.
            return class.bases.iter().find_map(|base| {
                if self.unit.classes.contains_key(base.short()) && base.short() != class.name {
                    self.model_above(orm, base.short(), seen)
                } else {
                    self.named(orm, &class.name)
                }
            });
        }
        if let Some((module, imported)) = self.unit.imports.get(class) {
            let full = format!("{module}.{imported}");
            let kept = orm.import.matches(&full) || orm.model_import.matches(&full);
            if kept && !is_own_import(orm, module) && !orm.never.matches(class) {
                return Some(Evidence::Resolved);
            }
        }
        self.named(orm, class)
    }

    /// What the name of a class alone says, and the tables of the project about it.
    fn named(&self, orm: &Orm, class: &str) -> Option<Evidence> {
        let root = class.split("::").next().unwrap_or(class);
        if orm.never.matches(class) || orm.never.matches(root) {
            return None;
        }
        if orm.has(Quirk::TableModels) && !self.world.project.tables().is_empty() {
            return self.in_tables(class);
        }
        // `SessionKeys.CURRENT_USER`: a constant, unless a class is really called so.
        let is_known = || {
            let path = self.unit.file.path;
            self.world.registry.by_name(&orm.id, class, path).is_some()
        };
        let is_constant = super::stmt::is_constant_name(class);
        (orm.by_name && (!is_constant || is_known())).then_some(Evidence::Naming)
    }

    fn in_tables(&self, class: &str) -> Option<Evidence> {
        let whole = table_name(&class.replace("::", ""));
        let short = table_name(class.rsplit("::").next().unwrap_or(class));
        let mut found = None;
        for table in self.world.project.tables() {
            let plain = table.replace('_', "");
            if plain == whole {
                return Some(Evidence::Resolved);
            }
            // The module around a class gives its table a prefix, or none.
            if plain == short || plain.ends_with(&short) && table.ends_with(&words::plural(&snake(class))) {
                found = Some(Evidence::Naming);
            }
        }
        found
    }
}

/// The ORM's own package: its classes are no models.
fn is_own_import(orm: &Orm, module: &str) -> bool {
    let root = module.split('.').next().unwrap_or(module);
    // Python's packages are written with a dash where they are named and with an underscore where they are used.
    orm.manifest.matches(root)
        || orm.manifest.matches(&root.replace('_', "-"))
        || orm.manifest.matches(module)
}

/// `LineItem` → `lineitems`, `Category` → `categories`: without underscores, since acronyms are
/// written either way.
fn table_name(class: &str) -> String {
    words::plural(&class.to_lowercase())
}

/// The last part of a class path, as tables are written: `Shop::LineItem` → `_line_item`.
fn snake(class: &str) -> String {
    let mut name = String::new();
    for c in class.rsplit("::").next().unwrap_or(class).chars() {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}
