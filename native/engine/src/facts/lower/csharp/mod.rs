//! Lowers C#. It must not know a framework: attributes and calls are kept as written.

mod class;
mod creation;
mod expression;
mod function;
mod literal;
mod pattern;
mod property;
mod query;
mod statement;
mod written;

#[cfg(test)]
mod tests;

use tree_sitter::Node;

use super::grammar::{Grammar, Types};
use super::statement::Statements;
use super::{Lowering, is_comment, span};
use crate::facts::ir::{Import, ImportedName, Stmt};
use crate::facts::lower::by_field::ByField;

/// Types and top-level statements of a file; members go into `low`.
pub(super) fn module<'t>(low: &mut Lowering<'t>, root: Node<'t>) -> Vec<Stmt> {
    CSharp { low }.statements_of(root)
}

struct CSharp<'l, 't> {
    low: &'l mut Lowering<'t>,
}

impl<'t> Grammar<'t> for CSharp<'_, 't> {
    fn low(&self) -> &Lowering<'t> {
        self.low
    }

    fn low_mut(&mut self) -> &mut Lowering<'t> {
        self.low
    }

    fn parts(node: Node<'t>) -> Vec<Node<'t>> {
        parts(node)
    }
}

impl<'t> CSharp<'_, 't> {
    /// The file's package is its first namespace; types of later ones are filed under it too.
    fn namespace(&mut self, node: Node<'t>) {
        if self.low.package.is_empty()
            && let Some(name) = node.field("name")
        {
            self.low.package = self.type_ref(name).name;
        }
    }

    /// `using X.Y;` binds nothing by name, `using A = X.Y;` binds `A`.
    fn using(&mut self, node: Node<'t>) {
        let alias = node.field("name");
        let Some(target) = parts(node).into_iter().rfind(|part| Some(*part) != alias) else {
            return;
        };
        let names = alias.map(|alias| ImportedName {
            imported: "*".to_string(),
            local: self.text(alias).to_string(),
        });
        let module = self.type_ref(target).name;
        self.low.imports.push(Import {
            module,
            names: names.into_iter().collect(),
            span: span(node),
        });
    }
}

/// Children that carry meaning. `this` and `base` have no named node; `#region` and other
/// directives may stand anywhere and mean nothing, but `#if` holds code.
fn parts(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .filter(|child| child.is_named() || matches!(child.kind(), "this" | "base"))
        .filter(|child| !is_comment(*child) && !is_directive(child.kind()))
        .collect()
}

fn is_directive(kind: &str) -> bool {
    kind.starts_with("preproc_") && !matches!(kind, "preproc_if" | "preproc_elif" | "preproc_else")
}

/// The code inside `#if … #elif … #else … #endif`: every branch, without the condition.
fn branches(node: Node<'_>) -> Vec<Node<'_>> {
    let condition = node.field("condition");
    let mut code = parts(node);
    code.retain(|part| Some(*part) != condition);
    code
}
