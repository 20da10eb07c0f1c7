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
        let options = file.options.iter();
        Ok(Eager {
            calls: Words::new(&file.calls),
            keys: Words::new(&file.keys),
            decorators: Words::new(&file.decorators),
            named: named.collect::<Result<_, _>>()?,
            options: options.map(|(word, names)| (*word, Names::new(names))).collect(),
            after: file.after.clone(),
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
