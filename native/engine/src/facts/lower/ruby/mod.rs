//! Ruby: the entry, which bare words are locals, and where the text of a heredoc stands. It must
//! not know the other languages.

mod assign;
mod branch;
mod call;
mod class;
mod expr;
mod literal;
mod loops;
mod method;
mod rescue;
mod stmt;
mod value;

use crate::hashing::{Map, Set};
use tree_sitter::Node;

use super::Lowering;
use super::grammar::Grammar;
use super::statement::Statements;
use crate::facts::ir::Stmt;

pub(super) fn module<'t>(low: &mut Lowering<'t>, root: Node<'t>) -> Vec<Stmt> {
    let heredocs = if low.text.contains("<<") {
        heredocs(root)
    } else {
        Map::default()
    };
    let mut ruby = Ruby {
        low,
        scopes: Vec::new(),
        jump: Jump::Method,
        visibility: Vec::new(),
        heredocs,
    };
    ruby.in_scope(false, |ruby| ruby.statements_of(root))
}

/// What `next`, `break` and `return` leave.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Jump {
    Method,
    Block,
    Lambda,
    Loop,
}

/// The names of one scope. A block sees the scope around it, a method does not.
#[derive(Default)]
struct Scope<'t> {
    names: Set<&'t str>,
    sees_outer: bool,
    /// The block has no parameters of its own, so `_1` and `it` are its parameters.
    implicit: bool,
    /// Implicit parameters met so far: `it` or the highest `_n`.
    met: Option<&'t str>,
}

/// Lowers one Ruby file.
struct Ruby<'a, 't> {
    low: &'a mut Lowering<'t>,
    scopes: Vec<Scope<'t>>,
    jump: Jump,
    visibility: Vec<class::Members>,
    /// By the start of `<<~SQL`: the node with its text.
    heredocs: Map<usize, Node<'t>>,
}

impl<'t> Grammar<'t> for Ruby<'_, 't> {
    fn low(&self) -> &Lowering<'t> {
        self.low
    }

    fn low_mut(&mut self) -> &mut Lowering<'t> {
        self.low
    }

    fn parts(node: Node<'t>) -> Vec<Node<'t>> {
        code(node)
    }
}

impl<'t> Ruby<'_, 't> {
    fn in_scope<T>(&mut self, sees_outer: bool, run: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.push(Scope {
            sees_outer,
            ..Scope::default()
        });
        let done = run(self);
        self.scopes.pop();
        done
    }

    fn jumping<T>(&mut self, jump: Jump, run: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.jump, jump);
        let done = run(self);
        self.jump = outer;
        done
    }

    fn declare(&mut self, name: &'t str) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.names.insert(name);
        }
    }

    /// A local of this scope, or of one it sees. `_1` and `it` become locals by being used.
    fn is_local(&mut self, name: &'t str) -> bool {
        for scope in self.scopes.iter().rev() {
            if scope.names.contains(name) {
                return true;
            }
            if !scope.sees_outer {
                break;
            }
        }
        let numbered = matches!(name.as_bytes(), [b'_', b'1'..=b'9']);
        match self.scopes.last_mut() {
            Some(scope) if scope.implicit && (numbered || name == "it") => {
                scope.met = scope.met.max(Some(name));
                true
            }
            _ => false,
        }
    }
}

/// Named children that are code: no comments, no heredoc text, no `__END__` data.
fn code<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor)
        .filter(|child| is_code(*child))
        .collect()
}

fn is_code(node: Node<'_>) -> bool {
    !matches!(
        node.kind(),
        "comment" | "heredoc_body" | "empty_statement" | "uninterpreted"
    )
}

/// The grammar hangs the text of a heredoc wherever the next line starts. Beginnings and texts come
/// in the same order.
fn heredocs<'t>(root: Node<'t>) -> Map<usize, Node<'t>> {
    let (mut beginnings, mut bodies) = (Vec::new(), Vec::new());
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        match node.kind() {
            "heredoc_beginning" => beginnings.push(node.start_byte()),
            "heredoc_body" => bodies.push(node),
            _ => {}
        }
        if !cursor.goto_first_child() {
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return beginnings.into_iter().zip(bodies).collect();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
