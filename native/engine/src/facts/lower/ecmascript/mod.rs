//! Lowers TypeScript, TSX, JavaScript and JSX: the grammars share their node names, so one reading
//! serves all. It must not know an ORM or a module system's search rules.

mod class;
mod declaration;
mod expression;
mod function;
mod import;
mod jsx;
mod literal;
mod pattern;
mod statement;
mod written;

#[cfg(test)]
mod tests;

use tree_sitter::Node;

use super::Lowering;
use crate::facts::ir::{Decorator, Stmt};

/// Statements of the module's top level; everything else goes into `low`.
pub(super) fn module<'t>(low: &mut Lowering<'t>, root: Node<'t>) -> Vec<Stmt> {
    let mut ecma = Ecma {
        low,
        in_switch: false,
        decorators: Vec::new(),
    };
    let mut out = Vec::new();
    ecma.statements(root, &mut out);
    out
}

pub(super) struct Ecma<'l, 't> {
    low: &'l mut Lowering<'t>,
    /// The nearest thing a bare `break` leaves is a `switch`.
    in_switch: bool,
    /// Decorators in front of `export`, for the class that follows.
    decorators: Vec<Decorator>,
}

impl<'t> Ecma<'_, 't> {
    /// Runs `work` with the innermost `break` target set, and restores it.
    fn breaking_switch<R>(&mut self, in_switch: bool, work: impl FnOnce(&mut Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.in_switch, in_switch);
        let result = work(self);
        self.in_switch = outer;
        result
    }

    fn text(&self, node: Node<'_>) -> &'t str {
        self.low.text(node)
    }
}
