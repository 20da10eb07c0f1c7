//! Classes, interfaces, enums and records of Java with their members.

use tree_sitter::Node;

use super::Java;
use super::function::has_modifier;
use crate::facts::ir::{Arg, ClassId, ClassKind, Expr, ExprKind, Field, FunctionKind, Param, TypeRef};
use crate::facts::lower::braces::Braces;
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{expr, param_field, plain};
use crate::facts::lower::grammar::Types;
use crate::facts::lower::{child_of_kind, fields, named, span};

impl<'t> Java<'_, 't> {
    /// Lowers the declaration of a type; `None` when the node is none.
    pub(super) fn type_declaration(&mut self, node: Node<'t>) -> Option<ClassId> {
        let kind = match node.kind() {
            "class_declaration" | "record_declaration" => ClassKind::Class,
            "interface_declaration" | "annotation_type_declaration" => ClassKind::Interface,
            "enum_declaration" => ClassKind::Enum,
            _ => return None,
        };
        let bases = self.bases(node);
        let decorators = self.decorators(node);
        let name = self.low.field_text(node, "name");
        let components = self.components(node);
        let id = self.low.open_class(name, kind, bases, decorators, node);
        self.low
            .add_fields(id, components.iter().filter_map(param_field).collect());
        if let Some(body) = node.field("body") {
            self.breaking_switch(false, |java| java.members(id, body, &components));
        }
        self.low.close_class();
        Some(id)
    }

    fn bases(&mut self, node: Node<'t>) -> Vec<TypeRef> {
        let mut bases = Vec::new();
        for clause in named(node) {
            match clause.kind() {
                "superclass" => bases.append(&mut self.types(&named(clause))),
                "super_interfaces" | "extends_interfaces" => {
                    for list in named(clause) {
                        bases.append(&mut self.types(&named(list)));
                    }
                }
                _ => {}
            }
        }
        bases
    }

    /// `record Point(int x, int y)`.
    fn components(&mut self, node: Node<'t>) -> Vec<Param> {
        match node.field("parameters") {
            Some(list) if node.kind() == "record_declaration" => self.params(list),
            _ => Vec::new(),
        }
    }

    fn members(&mut self, id: ClassId, body: Node<'t>, components: &[Param]) {
        for member in named(body) {
            if self.low.enter(member) {
                self.member(id, member, components);
                self.low.leave();
            }
        }
    }

    fn member(&mut self, id: ClassId, member: Node<'t>, components: &[Param]) {
        match member.kind() {
            "field_declaration" | "constant_declaration" => {
                let fields = self.fields_of(member);
                self.low.add_fields(id, fields);
            }
            "enum_constant" => self.enum_constant(id, member),
            "enum_body_declarations" | "ERROR" => self.members(id, member, components),
            "compact_constructor_declaration" => {
                let name = self.low.field_text(member, "name");
                self.function(member, name, FunctionKind::Constructor, components.to_vec());
            }
            _ => self.function_member(member),
        }
    }

    /// Methods and what else holds code; also called for the odd one in broken code.
    pub(super) fn function_member(&mut self, member: Node<'t>) {
        let params = match member.field("parameters") {
            Some(list) => self.params(list),
            None => Vec::new(),
        };
        let name = self.low.field_text(member, "name");
        match member.kind() {
            "method_declaration" | "annotation_type_element_declaration" => {
                self.function(member, name, FunctionKind::Method, params);
            }
            "constructor_declaration" => self.function(member, name, FunctionKind::Constructor, params),
            "static_initializer" => self.function(member, "static", FunctionKind::Method, params),
            "block" => self.function(member, "init", FunctionKind::Method, params),
            _ => {
                self.type_declaration(member);
            }
        }
    }

    fn fields_of(&mut self, node: Node<'t>) -> Vec<Field> {
        let decorators = self.decorators(node);
        let is_static = node.kind() == "constant_declaration" || has_modifier(node, "static");
        let declarators = fields(node, "declarator");
        let single = declarators.len() == 1;
        declarators
            .into_iter()
            .map(|declarator| Field {
                name: self.low.field_text(declarator, "name").to_string(),
                ty: self.declared_type(node, declarator),
                decorators: decorators.clone(),
                value: self.optional(declarator.field("value")),
                is_static,
                span: span(if single { node } else { declarator }),
            })
            .collect()
    }

    /// `A(1) { … }`: a value of the enum; with a body also a class of its own.
    fn enum_constant(&mut self, id: ClassId, node: Node<'t>) {
        let name = self.low.field_text(node, "name");
        let owner = self.low.class_mut(id).map(|class| class.name.clone());
        let owner = plain(&owner.unwrap_or_default());
        let args = self.arguments(node.field("arguments"));
        let value = (!args.is_empty()).then(|| new(owner.clone(), args, node));
        let field = Field {
            name: name.to_string(),
            ty: Some(owner.clone()),
            decorators: self.decorators(node),
            value,
            is_static: true,
            span: span(node),
        };
        self.low.add_fields(id, vec![field]);
        if let Some(body) = node.field("body") {
            self.class_with_body(name, owner, node, body);
        }
    }

    /// `new Runnable() { … }`: a class no name can reach.
    pub(super) fn object_creation(&mut self, node: Node<'t>) -> Expr {
        let class = self.optional_type(node.field("type"));
        let class = class.unwrap_or_else(|| plain(""));
        let args = self.arguments(node.field("arguments"));
        if let Some(body) = child_of_kind(node, "class_body") {
            let name = format!("new {}", class.short());
            self.class_with_body(&name, class.clone(), node, body);
        }
        new(class, args, node)
    }

    fn class_with_body(&mut self, name: &str, base: TypeRef, node: Node<'t>, body: Node<'t>) {
        let id = self
            .low
            .open_class(name, ClassKind::Class, vec![base], Vec::new(), node);
        self.breaking_switch(false, |java| java.members(id, body, &[]));
        self.low.close_class();
    }
}

fn new(class: TypeRef, args: Vec<Arg>, node: Node<'_>) -> Expr {
    expr(
        ExprKind::New {
            class,
            args,
            initializer: Vec::new(),
        },
        node,
    )
}
