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
use super::grammar::Grammar;
use super::statement::Statements;
use crate::facts::ir::{Decorator, Stmt};

/// Statements of the module's top level; everything else goes into `low`.
pub(super) fn module<'t>(low: &mut Lowering<'t>, root: Node<'t>) -> Vec<Stmt> {
    let mut ecma = Ecma {
        low,
        decorators: Vec::new(),
    };
    ecma.statements_of(root)
}

struct Ecma<'l, 't> {
    low: &'l mut Lowering<'t>,
    /// Decorators in front of `export`, for the class that follows.
    decorators: Vec<Decorator>,
}

impl<'t> Grammar<'t> for Ecma<'_, 't> {
    fn low(&self) -> &Lowering<'t> {
        self.low
    }

    fn low_mut(&mut self) -> &mut Lowering<'t> {
        self.low
    }
}
