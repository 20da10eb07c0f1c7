//! The models of a tree, with what they answer to the questions that results depend on. Trees that
//! declare the same share one. A question is kept once and goes by its key: many files ask the same.

use crate::hashing::Map;
use std::sync::RwLock;

use crate::index::{Key, Kind, Store, digest};
use crate::registry::{Question, Registry};

#[derive(Default)]
pub struct Registered {
    pub registry: Registry,
    /// Key of a question to its answer, each looked up once.
    answers: RwLock<Map<Key, Key>>,
}

impl Registered {
    pub fn new(registry: Registry) -> Self {
        Registered {
            registry,
            answers: RwLock::default(),
        }
    }

    /// Keeps a question that was asked, and gives its key.
    pub fn note(&self, question: &Question, store: &Store) -> Key {
        let key = digest(question);
        if self.known(key).is_none() {
            store.put(Kind::Questions, key, question);
            self.learn(key, question);
        }
        key
    }

    /// `None`: nobody knows any more what was asked.
    pub fn answer(&self, key: Key, store: &Store) -> Option<Key> {
        self.known(key).or_else(|| {
            let question = store.get::<Question>(Kind::Questions, key)?;
            Some(self.learn(key, &question))
        })
    }

    /// The answers to several questions, in their order; `None` as soon as one is lost.
    pub fn answers(&self, keys: &[Key], store: &Store) -> Option<Vec<Key>> {
        let known: Vec<Option<Key>> = {
            let answers = self.answers.read().ok()?;
            keys.iter().map(|key| answers.get(key).copied()).collect()
        };
        let asked = keys.iter().zip(known);
        asked
            .map(|(key, known)| known.or_else(|| self.answer(*key, store)))
            .collect()
    }

    fn known(&self, key: Key) -> Option<Key> {
        self.answers.read().ok()?.get(&key).copied()
    }

    fn learn(&self, key: Key, question: &Question) -> Key {
        let answer = self.registry.answer(question);
        if let Ok(mut answers) = self.answers.write() {
            answers.insert(key, answer);
        }
        answer
    }
}
