//! Declarations of TypeScript and JavaScript: exports, variables, functions, namespaces.

use tree_sitter::Node;

use super::Ecma;
use crate::facts::ir::{ClassKind, Expr, ExprKind, FunctionKind, Pattern, Stmt, StmtKind};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{assign, expr, member, scope, stmt};
use crate::facts::lower::grammar::{Grammar, Patterns};
use crate::facts::lower::statement::Statements;
use crate::facts::lower::{has_token, named};

impl<'t> Ecma<'_, 't> {
    /// A declaration, or what is left of a statement.
    pub(super) fn declaration(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        match node.kind() {
            "import_statement" => self.import_statement(node),
            "import_alias" => self.import_alias(node, out),
            "export_statement" => self.export_statement(node, out),
            "ambient_declaration" => {
                for inner in named(node) {
                    self.statement(inner, out);
                }
            }
            "lexical_declaration" | "variable_declaration" | "using_declaration" => self.variables(node, out),
            "function_declaration" | "generator_function_declaration" => {
                let name = self.low.field_text(node, "name");
                let id = self.function(node, name, FunctionKind::Function, Vec::new());
                out.push(stmt(StmtKind::Function(id), node));
            }
            "function_signature" => {
                let name = self.low.field_text(node, "name");
                self.function(node, name, FunctionKind::Function, Vec::new());
            }
            "class_declaration"
            | "abstract_class_declaration"
            | "interface_declaration"
            | "enum_declaration"
            | "type_alias_declaration" => self.type_declaration(node, out),
            "internal_module" | "module" => self.namespace(node, out),
            _ => self.loose(node, out),
        }
    }

    fn export_statement(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        if node.field("source").is_some() {
            self.reexport(node);
            return;
        }
        self.decorators = self.decorators_of(node);
        if let Some(declaration) = node.field("declaration") {
            self.statement(declaration, out);
            if let Some(name) = declaration.field("name")
                && has_token(node, "default")
            {
                let value = self.expression(name);
                out.push(export("default", value, name));
            }
            return;
        }
        for value in named(node) {
            match value.kind() {
                "export_clause" => {
                    for specifier in named(value) {
                        out.extend(self.renamed_export(specifier));
                    }
                }
                "class" => {
                    let id = self.class(value, "default");
                    out.push(stmt(StmtKind::Class(id), value));
                }
                "function_expression" | "generator_function" => {
                    let name = match self.low.field_text(value, "name") {
                        "" => "default",
                        name => name,
                    };
                    let id = self.function(value, name, FunctionKind::Function, Vec::new());
                    out.push(stmt(StmtKind::Function(id), value));
                }
                "namespace_export" | "decorator" => {}
                _ => {
                    let name = if has_token(node, "default") { "default" } else { "" };
                    let exported = self.expression(value);
                    out.push(export(name, exported, value));
                }
            }
        }
    }

    /// `export { a as b }`; without another name the module's own says it all.
    fn renamed_export(&mut self, specifier: Node<'t>) -> Option<Stmt> {
        let name = specifier.field("name")?;
        let alias = specifier.field("alias")?;
        let exported = self.property_name(alias);
        let value = self.expression(name);
        Some(export(&exported, value, specifier))
    }

    fn variables(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let declarators: Vec<_> = named(node)
            .into_iter()
            .filter(|part| part.kind() == "variable_declarator")
            .collect();
        let single = declarators.len() == 1;
        for declarator in declarators {
            let target = self.field_pattern(declarator, "name");
            let ty = self.field_type(declarator, "type");
            let value = declarator.field("value");
            if let Some(class) = value.filter(|value| is_unnamed_class(*value)) {
                let id = self.class(class, self.low.field_text(declarator, "name"));
                out.push(stmt(StmtKind::Class(id), class));
                continue;
            }
            let value = self.optional(value);
            if let Some(value) = &value {
                self.bind_required(&target, value);
            }
            let whole = if single { node } else { declarator };
            out.push(stmt(assign(target, ty, value), whole));
        }
    }

    /// `import Name = Space.Name`.
    fn import_alias(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let parts = named(node);
        let [alias, original] = parts.as_slice() else {
            return;
        };
        let value = self.nested_name(*original);
        let target = self.pattern(*alias);
        out.push(stmt(assign(target, None, Some(value)), node));
    }

    fn nested_name(&mut self, node: Node<'t>) -> Expr {
        let (Some(object), Some(property)) = (node.field("object"), node.field("property")) else {
            return self.expression(node);
        };
        let object = Box::new(self.expression(object));
        expr(member(object, self.text(property), property, false), node)
    }

    /// A signature that another one, or the function itself, follows.
    pub(super) fn is_overload(&self, node: Node<'t>, next: Option<&Node<'t>>) -> bool {
        let signature = exported(node);
        let Some(next) = next.map(|next| exported(*next)) else {
            return false;
        };
        signature.kind().ends_with("_signature")
            && next.field("parameters").is_some()
            && self.low.field_text(next, "name") == self.low.field_text(signature, "name")
    }

    /// A namespace is a class of kind `Module`; its statements run once, where it stands.
    fn namespace(&mut self, node: Node<'t>, out: &mut Vec<Stmt>) {
        let name = node
            .field("name")
            .map(|name| self.property_name(name))
            .unwrap_or_default();
        let id = self
            .low
            .open_class(&name, ClassKind::Module, Vec::new(), Vec::new(), node);
        let body = self.field_body(node, "body");
        self.low.close_class();
        out.push(stmt(StmtKind::Class(id), node));
        if !body.is_empty() {
            out.push(stmt(scope(body), node));
        }
    }
}

/// What other modules see under a name of its own is lowered as CommonJS writes it:
/// `exports.default = value`; `export = value` is `module.exports = value`.
fn export(name: &str, value: Expr, node: Node<'_>) -> Stmt {
    let (object, name) = match name {
        "" => ("module", "exports"),
        name => ("exports", name),
    };
    let object = expr(ExprKind::Name(object.to_string()), node);
    let place = expr(member(Box::new(object), name, node, false), node);
    stmt(assign(Pattern::Place(Box::new(place)), None, Some(value)), node)
}

/// `const Order = class {…}` declares `Order`.
fn is_unnamed_class(node: Node<'_>) -> bool {
    node.kind() == "class" && node.field("name").is_none()
}

/// What `export` stands in front of, or the node itself.
fn exported(node: Node<'_>) -> Node<'_> {
    match node.kind() {
        "export_statement" => node.field("declaration").unwrap_or(node),
        _ => node,
    }
}
