//! What is kept between runs: it changes how long a run takes and nothing else, whatever happens to the
//! folder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use driftline_engine::cancel::Cancel;
use driftline_engine::change::analyze_change;
use driftline_engine::pool::Pool;
use driftline_engine::request::{ChangeRequest, ScanRequest, Settings};
use driftline_engine::scan::scan;
use support::{LOOP, NO_LOOP, TestRepo, timeless};
use tempfile::TempDir;

struct Cached {
    repo: TestRepo,
    cache: TempDir,
}

impl Cached {
    fn new() -> Self {
        let repo = TestRepo::new();
        repo.write("requirements.txt", "django==5.1\n");
        for n in 0..20 {
            let text = if n % 3 == 0 { NO_LOOP } else { LOOP };
            repo.write(
                &format!("shop/f{n}.py"),
                text.replace("totals", &format!("totals_{n}")),
            );
        }
        let cache = TempDir::new().expect("temporary folder");
        Cached { repo, cache }
    }

    fn settings(&self) -> Settings {
        Settings {
            cache: Some(self.cache.path().join("deep/er")),
            ..Settings::default()
        }
    }

    fn scan(&self, settings: Settings, threads: usize) -> String {
        let request = ScanRequest {
            root: self.repo.path().to_path_buf(),
            settings,
            ..ScanRequest::default()
        };
        timeless(scan(&request, &Cancel::new(), &Pool::new(threads).expect("threads")).expect("scanned"))
    }

    fn change(&self, base: &str, head: &str, settings: Settings, threads: usize) -> String {
        let request = ChangeRequest {
            repository: self.repo.path().to_path_buf(),
            base: base.to_owned(),
            head: head.to_owned(),
            settings,
        };
        let pool = Pool::new(threads).expect("threads");
        timeless(analyze_change(&request, &Cancel::new(), &pool).expect("analysed"))
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        collect(self.cache.path(), &mut found);
        found.sort();
        found
    }

    fn segments(&self) -> Vec<PathBuf> {
        let mut found = self.files();
        found.retain(|path| path.extension().is_some_and(|it| it == "seg"));
        found
    }
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn cold_and_warm_say_the_same_on_any_number_of_threads() {
    let cached = Cached::new();
    let plain = cached.scan(Settings::default(), 1);
    assert!(plain.contains("n-plus-one/loop-query"));
    for threads in [1, 4, 4, 1] {
        assert_eq!(cached.scan(cached.settings(), threads), plain);
    }
    let base = cached.repo.commit();
    cached.repo.write("shop/f0.py", LOOP);
    cached.repo.write("shop/f1.py", NO_LOOP);
    let head = cached.repo.commit();
    let plain = cached.change(&base, &head, Settings::default(), 4);
    assert!(plain.contains("\"fixed\": 1"), "{plain}");
    for threads in [1, 4, 4, 1] {
        assert_eq!(cached.change(&base, &head, cached.settings(), threads), plain);
    }
}

#[test]
fn a_warm_run_reads_and_writes_nothing_that_it_has() {
    let cached = Cached::new();
    cached.scan(cached.settings(), 1);
    let before = cached.segments();
    assert_eq!(before.len(), 1);
    cached.scan(cached.settings(), 1);
    assert_eq!(cached.segments(), before);
    // One file more: one small segment more.
    cached.repo.write("shop/more.py", LOOP);
    let report = cached.scan(cached.settings(), 1);
    assert!(report.contains("shop/more.py"));
    let after = cached.segments();
    assert_eq!(after.len(), 2);
    let size = |path: &PathBuf| fs::metadata(path).expect("file").len();
    assert!(size(&after[1]) * 5 < size(&after[0]));
}

#[test]
fn a_run_that_is_cancelled_leaves_what_it_has_learnt() {
    let cached = Cached::new();
    for n in 20..300 {
        let path = format!("shop/f{n}.py");
        cached
            .repo
            .write(&path, LOOP.replace("totals", &format!("totals_{n}")));
    }
    let (cancel, settings) = (Cancel::new(), cached.settings());
    let (token, progress) = (cancel.clone(), settings.progress.clone());
    let request = ScanRequest {
        root: cached.repo.path().to_path_buf(),
        settings,
        ..ScanRequest::default()
    };
    std::thread::scope(|scope| {
        let run = scope.spawn(move || scan(&request, &cancel, &Pool::new(1).expect("threads")));
        while progress.seen().done < 5 && !run.is_finished() {
            std::thread::yield_now();
        }
        token.cancel();
    });
    assert!(!cached.segments().is_empty());
    let plain = cached.scan(Settings::default(), 1);
    assert_eq!(cached.scan(cached.settings(), 1), plain);
}

#[test]
fn whatever_is_wrong_with_the_folder_the_report_is_right() {
    let cached = Cached::new();
    let plain = cached.scan(Settings::default(), 1);
    let segment = || cached.segments().pop().expect("a segment");
    type Spoil = fn(Vec<u8>) -> Vec<u8>;
    let spoil: [(&str, Spoil); 5] = [
        ("cut", |bytes| bytes[..bytes.len() / 2].to_vec()),
        ("empty", |_| Vec::new()),
        ("foreign", |_| b"SQLite format 3".repeat(100)),
        ("flipped in the table", |mut bytes| {
            bytes[40] ^= 1;
            bytes
        }),
        ("flipped in the values", |mut bytes| {
            for at in (bytes.len() / 2..bytes.len()).step_by(7) {
                bytes[at] ^= 1;
            }
            bytes
        }),
    ];
    for (name, spoil) in spoil {
        cached.scan(cached.settings(), 1);
        let path = segment();
        let bytes = fs::read(&path).expect("segment");
        fs::write(&path, spoil(bytes)).expect("written");
        assert_eq!(cached.scan(cached.settings(), 2), plain, "{name}");
        assert_eq!(cached.scan(cached.settings(), 2), plain, "{name}, again");
    }
    // A file where the folder should be.
    let occupied = cached.cache.path().join("file");
    fs::write(&occupied, "text").expect("written");
    let settings = Settings {
        cache: Some(occupied),
        ..Settings::default()
    };
    assert_eq!(cached.scan(settings, 1), plain);
}

#[test]
fn runs_at_the_same_time_do_not_disturb_each_other() {
    let cached = Cached::new();
    let plain = cached.scan(Settings::default(), 1);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                for _ in 0..4 {
                    assert_eq!(cached.scan(cached.settings(), 2), plain);
                }
            });
        }
    });
    assert!(
        cached
            .files()
            .iter()
            .all(|path| path.extension().is_none_or(|it| it != "tmp"))
    );
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let cached = Cached::new();
    cached.scan(cached.settings(), 1);
    let folder = cached.segments()[0].parent().expect("folder").to_path_buf();
    let mode = fs::metadata(folder).expect("folder").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
