//! Bounds of rules: how large what they compile to may be, how much text they may make, and how many matches are
//! kept. A rule beyond the first is refused in words; reaching any other is told.

use std::collections::BTreeMap;

use regex::RegexBuilder;
use serde_json::Value;

/// Matches of one rule in one file, of one rule, and of all rules in one answer.
pub const OF_RULE_IN_FILE: usize = 200;
/// Matches of one rule in one file that are looked at, so that those a change brings can be told from the others.
pub const SEEN_IN_FILE: usize = 1_000;
/// Of all rules in one file together: when there are as many, no rule goes beyond an equal part of them.
pub const SEEN_OF_ALL_IN_FILE: usize = 20_000;
pub const OF_RULE: usize = 1_000;
pub const OF_ALL: usize = 5_000;
/// Fixes that are checked in one answer; a check parses the file again and runs all its rules.
pub const FIXES_CHECKED: usize = 300;

/// Notices of single files that are told one by one.
pub const NOTICES: usize = 100;
pub const PROBLEM_CHARS_MAX: usize = 500;
pub const MESSAGE_CHARS_MAX: usize = 4_000;
pub const LABELS_MAX: usize = 20;

/// Steps that one rule is given in one file: many times what an honest one takes, and some seconds at most.
pub const STEPS_MIN: u64 = 1_000_000;
pub const STEPS_PER_NODE: u64 = 500;
pub const STEPS_MAX: u64 = 50_000_000;

/// Steps that all rules are given in one file together. When they are used up, the rules that took more than an equal
/// part of them end, and each of the others may go on to its part: at most twice as many are taken.
pub const STEPS_OF_ALL_MIN: u64 = 5_000_000;
pub const STEPS_OF_ALL_PER_NODE: u64 = 500;

/// Text that all fixes and messages of one file may be together; beyond it no fix is kept.
pub const TEXT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Text that the transforms of a rule may make of one file.
pub const MADE_BYTES_MAX: usize = 64 * 1024 * 1024;

const REGEX_BYTES_MAX: usize = 1 << 20;
const REGEXES_MAX: usize = 200;
const DEPTH_MAX: usize = 60;

/// # Errors
/// What a rule says is too large to run; one line.
pub fn check(rule: &Value) -> Result<(), String> {
    let mut regexes = 0;
    walk(rule, 0, &mut regexes)?;
    if let Some(rewriters) = rule.get("rewriters").and_then(Value::as_array) {
        rewriters.iter().try_for_each(check_rewriter)?;
    }
    Ok(())
}

fn walk(value: &Value, depth: usize, regexes: &mut usize) -> Result<(), String> {
    if depth > DEPTH_MAX {
        return Err(format!("nested more than {DEPTH_MAX} levels deep"));
    }
    match value {
        Value::Object(map) => map.iter().try_for_each(|(key, inner)| {
            if let (true, Some(text)) = (key == "regex", inner.as_str()) {
                *regexes += 1;
                check_regex(text)?;
            }
            if let (true, Some(text)) = (key == "replace", inner.get("replace").and_then(Value::as_str)) {
                *regexes += 1;
                check_regex(text)?;
            }
            if *regexes > REGEXES_MAX {
                return Err(format!("more than {REGEXES_MAX} regular expressions"));
            }
            // Whatever the metadata says, nothing runs on it.
            if key == "metadata" {
                Ok(())
            } else {
                walk(inner, depth + 1, regexes)
            }
        }),
        Value::Array(list) => list.iter().try_for_each(|inner| walk(inner, depth + 1, regexes)),
        _ => Ok(()),
    }
}

fn check_regex(text: &str) -> Result<(), String> {
    RegexBuilder::new(text)
        .size_limit(REGEX_BYTES_MAX)
        .build()
        .map(drop)
        .map_err(|error| format!("regex: {error}"))
}

/// A rewriter that runs inside itself and writes what it made twice would double it with every level of the code.
fn check_rewriter(rewriter: &Value) -> Result<(), String> {
    let template = match rewriter.get("fix") {
        Some(Value::String(text)) => text.as_str(),
        Some(fix) => fix.get("template").and_then(Value::as_str).unwrap_or(""),
        None => "",
    };
    let made = rewriter.get("transform").and_then(Value::as_object);
    for name in made.into_iter().flat_map(|made| made.keys()) {
        if uses(template, name) > 1 {
            return Err(format!(
                "the rewriter's fix writes ${name} more than once, which could grow without end"
            ));
        }
    }
    Ok(())
}

fn uses(template: &str, name: &str) -> usize {
    let after = template.split('$').skip(1);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    after
        .filter(|rest| rest.split(|c| !is_name(c)).next() == Some(name))
        .count()
}

/// How many times as long as a text the transforms of a rule may make of it, one after the other.
#[must_use]
pub fn growth(rule: &Value) -> usize {
    let Some(transforms) = rule.get("transform").and_then(Value::as_object) else {
        return 1;
    };
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    // As many rounds as a chain may have links; ast-grep has refused circles.
    for _ in 0..transforms.len() {
        for (name, transform) in transforms {
            let (source, own) = link(transform);
            let before = known.get(source.as_str()).copied().unwrap_or(1);
            known.insert(name, before.saturating_mul(own));
        }
    }
    known.values().copied().max().unwrap_or(1)
}

/// The source of a transform without its `$`, and how many times as long it may make it.
fn link(transform: &Value) -> (String, usize) {
    // The short form is a call in a string: `replace($A, replace=…, by=…)`.
    if let Some(text) = transform.as_str() {
        let source = text.split(['(', ',', ')']).nth(1).unwrap_or("");
        let own = if text.starts_with("replace") {
            text.len()
        } else {
            2
        };
        return (source.trim().trim_start_matches('$').to_owned(), own);
    }
    let inner = transform.as_object().and_then(|map| map.values().next());
    let text = |key: &str| inner.and_then(|inner| inner.get(key)).and_then(Value::as_str);
    let own = match text("by").or_else(|| text("joinBy")) {
        Some(written) => written.len().max(2),
        None => 2,
    };
    (
        text("source").unwrap_or("").trim_start_matches('$').to_owned(),
        own,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_too_large_to_run_is_refused() {
        assert_eq!(check(&json!({"rule": {"regex": "^a+$"}})), Ok(()));
        let large = json!({"rule": {"has": {"regex": "(\\w{1,200}){1,200}"}}});
        assert!(check(&large).is_err_and(|text| text.starts_with("regex")));
        assert!(check(&json!({"transform": {"B": {"replace": {"replace": "("}}}})).is_err());
        assert_eq!(check(&json!({"metadata": {"regex": "("}})), Ok(()));
        let doubling = json!({"rewriters": [{"fix": "$B$B", "transform": {"B": {"rewrite": {}}}}]});
        assert!(check(&doubling).is_err_and(|text| text.contains("$B")));
        let single = json!({"rewriters": [{"fix": "$B$BC", "transform": {"B": {"rewrite": {}}}}]});
        assert_eq!(check(&single), Ok(()));
    }

    #[test]
    fn growth_multiplies_along_a_chain() {
        let chain = json!({"transform": {
            "B": {"replace": {"source": "$A", "replace": ".", "by": "$0$0$0$0$0"}},
            "C": {"replace": {"source": "$B", "replace": ".", "by": "$0$0$0$0$0"}},
            "D": {"convert": {"source": "$A", "toCase": "camelCase"}},
        }});
        assert_eq!(growth(&chain), 100);
        assert_eq!(growth(&json!({})), 1);
    }
}
