//! Changes real files at random, analyses them as a scan and as a pull request, and checks what must
//! hold whatever the input is (`check.rs`). docs/testing.md says how to run it.
//!
//! Every case follows from the seed, its number and the corpus, so a failure is repeated with
//! `--seed S --case N` and the same corpus.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod case;
mod check;
mod corpus;
mod errors;
mod machine;
mod mutate;
mod nest;
#[allow(dead_code)]
#[path = "../../tests/orm_pages/pages.rs"]
mod pages;
mod random;
mod repository;
mod shrink;
mod syntax;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use check::{Checker, Seen};
use corpus::Corpus;
use machine::Watch;
use random::Random;

pub struct Options {
    seed: u64,
    /// Processor time of this process, its threads included.
    minutes: f64,
    only: Option<u64>,
    /// A failing input that was kept.
    again: Option<PathBuf>,
    first: u64,
    /// Failing inputs are kept here, each in a folder of its own.
    out: PathBuf,
    roots: Vec<PathBuf>,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        seed: 1,
        minutes: 1.0,
        only: None,
        again: None,
        first: 0,
        out: std::env::temp_dir().join("driftline-fuzz"),
        roots: Vec::new(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        let number = |text: String| text.parse::<u64>().map_err(|error| format!("{text}: {error}"));
        match word.as_str() {
            "--seed" => options.seed = number(value()?)?,
            "--case" => options.only = Some(number(value()?)?),
            "--first" => options.first = number(value()?)?,
            "--minutes" => {
                options.minutes = value()?.parse().map_err(|error| format!("--minutes: {error}"))?
            }
            "--again" => options.again = Some(PathBuf::from(value()?)),
            "--out" => options.out = PathBuf::from(value()?),
            _ if word.starts_with("--") => return Err(format!("{word}: no such option")),
            _ => options.roots.push(PathBuf::from(word)),
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(message) => {
            eprintln!(
                "{message}\nfuzz [--seed N] [--minutes N] [--first N] [--case N] [--out FOLDER] [PROJECT…]\nfuzz --again FOLDER"
            );
            return ExitCode::from(2);
        }
    };
    if let Some(kept) = &options.again {
        return again(kept);
    }
    let corpus = Corpus::new(&options.roots);
    println!(
        "{corpus}, seed {}, failures go to {}",
        options.seed,
        options.out.display()
    );
    std::fs::create_dir_all(&options.out).expect("a folder for failures");
    machine::record_panics();
    let watch = Watch::start(&options.out);
    let mut checker = Checker::new();
    let mut total = Total::default();
    let numbers = match options.only {
        Some(only) => only..only + 1,
        None => options.first..u64::MAX,
    };
    for number in numbers {
        let case = case::make(&corpus, &mut Random::new(options.seed, number));
        watch.begin(options.seed, number);
        let result = checker.check(&case);
        let cpu = watch.end();
        match result {
            Ok(seen) => total.add(number, cpu, &case, &seen),
            Err(failure) => {
                total.failures += 1;
                println!("case {number} FAILED: {failure}\n  {}", case.story.join("; "));
                if options.only.is_none() || !matches!(failure.kind, check::Kind::Slow) {
                    let small = shrink::shrink(&mut checker, case, failure.kind, &watch);
                    shrink::save(
                        &options.out.join(format!("{}-{number}", options.seed)),
                        &small,
                        &failure,
                    );
                }
            }
        }
        total.progress(false);
        if machine::cpu_seconds() > options.minutes * 60.0 {
            break;
        }
    }
    total.progress(true);
    total.slowest();
    ExitCode::from(u8::from(total.failures > 0))
}

fn again(kept: &Path) -> ExitCode {
    machine::record_panics();
    let case = shrink::kept(kept);
    let mut checker = Checker::new();
    checker.thorough = true;
    let result = checker.check(&case);
    let failed = result.as_ref().err().map(ToString::to_string);
    println!(
        "{:.1} s of processor time: {}",
        machine::cpu_seconds(),
        failed.as_deref().unwrap_or("holds")
    );
    ExitCode::from(u8::from(failed.is_some()))
}

/// Figures of the whole run.
#[derive(Default)]
struct Total {
    cases: u64,
    files: u64,
    bytes: u64,
    findings: u64,
    in_broken_files: u64,
    skipped: u64,
    ran_out: u64,
    failures: u64,
    peak_mib: u64,
    told: f64,
    /// Processor milliseconds, case, bytes.
    slow: Vec<(u64, u64, u64)>,
}

impl Total {
    fn add(&mut self, number: u64, cpu_ms: u64, case: &case::Case, seen: &Seen) {
        let bytes = case.bytes();
        self.cases += 1;
        self.files += seen.files;
        self.bytes += bytes;
        self.findings += seen.findings;
        self.in_broken_files += seen.in_broken_files;
        self.skipped += seen.skipped;
        self.ran_out += u64::from(seen.ran_out);
        self.peak_mib = self.peak_mib.max(seen.peak_mib);
        self.slow.push((cpu_ms, number, bytes));
        self.slow.sort_unstable_by(|a, b| b.cmp(a));
        self.slow.truncate(10);
    }

    fn progress(&mut self, last: bool) {
        const EVERY_SECONDS: f64 = 20.0;
        let cpu = machine::cpu_seconds();
        if cpu - self.told < EVERY_SECONDS && !last {
            return;
        }
        self.told = cpu;
        println!(
            "{:.0} s of processor time: {} cases, {} files analysed, {} KiB, {} findings ({} in files with errors), \
             {} files skipped, {} cases out of time, peak {} MiB, {} failures",
            cpu,
            self.cases,
            self.files,
            self.bytes / 1024,
            self.findings,
            self.in_broken_files,
            self.skipped,
            self.ran_out,
            self.peak_mib,
            self.failures
        );
    }

    fn slowest(&self) {
        for (cpu, number, bytes) in &self.slow {
            println!("slow: case {number}: {cpu} ms for {bytes} bytes");
        }
    }
}
