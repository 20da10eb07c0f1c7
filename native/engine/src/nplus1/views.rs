//! Views: how a framework leads from controllers to templates and on to other templates, as data: the
//! embedded files of `native/rules/views`, whose words `README.md` there explains.

use std::sync::LazyLock;

use serde::Deserialize;

use super::orm::schema::LanguageName;
use super::words;
use crate::facts::ir::Language;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Views {
    language: LanguageName,
    folder: String,
    controllers: String,
    pub callbacks: Vec<String>,
    pub only: Vec<String>,
    pub except: Vec<String>,
    pub render: Vec<String>,
    pub partial: Vec<String>,
    pub collection: Vec<String>,
    pub object: Vec<String>,
    #[serde(rename = "as")]
    pub named: Vec<String>,
    pub locals: Vec<String>,
    /// What a template calls all that it was handed.
    pub handed: String,
    rows: String,
    endings: Vec<String>,
    pub builders: Vec<String>,
    pub each: Vec<String>,
    pub passes: Vec<String>,
    pub passes_second: Vec<String>,
}

/// A template by its path: `app/views/admin/posts/index.html.erb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'p> {
    /// What stands before the folder of templates: the application or engine.
    pub root: &'p str,
    /// `admin/posts`.
    pub folder: &'p str,
    /// `index`.
    pub name: &'p str,
}

impl Views {
    #[must_use]
    pub fn place<'p>(&self, path: &'p str) -> Option<Place<'p>> {
        let at = match path.starts_with(self.folder.as_str()) {
            true => 0,
            false => path.find(&format!("/{}", self.folder))? + 1,
        };
        let (root, rest) = (path.get(..at)?, path.get(at + self.folder.len()..)?);
        let (folder, file) = rest.rsplit_once('/').unwrap_or(("", rest));
        let name = file.split('.').next()?;
        Some(Place { root, folder, name })
    }

    #[must_use]
    pub fn controller(&self, place: Place<'_>) -> String {
        format!(
            "{}{}",
            place.root,
            self.controllers.replace("{path}", place.folder)
        )
    }

    /// Files that a partial may lie in: `form`, `shared/form` as it is named in a template.
    #[must_use]
    pub fn partials(&self, from: Place<'_>, name: &str) -> Vec<String> {
        let (folder, name) = name.rsplit_once('/').unwrap_or((from.folder, name));
        let folder = format!("{}{}{folder}", from.root, self.folder);
        let named = |ending: &String| format!("{folder}/_{name}{ending}");
        self.endings.iter().map(named).collect()
    }

    /// Files that show one row of a model: `posts/_post` for `Post`.
    #[must_use]
    pub fn of_rows(&self, from: Place<'_>, model: &str) -> Vec<String> {
        let path = snake(model);
        let (within, name) = match path.rsplit_once('/') {
            Some((within, name)) => (format!("{within}/"), name.to_owned()),
            None => (String::new(), path),
        };
        let file = (self.rows)
            .replace("{models}", &format!("{within}{}", words::plural(&name)))
            .replace("{model}", &name);
        let folder = format!("{}{}", from.root, self.folder);
        let named = |ending: &String| format!("{folder}{file}{ending}");
        self.endings.iter().map(named).collect()
    }
}

/// `Shop::LineItem` → `shop/line_item`.
#[must_use]
pub fn snake(class: &str) -> String {
    let mut name = String::new();
    let mut last = '/';
    for c in class.replace("::", "/").chars() {
        if c.is_ascii_uppercase() && last != '/' {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
        last = c;
    }
    name
}

/// The views of the templates and helpers of a language.
#[must_use]
pub fn of(language: Language) -> Option<&'static Views> {
    ALL.iter().find(|views| views.language.covers(language))
}

const FILES: &[(&str, &str)] = &[("rails", include_str!("../../../rules/views/rails.yml"))];

fn load(name: &str, text: &str) -> Result<Views, String> {
    serde_saphyr::from_str(text).map_err(|error| format!("{name}.yml: {error}"))
}

/// A file that does not load is left out; a test loads them all, so that none can be shipped broken.
static ALL: LazyLock<Vec<Views>> = LazyLock::new(|| {
    FILES
        .iter()
        .filter_map(|(name, text)| load(name, text).ok())
        .collect()
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_file_loads_and_its_words_are_explained() {
        let page = include_str!("../../../rules/views/README.md");
        for (name, text) in FILES {
            assert!(!load(name, text).unwrap().endings.is_empty());
            for line in text.lines().filter(|line| !line.starts_with(['#', ' '])) {
                let word = line.split(':').next().unwrap();
                assert!(page.contains(&format!("`{word}`")), "{word}");
            }
        }
    }

    #[test]
    fn paths() {
        let rails = of(Language::Ruby).unwrap();
        let place = rails.place("shop/app/views/admin/posts/index.html.erb").unwrap();
        let expected = Place {
            root: "shop/",
            folder: "admin/posts",
            name: "index",
        };
        assert_eq!(place, expected);
        assert_eq!(
            rails.controller(place),
            "shop/app/controllers/admin/posts_controller.rb"
        );
        let first = |found: Vec<String>| found.first().cloned().unwrap();
        assert_eq!(
            first(rails.partials(place, "form")),
            "shop/app/views/admin/posts/_form.html.erb"
        );
        assert_eq!(
            first(rails.partials(place, "shared/form")),
            "shop/app/views/shared/_form.html.erb"
        );
        assert_eq!(
            first(rails.of_rows(place, "Shop::LineItem")),
            "shop/app/views/shop/line_items/_line_item.html.erb"
        );
        assert_eq!(rails.place("app/models/post.rb"), None);
    }
}
