//! Imports of TypeScript and JavaScript: ES modules, re-exports, `require` and `import()`.

use tree_sitter::Node;

use super::Ecma;
use crate::facts::ir::{Expr, ExprKind, Import, ImportedName, Pattern};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::grammar::Grammar;
use crate::facts::lower::{child_of_kind, named, span};

impl<'t> Ecma<'_, 't> {
    pub(super) fn import_statement(&mut self, node: Node<'t>) {
        let mut names = Vec::new();
        let mut source = node.field("source");
        for clause in named(node) {
            match clause.kind() {
                "import_clause" => self.import_clause(clause, &mut names),
                "import_require_clause" => {
                    source = clause.field("source");
                    let local = child_of_kind(clause, "identifier");
                    names.extend(local.map(|local| bound("*", self.text(local))));
                }
                _ => {}
            }
        }
        self.push_import(source, names, node);
    }

    fn import_clause(&self, clause: Node<'t>, names: &mut Vec<ImportedName>) {
        for part in named(clause) {
            match part.kind() {
                "identifier" => names.push(bound("default", self.text(part))),
                "namespace_import" => {
                    names.extend(named(part).first().map(|local| bound("*", self.text(*local))));
                }
                "named_imports" => {
                    names.extend(named(part).into_iter().filter_map(|name| self.specifier(name)));
                }
                _ => {}
            }
        }
    }

    /// `export … from`: reads the other module like an import does.
    pub(super) fn reexport(&mut self, node: Node<'t>) {
        let mut names = Vec::new();
        for part in named(node) {
            match part.kind() {
                "export_clause" => {
                    names.extend(named(part).into_iter().filter_map(|name| self.specifier(name)));
                }
                "namespace_export" => {
                    names.extend(named(part).first().map(|local| bound("*", self.text(*local))));
                }
                _ => {}
            }
        }
        self.push_import(node.field("source"), names, node);
    }

    fn specifier(&self, node: Node<'t>) -> Option<ImportedName> {
        let name = node.field("name")?;
        let local = node.field("alias").unwrap_or(name);
        Some(bound(&self.property_name(name), &self.property_name(local)))
    }

    fn push_import(&mut self, source: Option<Node<'t>>, names: Vec<ImportedName>, node: Node<'t>) {
        if let Some(source) = source {
            let module = self.string_value(source);
            self.low.imports.push(Import {
                module,
                names,
                span: span(node),
            });
        }
    }

    /// Notes a call `require('x')` or `import('x')`; what it binds is added by `bind_required`.
    pub(super) fn note_require(&mut self, call: &Expr) {
        if let Some(module) = required_module(call) {
            self.low.imports.push(Import {
                module: module.to_string(),
                names: Vec::new(),
                span: call.span,
            });
        }
    }

    /// `const { A } = require('x')`, `const a = (await import('x')).A`.
    pub(super) fn bind_required(&mut self, target: &Pattern, value: &Expr) {
        let mut value = value;
        let mut member = None;
        let call = loop {
            match &value.kind {
                ExprKind::Await(inner) => value = inner,
                ExprKind::Member { object, name, .. } if member.is_none() => {
                    member = Some(name.as_str());
                    value = object;
                }
                _ => break value,
            }
        };
        if required_module(call).is_none() {
            return;
        }
        let names = match (target, member) {
            (Pattern::Name { name, .. }, member) => vec![bound(member.unwrap_or("*"), name)],
            (Pattern::Object(parts), None) => parts
                .iter()
                .filter_map(|(key, part)| match part {
                    Pattern::Name { name, .. } if key != "..." => Some(bound(key, name)),
                    _ => None,
                })
                .collect(),
            _ => return,
        };
        let noted = self
            .low
            .imports
            .iter_mut()
            .rev()
            .find(|import| import.span == call.span);
        if let Some(import) = noted {
            import.names = names;
        }
    }
}

fn required_module(call: &Expr) -> Option<&str> {
    let ExprKind::Call { callee, args, .. } = &call.kind else {
        return None;
    };
    let ExprKind::Name(name) = &callee.kind else {
        return None;
    };
    match args.first().map(|arg| &arg.value.kind) {
        Some(ExprKind::Str(module)) if matches!(name.as_str(), "require" | "import") => Some(module),
        _ => None,
    }
}

fn bound(imported: &str, local: &str) -> ImportedName {
    ImportedName {
        imported: imported.to_string(),
        local: local.to_string(),
    }
}
