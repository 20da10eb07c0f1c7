//! Lowers Java. It must not know a framework: annotations and calls are kept as written.

mod class;
mod expression;
mod function;
mod literal;
mod loops;
mod statement;
mod switch;
mod written;

#[cfg(test)]
mod tests;

use tree_sitter::Node;

use super::{Lowering, has_token, named, span};
use crate::facts::ir::{Import, ImportedName, Stmt};

/// Types and statements of a compilation unit; members go into `low`.
pub(super) fn module<'t>(low: &mut Lowering<'t>, root: Node<'t>) -> Vec<Stmt> {
    let mut java = Java {
        low,
        in_switch: false,
    };
    let mut out = Vec::new();
    java.statements(root, &mut out);
    out
}

pub(super) struct Java<'l, 't> {
    low: &'l mut Lowering<'t>,
    /// The nearest thing a bare `break` leaves is a `switch`.
    in_switch: bool,
}

impl<'t> Java<'_, 't> {
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

    /// A dotted name without the blanks that may stand around its dots.
    fn dotted_text(&self, node: Node<'_>) -> String {
        self.text(node).split_whitespace().collect()
    }

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
