//! Words for what code says of classes that show rows: whether they are handed one row or several.

use serde::Deserialize;

use crate::nplus1::orm::pattern::Names;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Words {
    named: Vec<String>,
    declares: Vec<String>,
    roots: Vec<String>,
    shows: Vec<String>,
    options: Vec<String>,
    given: Vec<String>,
    many: Vec<String>,
    several: Vec<String>,
}

/// The words explained in `native/rules/frameworks/README.md`.
#[derive(Debug)]
pub struct Uses {
    pub named: Names,
    pub declares: Names,
    pub roots: Names,
    pub shows: Names,
    pub options: Names,
    pub given: Names,
    pub many: Names,
    pub several: Names,
}

impl Uses {
    pub(super) fn of(words: &Words) -> Self {
        Uses {
            named: Names::new(&words.named),
            declares: Names::new(&words.declares),
            roots: Names::new(&words.roots),
            shows: Names::new(&words.shows),
            options: Names::new(&words.options),
            given: Names::new(&words.given),
            many: Names::new(&words.many),
            several: Names::new(&words.several),
        }
    }
}
