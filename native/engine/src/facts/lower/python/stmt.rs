//! Python statements.

use tree_sitter::Node;

use super::Python;
use crate::facts::ir::{Expr, ExprKind, Loop, LoopKind, Pattern, Span, Stmt, StmtKind};
use crate::facts::lower::{child_of_kind, cut_expr, expr, fields, has_token, named, span, span_between};

impl<'t> Python<'_, 't> {
    /// The statements of a module or block.
    pub(super) fn stmts(&mut self, block: Node<'t>) -> Vec<Stmt> {
        let mut out = Vec::new();
        for child in named(block) {
            self.stmt(child, &mut out);
        }
        out
    }

    fn body(&mut self, node: Node<'t>, field: &str) -> Vec<Stmt> {
        node.child_by_field_name(field)
            .map_or_else(Vec::new, |block| self.stmts(block))
    }

    /// One statement; becomes none, one or several.
    pub(super) fn stmt(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        if !self.low.enter(node) {
            return;
        }
        self.stmt_inside(node, out);
        self.low.leave();
    }

    /// One local for all arms: the frame of this function counts in deep code.
    fn stmt_inside(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let kind = match node.kind() {
            "expression_statement" => self.expression_statement(node),
            "if_statement" => self.if_statement(node),
            "with_statement" => self.with_statement(node),
            "try_statement" => self.try_statement(node),
            "match_statement" => self.match_statement(node),
            "return_statement" => StmtKind::Return(named(node).first().map(|it| self.expr(*it))),
            // Without its cause (`from e`).
            "raise_statement" => StmtKind::Raise(named(node).first().map(|it| self.expr(*it))),
            "break_statement" => StmtKind::Break,
            "continue_statement" => StmtKind::Continue,
            "function_definition" | "class_definition" | "decorated_definition" => {
                match self.definition(node) {
                    Some(kind) => kind,
                    None => return,
                }
            }
            "for_statement" | "while_statement" => return self.loop_statement(node, out),
            "import_statement" => return self.import(node),
            "import_from_statement" | "future_import_statement" => return self.import_from(node),
            // No code runs, or none that an analysis could use.
            "pass_statement" | "global_statement" | "nonlocal_statement" | "type_alias_statement" => return,
            "ERROR" => return self.salvage(node, out),
            // `assert`, `del`, and what the grammar will add.
            _ => StmtKind::Expr(expr(ExprKind::Opaque(self.exprs(&named(node))), node)),
        };
        out.push(Stmt {
            kind,
            span: span(node),
        });
    }

    fn expression_statement(&mut self, node: Node<'t>) -> StmtKind {
        let children = named(node);
        match children.as_slice() {
            [only] if only.kind() == "assignment" => StmtKind::Assign {
                target: self.field_pattern(*only, "left"),
                op: None,
                ty: only.child_by_field_name("type").map(|ty| self.type_ref(ty)),
                value: only.child_by_field_name("right").map(|right| self.expr(right)),
            },
            [only] if only.kind() == "augmented_assignment" => {
                let op = self
                    .low
                    .field_text(*only, "operator")
                    .trim_end_matches('=')
                    .to_string();
                StmtKind::Assign {
                    target: self.field_pattern(*only, "left"),
                    op: Some(op),
                    ty: None,
                    value: only.child_by_field_name("right").map(|right| self.expr(right)),
                }
            }
            [only] => StmtKind::Expr(self.expr(*only)),
            many => StmtKind::Expr(expr(ExprKind::List(self.exprs(many)), node)),
        }
    }

    pub(super) fn field_pattern(&mut self, node: Node<'t>, field: &str) -> Pattern {
        node.child_by_field_name(field)
            .map_or(Pattern::Ignored, |it| self.pattern(it))
    }

    /// A field's expression; empty `Opaque` where broken code lacks it.
    pub(super) fn field_expr(&mut self, node: Node<'t>, field: &str) -> Expr {
        node.child_by_field_name(field)
            .map_or_else(|| cut_expr(node), |it| self.expr(it))
    }

    fn if_statement(&mut self, node: Node<'t>) -> StmtKind {
        let condition = self.field_expr(node, "condition");
        let then = self.body(node, "consequence");
        let otherwise = self.alternatives(&fields(node, "alternative"));
        StmtKind::If {
            condition,
            then,
            otherwise,
        }
    }

    /// A chain of `elif` nests as deep as it is long.
    fn alternatives(&mut self, clauses: &[Node<'t>]) -> Vec<Stmt> {
        let Some((clause, rest)) = clauses.split_first() else {
            return Vec::new();
        };
        if clause.kind() != "elif_clause" {
            return self.body(*clause, "body");
        }
        if !self.low.enter(*clause) {
            return Vec::new();
        }
        let condition = self.field_expr(*clause, "condition");
        let then = self.body(*clause, "consequence");
        let otherwise = self.alternatives(rest);
        self.low.leave();
        vec![Stmt {
            kind: StmtKind::If {
                condition,
                then,
                otherwise,
            },
            span: span(*clause),
        }]
    }

    fn loop_statement(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let each = node.kind() == "for_statement";
        let head = node.child_by_field_name(if each { "right" } else { "condition" });
        let header = head.map_or(span(node), |head| span_between(node, head));
        let condition = if each {
            None
        } else {
            head.map(|head| self.expr(head))
        };
        let forever = condition.as_ref().is_some_and(|it| match &it.kind {
            ExprKind::Bool(value) => *value,
            ExprKind::Number(value) => value == "1",
            _ => false,
        });
        let it = Loop {
            kind: match (each, forever) {
                (true, _) => LoopKind::ForEach,
                (false, true) => LoopKind::Forever,
                (false, false) => LoopKind::While,
            },
            is_async: has_token(node, "async"),
            target: each.then(|| self.field_pattern(node, "left")),
            target_ty: None,
            iterable: if each {
                head.map(|head| self.expr(head))
            } else {
                None
            },
            init: Vec::new(),
            condition: condition.filter(|_| !forever),
            step: Vec::new(),
            body: self.body(node, "body"),
            header,
        };
        out.push(Stmt {
            kind: StmtKind::Loop(it),
            span: span(node),
        });
        if let Some(clause) = node.child_by_field_name("alternative") {
            // `else` of a loop: runs once, if nothing broke out of it.
            let kind = StmtKind::If {
                condition: cut_expr(clause),
                then: self.body(clause, "body"),
                otherwise: Vec::new(),
            };
            out.push(Stmt {
                kind,
                span: span(clause),
            });
        }
    }

    fn with_statement(&mut self, node: Node<'t>) -> StmtKind {
        let mut bindings = Vec::new();
        for item in child_of_kind(node, "with_clause").map(named).unwrap_or_default() {
            let Some(value) = item.child_by_field_name("value") else {
                continue;
            };
            // `with (a as b, c as d):` is a tuple of `as` patterns to the grammar.
            let parts = if value.kind() == "tuple" {
                named(value)
            } else {
                vec![value]
            };
            let tuple = parts.iter().any(|part| part.kind() == "as_pattern");
            for part in if tuple { parts } else { vec![value] } {
                bindings.push(self.bound(part));
            }
        }
        StmtKind::Scope {
            bindings,
            body: self.body(node, "body"),
        }
    }

    /// `value as target` or a bare value.
    fn bound(&mut self, node: Node<'t>) -> (Option<Pattern>, Expr) {
        if node.kind() != "as_pattern" {
            return (None, self.expr(node));
        }
        let target = node
            .child_by_field_name("alias")
            .and_then(|alias| named(alias).first().copied())
            .map(|alias| self.pattern(alias));
        let value = named(node)
            .first()
            .map_or_else(|| cut_expr(node), |value| self.expr(*value));
        (target, value)
    }

    fn try_statement(&mut self, node: Node<'t>) -> StmtKind {
        let mut body = self.body(node, "body");
        let (mut handlers, mut finally) = (Vec::new(), Vec::new());
        for clause in named(node) {
            match clause.kind() {
                "except_clause" | "except_group_clause" => handlers.push(self.handler(clause)),
                // Runs once after the body, outside the handlers' reach.
                "else_clause" => body.extend(self.body(clause, "body")),
                "finally_clause" => {
                    finally = child_of_kind(clause, "block").map_or_else(Vec::new, |it| self.stmts(it));
                }
                _ => {}
            }
        }
        StmtKind::Try {
            body,
            handlers,
            finally,
        }
    }

    fn handler(&mut self, clause: Node<'t>) -> Vec<Stmt> {
        let mut body = Vec::new();
        let alias = clause.child_by_field_name("alias").or_else(|| {
            let caught = clause.child_by_field_name("value")?;
            let alias = caught.child_by_field_name("alias")?;
            Some(named(alias).first().copied().unwrap_or(alias))
        });
        if let Some(alias) = alias {
            let target = self.pattern(alias);
            let kind = StmtKind::Assign {
                target,
                op: None,
                ty: None,
                value: None,
            };
            body.push(Stmt {
                kind,
                span: span(alias),
            });
        }
        if let Some(block) = child_of_kind(clause, "block") {
            body.extend(self.stmts(block));
        }
        body
    }

    fn match_statement(&mut self, node: Node<'t>) -> StmtKind {
        let subjects = fields(node, "subject");
        let subject = match subjects.as_slice() {
            [] => None,
            [only] => Some(self.expr(*only)),
            [first, .., last] => {
                let whole = Span {
                    start: span(*first).start,
                    end: span(*last).end,
                };
                Some(Expr {
                    kind: ExprKind::List(self.exprs(&subjects)),
                    span: whole,
                })
            }
        };
        let cases = node.child_by_field_name("body").map(named).unwrap_or_default();
        let mut arms = Vec::new();
        for case in cases.into_iter().filter(|case| case.kind() == "case_clause") {
            let body = self.body(case, "consequence");
            let guard = case
                .child_by_field_name("guard")
                .and_then(|guard| named(guard).first().copied());
            arms.push(match guard {
                Some(guard) => {
                    let condition = self.expr(guard);
                    let kind = StmtKind::If {
                        condition,
                        then: body,
                        otherwise: Vec::new(),
                    };
                    vec![Stmt {
                        kind,
                        span: span(case),
                    }]
                }
                None => body,
            });
        }
        StmtKind::Switch { subject, arms }
    }
}
