//! What the rules find in one file, kept with all that it depends on: as long as every question leads
//! to the same answer, walking the file again would find the same.

use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use typed_arena::Arena;

use super::Tree;
use super::difference::Difference;
use super::learn::place_key;
use crate::file::{self, FileAnalysis, milliseconds};
use crate::index::{Digest, Key, Kind};
use crate::nplus1::world::{Loaded, World};
use crate::program;
use crate::registry::Asked;
use crate::report::SkipReason;
use crate::screen::Refusal;
use crate::sources::FileId;

/// Results of one content at one place that are kept: those of a base and of the heads on it.
const KEPT_MAX: usize = 3;

/// Every question that was asked, in order, and all answers in one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dependencies {
    program: Vec<program::Question>,
    /// Keys of the questions.
    registry: Vec<Key>,
    loaded: Vec<String>,
    answer: Key,
}

/// What is kept beside a result, to tell in which trees it holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    depends: Dependencies,
    /// Query sites of a file of which there is nothing else to tell.
    plain: Option<u32>,
}

#[derive(Clone, Debug)]
pub struct Looked {
    pub analysis: FileAnalysis,
    depends: Dependencies,
}

impl Looked {
    /// Whether the file at this path was looked into or looked for.
    #[must_use]
    pub fn asks_for(&self, path: &str) -> bool {
        let is_asked = |question| self.depends.program.binary_search(question).is_ok();
        program::Question::by_path(path).iter().any(is_asked)
    }
}

impl Tree {
    pub(super) fn look_at(&self, id: FileId) -> Result<Looked, Refusal> {
        let started = Instant::now();
        let blob = self.sources.content(id, &mut None).ok_or_else(gone)??;
        let path = self.sources.path(id).unwrap_or_default();
        let key = place_key(blob, path, self.context);
        let store = &self.sources.shared.store;
        let mut kept: Vec<Kept> = store.get(Kind::Depends, key).unwrap_or_default();
        let found = kept.iter().find(|it| self.holds(&it.depends));
        if let Some(mut looked) = found.and_then(|it| self.result(key, it)) {
            if !looked.analysis.sites.is_empty() {
                looked.analysis.text = self.sources.read(path)?;
            }
            looked.analysis.analyse_ms = milliseconds(started, Instant::now());
            return Ok(looked);
        }
        let looked = self.walk(id)?;
        // Out of time, another file may have been missing.
        if !self.sources.is_stopped() && !looked.analysis.is_late {
            let plain = looked.analysis.is_plain();
            if plain.is_none() {
                store.put(Kind::Results, result_key(key, &looked.depends), &looked.analysis);
            }
            let depends = looked.depends.clone();
            kept.retain(|it| it.depends != depends);
            kept.insert(0, Kept { depends, plain });
            kept.truncate(KEPT_MAX);
            store.put(Kind::Depends, key, &kept);
        }
        Ok(looked)
    }

    fn result(&self, place: Key, kept: &Kept) -> Option<Looked> {
        let depends = kept.depends.clone();
        let analysis = match kept.plain {
            Some(query_sites) => FileAnalysis {
                query_sites,
                ..FileAnalysis::default()
            },
            None => (self.sources.shared.store).get(Kind::Results, result_key(place, &depends))?,
        };
        Some(Looked { analysis, depends })
    }

    fn walk(&self, id: FileId) -> Result<Looked, Refusal> {
        let parsed = self.sources.get(id).ok_or_else(gone)??;
        let held = Arena::new();
        let view = self.program.view();
        let registry = Asked::new(&self.registered.registry);
        let loaded = Loaded::new(&self.loaded);
        let world = World {
            project: &self.project,
            sources: &self.sources,
            registry: &registry,
            signals: &self.signals,
            loaded: &loaded,
            view: &view,
            held: &held,
            instead: None,
        };
        let analysis = file::analyse(world, id, &parsed);
        let (store, questions) = (&self.sources.shared.store, registry.questions());
        let noted = questions.iter().map(|it| self.registered.note(it, store));
        let mut depends = Dependencies {
            program: view.asked(),
            registry: noted.collect(),
            loaded: loaded.asked(),
            answer: Key::default(),
        };
        depends.answer = self.answer(&depends).unwrap_or_default();
        Ok(Looked { analysis, depends })
    }

    /// Whether walking the file in this tree would come to the same.
    #[must_use]
    pub fn answers_as(&self, looked: &Looked) -> bool {
        self.holds(&looked.depends)
    }

    fn holds(&self, depends: &Dependencies) -> bool {
        self.answer(depends) == Some(depends.answer)
    }

    /// Whether the file, which both trees have, is known to come to the same in both: then there is
    /// no need to know to what.
    #[must_use]
    pub fn comes_to_same(&self, other: &Tree, difference: &Difference, path: &str) -> bool {
        let blob = self
            .sources
            .id(path)
            .and_then(|id| self.known.get(id as usize)?.blob);
        let Some(blob) = blob.filter(|_| self.context == other.context) else {
            return false;
        };
        let key = place_key(blob, path, self.context);
        let kept: Vec<Kept> = (self.sources.shared.store)
            .get(Kind::Depends, key)
            .unwrap_or_default();
        let found = kept
            .iter()
            .find(|it| self.agrees(other, difference, &it.depends) && self.holds(&it.depends));
        if let Some(found) = found.filter(|it| it.plain.is_none()) {
            (self.sources.shared.store).keep(result_key(key, &found.depends));
        }
        found.is_some()
    }

    /// Whether every question leads to the same in both trees, of which the manifests say the same.
    fn agrees(&self, other: &Tree, difference: &Difference, depends: &Dependencies) -> bool {
        let store = &self.sources.shared.store;
        let is_same = |question: &Key| {
            self.registered.answer(*question, store) == other.registered.answer(*question, store)
        };
        let is_loaded = |name: &String| self.loaded.contains(name) == other.loaded.contains(name);
        (Arc::ptr_eq(&self.registered, &other.registered) || depends.registry.iter().all(is_same))
            && (Arc::ptr_eq(&self.loaded, &other.loaded) || depends.loaded.iter().all(is_loaded))
            && !(depends.program.iter()).any(|question| difference.has(*question))
    }

    /// The answers to all questions; `None` where a question is lost.
    fn answer(&self, depends: &Dependencies) -> Option<Key> {
        let store = &self.sources.shared.store;
        let mut answers = Vec::with_capacity(16 * (depends.program.len() + depends.registry.len() + 4));
        answers.extend(self.context.0.to_le_bytes());
        for question in &depends.program {
            answers.extend(self.files(*question).0.to_le_bytes());
        }
        for answer in self.registered.answers(&depends.registry, store)? {
            answers.extend(answer.0.to_le_bytes());
        }
        answers.extend(
            depends
                .loaded
                .iter()
                .map(|name| u8::from(self.loaded.contains(name))),
        );
        Some(Digest::default().with(answers).key())
    }

    /// The files a question leads to, with their contents.
    fn files(&self, question: program::Question) -> Key {
        let slot = self
            .program
            .slot(question)
            .and_then(|slot| self.answers.get(slot));
        let Some(slot) = slot else {
            return Key::default();
        };
        *slot.get_or_init(|| {
            let files = self.program.files_of(question);
            let keys = files.iter().filter_map(|file| self.known.get(*file as usize));
            match keys.clone().count() {
                1 => keys.map(|known| known.key).next().unwrap_or_default(),
                _ => keys
                    .fold(Digest::default(), |digest, known| {
                        digest.with(known.key.0.to_le_bytes())
                    })
                    .key(),
            }
        })
    }
}

fn result_key(place: Key, depends: &Dependencies) -> Key {
    let digest = Digest::default().with(place.0.to_le_bytes());
    digest.with(depends.answer.0.to_le_bytes()).key()
}

fn gone() -> Refusal {
    (SkipReason::Unreadable, "not in this tree".to_owned())
}
