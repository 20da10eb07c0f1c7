//! What a file says to the whole repository of the types whose values are shown: which of them stand in
//! lists, and what its GraphQL types are made of.

use std::collections::BTreeSet;

use super::frameworks;
use super::language::Table;
use super::orm::pattern::Names;
use crate::facts::ir::TypeRef;
use crate::project::Project;
use crate::raw::File;

/// Types inside types that are looked into.
const TYPES_MAX: usize = 6;

/// Lines of `project::sdl`, and the types of which a framework is shown lists, each once.
#[must_use]
pub fn said(file: &File<'_>, project: &Project) -> BTreeSet<String> {
    let mut names = super::graphql::said(file, project);
    names.extend(super::uses::said(file));
    if let Some((lists, roots)) = frameworks::Found::of(file.facts).declares_types() {
        shown_types(file, lists, roots, &mut names);
    }
    names
}

/// The name under which it is known that lists of a type are declared.
#[must_use]
pub fn list_of(class: &str) -> String {
    format!("[{class}]")
}

/// The name under which it is known that a class has a field of a type.
#[must_use]
pub fn field_of(class: &str) -> String {
    format!("({class})")
}

/// Of which classes the fields and methods of classes declare one, or lists.
fn shown_types(file: &File<'_>, lists: &Names, roots: &Names, names: &mut BTreeSet<String>) {
    let collections = &Table::of(file.facts.language).collections;
    let many = |name: &str| collections.has(name) || lists.matches(name);
    let classes = &file.facts.classes;
    let is_root = |class: usize| classes.get(class).is_none_or(|class| roots.matches(&class.name));
    for (id, class) in classes.iter().enumerate() {
        for ty in class.fields.iter().filter_map(|field| field.ty.as_ref()) {
            shown_type(ty, &many, (false, is_root(id)), 0, names);
        }
    }
    for function in &file.facts.functions {
        if let Some(ty) = &function.return_type {
            let root = function.class.is_none_or(is_root);
            shown_type(ty, &many, (false, root), 0, names);
        }
    }
}

fn shown_type(
    ty: &TypeRef,
    many: &dyn Fn(&str) -> bool,
    (listed, root): (bool, bool),
    depth: usize,
    names: &mut BTreeSet<String>,
) {
    let short = ty.short();
    if ty.args.is_empty() && short.starts_with(char::is_uppercase) {
        if listed {
            names.insert(list_of(short));
        } else if !root {
            names.insert(field_of(short));
        }
    }
    for arg in ty.args.iter().filter(|_| depth < TYPES_MAX) {
        shown_type(arg, many, (listed || many(short), root), depth + 1, names);
    }
}
