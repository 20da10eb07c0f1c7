//! What the walk writes down: iterations and the places that execute something. The decision
//! (`decide.rs`) reads only this; it must not look at syntax again except through these records.

use super::frameworks;
use super::orm::Orm;
use super::taint::{IterationId, Taint};
use super::value::{Bound, Evidence, Key, Lazy, Origin};
use crate::facts::ir::{FunctionId, Span, Stmt};
use crate::program::FunctionRef;
use crate::sources::FileId;

/// A function of the facts of a file; code of a lambda is its function's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Within {
    pub file: FileId,
    pub function: FunctionId,
}

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
    /// A query brings related rows along, one more query for each of its rows.
    Load,
    /// A framework calls the method once per element.
    Implicit(frameworks::Kind),
}

/// How a call's function was found (analysis.md 5.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// By its name, or as a method of the class at hand.
    Direct,
    /// As a method of the receiver's type.
    ByType,
    /// As the one implementation of an interface.
    Only,
    /// As one of several implementations.
    Several,
    /// The function calls itself.
    Itself,
    /// By a name that one class alone declares, where nothing says what the receiver is.
    ByName,
}

/// A call on the way from a loop to a query.
#[derive(Clone, Debug)]
pub struct Call {
    /// The function that calls.
    pub from: Within,
    /// The call, in that function's file.
    pub span: Span,
    pub to: FunctionRef,
    pub reached: Reached,
    /// The function only hands the call on: it does not count as a step.
    pub is_thin: bool,
    /// Branches that the call stands in, from the function at the root on.
    pub branches: u32,
    /// What its body may ask for on a way that is not followed hangs on.
    pub given: Taint,
}

#[derive(Clone, Debug)]
pub struct Iteration<'a> {
    pub form: Form,
    /// The function it stands in.
    pub function: Within,
    /// Calls between the function at the root and that one.
    pub depth: usize,
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
    /// Nothing says that it has more than one turn, only that it may.
    pub is_supposed: bool,
    /// Checks that were open before it: they decide on the whole of it, not on a turn.
    pub guards: usize,
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
    /// Only for the one element with a certain id.
    Chosen,
}

#[derive(Clone, Debug)]
pub struct Site {
    pub orm: &'static Orm,
    pub action: Action,
    pub function: Within,
    pub span: Span,
    /// Calls that lead to it from the function at the root.
    pub calls: Vec<Call>,
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
    /// Branches it stands in, from the function at the root on.
    pub branches: u32,
    /// May be answered by the session's identity map.
    pub identity: bool,
    /// Was started before anything in the innermost iteration was awaited.
    pub first_in_tick: bool,
    /// The variable whose query is walked here.
    pub held_in: Option<String>,
    /// The relation it reads, if it is no query of its own.
    pub lazy: Option<Lazy>,
    /// False while its promise is not awaited.
    pub executed: bool,
}

impl Site {
    /// The site as the function at this depth sees it: the call that leads to it, or itself.
    pub fn seen_at(&self, depth: usize) -> Span {
        self.calls.get(depth).map_or(self.span, |call| call.span)
    }

    /// Whether code that is called from this depth on only comes here sometimes.
    pub fn is_aside(&self, depth: usize) -> bool {
        (self.calls.get(depth)).is_some_and(|call| self.branches > call.branches)
    }

    /// Calls from this depth on that do more than hand on.
    pub fn steps_from(&self, depth: usize) -> usize {
        self.calls.iter().skip(depth).filter(|call| !call.is_thin).count()
    }

    /// The function at this depth.
    pub fn function_at(&self, depth: usize) -> Within {
        self.calls.get(depth).map_or(self.function, |call| call.from)
    }
}
