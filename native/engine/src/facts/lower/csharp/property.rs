//! Properties and indexers of C#: a field for the type, a function for each accessor with code.

use tree_sitter::Node;

use super::CSharp;
use super::function::Signature;
use crate::facts::ir::{ClassId, Decorator, Field, FunctionKind, Param, Pattern, TypeRef, Visibility};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::forms::param;
use crate::facts::lower::grammar::Grammar;
use crate::facts::lower::{child_of_kind, has_token, span};

impl<'t> CSharp<'_, 't> {
    pub(super) fn property(&mut self, id: ClassId, hidden: Visibility, node: Node<'t>) {
        let ty = self.declared_type(node, "type");
        let explicit = child_of_kind(node, "explicit_interface_specifier").is_some();
        let visibility = self
            .visibility(node)
            .unwrap_or(if explicit { Visibility::Public } else { hidden });
        let name = match node.kind() {
            "indexer_declaration" => "this[]",
            _ => self.low.field_text(node, "name"),
        };
        let value = node.field("value");
        let arrow = value.filter(|value| value.kind() == "arrow_expression_clause");
        let initial = match (value, arrow) {
            (Some(value), None) => Some(self.typed_value(value, ty.as_ref())),
            _ => None,
        };
        if node.kind() == "property_declaration" {
            let field = Field {
                name: name.to_string(),
                ty: ty.clone(),
                decorators: self.property_decorators(node),
                value: initial,
                is_static: self.has_modifier(node, "static"),
                span: span(node),
            };
            self.low.add_fields(id, vec![field]);
        }
        if let Some(arrow) = arrow {
            let signature = self.accessor_signature(node, arrow, visibility, ty.clone());
            self.function(arrow, name, signature);
        }
        let accessors = Self::field_parts(node, "accessors");
        for accessor in accessors {
            if accessor.field("body").is_some() {
                let signature = self.accessor_signature(node, accessor, visibility, ty.clone());
                self.function(accessor, name, signature);
            }
        }
    }

    /// A proxy of the class can only step in where the property is `virtual`.
    fn property_decorators(&mut self, node: Node<'t>) -> Vec<Decorator> {
        let mut decorators = self.decorators(node);
        if self.has_modifier(node, "virtual") {
            decorators.push(Decorator {
                name: "virtual".to_string(),
                args: Vec::new(),
                span: span(node),
            });
        }
        decorators
    }

    fn accessor_signature(
        &mut self,
        property: Node<'t>,
        accessor: Node<'t>,
        visibility: Visibility,
        ty: Option<TypeRef>,
    ) -> Signature {
        let writes = has_token(accessor, "set") || has_token(accessor, "init");
        let mut params = self.params(property.field("parameters"));
        if writes {
            let pattern = Pattern::Name {
                name: "value".to_string(),
                span: span(accessor),
            };
            params.push(Param {
                ty: ty.clone(),
                ..param(pattern)
            });
        }
        Signature {
            kind: if writes {
                FunctionKind::Method
            } else {
                FunctionKind::Getter
            },
            visibility: self.visibility(accessor).unwrap_or(visibility),
            params,
            return_type: if writes { None } else { ty },
            decorators: self.decorators(accessor),
            is_static: self.has_modifier(property, "static"),
        }
    }
}
