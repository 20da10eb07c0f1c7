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
    views: ViewWords,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ViewWords {
    field: String,
    lists: Vec<String>,
    single: Vec<String>,
    chooses: Vec<String>,
    of_one: Vec<String>,
    of_many: Vec<String>,
    detail: String,
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
    pub views: Views,
}

/// How views of a framework choose such a class.
#[derive(Debug)]
pub struct Views {
    /// The field that names it, also in the decorator of an action.
    pub field: String,
    /// Bases of views that list, and of those that show one row.
    pub lists: Names,
    pub single: Names,
    /// Methods that choose anew.
    pub chooses: Names,
    /// Names of actions that show one row, and of those that list.
    pub of_one: Names,
    pub of_many: Names,
    /// The argument that says an action is one of a single row.
    pub detail: String,
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
            views: Views::of(&words.views),
        }
    }
}

impl Views {
    fn of(words: &ViewWords) -> Self {
        Views {
            field: words.field.clone(),
            lists: Names::new(&words.lists),
            single: Names::new(&words.single),
            chooses: Names::new(&words.chooses),
            of_one: Names::new(&words.of_one),
            of_many: Names::new(&words.of_many),
            detail: words.detail.clone(),
        }
    }

    /// Whether the framework has such views.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.field.is_empty()
    }
}
