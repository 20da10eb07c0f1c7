//! Hunks of one changed file as `git diff -U3` prints them (Myers, indent heuristic), because
//! GitHub takes comments on lines of these hunks only. Contents in, line numbers out.

use gix_imara_diff::{Algorithm, Diff, InternedInput, sources::byte_lines};

use crate::report::Hunk;

const CONTEXT: u32 = 3;

/// Hunks with context, and the lines that are really new.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileDiff {
    pub hunks: Vec<Hunk>,
    /// Added or rewritten lines of the new side: 1-based, end inclusive, in order.
    pub added: Vec<(u32, u32)>,
}

/// Half-open ranges of 0-based lines.
struct Change {
    old: (u32, u32),
    new: (u32, u32),
}

#[must_use]
pub fn diff(base: &[u8], head: &[u8]) -> FileDiff {
    if base == head || is_binary(base) || is_binary(head) {
        return FileDiff::default();
    }
    let input = InternedInput::new(byte_lines(base), byte_lines(head));
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    let changes: Vec<Change> = diff
        .hunks()
        .map(|hunk| Change {
            old: (hunk.before.start, hunk.before.end),
            new: (hunk.after.start, hunk.after.end),
        })
        .collect();
    let (old_lines, new_lines) = (count(&input.before), count(&input.after));
    FileDiff {
        hunks: group(&changes, old_lines, new_lines),
        added: changes
            .iter()
            .filter(|change| change.new.1 > change.new.0)
            .map(|change| (change.new.0 + 1, change.new.1))
            .collect(),
    }
}

/// git's own test: a NUL among the first 8000 bytes.
#[must_use]
pub fn is_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(8000).any(|byte| *byte == 0)
}

fn count<T>(lines: &[T]) -> u32 {
    u32::try_from(lines.len()).unwrap_or(u32::MAX)
}

/// Joins changes whose contexts touch.
fn group(changes: &[Change], old_lines: u32, new_lines: u32) -> Vec<Hunk> {
    let mut hunks = Vec::new();
    for run in changes.chunk_by(|a, b| b.old.0 - a.old.1 <= 2 * CONTEXT) {
        if let (Some(first), Some(last)) = (run.first(), run.last()) {
            let before = CONTEXT.min(first.old.0).min(first.new.0);
            let after = CONTEXT
                .min(old_lines.saturating_sub(last.old.1))
                .min(new_lines.saturating_sub(last.new.1));
            let (old_start, old_count) = side(first.old.0 - before, last.old.1 + after);
            let (new_start, new_count) = side(first.new.0 - before, last.new.1 + after);
            hunks.push(Hunk {
                old_start,
                old_lines: old_count,
                new_start,
                new_lines: new_count,
            });
        }
    }
    hunks
}

/// 1-based start and length; an empty side names the line before it.
fn side(start: u32, end: u32) -> (u32, u32) {
    if end > start {
        (start + 1, end - start)
    } else {
        (start, 0)
    }
}
