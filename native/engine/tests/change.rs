//! A change from two commits to a report: files, hunks, findings, repositories of all kinds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::Duration;

use driftline_engine::cancel::Cancel;
use driftline_engine::change::analyze_change;
use driftline_engine::error::Code;
use driftline_engine::pool::Pool;
use driftline_engine::report::{ChangeStatus, Hunk, Report};
use driftline_engine::request::{ChangeRequest, Fault, Settings};
use support::{LOOP, NO_LOOP, TestRepo, change, git, skips, timeless};
use tempfile::TempDir;

fn with(repo: &TestRepo, base: &str, head: &str, settings: Settings) -> Result<Report, Code> {
    let request = ChangeRequest {
        repository: repo.path().to_path_buf(),
        base: base.to_owned(),
        head: head.to_owned(),
        settings,
    };
    analyze_change(&request, &Cancel::new(), &Pool::new(1).expect("threads")).map_err(|error| error.code)
}

#[test]
fn files_and_hunks_are_those_of_the_pull_request() {
    let repo = TestRepo::new();
    repo.write("keep.py", "a = 1\n".repeat(30));
    repo.write(
        "old.rb",
        (0..40).map(|n| format!("line_{n}\n")).collect::<String>(),
    );
    repo.write("gone.md", "bye\n");
    repo.commit();
    repo.git(&["checkout", "-q", "-b", "topic"]);
    repo.write(
        "keep.py",
        "a = 1\n".repeat(10) + "b = 2\n" + &"a = 1\n".repeat(20),
    );
    repo.git(&["mv", "old.rb", "new.rb"]);
    repo.remove("gone.md");
    repo.write("added.txt", "one\ntwo\n");
    let head = repo.commit();
    repo.git(&["checkout", "-q", "main"]);
    repo.write("elsewhere.py", "x = 1\n");
    let base = repo.commit();

    let report = change(repo.path(), &base, &head, 1).expect("analysed");
    assert_eq!(report.merge_base, repo.git(&["merge-base", &base, &head]).trim());
    assert_eq!(report.head, head);
    let files: Vec<_> = report
        .files
        .iter()
        .map(|file| {
            (
                file.path.as_str(),
                file.base_path.as_deref(),
                file.status,
                file.hunks.len(),
            )
        })
        .collect();
    assert_eq!(
        files,
        [
            ("added.txt", None, ChangeStatus::Added, 1),
            ("gone.md", Some("gone.md"), ChangeStatus::Deleted, 1),
            ("keep.py", Some("keep.py"), ChangeStatus::Modified, 1),
            ("new.rb", Some("old.rb"), ChangeStatus::Renamed, 0),
        ]
    );
    assert_eq!(
        report.files[2].hunks,
        [Hunk {
            old_start: 8,
            old_lines: 6,
            new_start: 8,
            new_lines: 7
        }]
    );
    assert_eq!((report.stats.files_changed, report.stats.files_analysed), (4, 2));
    assert_eq!(skips(&report), Vec::<String>::new());
}

#[test]
fn a_new_query_in_a_loop_is_found_once_and_keeps_its_id() {
    let repo = TestRepo::new();
    repo.write("requirements.txt", "django==5.1\n");
    repo.write("shop/totals.py", NO_LOOP);
    let base = repo.commit();
    repo.write("shop/totals.py", LOOP);
    let head = repo.commit();
    let report = change(repo.path(), &base, &head, 1).expect("analysed");
    assert_eq!(report.findings.len(), 1, "{report:#?}");
    let found = &report.findings[0];
    assert_eq!((found.place.start_line, found.anchor_line), (12, Some(12)));
    assert_eq!((found.orm.as_str(), found.symbol.as_str()), ("django", "totals"));
    assert_eq!(
        found.code,
        "customer = Customer.objects.get(id=order.customer_id)"
    );

    // Shifted, reformatted, the local renamed, the file moved: still the same finding, not new.
    repo.write("shop/totals.py", "import os\n\n".to_owned() + LOOP);
    let shifted = repo.commit();
    let reformatted = LOOP
        .replace(
            "get(id=order.customer_id)",
            "get(\n            id=row.customer_id,\n        )",
        )
        .replace("for order in", "for row in");
    repo.write("shop/totals.py", reformatted);
    repo.git(&["mv", "shop/totals.py", "shop/sums.py"]);
    let moved = repo.commit();
    for later in [shifted, moved] {
        let fresh = change(repo.path(), &base, &later, 1).expect("analysed");
        let ids: Vec<&str> = fresh.findings.iter().map(|finding| finding.id.as_str()).collect();
        assert_eq!(ids, [found.id.as_str()]);
        let again = change(repo.path(), &head, &later, 1).expect("analysed");
        assert_eq!((again.findings.len(), again.stats.pre_existing), (0, 1));
    }
}

#[test]
fn manifests_above_a_file_count() {
    // Without its package declared, a query is less certain.
    let repo = TestRepo::new();
    repo.write("apps/shop/totals.py", NO_LOOP);
    let base = repo.commit();
    repo.write("apps/shop/totals.py", LOOP);
    let head = repo.commit();
    let confidence = |head: &str| {
        let report = change(repo.path(), &base, head, 1).expect("analysed");
        report.findings[0].confidence
    };
    let alone = confidence(&head);
    for manifest in [
        "requirements.txt",
        "apps/requirements.txt",
        "apps/shop/requirements/base.txt",
    ] {
        repo.git(&["reset", "-q", "--hard", &head]);
        repo.write(manifest, "django==5.1\n");
        let declared = confidence(&repo.commit());
        assert!(declared > alone, "{manifest}: {declared} <= {alone}");
    }
}

#[test]
fn any_kind_of_repository_gives_the_same_report() {
    let repo = TestRepo::new();
    repo.write("a.py", NO_LOOP);
    let base = repo.commit();
    repo.write("a.py", LOOP);
    repo.write("b.ts", "export const a = 1;\n");
    let head = repo.commit();
    let expected = timeless(change(repo.path(), &base, &head, 1).expect("analysed"));

    let folder = TempDir::new().expect("temporary folder");
    let source = repo.path().to_str().expect("UTF-8");
    let kinds: [(&str, &[&str]); 3] = [
        ("bare", &["clone", "-q", "--bare", source, "bare"]),
        // Objects come by objects/info/alternates only.
        (
            "shared",
            &["clone", "-q", "--shared", "--no-checkout", source, "shared"],
        ),
        (
            "bare-shared",
            &["clone", "-q", "--bare", "--shared", source, "bare-shared"],
        ),
    ];
    for (name, args) in kinds {
        git(folder.path(), args);
        let path = folder.path().join(name);
        assert_eq!(
            timeless(change(&path, &base, &head, 1).expect("analysed")),
            expected,
            "{name}"
        );
    }
    git(repo.path(), &["gc", "-q"]);
    assert_eq!(
        timeless(change(repo.path(), &base, &head, 1).expect("analysed")),
        expected,
        "packed"
    );
    let git_folder = repo.path().join(".git");
    assert_eq!(
        timeless(change(&git_folder, &base, &head, 1).expect("analysed")),
        expected,
        ".git"
    );
}

#[test]
fn a_blob_that_a_partial_clone_lacks_is_skipped() {
    let repo = TestRepo::new();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    repo.write("a.py", NO_LOOP);
    let base = repo.commit();
    repo.write("a.py", LOOP);
    repo.write("notes.md", "text\n");
    let head = repo.commit();
    let folder = TempDir::new().expect("temporary folder");
    let url = format!("file://{}", repo.path().display());
    git(
        folder.path(),
        &["clone", "-q", "--bare", "--filter=blob:none", &url, "part"],
    );
    let report = change(&folder.path().join("part"), &base, &head, 1).expect("analysed");
    assert_eq!(skips(&report), ["a.py missing-blob"]);
    assert_eq!(report.files.len(), 2);
}

#[test]
fn what_is_wrong_with_a_request_is_said() {
    let repo = TestRepo::new();
    repo.write("a.py", NO_LOOP);
    let base = repo.commit();
    let none = "0123456789012345678901234567890123456789";
    let code = |base: &str, head: &str| with(&repo, base, head, Settings::default()).err();
    assert_eq!(code("main", &base), Some(Code::UnknownRevision));
    assert_eq!(code(&base, none), Some(Code::UnknownRevision));
    assert_eq!(code(&base, "\n\u{1b}[31m"), Some(Code::UnknownRevision));
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
    assert_eq!(code(&base, tree.trim()), Some(Code::UnknownRevision));
    repo.git(&["checkout", "-q", "--orphan", "other"]);
    repo.write("b.py", NO_LOOP);
    let unrelated = repo.commit();
    assert_eq!(code(&base, &unrelated), Some(Code::NoMergeBase));
    let globs = Settings {
        exclude: vec!["[".to_owned()],
        ..Settings::default()
    };
    assert_eq!(with(&repo, &base, &base, globs).err(), Some(Code::BadRequest));
    let nowhere = TempDir::new().expect("temporary folder");
    let error = change(nowhere.path(), &base, &base, 1).expect_err("no repository");
    assert_eq!(error.code, Code::NotARepository);
    assert!(!error.message.contains('\n'), "{}", error.message);
}

#[test]
fn a_panic_costs_one_file_or_one_call_and_nothing_more() {
    let repo = TestRepo::new();
    let base = repo.commit();
    repo.write("a.py", LOOP);
    repo.write("notes.md", "text\n");
    let head = repo.commit();
    let fault = |fault| Settings {
        fault: Some(fault),
        ..Settings::default()
    };
    let report = with(&repo, &base, &head, fault(Fault::File)).expect("survives");
    assert_eq!(skips(&report), ["a.py panic"]);
    assert_eq!(
        with(&repo, &base, &head, fault(Fault::Call)).err(),
        Some(Code::Panic)
    );
    let report = with(&repo, &base, &head, Settings::default()).expect("works again");
    assert_eq!(report.stats.files_analysed, 1);
}

#[test]
fn a_raised_token_or_a_used_up_budget_stops_the_run() {
    let repo = TestRepo::new();
    let base = repo.commit();
    repo.write("a.py", LOOP);
    let head = repo.commit();
    let request = ChangeRequest {
        repository: repo.path().to_path_buf(),
        base: base.clone(),
        head: head.clone(),
        ..ChangeRequest::default()
    };
    let token = Cancel::new();
    token.cancel();
    let error = analyze_change(&request, &token, &Pool::new(1).expect("threads")).expect_err("cancelled");
    assert_eq!(error.code, Code::Cancelled);
    let no_time = Settings {
        budget: Some(Duration::from_nanos(1)),
        ..Settings::default()
    };
    assert_eq!(with(&repo, &base, &head, no_time).err(), Some(Code::Budget));
}

#[test]
fn the_report_is_the_same_on_any_number_of_threads() {
    let repo = TestRepo::new();
    repo.write("package.json", "{}");
    let base = repo.commit();
    for n in 0..60 {
        repo.write(
            &format!("d{}/f{n}.py", n % 7),
            LOOP.replace("totals", &format!("totals_{n}")),
        );
        repo.write(&format!("tests/t{n}.py"), LOOP);
    }
    let head = repo.commit();
    let reports: Vec<String> = (0..10)
        .map(|run| timeless(change(repo.path(), &base, &head, [1, 4][run % 2]).expect("analysed")))
        .collect();
    assert!(reports.iter().all(|report| *report == reports[0]));
    assert!(
        reports[0].contains("\"filesAnalysed\": 60"),
        "{}",
        &reports[0][reports[0].len() - 400..]
    );
}

#[test]
fn a_repository_of_another_object_format_is_refused_with_its_reason() {
    let folder = TempDir::new().expect("temporary folder");
    git(folder.path(), &["init", "-q", "--object-format=sha256", "."]);
    let error = change(folder.path(), &"0".repeat(64), &"0".repeat(64), 1).expect_err("refused");
    assert_eq!(error.code, Code::NotARepository);
    assert!(
        error.message.to_lowercase().contains("sha256"),
        "{}",
        error.message
    );
}
