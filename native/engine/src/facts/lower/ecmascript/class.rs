//! Classes, interfaces, enums and type aliases of TypeScript and JavaScript.

use tree_sitter::Node;

use super::Ecma;
use crate::facts::ir::{
    ClassId, ClassKind, Decorator, Expr, ExprKind, Field, FunctionKind, Stmt, StmtKind, TypeRef,
};
use crate::facts::lower::braces::Braces;
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{composed, cut_expr, expr, plain, stmt};
use crate::facts::lower::grammar::{Grammar, Types};
use crate::facts::lower::{child_of_kind, fields, has_token, named, span};

impl<'t> Ecma<'_, 't> {
    pub(super) fn type_declaration(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let id = match node.kind() {
            "interface_declaration" => self.interface(node),
            "enum_declaration" => self.enumeration(node),
            "type_alias_declaration" => self.type_alias(node),
            _ => self.class(node, ""),
        };
        out.push(stmt(StmtKind::Class(id), node));
    }

    /// A class as a value is its name; one without a name can't be referred to.
    pub(super) fn class_expression(&mut self, node: Node<'t>) -> Expr {
        self.class(node, "");
        match self.low.field_text(node, "name") {
            "" => cut_expr(node),
            name => expr(ExprKind::Name(name.to_string()), node),
        }
    }

    /// `hint` names a class that has no name of its own.
    pub(super) fn class(&mut self, node: Node<'t>, hint: &str) -> ClassId {
        let name = match self.low.field_text(node, "name") {
            "" => hint,
            name => name,
        };
        let bases = child_of_kind(node, "class_heritage")
            .map(|heritage| self.heritage(heritage))
            .unwrap_or_default();
        let mut decorators = std::mem::take(&mut self.decorators);
        decorators.append(&mut self.decorators_of(node));
        let id = self
            .low
            .open_class(name, ClassKind::Class, bases, decorators, node);
        if let Some(body) = node.field("body") {
            self.breaking_switch(false, |ecma| ecma.class_body(id, body));
        }
        self.low.close_class();
        id
    }

    fn heritage(&mut self, node: Node<'t>) -> Vec<TypeRef> {
        let mut bases = Vec::new();
        for clause in named(node) {
            match clause.kind() {
                "extends_clause" => {
                    let args = self.type_arguments(clause);
                    let value = clause.field("value");
                    bases.extend(value.map(|value| self.base(value, args)));
                }
                "implements_clause" => bases.append(&mut self.types(&named(clause))),
                _ => bases.push(self.base(clause, Vec::new())),
            }
        }
        bases
    }

    /// `extends Model<A>`; for a mixin call its name with the classes it is given.
    fn base(&mut self, value: Node<'t>, args: Vec<TypeRef>) -> TypeRef {
        let Some(function) = value.field("function") else {
            return composed(&self.dotted_text(value), args);
        };
        let given = Self::field_parts(value, "arguments");
        let given = given
            .into_iter()
            .filter(|arg| matches!(arg.kind(), "identifier" | "member_expression"))
            .map(|arg| plain(&self.dotted_text(arg)));
        composed(&self.dotted_text(function), given.collect())
    }

    fn class_body(&mut self, id: ClassId, body: Node<'t>) {
        let mut pending = Vec::new();
        let members = named(body);
        for (at, &member) in members.iter().enumerate() {
            match member.kind() {
                "decorator" => {
                    pending.push(self.decorator(member));
                    continue;
                }
                "method_definition" | "abstract_method_signature" => {
                    let decorators = std::mem::take(&mut pending);
                    let fields = self.parameter_properties(member);
                    self.low.add_fields(id, fields);
                    self.method(member, decorators);
                }
                "method_signature" if !self.is_overload(member, members.get(at + 1)) => {
                    self.method(member, std::mem::take(&mut pending));
                }
                "public_field_definition" | "field_definition" => {
                    let mut field = self.class_field(member);
                    field.decorators.splice(0..0, pending.drain(..));
                    self.low.add_fields(id, vec![field]);
                }
                "class_static_block" => {
                    self.function(member, "static", FunctionKind::Method, Vec::new());
                }
                "ERROR" if self.low.enter(member) => {
                    self.class_body(id, member);
                    self.low.leave();
                }
                _ => {}
            }
            pending.clear();
        }
    }

    pub(super) fn method(&mut self, node: Node<'t>, mut decorators: Vec<Decorator>) {
        decorators.append(&mut self.decorators_of(node));
        let name = node
            .field("name")
            .map(|name| self.property_name(name))
            .unwrap_or_default();
        let kind = if name == "constructor" {
            FunctionKind::Constructor
        } else if has_token(node, "get") {
            FunctionKind::Getter
        } else {
            FunctionKind::Method
        };
        self.function(node, &name, kind, decorators);
    }

    /// `constructor(private readonly repo: Repository<User>)` declares a field as well.
    fn parameter_properties(&mut self, method: Node<'t>) -> Vec<Field> {
        let params = Self::field_parts(method, "parameters");
        params
            .into_iter()
            .filter(|param| {
                child_of_kind(*param, "accessibility_modifier").is_some() || has_token(*param, "readonly")
            })
            .filter_map(|param| match param.field("pattern") {
                Some(name) if name.kind() == "identifier" => Some(Field {
                    name: self.text(name).to_string(),
                    ty: self.param_type(param),
                    decorators: self.decorators_of(param),
                    value: None,
                    is_static: false,
                    span: span(param),
                }),
                _ => None,
            })
            .collect()
    }

    fn class_field(&mut self, node: Node<'t>) -> Field {
        let name = node.field("name").or_else(|| node.field("property"));
        Field {
            name: name.map(|name| self.property_name(name)).unwrap_or_default(),
            ty: self.param_type(node),
            decorators: self.decorators_of(node),
            value: self.optional(node.field("value")),
            is_static: has_token(node, "static"),
            span: span(node),
        }
    }

    fn open_type(&mut self, kind: ClassKind, bases: Vec<TypeRef>, node: Node<'t>) -> ClassId {
        let name = self.low.field_text(node, "name");
        self.low.open_class(name, kind, bases, Vec::new(), node)
    }

    fn interface(&mut self, node: Node<'t>) -> ClassId {
        let bases = child_of_kind(node, "extends_type_clause")
            .map(|clause| self.types(&named(clause)))
            .unwrap_or_default();
        let id = self.open_type(ClassKind::Interface, bases, node);
        if let Some(body) = node.field("body") {
            self.signatures(id, body);
        }
        self.low.close_class();
        id
    }

    fn signatures(&mut self, id: ClassId, body: Node<'t>) {
        let members = named(body);
        for (at, &member) in members.iter().enumerate() {
            match member.kind() {
                "property_signature" => {
                    let field = self.class_field(member);
                    self.low.add_fields(id, vec![field]);
                }
                "method_signature" if !self.is_overload(member, members.get(at + 1)) => {
                    self.method(member, Vec::new());
                }
                _ => {}
            }
        }
    }

    /// `type A = B & { … }`: an interface with the properties, based on the other parts.
    fn type_alias(&mut self, node: Node<'t>) -> ClassId {
        let id = self.open_type(ClassKind::Interface, Vec::new(), node);
        let value = node.field("value");
        let parts = match value {
            Some(all) if all.kind() == "intersection_type" => named(all),
            other => other.into_iter().collect(),
        };
        for part in parts {
            if part.kind() == "object_type" {
                self.signatures(id, part);
            } else {
                let base = self.type_ref(part);
                if let Some(class) = self.low.class_mut(id) {
                    class.bases.push(base);
                }
            }
        }
        self.low.close_class();
        id
    }

    fn enumeration(&mut self, node: Node<'t>) -> ClassId {
        let id = self.open_type(ClassKind::Enum, Vec::new(), node);
        let members = Self::field_parts(node, "body");
        let members = members
            .into_iter()
            .map(|member| {
                let name = member.field("name").unwrap_or(member);
                Field {
                    name: self.property_name(name),
                    ty: None,
                    decorators: Vec::new(),
                    value: self.optional(member.field("value")),
                    is_static: true,
                    span: span(member),
                }
            })
            .collect();
        self.low.add_fields(id, members);
        self.low.close_class();
        id
    }

    pub(super) fn decorators_of(&mut self, node: Node<'t>) -> Vec<Decorator> {
        fields(node, "decorator")
            .into_iter()
            .map(|decorator| self.decorator(decorator))
            .collect()
    }

    pub(super) fn decorator(&mut self, node: Node<'t>) -> Decorator {
        let inner = named(node).first().copied();
        let function = inner.and_then(|inner| inner.field("function"));
        let arguments = inner.and_then(|inner| inner.field("arguments"));
        Decorator {
            name: function
                .or(inner)
                .map(|name| self.dotted_text(name))
                .unwrap_or_default(),
            args: self.arguments(arguments),
            span: span(node),
        }
    }
}
