//! Why a whole call fails: a closed list of codes, the phase, one line of text. Trouble with a
//! single file is never an error; it is a `Skipped` entry of the report.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    BadRequest,
    NotARepository,
    UnknownRevision,
    NoMergeBase,
    /// A commit or tree that the repository should hold is absent (partial or broken clone).
    MissingObject,
    NoSuchPath,
    Cancelled,
    /// The time of the whole run was over before any file could be looked at.
    Budget,
    /// A mistake of ours, caught before it could cross the boundary.
    Panic,
}

impl Code {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Code::BadRequest => "BAD_REQUEST",
            Code::NotARepository => "NOT_A_REPOSITORY",
            Code::UnknownRevision => "UNKNOWN_REVISION",
            Code::NoMergeBase => "NO_MERGE_BASE",
            Code::MissingObject => "MISSING_OBJECT",
            Code::NoSuchPath => "NO_SUCH_PATH",
            Code::Cancelled => "CANCELLED",
            Code::Budget => "BUDGET",
            Code::Panic => "PANIC",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Request,
    Open,
    Diff,
    Analyse,
}

impl Phase {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Request => "request",
            Phase::Open => "open",
            Phase::Diff => "diff",
            Phase::Analyse => "analyse",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineError {
    pub code: Code,
    pub phase: Phase,
    pub message: String,
}

impl EngineError {
    pub fn new(code: Code, phase: Phase, message: impl Into<String>) -> Self {
        Self {
            code,
            phase,
            message: message.into(),
        }
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for EngineError {}
