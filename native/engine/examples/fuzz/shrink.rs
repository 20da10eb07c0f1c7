//! Makes a failing case small while it fails in the same way, and keeps it.

use std::path::Path;

use crate::case::Case;
use crate::check::{Checker, Failure, Kind};
use crate::corpus::Files;
use crate::machine::{Watch, cpu_seconds};
use crate::repository;

/// Processor time for one case.
const SECONDS_MAX: f64 = 60.0;

pub fn shrink(checker: &mut Checker, case: Case, kind: Kind, watch: &Watch) -> Case {
    let until = cpu_seconds() + SECONDS_MAX;
    checker.thorough = true;
    let mut fails = |case: &Case| {
        if cpu_seconds() > until {
            return false;
        }
        watch.again();
        let failed = checker.check(case).is_err_and(|failure| failure.kind == kind);
        watch.end();
        failed
    };
    let mut best = case;
    let alone = of(&best, best.head().clone(), None);
    if fails(&alone) {
        best = alone;
    }
    let paths: Vec<String> = best.base.keys().chain(best.head().keys()).cloned().collect();
    for path in &paths {
        let without = edited(&best, &|files| {
            files.remove(path);
        });
        if fails(&without) {
            best = without;
        }
    }
    for path in best.head().keys().cloned().collect::<Vec<_>>() {
        let mut part = best.head()[&path].iter().filter(|it| **it == b'\n').count() / 2 + 1;
        while part > 0 {
            let mut from = 0;
            while from * part < best.head()[&path].iter().filter(|it| **it == b'\n').count() + 1 {
                let cut = edited(&best, &|files| without_lines(files, &path, from * part, part));
                if cut.head() != best.head() && fails(&cut) {
                    best = cut;
                } else {
                    from += 1;
                }
            }
            part /= 2;
        }
    }
    checker.thorough = false;
    best
}

fn of(case: &Case, base: Files, head: Option<Files>) -> Case {
    Case {
        base,
        head,
        story: case.story.clone(),
    }
}

fn edited(case: &Case, edit: &dyn Fn(&mut Files)) -> Case {
    let (mut base, mut head) = (case.base.clone(), case.head.clone());
    edit(&mut base);
    if let Some(head) = &mut head {
        edit(head);
    }
    of(case, base, head)
}

fn without_lines(files: &mut Files, path: &str, from: usize, count: usize) {
    if let Some(text) = files.get_mut(path) {
        let lines = text.split_inclusive(|byte| *byte == b'\n').enumerate();
        let kept = lines.filter(|(at, _)| *at < from || *at >= from + count);
        *text = kept.flat_map(|(_, line)| line.to_vec()).collect();
    }
}

/// What `save` kept.
pub fn kept(folder: &Path) -> Case {
    let side = |name: &str| repository::files(&folder.join(name));
    let (base, head) = (side("base"), side("head"));
    Case {
        head: (head != base).then_some(head),
        base,
        story: Vec::new(),
    }
}

pub fn save(folder: &Path, case: &Case, failure: &Failure) {
    repository::folder(&folder.join("base"), &case.base);
    repository::folder(&folder.join("head"), case.head());
    let told = format!("{failure}\n\n{}\n", case.story.join("\n"));
    let _ = std::fs::write(folder.join("failure.txt"), told);
}
