//! What a rule says beside its message: the places it names, and what it would put in place of the match.

use ast_grep_core::NodeMatch;
use ast_grep_core::replacer::Replacer;

use super::super::bound;
use super::super::compile::Rule;
use super::super::meter::Document;
use super::{Label, Replacement, offset};

/// Only those that the rule itself names; in order of place.
pub(super) fn labels(rule: &Rule, found: &NodeMatch<'_, Document>) -> Vec<Label> {
    if rule.config.labels.is_none() {
        return Vec::new();
    }
    let of_rule = rule.config.get_labels(found).into_iter();
    let mut labels: Vec<Label> = of_rule
        .map(|label| Label {
            start: offset(label.range().start),
            end: offset(label.range().end),
            message: label.message.unwrap_or_default().to_owned(),
        })
        .collect();
    labels.sort();
    labels.truncate(bound::LABELS_MAX);
    labels
}

pub(super) fn replacement(rule: &Rule, found: &NodeMatch<'_, Document>) -> Option<Replacement> {
    let fixer = rule.config.fixer.first()?;
    let range = fixer.get_replaced_range(found, &rule.config.matcher);
    let text = String::from_utf8(fixer.generate_replacement(found)).ok()?;
    Some(Replacement {
        start: offset(range.start),
        end: offset(range.end),
        text,
    })
}
