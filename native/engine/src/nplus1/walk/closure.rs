//! Function values and blocks that run somewhere else than they were written: they see the names of
//! the place where they were made.

use super::Walker;
use super::enter::Frame;
use crate::facts::ir::Lambda;
use crate::nplus1::value::Value;

impl<'a> Walker<'a> {
    /// Runs a function value with the names of the place where it was made.
    pub(super) fn run_closure(
        &mut self,
        lambda: &'a Lambda,
        depth: usize,
        values: &[Value<'a>],
    ) -> Value<'a> {
        if depth == self.calls.len() {
            return self.run_lambda(lambda, values);
        }
        // A function that a body answered outlives the names it was made with.
        let Some(slot) = self.frames.get_mut(depth) else {
            return Value::unknown();
        };
        let maker = std::mem::replace(slot, Frame::nowhere(&self.unit));
        let runner = self.swap(maker);
        let value = self.run_lambda(lambda, values);
        let maker = self.swap(runner);
        if let Some(slot) = self.frames.get_mut(depth) {
            *slot = maker;
        }
        value
    }

    /// `yield x`: runs the block of the call in Ruby, else makes the function a generator.
    pub(super) fn give(&mut self, given: Value<'a>) -> Value<'a> {
        if !self.unit.table.bare_calls {
            self.yielded = Some(match self.yielded.take() {
                Some(before) => before.join(&given),
                None => given.clone(),
            });
            return given;
        }
        match self.block {
            Some((block, depth)) => self.run_closure(block, depth, &[given]),
            None => given,
        }
    }
}
