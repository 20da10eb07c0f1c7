//! Ruby's branches, loops and rescues, and what it means that they have a value.

use tree_sitter::Node;

use super::stmt::not;
use super::{Jump, Ruby, code};
use crate::facts::ir::{Expr, ExprKind, Lambda, Loop, LoopKind, Pattern, Span, Stmt, StmtKind};
use crate::facts::lower::{cut_expr, expr, fields, span, span_between};

impl<'t> Ruby<'_, 't> {
    pub(super) fn if_statement(&mut self, node: Node<'t>) -> StmtKind {
        let kind = node.kind();
        let condition = self.field_expr(node, "condition");
        let condition = if kind.starts_with("unless") {
            not(condition)
        } else {
            condition
        };
        if kind.ends_with("modifier") {
            return StmtKind::If {
                condition,
                then: self.field_stmt(node, "body"),
                otherwise: Vec::new(),
            };
        }
        let then = self.field_stmts(node, "consequence");
        let otherwise = node
            .child_by_field_name("alternative")
            .map_or_else(Vec::new, |it| self.alternative(it));
        StmtKind::If {
            condition,
            then,
            otherwise,
        }
    }

    /// A field that is one statement, not a list of them.
    fn field_stmt(&mut self, node: Node<'t>, field: &str) -> Vec<Stmt> {
        let mut out = Vec::new();
        if let Some(body) = node.child_by_field_name(field) {
            self.stmt(body, &mut out);
        }
        out
    }

    fn alternative(&mut self, node: Node<'t>) -> Vec<Stmt> {
        if node.kind() != "elsif" {
            return self.stmts(node);
        }
        if !self.low.enter(node) {
            return Vec::new();
        }
        let kind = self.if_statement(node);
        self.low.leave();
        vec![Stmt {
            kind,
            span: span(node),
        }]
    }

    pub(super) fn loop_statement(&mut self, node: Node<'t>) -> StmtKind {
        let kind = node.kind();
        if kind == "for" {
            return self.for_statement(node);
        }
        let test = node.child_by_field_name("condition");
        let body_node = node.child_by_field_name("body");
        let condition = self.field_expr(node, "condition");
        let condition = if kind.starts_with("until") {
            not(condition)
        } else {
            condition
        };
        // `begin … end while x` looks at `x` after the body.
        let after = kind.ends_with("modifier") && body_node.is_some_and(|it| it.kind() == "begin");
        let body = self.jumping(Jump::Loop, |ruby| {
            if kind.ends_with("modifier") {
                ruby.field_stmt(node, "body")
            } else {
                ruby.field_stmts(node, "body")
            }
        });
        let kind = match (is_true(&condition), after) {
            (true, _) => LoopKind::Forever,
            (false, true) => LoopKind::DoWhile,
            (false, false) => LoopKind::While,
        };
        let header = match test {
            Some(test) if !node.kind().ends_with("modifier") => span_between(node, test),
            Some(test) => span(test),
            None => span(node),
        };
        StmtKind::Loop(Loop {
            condition: (kind != LoopKind::Forever).then_some(condition),
            ..plain_loop(kind, header, body)
        })
    }

    fn for_statement(&mut self, node: Node<'t>) -> StmtKind {
        let value = node.child_by_field_name("value");
        let iterable = value.and_then(|value| code(value).first().copied());
        let target = node
            .child_by_field_name("pattern")
            .map_or(Pattern::Ignored, |it| self.pattern(it));
        let iterable = iterable.map(|it| self.expr(it));
        let body = self.jumping(Jump::Loop, |ruby| ruby.field_stmts(node, "body"));
        let header = value.map_or(span(node), |value| span_between(node, value));
        StmtKind::Loop(Loop {
            target: Some(target),
            iterable,
            ..plain_loop(LoopKind::ForEach, header, body)
        })
    }

    /// `loop do … end`
    pub(super) fn forever(&mut self, node: Node<'t>, block: Node<'t>) -> StmtKind {
        let body = self.in_scope(true, |ruby| {
            ruby.jumping(Jump::Loop, |ruby| {
                block
                    .child_by_field_name("body")
                    .map_or_else(Vec::new, |body| ruby.rescued(body))
            })
        });
        let header = Span {
            start: span(node).start,
            end: span(block).start,
        };
        StmtKind::Loop(plain_loop(LoopKind::Forever, header, body))
    }

    pub(super) fn case(&mut self, node: Node<'t>) -> StmtKind {
        let subject = node.child_by_field_name("value").map(|it| self.expr(it));
        let clauses: Vec<_> = code(node)
            .into_iter()
            .filter(|clause| matches!(clause.kind(), "when" | "in_clause" | "else"))
            .collect();
        if subject.is_none() {
            let mut chain = self.conditions(&clauses);
            return match chain.pop() {
                Some(Stmt { kind, .. }) if chain.is_empty() => kind,
                _ => super::stmt::scope(Vec::new()),
            };
        }
        let mut arms = Vec::new();
        for clause in clauses {
            if let Some(pattern) = clause
                .child_by_field_name("pattern")
                .filter(|it| it.kind() != "pattern")
            {
                self.declare_pattern(pattern);
            }
            let body = if clause.kind() == "else" {
                self.stmts(clause)
            } else {
                self.field_stmts(clause, "body")
            };
            arms.push(match clause.child_by_field_name("guard") {
                Some(guard) => {
                    let condition = self.field_expr(guard, "condition");
                    let condition = if guard.kind() == "unless_guard" {
                        not(condition)
                    } else {
                        condition
                    };
                    let kind = StmtKind::If {
                        condition,
                        then: body,
                        otherwise: Vec::new(),
                    };
                    vec![Stmt {
                        kind,
                        span: span(clause),
                    }]
                }
                None => body,
            });
        }
        StmtKind::Switch { subject, arms }
    }

    /// `case` without a subject is a chain of `if`.
    fn conditions(&mut self, clauses: &[Node<'t>]) -> Vec<Stmt> {
        let Some((clause, rest)) = clauses.split_first() else {
            return Vec::new();
        };
        if clause.kind() == "else" {
            return self.stmts(*clause);
        }
        if !self.low.enter(*clause) {
            return Vec::new();
        }
        let tests: Vec<_> = fields(*clause, "pattern").into_iter().flat_map(code).collect();
        let condition = match tests.as_slice() {
            [only] => self.expr(*only),
            many => expr(
                ExprKind::Opaque(many.iter().map(|it| self.expr(*it)).collect()),
                *clause,
            ),
        };
        let then = self.field_stmts(*clause, "body");
        let otherwise = self.conditions(rest);
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

    /// Names that a pattern binds are locals from here on.
    pub(super) fn declare_pattern(&mut self, node: Node<'t>) {
        if !self.low.enter(node) {
            return;
        }
        match node.kind() {
            "identifier" => self.declare(self.text(node)),
            // `in {name:}` binds the key.
            "keyword_pattern" if node.child_by_field_name("value").is_none() => {
                self.declare(self.low.field_text(node, "key"));
            }
            "variable_reference_pattern" | "expression_reference_pattern" => {}
            _ => code(node)
                .into_iter()
                .for_each(|child| self.declare_pattern(child)),
        }
        self.low.leave();
    }

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

    /// A statement where a value is wanted: `f(if a then b else c end)`. What has no form as an
    /// expression becomes a lambda that is called on the spot.
    pub(super) fn value_of(&mut self, node: Node<'t>) -> ExprKind {
        let mut body = Vec::new();
        self.stmt(node, &mut body);
        if let [
            Stmt {
                kind: StmtKind::If { then, otherwise, .. },
                ..
            },
        ] = body.as_slice()
            && matches!(
                then.as_slice(),
                [Stmt {
                    kind: StmtKind::Expr(_),
                    ..
                }]
            )
            && matches!(
                otherwise.as_slice(),
                [] | [Stmt {
                    kind: StmtKind::Expr(_),
                    ..
                }]
            )
        {
            return conditional(body, node);
        }
        if let [
            Stmt {
                kind: StmtKind::Expr(_),
                ..
            },
        ] = body.as_slice()
        {
            return only_value(body, node).kind;
        }
        tail(&mut body, &|value| StmtKind::Return(Some(value)));
        let lambda = Lambda {
            params: Vec::new(),
            is_async: false,
            body,
            span: span(node),
        };
        let callee = Box::new(expr(ExprKind::Lambda(Box::new(lambda)), node));
        ExprKind::Call {
            callee,
            args: Vec::new(),
            block: None,
            type_args: Vec::new(),
        }
    }
}

fn conditional(mut body: Vec<Stmt>, node: Node<'_>) -> ExprKind {
    match body.pop().map(|only| only.kind) {
        Some(StmtKind::If {
            condition,
            then,
            otherwise,
        }) => ExprKind::Conditional {
            condition: Box::new(condition),
            then: Box::new(only_value(then, node)),
            otherwise: Box::new(only_value(otherwise, node)),
        },
        _ => ExprKind::Opaque(Vec::new()),
    }
}

/// The expression of a list with one expression statement; `nil` of an empty one.
fn only_value(mut body: Vec<Stmt>, node: Node<'_>) -> Expr {
    match body.pop() {
        Some(Stmt {
            kind: StmtKind::Expr(value),
            ..
        }) => value,
        Some(_) => cut_expr(node),
        None => expr(ExprKind::Null, node),
    }
}

/// Rewrites the expressions whose value is the value of the whole list.
pub(super) fn tail(body: &mut [Stmt], wrap: &dyn Fn(Expr) -> StmtKind) {
    let Some(last) = body.last_mut() else { return };
    match &mut last.kind {
        StmtKind::Expr(value) => {
            let nothing = Expr {
                kind: ExprKind::Null,
                span: value.span,
            };
            last.kind = wrap(std::mem::replace(value, nothing));
        }
        StmtKind::If { then, otherwise, .. } => {
            tail(then, wrap);
            tail(otherwise, wrap);
        }
        StmtKind::Switch { arms, .. } => arms.iter_mut().for_each(|arm| tail(arm, wrap)),
        StmtKind::Try { body, handlers, .. } => {
            tail(body, wrap);
            handlers.iter_mut().for_each(|handler| tail(handler, wrap));
        }
        StmtKind::Scope { body, .. } => tail(body, wrap),
        _ => {}
    }
}

fn plain_loop(kind: LoopKind, header: Span, body: Vec<Stmt>) -> Loop {
    Loop {
        kind,
        is_async: false,
        target: None,
        target_ty: None,
        iterable: None,
        init: Vec::new(),
        condition: None,
        step: Vec::new(),
        body,
        header,
    }
}

/// `while true`, `until false`
fn is_true(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::Bool(value) => *value,
        ExprKind::Unary { op, operand } => op == "!" && matches!(operand.kind, ExprKind::Bool(false)),
        _ => false,
    }
}
