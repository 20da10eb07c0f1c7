//! Functions, lambdas and parameters of TypeScript and JavaScript.

use tree_sitter::Node;

use super::Ecma;
use super::expression::is_async;
use crate::facts::ir::{Decorator, FunctionId, FunctionKind, Lambda, Param, TypeRef, Visibility};
use crate::facts::lower::braces::Braces;
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::grammar::{Grammar, Patterns};
use crate::facts::lower::statement::Statements;
use crate::facts::lower::{child_of_kind, has_token, named, span};

impl<'t> Ecma<'_, 't> {
    /// A named function with its own scope.
    pub(super) fn function(
        &mut self,
        node: Node<'t>,
        name: &str,
        kind: FunctionKind,
        decorators: Vec<Decorator>,
    ) -> FunctionId {
        let in_namespace = self.low.current_class().is_some() && kind == FunctionKind::Function;
        let id = self.low.open_function(name, kind, node);
        let params = self.params(node);
        let return_type = self.field_type(node, "return_type");
        let visibility = visibility(self.modifier(node), name);
        if let Some(function) = self.low.function_mut(id) {
            function.params = params;
            function.return_type = return_type;
            function.decorators = decorators;
            function.is_async = is_async(node);
            function.is_static = in_namespace || has_token(node, "static");
            function.visibility = visibility;
        }
        let body = self.breaking_switch(false, |ecma| ecma.field_body(node, "body"));
        self.low.close_function(id, body);
        id
    }

    /// `private`, `protected` or `public` as written, or `""`.
    pub(super) fn modifier(&self, node: Node<'t>) -> &'t str {
        child_of_kind(node, "accessibility_modifier").map_or("", |modifier| self.text(modifier))
    }

    /// Arrow function, function expression, method of an object literal.
    pub(super) fn lambda(&mut self, node: Node<'t>) -> Lambda {
        let params = self.params(node);
        let body = self.lambda_body(node.field("body"));
        Lambda {
            params,
            is_async: is_async(node),
            body,
            span: span(node),
        }
    }

    pub(super) fn params(&mut self, node: Node<'t>) -> Vec<Param> {
        if let Some(single) = node.field("parameter") {
            return vec![self.param(single)];
        }
        match node.field("parameters") {
            Some(list) => {
                let mut params = named(list);
                params.retain(|param| !is_this(*param));
                params.into_iter().map(|param| self.param(param)).collect()
            }
            None => Vec::new(),
        }
    }

    fn param(&mut self, node: Node<'t>) -> Param {
        let typed = matches!(node.kind(), "required_parameter" | "optional_parameter");
        let bound = if typed { node.field("pattern") } else { Some(node) };
        let default = node.field(if typed { "value" } else { "right" });
        Param {
            pattern: self.optional_pattern(bound),
            ty: self.param_type(node),
            default: self.optional(default),
            decorators: self.decorators_of(node),
            rest: bound.is_some_and(|bound| bound.kind() == "rest_pattern"),
        }
    }

    pub(super) fn param_type(&mut self, node: Node<'t>) -> Option<TypeRef> {
        let mut ty = self.field_type(node, "type")?;
        ty.nullable |= node.kind() == "optional_parameter" || has_token(node, "?");
        Some(ty)
    }
}

fn visibility(modifier: &str, name: &str) -> Visibility {
    match modifier {
        "private" => Visibility::Private,
        "protected" => Visibility::Protected,
        _ if name.starts_with('#') => Visibility::Private,
        _ => Visibility::Public,
    }
}

/// `this: T` only types the receiver; no argument goes there.
fn is_this(param: Node<'_>) -> bool {
    param
        .field("pattern")
        .is_some_and(|pattern| pattern.kind() == "this")
}
