//! What the walk writes down: iterations and the places that execute something. The decision
//! (`decide.rs`) reads only this; it must not look at syntax again except through these records.

use super::orm::Orm;
use super::value::{Bound, Evidence, IterationId, Key, Origin, Taint};
use crate::facts::ir::{FunctionId, Span, Stmt};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `for x of xs`.
    ForEach,
    /// `for (init; condition; step)`.
    Counted,
    /// `while`, `do`, `until`.
    While,
    /// `loop do`, `while True`.
    Forever,
    /// A function called for each element. All start before the first one waits where the
    /// language has asynchronous functions.
    Callback,
    Comprehension,
}

#[derive(Clone, Debug)]
pub struct Iteration<'a> {
    pub form: Form,
    /// Header of the loop, or the call that takes the callback.
    pub span: Span,
    /// Statements of the body; empty for comprehensions.
    pub body: &'a [Stmt],
    /// The walked collection as written.
    pub driver: String,
    pub bound: Bound,
    pub origin: Origin,
    /// Its elements are collections, or it walks in steps.
    pub chunks: bool,
    pub counter: bool,
    /// Name of the loop variable.
    pub element: Option<String>,
    /// `await`s met in the body so far.
    pub awaits: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    Read,
    Write,
}

/// A reason for which a query in the body may not run in every turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// Only after something went wrong.
    Failure,
    /// Only if the value is not there yet.
    NullCheck,
    /// Through an explicit cache.
    Cache,
}

#[derive(Clone, Debug)]
pub struct Site {
    pub orm: &'static Orm,
    pub action: Action,
    pub function: FunctionId,
    pub span: Span,
    pub model: Option<String>,
    /// What it is called in the text, when there is no model.
    pub subject: Option<String>,
    pub method: String,
    pub evidence: Evidence,
    /// Open iterations, outermost first.
    pub iterations: Vec<IterationId>,
    pub taint: Taint,
    pub keys: Vec<Key>,
    pub guard: Option<Guard>,
    /// May be answered by the session's identity map.
    pub identity: bool,
    /// Was started before anything in the innermost iteration was awaited.
    pub first_in_tick: bool,
    /// The variable whose query is walked here.
    pub held_in: Option<String>,
    /// False while its promise is not awaited.
    pub executed: bool,
}
