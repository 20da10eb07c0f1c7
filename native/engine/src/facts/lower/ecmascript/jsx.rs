//! JSX: an element of a component is a call of it with named arguments; an element of the page
//! only evaluates what is embedded in it.

use tree_sitter::Node;

use super::Ecma;
use crate::facts::ir::{Arg, Expr, ExprKind, Span};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{call, expr};
use crate::facts::lower::grammar::Grammar;
use crate::facts::lower::{named, span};

impl<'t> Ecma<'_, 't> {
    pub(super) fn jsx(&mut self, node: Node<'t>) -> Expr {
        let tag = node.field("open_tag").unwrap_or(node);
        let mut args = self.attributes(tag);
        if node.kind() == "jsx_element" {
            args.extend(self.children(node));
        }
        let component = tag.field("name").filter(|name| is_component(self.text(*name)));
        let kind = match component {
            Some(name) => call(self.expression(name), args),
            None => ExprKind::Opaque(args.into_iter().map(|arg| arg.value).collect()),
        };
        expr(kind, node)
    }

    fn attributes(&mut self, tag: Node<'t>) -> Vec<Arg> {
        let mut args = Vec::new();
        for attribute in named(tag) {
            match attribute.kind() {
                "jsx_attribute" => {
                    let parts = named(attribute);
                    let name = parts.first().map(|name| self.text(*name).to_string());
                    let value = match parts.get(1) {
                        Some(value) => self.expression(*value),
                        None => expr(ExprKind::Bool(true), attribute),
                    };
                    args.push(Arg {
                        name,
                        spread: false,
                        value,
                    });
                }
                "jsx_expression" => {
                    let value = self.expression(attribute);
                    let (spread, value) = match value.kind {
                        ExprKind::Spread(inner) => (true, *inner),
                        kind => (
                            false,
                            Expr {
                                kind,
                                span: value.span,
                            },
                        ),
                    };
                    args.push(Arg {
                        name: None,
                        spread,
                        value,
                    });
                }
                _ => {}
            }
        }
        args
    }

    fn children(&mut self, node: Node<'t>) -> Option<Arg> {
        let mut values = Vec::new();
        for child in named(node) {
            let embedded = child.kind() == "jsx_expression" && !named(child).is_empty();
            if embedded || matches!(child.kind(), "jsx_element" | "jsx_self_closing_element") {
                values.push(self.expression(child));
            }
        }
        let value = if values.len() > 1 {
            let whole = values.iter().map(|value| value.span).reduce(|first, last| Span {
                start: first.start,
                end: last.end,
            });
            Some(Expr {
                kind: ExprKind::List(values),
                span: whole.unwrap_or(span(node)),
            })
        } else {
            values.pop()
        };
        value.map(|value| Arg {
            name: Some("children".to_string()),
            spread: false,
            value,
        })
    }
}

fn is_component(name: &str) -> bool {
    name.contains('.') || name.starts_with(|first: char| first.is_uppercase())
}
