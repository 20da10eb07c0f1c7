//! Two branches that meet: what both loaded is loaded, what one of them loaded may be.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Child, Mark, Marks, Node, Paths, State};

impl Paths {
    /// After two branches: what both loaded is loaded, what one of them loaded may be.
    #[must_use]
    pub fn intersect(&self, other: &Paths) -> Paths {
        if self == other {
            return self.clone();
        }
        let empty = Node::default();
        let left = self.tree.as_deref().unwrap_or(&empty);
        let right = other.tree.as_deref().unwrap_or(&empty);
        let node = Node {
            size: 0,
            relations: join(&left.relations, &right.relations),
            targets: join(&left.targets, &right.targets),
        };
        Paths::sealed(node, self.marks.join(other.marks))
    }
}

impl Marks {
    /// What holds whichever way was taken; what holds on one way only may hold.
    fn join(self, other: Self) -> Self {
        let both = self.0 & other.0;
        let once = (self.0 ^ other.0) & !(Mark::NoDefaults as u8);
        Marks(both | if once == 0 { 0 } else { Mark::Open as u8 })
    }
}

fn join(left: &BTreeMap<Arc<str>, Child>, right: &BTreeMap<Arc<str>, Child>) -> BTreeMap<Arc<str>, Child> {
    let none = Child::default();
    let mut all: BTreeMap<Arc<str>, Child> = BTreeMap::new();
    for name in left.keys().chain(right.keys()) {
        if all.contains_key(name) {
            continue;
        }
        let one = left.get(name).unwrap_or(&none);
        let other = right.get(name).unwrap_or(&none);
        let state = either(one.state, other.state);
        // What hangs below a relation that only one way loaded is there whenever the relation is.
        let below = match (one.state, other.state) {
            (_, State::Unsaid) if one.state != State::Unsaid => one.below.clone(),
            (State::Unsaid, _) if other.state != State::Unsaid => other.below.clone(),
            _ => one.below.intersect(&other.below),
        };
        all.insert(Arc::clone(name), Child { state, below });
    }
    all
}

fn either(one: State, other: State) -> State {
    let there = |state| matches!(state, State::Joined | State::Prefetched | State::Never);
    match (one, other) {
        (one, other) if one == other => one,
        (one, other) if there(one) && there(other) => State::Prefetched,
        (State::Lazy, State::Unsaid) | (State::Unsaid, State::Lazy) => State::Unsaid,
        _ => State::Maybe,
    }
}
