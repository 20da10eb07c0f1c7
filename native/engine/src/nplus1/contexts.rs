//! What the classes of a framework hand to the templates they show, as data: the embedded file
//! `native/rules/views/python.yml`, whose words `README.md` there explains.

use std::sync::LazyLock;

use serde::Deserialize;

use super::orm::pattern::Names;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    list_views: Vec<String>,
    row_views: Vec<String>,
    list_bases: Vec<String>,
    row_bases: Vec<String>,
    list_names: Vec<String>,
    row_names: Vec<String>,
    queries: Vec<String>,
    query_fields: Vec<String>,
    row_methods: Vec<String>,
    model_fields: Vec<String>,
    name_fields: Vec<String>,
    contexts: Vec<String>,
    chooses: Vec<String>,
    answers: Vec<String>,
    local_names: Vec<String>,
    list_ending: String,
    row_ending: String,
}

pub struct Contexts {
    list_views: Names,
    row_views: Names,
    words: Written,
}

/// What a class shows by its bases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    Rows,
    Row,
    /// Only what it says itself.
    Own,
}

impl Contexts {
    pub fn shows<'n>(&self, mut bases: impl Iterator<Item = &'n str> + Clone) -> Shows {
        if bases.clone().any(|base| self.list_views.matches(base)) {
            Shows::Rows
        } else if bases.any(|base| self.row_views.matches(base)) {
            Shows::Row
        } else {
            Shows::Own
        }
    }

    /// Names under which a template sees the rows, or the row, of a model.
    pub fn names(&self, shows: Shows, model: Option<&str>) -> Vec<String> {
        let names = match shows {
            Shows::Rows => &self.words.list_names,
            Shows::Row => &self.words.row_names,
            Shows::Own => return Vec::new(),
        };
        let model = model.map(|model| model.rsplit('.').next().unwrap_or(model).to_lowercase());
        let named = |name: &String| match (&model, name.contains("{model}")) {
            (Some(model), true) => Some(name.replace("{model}", model)),
            (None, true) => None,
            (_, false) => Some(name.clone()),
        };
        names.iter().filter_map(named).collect()
    }

    /// The folder, the model in lower case and what is shown of it, by the name of a template that no class
    /// has to name.
    pub fn conventional<'n>(&self, template: &'n str) -> Option<(&'n str, &'n str, Shows)> {
        let (folder, file) = template.rsplit_once('/')?;
        let stem = file.split('.').next()?;
        let ends = |ending: &str| stem.strip_suffix(ending).filter(|model| !model.is_empty());
        let rows = ends(&self.words.list_ending).map(|model| (folder, model, Shows::Rows));
        rows.or_else(|| ends(&self.words.row_ending).map(|model| (folder, model, Shows::Row)))
    }

    /// Bases of classes that show this and need not name the template.
    pub fn bases(&self, shows: Shows) -> &[String] {
        match shows {
            Shows::Rows => &self.words.list_bases,
            Shows::Row => &self.words.row_bases,
            Shows::Own => &[],
        }
    }

    pub fn queries(&self) -> &[String] {
        &self.words.queries
    }

    pub fn query_fields(&self) -> &[String] {
        &self.words.query_fields
    }

    pub fn row_methods(&self) -> &[String] {
        &self.words.row_methods
    }

    pub fn model_fields(&self) -> &[String] {
        &self.words.model_fields
    }

    pub fn name_fields(&self) -> &[String] {
        &self.words.name_fields
    }

    pub fn contexts(&self) -> &[String] {
        &self.words.contexts
    }

    pub fn answers(&self) -> &[String] {
        &self.words.answers
    }

    pub fn is_query(&self, method: &str) -> bool {
        self.words.queries.iter().any(|word| word == method)
    }

    pub fn chooses(&self, method: &str) -> bool {
        self.words.chooses.iter().any(|word| word == method)
    }

    pub fn gives_locals(&self, function: &str) -> bool {
        self.words.local_names.iter().any(|word| word == function)
    }

    fn of(words: Written) -> Self {
        Contexts {
            list_views: Names::new(&words.list_views),
            row_views: Names::new(&words.row_views),
            words,
        }
    }
}

const TEXT: &str = include_str!("../../../rules/views/python.yml");

/// A file that does not load says nothing; a test loads it, so that none can be shipped broken.
pub static CONTEXTS: LazyLock<Contexts> =
    LazyLock::new(|| Contexts::of(serde_saphyr::from_str(TEXT).unwrap_or_default()));

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_file_loads_and_its_words_are_explained() {
        serde_saphyr::from_str::<Written>(TEXT).unwrap();
        let page = include_str!("../../../rules/views/README.md");
        for line in TEXT.lines().filter(|line| !line.starts_with('#')) {
            let word = line.split(':').next().unwrap();
            assert!(page.contains(&format!("`{word}`")), "{word}");
        }
    }

    #[test]
    fn names_by_convention() {
        let cases = [
            ("shop/order_list.html", Some(("shop", "order", Shows::Rows))),
            ("shop/order_detail.html", Some(("shop", "order", Shows::Row))),
            ("shop/order.html", None),
            ("_list.html", None),
        ];
        for (name, expected) in cases {
            assert_eq!(CONTEXTS.conventional(name), expected, "{name}");
        }
        assert_eq!(
            CONTEXTS.shows(["Mixin", "OrderListView"].into_iter()),
            Shows::Rows
        );
        assert_eq!(CONTEXTS.names(Shows::Row, Some("Order")), ["object", "order"]);
    }
}
