//! Statements of TypeScript and JavaScript. What declares (functions, classes, variables) is in
//! the files next to this one.

use tree_sitter::Node;

use super::Ecma;
use crate::facts::ir::{Expr, ExprKind, Loop, LoopKind, Pattern, Span, Stmt, StmtKind};
use crate::facts::lower::{
    child_of_kind, expression_statement, fields, has_token, is_comment, named, span, span_between,
};

impl<'t> Ecma<'_, 't> {
    /// All statements directly under a node: a module, a block, a broken stretch.
    pub(super) fn statements(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let children = named(node);
        for (at, child) in children.iter().enumerate() {
            if !self.is_overload(*child, children.get(at + 1)) {
                self.statement(*child, out);
            }
        }
    }

    /// Body of a loop, branch or function: a block's statements, or the one statement.
    pub(super) fn body(&mut self, node: Option<Node<'t>>) -> Vec<Stmt> {
        let mut out = Vec::new();
        match node {
            Some(block) if block.kind() == "statement_block" => self.statements(block, &mut out),
            Some(single) => self.statement(single, &mut out),
            None => {}
        }
        out
    }

    pub(super) fn statement(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        if !self.low.enter(node) {
            return;
        }
        if !self.declaration(node, out) && !self.loop_statement(node, out) {
            self.other_statement(node, out);
        }
        self.low.leave();
    }

    fn other_statement(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let kind = match node.kind() {
            "expression_statement" => {
                for child in named(node) {
                    self.expression_statement(child, node, out);
                }
                return;
            }
            "if_statement" => self.if_statement(node),
            "switch_statement" => self.switch_statement(node),
            "try_statement" => self.try_statement(node),
            "statement_block" => StmtKind::Scope {
                bindings: Vec::new(),
                body: self.body(Some(node)),
            },
            "with_statement" => StmtKind::Scope {
                bindings: self
                    .optional(node.child_by_field_name("object"))
                    .map(|object| (None, object))
                    .into_iter()
                    .collect(),
                body: self.body(node.child_by_field_name("body")),
            },
            "labeled_statement" => {
                if let Some(body) = node.child_by_field_name("body") {
                    self.statement(body, out);
                }
                return;
            }
            "return_statement" => StmtKind::Return(self.first_expression(node)),
            "throw_statement" => StmtKind::Raise(self.first_expression(node)),
            "break_statement" if self.in_switch && node.child_by_field_name("label").is_none() => return,
            "break_statement" => StmtKind::Break,
            "continue_statement" => StmtKind::Continue,
            "else_clause" | "class_body" | "ERROR" => {
                self.statements(node, out);
                return;
            }
            "method_definition" => {
                self.method(node, Vec::new());
                return;
            }
            kind if is_expression(kind) => {
                self.expression_statement(node, node, out);
                return;
            }
            _ => return,
        };
        out.push(Stmt {
            kind,
            span: span(node),
        });
    }

    /// One expression as a statement: assignments become statements, sequences are taken apart.
    pub(super) fn expression_statement(&mut self, node: Node<'t>, whole: Node<'t>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "sequence_expression" => {
                for part in named(node) {
                    self.expression_statement(part, part, out);
                }
                return;
            }
            "internal_module" => {
                self.statement(node, out);
                return;
            }
            _ => {}
        }
        let value = self.expression(node);
        out.push(expression_statement(value, whole));
    }

    fn if_statement(&mut self, node: Node<'t>) -> StmtKind {
        StmtKind::If {
            condition: self.required(node, "condition"),
            then: self.body(node.child_by_field_name("consequence")),
            otherwise: match node.child_by_field_name("alternative") {
                Some(clause) => self.body(named(clause).into_iter().next()),
                None => Vec::new(),
            },
        }
    }

    fn switch_statement(&mut self, node: Node<'t>) -> StmtKind {
        let subject = self.optional(node.child_by_field_name("value"));
        let cases = node.child_by_field_name("body").map(named).unwrap_or_default();
        let arms = self.breaking_switch(true, |ecma| {
            cases
                .into_iter()
                .map(|case| {
                    let mut arm = Vec::new();
                    for statement in fields(case, "body") {
                        ecma.statement(statement, &mut arm);
                    }
                    arm
                })
                .collect()
        });
        StmtKind::Switch { subject, arms }
    }

    fn try_statement(&mut self, node: Node<'t>) -> StmtKind {
        let body = self.body(node.child_by_field_name("body"));
        let handlers = fields(node, "handler")
            .into_iter()
            .map(|clause| {
                let mut handler = Vec::new();
                if let Some(parameter) = clause.child_by_field_name("parameter") {
                    handler.push(Stmt {
                        kind: StmtKind::Assign {
                            target: self.pattern(parameter),
                            op: None,
                            ty: None,
                            value: None,
                        },
                        span: span(parameter),
                    });
                }
                handler.append(&mut self.body(clause.child_by_field_name("body")));
                handler
            })
            .collect();
        let finalizer = node.child_by_field_name("finalizer");
        let finally = self.body(finalizer.and_then(|clause| clause.child_by_field_name("body")));
        StmtKind::Try {
            body,
            handlers,
            finally,
        }
    }

    /// Lowers a loop; `false` when the node is none.
    fn loop_statement(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) -> bool {
        let lowered = match node.kind() {
            "for_in_statement" => self.for_each(node),
            "for_statement" => self.counting_loop(node),
            "while_statement" | "do_statement" => self.while_loop(node),
            _ => return false,
        };
        out.push(Stmt {
            kind: StmtKind::Loop(lowered),
            span: span(node),
        });
        true
    }

    fn loop_body(&mut self, node: Node<'t>) -> Vec<Stmt> {
        self.breaking_switch(false, |ecma| ecma.body(node.child_by_field_name("body")))
    }

    fn for_each(&mut self, node: Node<'t>) -> Loop {
        let left = node.child_by_field_name("left");
        let target = left.map_or(Pattern::Ignored, |left| self.pattern(left));
        let iterable = self.optional(node.child_by_field_name("right"));
        Loop {
            kind: LoopKind::ForEach,
            is_async: has_token(node, "await"),
            target: Some(target),
            target_ty: None,
            iterable,
            init: Vec::new(),
            condition: None,
            step: Vec::new(),
            body: self.loop_body(node),
            header: header(node),
        }
    }

    fn counting_loop(&mut self, node: Node<'t>) -> Loop {
        let mut init = Vec::new();
        for part in fields(node, "initializer") {
            self.loop_part(part, &mut init);
        }
        let condition = fields(node, "condition")
            .into_iter()
            .find(|part| part.is_named() && part.kind() != "empty_statement")
            .map(|part| self.expression(part));
        let mut step = Vec::new();
        for part in fields(node, "increment") {
            self.loop_part(part, &mut step);
        }
        let forever = condition.as_ref().is_none_or(is_true);
        Loop {
            kind: if forever { LoopKind::Forever } else { LoopKind::For },
            is_async: false,
            target: None,
            target_ty: None,
            iterable: None,
            init,
            condition: condition.filter(|_| !forever),
            step,
            body: self.loop_body(node),
            header: header(node),
        }
    }

    /// `init` and `step` of a `for`: a declaration, or expressions without their semicolon.
    fn loop_part(&mut self, part: Node<'t>, out: &mut Vec<Stmt>) {
        if is_expression(part.kind()) {
            self.expression_statement(part, part, out);
        } else if part.is_named() {
            self.statement(part, out);
        }
    }

    fn while_loop(&mut self, node: Node<'t>) -> Loop {
        let condition = self.optional(node.child_by_field_name("condition"));
        let is_do = node.kind() == "do_statement";
        let kind = match &condition {
            Some(value) if is_true(value) => LoopKind::Forever,
            _ if is_do => LoopKind::DoWhile,
            _ => LoopKind::While,
        };
        let header = match (is_do, node.child(0), node.child_by_field_name("condition")) {
            (true, Some(keyword), _) => span(keyword),
            (false, _, Some(test)) => span_between(node, test),
            _ => span(node),
        };
        Loop {
            kind,
            is_async: false,
            target: None,
            target_ty: None,
            iterable: None,
            init: Vec::new(),
            condition: condition.filter(|_| kind != LoopKind::Forever),
            step: Vec::new(),
            body: self.loop_body(node),
            header,
        }
    }

    fn first_expression(&mut self, node: Node<'t>) -> Option<Expr> {
        let first = named(node).into_iter().next();
        self.optional(first)
    }
}

fn header(node: Node<'_>) -> Span {
    child_of_kind(node, ")").map_or(span(node), |end| span_between(node, end))
}

fn is_true(value: &Expr) -> bool {
    matches!(&value.kind, ExprKind::Bool(true))
        || matches!(&value.kind, ExprKind::Number(text) if text == "1")
}

/// Node kinds of expressions; used where the grammar allows both, and in broken code.
fn is_expression(kind: &str) -> bool {
    kind.ends_with("_expression")
        || matches!(
            kind,
            "identifier" | "this" | "super" | "string" | "template_string" | "number" | "object" | "array"
        )
        || matches!(
            kind,
            "arrow_function" | "jsx_element" | "jsx_self_closing_element"
        )
}

/// Children that carry meaning, named or not: positions of array patterns need the commas.
pub(super) fn all_children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .filter(|child| !is_comment(*child))
        .collect()
}
