//! Real git repositories in temporary folders, made by the git command.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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
