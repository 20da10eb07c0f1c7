//! What a run takes of the machine, and what it does that no caller sees: panics that were caught.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A case that takes as much processor time hangs.
const HANG_SECONDS: f64 = 90.0;
/// Clock ticks a second in `/proc`: the same on every Linux.
const TICKS: f64 = 100.0;

/// Keeps every panic with its place, whoever catches it.
pub fn record_panics() {
    std::panic::set_hook(Box::new(|info| {
        let mut panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
        panics.push(info.to_string());
    }));
}

pub fn take_panics() -> Vec<String> {
    std::mem::take(&mut *PANICS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Processor time of this process so far, in user and system mode.
pub fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or("");
    let fields: Vec<f64> = after_name
        .split_whitespace()
        .filter_map(|it| it.parse().ok())
        .collect();
    // The state before them is no number.
    fields
        .get(10..12)
        .map_or(0.0, |times| times.iter().sum::<f64>() / TICKS)
}

fn status_mib(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(field));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

/// Peak memory since the last call.
pub fn peak_mib() -> u64 {
    let peak = status_mib("VmHWM:");
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    peak
}

/// Ends the process when a case hangs; what cannot be caught leaves the case's number behind.
pub struct Watch {
    /// Processor milliseconds when the case began; the largest number between cases.
    began: Arc<AtomicU64>,
    current: PathBuf,
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn cpu_ms() -> u64 {
    (cpu_seconds() * 1000.0) as u64
}

impl Watch {
    pub fn start(out: &Path) -> Self {
        let began = Arc::new(AtomicU64::new(u64::MAX));
        let watched = Arc::clone(&began);
        let current = out.join("current");
        let told = current.clone();
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(Duration::from_secs(5));
                #[allow(clippy::cast_precision_loss)]
                let seconds = cpu_ms().saturating_sub(watched.load(Ordering::Relaxed)) as f64 / 1000.0;
                if seconds > HANG_SECONDS {
                    let case = std::fs::read_to_string(&told).unwrap_or_default();
                    println!("HANGS after {seconds:.0} s of processor time: {case}");
                    std::process::exit(3);
                }
            }
        });
        Watch { began, current }
    }

    pub fn begin(&self, seed: u64, number: u64) {
        let _ = std::fs::write(&self.current, format!("--seed {seed} --case {number}"));
        self.again();
    }

    pub fn again(&self) {
        self.began.store(cpu_ms(), Ordering::Relaxed);
    }

    /// Processor milliseconds of the case.
    pub fn end(&self) -> u64 {
        cpu_ms().saturating_sub(self.began.swap(u64::MAX, Ordering::Relaxed))
    }
}
