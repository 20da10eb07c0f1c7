//! The engine as a Node addon: requests in, reports out as JSON text in a buffer, which costs the
//! JavaScript thread next to nothing whatever its size. Nothing is decided here.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use driftline_engine as engine;
use engine::cancel::Cancel;
use engine::error::{Code, EngineError, Phase};
use engine::pool::{Pool, guarded};
use engine::report::Report;
use engine::request;
use napi::bindgen_prelude::{Buffer, JsObjectValue, Object};
use napi::{Env, Error, JsValue, Status};
use napi_derive::napi;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Level of a rule; `off` drops it.
#[napi(string_enum = "lowercase")]
pub enum LevelSetting {
    Block,
    Warn,
    Suggest,
    Off,
}

/// A panic on purpose, for tests of the boundary.
#[napi(string_enum = "lowercase")]
pub enum Fault {
    /// In the work on every source file.
    File,
    /// In the call itself.
    Call,
}

#[napi(object)]
pub struct RuleText {
    /// Unique in the set.
    pub id: String,
    /// One document in ast-grep's YAML.
    pub text: String,
    /// Takes the place of the document's own fix.
    pub fix: Option<String>,
}

#[napi(object)]
pub struct UtilityText {
    pub id: String,
    pub text: String,
}

#[napi(object)]
pub struct RuleSet {
    pub rules: Vec<RuleText>,
    /// Utility rules that others call by the id in their text.
    pub utilities: Vec<UtilityText>,
    /// Files of other names that are taken for a language, before what their own names say.
    pub language_globs: Vec<LanguageGlobs>,
}

/// Globs of file names without their folders.
#[napi(object)]
pub struct LanguageGlobs {
    pub language: String,
    pub globs: Vec<String>,
}

#[napi(object)]
pub struct Settings {
    /// Globs of paths left out besides the built-in ones.
    pub exclude: Vec<String>,
    /// Rule id to level.
    pub levels: HashMap<String, LevelSetting>,
    /// Rules of the team to run on the same files.
    pub rule_set: Option<RuleSet>,
    /// Time for the whole run in milliseconds; files not reached are skipped.
    pub budget_ms: Option<f64>,
    /// A number of the caller's choice that `cancel` and `progress` take.
    pub call: Option<u32>,
    /// Folder to keep what was learnt of contents for later runs; nothing is written elsewhere.
    pub cache: Option<String>,
    /// What the repository is called in that folder; its path if nothing is said.
    pub cache_name: Option<String>,
    /// Threads of a pool of its own; without it, the one that all calls share.
    pub threads: Option<u32>,
    pub fault: Option<Fault>,
}

#[napi(object)]
pub struct ChangeRequest {
    /// Path of a repository, bare or with work tree.
    pub repository: String,
    /// Full commit ids.
    pub base: String,
    pub head: String,
    pub settings: Settings,
}

#[napi(object)]
pub struct ScanRequest {
    pub root: String,
    /// Relative to root, `/`; empty means everything.
    pub paths: Vec<String>,
    pub settings: Settings,
}

/// A match of another engine.
#[napi(object)]
pub struct ExternalMatch {
    pub rule: String,
    pub path: String,
    /// Of the file as UTF-8.
    pub start_byte: u32,
    pub end_byte: u32,
    pub message: String,
    /// Text to stand in place of the range.
    pub fix: Option<String>,
    /// An ignore comment of that engine covers it.
    pub suppressed: bool,
}

#[napi(object)]
pub struct SideMatches {
    pub head: Vec<ExternalMatch>,
    /// In the same files at the merge base, by their names there.
    pub base: Vec<ExternalMatch>,
}

#[napi(object)]
pub struct CompareRequest {
    /// Path of a repository, bare or with work tree.
    pub repository: String,
    /// Full commit ids.
    pub base: String,
    pub head: String,
    pub matches: SideMatches,
    pub settings: Settings,
}

#[napi(object)]
pub struct PlaceRequest {
    pub root: String,
    pub matches: Vec<ExternalMatch>,
    pub settings: Settings,
}

const THREADS_MAX: u32 = 256;

/// The version of requests and reports; it must equal the one the caller was written for.
#[napi]
pub fn schema_version() -> u32 {
    engine::schema::SCHEMA_VERSION
}

/// What is new at head against the merge base: a JSON `Report`. Rejects with an `Error` that has
/// `code` and `phase`.
#[napi(ts_return_type = "Promise<Buffer>")]
pub fn analyze_change(env: &Env, request: ChangeRequest) -> napi::Result<Object<'_>> {
    let (call, threads) = (request.settings.call, request.settings.threads);
    promise(env, call, threads, move |cancel, pool, progress| {
        let request = request::ChangeRequest {
            repository: request.repository.into(),
            base: request.base,
            head: request.head,
            settings: settings(request.settings, progress)?,
        };
        engine::change::analyze_change(&request, cancel, pool)
    })
}

/// What stands in whole files: a JSON `Report`. Rejects like `analyzeChange`.
#[napi(ts_return_type = "Promise<Buffer>")]
pub fn scan(env: &Env, request: ScanRequest) -> napi::Result<Object<'_>> {
    let (call, threads) = (request.settings.call, request.settings.threads);
    promise(env, call, threads, move |cancel, pool, progress| {
        let request = request::ScanRequest {
            root: request.root.into(),
            paths: request.paths,
            settings: settings(request.settings, progress)?,
        };
        engine::scan::scan(&request, cancel, pool)
    })
}

/// What another engine's matches are in a change: of a JSON `Report`, the matches and notices. Rejects like
/// `analyzeChange`.
#[napi(ts_return_type = "Promise<Buffer>")]
pub fn compare_matches(env: &Env, request: CompareRequest) -> napi::Result<Object<'_>> {
    let (call, threads) = (request.settings.call, request.settings.threads);
    promise(env, call, threads, move |cancel, pool, progress| {
        let request = request::CompareRequest {
            repository: request.repository.into(),
            base: request.base,
            head: request.head,
            head_matches: externals(request.matches.head),
            base_matches: externals(request.matches.base),
            settings: settings(request.settings, progress)?,
        };
        engine::rules::external::compare_matches(request, cancel, pool)
    })
}

/// What another engine's matches are in a folder. Answers and rejects like `compareMatches`.
#[napi(ts_return_type = "Promise<Buffer>")]
pub fn place_matches(env: &Env, request: PlaceRequest) -> napi::Result<Object<'_>> {
    let (call, threads) = (request.settings.call, request.settings.threads);
    promise(env, call, threads, move |cancel, pool, progress| {
        let request = request::PlaceRequest {
            root: request.root.into(),
            matches: externals(request.matches),
            settings: settings(request.settings, progress)?,
        };
        engine::rules::external::place_matches(request, cancel, pool)
    })
}

/// Makes the running call of this number reject with code `CANCELLED`.
#[napi]
pub fn cancel(call: u32) {
    if let Ok(calls) = CALLS.lock()
        && let Some((token, _)) = calls.get(&call)
    {
        token.cancel();
    }
}

/// How far a call is.
#[napi(object)]
pub struct Progress {
    /// All files are known, and now their findings are looked for.
    pub is_indexed: bool,
    pub done: u32,
    pub total: u32,
}

/// How far the running call of this number is; null if there is none.
#[napi]
pub fn progress(call: u32) -> Option<Progress> {
    let seen = CALLS.lock().ok()?.get(&call)?.1.seen();
    Some(Progress {
        is_indexed: seen.is_indexed,
        done: seen.done,
        total: seen.total,
    })
}

static CALLS: LazyLock<Mutex<HashMap<u32, (Cancel, engine::progress::Progress)>>> =
    LazyLock::new(Mutex::default);

/// Runs `work` off the JavaScript thread. The new thread only waits; the computing is done by the
/// engine's pool. No panic leaves it.
fn promise(
    env: &Env,
    call: Option<u32>,
    threads: Option<u32>,
    work: impl FnOnce(&Cancel, &Pool, engine::progress::Progress) -> Result<Report, EngineError> + Send + 'static,
) -> napi::Result<Object<'_>> {
    let (deferred, promise) = env.create_deferred()?;
    let token = Cancel::new();
    let progress = engine::progress::Progress::default();
    if let (Some(call), Ok(mut calls)) = (call, CALLS.lock()) {
        calls.insert(call, (token.clone(), progress.clone()));
    }
    let run = move || {
        let outcome = guarded(|| {
            let pool = match threads {
                Some(threads) => Pool::new(threads.clamp(1, THREADS_MAX) as usize),
                None => Pool::shared(),
            };
            let pool = pool.ok_or_else(|| internal("no threads can be started"))?;
            let report = work(&token, &pool, progress)?;
            serde_json::to_vec(&report).map_err(|error| internal(&error.to_string()))
        })
        .unwrap_or_else(|panicked| Err(internal(&panicked.0)));
        if let (Some(call), Ok(mut calls)) = (call, CALLS.lock()) {
            calls.remove(&call);
        }
        deferred.resolve(move |env| outcome.map(Buffer::from).map_err(|error| js_error(env, error)));
    };
    std::thread::Builder::new()
        .name("driftline-call".to_owned())
        .spawn(run)
        .map_err(|error| Error::new(Status::GenericFailure, error.to_string()))?;
    Ok(promise)
}

fn internal(message: &str) -> EngineError {
    EngineError::new(Code::Panic, Phase::Analyse, format!("internal error: {message}"))
}

fn js_error(env: Env, error: EngineError) -> Error {
    let build = || {
        let mut object = env.create_error(Error::new(Status::GenericFailure, error.message.clone()))?;
        object.set_named_property("code", error.code.as_str())?;
        object.set_named_property("phase", error.phase.as_str())?;
        Ok::<_, Error>(Error::from(object.to_unknown()))
    };
    build().unwrap_or_else(|failed| failed)
}

fn settings(
    settings: Settings,
    progress: engine::progress::Progress,
) -> Result<request::Settings, EngineError> {
    let budget = match settings.budget_ms {
        None => None,
        Some(budget_ms) => Some(duration(budget_ms).ok_or_else(|| {
            let message = format!("budgetMs must be a number of milliseconds, got {budget_ms}");
            EngineError::new(Code::BadRequest, Phase::Request, message)
        })?),
    };
    let levels: BTreeMap<_, _> = settings
        .levels
        .into_iter()
        .map(|(rule, setting)| (rule, level(setting)))
        .collect();
    Ok(request::Settings {
        exclude: settings.exclude,
        levels,
        rule_set: settings.rule_set.map(rule_set),
        budget,
        cache: settings.cache.map(Into::into),
        cache_name: settings.cache_name,
        progress,
        fault: settings.fault.map(|fault| match fault {
            Fault::File => request::Fault::File,
            Fault::Call => request::Fault::Call,
        }),
    })
}

fn externals(matches: Vec<ExternalMatch>) -> Vec<request::External> {
    let external = |it: ExternalMatch| request::External {
        rule: it.rule,
        path: it.path,
        start_byte: it.start_byte,
        end_byte: it.end_byte,
        message: it.message,
        fix: it.fix,
        suppressed: it.suppressed,
    };
    matches.into_iter().map(external).collect()
}

fn rule_set(set: RuleSet) -> request::RuleSet {
    let rule = |RuleText { id, text, fix }| request::RuleText { id, text, fix };
    let utility = |UtilityText { id, text }| request::UtilityText { id, text };
    let named = |LanguageGlobs { language, globs }| request::LanguageGlobs { language, globs };
    request::RuleSet {
        rules: set.rules.into_iter().map(rule).collect(),
        utilities: set.utilities.into_iter().map(utility).collect(),
        language_globs: set.language_globs.into_iter().map(named).collect(),
    }
}

fn duration(milliseconds: f64) -> Option<Duration> {
    let duration = Duration::try_from_secs_f64(milliseconds / 1000.0).ok()?;
    (duration > Duration::ZERO).then_some(duration)
}

fn level(setting: LevelSetting) -> request::LevelSetting {
    use engine::report::Level;
    match setting {
        LevelSetting::Block => request::LevelSetting::Level(Level::Block),
        LevelSetting::Warn => request::LevelSetting::Level(Level::Warn),
        LevelSetting::Suggest => request::LevelSetting::Level(Level::Suggest),
        LevelSetting::Off => request::LevelSetting::Off,
    }
}
