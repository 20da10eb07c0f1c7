//! Classes that say which parts of a row are shown, and views that say which of them shows which rows, as
//! data: the part `serializers` of the files in `native/rules/frameworks`.

use serde::Deserialize;

use super::orm::pattern::Names;
use crate::facts::ir::{Class, TypeRef};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SerializerWords {
    base: Vec<String>,
    single: Vec<String>,
    many: String,
    source: Vec<String>,
    nested: Vec<String>,
    methods: Vec<String>,
    rows: Vec<String>,
    keys: Vec<String>,
    views: ViewWords,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ViewWords {
    base: Vec<String>,
    serializer: String,
    queryset: String,
    method: String,
    chooses: Vec<String>,
}

#[derive(Debug)]
pub struct Serializers {
    base: Names,
    /// Names of classes that show one row at a time.
    pub single: Names,
    /// The argument that says several rows are shown.
    pub many: String,
    /// The argument that names what is shown, where it is not the field's own name.
    pub source: Names,
    /// Fields whose first argument is the class that shows a relation.
    pub nested: Names,
    /// Fields that a method of the class answers.
    pub methods: Names,
    /// Fields that show something of the row that a relation leads to.
    pub rows: Names,
    /// Fields that show only its key.
    pub keys: Names,
    view: Names,
    /// Fields of a view.
    pub serializer: String,
    pub queryset: String,
    /// The method that answers the rows.
    pub method: String,
    /// Methods of a view that choose the class anew.
    pub chooses: Names,
}

impl Serializers {
    pub fn of(words: &SerializerWords) -> Self {
        Serializers {
            base: Names::new(&words.base),
            single: Names::new(&words.single),
            many: words.many.clone(),
            source: Names::new(&words.source),
            nested: Names::new(&words.nested),
            methods: Names::new(&words.methods),
            rows: Names::new(&words.rows),
            keys: Names::new(&words.keys),
            view: Names::new(&words.views.base),
            serializer: words.views.serializer.clone(),
            queryset: words.views.queryset.clone(),
            method: words.views.method.clone(),
            chooses: Names::new(&words.views.chooses),
        }
    }

    pub fn shows(&self, class: &Class) -> bool {
        has_base(class, &self.base)
    }

    /// Whether a class of this name is one.
    pub fn is_named(&self, class: &str) -> bool {
        self.base.matches(class)
    }

    pub fn is_view(&self, class: &Class) -> bool {
        has_base(class, &self.view)
    }
}

fn has_base(class: &Class, names: &Names) -> bool {
    class
        .bases
        .iter()
        .map(TypeRef::short)
        .any(|base| names.matches(base))
}
