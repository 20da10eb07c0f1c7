//! Ruby classes and modules: what their bodies define, and the calls in them as macros.

use tree_sitter::Node;

use super::{Ruby, code};
use crate::facts::ir::{ClassId, ClassKind, Expr, Field, Stmt, TypeRef, Visibility};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{composed, plain, scope, stmt};
use crate::facts::lower::grammar::Grammar;
use crate::facts::lower::span;
use crate::facts::lower::statement::Statements;

/// How methods are defined from here on in a class body.
#[derive(Clone, Copy)]
pub(super) struct Members {
    pub visibility: Visibility,
    /// In `class << self`, after `module_function`.
    pub singleton: bool,
}

impl Default for Members {
    fn default() -> Self {
        Members {
            visibility: Visibility::Public,
            singleton: false,
        }
    }
}

impl<'t> Ruby<'_, 't> {
    pub(super) fn class(&mut self, node: Node<'t>) -> ClassId {
        let kind = if node.kind() == "module" {
            ClassKind::Module
        } else {
            ClassKind::Class
        };
        let superclass = node.field("superclass").and_then(|it| code(it).first().copied());
        let bases = superclass.map(|base| self.base(base)).into_iter().collect();
        let path = self
            .low
            .field_text(node, "name")
            .trim_start_matches("::")
            .replace("::", ".");
        let id = self.low.open_class(&path, kind, bases, Vec::new(), node);
        if let Some(class) = self.low.class_mut(id) {
            class.name = path.rsplit('.').next().unwrap_or(&path).to_string();
        }
        if let Some(body) = node.field("body") {
            self.in_scope(false, |ruby| ruby.class_body(id, body, Members::default()));
        }
        self.low.close_class();
        id
    }

    fn class_body(&mut self, class: ClassId, body: Node<'t>, members: Members) {
        self.visibility.push(members);
        self.members(class, body);
        self.visibility.pop();
    }

    /// `Row = Struct.new(:a) do … end`, `Missing = Class.new(StandardError)`
    pub(super) fn defined_class(&mut self, node: Node<'t>) -> Option<ClassId> {
        let left = node.field("left").filter(|left| left.kind() == "constant")?;
        let right = node.field("right").filter(|right| right.kind() == "call")?;
        let call = (
            self.low.field_text(right, "receiver"),
            self.low.field_text(right, "method"),
        );
        let kind = match call {
            ("Struct", "new") | ("Data", "define") => ClassKind::Struct,
            ("Class", "new") => ClassKind::Class,
            ("Module", "new") => ClassKind::Module,
            _ => return None,
        };
        let args = Self::field_parts(right, "arguments");
        let bases: Vec<_> = args
            .iter()
            .filter(|arg| matches!(arg.kind(), "constant" | "scope_resolution"))
            .map(|arg| self.base(*arg))
            .collect();
        let fields: Vec<_> = args
            .iter()
            .filter(|arg| arg.kind() == "simple_symbol")
            .map(|arg| field(self.text(*arg).trim_start_matches(':'), None, *arg))
            .collect();
        let name = self.text(left);
        let id = self.low.open_class(name, kind, bases, Vec::new(), node);
        self.low.add_fields(id, fields);
        if let Some(body) = right.field("block").and_then(|it| it.field("body")) {
            self.in_scope(true, |ruby| ruby.class_body(id, body, Members::default()));
        }
        self.low.close_class();
        Some(id)
    }

    /// `class << self` adds to the class around it; for any other object its body is just run.
    pub(super) fn singleton_class(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let Some(body) = node.field("body") else {
            return;
        };
        let own = node.field("value").is_some_and(|value| value.kind() == "self");
        match self.low.current_class() {
            Some(class) if own => {
                let members = Members {
                    singleton: true,
                    ..Members::default()
                };
                self.in_scope(false, |ruby| ruby.class_body(class, body, members));
            }
            _ => {
                let body = self.in_scope(false, |ruby| ruby.statements_of(body));
                out.push(stmt(scope(body), node));
            }
        }
    }

    fn members(&mut self, class: ClassId, body: Node<'t>) {
        if !self.low.enter(body) {
            return;
        }
        for child in code(body) {
            self.class_member(class, child);
        }
        self.low.leave();
    }

    fn class_member(&mut self, class: ClassId, node: Node<'t>) {
        match node.kind() {
            "method" | "singleton_method" | "class" | "module" | "singleton_class" | "ERROR" | "alias"
            | "undef" => self.statement(node, &mut Vec::new()),
            "assignment" => self.constant(class, node),
            // Which branch is taken is not known; what they define counts.
            "if" | "unless" | "elsif" | "then" | "else" | "begin" | "parenthesized_statements" => {
                for part in code(node) {
                    let condition = node.field("condition").map(|it| it.id());
                    match part.kind() {
                        "then" | "else" | "elsif" => self.members(class, part),
                        _ if Some(part.id()) == condition => {}
                        _ => self.class_member(class, part),
                    }
                }
            }
            "if_modifier" | "unless_modifier" => {
                if let Some(body) = node.field("body") {
                    self.class_member(class, body);
                }
            }
            "identifier" if self.sets_visibility(self.text(node)) => {}
            "call" if node.field("receiver").is_none() => self.class_call(class, node),
            _ => self.class_macro(class, node),
        }
    }

    fn class_macro(&mut self, class: ClassId, node: Node<'t>) {
        let value = self.expression(node);
        if let Some(class) = self.low.class_mut(class) {
            class.macros.push(value);
        }
    }

    /// `LIMIT = 10` is a field; `self.table_name = "x"` a macro.
    fn constant(&mut self, class: ClassId, node: Node<'t>) {
        if self.defined_class(node).is_some() {
            return;
        }
        let left = node.field("left").filter(|left| left.kind() == "constant");
        let Some(left) = left else {
            return self.class_macro(class, node);
        };
        let value = self.optional(node.field("right"));
        let name = self.text(left);
        self.low.add_fields(class, vec![field(name, value, node)]);
    }

    fn class_call(&mut self, class: ClassId, node: Node<'t>) {
        let args = Self::field_parts(node, "arguments");
        let block = node.field("block").and_then(|block| block.field("body"));
        match (self.low.field_text(node, "method"), block) {
            ("include" | "prepend", None) => {
                let bases: Vec<_> = args.into_iter().map(|arg| self.base(arg)).collect();
                if let Some(class) = self.low.class_mut(class) {
                    class.bases.extend(bases);
                }
            }
            ("private" | "private_class_method", None) => {
                self.with_visibility(class, &args, Visibility::Private)
            }
            ("protected", None) => self.with_visibility(class, &args, Visibility::Protected),
            ("public", None) => self.with_visibility(class, &args, Visibility::Public),
            // What a concern does to the class that includes it.
            ("included" | "prepended", Some(body)) => {
                self.in_scope(true, |ruby| ruby.class_body(class, body, Members::default()));
            }
            ("class_methods", Some(body)) => {
                let members = Members {
                    singleton: true,
                    ..Members::default()
                };
                self.in_scope(true, |ruby| ruby.class_body(class, body, members));
            }
            _ => self.class_macro(class, node),
        }
    }

    /// A bare `private` holds until the next one.
    fn sets_visibility(&mut self, word: &str) -> bool {
        let Some(members) = self.visibility.last_mut() else {
            return false;
        };
        match word {
            "private" => members.visibility = Visibility::Private,
            "protected" => members.visibility = Visibility::Protected,
            "public" => members.visibility = Visibility::Public,
            "module_function" => members.singleton = true,
            _ => return false,
        }
        true
    }

    /// `private def x`, `private :x, :y`, `private attr_reader :x`
    fn with_visibility(&mut self, class: ClassId, args: &[Node<'t>], visibility: Visibility) {
        for arg in args {
            let ids = match arg.kind() {
                "method" | "singleton_method" => vec![self.method(*arg)],
                "simple_symbol" => {
                    let name = self.text(*arg).trim_start_matches(':');
                    let methods = self
                        .low
                        .classes
                        .get(class)
                        .map(|it| it.methods.clone())
                        .unwrap_or_default();
                    let named = |id: &usize| self.low.functions.get(*id).is_some_and(|it| it.name == name);
                    methods.into_iter().filter(named).collect()
                }
                _ => {
                    self.class_member(class, *arg);
                    Vec::new()
                }
            };
            for id in ids {
                if let Some(function) = self.low.function_mut(id) {
                    function.visibility = visibility;
                }
            }
        }
    }

    /// A superclass or mixin. `Migration[7.0]` is `Migration`, `Class.new(Base)` has `Base` as argument.
    fn base(&mut self, node: Node<'t>) -> TypeRef {
        let named = |name: &str| plain(name.trim_start_matches("::"));
        match node.kind() {
            "element_reference" => named(self.low.field_text(node, "object")),
            "call" => {
                let (receiver, method) = (
                    self.low.field_text(node, "receiver"),
                    self.low.field_text(node, "method"),
                );
                let name = if receiver.is_empty() {
                    method.to_string()
                } else {
                    format!("{receiver}.{method}")
                };
                let args = Self::field_parts(node, "arguments");
                let args = args
                    .into_iter()
                    .filter(|arg| matches!(arg.kind(), "constant" | "scope_resolution"))
                    .map(|arg| named(self.text(arg)))
                    .collect();
                composed(name.trim_start_matches("::"), args)
            }
            _ => named(self.text(node)),
        }
    }
}

/// A constant, or without a value a member of a `Struct`.
fn field(name: &str, value: Option<Expr>, node: Node<'_>) -> Field {
    let is_static = value.is_some();
    Field {
        name: name.to_string(),
        ty: None,
        decorators: Vec::new(),
        value,
        is_static,
        span: span(node),
    }
}
