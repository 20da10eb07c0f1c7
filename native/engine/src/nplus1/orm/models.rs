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
    stands_for: BTreeMap<String, Names>,
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
                .map(|(name, bases)| (name.clone(), Names::new(bases)))
                .collect(),
        }
    }

    /// Bases of the model that this name stands for.
    pub fn stands_for(&self, name: &str) -> Option<&Names> {
        self.stands_for.get(name)
    }
}
