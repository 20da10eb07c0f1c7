//! What comes along with rows: a tree of relation names, each with how it was asked for, and a few
//! marks that hold for a whole level. It must not know syntax, an ORM or a model.
//!
//! Cheap to clone, and bounded: what grows beyond the bounds is `Open` instead.

mod branches;
mod written;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Relations of relations that are told apart; deeper ones are only perhaps loaded.
const DEPTH_MAX: usize = 12;

/// Names in one tree.
const SIZE_MAX: usize = 400;

/// Whether reading a relation asks the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Covered {
    /// Nothing was loaded; how the relation is mapped decides.
    No,
    /// On one of two ways, or something was loaded that could not be read.
    Maybe,
    /// It is there, or reading it can never query.
    Yes,
}

/// How a query asked for one relation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Only on the way to something below it.
    #[default]
    Unsaid,
    Joined,
    /// Read by a query of its own after the rows (`prefetch_related`).
    Prefetched,
    Maybe,
    /// Explicitly left to be read on access, whatever the mapping says.
    Lazy,
    /// Reading it raises or finds nothing (`raiseload`, `noload`).
    Never,
}

/// What holds for every relation of a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mark {
    /// Something was loaded that could not be read: a dynamic argument.
    Open = 1,
    /// Every single-valued relation, and theirs (`select_related()`).
    ToOne = 2,
    /// Every relation of this level only.
    All = 4,
    /// Every relation of every level.
    AllNested = 8,
    /// No access ever queries: it raises instead (`strict_loading`, `raiseload("*")`).
    NeverLazy = 16,
    /// Single-valued relations are read for all rows at once on access.
    BatchedToOne = 32,
    /// What the mapping loads by default is off (`IgnoreAutoIncludes`, query builders).
    NoDefaults = 64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Marks(u8);

impl Marks {
    fn has(self, mark: Mark) -> bool {
        self.0 & mark as u8 != 0
    }

    /// What the rows of a relation take over.
    fn inherited(self) -> Self {
        Marks(self.0 & !(Mark::All as u8))
    }
}

/// One relation as the caller knows it.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    pub name: &'a str,
    /// Whether it is a collection, if that is known.
    pub many: Option<bool>,
    /// Short class name of the other side: some ORMs name that (`include: [User]`).
    pub target: Option<&'a str>,
}

impl<'a> Step<'a> {
    /// A relation of which only the name is known.
    pub fn named(name: &'a str) -> Self {
        Step {
            name,
            many: None,
            target: None,
        }
    }
}

/// A set of relation paths (`author`, `author.company`) that rows were loaded with. The default is:
/// nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paths {
    tree: Option<Arc<Node>>,
    marks: Marks,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Node {
    /// Names in this tree, all levels.
    size: usize,
    relations: BTreeMap<Arc<str>, Child>,
    /// By class name, for relations that were not named.
    targets: BTreeMap<Arc<str>, Child>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Child {
    state: State,
    below: Paths,
}

impl Paths {
    /// Each path loaded, `author.company` with `author`.
    pub fn of<'p>(paths: impl IntoIterator<Item = &'p str>) -> Self {
        let mut all = Paths::default();
        for path in paths {
            all.add(path);
        }
        all
    }

    pub fn is_empty(&self) -> bool {
        *self == Paths::default()
    }

    /// A dotted path is loaded with everything on the way.
    pub fn add(&mut self, path: &str) {
        self.put(path, State::Joined, &Paths::default());
    }

    /// The same with how it was asked for, and what hangs below it.
    pub fn put(&mut self, path: &str, state: State, below: &Paths) {
        let on_the_way = match state {
            State::Lazy | State::Never => State::Unsaid,
            other => other,
        };
        self.graft(&names(path), on_the_way, state, below, 0);
    }

    /// What hangs below a path about which nothing else is said.
    pub fn put_below(&mut self, path: &str, below: &Paths) {
        self.graft(&names(path), State::Unsaid, State::Unsaid, below, 0);
    }

    /// A relation that was named by the class it leads to.
    pub fn put_target(&mut self, class: &str, state: State, below: &Paths) {
        let mut one = Node::default();
        one.targets.insert(
            class_key(class).into(),
            Child {
                state,
                below: below.clone(),
            },
        );
        self.merge(&Paths::sealed(one, Marks::default()));
    }

    pub fn mark(&mut self, mark: Mark) {
        self.marks.0 |= mark as u8;
    }

    pub fn unmark(&mut self, mark: Mark) {
        self.marks.0 &= !(mark as u8);
    }

    pub fn has(&self, mark: Mark) -> bool {
        self.marks.has(mark)
    }

    /// Both were asked for; on a contradiction the later one, `other`, counts.
    pub fn merge(&mut self, other: &Paths) {
        self.merge_at(other, 0);
    }

    /// Whether reading this dotted path asks nothing, as far as names alone tell.
    pub fn covers(&self, path: &str) -> Covered {
        let mut at = self.clone();
        let mut covered = Covered::Yes;
        for name in path.split('.') {
            let (here, below) = at.step(&Step::named(name));
            covered = covered.min(here);
            if covered == Covered::No {
                break;
            }
            at = below;
        }
        covered
    }

    /// What the rows of a relation carry themselves.
    #[must_use]
    pub fn below(&self, relation: &str) -> Paths {
        self.step(&Step::named(relation)).1
    }

    /// Both for a relation of which more is known than its name.
    pub fn step(&self, step: &Step<'_>) -> (Covered, Paths) {
        let child = self.tree.as_ref().and_then(|tree| {
            let named = tree.relations.get(step.name);
            named.or_else(|| tree.targets.get(class_key(step.target?).as_str()))
        });
        let mut below = child.map(|child| child.below.clone()).unwrap_or_default();
        below.marks.0 |= self.marks.inherited().0;
        let covered = match child.map_or(State::Unsaid, |child| child.state) {
            State::Joined | State::Prefetched | State::Never => Covered::Yes,
            State::Maybe => Covered::Maybe.max(self.by_marks(step.many)),
            State::Lazy => Covered::No,
            State::Unsaid => self.by_marks(step.many),
        };
        (covered, below)
    }

    fn by_marks(&self, many: Option<bool>) -> Covered {
        let has = |mark| self.marks.has(mark);
        if has(Mark::All) || has(Mark::AllNested) || has(Mark::NeverLazy) {
            return Covered::Yes;
        }
        let open = if has(Mark::Open) {
            Covered::Maybe
        } else {
            Covered::No
        };
        match many {
            Some(true) => open,
            Some(false) if has(Mark::BatchedToOne) => Covered::Yes,
            // Only those that can not be null; whether this one can is not asked here.
            _ if has(Mark::ToOne) || has(Mark::BatchedToOne) => Covered::Maybe,
            _ => open,
        }
    }

    /// Whether a relation is still loaded as it is mapped, when nothing else is said.
    pub fn defaults(&self, relation: &str) -> bool {
        let said = self.tree.as_ref().and_then(|tree| tree.relations.get(relation));
        !self.marks.has(Mark::NoDefaults) && said.is_none_or(|child| child.state != State::Lazy)
    }

    /// Without what was asked for in one of these ways, and without what hangs below it.
    #[must_use]
    pub fn without(&self, states: &[State]) -> Paths {
        let Some(tree) = &self.tree else {
            return self.clone();
        };
        let keep = |children: &BTreeMap<Arc<str>, Child>| {
            let kept = children
                .iter()
                .filter(|(_, child)| !states.contains(&child.state));
            kept.map(|(name, child)| {
                let below = child.below.without(states);
                (
                    Arc::clone(name),
                    Child {
                        state: child.state,
                        below,
                    },
                )
            })
            .collect()
        };
        let node = Node {
            size: 0,
            relations: keep(&tree.relations),
            targets: keep(&tree.targets),
        };
        Paths::sealed(node, self.marks)
    }

    /// Every dotted path that is loaded, in order.
    pub fn loaded(&self) -> Vec<String> {
        let mut out = Vec::new();
        self.list("", &mut out);
        out
    }

    fn list(&self, before: &str, out: &mut Vec<String>) {
        for (name, child) in self.tree.iter().flat_map(|tree| &tree.relations) {
            let path = format!("{before}{name}");
            if matches!(child.state, State::Joined | State::Prefetched) {
                out.push(path.clone());
            }
            child.below.list(&format!("{path}."), out);
        }
    }

    fn sealed(mut node: Node, marks: Marks) -> Paths {
        let children = node.relations.values().chain(node.targets.values());
        node.size = children.map(|child| 1 + child.below.size()).sum();
        Paths {
            tree: (node.size > 0).then(|| Arc::new(node)),
            marks,
        }
    }

    fn size(&self) -> usize {
        self.tree.as_ref().map_or(0, |tree| tree.size)
    }

    fn graft(&mut self, names: &[&str], on_the_way: State, state: State, below: &Paths, depth: usize) {
        let Some((name, rest)) = names.split_first() else {
            return self.merge_at(below, depth);
        };
        if depth >= DEPTH_MAX || self.size() >= SIZE_MAX {
            return self.mark(Mark::Open);
        }
        let mut node = self.tree.take().map(Arc::unwrap_or_clone).unwrap_or_default();
        let child = node.relations.entry((*name).into()).or_default();
        child.state = later(child.state, if rest.is_empty() { state } else { on_the_way });
        child.below.graft(rest, on_the_way, state, below, depth + 1);
        *self = Paths::sealed(node, self.marks);
    }

    fn merge_at(&mut self, other: &Paths, depth: usize) {
        self.marks.0 |= other.marks.0;
        let Some(theirs) = &other.tree else {
            return;
        };
        if self.tree.as_ref().is_some_and(|own| Arc::ptr_eq(own, theirs)) {
            return;
        }
        if depth >= DEPTH_MAX || self.size() + theirs.size > SIZE_MAX {
            return self.mark(Mark::Open);
        }
        let mut node = self.tree.take().map(Arc::unwrap_or_clone).unwrap_or_default();
        for (own, theirs) in [
            (&mut node.relations, &theirs.relations),
            (&mut node.targets, &theirs.targets),
        ] {
            for (name, more) in theirs {
                let child = own.entry(Arc::clone(name)).or_default();
                child.state = later(child.state, more.state);
                child.below.merge_at(&more.below, depth + 1);
            }
        }
        *self = Paths::sealed(node, self.marks);
    }
}

/// `User`, `user` and `userModel` are one class.
fn class_key(class: &str) -> String {
    let key = class.to_lowercase();
    match key.strip_suffix("model") {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => key,
    }
}

/// One more than are told apart, so that a cut path is seen as one.
fn names(path: &str) -> Vec<&str> {
    let names = path.split('.').filter(|name| !name.is_empty());
    names.take(DEPTH_MAX + 1).collect()
}

fn later(old: State, new: State) -> State {
    match (old, new) {
        (old, State::Unsaid) => old,
        (State::Joined | State::Prefetched | State::Never, State::Maybe) => old,
        (State::Joined, State::Prefetched) => State::Joined,
        (_, new) => new,
    }
}
