//! What the settings of a model class are called (`models` of an ORM file), made quick to ask.
//! It must not know any ORM.

use std::collections::BTreeMap;

use super::pattern::Names;
use super::schema::Models;

#[derive(Debug)]
pub struct ModelWords {
    /// Classes inside a model that hold its settings.
    pub inner: Names,
    pub without_rows: Names,
    pub table: Names,
    pub ordered: Names,
    pub batched: Names,
    pub columns: Names,
    pub lenders: Names,
    /// Whether bases make models, so that a class may be one through a parent in another file.
    pub by_base: bool,
    stands_for: BTreeMap<String, (Names, Option<String>)>,
}

impl ModelWords {
    pub fn new(models: &Models) -> Self {
        ModelWords {
            inner: Names::new(&models.inner),
            without_rows: Names::new(&models.without_rows),
            table: Names::new(&models.table),
            ordered: Names::new(&models.ordered),
            batched: Names::new(&models.batched),
            columns: Names::new(&models.columns),
            lenders: Names::new(&models.lenders),
            by_base: !models.base.is_empty(),
            stands_for: models
                .stands_for
                .iter()
                .map(|(name, bases)| (name.clone(), (Names::new(bases), bases.last().cloned())))
                .collect(),
        }
    }

    /// Bases of the model that this name stands for.
    pub fn stands_for(&self, name: &str) -> Option<&Names> {
        self.stands_for.get(name).map(|(bases, _)| bases)
    }

    pub fn stand_ins(&self) -> impl Iterator<Item = (&str, &Names)> {
        self.stands_for
            .iter()
            .map(|(name, (bases, _))| (name.as_str(), bases))
    }

    /// The model of a library that this name means when the repository has none for it.
    pub fn default_for(&self, name: &str) -> Option<&str> {
        self.stands_for.get(name)?.1.as_deref()
    }
}
