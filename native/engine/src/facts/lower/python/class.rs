//! Python classes: bases, class-level assignments as fields, calls in the body as macros.

use tree_sitter::Node;

use super::Python;
use crate::facts::ir::{ClassId, ClassKind, Decorator, Expr, ExprKind, Field, Pattern, StmtKind, TypeRef};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::grammar::{Patterns, Types};
use crate::facts::lower::statement::Statements;
use crate::facts::lower::{named, span};

impl<'t> Python<'_, 't> {
    pub(super) fn class(
        &mut self,
        node: Node<'t>,
        whole: Node<'t>,
        mut decorators: Vec<Decorator>,
    ) -> StmtKind {
        let list = node.field("superclasses");
        let (keywords, positional): (Vec<_>, Vec<_>) = list
            .map(named)
            .unwrap_or_default()
            .into_iter()
            .partition(|base| matches!(base.kind(), "keyword_argument" | "dictionary_splat"));
        let bases = self.types(&positional);
        if let (Some(list), false) = (list, keywords.is_empty()) {
            let args = keywords.into_iter().map(|keyword| self.arg(keyword)).collect();
            decorators.push(Decorator {
                name: "class".to_string(),
                args,
                span: span(list),
            });
        }
        let outer = self.this.take();
        let name = self.low.field_text(node, "name");
        let kind = kind(&bases);
        let id = self.low.open_class(name, kind, bases, decorators, whole);
        if let Some(body) = node.field("body") {
            self.members(id, body);
        }
        self.low.close_class();
        self.this = outer;
        StmtKind::Class(id)
    }

    /// What a class body defines; also below `if`, `try` and `with` in it.
    fn members(&mut self, class: ClassId, block: Node<'t>) {
        if !self.low.enter(block) {
            return;
        }
        for child in named(block) {
            match child.kind() {
                "expression_statement" => self.member(class, child),
                "if_statement" | "elif_clause" | "else_clause" | "try_statement" | "except_clause"
                | "finally_clause" | "with_statement" | "for_statement" | "while_statement" | "block" => {
                    self.members(class, child);
                }
                "function_definition"
                | "class_definition"
                | "decorated_definition"
                | "ERROR"
                | "import_statement"
                | "import_from_statement" => {
                    self.statement(child, &mut Vec::new());
                }
                _ => {}
            }
        }
        self.low.leave();
    }

    fn member(&mut self, class: ClassId, statement: Node<'t>) {
        for node in named(statement) {
            match node.kind() {
                "assignment" => self.field(class, node),
                "call" | "await" => {
                    let value = self.expression(node);
                    if let Some(class) = self.low.class_mut(class) {
                        class.macros.push(value);
                    }
                }
                _ => {}
            }
        }
    }

    fn field(&mut self, class: ClassId, node: Node<'t>) {
        let target = self.field_pattern(node, "left");
        let ty = self.optional_type(node.field("type"));
        let value = self.optional(node.field("right"));
        let mut fields = Vec::new();
        bind(&target, value, ty, node, &mut fields);
        self.low.add_fields(class, fields);
    }
}

/// `a = b = value` gives both names the value; `a, b = value` only their names.
fn bind(target: &Pattern, value: Option<Expr>, ty: Option<TypeRef>, node: Node<'_>, out: &mut Vec<Field>) {
    let value = match value {
        Some(Expr {
            kind:
                ExprKind::Assign {
                    target,
                    op: None,
                    value,
                },
            ..
        }) => {
            bind(&target, Some((*value).clone()), None, node, out);
            last_value(*value)
        }
        other => other,
    };
    match target {
        Pattern::Name { name, .. } => out.push(Field {
            name: name.clone(),
            ty,
            decorators: Vec::new(),
            value,
            is_static: false,
            span: span(node),
        }),
        Pattern::Sequence(parts) => parts.iter().for_each(|part| bind(part, None, None, node, out)),
        _ => {}
    }
}

fn last_value(mut value: Expr) -> Option<Expr> {
    while let ExprKind::Assign { value: inner, .. } = value.kind {
        value = *inner;
    }
    Some(value)
}

fn kind(bases: &[TypeRef]) -> ClassKind {
    let named = |ends: &[&str]| {
        bases
            .iter()
            .any(|base| ends.iter().any(|end| base.short().ends_with(end)))
    };
    if named(&["Enum", "Choices", "Flag"]) {
        ClassKind::Enum
    } else if named(&["Protocol"]) {
        ClassKind::Interface
    } else {
        ClassKind::Class
    }
}
