//! Matches of another engine: they get what ours have.

use driftline_engine::report::{Newness, SuppressedBy};
use driftline_engine::request::{CompareRequest, External};
use driftline_engine::rules::external::compare_matches;

use super::*;
use support::TestRepo;

fn external(text: &str, code: &str, suppressed: bool) -> External {
    let start = u32::try_from(text.find(code).expect("is there")).expect("small");
    External {
        rule: "no-eval".to_owned(),
        path: "a.py".to_owned(),
        start_byte: start,
        end_byte: start + u32::try_from(code.len()).expect("small"),
        message: "no eval".to_owned(),
        fix: None,
        suppressed,
    }
}

#[test]
fn a_new_comment_of_the_other_engine_is_told_from_an_old_one() {
    let before = "eval(a)  # nosemgrep\neval(b)\n";
    let after = "eval(a)  # nosemgrep\n# nosemgrep\neval(b)\n";
    let repo = TestRepo::new();
    repo.write("a.py", before);
    let base = repo.commit();
    repo.write("a.py", after);
    let head = repo.commit();
    let request = CompareRequest {
        repository: repo.path().to_path_buf(),
        base,
        head,
        head_matches: vec![external(after, "eval(a)", true), external(after, "eval(b)", true)],
        base_matches: vec![
            external(before, "eval(a)", true),
            external(before, "eval(b)", false),
        ],
        settings: Settings::default(),
    };
    let report = compare_matches(request, &Cancel::new(), &Pool::new(1).expect("threads")).expect("compared");
    let told: Vec<_> = report
        .matches
        .iter()
        .map(|it| (it.newness, it.suppressed))
        .collect();
    assert_eq!(
        told,
        [
            (Some(Newness::Existing), Some(SuppressedBy::Before)),
            (Some(Newness::Existing), Some(SuppressedBy::Now)),
        ]
    );
}
