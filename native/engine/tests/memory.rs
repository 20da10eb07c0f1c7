//! What a large change costs in memory. Alone in its process, for the peak is that of the process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::Instant;

use support::{LOOP, TestRepo, change};

/// Peak resident memory of this process.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap_or("VmHWM: 0 kB");
    line.split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse::<u64>().ok())
        .expect("a number")
        / 1024
}

#[test]
fn three_thousand_files() {
    let repo = TestRepo::new();
    let filler: String = (0..30)
        .map(|n| format!("def other_{n}(a, b):\n    return a + b * {n}\n\n"))
        .collect();
    for n in 0..3_000 {
        repo.write(&format!("app/d{}/f{n}.py", n % 50), format!("{filler}# {n}\n"));
    }
    let base = repo.commit();
    for n in 0..3_000 {
        repo.write(
            &format!("app/d{}/f{n}.py", n % 50),
            format!("{filler}# {n}\n{LOOP}"),
        );
    }
    let head = repo.commit();
    let started = Instant::now();
    let report = change(repo.path(), &base, &head, 1).expect("analysed");
    let (seconds, peak) = (started.elapsed().as_secs_f64(), peak_mib());
    println!(
        "3000 files of 2 KB: {seconds:.1} s, peak {peak} MiB, {:?}",
        report.stats
    );
    assert_eq!(report.stats.files_analysed, 3_000);
    assert_eq!(report.findings.len(), 3_000);
    assert!(peak < 512, "{peak} MiB");
}
