//! Bounds memory: a syntax tree takes some hundred times the bytes of its text, so on machines
//! with many cores only so much text is parsed at once. It knows nothing of files.

use std::sync::{Condvar, Mutex, PoisonError};

/// Text under work at once in the whole process, in bytes.
const BYTES_MAX: usize = 2 * 1024 * 1024;

static SHARED: Gate = Gate::new();

#[derive(Debug)]
struct Gate {
    bytes: Mutex<usize>,
    freed: Condvar,
}

/// Lets the next one in when it is dropped.
#[derive(Debug)]
pub struct Pass {
    gate: &'static Gate,
    bytes: usize,
}

/// Waits until `bytes` more may be worked on. A larger text than the bound goes alone.
pub fn enter(bytes: usize) -> Pass {
    SHARED.enter(bytes)
}

impl Gate {
    const fn new() -> Self {
        Self {
            bytes: Mutex::new(0),
            freed: Condvar::new(),
        }
    }

    fn enter(&'static self, bytes: usize) -> Pass {
        let bytes = bytes.min(BYTES_MAX);
        let guard = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut used = self
            .freed
            .wait_while(guard, |used| *used + bytes > BYTES_MAX)
            .unwrap_or_else(PoisonError::into_inner);
        *used += bytes;
        Pass { gate: self, bytes }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        *self.gate.bytes.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.gate.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    #[test]
    fn never_more_than_the_bound_is_inside() {
        static GATE: Gate = Gate::new();
        static INSIDE: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for n in 0..40 {
                scope.spawn(move || {
                    let bytes = [100, BYTES_MAX / 3, BYTES_MAX * 9][n % 3];
                    let pass = GATE.enter(bytes);
                    MOST.fetch_max(INSIDE.fetch_add(pass.bytes, SeqCst) + pass.bytes, SeqCst);
                    std::thread::yield_now();
                    INSIDE.fetch_sub(pass.bytes, SeqCst);
                });
            }
        });
        assert!((BYTES_MAX / 3..=BYTES_MAX).contains(&MOST.load(SeqCst)));
        assert_eq!(*GATE.bytes.lock().expect("not poisoned"), 0);
    }
}
