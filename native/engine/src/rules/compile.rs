//! From the text of rules to what runs: each rule is compiled alone, so that a broken one is told and the others
//! run. A set is compiled once and kept by all that it says.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use ast_grep_config::{
    DeserializeEnv, GlobalRules, RuleConfig, SerializableGlobalRule, SerializableRuleConfig, Severity,
};
use ast_grep_core::Matcher;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;

use super::bound;
use super::embedded::EMBEDDED;
use super::language::{self, RuleLanguage};
use crate::index::{Digest, Key};
use crate::pool::guarded;
use crate::report::RuleProblem;
use crate::request::{LanguageGlobs, RuleSet};

/// Sets that are kept for later calls: those of a few repositories at a time.
const SETS_KEPT: usize = 8;

pub struct Rule {
    /// Ours.
    pub id: String,
    pub config: RuleConfig<RuleLanguage>,
    /// How many times as long as a text its transforms may make of it.
    pub growth: usize,
    files: Option<GlobSet>,
    ignores: Option<GlobSet>,
}

impl Rule {
    /// `files` and `ignores` of the rule; the path is relative to the root.
    #[must_use]
    pub fn runs_on(&self, path: &str) -> bool {
        let is_in = |globs: &Option<GlobSet>| globs.as_ref().map(|globs| globs.is_match(path));
        is_in(&self.ignores) != Some(true) && is_in(&self.files) != Some(false)
    }

    #[must_use]
    pub fn is_for_some_paths(&self) -> bool {
        self.files.is_some() || self.ignores.is_some()
    }
}

/// The rules of one language.
#[derive(Default)]
pub struct Bucket {
    pub rules: Vec<Rule>,
    /// By the kind of a node: which rules may match it.
    by_kind: Vec<Vec<u32>>,
}

impl Bucket {
    fn new(rules: Vec<Rule>) -> Self {
        let mut by_kind: Vec<Vec<u32>> = Vec::new();
        for (at, rule) in (0..).zip(&rules) {
            for kind in &rule.config.matcher.potential_kinds().unwrap_or_default() {
                if by_kind.len() <= kind {
                    by_kind.resize_with(kind + 1, Vec::new);
                }
                if let Some(slot) = by_kind.get_mut(kind) {
                    slot.push(at);
                }
            }
        }
        Bucket { rules, by_kind }
    }

    #[must_use]
    pub fn of_kind(&self, kind: u16) -> &[u32] {
        self.by_kind.get(usize::from(kind)).map_or(&[], Vec::as_slice)
    }
}

#[derive(Default)]
pub struct Rules {
    /// All that the set says.
    pub key: Key,
    buckets: HashMap<RuleLanguage, Bucket>,
    /// Files that are taken for a language whatever their names end in; the first that matches counts.
    named: Vec<(RuleLanguage, GlobSet)>,
    /// What is wrong with the set beside its rules, in words.
    pub notices: Vec<String>,
    pub problems: Vec<RuleProblem>,
    pub count: u32,
}

impl Rules {
    /// Compiles a set, or answers with what was compiled of the same before.
    #[must_use]
    pub fn of(set: &RuleSet) -> Arc<Self> {
        let key = key(set);
        if let Ok(kept) = KEPT.lock()
            && let Some(rules) = kept.iter().find(|rules| rules.key == key)
        {
            return Arc::clone(rules);
        }
        let rules = Arc::new(compile(set, key));
        if let Ok(mut kept) = KEPT.lock() {
            kept.retain(|other| other.key != key);
            kept.insert(0, Arc::clone(&rules));
            kept.truncate(SETS_KEPT);
        }
        rules
    }

    /// What a file is taken for by its name.
    #[must_use]
    pub fn language(&self, path: &str) -> Option<RuleLanguage> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let named = self.named.iter().find(|(_, globs)| globs.is_match(name));
        named
            .map(|(language, _)| *language)
            .or_else(|| RuleLanguage::of_path(path))
    }

    #[must_use]
    pub fn of_language(&self, language: RuleLanguage) -> Option<&Bucket> {
        self.buckets.get(&language)
    }

    /// The language of a file that some rule looks at.
    #[must_use]
    pub fn wanted(&self, path: &str) -> Option<RuleLanguage> {
        let language = self.language(path)?;
        let has = |language: &RuleLanguage| self.buckets.contains_key(language);
        let is_wanted = has(&language) || (language == RuleLanguage::Html && EMBEDDED.iter().any(has));
        is_wanted.then_some(language)
    }

    #[must_use]
    pub fn wants(&self, path: &str) -> bool {
        self.wanted(path).is_some()
    }
}

static KEPT: LazyLock<Mutex<Vec<Arc<Rules>>>> = LazyLock::new(Mutex::default);

fn key(set: &RuleSet) -> Key {
    let mut digest = Digest::default();
    for rule in &set.rules {
        digest.add("rule");
        digest.add(&rule.id);
        digest.add(&rule.text);
        digest.add(if rule.fix.is_some() { "fix" } else { "" });
        digest.add(rule.fix.as_deref().unwrap_or(""));
    }
    for utility in &set.utilities {
        digest.add("utility");
        digest.add(&utility.id);
        digest.add(&utility.text);
    }
    for named in &set.language_globs {
        digest.add("language");
        digest.add(&named.language);
        for glob in &named.globs {
            digest.add("glob");
            digest.add(glob);
        }
    }
    digest.key()
}

fn compile(set: &RuleSet, key: Key) -> Rules {
    let mut problems = Vec::new();
    let globals = globals(set, &mut problems);
    let mut by_language: HashMap<RuleLanguage, Vec<Rule>> = HashMap::new();
    let mut count = 0;
    for rule in &set.rules {
        let compiled = guarded(|| one(&rule.id, &rule.text, rule.fix.as_deref(), &globals))
            .unwrap_or_else(|panicked| Err(format!("internal error: {}", panicked.0)));
        match compiled {
            Ok(Some(compiled)) => {
                count += 1;
                by_language
                    .entry(compiled.config.language)
                    .or_default()
                    .push(compiled);
            }
            Ok(None) => {}
            Err(message) => problems.push(problem(&rule.id, &message)),
        }
    }
    problems.sort();
    let (named, notices) = language_globs(set);
    Rules {
        key,
        named,
        notices,
        buckets: by_language
            .into_iter()
            .map(|(language, rules)| (language, Bucket::new(rules)))
            .collect(),
        problems,
        count,
    }
}

/// As ast-grep takes them: a glob is matched with the name of a file alone.
fn language_globs(set: &RuleSet) -> (Vec<(RuleLanguage, GlobSet)>, Vec<String>) {
    let mut notices = Vec::new();
    let mut named = Vec::new();
    for LanguageGlobs { language, globs } in &set.language_globs {
        let read = || {
            let language = language::language(language)?;
            let mut set = GlobSetBuilder::new();
            for text in globs {
                let glob = GlobBuilder::new(text).literal_separator(true).build();
                set.add(glob.map_err(|error| error.to_string())?);
            }
            Ok((language, set.build().map_err(|error| error.to_string())?))
        };
        match read() {
            Ok(read) => named.push(read),
            Err::<_, String>(message) => notices.push(format!("languageGlobs of {language}: {message}")),
        }
    }
    named.sort_by_key(|(language, _)| *language);
    (named, notices)
}

fn problem(rule: &str, message: &str) -> RuleProblem {
    let one_line: String = message.split_whitespace().collect::<Vec<_>>().join(" ");
    RuleProblem {
        rule: rule.to_owned(),
        message: one_line.chars().take(bound::PROBLEM_CHARS_MAX).collect(),
    }
}

/// What is read first, so that an unknown language is told in plain words.
#[derive(Deserialize)]
struct Spoken {
    language: String,
}

/// `None`: the rule is off.
fn one(id: &str, text: &str, fix: Option<&str>, globals: &GlobalRules) -> Result<Option<Rule>, String> {
    let spoken: Spoken = ast_grep_config::from_str(text).map_err(|error| error.to_string())?;
    language::language(&spoken.language)?;
    let mut config: SerializableRuleConfig<RuleLanguage> =
        ast_grep_config::from_str(text).map_err(|error| error.to_string())?;
    if let Some(fix) = fix {
        config.fix = Some(ast_grep_config::from_str(fix).map_err(|error| format!("fix: {error}"))?);
    }
    if config.severity == Severity::Off {
        return Ok(None);
    }
    let plain = serde_json::to_value(&config).map_err(|error| error.to_string())?;
    bound::check(&plain)?;
    let growth = bound::growth(&plain);
    let (files, ignores) = (globs(plain.get("files"))?, globs(plain.get("ignores"))?);
    let config = RuleConfig::try_from(config, globals).map_err(|error| chain(&error))?;
    Ok(Some(Rule {
        id: id.to_owned(),
        config,
        growth,
        files,
        ignores,
    }))
}

/// An error with what caused it.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut texts: Vec<String> = causes.map(ToString::to_string).collect();
    texts.dedup();
    texts.join(": ")
}

/// As ast-grep builds them: `*` also matches `/`.
fn globs(written: Option<&serde_json::Value>) -> Result<Option<GlobSet>, String> {
    let Some(written) = written.and_then(serde_json::Value::as_array) else {
        return Ok(None);
    };
    let mut set = GlobSetBuilder::new();
    for glob in written {
        let text = glob.as_str().or_else(|| glob.get("glob")?.as_str());
        let any_case = glob.get("caseInsensitive").and_then(serde_json::Value::as_bool);
        let glob = GlobBuilder::new(text.unwrap_or_default())
            .case_insensitive(any_case.unwrap_or(false))
            .build()
            .map_err(|error| error.to_string())?;
        set.add(glob);
    }
    set.build().map(Some).map_err(|error| error.to_string())
}

/// All utilities that can be used together; of the others is told why not.
fn globals(set: &RuleSet, problems: &mut Vec<RuleProblem>) -> GlobalRules {
    let mut read: Vec<(&str, &str)> = Vec::new();
    for utility in &set.utilities {
        match checked(&utility.text) {
            Ok(()) => read.push((&utility.id, &utility.text)),
            Err(message) => problems.push(problem(&utility.id, &message)),
        }
    }
    let whole: Vec<&str> = read.iter().map(|(_, text)| *text).collect();
    if let Ok(globals) = together(&whole) {
        return globals;
    }
    // One of them is wrong: take in those that go with what is there, until no more do.
    let mut taken: Vec<&str> = Vec::new();
    let mut globals = GlobalRules::default();
    loop {
        let before = taken.len();
        read.retain(|(_, text)| {
            let with: Vec<&str> = taken.iter().copied().chain([*text]).collect();
            match together(&with) {
                Ok(more) => {
                    globals = more;
                    taken = with;
                    false
                }
                Err(_) => true,
            }
        });
        if taken.len() == before {
            break;
        }
    }
    for (id, text) in read {
        let with: Vec<&str> = taken.iter().copied().chain([text]).collect();
        let message = together(&with).err().unwrap_or_default();
        problems.push(problem(id, &message));
    }
    globals
}

fn checked(text: &str) -> Result<(), String> {
    let spoken: Spoken = ast_grep_config::from_str(text).map_err(|error| error.to_string())?;
    language::language(&spoken.language)?;
    let utility: SerializableGlobalRule<RuleLanguage> =
        ast_grep_config::from_str(text).map_err(|error| error.to_string())?;
    bound::check(&serde_json::to_value(&utility).map_err(|error| error.to_string())?)
}

fn together(texts: &[&str]) -> Result<GlobalRules, String> {
    let read = texts.iter().map(|text| ast_grep_config::from_str(text));
    let utilities: Vec<SerializableGlobalRule<RuleLanguage>> = read
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())?;
    guarded(|| DeserializeEnv::parse_global_utils(utilities))
        .map_err(|panicked| format!("internal error: {}", panicked.0))?
        .map_err(|error| chain(&error))
}
