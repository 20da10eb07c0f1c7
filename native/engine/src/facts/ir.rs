//! The lowered form of a source file that every analysis works on: one small expression and
//! statement language for all six source languages. Lowering keeps what decides a finding
//! (calls, loops, bindings, exits) and reduces the rest to `Opaque`. It must not know any ORM.
//!
//! Trees are bounded in depth by the lowering (`parse::DEPTH_MAX`), so recursive walks over
//! them are safe on the analysis threads.

use serde::{Deserialize, Serialize};

pub use super::declaration::{
    Class, ClassId, ClassKind, Decorator, Field, FileFacts, Function, FunctionId, FunctionKind, Import,
    ImportedName, Param, Suppression, TypeRef, Visibility,
};

/// Half-open byte range `[start, end)` in the file's own bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    #[must_use]
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Ruby,
    Python,
    Java,
    CSharp,
    TypeScript,
    Tsx,
    JavaScript,
    /// Templates with a language of their own (`lower/template/tags`).
    Template,
}

/// What a binding form binds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Pattern {
    Name {
        name: String,
        span: Span,
    },
    /// `a, b` / `[a, b]`: by position.
    Sequence(Vec<Pattern>),
    /// `{ id, author: { name }, ...rest }`: property name and what it binds; the rest has the
    /// name `...`. Defaults of single names are dropped.
    Object(Vec<(String, Pattern)>),
    /// Assignment to `x.y`, `x[0]`, `@ivar` (a `Member` of `This`).
    Place(Box<Expr>),
    Ignored,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StmtKind {
    Expr(Expr),
    /// `pattern = value`, `pattern: T = value`, `pattern op= value` (`op` without `=`).
    Assign {
        target: Pattern,
        op: Option<String>,
        ty: Option<TypeRef>,
        value: Option<Expr>,
    },
    Loop(Box<Loop>),
    If {
        condition: Expr,
        then: Vec<Stmt>,
        otherwise: Vec<Stmt>,
    },
    /// `switch` / `case` / `match`: each arm its body; patterns are dropped.
    Switch {
        subject: Option<Expr>,
        arms: Vec<Vec<Stmt>>,
    },
    Try {
        body: Vec<Stmt>,
        handlers: Vec<Vec<Stmt>>,
        finally: Vec<Stmt>,
    },
    /// `with x as y`, `using (var y = x)`, plain block: runs once.
    Scope {
        bindings: Vec<(Option<Pattern>, Expr)>,
        body: Vec<Stmt>,
    },
    Return(Option<Expr>),
    Raise(Option<Expr>),
    /// Leaves a loop; the `break` that ends a `switch` arm is dropped.
    Break,
    Continue,
    /// A nested named function; its body is `FileFacts::functions[id]`.
    Function(FunctionId),
    Class(ClassId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoopKind {
    /// `for x of xs`, `for x in xs`, `foreach`, enhanced `for`, Ruby `for`.
    ForEach,
    /// `for (init; condition; step)`.
    For,
    While,
    /// Body runs before the condition is looked at.
    DoWhile,
    /// `while True`, `loop do`, `for (;;)`.
    Forever,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Loop {
    pub kind: LoopKind,
    pub is_async: bool,
    /// `ForEach`: what each turn binds.
    pub target: Option<Pattern>,
    /// `ForEach` with a declared element type: `for (Order order : orders)`.
    pub target_ty: Option<TypeRef>,
    /// `ForEach`: what is walked.
    pub iterable: Option<Expr>,
    /// `For`: `init`; run once before.
    pub init: Vec<Stmt>,
    pub condition: Option<Expr>,
    pub step: Vec<Stmt>,
    pub body: Vec<Stmt>,
    /// From the keyword to the end of the header.
    pub header: Span,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ExprKind {
    Name(String),
    /// `self`, `this`.
    This,
    Super,
    Str(String),
    /// Interpolated string: its embedded expressions.
    Template(Vec<Expr>),
    /// As written.
    Number(String),
    Bool(bool),
    Null,
    /// Ruby `:name`.
    Symbol(String),
    /// `object.name`, `object?.name`, `object->name`, Ruby `@name` (object `This`, name `@name`), Ruby
    /// `object.name` without arguments, Ruby constant paths `A::B`, method references `A::b`.
    Member {
        object: Box<Expr>,
        name: String,
        name_span: Span,
        optional: bool,
    },
    /// `callee(args) { block }`. A `Lambda` as callee runs at once. A method call has a `Member` callee. In Ruby a bare word that is
    /// not a known local is a `Call` of `Name` with no arguments; `a.b` stays a `Member`
    /// unless it has parentheses, arguments or a block.
    Call {
        callee: Box<Expr>,
        args: Vec<Arg>,
        block: Option<Box<Lambda>>,
        /// `context.Set<Order>()`, `repo.find<Order>()`.
        type_args: Vec<TypeRef>,
    },
    New {
        class: TypeRef,
        args: Vec<Arg>,
        /// `{ Id = 1, [k] = 2 }` is one `Map`; `{ a, b }` is the elements.
        initializer: Vec<Expr>,
    },
    Index {
        object: Box<Expr>,
        index: Box<Expr>,
    },
    Lambda(Box<Lambda>),
    /// Array, tuple, set literal; `%w[]`, `List.of` stays a call.
    List(Vec<Expr>),
    /// Key and value; `...x` / `**x` is a `Spread` key with a `Null` value.
    Map(Vec<(Expr, Expr)>),
    /// `a..b`, Python `a:b`; Python `a:b:c` is a `Binary` `step` of the range and `c`.
    Range {
        from: Option<Box<Expr>>,
        to: Option<Box<Expr>>,
    },
    Comprehension(Box<Comprehension>),
    Spread(Box<Expr>),
    Await(Box<Expr>),
    Yield(Option<Box<Expr>>),
    Unary {
        op: String,
        operand: Box<Expr>,
    },
    /// Arithmetic, comparison, `and`, `or`, `??`, `in`, `||`, Ruby `x rescue y` (op `rescue`).
    Binary {
        op: String,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    Conditional {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
    },
    /// Assignment used as an expression: `(x = f())`, `x ||= f()` (op `||`), `x := f()`.
    Assign {
        target: Box<Pattern>,
        op: Option<String>,
        value: Box<Expr>,
    },
    Cast {
        ty: TypeRef,
        value: Box<Expr>,
    },
    /// Anything else; its parts are still evaluated once, in order.
    Opaque(Vec<Expr>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arg {
    /// Keyword, named argument, or Ruby `key:`.
    pub name: Option<String>,
    /// `*x`, `**x`, `...x`.
    pub spread: bool,
    pub value: Expr,
}

/// Lambda, arrow function, block, anonymous function. Evaluated in the scope it stands in.
/// A `Call` whose callee is a `Lambda` runs it on the spot: `(() => …)()`, and the form of a Ruby
/// `begin … end` or `case` that stands where a value is wanted and has no simpler one.
///
/// In a Ruby block `next` is `Return`; `break` and `return` are `Break`, which leaves the iteration
/// (the value stands before it as a statement). `&:name` is the block `{ |_1| _1.name }`,
/// `&method(:f)` is `{ |_1| f(_1) }`; any other `&value` is an argument named `&`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lambda {
    pub params: Vec<Param>,
    pub is_async: bool,
    /// An expression body is one `Return` statement. A Ruby block's last expression too.
    pub body: Vec<Stmt>,
    pub span: Span,
}

/// Comprehensions, generator expressions, C# query syntax.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comprehension {
    pub clauses: Vec<Clause>,
    /// Element; for dictionaries key and value.
    pub element: Vec<Expr>,
    /// A generator is lazy: it runs when consumed.
    pub lazy: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clause {
    pub target: Pattern,
    pub iterable: Expr,
    pub conditions: Vec<Expr>,
    pub span: Span,
}
