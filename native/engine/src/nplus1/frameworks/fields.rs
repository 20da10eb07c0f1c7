//! Words of frameworks that declare types by values: what defines a type, which of its keys is the
//! function of a field, what makes a list.

use serde::Deserialize;

use crate::nplus1::orm::pattern::Names;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Words {
    manifest: Vec<String>,
    roots: Vec<String>,
    definers: Vec<String>,
    declares: Vec<String>,
    references: Vec<String>,
    functions: Vec<String>,
    types: Vec<String>,
    lists: Vec<String>,
    listed_by: Vec<String>,
    suffixes: Vec<String>,
    class_decorator: Vec<String>,
    decorator: Vec<String>,
    owner: Vec<String>,
}

/// The words explained in `native/rules/frameworks/README.md`.
#[derive(Debug)]
pub struct Fields {
    pub manifest: Names,
    pub roots: Names,
    pub definers: Names,
    pub declares: Names,
    pub references: Names,
    pub functions: Names,
    pub types: Names,
    pub lists: Names,
    pub listed_by: Names,
    /// Ends of the name of an object that holds a type's fields, the longest first.
    pub suffixes: Vec<String>,
    pub class_decorator: Names,
    pub decorator: Names,
    pub owner: Names,
}

impl Fields {
    pub(super) fn of(words: &Words) -> Self {
        let mut suffixes = words.suffixes.clone();
        suffixes.sort_by_key(|suffix| std::cmp::Reverse(suffix.len()));
        Fields {
            manifest: Names::new(&words.manifest),
            roots: Names::new(&words.roots),
            definers: Names::new(&words.definers),
            declares: Names::new(&words.declares),
            references: Names::new(&words.references),
            functions: Names::new(&words.functions),
            types: Names::new(&words.types),
            lists: Names::new(&words.lists),
            listed_by: Names::new(&words.listed_by),
            suffixes,
            class_decorator: Names::new(&words.class_decorator),
            decorator: Names::new(&words.decorator),
            owner: Names::new(&words.owner),
        }
    }
}
