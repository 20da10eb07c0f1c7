//! A case on the disk: the head as a folder, and both sides as commits of a bare repository.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::corpus::Files;

/// Writes what can be written: a path may be a file here and a folder there.
pub fn folder(root: &Path, files: &Files) {
    let _ = fs::remove_dir_all(root);
    fs::create_dir_all(root).expect("a folder");
    for (path, bytes) in files {
        let full = root.join(path);
        if full
            .parent()
            .is_some_and(|parent| fs::create_dir_all(parent).is_ok())
        {
            let _ = fs::write(full, bytes);
        }
    }
}

/// What a folder holds.
pub fn files(root: &Path) -> Files {
    let walk = ignore::WalkBuilder::new(root).standard_filters(false).build();
    let files = walk
        .flatten()
        .filter(|it| it.file_type().is_some_and(|it| it.is_file()));
    files
        .filter_map(|it| {
            let path = it.path().strip_prefix(root).ok()?.to_str()?.to_owned();
            Some((path, fs::read(it.path()).ok()?))
        })
        .collect()
}

/// Ids of the two commits.
pub fn commits(root: &Path, base: &Files, head: &Files) -> (String, String) {
    let _ = fs::remove_dir_all(root);
    for folder in ["objects", "refs"] {
        fs::create_dir_all(root.join(folder)).expect("a folder");
    }
    fs::write(root.join("HEAD"), "ref: refs/heads/main\n").expect("a file");
    fs::write(
        root.join("config"),
        "[core]\n\trepositoryformatversion = 0\n\tbare = true\n",
    )
    .expect("a file");
    let mut stream = Vec::new();
    commit(&mut stream, 1, base);
    commit(&mut stream, 2, head);
    let marks = root.join("marks");
    let mut git = Command::new("git")
        .args(["fast-import", "--quiet", "--export-marks=marks"])
        .current_dir(root)
        .env("GIT_DIR", root)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("git runs");
    let _ = git.stdin.take().expect("piped").write_all(&stream);
    let _ = git.wait();
    let marks = fs::read_to_string(marks).unwrap_or_default();
    let id = |mark: &str| {
        let line = marks.lines().find_map(|line| line.strip_prefix(mark));
        line.expect("a commit").to_owned()
    };
    (id(":1 "), id(":2 "))
}

fn commit(stream: &mut Vec<u8>, mark: u32, files: &Files) {
    let header = format!(
        "commit refs/heads/main\nmark :{mark}\ncommitter T <t@example.org> 0 +0000\ndata 0\ndeleteall\n"
    );
    stream.extend(header.into_bytes());
    for (path, bytes) in files {
        stream.extend(format!("M 100644 inline {path}\ndata {}\n", bytes.len()).into_bytes());
        stream.extend(bytes);
        stream.push(b'\n');
    }
    stream.push(b'\n');
}
