//! Every edit that is offered is made, and the whole page scanned again: its finding is gone and no other
//! one has come.

use std::collections::{BTreeMap, BTreeSet};

use driftline_engine::report::{Edit, Finding, Report};

use crate::support::{TestRepo, scan_all};
use crate::{corpus, write_all};

type Told = (String, String, String, String);

fn told(finding: &Finding) -> Told {
    (
        finding.place.path.clone(),
        finding.rule_id.clone(),
        finding.symbol.clone(),
        finding.title.clone(),
    )
}

fn counted(report: &Report) -> BTreeMap<Told, usize> {
    let mut counts = BTreeMap::new();
    for finding in &report.findings {
        *counts.entry(told(finding)).or_default() += 1;
    }
    counts
}

fn made(text: &str, edit: &Edit) -> String {
    let (start, end) = (edit.place.start_byte as usize, edit.place.end_byte as usize);
    assert_eq!(&text[start..end], edit.before, "the edit names the lines as they are");
    format!("{}{}{}", &text[..start], edit.after, &text[end..])
}

#[test]
fn edits_do_what_they_say() {
    let mut faults = Vec::new();
    let mut offered: BTreeMap<String, usize> = BTreeMap::new();
    for (name, page) in corpus() {
        let repo = TestRepo::new();
        write_all(&repo, &page.texts, &page);
        let before = scan_all(repo.path(), &[], 1).unwrap();
        let known = counted(&before);
        let edits: BTreeSet<&Edit> = before.findings.iter().filter_map(|it| it.edit.as_ref()).collect();
        for edit in edits {
            let path = &edit.place.path;
            repo.write(path, made(&page.texts[path], edit));
            let after = counted(&scan_all(repo.path(), &[], 1).unwrap());
            repo.write(path, &page.texts[path]);
            for cured in before.findings.iter().filter(|it| it.edit.as_ref() == Some(edit)) {
                *offered.entry(cured.orm.clone()).or_default() += 1;
                let told = told(cured);
                if after.get(&told).unwrap_or(&0) >= &known[&told] {
                    faults.push(format!("{name}: `{}` leaves {told:?}", edit.after.trim()));
                }
            }
            let come = after.iter().filter(|(told, count)| known.get(told).unwrap_or(&0) < count);
            faults.extend(come.map(|(told, _)| format!("{name}: `{}` brings {told:?}", edit.after.trim())));
        }
    }
    println!("edits offered: {offered:?}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let enough = |orm: &str| offered.get(orm).unwrap_or(&0) >= &3;
    if std::env::var("ORM").is_err() {
        assert!(["activerecord", "django", "efcore"].iter().all(|orm| enough(orm)), "{offered:?}");
    }
}
