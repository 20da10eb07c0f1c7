//! The `eager` section of an ORM file, made quick to ask: which call, argument or decorator loads
//! relations, and in which form it names them. It must not read arguments itself.

use std::collections::{BTreeMap, HashMap};

use super::pattern::{Glob, Names};
use super::schema::eager::{After, EagerFile, Form, OptionWord};

#[derive(Debug, Default)]
pub struct Eager {
    calls: Words,
    keys: Words,
    decorators: Words,
    named: Vec<Template>,
    options: BTreeMap<OptionWord, Names>,
    pub after: Vec<After>,
    /// Methods that say whether a relation is loaded.
    pub tells: Names,
}

/// Names and what they mean; exact ones win over globs.
#[derive(Debug, Default)]
struct Words {
    exact: HashMap<String, Form>,
    globs: Vec<(Glob, Form)>,
}

/// `with_attached_*` and the paths its name gives.
#[derive(Debug)]
struct Template {
    before: String,
    after: String,
    paths: Vec<String>,
}

impl Eager {
    /// # Errors
    /// One phrase on what is wrong with a name.
    pub fn compile(file: &EagerFile) -> Result<Self, String> {
        let named = file.named.iter().map(|(name, paths)| {
            let Some((before, after)) = name.split_once('*') else {
                return Err(format!("`{name}` under `eager.named` has no `*`"));
            };
            Ok(Template {
                before: before.to_owned(),
                after: after.to_owned(),
                paths: paths.clone(),
            })
        });
        let mut named = named.collect::<Result<Vec<_>, _>>()?;
        // `with_rich_text_*_and_embeds` before `with_rich_text_*`.
        named.sort_by_key(|template| std::cmp::Reverse(template.before.len() + template.after.len()));
        let values = file
            .keys
            .iter()
            .flat_map(|(form, names)| names.iter().map(move |name| (*form, name)));
        let after = file
            .after
            .iter()
            .filter_map(|after| Some((after.form, after.paths.as_ref()?)));
        if let Some((form, name)) = values.chain(after).find(|(form, _)| !form.reads_one_value()) {
            return Err(format!(
                "`{name}` under `eager` has one value; `{form:?}` needs the arguments of a call"
            ));
        }
        let options = file.options.iter();
        Ok(Eager {
            calls: Words::new(&file.calls),
            keys: Words::new(&file.keys),
            decorators: Words::new(&file.decorators),
            named,
            options: options.map(|(word, names)| (*word, Names::new(names))).collect(),
            after: file.after.clone(),
            tells: Names::new(&file.tells),
        })
    }

    /// How the arguments of a method name what it loads; `None`: it loads nothing.
    pub fn call(&self, method: &str) -> Option<Form> {
        self.calls.get(method)
    }

    /// The same for a named argument or a key of an argument object.
    pub fn key(&self, name: &str) -> Option<Form> {
        self.keys.get(name)
    }

    pub fn has_keys(&self) -> bool {
        !self.keys.exact.is_empty()
    }

    /// Whether what is loaded stands in an object of options among the arguments.
    pub fn has_objects(&self) -> bool {
        let is_object = |form: &Form| {
            matches!(
                form,
                Form::Tree | Form::Relations | Form::Associations | Form::RelationIds | Form::JoinOptions
            )
        };
        self.keys.exact.values().any(is_object)
    }

    /// The same for a decorator by its short name.
    pub fn decorator(&self, name: &str) -> Option<Form> {
        self.decorators.get(name)
    }

    /// Paths that the name of a method says: `with_attached_avatar`.
    pub fn named(&self, method: &str) -> Vec<String> {
        let found = self.named.iter().find_map(|template| {
            let part = method.strip_prefix(template.before.as_str())?;
            let part = part.strip_suffix(template.after.as_str())?;
            (!part.is_empty()).then_some((part, &template.paths))
        });
        let Some((part, paths)) = found else {
            return Vec::new();
        };
        paths.iter().map(|path| path.replace('*', part)).collect()
    }

    /// What a loader option does with the relation it names.
    pub fn option(&self, name: &str) -> Option<OptionWord> {
        let found = self.options.iter().find(|(_, names)| names.matches(name));
        found.map(|(word, _)| *word)
    }
}

impl Form {
    /// Whether it can be read off one value, and not only off the arguments of a call.
    fn reads_one_value(self) -> bool {
        matches!(
            self,
            Form::Names
                | Form::PrefetchPaths
                | Form::LoaderOptions
                | Form::Member
                | Form::Dotted
                | Form::Tree
                | Form::Relations
                | Form::Associations
                | Form::RelationIds
                | Form::JoinOptions
                | Form::Defaults
        )
    }
}

impl Words {
    fn new(words: &BTreeMap<Form, Vec<String>>) -> Self {
        let mut out = Words::default();
        for (form, names) in words {
            for name in names {
                if name.contains('*') {
                    out.globs.push((Glob::new(name), *form));
                } else {
                    out.exact.insert(name.clone(), *form);
                }
            }
        }
        out
    }

    fn get(&self, name: &str) -> Option<Form> {
        let exact = self.exact.get(name).copied();
        exact.or_else(|| {
            self.globs
                .iter()
                .find(|(glob, _)| glob.matches(name))
                .map(|(_, form)| *form)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn compiled(yaml: &str) -> Result<Eager, String> {
        Eager::compile(&serde_saphyr::from_str::<EagerFile>(yaml).unwrap())
    }

    #[test]
    fn a_form_that_needs_a_call_is_refused_for_one_value() {
        let error = compiled("keys: { join_loads: [include] }").unwrap_err();
        assert!(
            error.contains("`include`") && error.contains("JoinLoads"),
            "{error}"
        );
        let error = compiled("after: [{ call: f, rows: 0, paths: names, form: text }]").unwrap_err();
        assert!(error.contains("`names`"), "{error}");
    }

    #[test]
    fn the_longer_name_says_what_is_loaded() {
        let eager = compiled("named: { 'with_*': ['*'], 'with_*_and_more': ['*', '*.more'] }").unwrap();
        assert_eq!(eager.named("with_body"), ["body"]);
        assert_eq!(eager.named("with_body_and_more"), ["body", "body.more"]);
        assert_eq!(eager.named("with_"), Vec::<String>::new());
        assert!(compiled("named: { with_body: [body] }").is_err());
    }
}
