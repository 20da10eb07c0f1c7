//! Matches that another engine found: given the same ids, newness, lines to comment on, entities and checked fixes as
//! our own. Only its rules are not run again on an edited file: it must parse, and is for that engine to look at.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::code;
use super::compare::{Compared, Head, compare};
use super::entity::{self, Around};
use super::language::RuleLanguage;
use super::look;
use super::meter::Document;
use super::run::{FileMatches, Raw, Replacement};
use super::suppress::Suppression;
use super::work::{Call, Finder, Work};
use crate::cancel::Cancel;
use crate::change;
use crate::error::{Code, EngineError, Phase};
use crate::place::Lines;
use crate::pool::Pool;
use crate::report::Report;
use crate::request::{CompareRequest, External, PlaceRequest};
use crate::run::Run;
use crate::scan;
use crate::screen::{PathRules, Refusal};
use crate::sources::Shared;

/// More matches than any engine is asked for in one call.
const MATCHES_MAX: usize = 100_000;

/// What silences a match of the other engine; it tells only that one does.
const IGNORE_WORD: &str = "nosem";

/// The matches of one call by the path of their file.
pub type ByPath = BTreeMap<String, Vec<External>>;

/// What a call knows of both sides.
#[derive(Debug, Default)]
pub struct Given {
    pub head: ByPath,
    pub base: ByPath,
}

impl Given {
    /// # Errors
    /// There are too many.
    pub fn new(head: Vec<External>, base: Vec<External>) -> Result<Self, EngineError> {
        if head.len().max(base.len()) > MATCHES_MAX {
            let message = format!("more than {MATCHES_MAX} matches in one call");
            return Err(EngineError::new(Code::BadRequest, Phase::Request, message));
        }
        let by_path = |all: Vec<External>| {
            let mut by_path = ByPath::new();
            for external in all {
                by_path.entry(external.path.clone()).or_default().push(external);
            }
            by_path
        };
        Ok(Given {
            head: by_path(head),
            base: by_path(base),
        })
    }

    /// # Errors
    /// A side cannot be read.
    pub(crate) fn look_at(&self, call: &Call, work: &Work) -> Result<Compared, Refusal> {
        let text = (call.read)(&work.head)?;
        let side = |given: &ByPath, path: &str, text: &str| {
            let given = given.get(path).map_or(&[][..], Vec::as_slice);
            matches(given, path, text, &call.cancel)
        };
        let matches = side(&self.head, &work.head.path, &text.text);
        let base = work.base.as_ref().map(|it| {
            let text = (call.read)(it)?;
            Ok::<_, Refusal>(side(&self.base, &it.path, &text.text))
        });
        let base = base.transpose()?;
        let id_path = work.base.as_ref().map_or(&work.head.path, |it| &it.path);
        let head = Head {
            path: &work.head.path,
            text: &text.text,
            matches: &matches,
            diff: work.diff.as_ref(),
        };
        Ok(compare(id_path, base.as_ref(), head))
    }
}

/// Matches that lie outside of the text are left out: it is not the one the other engine saw.
fn matches(given: &[External], path: &str, text: &str, cancel: &Cancel) -> FileMatches {
    if given.is_empty() {
        return FileMatches::default();
    }
    let document = RuleLanguage::of_path(path).and_then(|it| look::document(text, it, cancel).ok());
    let lines = Lines::new(text);
    let mut found = FileMatches::default();
    let mut comments: BTreeMap<u32, u32> = BTreeMap::new();
    for external in given {
        let (start, end) = (external.start_byte as usize, external.end_byte as usize);
        if start > end || text.get(start..end).is_none() {
            found.notices.push((
                external.rule.clone(),
                "a match does not lie in the file: it is left out".to_owned(),
            ));
            continue;
        }
        let suppressed = external.suppressed.then(|| {
            let line = ignoring_line(&lines, external.start_byte);
            *comments.entry(line).or_insert_with(|| {
                found
                    .suppressions
                    .push(Suppression::of_line(line, lines.text_of(line)));
                u32::try_from(found.suppressions.len() - 1).unwrap_or(u32::MAX)
            })
        });
        found
            .matches
            .push(raw(external, document.as_ref(), text, suppressed));
    }
    found
        .matches
        .sort_by(|a, b| (a.start, a.end, &a.rule).cmp(&(b.start, b.end, &b.rule)));
    found.notices.sort();
    found.notices.dedup();
    found
}

/// The line of the match or the one above it, wherever the comment stands.
fn ignoring_line(lines: &Lines<'_>, start: u32) -> u32 {
    let line = lines.line(start);
    let says = |line: &u32| lines.text_of(*line).contains(IGNORE_WORD);
    [line, line.saturating_sub(1).max(1)]
        .into_iter()
        .find(says)
        .unwrap_or(line)
}

fn raw(external: &External, document: Option<&Document>, text: &str, suppressed: Option<u32>) -> Raw {
    let (start, end) = (external.start_byte as usize, external.end_byte as usize);
    let around = document.map(|it| entity::around(&it.tree, text, it.language, start, end));
    let Around { symbol, entity } = around.unwrap_or_default();
    let code = match document {
        Some(document) => code::of_tree(&document.tree, text, start, end),
        None => code::of_text(text, start, end),
    };
    Raw {
        rule: external.rule.clone(),
        start: external.start_byte,
        end: external.end_byte,
        message: external
            .message
            .chars()
            .take(super::bound::MESSAGE_CHARS_MAX)
            .collect(),
        note: None,
        labels: Vec::new(),
        symbol,
        entity,
        code: code.to_string(),
        suppressed,
        fix: external.fix.as_ref().map(|fix| Replacement {
            start: external.start_byte,
            end: external.end_byte,
            text: fix.clone(),
        }),
    }
}

/// Matches at head against those at the merge base. The calling thread waits; it must not be one of the pool's.
///
/// # Errors
/// The request is wrong, the repository lacks something, or the call was cancelled.
pub fn compare_matches(request: CompareRequest, cancel: &Cancel, pool: &Pool) -> Result<Report, EngineError> {
    let run = Run::start(cancel, &request.settings, pool);
    let given = Arc::new(Given::new(request.head_matches, request.base_matches)?);
    let (repository, settings) = (request.repository.clone(), request.settings.clone());
    let (base, head, asked) = (request.base.clone(), request.head.clone(), Arc::clone(&given));
    let (read, files) = run.prepare(Phase::Diff, move |token| {
        change::sides(&repository, &base, &head, &settings, token, |path| {
            asked.head.contains_key(path)
        })
    })?;
    finish(&run, &request.settings, given, read, files)
}

/// Matches in a folder as it is. The calling thread waits; it must not be one of the pool's.
///
/// # Errors
/// The request is wrong, or the call was cancelled.
pub fn place_matches(request: PlaceRequest, cancel: &Cancel, pool: &Pool) -> Result<Report, EngineError> {
    let run = Run::start(cancel, &request.settings, pool);
    let given = Arc::new(Given::new(request.matches, Vec::new())?);
    let rules = PathRules::new(&request.settings.exclude)
        .map_err(|message| EngineError::new(Code::BadRequest, Phase::Request, message))?;
    let (files, others): (Vec<String>, Vec<String>) = (given.head.keys())
        .filter(|path| rules.refuse_as_foreign(path).is_none())
        .cloned()
        .partition(|path| scan::is_file_below(&request.root, path));
    let read = scan::reader(request.root.clone());
    let files = files.into_iter().map(Work::scanned).collect();
    let mut report = finish(&run, &request.settings, given, read, files)?;
    let left_out = others
        .iter()
        .map(|path| format!("matches in {path} are left out: no file below the root"));
    report.rule_notices.extend(left_out);
    Ok(report)
}

fn finish(
    run: &Run<'_>,
    settings: &crate::request::Settings,
    given: Arc<Given>,
    read: super::work::Read,
    files: Vec<Work>,
) -> Result<Report, EngineError> {
    let call = Call {
        shared: Arc::new(Shared::new(crate::index::Store::in_memory())),
        read,
        fault: settings.fault,
        cancel: run.cancel().clone(),
        finder: Finder::Given(given),
    };
    let mut report = Report::default();
    super::work::run(run, call, files, &mut report)?;
    report.skipped.sort();
    let skipped = std::mem::take(&mut report.skipped);
    let left_out = skipped
        .iter()
        .map(|it| format!("matches in {} are left out: {}", it.path, it.detail));
    report.rule_notices.extend(left_out);
    Ok(report)
}
