//! Python functions, methods and decorators.

use tree_sitter::Node;

use super::Python;
use crate::facts::ir::{Decorator, ExprKind, FunctionKind, Param, Pattern, StmtKind, Visibility};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::dotted;
use crate::facts::lower::grammar::{Grammar, Types};
use crate::facts::lower::statement::Statements;
use crate::facts::lower::{has_token, named, span};

impl<'t> Python<'_, 't> {
    /// A function or class, with its decorators if it has any.
    pub(super) fn definition(&mut self, node: Node<'t>) -> Option<StmtKind> {
        if node.kind() != "decorated_definition" {
            return Some(self.bare_definition(node, node, Vec::new()));
        }
        let definition = node.field("definition")?;
        let decorators = named(node)
            .into_iter()
            .filter(|child| child.kind() == "decorator")
            .filter_map(|child| self.decorator(child))
            .collect();
        Some(self.bare_definition(definition, node, decorators))
    }

    fn bare_definition(&mut self, node: Node<'t>, whole: Node<'t>, decorators: Vec<Decorator>) -> StmtKind {
        if node.kind() == "class_definition" {
            self.class(node, whole, decorators)
        } else {
            self.function(node, whole, decorators)
        }
    }

    fn decorator(&mut self, node: Node<'t>) -> Option<Decorator> {
        let value = *named(node).first()?;
        let lowered = self.expression(value);
        let (name, args) = match lowered.kind {
            ExprKind::Call { callee, args, .. } => (dotted(&callee), args),
            _ => (dotted(&lowered), Vec::new()),
        };
        let name = name.unwrap_or_else(|| self.text(value).to_string());
        Some(Decorator {
            name,
            args,
            span: span(node),
        })
    }

    fn function(&mut self, node: Node<'t>, whole: Node<'t>, decorators: Vec<Decorator>) -> StmtKind {
        let name = self.low.field_text(node, "name");
        let member = self.low.current_class().is_some();
        let mut params = node
            .field("parameters")
            .map(|it| self.params(it))
            .unwrap_or_default();
        let return_type = self.optional_type(node.field("return_type"));
        let is_static = decorated(&decorators, &["staticmethod", "classmethod"]);
        let outer = self.this;
        if member && !decorated(&decorators, &["staticmethod"]) {
            self.this = self.take_this(&mut params);
        } else {
            self.shadow_this(&params);
        }
        let id = self
            .low
            .open_function(name, kind(name, member, &decorators), whole);
        if let Some(function) = self.low.function_mut(id) {
            function.visibility = visibility(name, member);
            function.is_static = is_static;
            function.is_async = has_token(node, "async");
            function.params = params;
            function.return_type = return_type;
            function.decorators = decorators;
        }
        let body = self.field_body(node, "body");
        self.low.close_function(id, body);
        self.this = outer;
        StmtKind::Function(id)
    }

    /// A method's first parameter stands for the object; it is no argument of a call.
    fn take_this(&self, params: &mut Vec<Param>) -> Option<&'t str> {
        let at = match params.first() {
            Some(Param {
                pattern: Pattern::Name { span, .. },
                rest: false,
                ..
            }) => *span,
            _ => return None,
        };
        params.remove(0);
        self.low.text.get(at.start as usize..at.end as usize)
    }

    /// A nested function or lambda sees the method's object unless it has a parameter of that name.
    pub(super) fn shadow_this(&mut self, params: &[Param]) {
        let shadows = |param: &Param| match &param.pattern {
            Pattern::Name { name, .. } => self.this == Some(name.as_str()),
            _ => false,
        };
        if params.iter().any(shadows) {
            self.this = None;
        }
    }
}

fn decorated(decorators: &[Decorator], names: &[&str]) -> bool {
    decorators.iter().any(|it| names.contains(&it.name.as_str()))
}

/// `property`, `cached_property`, `hybrid_property`: called by plain access.
fn kind(name: &str, member: bool, decorators: &[Decorator]) -> FunctionKind {
    let getter = decorators.iter().any(|it| it.name.ends_with("property"));
    match (member, getter, name) {
        (_, true, _) => FunctionKind::Getter,
        (true, _, "__init__") => FunctionKind::Constructor,
        (true, ..) => FunctionKind::Method,
        (false, ..) => FunctionKind::Function,
    }
}

fn visibility(name: &str, member: bool) -> Visibility {
    if name.starts_with("__") && name.ends_with("__") || !name.starts_with('_') {
        Visibility::Public
    } else if member && !name.starts_with("__") {
        Visibility::Protected
    } else {
        Visibility::Private
    }
}
