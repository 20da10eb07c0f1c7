//! All matches of a call within its bounds. Files come in any order and the same ones are kept in the end: what is
//! let go has enough before it, whatever comes later.

use std::collections::{BTreeMap, BTreeSet};

use super::bound;
use super::compare::{Compared, Found, rank};
use crate::report::RuleProblem;

/// What a change brings first, then in the order of the report.
type Place = (u8, String, u32, u32, String, String);

fn place(found: &Found) -> Place {
    let matched = &found.matched;
    (
        rank(matched),
        matched.place.path.clone(),
        matched.place.start_byte,
        matched.place.end_byte,
        matched.rule.clone(),
        matched.id.clone(),
    )
}

#[derive(Debug, Default)]
pub struct Collector {
    kept: BTreeMap<Place, Found>,
    by_rule: BTreeMap<String, BTreeSet<Place>>,
    /// The first ones, of this many.
    notices: BTreeSet<String>,
    noticed: usize,
    /// Of each rule that was cut somewhere the first reason, in order of text.
    cut: BTreeMap<String, String>,
    /// Matches of each rule, kept or not.
    seen: BTreeMap<String, usize>,
    pub files: u32,
}

impl Collector {
    pub fn add(&mut self, compared: Compared) {
        self.files += 1;
        self.noticed += compared.notices.len();
        for notice in compared.notices {
            self.notices.insert(notice);
            if self.notices.len() > bound::NOTICES {
                self.notices.pop_last();
            }
        }
        for (rule, why) in compared.cut {
            self.cut(rule, why);
        }
        for found in compared.found {
            let (place, rule) = (place(&found), found.matched.rule.clone());
            self.kept.insert(place.clone(), found);
            *self.seen.entry(rule.clone()).or_insert(0) += 1;
            let of_rule = self.by_rule.entry(rule).or_default();
            of_rule.insert(place);
            if of_rule.len() > bound::OF_RULE {
                let last = of_rule.pop_last();
                last.and_then(|last| self.kept.remove(&last));
            }
            if self.kept.len() > bound::OF_ALL
                && let Some((last, found)) = self.kept.pop_last()
                && let Some(of_rule) = self.by_rule.get_mut(&found.matched.rule)
            {
                of_rule.remove(&last);
            }
        }
    }

    pub fn cut(&mut self, rule: String, why: String) {
        let first = self.cut.entry(rule).or_insert_with(|| why.clone());
        if why < *first {
            *first = why;
        }
    }

    /// Rules that did not come to their end in some file.
    #[must_use]
    pub fn cuts(&self) -> Vec<RuleProblem> {
        let cuts = self.cut.iter();
        cuts.map(|(rule, message)| RuleProblem {
            rule: rule.clone(),
            message: message.clone(),
        })
        .collect()
    }

    /// Matches in the order of the report, and notices.
    #[must_use]
    pub fn finish(self) -> (Vec<Found>, Vec<String>) {
        let mut notices: Vec<String> = self.notices.into_iter().collect();
        if self.noticed > notices.len() {
            notices.push(format!(
                "{} more notices of single files",
                self.noticed - notices.len()
            ));
        }
        let most = bound::OF_RULE;
        let beyond = self.seen.iter().filter(|(_, seen)| **seen > most);
        notices.extend(
            beyond.map(|(rule, _)| {
                format!("rule {rule} matches more than {most} places: the rest is left out")
            }),
        );
        let fitting: usize = self.seen.values().map(|seen| (*seen).min(most)).sum();
        if fitting > bound::OF_ALL {
            let most = bound::OF_ALL;
            notices.push(format!(
                "the rules match more than {most} places together: the rest is left out"
            ));
        }
        let mut found: Vec<Found> = self.kept.into_values().collect();
        found.sort_by(|a, b| {
            let key = |it: &Found| {
                (
                    it.matched.place.clone(),
                    it.matched.rule.clone(),
                    it.matched.id.clone(),
                )
            };
            key(a).cmp(&key(b))
        });
        (found, notices)
    }
}
