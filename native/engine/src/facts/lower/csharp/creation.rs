//! What C# makes: objects with initialisers, anonymous objects, arrays and collections.

use tree_sitter::Node;

use super::{CSharp, parts};
use crate::facts::ir::{Expr, ExprKind, TypeRef};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::child_of_kind;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{cut_expr, expr, plain};
use crate::facts::lower::grammar::Grammar;

impl<'t> CSharp<'_, 't> {
    /// `new Order(1) { … }`, and `new(1) { … }`, whose class is empty unless `typed_value` knows it.
    pub(super) fn object_creation(&mut self, node: Node<'t>) -> ExprKind {
        let class = self.declared_type(node, "type").unwrap_or_else(|| plain(""));
        let args = self.arguments(child_of_kind(node, "argument_list"));
        let initializer = match child_of_kind(node, "initializer_expression") {
            Some(initializer) => self.initializer(initializer),
            None => Vec::new(),
        };
        ExprKind::New {
            class,
            args,
            initializer,
        }
    }

    /// A value whose type is declared where it goes.
    pub(super) fn typed_value(&mut self, node: Node<'t>, ty: Option<&TypeRef>) -> Expr {
        let mut value = self.expression(node);
        if let (ExprKind::New { class, .. }, Some(ty)) = (&mut value.kind, ty)
            && class.name.is_empty()
        {
            *class = TypeRef {
                nullable: false,
                ..ty.clone()
            };
        }
        value
    }

    /// `{ Id = 1, [k] = 2 }` as one map, or the elements.
    fn initializer(&mut self, node: Node<'t>) -> Vec<Expr> {
        let mut entries = Vec::new();
        let mut elements = Vec::new();
        for part in parts(node) {
            if part.kind() == "assignment_expression" {
                let key = match part.field("left") {
                    Some(left) => self.entry_key(left),
                    None => cut_expr(part),
                };
                entries.push((key, self.required(part, "right")));
            } else {
                elements.push(self.expression(part));
            }
        }
        if !entries.is_empty() {
            elements.insert(0, expr(ExprKind::Map(entries), node));
        }
        elements
    }

    /// `point with { X = 1 }`: a copy, made from the old value and what is set.
    pub(super) fn with_expression(&mut self, node: Node<'t>) -> ExprKind {
        let mut values = Vec::new();
        for part in parts(node) {
            if part.kind() == "with_initializer" {
                let set = parts(part).into_iter().next_back();
                values.extend(set.map(|value| self.expression(value)));
            } else {
                values.push(self.expression(part));
            }
        }
        ExprKind::Opaque(values)
    }

    fn entry_key(&mut self, left: Node<'t>) -> Expr {
        match left.kind() {
            "element_binding_expression" => {
                let index = parts(left).into_iter().next();
                index.map_or_else(|| cut_expr(left), |index| self.argument(index).value)
            }
            _ => expr(ExprKind::Str(self.text(left).to_string()), left),
        }
    }

    /// `new { order.Id, Name = x }`.
    pub(super) fn anonymous_object(&mut self, node: Node<'t>) -> ExprKind {
        let mut entries = Vec::new();
        let mut name: Option<Node<'t>> = None;
        let mut cursor = node.walk();
        let children: Vec<_> = node.children(&mut cursor).collect();
        for (at, child) in children.iter().enumerate() {
            let assigned = children.get(at + 1).is_some_and(|next| next.kind() == "=");
            if assigned {
                name = Some(*child);
            } else if child.is_named() || child.kind() == "this" {
                let value = self.expression(*child);
                let key = match name.take() {
                    Some(name) => self.text(name).to_string(),
                    None => last_name(&value).to_string(),
                };
                entries.push((expr(ExprKind::Str(key), *child), value));
            }
        }
        ExprKind::Map(entries)
    }

    /// `new[] { … }`, `new int[n]`, `[a, ..b]`, `{ a, b }`.
    pub(super) fn collection(&mut self, node: Node<'t>) -> ExprKind {
        match node.kind() {
            "array_creation_expression" | "stackalloc_expression" | "implicit_array_creation_expression" => {
                match child_of_kind(node, "initializer_expression") {
                    Some(values) => self.list(values),
                    None => ExprKind::Opaque(self.sizes(node)),
                }
            }
            "initializer_expression" => {
                let mut values = self.initializer(node);
                match values.pop() {
                    Some(Expr {
                        kind: ExprKind::Map(entries),
                        ..
                    }) if values.is_empty() => ExprKind::Map(entries),
                    last => {
                        values.extend(last);
                        ExprKind::List(values)
                    }
                }
            }
            _ => self.list(node),
        }
    }

    fn list(&mut self, node: Node<'t>) -> ExprKind {
        ExprKind::List(parts(node).into_iter().map(|item| self.item(item)).collect())
    }

    fn item(&mut self, node: Node<'t>) -> Expr {
        let inner = parts(node).into_iter().next();
        match (node.kind(), inner) {
            ("collection_element" | "expression_element", Some(inner)) if self.low.enter(inner) => {
                let item = self.item(inner);
                self.low.leave();
                item
            }
            ("spread_element", Some(inner)) => expr(ExprKind::Spread(Box::new(self.expression(inner))), node),
            ("argument", _) => self.argument(node).value,
            _ => self.expression(node),
        }
    }

    fn sizes(&mut self, node: Node<'t>) -> Vec<Expr> {
        let rank = node.field("type").and_then(|ty| ty.field("rank"));
        let sizes = rank.map(parts).unwrap_or_default();
        self.expressions(&sizes)
    }
}

fn last_name(value: &Expr) -> &str {
    match &value.kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => name,
        _ => "",
    }
}
