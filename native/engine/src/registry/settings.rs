//! What a project decides for all its models (ANA-046, ANA-061): auto-loading packages, batch
//! sizes, strictness. It must not know single relations.

use super::model::{Loading, Model};
use crate::nplus1::orm::Orm;

#[derive(Debug, Default)]
pub struct Settings {}

impl Settings {
    /// What a relation of this loading does under the settings that hold for a file.
    pub(super) fn loading(&self, _orm: &Orm, _path: &str, loading: Loading) -> Loading {
        loading
    }

    pub(super) fn table(&self, _path: &str, _table: &str) -> Option<()> {
        None
    }

    pub(super) fn has_column(&self, _model: &Model, _name: &str) -> bool {
        false
    }
}
