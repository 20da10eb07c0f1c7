//! Methods, constructors, lambdas, parameters and modifiers of Java.

use tree_sitter::Node;

use super::Java;
use super::written::array;
use crate::facts::ir::{Decorator, FunctionKind, Lambda, Param, Pattern, TypeRef, Visibility};
use crate::facts::lower::braces::Braces;
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::forms::param;
use crate::facts::lower::grammar::{Grammar, Types};
use crate::facts::lower::statement::Statements;
use crate::facts::lower::{child_of_kind, has_token, named, span};

impl<'t> Java<'_, 't> {
    /// A method, constructor or initialiser block.
    pub(super) fn function(&mut self, node: Node<'t>, name: &str, kind: FunctionKind, params: Vec<Param>) {
        let id = self.low.open_function(name, kind, node);
        let return_type = match kind {
            FunctionKind::Constructor => None,
            _ => self.declared_type(node, node),
        };
        let decorators = self.decorators(node);
        let visibility = visibility(node);
        let is_static = node.kind() == "static_initializer" || has_modifier(node, "static");
        if let Some(function) = self.low.function_mut(id) {
            function.params = params;
            function.return_type = return_type;
            function.decorators = decorators;
            function.visibility = visibility;
            function.is_static = is_static;
        }
        let block = match node.kind() {
            "block" => Some(node),
            "static_initializer" => child_of_kind(node, "block"),
            _ => node.field("body"),
        };
        let body = self.breaking_switch(false, |java| java.body(block));
        self.low.close_function(id, body);
    }

    pub(super) fn lambda(&mut self, node: Node<'t>) -> Lambda {
        let params = match node.field("parameters") {
            Some(single) if single.kind() == "identifier" => vec![self.untyped(single)],
            Some(list) if list.kind() == "inferred_parameters" => {
                named(list).into_iter().map(|name| self.untyped(name)).collect()
            }
            Some(list) => self.params(list),
            None => Vec::new(),
        };
        let body = self.lambda_body(node.field("body"));
        Lambda {
            params,
            is_async: false,
            body,
            span: span(node),
        }
    }

    fn untyped(&self, name: Node<'t>) -> Param {
        param(self.name_pattern(Some(name)))
    }

    pub(super) fn name_pattern(&self, name: Option<Node<'t>>) -> Pattern {
        match name {
            Some(name) if name.kind() == "identifier" => self.name(name),
            _ => Pattern::Ignored,
        }
    }

    pub(super) fn params(&mut self, list: Node<'t>) -> Vec<Param> {
        named(list)
            .into_iter()
            .filter_map(|param| match param.kind() {
                "formal_parameter" => Some(self.formal_param(param)),
                "spread_parameter" => Some(self.spread_param(param)),
                _ => None,
            })
            .collect()
    }

    fn formal_param(&mut self, node: Node<'t>) -> Param {
        Param {
            ty: self.declared_type(node, node),
            decorators: self.decorators(node),
            ..param(self.name_pattern(node.field("name")))
        }
    }

    fn spread_param(&mut self, node: Node<'t>) -> Param {
        let declarator = child_of_kind(node, "variable_declarator");
        let ty = named(node).into_iter().find(|part| {
            !matches!(part.kind(), "modifiers" | "variable_declarator")
                && !part.kind().ends_with("annotation")
        });
        let ty: Option<TypeRef> = ty.map(|ty| array(self.type_ref(ty)));
        Param {
            ty,
            decorators: self.decorators(node),
            rest: true,
            ..param(self.name_pattern(declarator.and_then(|it| it.field("name"))))
        }
    }

    /// Annotations among the modifiers.
    pub(super) fn decorators(&mut self, node: Node<'t>) -> Vec<Decorator> {
        let modifiers = Self::kind_parts(node, "modifiers");
        modifiers
            .into_iter()
            .filter(|modifier| modifier.kind().ends_with("annotation"))
            .map(|annotation| Decorator {
                name: annotation
                    .field("name")
                    .map(|name| self.dotted_text(name))
                    .unwrap_or_default(),
                args: self.annotation_arguments(annotation),
                span: span(annotation),
            })
            .collect()
    }
}

pub(super) fn has_modifier(node: Node<'_>, modifier: &str) -> bool {
    child_of_kind(node, "modifiers").is_some_and(|modifiers| has_token(modifiers, modifier))
}

/// Without a modifier it is seen in the whole package: public, for what asks here.
fn visibility(node: Node<'_>) -> Visibility {
    if has_modifier(node, "private") {
        Visibility::Private
    } else if has_modifier(node, "protected") {
        Visibility::Protected
    } else {
        Visibility::Public
    }
}
