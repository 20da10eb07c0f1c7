//! The matches in one file: from what is kept of the same content, else by a walk over its tree. Where a file is
//! parsed for its facts anyway, the rules run on that tree; else it is parsed for them alone.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use gix::ObjectId;
use tree_sitter::{Range, Tree};

use super::compile::Rules;
use super::embedded::Parts;
use super::language::RuleLanguage;
use super::meter::Document;
use super::run::{self, FileMatches};
use crate::cancel::Cancel;
use crate::file;
use crate::gate;
use crate::index::{Digest, Key, Kind, Store};
use crate::parse::{self, ParseLimits};
use crate::report::SkipReason;
use crate::screen::Refusal;

/// The rules of one call, and the files they are run on.
pub struct Ruling {
    pub rules: Arc<Rules>,
    /// Of either side, by their path there.
    paths: BTreeSet<String>,
    /// Microseconds of all threads.
    spent: AtomicU64,
    /// Rules have half of the time of a run, so that the slowest leave the other half to what is built in.
    token: Cancel,
}

impl Ruling {
    #[must_use]
    pub fn new(rules: Arc<Rules>, paths: BTreeSet<String>, cancel: &Cancel) -> Self {
        Ruling {
            rules,
            paths,
            spent: AtomicU64::new(0),
            token: cancel.with_half_of_the_time(),
        }
    }

    #[must_use]
    pub fn spent_ms(&self) -> f64 {
        Duration::from_micros(self.spent.load(Ordering::Relaxed)).as_secs_f64() * 1000.0
    }

    /// Counts the time since `started`.
    pub fn spend(&self, started: Instant) {
        let spent = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.spent.fetch_add(spent, Ordering::Relaxed);
    }

    /// Runs the rules on a tree that is at hand, if they are wanted there. What is found is kept in the store.
    pub fn see(&self, store: &Store, path: &str, blob: ObjectId, text: &str, tree: &Tree) {
        if self.token.is_stopped() {
            return;
        }
        let key = self.key(path, blob);
        let is_wanted = self.paths.contains(path) && store.get::<FileMatches>(Kind::Matches, key).is_none();
        let Some(language) = self.rules.wanted(path).filter(|_| is_wanted) else {
            return;
        };
        // The rules may take the file for something else.
        if *tree.language() != language.grammar() {
            return;
        }
        let started = Instant::now();
        let parts = Parts::whole(Document {
            text: Arc::new(text.to_owned()),
            language,
            tree: tree.clone(),
        });
        if let Ok(found) = run::run(parts, path, &self.rules, &self.token) {
            store.put(Kind::Matches, key, &found);
        }
        self.spend(started);
    }

    /// The matches in a file.
    ///
    /// # Errors
    /// It cannot be looked at: why, as the report says it.
    pub fn look(
        &self,
        store: &Store,
        path: &str,
        blob: ObjectId,
        text: &str,
    ) -> Result<FileMatches, Refusal> {
        let Some(language) = self.rules.wanted(path) else {
            return Ok(FileMatches::default());
        };
        let key = self.key(path, blob);
        if let Some(found) = store.get(Kind::Matches, key) {
            return Ok(found);
        }
        if self.token.is_stopped() {
            return Err(out_of_time());
        }
        let _pass = gate::enter(text.len());
        let parts = Parts::of(text, language, &self.rules, &self.token)?;
        let found = run::run(parts, path, &self.rules, &self.token).map_err(|_| out_of_time())?;
        store.put(Kind::Matches, key, &found);
        Ok(found)
    }

    /// `files` and `ignores` of rules make it hang on the path too.
    fn key(&self, path: &str, blob: ObjectId) -> Key {
        Digest::default()
            .with(blob.as_slice())
            .with(path)
            .with(self.rules.key.0.to_le_bytes())
            .key()
    }
}

fn out_of_time() -> Refusal {
    (
        SkipReason::Budget,
        "the time for the team's rules was over".to_owned(),
    )
}

/// Parses a text for rules, within the limits of any file.
///
/// # Errors
/// As the report says it.
pub fn document(text: &str, language: RuleLanguage, cancel: &Cancel) -> Result<Document, Refusal> {
    parsed(Arc::new(text.to_owned()), None, language, cancel)
}

/// Parses a part of a text.
///
/// # Errors
/// As the report says it.
pub fn document_within(
    text: Arc<String>,
    range: Range,
    language: RuleLanguage,
    cancel: &Cancel,
) -> Result<Document, Refusal> {
    parsed(text, Some(range), language, cancel)
}

fn parsed(
    text: Arc<String>,
    range: Option<Range>,
    language: RuleLanguage,
    cancel: &Cancel,
) -> Result<Document, Refusal> {
    let token = cancel.with_budget(Duration::from_millis(ParseLimits::default().timeout_ms));
    let tree = parse::tree_within(&text, range, &language.grammar(), language.open(), &token)
        .map_err(|stop| file::refusal(stop, cancel))?;
    Ok(Document { text, language, tree })
}
