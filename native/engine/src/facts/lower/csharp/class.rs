//! Classes, records, structs, interfaces and enums of C# with their members.

use tree_sitter::Node;

use super::function::Signature;
use super::{CSharp, branches, parts};
use crate::facts::ir::{ClassId, ClassKind, Decorator, Field, FunctionKind, TypeRef, Visibility};
use crate::facts::lower::braces::Braces;
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::param_field;
use crate::facts::lower::grammar::{Grammar, Types};
use crate::facts::lower::{child_of_kind, has_token, span};

impl<'t> CSharp<'_, 't> {
    /// Lowers the declaration of a type; `None` when the node is none.
    pub(super) fn type_declaration(&mut self, node: Node<'t>) -> Option<ClassId> {
        let kind = match node.kind() {
            "record_declaration" if has_token(node, "struct") => ClassKind::Struct,
            "class_declaration" | "record_declaration" => ClassKind::Class,
            "struct_declaration" => ClassKind::Struct,
            "interface_declaration" => ClassKind::Interface,
            "enum_declaration" => ClassKind::Enum,
            _ => return None,
        };
        let bases = self.bases(node);
        let decorators = self.decorators(node);
        let name = self.low.field_text(node, "name");
        let id = self.low.open_class(name, kind, bases, decorators, node);
        if let Some(list) = child_of_kind(node, "parameter_list") {
            self.primary_constructor(id, name, list);
        }
        if let Some(body) = node.field("body") {
            self.breaking_switch(false, |sharp| sharp.members(id, kind, parts(body)));
        }
        self.low.close_class();
        Some(id)
    }

    fn bases(&mut self, node: Node<'t>) -> Vec<TypeRef> {
        let list = Self::kind_parts(node, "base_list");
        let mut bases = Vec::new();
        for base in list {
            match base.kind() {
                "argument_list" => {}
                "primary_constructor_base_type" => bases.extend(self.declared_type(base, "type")),
                _ => bases.push(self.type_ref(base)),
            }
        }
        bases
    }

    /// `class Orders(AppDb db)`: the parameters are seen in the whole class, like fields.
    fn primary_constructor(&mut self, id: ClassId, name: &str, list: Node<'t>) {
        let params = self.params(Some(list));
        let fields = params.iter().filter_map(param_field).collect();
        self.low.add_fields(id, fields);
        let signature = Signature {
            kind: FunctionKind::Constructor,
            visibility: Visibility::Public,
            params,
            return_type: None,
            decorators: Vec::new(),
            is_static: false,
        };
        self.function(list, name, signature);
    }

    fn members(&mut self, id: ClassId, kind: ClassKind, members: Vec<Node<'t>>) {
        for member in members {
            if self.low.enter(member) {
                self.class_member(id, kind, member);
                self.low.leave();
            }
        }
    }

    fn class_member(&mut self, id: ClassId, kind: ClassKind, member: Node<'t>) {
        let hidden = match kind {
            ClassKind::Interface => Visibility::Public,
            _ => Visibility::Private,
        };
        match member.kind() {
            "field_declaration" | "event_field_declaration" => {
                let fields = self.fields_of(member);
                self.low.add_fields(id, fields);
            }
            "property_declaration" | "indexer_declaration" => self.property(id, hidden, member),
            "enum_member_declaration" => {
                let field = self.enum_member(member);
                self.low.add_fields(id, vec![field]);
            }
            "preproc_if" | "preproc_elif" | "preproc_else" | "ERROR" => {
                self.members(id, kind, branches(member));
            }
            _ => self.function_member(hidden, member),
        }
    }

    /// Methods and what else holds code; also called for the odd one in broken code.
    pub(super) fn function_member(&mut self, hidden: Visibility, member: Node<'t>) {
        let name = self.low.field_text(member, "name");
        let (name, kind) = match member.kind() {
            "method_declaration" => (name.to_string(), FunctionKind::Method),
            "constructor_declaration" => (name.to_string(), FunctionKind::Constructor),
            "destructor_declaration" => (format!("~{name}"), FunctionKind::Method),
            "operator_declaration" => {
                let operator = self.low.field_text(member, "operator");
                (format!("operator {operator}"), FunctionKind::Method)
            }
            "conversion_operator_declaration" => {
                let target = self.low.field_text(member, "type");
                (format!("operator {target}"), FunctionKind::Method)
            }
            _ => {
                self.type_declaration(member);
                return;
            }
        };
        let explicit = child_of_kind(member, "explicit_interface_specifier").is_some();
        let returns = if kind == FunctionKind::Method && member.kind() == "method_declaration" {
            "returns"
        } else {
            "type"
        };
        let signature = Signature {
            kind,
            visibility: self
                .visibility(member)
                .unwrap_or(if explicit { Visibility::Public } else { hidden }),
            params: self.params(member.field("parameters")),
            return_type: self.declared_type(member, returns),
            decorators: self.decorators(member),
            is_static: self.has_modifier(member, "static"),
        };
        self.function(member, &name, signature);
    }

    fn fields_of(&mut self, node: Node<'t>) -> Vec<Field> {
        let Some(declaration) = child_of_kind(node, "variable_declaration") else {
            return Vec::new();
        };
        let decorators: Vec<Decorator> = self.decorators(node);
        let is_static = self.has_modifier(node, "static") || self.has_modifier(node, "const");
        let declarators = declarators(declaration);
        let single = declarators.len() == 1;
        declarators
            .into_iter()
            .map(|declarator| {
                let ty = self.declared_type(declaration, "type");
                Field {
                    name: self.low.field_text(declarator, "name").to_string(),
                    value: self.initial_value(declarator, ty.as_ref()),
                    ty,
                    decorators: decorators.clone(),
                    is_static,
                    span: span(if single { node } else { declarator }),
                }
            })
            .collect()
    }

    fn enum_member(&mut self, node: Node<'t>) -> Field {
        Field {
            name: self.low.field_text(node, "name").to_string(),
            ty: None,
            decorators: self.decorators(node),
            value: self.optional(node.field("value")),
            is_static: true,
            span: span(node),
        }
    }
}

pub(super) fn declarators(declaration: Node<'_>) -> Vec<Node<'_>> {
    let mut all = parts(declaration);
    all.retain(|part| part.kind() == "variable_declarator");
    all
}
