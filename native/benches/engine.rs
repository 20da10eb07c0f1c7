//! One run of the engine without Node, for instruction counts and profilers: `npm run bench -- instructions`
//! runs it under callgrind, `docs/speed.md` says how to run it by hand. `REPORT=FILE` keeps what it found, so
//! that two builds can be compared by what they say and not only by what they cost.

use std::path::PathBuf;
use std::process::ExitCode;

use driftline_engine::cancel::Cancel;
use driftline_engine::change::analyze_change;
use driftline_engine::pool::Pool;
use driftline_engine::report::{Report, SiteMs};
use driftline_engine::request::{ChangeRequest, ScanRequest, Settings};
use driftline_engine::scan::scan;

/// As the addon has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "scan ROOT [CACHE] | review REPOSITORY BASE HEAD [CACHE]";

fn main() -> ExitCode {
    // `cargo bench` adds a word of its own.
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match run(&args) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<String, String> {
    let threads = std::env::var("THREADS").ok().and_then(|it| it.parse().ok());
    let pool = Pool::new(threads.unwrap_or(1)).ok_or("no thread can be started")?;
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let report = match words.as_slice() {
        ["scan", root, rest @ ..] => {
            let request = ScanRequest {
                root: PathBuf::from(root),
                paths: Vec::new(),
                settings: settings(rest),
            };
            scan(&request, &Cancel::default(), &pool)
        }
        ["review", repository, base, head, rest @ ..] => {
            let request = ChangeRequest {
                repository: PathBuf::from(repository),
                base: (*base).to_owned(),
                head: (*head).to_owned(),
                settings: settings(rest),
            };
            analyze_change(&request, &Cancel::default(), &pool)
        }
        _ => return Err(USAGE.to_owned()),
    };
    let mut report = report.map_err(|error| error.message)?;
    let line = said(&report);
    if let Ok(file) = std::env::var("REPORT") {
        forget_times(&mut report);
        let text = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
        std::fs::write(file, text).map_err(|error| error.to_string())?;
    }
    Ok(line)
}

fn settings(rest: &[&str]) -> Settings {
    Settings {
        cache: rest.first().map(PathBuf::from),
        ..Settings::default()
    }
}

/// They differ from run to run.
fn forget_times(report: &mut Report) {
    let stats = &mut report.stats;
    stats.diff_ms = 0.0;
    stats.parse_ms = 0.0;
    stats.analyse_ms = 0.0;
    stats.total_ms = 0.0;
    stats.site_ms = SiteMs::default();
}

fn said(report: &Report) -> String {
    let stats = &report.stats;
    format!(
        "{} files, {} query sites, {} findings, {} left out, {:.0} ms",
        stats.files_analysed,
        stats.query_sites,
        report.findings.len(),
        report.skipped.len(),
        stats.total_ms
    )
}
