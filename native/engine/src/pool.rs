//! The engine's own threads: cores - 1 of them with deep stacks, shared by all calls of a process.
//! Work is handed over in small parts, so that calls take turns, and a panic costs one item only.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock, mpsc};

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Recursion over syntax is bounded (`parse::DEPTH_MAX`); this leaves room for debug builds.
const STACK_BYTES: usize = 32 * 1024 * 1024;

/// Items that a thread takes at once where there are many, for each answer wakes the caller: few enough that
/// calls take turns and threads end together.
const TOGETHER_MAX: usize = 32;
const PARTS_PER_THREAD: usize = 64;

/// What an item panicked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panicked(pub String);

#[derive(Clone, Debug)]
pub struct Pool {
    threads: Arc<ThreadPool>,
}

static SHARED: LazyLock<Option<Pool>> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Pool::new(cores.saturating_sub(1).max(1))
});

impl Pool {
    /// `None`: the system gives no threads.
    #[must_use]
    pub fn new(threads: usize) -> Option<Self> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads)
            .stack_size(STACK_BYTES)
            .thread_name(|index| format!("driftline-{index}"))
            .build()
            .ok()?;
        Some(Self {
            threads: Arc::new(pool),
        })
    }

    #[must_use]
    pub fn shared() -> Option<Self> {
        SHARED.clone()
    }

    /// Runs `work` on every item and answers in the order of the items. Must be called from
    /// outside the pool: the calling thread waits.
    pub fn map<T, R>(
        &self,
        items: Vec<T>,
        work: impl Fn(T) -> R + Send + Sync + 'static,
    ) -> Vec<Result<R, Panicked>>
    where
        T: Send + 'static,
        R: Send + 'static,
    {
        let work = Arc::new(work);
        let (sender, receiver) = mpsc::channel();
        let count = items.len();
        let together =
            (count / (PARTS_PER_THREAD * self.threads.current_num_threads().max(1))).clamp(1, TOGETHER_MAX);
        let mut items = items.into_iter();
        for first in (0..count).step_by(together) {
            let (work, sender) = (Arc::clone(&work), sender.clone());
            let part: Vec<T> = items.by_ref().take(together).collect();
            self.threads.spawn_fifo(move || {
                let results: Vec<_> = part.into_iter().map(|item| guarded(|| work(item))).collect();
                // The receiver waits for all answers, so it is there.
                let _ = sender.send((first, results));
            });
        }
        drop(sender);
        let mut results: Vec<_> = (0..count)
            .map(|_| Err(Panicked("no answer".to_owned())))
            .collect();
        for (first, part) in receiver {
            for (slot, result) in results.iter_mut().skip(first).zip(part) {
                *slot = result;
            }
        }
        results
    }

    /// Runs one piece of work on the pool and waits for it.
    ///
    /// # Errors
    /// It panicked.
    pub fn run<R: Send + 'static>(
        &self,
        work: impl Fn() -> R + Send + Sync + 'static,
    ) -> Result<R, Panicked> {
        let mut results = self.map(vec![()], move |()| work());
        results
            .pop()
            .unwrap_or_else(|| Err(Panicked("no answer".to_owned())))
    }
}

/// # Errors
/// `work` panicked; the message is the panic's.
pub fn guarded<R>(work: impl FnOnce() -> R) -> Result<R, Panicked> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let text = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "panic without a message".to_owned());
        Panicked(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_order_and_a_panic_costs_one_item() {
        for (threads, count) in [(1, 100), (4, 100), (1, 1_000), (4, 10_001)] {
            let pool = Pool::new(threads).expect("threads");
            let results = pool.map((0..count).collect(), |n: i32| {
                assert!(n != 42, "no {n}");
                n * 2
            });
            assert_eq!(results.len(), count as usize);
            for (n, result) in (0..).zip(results) {
                if n == 42 {
                    assert_eq!(result, Err(Panicked("no 42".to_owned())));
                } else {
                    assert_eq!(result, Ok(n * 2));
                }
            }
        }
    }
}
