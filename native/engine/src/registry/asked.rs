//! One asker's view of the registry: the same answers, and which questions they were, so that a later
//! run can tell whether its registry would still say the same.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::model::{Model, Relation};
use super::{Found, FoundScope, Registry};
use crate::facts::ir::Span;
use crate::hashing::{Map, Set};
use crate::index::{Key, digest};

/// A model by its name, whatever stands around it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ModelName {
    orm: Box<str>,
    path: Box<str>,
    qualified: Box<str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Question {
    ByName {
        orm: Box<str>,
        name: Box<str>,
        near: Box<str>,
    },
    Relation(ModelName, Box<str>),
    AnyRelation {
        orm: Box<str>,
        name: Box<str>,
    },
    Accessor(ModelName, Box<str>),
    Relations(ModelName),
    Scope(ModelName, Box<str>),
    Delegate(ModelName, Box<str>),
    Column(ModelName, Box<str>),
    Table(Box<str>),
}

/// What the walk reads of a model itself; the rest it asks for.
#[derive(Serialize)]
struct Seen<'m>(
    ModelName,
    &'m str,
    &'m Option<String>,
    [bool; 3],
    &'m BTreeSet<String>,
);

#[derive(Debug)]
pub struct Asked<'r> {
    registry: &'r Registry,
    questions: RefCell<Set<Question>>,
    /// Models by the path near which they are named, and by the name: what is asked most, each time for
    /// every ORM.
    named: RefCell<ByFileAndName<'r>>,
}

type ByFileAndName<'r> = Map<Box<str>, Map<Box<str>, Vec<Named<'r>>>>;

/// The model of an ORM that a name means.
type Named<'r> = (Box<str>, Option<&'r Model>);

impl<'r> Asked<'r> {
    #[must_use]
    pub fn new(registry: &'r Registry) -> Self {
        Asked {
            registry,
            questions: RefCell::default(),
            named: RefCell::default(),
        }
    }

    #[must_use]
    pub fn questions(&self) -> Vec<Question> {
        let mut questions: Vec<_> = self.questions.borrow().iter().cloned().collect();
        questions.sort_unstable();
        questions
    }

    #[must_use]
    pub fn by_name(&self, orm: &str, name: &str, near_path: &str) -> Option<&'r Model> {
        let known = |named: &Map<_, Map<_, Vec<Named<'r>>>>| {
            let mut of_name = named.get(near_path)?.get(name)?.iter();
            of_name.find(|(of, _)| **of == *orm).map(|(_, found)| *found)
        };
        if let Some(found) = known(&self.named.borrow()) {
            return found;
        }
        self.note(Question::ByName {
            orm: orm.into(),
            name: name.into(),
            near: near_path.into(),
        });
        let found = self.registry.by_name(orm, name, near_path);
        let mut named = self.named.borrow_mut();
        let near = named.entry(near_path.into()).or_default();
        near.entry(name.into()).or_default().push((orm.into(), found));
        found
    }

    #[must_use]
    pub fn relation(&self, model: &Model, name: &str) -> Option<Found<'r>> {
        self.note(Question::Relation(ModelName::of(model), name.into()));
        self.registry.relation(model, name)
    }

    #[must_use]
    pub fn any_relation(&self, orm: &str, name: &str) -> Option<Found<'r>> {
        self.note(Question::AnyRelation {
            orm: orm.into(),
            name: name.into(),
        });
        self.registry.any_relation(orm, name)
    }

    #[must_use]
    pub fn relation_by_accessor(&self, model: &Model, method: &str) -> Option<Found<'r>> {
        self.note(Question::Accessor(ModelName::of(model), method.into()));
        self.registry.relation_by_accessor(model, method)
    }

    #[must_use]
    pub fn relations(&self, model: &Model) -> Vec<Found<'r>> {
        self.note(Question::Relations(ModelName::of(model)));
        self.registry.relations(model)
    }

    #[must_use]
    pub fn scope(&self, model: &Model, name: &str) -> Option<FoundScope> {
        self.note(Question::Scope(ModelName::of(model), name.into()));
        self.registry.scope(model, name)
    }

    #[must_use]
    pub fn delegate(&self, model: &Model, method: &str) -> Option<&'r str> {
        self.note(Question::Delegate(ModelName::of(model), method.into()));
        self.registry.delegate(model, method)
    }

    #[must_use]
    pub fn is_column(&self, model: &Model, name: &str) -> bool {
        self.note(Question::Column(ModelName::of(model), name.into()));
        self.registry.is_column(model, name)
    }

    #[must_use]
    pub fn table_model(&self, table: &str) -> Option<&'r Model> {
        self.note(Question::Table(table.into()));
        self.registry.table_model(table)
    }

    fn note(&self, question: Question) {
        self.questions.borrow_mut().insert(question);
    }
}

impl ModelName {
    fn of(model: &Model) -> Self {
        ModelName {
            orm: model.orm.as_str().into(),
            path: model.path.as_str().into(),
            qualified: model.qualified.as_str().into(),
        }
    }
}

impl Registry {
    /// What the answer says. Where it stands in its file does not count.
    #[must_use]
    pub fn answer(&self, question: &Question) -> Key {
        let model = |name: &ModelName| self.model_of(name);
        match question {
            Question::ByName { orm, name, near } => digest(&self.by_name(orm, name, near).map(seen)),
            Question::Relation(of, name) => {
                digest(&model(of).and_then(|it| self.relation(it, name)).map(said))
            }
            Question::AnyRelation { orm, name } => digest(&self.any_relation(orm, name).map(said)),
            Question::Accessor(of, name) => {
                let found = model(of).and_then(|it| self.relation_by_accessor(it, name));
                digest(&found.map(said))
            }
            Question::Relations(of) => {
                let found = model(of).map(|it| self.relations(it)).unwrap_or_default();
                digest(&found.into_iter().map(said).collect::<Vec<_>>())
            }
            Question::Scope(of, name) => {
                let found = model(of).and_then(|it| self.scope(it, name));
                digest(&found.map(|it| (it.loads, it.paths)))
            }
            Question::Delegate(of, name) => digest(&model(of).and_then(|it| self.delegate(it, name))),
            Question::Column(of, name) => digest(&model(of).is_some_and(|it| self.is_column(it, name))),
            Question::Table(name) => digest(&self.table_model(name).map(seen)),
        }
    }

    fn model_of(&self, name: &ModelName) -> Option<&Model> {
        let is_before = |it: &Model| (it.orm.as_str(), it.path.as_str()) < (&*name.orm, &*name.path);
        let start = self.models.partition_point(is_before);
        let here = self.models.get(start..)?.iter();
        here.take_while(|it| *it.path == *name.path && *it.orm == *name.orm)
            .find(|it| *it.qualified == *name.qualified)
    }
}

fn seen(model: &Model) -> Seen<'_> {
    Seen(
        ModelName::of(model),
        &model.name,
        &model.table,
        [model.is_abstract, model.is_ordered, model.is_batched],
        &model.columns,
    )
}

fn said<'f>(found: Found<'f>) -> (Relation, Seen<'f>, Option<Seen<'f>>) {
    let relation = Relation {
        span: Span::default(),
        ..found.relation.clone()
    };
    (relation, seen(found.owner), found.target.map(seen))
}
