//! The token by which long work is stopped: a flag anyone may raise, and a deadline.
//! Work asks it often (ANA-021: it must stop within 100 ms); it knows nothing of the work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Clones share the flag; each clone may have its own deadline.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    flag: Arc<AtomicBool>,
    deadline: Option<Instant>,
}

/// Why work has to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Somebody no longer wants the answer.
    Cancelled,
    /// The time given to the whole run is used up.
    Deadline,
}

impl Cancel {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same flag with a deadline `budget` from now; an earlier deadline stays.
    #[must_use]
    pub fn with_budget(&self, budget: Duration) -> Self {
        let wanted = Instant::now().checked_add(budget);
        let deadline = match (self.deadline, wanted) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self {
            flag: Arc::clone(&self.flag),
            deadline,
        }
    }

    /// The same flag, and half of the time that is left.
    #[must_use]
    pub fn with_half_of_the_time(&self) -> Self {
        match self.deadline {
            Some(deadline) => self.with_budget(deadline.saturating_duration_since(Instant::now()) / 2),
            None => self.clone(),
        }
    }

    pub fn cancel(&self) {
        self.flag.store(true, Ordering::Relaxed);
    }

    #[must_use]
    pub fn stop(&self) -> Option<Stop> {
        if self.flag.load(Ordering::Relaxed) {
            return Some(Stop::Cancelled);
        }
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Some(Stop::Deadline),
            _ => None,
        }
    }

    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stop().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_flag() {
        let token = Cancel::new();
        let copy = token.with_budget(Duration::from_secs(60));
        assert_eq!(copy.stop(), None);
        token.cancel();
        assert_eq!(copy.stop(), Some(Stop::Cancelled));
    }

    #[test]
    fn the_earlier_deadline_counts() {
        let token = Cancel::new().with_budget(Duration::ZERO);
        assert_eq!(
            token.with_budget(Duration::from_secs(60)).stop(),
            Some(Stop::Deadline)
        );
        assert_eq!(Cancel::new().stop(), None);
    }
}
