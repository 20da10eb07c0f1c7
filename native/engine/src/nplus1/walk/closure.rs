//! Function values and blocks that run somewhere else than they were written: they see the names of
//! the place where they were made.

use super::Walker;
use super::enter::Frame;
use crate::facts::ir::Lambda;
use crate::nplus1::value::Value;

impl<'a> Walker<'a> {
    /// A lambda that nothing calls here is still code that runs at some time.
    pub(super) fn detach(&mut self, lambda: &'a Lambda) {
        // In a body that was entered it runs when that body's own file is walked.
        // Where nothing is written down it is not walked either: that would pass for its one walk.
        if self.muted == 0 && self.calls.is_empty() && self.detached.insert(lambda.span) {
            self.aside(|walker| walker.run_lambda(lambda, &[]));
        }
    }

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
        if depth >= self.frames.len() {
            return Value::unknown();
        }
        // Its code stands where it was made: a loop in it is one of that place, whoever runs it.
        let mut frames = self.frames.split_off(depth);
        let mut calls = self.calls.split_off(depth);
        let Some(slot) = frames.first_mut() else {
            return Value::unknown();
        };
        let maker = std::mem::replace(slot, Frame::nowhere(&self.unit));
        let runner = self.swap(maker);
        // Another body may stand at this depth by now.
        let body = self.unit.file.facts.functions.get(self.function);
        let made_here = body.is_some_and(|it| match it.body.as_slice() {
            [first, .., last] => first.span.start <= lambda.span.start && lambda.span.end <= last.span.end,
            [only] => only.span.contains(lambda.span),
            [] => false,
        });
        // Functions that are values of fields stand outside of all bodies.
        let value = match made_here || self.function == 0 {
            true => self.run_lambda(lambda, values),
            false => Value::unknown(),
        };
        *slot = self.swap(runner);
        self.frames.append(&mut frames);
        self.calls.append(&mut calls);
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
