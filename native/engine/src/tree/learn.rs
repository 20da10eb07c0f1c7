//! What one file says to the whole repository: from what is kept of the same content, else by
//! parsing it.

use std::collections::BTreeSet;
use std::sync::Arc;

use gix::ObjectId;
use serde::{Deserialize, Serialize};

use crate::facts::ir::FileFacts;
use crate::index::{Digest, Key, Kind};
use crate::nplus1;
use crate::program::Outline;
use crate::project::Project;
use crate::registry::model::Model;
use crate::registry::{self, Switch};
use crate::sources::{FileId, Sources, blob_of, content_key, is_lasting};

/// What other files may ask of a file.
#[derive(Clone)]
pub struct Known {
    /// `None`: it cannot be read.
    pub blob: Option<ObjectId>,
    pub outline: Arc<Outline>,
    pub declared: Arc<Declared>,
}

#[derive(Default, Serialize, Deserialize)]
pub struct Declared {
    pub models: Vec<Model>,
    pub switches: Vec<Switch>,
    /// Relations that its queries load.
    pub loaded: BTreeSet<String>,
}

impl Known {
    pub fn nothing() -> Self {
        Known {
            blob: None,
            outline: Arc::new(Outline::of(&FileFacts::nothing())),
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

pub fn learn(sources: &Sources, id: FileId, project: &Project, context: Key) -> Known {
    let nothing = Known::nothing();
    if sources.is_stopped() {
        return nothing;
    }
    let mut text = None;
    let path = sources.path(id).unwrap_or_default();
    let Some(Ok(blob)) = sources.content(id, &mut text) else {
        return nothing;
    };
    let nothing = Known {
        blob: Some(blob),
        ..nothing
    };
    let store = &sources.shared.store;
    let (key, in_project) = (content_key(blob, path), place_key(blob, path, context));
    let outline = store.get::<Option<Outline>>(Kind::Outline, key);
    if matches!(outline, Some(None)) {
        return nothing;
    }
    let declared = store.get::<Declared>(Kind::Models, in_project);
    if let (Some(Some(outline)), Some(declared)) = (outline, declared) {
        return Known {
            outline: Arc::new(outline),
            declared: Arc::new(declared),
            ..nothing
        };
    }
    let parsed = match sources.make(path, text) {
        Ok(parsed) => parsed,
        Err(refusal) => {
            if !is_lasting(&refusal) {
                // What hangs on this file now may come out otherwise the next time.
                return Known::nothing();
            }
            store.put(Kind::Outline, key, &None::<Outline>);
            return nothing;
        }
    };
    let outline = Outline::of(&parsed.facts);
    let declared = Declared {
        models: nplus1::declared(&parsed.file(), project),
        switches: registry::switches(path, &parsed.facts),
        loaded: nplus1::loaded(&parsed.file(), project),
    };
    // Not of a text that has changed since the content was noted.
    if blob_of(&parsed.text) == blob {
        store.put(Kind::Outline, key, &Some(&outline));
        store.put(Kind::Models, in_project, &declared);
    }
    Known {
        outline: Arc::new(outline),
        declared: Arc::new(declared),
        ..nothing
    }
}
