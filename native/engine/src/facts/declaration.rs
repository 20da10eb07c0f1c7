//! What a file declares: imports, classes, functions and their types. The other half of `ir`,
//! which holds statements and expressions.

use serde::{Deserialize, Serialize};

use super::ir::{Arg, Expr, Language, Pattern, Span, Stmt};

pub type FunctionId = usize;
pub type ClassId = usize;

/// Everything an analysis may know about one file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileFacts {
    pub language: Language,
    /// Share of the file's bytes outside error nodes, 0 to 1 (ANA-002).
    pub parse_quality: f32,
    /// Java package or first C# namespace of the file; empty elsewhere. No part of `qualified`.
    pub package: String,
    pub imports: Vec<Import>,
    pub classes: Vec<Class>,
    /// Function 0 is the module's own top level (name `""`, no parameters).
    pub functions: Vec<Function>,
    pub suppressions: Vec<Suppression>,
    /// Byte ranges that do not parse; no finding may lie inside one.
    pub errors: Vec<Span>,
    /// Comments, in order, without overlap: the finding id leaves them out.
    pub comments: Vec<Span>,
    /// Code nested deeper than `parse::DEPTH_MAX`: it is not in the facts.
    pub cut: Vec<Span>,
}

impl FileFacts {
    /// Of a file that could not be read.
    #[must_use]
    pub fn nothing() -> Self {
        FileFacts {
            language: Language::Python,
            parse_quality: 0.0,
            package: String::new(),
            imports: Vec::new(),
            classes: Vec::new(),
            functions: Vec::new(),
            suppressions: Vec::new(),
            errors: Vec::new(),
            comments: Vec::new(),
            cut: Vec::new(),
        }
    }
}

/// `import a.b as c`, `from a.b import c as d`, `require('x')`, `using X.Y;`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// As written, quotes off: `django.db`, `@prisma/client`, `../models`, `java.util.List`.
    pub module: String,
    /// What it binds in this file. Empty for `import *`, `using X;` and bare `require`.
    pub names: Vec<ImportedName>,
    /// `import * as x` / `import x` binds the module (or its default export) itself.
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportedName {
    /// Name in the other module; `*` for the module itself, `default` for a default export.
    pub imported: String,
    pub local: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClassKind {
    Class,
    Interface,
    Enum,
    Struct,
    Module,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Class {
    pub name: String,
    /// Enclosing names joined with `.`: `Shop.Order` (`::` in Ruby becomes `.`).
    pub qualified: String,
    pub kind: ClassKind,
    /// Superclass, interfaces, mixins in `include`, as written (`ActiveRecord::Base`).
    pub bases: Vec<TypeRef>,
    /// Python's class keywords (`table=True`) are the arguments of one named `class`.
    pub decorators: Vec<Decorator>,
    pub fields: Vec<Field>,
    pub methods: Vec<FunctionId>,
    /// Calls in the class body outside methods: `belongs_to :author`, `scope :recent, -> {…}`; in Ruby
    /// also `self.table_name = "x"` (an `Assign`) and what stands in `included do … end`.
    pub macros: Vec<Expr>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub ty: Option<TypeRef>,
    pub decorators: Vec<Decorator>,
    pub value: Option<Expr>,
    pub is_static: bool,
    pub span: Span,
}

/// Decorator, annotation or attribute: `@ManyToOne(fetch = LAZY)`, `[Authorize]`. A C# property that
/// is `virtual` has one of that name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decorator {
    /// Dotted name as written, without `@`: `app.route`, `ManyToOne`.
    pub name: String,
    pub args: Vec<Arg>,
    pub span: Span,
}

/// A type as written. `List<Order>?` is name `List`, args `[Order]`, nullable.
/// `Order[]` is name `[]`, args `[Order]`. `Promise<X>`, `Optional[X]`, `X | None` keep their form:
/// unions have name `|`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeRef {
    /// Dotted name as written: `models.Model`, `Order`.
    pub name: String,
    pub args: Vec<TypeRef>,
    pub nullable: bool,
}

impl TypeRef {
    /// Last segment of the dotted name: `Model` of `models.Model`.
    #[must_use]
    pub fn short(&self) -> &str {
        self.name.rsplit(['.', ':']).next().unwrap_or(&self.name)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FunctionKind {
    Module,
    Function,
    Method,
    Constructor,
    Getter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Visibility {
    Public,
    Protected,
    Private,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Function {
    pub name: String,
    /// Symbol path: enclosing classes and functions joined with `.`, e.g. `Orders.total`.
    pub qualified: String,
    pub kind: FunctionKind,
    pub visibility: Visibility,
    pub is_static: bool,
    pub is_async: bool,
    /// The class this is a member of; `None` for a function nested in a method.
    pub class: Option<ClassId>,
    /// Lexically enclosing function; `None` only for function 0.
    pub parent: Option<FunctionId>,
    pub params: Vec<Param>,
    pub return_type: Option<TypeRef>,
    pub decorators: Vec<Decorator>,
    pub body: Vec<Stmt>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Param {
    pub pattern: Pattern,
    pub ty: Option<TypeRef>,
    pub default: Option<Expr>,
    /// C#'s `this` in front of an extension method's parameter is one named `this`.
    pub decorators: Vec<Decorator>,
    /// `*args`, `...rest`, `params T[]`.
    pub rest: bool,
}

/// `driftline-ignore n-plus-one: reason` on its line or the line above (ANA-055).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suppression {
    /// `n-plus-one`, `db`, or a full rule id.
    pub rule: String,
    /// Empty when the required reason is missing.
    pub reason: String,
    pub span: Span,
}
