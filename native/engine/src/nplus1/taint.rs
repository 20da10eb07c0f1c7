//! What a value hangs on: the turns of which iterations it was made from. It must not know what the
//! value is.

use std::collections::BTreeSet;

pub type IterationId = usize;

/// How a value hangs on a turn of an iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Via {
    /// Made from the element.
    Element,
    /// Made from a bare counter: it may as well be a page number or an attempt.
    Counter,
    /// Changed by the body from turn to turn.
    Carried,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dep {
    pub iteration: IterationId,
    pub via: Via,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taint {
    pub deps: BTreeSet<Dep>,
    /// What only arrives inside a list of keys (`IN (…)`).
    pub batched: BTreeSet<Dep>,
}

/// Iterations one value may hang on; real code stays far below. Without a bound a file of 20,000 chained
/// comprehensions would keep 20,000 of them for every name.
const DEPS_MAX: usize = 64;

/// Inner iterations first: they are the ones a query is judged by.
fn extend(deps: &mut BTreeSet<Dep>, more: &BTreeSet<Dep>) {
    for dep in more.iter().rev() {
        if deps.len() >= DEPS_MAX {
            return;
        }
        deps.insert(*dep);
    }
}

impl Taint {
    pub fn of(iteration: IterationId, via: Via) -> Self {
        Taint {
            deps: BTreeSet::from([Dep { iteration, via }]),
            batched: BTreeSet::new(),
        }
    }

    pub fn add(&mut self, other: &Taint) {
        extend(&mut self.deps, &other.deps);
        extend(&mut self.batched, &other.batched);
    }

    pub fn with(mut self, other: &Taint) -> Self {
        self.add(other);
        self
    }

    /// What was added to what it was before.
    pub fn since(&self, before: &Taint) -> Self {
        Taint {
            deps: self.deps.difference(&before.deps).copied().collect(),
            batched: self.batched.difference(&before.batched).copied().collect(),
        }
    }

    /// The same inside a list of keys.
    pub fn into_batched(mut self) -> Self {
        self.batched.append(&mut self.deps);
        self
    }

    /// What rows read by such keys hang on: a list of keys is data like any other by then.
    pub fn of_result(&self) -> Self {
        Taint {
            deps: self.deps.union(&self.batched).copied().collect(),
            batched: BTreeSet::new(),
        }
    }

    /// A counter that picks something out of a collection is as good as the element.
    pub fn counter_as_element(&self) -> Self {
        let up = |dep: &Dep| match dep.via {
            Via::Counter => Dep {
                via: Via::Element,
                ..*dep
            },
            _ => *dep,
        };
        Taint {
            deps: self.deps.iter().map(up).collect(),
            batched: self.batched.iter().map(up).collect(),
        }
    }
}
