//! Ruby bodies that may fail: `rescue`, `else`, `ensure` of a method, a block or `begin`.

use tree_sitter::Node;

use super::{Ruby, code};
use crate::facts::ir::{Stmt, StmtKind};
use crate::facts::lower::span;

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
                    finally = self.stmts(child);
                }
                // Runs once after the body, outside the handlers' reach.
                "else" => body.extend(self.stmts(child)),
                _ => self.stmt(child, &mut body),
            }
        }
        if !guarded {
            return body;
        }
        vec![Stmt {
            kind: StmtKind::Try {
                body,
                handlers,
                finally,
            },
            span: span(node),
        }]
    }

    fn rescue(&mut self, clause: Node<'t>) -> Vec<Stmt> {
        let mut body = Vec::new();
        if let Some(variable) = clause.child_by_field_name("variable")
            && let Some(name) = code(variable).first()
        {
            let target = self.pattern(*name);
            let kind = StmtKind::Assign {
                target,
                op: None,
                ty: None,
                value: None,
            };
            body.push(Stmt {
                kind,
                span: span(*name),
            });
        }
        body.extend(self.field_stmts(clause, "body"));
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
