//! What one file says to the whole repository: from what is kept of the same content, else by
//! parsing it.

use std::collections::BTreeSet;
use std::sync::Arc;

use gix::ObjectId;
use serde::{Deserialize, Serialize};

use crate::facts::ir::FileFacts;
use crate::index::{Digest, Key, Kind};
use crate::nplus1::{self, Signals};
use crate::program::{KeptOutline, Outline, Summary};
use crate::project::Project;
use crate::registry::model::Model;
use crate::registry::{self, Load, Switch};
use crate::sources::{FileId, Sources, content_key, is_lasting};

/// What other files may ask of a file.
#[derive(Clone)]
pub struct Known {
    /// `None`: it cannot be read.
    pub blob: Option<ObjectId>,
    /// Its content at its path.
    pub key: Key,
    pub outline: Arc<KeptOutline>,
    pub declared: Arc<Declared>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Declared {
    pub models: Vec<Model>,
    pub switches: Vec<Switch>,
    pub loads: BTreeSet<Load>,
    /// What it says of the types it shows (`nplus1::said`).
    pub said: BTreeSet<String>,
}

impl Declared {
    pub fn is_empty(&self) -> bool {
        self.models.is_empty() && self.switches.is_empty() && self.loads.is_empty() && self.said.is_empty()
    }
}

impl Known {
    pub fn nothing(path: &str) -> Self {
        Known {
            blob: None,
            key: Digest::default().with(path).key(),
            outline: Arc::new(Outline::of(&FileFacts::nothing()).into()),
            declared: Arc::default(),
        }
    }
}

/// Address of what follows from a file at its place in a project.
pub fn place_key(blob: ObjectId, path: &str, context: Key) -> Key {
    Digest::default()
        .with(blob.as_slice())
        .with(path)
        .with(context.0.to_le_bytes())
        .key()
}

pub fn learn(
    sources: &Arc<Sources>,
    id: FileId,
    project: &Project,
    signals: &Signals,
    context: Key,
) -> Known {
    let path = sources.path(id).unwrap_or_default();
    let unknown = Known::nothing(path);
    if sources.is_stopped() {
        return unknown;
    }
    let mut text = None;
    let Some(Ok(blob)) = sources.content(id, &mut text) else {
        return unknown;
    };
    let nothing = Known {
        blob: Some(blob),
        key: Digest::default().with(path).with(blob.as_slice()).key(),
        ..unknown
    };
    let store = &sources.shared.store;
    let (key, in_project) = (content_key(blob, path), place_key(blob, path, context));
    match store.get::<Option<(Summary, Declared)>>(Kind::Models, in_project) {
        Some(Some((summary, declared))) => {
            store.keep(key);
            let sources = Arc::clone(sources);
            return Known {
                outline: Arc::new(KeptOutline::new(summary, move || outline(&sources, id, key))),
                declared: Arc::new(declared),
                ..nothing
            };
        }
        // It cannot be analysed.
        Some(None) => return nothing,
        None => {}
    }
    let Ok(text) = text.map_or_else(|| sources.text(path), Ok) else {
        return nothing;
    };
    // Not of a text that has changed since the content was noted.
    let is_same = text.blob == blob;
    let parsed = match sources.make(path, Some(text)) {
        Ok(parsed) => parsed,
        Err(refusal) => {
            if !is_lasting(&refusal) {
                // What hangs on this file now may come out otherwise the next time.
                return Known::nothing(path);
            }
            store.put(Kind::Models, in_project, &None::<(Summary, Declared)>);
            return nothing;
        }
    };
    let outline = Outline::of(&parsed.facts);
    let orms = signals.of(id, &parsed.file(), project);
    let declared = Declared {
        models: nplus1::declared(&parsed.file(), &orms),
        switches: registry::switches(path, &parsed.facts),
        loads: nplus1::loads(&parsed.file(), &orms),
        said: nplus1::said(&parsed.file(), project),
    };
    if is_same {
        store.put(Kind::Outline, key, &outline);
    }
    let outline = KeptOutline::from(outline);
    if is_same {
        store.put(Kind::Models, in_project, &Some((&outline.summary, &declared)));
    }
    Known {
        outline: Arc::new(outline),
        declared: Arc::new(declared),
        ..nothing
    }
}

/// As it is kept, else of the file once more.
fn outline(sources: &Sources, id: FileId, key: Key) -> Outline {
    let kept = sources.shared.store.get::<Outline>(Kind::Outline, key);
    kept.unwrap_or_else(|| {
        let parsed = sources.make(sources.path(id).unwrap_or_default(), None);
        parsed.map_or_else(
            |_| Outline::of(&FileFacts::nothing()),
            |parsed| Outline::of(&parsed.facts),
        )
    })
}
