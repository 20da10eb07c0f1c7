//! Python: the entry, the names that stand for the object itself, and imports. It must not know
//! the other languages.

mod annotation;
mod class;
mod expr;
mod function;
mod literal;
mod pattern;
mod stmt;

use tree_sitter::Node;

use super::grammar::Grammar;
use super::statement::Statements;
use super::{Lowering, fields, named, span};
use crate::facts::ir::{Import, ImportedName, Stmt};

pub(super) fn module<'t>(low: &mut Lowering<'t>, root: Node<'t>) -> Vec<Stmt> {
    Python { low, this: None }.statements_of(root)
}

/// Lowers one Python file.
struct Python<'a, 't> {
    low: &'a mut Lowering<'t>,
    /// What the innermost method calls its object (`self`, `cls`).
    this: Option<&'t str>,
}

impl<'t> Grammar<'t> for Python<'_, 't> {
    fn low(&self) -> &Lowering<'t> {
        self.low
    }

    fn low_mut(&mut self) -> &mut Lowering<'t> {
        self.low
    }
}

impl<'t> Python<'_, 't> {
    /// `import a.b` binds the dotted path, `import a.b as c` binds `c`.
    fn import(&mut self, node: Node<'t>) {
        for name in fields(node, "name") {
            let (module, local) = self.imported(name);
            let names = vec![ImportedName {
                imported: "*".to_string(),
                local,
            }];
            self.low.imports.push(Import {
                module,
                names,
                span: span(node),
            });
        }
    }

    /// `from .a import b as c`, `from a import *` (which binds no name we could know).
    fn import_from(&mut self, node: Node<'t>) {
        let module = match node.kind() {
            "future_import_statement" => "__future__".to_string(),
            _ => squeezed(self.low.field_text(node, "module_name")),
        };
        let names = fields(node, "name")
            .into_iter()
            .map(|name| {
                let (imported, local) = self.imported(name);
                ImportedName { imported, local }
            })
            .collect();
        self.low.imports.push(Import {
            module,
            names,
            span: span(node),
        });
    }

    fn imported(&self, name: Node<'t>) -> (String, String) {
        if name.kind() == "aliased_import" {
            (
                squeezed(self.low.field_text(name, "name")),
                self.low.field_text(name, "alias").to_string(),
            )
        } else {
            let whole = squeezed(self.text(name));
            (whole.clone(), whole)
        }
    }

    /// Definitions that stand inside text which does not parse: no finding is reported there, but
    /// other files may refer to them.
    fn salvage(&mut self, error: Node<'t>, out: &mut Vec<Stmt>) {
        for child in named(error) {
            if matches!(
                child.kind(),
                "class_definition" | "function_definition" | "decorated_definition"
            ) {
                self.statement(child, out);
            }
        }
    }
}

/// Without white space: `. models` is written by no formatter but is legal.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

#[cfg(test)]
mod tests;
