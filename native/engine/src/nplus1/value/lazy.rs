//! Relations of rows that are not read yet.

use std::rc::Rc;

/// A relation that is read when it is looked into.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lazy {
    /// Model of the row it hangs on.
    pub owner: String,
    /// The class that declares the relation: the model, a parent, or the other side.
    pub declared_by: String,
    pub relation: String,
    pub many: bool,
    /// The relation by which the row itself was reached from what a query reads.
    pub before: Option<Rc<Lazy>>,
}

/// Relations of relations that a cure names; real code stays below.
const STEPS_MAX: usize = 6;

impl Lazy {
    /// From the rows that a query reads to this relation.
    pub fn steps(&self) -> Vec<&Lazy> {
        let mut steps = vec![self];
        while let Some(before) = steps.last().and_then(|step| step.before.as_deref())
            && steps.len() < STEPS_MAX
        {
            steps.push(before);
        }
        steps.reverse();
        steps
    }
}

/// The rows of one relation of a row, not looked into yet.
#[derive(Clone, Debug)]
pub struct Related {
    pub lazy: Lazy,
    /// They are there already, or never come by themselves.
    pub loaded: bool,
    /// Each use asks again.
    pub dynamic: bool,
}
