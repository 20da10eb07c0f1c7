//! Reads the models of one file from its declarations. What a word means comes from the ORM's
//! file; here are only the forms in which words stand: a class body, a field, a decorator. It must
//! not look into other files, so that its answer can be kept with the file's content.

mod class;
mod configured;
mod field;
mod loads;
mod locals;
mod macros;
mod outside;
mod relation;
mod scope;
mod source;
mod switches;
mod visit;

use super::model::Model;
use crate::facts::ir::FileFacts;
use crate::nplus1::orm::Orm;
use source::Source;

pub use switches::switches;

/// The models that a file declares or adds to, in the order of the file; `orms` are those it uses.
#[must_use]
pub fn declare(path: &str, facts: &FileFacts, orms: &[&Orm]) -> Vec<Model> {
    let mut models = Vec::new();
    for orm in orms.iter().filter(|orm| orm.speaks(facts.language)) {
        let source = Source::new(path, facts, orm);
        models.extend((0..facts.classes.len()).filter_map(|id| class::model(&source, id)));
        models.extend(outside::models(&source));
    }
    models.sort_by(|a: &Model, b: &Model| {
        (a.span.start, &a.qualified, &a.orm).cmp(&(b.span.start, &b.qualified, &b.orm))
    });
    models
}
