//! Lowers Java. It must not know a framework: annotations and calls are kept as written.

mod class;
mod expression;
mod function;
mod literal;
mod statement;
mod switch;
mod written;

#[cfg(test)]
mod tests;

use tree_sitter::Node;

use super::grammar::Grammar;
use super::statement::Statements;
use super::{Lowering, has_token, named, span};
use crate::facts::ir::{Import, ImportedName, Stmt};

/// Types and statements of a compilation unit; members go into `low`.
pub(super) fn module<'t>(low: &mut Lowering<'t>, root: Node<'t>) -> Vec<Stmt> {
    Java { low }.statements_of(root)
}

struct Java<'l, 't> {
    low: &'l mut Lowering<'t>,
}

impl<'t> Grammar<'t> for Java<'_, 't> {
    fn low(&self) -> &Lowering<'t> {
        self.low
    }

    fn low_mut(&mut self) -> &mut Lowering<'t> {
        self.low
    }
}

impl<'t> Java<'_, 't> {
    fn package(&mut self, node: Node<'t>) {
        let name = named(node)
            .into_iter()
            .rfind(|part| matches!(part.kind(), "identifier" | "scoped_identifier"));
        if let Some(name) = name {
            self.low.package = self.dotted_text(name);
        }
    }

    /// `import a.b.C;` binds `C`; `import a.b.*;` binds nothing by name.
    fn import(&mut self, node: Node<'t>) {
        let Some(path) = named(node).into_iter().next() else {
            return;
        };
        let module = self.dotted_text(path);
        let names = if has_token(node, "asterisk") {
            Vec::new()
        } else {
            let name = module.rsplit('.').next().unwrap_or(&module).to_string();
            vec![ImportedName {
                imported: name.clone(),
                local: name,
            }]
        };
        self.low.imports.push(Import {
            module,
            names,
            span: span(node),
        });
    }
}
