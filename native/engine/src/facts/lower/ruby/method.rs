//! Ruby methods.

use tree_sitter::Node;

use super::value::answered;
use super::{Jump, Ruby};
use crate::facts::ir::{FunctionId, FunctionKind, Visibility};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::statement::Statements;

impl<'t> Ruby<'_, 't> {
    pub(super) fn method(&mut self, node: Node<'t>) -> FunctionId {
        let name = self.low.field_text(node, "name");
        let singleton = node.kind() == "singleton_method";
        let member = self.low.current_class().is_some();
        let members = self
            .visibility
            .last()
            .copied()
            .filter(|_| member)
            .unwrap_or_default();
        let kind = match (member, name) {
            (true, "initialize") if !singleton => FunctionKind::Constructor,
            (true, _) => FunctionKind::Method,
            (false, _) => FunctionKind::Function,
        };
        let id = self.low.open_function(name, kind, node);
        let (params, body) = self.in_scope(false, |ruby| {
            ruby.jumping(Jump::Method, |ruby| {
                let params = node
                    .field("parameters")
                    .map(|list| ruby.params(list))
                    .unwrap_or_default();
                let mut body = Vec::new();
                match node.field("body") {
                    Some(block) if block.kind() == "body_statement" => body = ruby.rescued(block),
                    // `def name = value`
                    Some(value) => ruby.statement(value, &mut body),
                    None => {}
                }
                if kind != FunctionKind::Constructor {
                    answered(&mut body);
                }
                (params, body)
            })
        });
        if let Some(function) = self.low.function_mut(id) {
            function.params = params;
            function.is_static = singleton || members.singleton;
            function.visibility = match (singleton, kind) {
                (true, _) | (_, FunctionKind::Constructor) => Visibility::Public,
                _ => members.visibility,
            };
        }
        self.low.close_function(id, body);
        id
    }
}
