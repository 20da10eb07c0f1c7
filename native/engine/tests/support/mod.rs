//! Real git repositories in temporary folders, made by the git command.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use driftline_engine::cancel::Cancel;
use driftline_engine::change::analyze_change;
use driftline_engine::error::EngineError;
use driftline_engine::pool::Pool;
use driftline_engine::report::{Report, SiteMs, SkipReason};
use driftline_engine::request::{ChangeRequest, ScanRequest};
use driftline_engine::scan::scan;
use tempfile::TempDir;

pub struct TestRepo {
    folder: TempDir,
}

impl TestRepo {
    pub fn new() -> Self {
        let folder = TempDir::new().expect("temporary folder");
        let repo = Self { folder };
        repo.git(&["init", "-q", "-b", "main"]);
        repo
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        write(self.path(), path, content);
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path().join(path)).expect("file is there");
    }

    pub fn commit(&self) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    pub fn git(&self, args: &[&str]) -> String {
        git(self.path(), args)
    }
}

pub fn write(root: &Path, path: &str, content: impl AsRef<[u8]>) {
    let full: PathBuf = root.join(path);
    fs::create_dir_all(full.parent().expect("has a parent")).expect("folder");
    fs::write(full, content).expect("file");
}

/// Runs git without anybody's configuration; exit code 1 of `git diff --no-index` is fine.
pub fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=T", "-c", "user.email=t@example.org"])
        .args(["-c", "core.quotePath=false", "-c", "commit.gpgSign=false"])
        .args(["-c", "core.autocrlf=false", "-c", "gc.auto=0"])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::null())
        .output()
        .expect("git runs");
    let diff = args.first() == Some(&"diff") && output.status.code() == Some(1);
    assert!(
        output.status.success() || diff,
        "git {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Analyses `base...head` of a repository with a pool of its own.
pub fn change(repository: &Path, base: &str, head: &str, threads: usize) -> Result<Report, EngineError> {
    let request = ChangeRequest {
        repository: repository.to_path_buf(),
        base: base.to_owned(),
        head: head.to_owned(),
        ..ChangeRequest::default()
    };
    analyze_change(&request, &Cancel::new(), &Pool::new(threads).expect("threads"))
}

pub fn scan_all(root: &Path, paths: &[&str], threads: usize) -> Result<Report, EngineError> {
    let request = ScanRequest {
        root: root.to_path_buf(),
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        ..ScanRequest::default()
    };
    scan(&request, &Cancel::new(), &Pool::new(threads).expect("threads"))
}

/// The skipped files as `path reason`, in the report's order.
pub fn skips(report: &Report) -> Vec<String> {
    let reason = |reason: SkipReason| serde_json::to_value(reason).expect("plain");
    let entries = report.skipped.iter();
    entries
        .map(|entry| format!("{} {}", entry.path, reason(entry.reason).as_str().expect("text")))
        .collect()
}

/// The report as JSON without its times.
pub fn timeless(mut report: Report) -> String {
    report.stats.diff_ms = 0.0;
    report.stats.parse_ms = 0.0;
    report.stats.analyse_ms = 0.0;
    report.stats.total_ms = 0.0;
    report.stats.site_ms = SiteMs::default();
    serde_json::to_string_pretty(&report).expect("plain data")
}

/// A service with one query per order: the finding every test of a change counts on.
pub const LOOP: &str = "\
from shop.models import Customer, Order
from django.db import models


def paid_with_everything_that_a_long_name_can_say():
    return Order.objects.filter(paid=True, cancelled=False, archived=False)


def totals():
    orders = Order.objects.filter(paid=True)
    for order in orders:
        customer = Customer.objects.get(id=order.customer_id)
        print(customer.name)
";

pub const NO_LOOP: &str = "\
from shop.models import Customer, Order
from django.db import models


def paid_with_everything_that_a_long_name_can_say():
    return Order.objects.filter(paid=True, cancelled=False, archived=False)


def totals():
    return Order.objects.filter(paid=True)
";
