//! One file as the readers of declarations see it: what its names mean, and what an expression
//! says as a name, a text or an option. It must not know relations.

use super::locals;
use crate::facts::ir::{Arg, Class, Expr, ExprKind, FileFacts, Lambda, Stmt, StmtKind, TypeRef};
use crate::hashing::Map;
use crate::nplus1::language::Table;
use crate::nplus1::orm::Orm;

/// Types stand inside each other no deeper than this.
const TYPE_DEPTH_MAX: usize = 8;

pub(super) struct Source<'a> {
    pub path: &'a str,
    pub facts: &'a FileFacts,
    pub orm: &'a Orm,
    table: &'static Table,
    /// Local name to module and name there.
    imports: Map<&'a str, (&'a str, &'a str)>,
    /// Local name to that of the model it was given.
    locals: Map<&'a str, String>,
    classes: Map<&'a str, Vec<&'a Class>>,
    /// Classes that hold the settings of the one around them, in the order of the file.
    inner: Vec<&'a Class>,
}

/// A class that a declaration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClassName {
    /// Short.
    pub name: String,
    /// Module, package, namespace or app it is looked for in.
    pub within: Option<String>,
}

/// What a type says of a relation.
#[derive(Default)]
pub(super) struct Typed<'t> {
    pub target: Option<&'t TypeRef>,
    pub many: bool,
    /// Names of the types around the target, outermost first.
    pub around: Vec<&'t str>,
}

impl<'a> Source<'a> {
    pub fn new(path: &'a str, facts: &'a FileFacts, orm: &'a Orm) -> Self {
        let imports = facts.imports.iter().flat_map(|import| {
            let names = import.names.iter();
            names.map(|name| {
                (
                    name.local.as_str(),
                    (import.module.as_str(), name.imported.as_str()),
                )
            })
        });
        let mut classes: Map<&str, Vec<&Class>> = Map::default();
        for class in &facts.classes {
            classes.entry(&class.name).or_default().push(class);
        }
        let holds_settings = |class: &&Class| orm.model_words.inner.matches(&class.name);
        let mut inner: Vec<_> = facts.classes.iter().filter(holds_settings).collect();
        inner.sort_by_key(|class| class.span.start);
        Source {
            path,
            facts,
            orm,
            table: Table::of(facts.language),
            imports: imports.collect(),
            locals: locals::of(facts, orm),
            classes,
            inner,
        }
    }

    pub fn classes(&self, name: &str) -> impl Iterator<Item = &'a Class> {
        self.classes.get(name).into_iter().flatten().copied()
    }

    /// The classes right inside another that hold its settings.
    pub fn inner(&self, class: &Class) -> impl Iterator<Item = &'a Class> {
        let from = self.inner.partition_point(|it| it.span.start < class.span.start);
        let within = self
            .inner
            .iter()
            .skip(from)
            .take_while(move |it| it.span.start < class.span.end);
        let qualified = class.qualified.clone();
        within.copied().filter(move |it| {
            let outer = it.qualified.strip_suffix(it.name.as_str());
            outer.and_then(|outer| outer.strip_suffix('.')) == Some(qualified.as_str())
        })
    }

    /// The class that a name means in this file, its import taken back: `Spree::Order`,
    /// `models.Order`, `Owner` of `import User as Owner`.
    pub fn class_name(&self, written: &str) -> Option<ClassName> {
        let dotted = written.replace("::", ".");
        let dotted = dotted.trim_matches('.');
        let (scope, short) = dotted
            .rsplit_once('.')
            .map_or((None, dotted), |(s, n)| (Some(s), n));
        if short.is_empty() || !short.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        let head = scope.map_or(short, |scope| scope.split('.').next().unwrap_or(scope));
        let import = self.imports.get(head);
        let (name, within) = match (scope, import) {
            (None, Some((module, "*" | "default"))) => (short, Some((*module).to_owned())),
            (None, Some((module, imported))) => (*imported, Some((*module).to_owned())),
            (None, None) if self.classes.contains_key(short) => (short, None),
            (None, None) => (self.locals.get(short).map_or(short, String::as_str), None),
            (Some(_), Some((module, "*" | "default"))) => (short, Some((*module).to_owned())),
            (Some(_), Some((module, imported))) => (short, Some(format!("{module}.{imported}"))),
            (Some(scope), None) => (short, Some(scope.to_owned())),
        };
        Some(ClassName {
            name: name.to_owned(),
            within,
        })
    }

    /// Takes collections, promises and the ORM's own wrappers off a type.
    pub fn typed<'t>(&self, ty: &'t TypeRef) -> Typed<'t> {
        let mut typed = Typed::default();
        let mut ty = ty;
        for _ in 0..TYPE_DEPTH_MAX {
            let short = ty.short();
            if ty.name == "|" {
                let real = |part: &&TypeRef| !matches!(part.short(), "None" | "null" | "undefined");
                match ty.args.iter().find(real) {
                    Some(part) => ty = part,
                    None => return typed,
                }
                continue;
            }
            let is_collection =
                self.table.collections.has(short) || self.orm.relations.collections.matches(short);
            if !is_collection && !self.orm.relations.wrappers.matches(short) {
                typed.target = Some(ty);
                return typed;
            }
            typed.around.push(short);
            typed.many |= is_collection;
            match ty.args.last() {
                Some(inner) => ty = inner,
                None => return typed,
            }
        }
        typed
    }
}

/// `models.Order`, `() => Order`, `lambda: Order`, `"shop.Order"`, `Order.class`, `f()`: as written.
pub(super) fn named(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Str(name) | ExprKind::Symbol(name) => Some(name.clone()),
        ExprKind::Member { object, name, .. } => match named(object) {
            Some(object) if name == "class" => Some(object),
            Some(object) => Some(format!("{object}.{name}")),
            None => Some(name.clone()),
        },
        ExprKind::Lambda(lambda) => answer(lambda).and_then(named),
        // `forwardRef(() => Order)`, `get_user_model()`
        ExprKind::Call { callee, args, .. } => match args.first() {
            Some(Arg {
                value, name: None, ..
            }) => named(value),
            _ => named(callee),
        },
        ExprKind::Index { index, .. } => text(index),
        ExprKind::Cast { value, .. } | ExprKind::Await(value) => named(value),
        ExprKind::Binary { left, .. } => named(left),
        _ => None,
    }
}

/// What a function of one expression answers.
pub(super) fn answer(lambda: &Lambda) -> Option<&Expr> {
    match lambda.body.as_slice() {
        [
            Stmt {
                kind: StmtKind::Return(Some(value)) | StmtKind::Expr(value),
                ..
            },
        ] => Some(value),
        _ => None,
    }
}

pub(super) fn text(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Str(text) | ExprKind::Symbol(text) => Some(text.clone()),
        _ => None,
    }
}

/// A value as the rules of an ORM file write it.
pub(super) fn value_word(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Null => "null".to_owned(),
        ExprKind::Str(text) | ExprKind::Symbol(text) => text.clone(),
        ExprKind::Name(name) | ExprKind::Member { name, .. } => name.clone(),
        _ => String::new(),
    }
}

pub(super) fn is_true(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Bool(true))
}

/// The last name of what is called: `ForeignKey` of `models.ForeignKey(…)`.
pub(super) fn callee(expr: &Expr) -> Option<(&str, &[Arg])> {
    let ExprKind::Call { callee, args, .. } = &expr.kind else {
        return None;
    };
    match &callee.kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some((name, args)),
        _ => None,
    }
}

/// Named arguments, and the entries of object literals among the others.
pub(super) fn options(args: &[Arg]) -> Vec<(String, &Expr)> {
    let mut found = Vec::new();
    for arg in args {
        match (&arg.name, &arg.value.kind) {
            (Some(name), _) => found.push((name.clone(), &arg.value)),
            (None, ExprKind::Map(entries)) => found.extend(entries_of(entries)),
            _ => {}
        }
    }
    found
}

pub(super) fn entries_of(entries: &[(Expr, Expr)]) -> impl Iterator<Item = (String, &Expr)> {
    entries.iter().filter_map(|(key, value)| match &key.kind {
        ExprKind::Str(name) | ExprKind::Symbol(name) | ExprKind::Name(name) => Some((name.clone(), value)),
        _ => None,
    })
}

/// Arguments by position, object literals left out.
pub(super) fn positional(args: &[Arg]) -> impl Iterator<Item = &Expr> {
    args.iter()
        .filter(|arg| arg.name.is_none() && !arg.spread && !matches!(arg.value.kind, ExprKind::Map(_)))
        .map(|arg| &arg.value)
}
