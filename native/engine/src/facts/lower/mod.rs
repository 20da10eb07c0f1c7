//! From syntax tree to facts: what all languages share. Keeps the stacks of classes and functions,
//! bounds the depth and collects what does not depend on the language (errors, comments,
//! suppressions). The languages live in the files next to this one; none knows another.

mod braces;
mod by_field;
mod csharp;
mod ecmascript;
mod expression;
mod forms;
mod grammar;
mod java;
mod outline;
mod python;
mod ruby;
mod statement;
pub mod template;
mod written_type;

use tree_sitter::{Node, Tree};

use by_field::ByField;

use super::ir::{
    Class, ClassId, ClassKind, Decorator, Field, FileFacts, Function, FunctionId, FunctionKind, Import,
    Language, Span, Stmt, TypeRef, Visibility,
};
use crate::cancel::Cancel;
use crate::parse::{DEPTH_MAX, ParseStop};

pub(crate) use written_type::written_type;

/// Lowers one parsed file.
///
/// # Errors
/// The token stopped the work, or the tree is nested absurdly deep.
pub(crate) fn lower(
    language: Language,
    tree: &Tree,
    text: &str,
    token: &Cancel,
) -> Result<FileFacts, ParseStop> {
    let outline = outline::outline(language, tree, text, token)?;
    let mut low = Lowering::new(text, token);
    let module = low.open_function("", FunctionKind::Module, tree.root_node());
    let body = match language {
        Language::CSharp => csharp::module(&mut low, tree.root_node()),
        Language::Java => java::module(&mut low, tree.root_node()),
        Language::Ruby => ruby::module(&mut low, tree.root_node()),
        // Templates are lowered without a grammar.
        Language::Python | Language::Template => python::module(&mut low, tree.root_node()),
        Language::TypeScript | Language::Tsx | Language::JavaScript => {
            ecmascript::module(&mut low, tree.root_node())
        }
    };
    low.close_function(module, body);
    if low.stopped {
        return Err(ParseStop::Timeout);
    }
    Ok(FileFacts {
        language,
        parse_quality: outline.quality,
        package: low.package,
        imports: low.imports,
        classes: low.classes,
        functions: low.functions,
        suppressions: outline.suppressions,
        errors: outline.errors,
        comments: outline.comments,
        cut: low.cut,
    })
}

#[derive(Clone, Copy)]
enum Owner {
    Class(ClassId),
    Function(FunctionId),
}

/// State of one file's lowering. A language calls `enter`/`leave` around every recursive step,
/// `open_*`/`close_*` around every class and named function, and pushes imports itself.
pub(crate) struct Lowering<'t> {
    pub text: &'t str,
    pub package: String,
    pub imports: Vec<Import>,
    pub classes: Vec<Class>,
    pub functions: Vec<Function>,
    /// The nearest thing a bare `break` leaves is a `switch`.
    in_switch: bool,
    cut: Vec<Span>,
    owners: Vec<Owner>,
    depth: usize,
    steps: u32,
    token: &'t Cancel,
    stopped: bool,
}

impl<'t> Lowering<'t> {
    fn new(text: &'t str, token: &'t Cancel) -> Self {
        Lowering {
            text,
            package: String::new(),
            imports: Vec::new(),
            classes: Vec::new(),
            functions: Vec::new(),
            in_switch: false,
            cut: Vec::new(),
            owners: Vec::new(),
            depth: 0,
            steps: 0,
            token,
            stopped: false,
        }
    }

    /// Starts one recursive step at `node`. `false`: too deep, or out of time; then lower it to
    /// nothing (`cut_expr`) and do not call `leave`.
    #[must_use]
    pub fn enter(&mut self, node: Node<'t>) -> bool {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(1024) && !self.stopped {
            self.stopped = self.token.is_stopped();
        }
        if self.stopped {
            return false;
        }
        if self.depth >= DEPTH_MAX {
            self.cut.push(span(node));
            return false;
        }
        self.depth += 1;
        true
    }

    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    /// The node's own source text.
    pub fn text(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or("")
    }

    /// Text of a field, or `""` without one.
    pub fn field_text(&self, node: Node<'_>, field: &str) -> &'t str {
        node.field(field).map_or("", |child| self.text(child))
    }

    /// Opens a class where the lowering stands. Its `fields` and `macros` are filled later.
    pub fn open_class(
        &mut self,
        name: &str,
        kind: ClassKind,
        bases: Vec<TypeRef>,
        decorators: Vec<Decorator>,
        node: Node<'_>,
    ) -> ClassId {
        let id = self.classes.len();
        self.classes.push(Class {
            name: name.to_string(),
            qualified: self.qualify(name),
            kind,
            bases,
            decorators,
            fields: Vec::new(),
            methods: Vec::new(),
            macros: Vec::new(),
            span: span(node),
        });
        self.owners.push(Owner::Class(id));
        id
    }

    pub fn class_mut(&mut self, id: ClassId) -> Option<&mut Class> {
        self.classes.get_mut(id)
    }

    pub fn add_fields(&mut self, id: ClassId, fields: Vec<Field>) {
        if let Some(class) = self.classes.get_mut(id) {
            class.fields.extend(fields);
        }
    }

    pub fn close_class(&mut self) {
        self.owners.pop();
    }

    /// Opens a named function where the lowering stands: a member of the class when that is the
    /// nearest owner, else nested in the enclosing function. Defaults: public, not static, not
    /// async; the rest is set through `function_mut`.
    pub fn open_function(&mut self, name: &str, kind: FunctionKind, node: Node<'_>) -> FunctionId {
        let id = self.functions.len();
        let class = match self.owners.last() {
            Some(Owner::Class(class)) => Some(*class),
            _ => None,
        };
        let parent = self.current_function();
        self.functions.push(Function {
            name: name.to_string(),
            qualified: self.qualify(name),
            kind,
            visibility: Visibility::Public,
            is_static: false,
            is_async: false,
            class,
            parent,
            params: Vec::new(),
            return_type: None,
            decorators: Vec::new(),
            body: Vec::new(),
            span: span(node),
        });
        if let Some(owner) = class.and_then(|class| self.classes.get_mut(class)) {
            owner.methods.push(id);
        }
        self.owners.push(Owner::Function(id));
        id
    }

    pub fn function_mut(&mut self, id: FunctionId) -> Option<&mut Function> {
        self.functions.get_mut(id)
    }

    pub fn close_function(&mut self, id: FunctionId, body: Vec<Stmt>) {
        self.owners.pop();
        if let Some(function) = self.functions.get_mut(id) {
            function.body = body;
        }
    }

    /// The innermost open function, across classes.
    pub fn current_function(&self) -> Option<FunctionId> {
        self.owners.iter().rev().find_map(|owner| match owner {
            Owner::Function(id) => Some(*id),
            Owner::Class(_) => None,
        })
    }

    /// The class whose body the lowering stands in directly, not in a function of it.
    pub fn current_class(&self) -> Option<ClassId> {
        match self.owners.last() {
            Some(Owner::Class(id)) => Some(*id),
            _ => None,
        }
    }

    fn qualify(&self, name: &str) -> String {
        let outer = match self.owners.last() {
            Some(Owner::Class(id)) => self.classes.get(*id).map(|class| class.qualified.as_str()),
            Some(Owner::Function(id)) => self
                .functions
                .get(*id)
                .map(|function| function.qualified.as_str()),
            None => None,
        };
        match outer {
            Some(outer) if !outer.is_empty() => format!("{outer}.{name}"),
            _ => name.to_string(),
        }
    }
}

/// Byte range of a node. Files above 4 GiB do not get here.
pub(crate) fn span(node: Node<'_>) -> Span {
    Span {
        start: offset(node.start_byte()),
        end: offset(node.end_byte()),
    }
}

/// From the start of one node to the end of another.
pub(crate) fn span_between(first: Node<'_>, last: Node<'_>) -> Span {
    Span {
        start: offset(first.start_byte()),
        end: offset(last.end_byte()),
    }
}

pub(crate) fn offset(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

/// Named children in order, without comments. Error nodes are among them.
pub(crate) fn named<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor)
        .filter(|child| !is_comment(*child))
        .collect()
}

/// All children with this field name, in order.
pub(crate) fn fields<'t>(node: Node<'t>, field: &str) -> Vec<Node<'t>> {
    let mut cursor = node.walk();
    node.children_by_field_name(field, &mut cursor)
        .filter(|child| !is_comment(*child))
        .collect()
}

/// The first child of this kind.
pub(crate) fn child_of_kind<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.children(&mut cursor).find(|child| child.kind() == kind)
}

/// Whether a keyword or mark stands directly under the node: `async`, `static`, `?.`.
pub(crate) fn has_token(node: Node<'_>, token: &str) -> bool {
    child_of_kind(node, token).is_some()
}

pub(crate) fn is_comment(node: Node<'_>) -> bool {
    node.is_extra() && node.kind().ends_with("comment")
}

#[cfg(test)]
mod tests;
