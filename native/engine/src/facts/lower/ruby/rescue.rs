//! Ruby bodies that may fail: `rescue`, `else`, `ensure` of a method, a block or `begin`.

use tree_sitter::Node;

use super::{Ruby, code};
use crate::facts::ir::{Stmt, StmtKind};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::forms::{assign, stmt};
use crate::facts::lower::grammar::Patterns;
use crate::facts::lower::statement::Statements;

impl<'t> Ruby<'_, 't> {
    /// A body with its `rescue`, `else` and `ensure`: of a method, a block or `begin`.
    pub(super) fn rescued(&mut self, node: Node<'t>) -> Vec<Stmt> {
        let (mut body, mut handlers, mut finally) = (Vec::new(), Vec::new(), Vec::new());
        let mut guarded = false;
        for child in code(node) {
            match child.kind() {
                "rescue" => {
                    guarded = true;
                    handlers.push(self.rescue(child));
                }
                "ensure" => {
                    guarded = true;
                    finally = self.statements_of(child);
                }
                // Runs once after the body, outside the handlers' reach.
                "else" => body.extend(self.statements_of(child)),
                _ => self.statement(child, &mut body),
            }
        }
        if !guarded {
            return body;
        }
        let kind = StmtKind::Try {
            body,
            handlers,
            finally,
        };
        vec![stmt(kind, node)]
    }

    fn rescue(&mut self, clause: Node<'t>) -> Vec<Stmt> {
        let mut body = Vec::new();
        if let Some(variable) = clause.field("variable")
            && let Some(name) = code(variable).first()
        {
            body.push(stmt(assign(self.pattern(*name), None, None), *name));
        }
        body.extend(self.field_body(clause, "body"));
        body
    }

    pub(super) fn rescue_modifier(&mut self, node: Node<'t>) -> StmtKind {
        let body = self.field_stmt(node, "body");
        let handlers = vec![self.field_stmt(node, "handler")];
        StmtKind::Try {
            body,
            handlers,
            finally: Vec::new(),
        }
    }
}
