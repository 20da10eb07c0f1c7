//! What the rest of the repository may need to know of a file: its facts without statement bodies,
//! what its names are bound to, and the names each function mentions. Small enough to be kept for
//! every file of a repository; it must not know any other file.

use serde::{Deserialize, Serialize};

use super::bindings::{self, Bindings};
use super::visit;
use crate::facts::ir::{
    ClassId, Expr, ExprKind, Field, FileFacts, FunctionId, Lambda, Param, Span, Stmt, StmtKind, TypeRef,
};
use crate::facts::lower::template;

/// Index into `Outline::lambdas`.
pub type LambdaId = usize;
/// Index into `Outline::values`.
pub type ValueId = usize;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// Without the bodies of functions, the places that do not parse, and comments. Lambdas that
    /// are values of fields are empty too; macros are whole.
    pub facts: FileFacts,
    /// Lambdas that a name of the module or class reaches: `const load = async () => …`.
    pub lambdas: Vec<NamedLambda>,
    /// What the module's own names are bound to, in source order: `service = Service()`.
    /// Exports have the names `exports.x` and `module.exports`.
    pub values: Vec<Value>,
    /// Fields that methods assign: `self.users = UserService()`. A parameter lends its type.
    pub assigned: Vec<(ClassId, Field)>,
    /// By `FunctionId`.
    pub functions: Vec<Code>,
    /// Every name that code of the file mentions, sorted; `Code::mentions` points into it.
    names: Vec<Box<str>>,
}

/// What an outline keeps of the code of a function or lambda.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// It does something; what an interface or abstract class declares does not, nor does what only
    /// says that it is not implemented.
    pub has_body: bool,
    /// Members, plain calls, classes and templates named in the body, those of lambdas in it too.
    mentions: Box<[u32]>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedLambda {
    /// Names from the module down: `load`, `repository.find`, `Orders.load`.
    pub qualified: String,
    /// It is the value of a field of this class.
    pub class: Option<ClassId>,
    pub params: Vec<Param>,
    pub is_async: bool,
    pub span: Span,
    pub code: Code,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Value {
    pub name: String,
    pub ty: Option<TypeRef>,
    pub bound: Bound,
}

/// What a name is bound to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Bound {
    Lambda(LambdaId),
    /// An object literal; `...x` has the name `...`.
    Object(Vec<(String, Bound)>),
    /// Names, members, calls and constructions; of arguments only those that are plain.
    Expr(Expr),
    /// An object literal in an object literal: a value of its own, under the dotted name.
    Value(ValueId),
}

impl Outline {
    #[must_use]
    pub fn of(facts: &FileFacts) -> Self {
        let Bindings {
            lambdas,
            values,
            assigned,
            ..
        } = bindings::collect(facts);
        let mut names = Vec::new();
        let codes: Vec<Vec<&str>> = facts
            .functions
            .iter()
            .map(|function| mentioned(&function.body))
            .chain(lambdas.iter().map(|(_, lambda)| mentioned(&lambda.body)))
            .collect();
        for code in &codes {
            names.extend(code.iter().copied());
        }
        names.sort_unstable();
        names.dedup();
        let bodies = (facts
            .functions
            .iter()
            .map(|function| does_something(&function.body)))
        .chain(lambdas.iter().map(|(_, lambda)| does_something(&lambda.body)));
        let mut codes: Vec<Code> = codes
            .iter()
            .zip(bodies)
            .map(|(code, has_body)| Code {
                has_body,
                mentions: code
                    .iter()
                    .filter_map(|name| names.binary_search(name).ok())
                    .filter_map(|at| u32::try_from(at).ok())
                    .collect(),
            })
            .collect();
        let lambda_codes = codes.split_off(facts.functions.len());
        Outline {
            lambdas: lambdas
                .into_iter()
                .zip(lambda_codes)
                .map(|((named, _), code)| NamedLambda { code, ..named })
                .collect(),
            values,
            assigned,
            functions: codes,
            names: names.into_iter().map(Box::from).collect(),
            facts: emptied(facts),
        }
    }

    /// Names that the code mentions, sorted.
    pub fn mentions<'o>(&'o self, code: &'o Code) -> impl Iterator<Item = &'o str> {
        (code.mentions.iter()).filter_map(|at| Some(&**self.names.get(*at as usize)?))
    }

    /// Whether the code mentions one of these names.
    pub fn mentions_any(&self, code: &Code, is_wanted: impl Fn(&str) -> bool) -> bool {
        self.mentions(code).any(is_wanted)
    }

    /// Templates that functions name, and templates and classes that fields of classes do:
    /// `template_name = "shop/orders.html"`, `serializer_class = OrderSerializer`.
    pub fn shows(&self) -> impl Iterator<Item = &str> {
        let fields = self.facts.classes.iter().flat_map(|class| &class.fields);
        let named = fields.filter_map(|field| match &field.value.as_ref()?.kind {
            ExprKind::Str(text) if is_template(text) => Some(text.as_str()),
            ExprKind::Name(name) | ExprKind::Member { name, .. } if is_class_name(name) => {
                Some(name.as_str())
            }
            _ => None,
        });
        let names = self.names.iter().map(|name| &**name);
        names.filter(|name| is_template(name)).chain(named)
    }

    #[must_use]
    pub fn function(&self, id: FunctionId) -> Option<&Code> {
        self.functions.get(id)
    }
}

/// `shop/order_list.html`
fn is_template(text: &str) -> bool {
    text.len() < 200 && !text.contains([' ', '\n', '<', '*']) && template::is_name(text)
}

fn is_class_name(name: &str) -> bool {
    name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase)
}

fn emptied(facts: &FileFacts) -> FileFacts {
    let mut classes = facts.classes.clone();
    for field in classes.iter_mut().flat_map(|class| &mut class.fields) {
        if let Some(Expr {
            kind: ExprKind::Lambda(lambda),
            ..
        }) = &mut field.value
        {
            lambda.body.clear();
        }
    }
    let functions = facts.functions.iter().map(|function| crate::facts::ir::Function {
        name: function.name.clone(),
        qualified: function.qualified.clone(),
        params: function.params.clone(),
        return_type: function.return_type.clone(),
        decorators: function.decorators.clone(),
        body: Vec::new(),
        ..*function
    });
    FileFacts {
        language: facts.language,
        parse_quality: facts.parse_quality,
        package: facts.package.clone(),
        imports: facts.imports.clone(),
        classes,
        functions: functions.collect(),
        suppressions: Vec::new(),
        errors: Vec::new(),
        comments: Vec::new(),
        cut: Vec::new(),
    }
}

fn does_something(body: &[Stmt]) -> bool {
    let is_refusal = |value: &Expr| {
        let name = match &value.kind {
            ExprKind::Name(name) => name.as_str(),
            ExprKind::New { class, .. } => class.short(),
            ExprKind::Call { callee, .. } => match &callee.kind {
                ExprKind::Name(name) => name.as_str(),
                _ => "",
            },
            _ => "",
        };
        matches!(
            name,
            "NotImplementedError" | "NotImplementedException" | "UnsupportedOperationException"
        )
    };
    !body.iter().all(|stmt| match &stmt.kind {
        // A text that documents, and Python's `...`.
        StmtKind::Expr(value) => match &value.kind {
            ExprKind::Str(_) => true,
            ExprKind::Opaque(parts) => parts.is_empty(),
            _ => false,
        },
        StmtKind::Raise(Some(value)) => is_refusal(value),
        _ => false,
    })
}

/// Sorted and without doubles.
fn mentioned(body: &[Stmt]) -> Vec<&str> {
    let mut names = Vec::new();
    visit::each(body, &mut |value| match &value.kind {
        ExprKind::Member { name, .. } => names.push(name.as_str()),
        ExprKind::Call { callee, .. } => {
            if let ExprKind::Name(name) = &callee.kind {
                names.push(name.as_str());
            }
        }
        ExprKind::New { class, .. } => names.push(class.short()),
        ExprKind::Str(text) if is_template(text) => names.push(text),
        _ => {}
    });
    names.sort_unstable();
    names.dedup();
    names
}

/// The lambda that starts and ends there, in the whole facts an outline was made of.
#[must_use]
pub fn lambda_at(facts: &FileFacts, span: Span) -> Option<&Lambda> {
    let mut found = None;
    let module = facts.functions.first()?;
    visit::each(&module.body, &mut |value| keep(value, span, &mut found));
    let fields = facts.classes.iter().flat_map(|class| &class.fields);
    for value in fields
        .filter(|field| field.span.contains(span))
        .filter_map(|field| field.value.as_ref())
    {
        visit::expression(value, &mut |value| keep(value, span, &mut found));
    }
    found
}

fn keep<'f>(value: &'f Expr, span: Span, found: &mut Option<&'f Lambda>) {
    if let ExprKind::Lambda(lambda) = &value.kind
        && lambda.span == span
    {
        found.get_or_insert(lambda);
    }
}
