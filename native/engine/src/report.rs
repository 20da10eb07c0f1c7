//! What the engine answers: findings as plain data, what was skipped and why, figures.
//! Positions are 1-based lines and 1-based UTF-16 columns (end exclusive), plus byte offsets (ANA-250).

use serde::{Deserialize, Serialize};

use crate::rules::entity::Entity;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// Relative to the repository root or `--root`, forward slashes.
    pub path: String,
    pub start_line: u32,
    pub start_column: u32,
    pub end_line: u32,
    pub end_column: u32,
    pub start_byte: u32,
    pub end_byte: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The iteration.
    Loop,
    /// The executing read or write.
    Query,
    /// The query or collection that the iteration walks over.
    Driver,
    /// A step of the call path.
    Call,
    /// The changed line that causes the finding, when site and loop did not change.
    Cause,
    /// A place that a rule of the team names beside its match.
    Label,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Related {
    pub role: Role,
    pub place: Place,
    /// One short phrase: "the loop runs once per order".
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Block,
    Warn,
    Suggest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// Confidence at least 0.85.
    Certain,
    /// At least 0.65.
    Likely,
    /// At least 0.45; below that a finding is dropped.
    Possible,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    High,
    Medium,
    Low,
}

/// One factor of the confidence product (analysis.md 5.9), so that a finding explains itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Factor {
    pub reason: String,
    pub value: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// `df1_` + 32 hex (product.md 4).
    pub id: String,
    pub rule_id: String,
    pub level: Level,
    pub severity: Severity,
    pub confidence: f64,
    pub certainty: Certainty,
    pub factors: Vec<Factor>,
    /// `django`, `prisma`, … or `raw`.
    pub orm: String,
    pub model: Option<String>,
    /// Symbol path of the enclosing function, empty at top level.
    pub symbol: String,
    /// One line, no markup: "Customer is queried once per order".
    pub title: String,
    /// Two to four plain sentences; code is in backticks.
    pub message: String,
    /// The concrete cure for this ORM with real names; code is in backticks.
    pub fix: String,
    /// The cure as an edit, where one is known to be all it takes.
    pub edit: Option<Edit>,
    /// Where the site is.
    pub place: Place,
    /// The line of the new side of the diff to comment on; `None` for scans and when no line
    /// of the diff belongs to the finding.
    pub anchor_line: Option<u32>,
    /// The file of that line: another one than `place.path` where the cause lies elsewhere.
    pub anchor_path: Option<String>,
    pub related: Vec<Related>,
    /// The site's source line as it stands, trimmed to 300 characters, for terminals and tests.
    pub code: String,
}

/// Whole lines of the finding's file and what is to stand there instead, without the last line break.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Edit {
    pub place: Place,
    pub before: String,
    pub after: String,
}

/// How a match of a rule at head relates to the base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Newness {
    /// On a changed line.
    New,
    /// The base does not have it, but the change stands on other lines.
    Caused,
    /// The base has it too, and its lines are changed.
    Touched,
    Existing,
}

/// By an ignore comment of the rule's engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SuppressedBy {
    /// A comment that the base has too, or any comment in a scan.
    Before,
    /// A comment that the change brings.
    Now,
}

/// A place where a rule of the team matches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleMatch {
    /// The id of the rule in the request.
    pub rule: String,
    /// As of a finding.
    pub id: String,
    pub place: Place,
    /// As of a finding.
    pub anchor_line: Option<u32>,
    pub anchor_path: Option<String>,
    pub message: String,
    pub note: Option<String>,
    pub related: Vec<Related>,
    /// Qualified name of the innermost function or class; empty outside of one.
    pub symbol: String,
    pub entity: Option<Entity>,
    /// `None` in scans.
    pub newness: Option<Newness>,
    pub suppressed: Option<SuppressedBy>,
    /// Checked: the edited file parses, the match is gone and no rule matches newly.
    pub edit: Option<Edit>,
    /// The source line of the match, trimmed.
    pub code: String,
}

/// A rule that cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RuleProblem {
    pub rule: String,
    /// One line.
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    TooLarge,
    LongLine,
    Binary,
    NotUtf8,
    SymbolicLink,
    Submodule,
    Generated,
    Vendored,
    Excluded,
    Timeout,
    TooDeep,
    MissingBlob,
    Unreadable,
    Panic,
    Budget,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    pub path: String,
    pub reason: SkipReason,
    /// One clear phrase: "2.3 MiB, limit 1 MiB".
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hunk {
    pub old_start: u32,
    pub old_lines: u32,
    pub new_start: u32,
    pub new_lines: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeStatus {
    Added,
    Modified,
    Renamed,
    Deleted,
}

/// One changed file as GitHub would show it: hunks with three lines of context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangedFile {
    pub path: String,
    pub base_path: Option<String>,
    pub status: ChangeStatus,
    pub hunks: Vec<Hunk>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    pub files_changed: u32,
    pub files_analysed: u32,
    pub query_sites: u32,
    /// Findings that stood before the change and still do; never commented on.
    pub pre_existing: u32,
    /// Findings of the base that are gone at head.
    pub fixed: u32,
    pub suppressed: u32,
    pub diff_ms: f64,
    pub parse_ms: f64,
    pub analyse_ms: f64,
    pub total_ms: f64,
    pub site_ms: SiteMs,
    /// Of all threads together: parsing for rules alone, matching, checking of fixes.
    pub rule_ms: f64,
    /// Rules that could be run.
    pub rules: u32,
    /// Files that some rule was run on.
    pub rule_files: u32,
}

/// Time of the analysis for one query site, parsing left out: each site of a file has an equal share of the file's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SiteMs {
    pub median: f64,
    pub p99: f64,
    pub max: f64,
}

impl SiteMs {
    /// Of files with their times and numbers of sites.
    #[must_use]
    pub fn of(files: impl IntoIterator<Item = (f64, u32)>) -> Self {
        let mut shares: Vec<(f64, u32)> = files
            .into_iter()
            .filter(|(_, sites)| *sites > 0)
            .map(|(ms, sites)| (ms / f64::from(sites), sites))
            .collect();
        shares.sort_by(|a, b| a.0.total_cmp(&b.0));
        let total: u64 = shares.iter().map(|(_, sites)| u64::from(*sites)).sum();
        let at = |percent: u64| {
            let mut left = (total * percent).div_ceil(100);
            let share = shares.iter().find(|(_, sites)| {
                left = left.saturating_sub(u64::from(*sites));
                left == 0
            });
            share.map_or(0.0, |(ms, _)| *ms)
        };
        SiteMs {
            median: at(50),
            p99: at(99),
            max: at(100),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub schema_version: u32,
    /// Commit ids of the comparison; empty for scans.
    pub merge_base: String,
    pub head: String,
    pub findings: Vec<Finding>,
    pub files: Vec<ChangedFile>,
    pub skipped: Vec<Skipped>,
    /// In order of path, place and rule.
    pub matches: Vec<RuleMatch>,
    pub rule_problems: Vec<RuleProblem>,
    /// Rules that were stopped before they had seen all of some file.
    pub rule_cuts: Vec<RuleProblem>,
    /// Bounds that were reached, in plain words.
    pub rule_notices: Vec<String>,
    pub stats: Stats,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shared_among_the_sites_of_a_file() {
        let files = [(10.0, 1), (4.0, 40), (59.0, 59), (7.0, 0)];
        let found = SiteMs::of(files);
        assert_eq!((found.median, found.p99, found.max), (1.0, 1.0, 10.0));
        assert_eq!(SiteMs::of([]), SiteMs::default());
    }
}
