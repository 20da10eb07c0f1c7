//! What a rule hands over before it is placed in a report: byte spans instead of lines, no id.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::facts::ir::{FileFacts, FunctionId, Span};
use crate::nplus1;
use crate::report::{Factor, Level, Place, Role, Severity};

/// One file as rules see it.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    pub path: &'a str,
    pub text: &'a str,
    pub facts: &'a FileFacts,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RawRelated {
    pub role: Role,
    /// Where it is if in another file; then `span` is in that file's bytes.
    pub elsewhere: Option<Place>,
    pub span: Span,
    pub message: String,
}

/// A name of its own, so that reading one back does not borrow it.
pub type RuleId = &'static str;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RawFinding {
    #[serde(deserialize_with = "rule_id")]
    pub rule_id: RuleId,
    pub level: Level,
    pub severity: Severity,
    /// Product of base and factors, rounded to two decimals (analysis.md 5.9).
    pub confidence: f64,
    pub factors: Vec<Factor>,
    pub orm: String,
    pub model: Option<String>,
    pub function: FunctionId,
    /// The executing expression. It is also the matched code of the finding id.
    pub site: Span,
    /// Names bound in the enclosing functions (parameters, locals, loop variables): the finding
    /// id replaces them by their position, so that renaming a local keeps the id.
    pub locals: Vec<String>,
    pub related: Vec<RawRelated>,
    pub title: String,
    pub message: String,
    pub fix: String,
    /// The same as an edit of the file, where that is all it takes.
    pub edit: Option<Insertion>,
}

/// Text to be put into the file of the finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Insertion {
    /// Byte before which it goes.
    pub at: u32,
    pub text: String,
}

/// One of the rules there are.
fn rule_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RuleId, D::Error> {
    let id = String::deserialize(deserializer)?;
    let known = nplus1::rule_ids().find(|rule| *rule == id);
    known.ok_or_else(|| D::Error::custom("there is no such rule"))
}
