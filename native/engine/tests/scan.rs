//! A folder from its walk to a report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use driftline_engine::error::Code;
use support::{LOOP, NO_LOOP, scan_all, skips, timeless, write};
use tempfile::TempDir;

fn shop() -> TempDir {
    let folder = TempDir::new().expect("temporary folder");
    let root = folder.path();
    write(root, "requirements.txt", "django==5.1\n");
    write(root, ".gitignore", "ignored/\n*.local.py\n");
    write(root, "shop/a.py", LOOP);
    write(root, "shop/b.py", NO_LOOP);
    write(root, "shop/tests/test_a.py", LOOP);
    write(root, "shop/x.local.py", LOOP);
    write(root, "ignored/c.py", LOOP);
    write(root, "web/node_modules/lib/index.js", "module.exports = 1\n");
    write(root, "readme.md", "text\n");
    folder
}

#[test]
fn a_folder_is_scanned_without_what_is_ignored() {
    let folder = shop();
    let report = scan_all(folder.path(), &[], 1).expect("scanned");
    let found: Vec<_> = report
        .findings
        .iter()
        .map(|finding| finding.place.path.as_str())
        .collect();
    assert_eq!(found, ["shop/a.py"]);
    assert_eq!(report.findings[0].anchor_line, None);
    assert_eq!(report.stats.files_analysed, 2);
    assert_eq!(
        skips(&report),
        ["shop/tests/test_a.py excluded", "web/node_modules vendored"]
    );
    assert_eq!((report.merge_base.as_str(), report.files.len()), ("", 0));
    let parallel = scan_all(folder.path(), &[], 4).expect("scanned");
    assert_eq!(timeless(parallel), timeless(report));
}

#[test]
fn only_named_paths_are_reported() {
    let folder = shop();
    let run = |paths: &[&str]| scan_all(folder.path(), paths, 1).expect("scanned");
    assert_eq!(run(&["shop/b.py"]).findings.len(), 0);
    assert_eq!(run(&["./shop"]).stats.files_analysed, 2);
    assert_eq!(run(&["shop", "shop/a.py"]).stats.files_analysed, 2);
    assert_eq!(run(&["."]).stats.files_analysed, 2);
    // Hidden by an ignore file, but named.
    assert_eq!(run(&["shop/x.local.py"]).findings.len(), 1);
    assert_eq!(skips(&run(&["ignored"])), ["ignored excluded"]);
    // Excluded by default stays excluded, but it is said.
    assert_eq!(
        skips(&run(&["shop/tests/test_a.py"])),
        ["shop/tests/test_a.py excluded"]
    );
    assert_eq!(
        skips(&run(&["web/node_modules/lib"])),
        ["web/node_modules/lib vendored"]
    );
}

#[test]
fn paths_that_lead_elsewhere_are_refused() {
    let folder = shop();
    let code = |path: &str| scan_all(folder.path(), &[path], 1).err().map(|error| error.code);
    assert_eq!(code("../x"), Some(Code::NoSuchPath));
    assert_eq!(code("/etc/passwd"), Some(Code::NoSuchPath));
    assert_eq!(code("nowhere.py"), Some(Code::NoSuchPath));
    let nowhere = folder.path().join("nowhere");
    assert_eq!(
        scan_all(&nowhere, &[], 1).err().map(|error| error.code),
        Some(Code::NoSuchPath)
    );
}

#[test]
fn a_loop_elsewhere_that_runs_a_query_of_a_named_file_is_reported() {
    let folder = TempDir::new().expect("temporary folder");
    let root = folder.path();
    write(root, "requirements.txt", "django==5.1\n");
    write(
        root,
        "shop/labels.py",
        "from shop.models import Customer\n\n\ndef label(order):\n    return Customer.objects.get(id=order.customer_id).name\n",
    );
    write(
        root,
        "shop/report.py",
        "from shop.labels import label\nfrom shop.models import Order\n\n\ndef labels():\n    return [label(order) for order in Order.objects.all()]\n",
    );
    write(root, "shop/other.py", LOOP);
    let found = |paths: &[&str]| -> Vec<String> {
        let report = scan_all(root, paths, 2).expect("scanned");
        assert_eq!(report.stats.files_analysed as usize, paths.len());
        report.findings.into_iter().map(|it| it.place.path).collect()
    };
    assert_eq!(found(&["shop/labels.py"]), ["shop/report.py"]);
    assert_eq!(found(&["shop/report.py"]), ["shop/report.py"]);
    assert_eq!(found(&["shop/other.py"]), ["shop/other.py"]);
}
