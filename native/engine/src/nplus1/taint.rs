//! What a value hangs on: the turns of which iterations it was made from. It must not know what the
//! value is.

use std::ops::Deref;
use std::rc::Rc;

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

/// In order, each once. Most values hang on nothing, and those made from each other on the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deps(Option<Rc<Vec<Dep>>>);

impl Deref for Deps {
    type Target = [Dep];

    fn deref(&self) -> &[Dep] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }
}

impl<'d> IntoIterator for &'d Deps {
    type Item = &'d Dep;
    type IntoIter = std::slice::Iter<'d, Dep>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<Dep> for Deps {
    fn from_iter<I: IntoIterator<Item = Dep>>(deps: I) -> Self {
        let mut all = Deps::default();
        for dep in deps {
            all.insert(dep);
        }
        all
    }
}

impl Deps {
    fn insert(&mut self, dep: Dep) {
        if let Err(at) = self.binary_search(&dep) {
            Rc::make_mut(self.0.get_or_insert_default()).insert(at, dep);
        }
    }

    /// Inner iterations first: they are the ones a query is judged by.
    fn extend(&mut self, more: &Deps) {
        if self.is_empty() && more.len() <= DEPS_MAX {
            self.0.clone_from(&more.0);
            return;
        }
        for dep in more.iter().rev() {
            if self.len() >= DEPS_MAX {
                return;
            }
            self.insert(*dep);
        }
    }

    fn without(&self, others: &Deps) -> Self {
        let is_new = |dep: &&Dep| others.binary_search(dep).is_err();
        self.iter().filter(is_new).copied().collect()
    }

    fn with(&self, others: &Deps) -> Self {
        let mut all = self.clone();
        for dep in others {
            all.insert(*dep);
        }
        all
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taint {
    pub deps: Deps,
    /// What only arrives inside a list of keys (`IN (…)`).
    pub batched: Deps,
}

/// Iterations one value may hang on; real code stays far below. Without a bound a file of 20,000 chained
/// comprehensions would keep 20,000 of them for every name.
const DEPS_MAX: usize = 64;

impl Taint {
    pub fn of(iteration: IterationId, via: Via) -> Self {
        Taint {
            deps: Deps::from_iter([Dep { iteration, via }]),
            batched: Deps::default(),
        }
    }

    pub fn add(&mut self, other: &Taint) {
        self.deps.extend(&other.deps);
        self.batched.extend(&other.batched);
    }

    pub fn with(mut self, other: &Taint) -> Self {
        self.add(other);
        self
    }

    /// What was added to what it was before.
    pub fn since(&self, before: &Taint) -> Self {
        Taint {
            deps: self.deps.without(&before.deps),
            batched: self.batched.without(&before.batched),
        }
    }

    /// The same inside a list of keys.
    pub fn into_batched(self) -> Self {
        Taint {
            batched: self.of_result().deps,
            deps: Deps::default(),
        }
    }

    /// What rows read by such keys hang on: a list of keys is data like any other by then.
    pub fn of_result(&self) -> Self {
        Taint {
            deps: self.deps.with(&self.batched),
            batched: Deps::default(),
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
