//! What the rules find in one file, kept with all that it depends on: as long as every question leads
//! to the same answer, walking the file again would find the same.

use std::time::Instant;

use serde::{Deserialize, Serialize};
use typed_arena::Arena;

use super::Tree;
use super::learn::place_key;
use crate::file::{self, FileAnalysis, milliseconds};
use crate::index::{Digest, Key, Kind};
use crate::nplus1::world::{Loaded, World};
use crate::program;
use crate::registry::{self, Asked};
use crate::report::SkipReason;
use crate::screen::Refusal;
use crate::sources::FileId;

/// Results of one content at one place that are kept: those of a base and of the heads on it.
const KEPT_MAX: usize = 3;

/// Every question that was asked, with its answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dependencies {
    context: Key,
    program: Vec<(program::Question, Key)>,
    registry: Vec<(registry::Question, Key)>,
    loaded: Vec<(String, bool)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Looked {
    pub analysis: FileAnalysis,
    depends: Dependencies,
}

impl Looked {
    /// Paths of files that were looked into or looked for.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.depends
            .program
            .iter()
            .filter_map(|(question, _)| match question {
                program::Question::Path(path) => Some(&**path),
                _ => None,
            })
    }
}

impl Tree {
    pub(super) fn look_at(&self, id: FileId) -> Result<Looked, Refusal> {
        let started = Instant::now();
        let blob = self.sources.content(id, &mut None).ok_or_else(gone)??;
        let path = self.sources.path(id).unwrap_or_default();
        let key = place_key(blob, path, self.context);
        let store = &self.sources.shared.store;
        let mut kept: Vec<Looked> = store.get(Kind::Results, key).unwrap_or_default();
        if let Some(mut looked) = kept.iter().find(|it| self.answers_as(it)).cloned() {
            if !looked.analysis.sites.is_empty() {
                looked.analysis.text = self.sources.read(path)?;
            }
            looked.analysis.analyse_ms = milliseconds(started, Instant::now());
            return Ok(looked);
        }
        let looked = self.walk(id)?;
        // Out of time, another file may have been missing.
        if !self.sources.is_stopped() {
            kept.insert(0, looked.clone());
            kept.truncate(KEPT_MAX);
            store.put(Kind::Results, key, &kept);
        }
        Ok(looked)
    }

    fn walk(&self, id: FileId) -> Result<Looked, Refusal> {
        let parsed = self.sources.get(id).ok_or_else(gone)??;
        let held = Arena::new();
        let view = self.program.view();
        let registry = Asked::new(&self.registry);
        let loaded = Loaded::new(&self.loaded);
        let world = World {
            project: &self.project,
            sources: &self.sources,
            registry: &registry,
            loaded: &loaded,
            view: &view,
            held: &held,
        };
        let analysis = file::analyse(world, id, &parsed);
        let questions = view.asked().into_iter();
        let registered = registry.questions().into_iter();
        let depends = Dependencies {
            context: self.context,
            program: questions.map(|it| (it.clone(), self.answer(&it))).collect(),
            registry: registered.map(|it| (it.clone(), self.registered(&it))).collect(),
            loaded: loaded.asked(),
        };
        Ok(Looked { analysis, depends })
    }

    /// Whether walking the file in this tree would come to the same.
    #[must_use]
    pub fn answers_as(&self, looked: &Looked) -> bool {
        let depends = &looked.depends;
        depends.context == self.context
            && depends
                .loaded
                .iter()
                .all(|(name, answer)| self.loaded.contains(name) == *answer)
            && depends
                .program
                .iter()
                .all(|(question, answer)| self.answer(question) == *answer)
            && depends
                .registry
                .iter()
                .all(|(question, answer)| self.registered(question) == *answer)
    }

    /// The files a question leads to, with their contents.
    fn answer(&self, question: &program::Question) -> Key {
        if let Ok(answers) = self.answers.lock()
            && let Some(known) = answers.get(question)
        {
            return *known;
        }
        let mut digest = Digest::default();
        for file in self.program.files_of(question) {
            digest.add(self.program.path(file));
            if let Some(blob) = self.known.get(file as usize).and_then(|known| known.blob) {
                digest.add(blob.as_slice());
            }
        }
        let answer = digest.key();
        if let Ok(mut answers) = self.answers.lock() {
            answers.insert(question.clone(), answer);
        }
        answer
    }

    fn registered(&self, question: &registry::Question) -> Key {
        if let Ok(answers) = self.registered.lock()
            && let Some(known) = answers.get(question)
        {
            return *known;
        }
        let answer = self.registry.answer(question);
        if let Ok(mut answers) = self.registered.lock() {
            answers.insert(question.clone(), answer);
        }
        answer
    }
}

fn gone() -> Refusal {
    (SkipReason::Unreadable, "not in this tree".to_owned())
}
