//! Finds what the names of a module and the fields of its classes are bound to. It reads one file
//! and resolves nothing.

use super::outline::{Bound, Code, LambdaId, NamedLambda, Value};
use super::shallow::shallow;
use crate::facts::ir::{
    ClassId, Expr, ExprKind, Field, FileFacts, Function, Lambda, Param, Pattern, Span, Stmt, StmtKind,
    TypeRef,
};
use crate::hashing::Map;

/// Nesting of statements and object literals that is looked at.
const DEPTH_MAX: u32 = 8;

/// Calls that give back their function, or one that runs it with the same arguments. Small letters
/// and the end of the name: `reactCache`, `expressAsyncHandler`.
const TRANSPARENT_CALLS: &[&str] = &[
    "asynchandler",
    "cache",
    "catchasync",
    "catchasyncerrors",
    "memo",
    "memoize",
    "once",
    "usecallback",
    "wrapasync",
];

pub(super) struct Bindings<'f> {
    pub lambdas: Vec<(NamedLambda, &'f Lambda)>,
    pub values: Vec<Value>,
    pub assigned: Vec<(ClassId, Field)>,
    by_span: Map<Span, LambdaId>,
}

pub(super) fn collect(facts: &FileFacts) -> Bindings<'_> {
    let mut found = Bindings {
        lambdas: Vec::new(),
        values: Vec::new(),
        assigned: Vec::new(),
        by_span: Map::default(),
    };
    if let Some(module) = facts.functions.first() {
        found.statements(&module.body, 0);
    }
    for (id, class) in facts.classes.iter().enumerate() {
        for field in &class.fields {
            let lambda = field.value.as_ref().and_then(lambda_of);
            if let Some(lambda) = lambda {
                found.lambda(format!("{}.{}", class.qualified, field.name), Some(id), lambda);
            }
        }
        for method in class.methods.iter().filter_map(|id| facts.functions.get(*id)) {
            found.assignments(id, method, &method.body, 0);
        }
    }
    found
}

impl<'f> Bindings<'f> {
    fn statements(&mut self, body: &'f [Stmt], depth: u32) {
        if depth > DEPTH_MAX {
            return;
        }
        for stmt in body {
            match &stmt.kind {
                StmtKind::Assign {
                    target,
                    op: None,
                    ty,
                    value: Some(value),
                } => self.bind(target, ty.as_ref(), value),
                // `cache ||= Store.new`
                StmtKind::Assign {
                    target: target @ Pattern::Place(_),
                    value: Some(value),
                    ..
                } => self.bind(target, None, value),
                _ => {}
            }
            below(&stmt.kind, &mut |inner| self.statements(inner, depth + 1));
        }
    }

    fn bind(&mut self, target: &'f Pattern, ty: Option<&TypeRef>, value: &'f Expr) {
        let mut value = value;
        // `module.exports = exports = value`
        let mut targets = vec![target];
        while let ExprKind::Assign {
            target,
            op: None,
            value: inner,
        } = &value.kind
        {
            targets.push(target);
            value = inner;
        }
        let is_import = is_required(value);
        for target in targets {
            if is_import && matches!(target, Pattern::Name { .. }) {
                continue;
            }
            let Some(name) = bound_name(target) else {
                continue;
            };
            if let Some(bound) = self.bound(&name, value, 0) {
                self.values.push(Value {
                    name,
                    ty: ty.cloned(),
                    bound,
                });
            }
        }
    }

    fn bound(&mut self, name: &str, value: &'f Expr, depth: u32) -> Option<Bound> {
        if let Some(lambda) = lambda_of(value) {
            return Some(Bound::Lambda(self.lambda(name.to_owned(), None, lambda)));
        }
        match &value.kind {
            ExprKind::Map(pairs) if depth < DEPTH_MAX => {
                let mut members = Vec::new();
                for (key, value) in pairs {
                    match &key.kind {
                        ExprKind::Spread(inner) => {
                            members.extend(shallow(inner, 0).map(|it| ("...".to_owned(), Bound::Expr(it))));
                        }
                        ExprKind::Str(key) | ExprKind::Name(key) | ExprKind::Symbol(key) => {
                            let qualified = format!("{name}.{key}");
                            let bound = match self.bound(&qualified, value, depth + 1) {
                                Some(bound @ Bound::Object(_)) => Some(self.nested(qualified, bound)),
                                other => other,
                            };
                            members.extend(bound.map(|bound| (key.clone(), bound)));
                        }
                        _ => {}
                    }
                }
                Some(Bound::Object(members))
            }
            // `{ … } as const`, `{ … } satisfies Select`
            ExprKind::Cast { value: inner, .. } if matches!(inner.kind, ExprKind::Map(_)) => {
                self.bound(name, inner, depth)
            }
            _ => shallow(value, 0).map(Bound::Expr),
        }
    }

    fn nested(&mut self, name: String, bound: Bound) -> Bound {
        self.values.push(Value {
            name,
            ty: None,
            bound,
        });
        Bound::Value(self.values.len() - 1)
    }

    /// A lambda that two names reach is one.
    fn lambda(&mut self, qualified: String, class: Option<ClassId>, lambda: &'f Lambda) -> LambdaId {
        let next = self.lambdas.len();
        let id = *self.by_span.entry(lambda.span).or_insert(next);
        if id == next {
            let named = NamedLambda {
                qualified,
                class,
                params: lambda.params.clone(),
                is_async: lambda.is_async,
                span: lambda.span,
                code: Code::default(),
            };
            self.lambdas.push((named, lambda));
        }
        id
    }

    /// `this.x = value` in a method.
    fn assignments(&mut self, class: ClassId, method: &Function, body: &'f [Stmt], depth: u32) {
        if depth > DEPTH_MAX {
            return;
        }
        for stmt in body {
            if let Some((place, ty, value)) = assignment(&stmt.kind)
                && let Some(name) = own_member(place)
                && let Some(mut field) = instance_field(name, ty, value, method)
            {
                field.span = stmt.span;
                self.assigned.push((class, field));
            }
            below(&stmt.kind, &mut |inner| {
                self.assignments(class, method, inner, depth + 1)
            });
        }
    }
}

/// `require('./a')`, `(await import('./a')).b`: an import of the facts.
fn is_required(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Await(inner) => is_required(inner),
        ExprKind::Member { object, .. } => is_required(object),
        ExprKind::Call { callee, args, .. } => {
            matches!(&callee.kind, ExprKind::Name(name) if matches!(name.as_str(), "require" | "import"))
                && matches!(args.first().map(|arg| &arg.value.kind), Some(ExprKind::Str(_)))
        }
        _ => false,
    }
}

/// Statements inside a statement that run in the same function.
fn below<'f>(stmt: &'f StmtKind, show: &mut impl FnMut(&'f [Stmt])) {
    match stmt {
        StmtKind::If { then, otherwise, .. } => {
            show(then);
            show(otherwise);
        }
        StmtKind::Try {
            body,
            handlers,
            finally,
        } => {
            show(body);
            handlers.iter().for_each(|handler| show(handler));
            show(finally);
        }
        StmtKind::Scope { body, .. } => show(body),
        _ => {}
    }
}

/// An assignment that stands as a statement, or as the value a Ruby method returns.
fn assignment(stmt: &StmtKind) -> Option<(&Pattern, Option<&TypeRef>, &Expr)> {
    match stmt {
        StmtKind::Assign {
            target,
            op,
            ty,
            value: Some(value),
        } if op.as_deref().is_none_or(|op| op == "||" || op == "??") => Some((target, ty.as_ref(), value)),
        StmtKind::Expr(value) | StmtKind::Return(Some(value)) => match &value.kind {
            ExprKind::Assign { target, op, value }
                if op.as_deref().is_none_or(|op| op == "||" || op == "??") =>
            {
                Some((target, None, value))
            }
            _ => None,
        },
        _ => None,
    }
}

fn own_member(place: &Pattern) -> Option<&str> {
    match place {
        Pattern::Place(place) => match &place.kind {
            ExprKind::Member { object, name, .. } if matches!(object.kind, ExprKind::This) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

fn instance_field(name: &str, ty: Option<&TypeRef>, value: &Expr, method: &Function) -> Option<Field> {
    let lent = match &value.kind {
        ExprKind::Name(given) => param_type(&method.params, given),
        // `users or UserService()`, `users ?? new UserService()`
        ExprKind::Binary { left, .. } => match &left.kind {
            ExprKind::Name(given) => param_type(&method.params, given),
            _ => None,
        },
        _ => None,
    };
    let ty = ty.or(lent);
    let value = shallow(value, 0).filter(|value| !matches!(value.kind, ExprKind::Name(_)));
    if ty.is_none() && value.is_none() {
        return None;
    }
    Some(Field {
        name: name.to_owned(),
        ty: ty.cloned(),
        decorators: Vec::new(),
        value,
        is_static: false,
        span: method.span,
    })
}

fn param_type<'p>(params: &'p [Param], wanted: &str) -> Option<&'p TypeRef> {
    let named = |param: &&Param| matches!(&param.pattern, Pattern::Name { name, .. } if name == wanted);
    params.iter().find(named)?.ty.as_ref()
}

/// `x`, `module.exports`, `exports.x`, `module.exports.x` (as `exports.x`).
fn bound_name(target: &Pattern) -> Option<String> {
    match target {
        Pattern::Name { name, .. } => Some(name.clone()),
        Pattern::Place(place) => {
            let ExprKind::Member { object, name, .. } = &place.kind else {
                return None;
            };
            match &object.kind {
                ExprKind::Name(owner) if owner == "module" && name == "exports" => {
                    Some("module.exports".to_owned())
                }
                ExprKind::Name(owner) if owner == "exports" => Some(format!("exports.{name}")),
                ExprKind::Member {
                    object: module,
                    name: exports,
                    ..
                } if exports == "exports"
                    && matches!(&module.kind, ExprKind::Name(owner) if owner == "module") =>
                {
                    Some(format!("exports.{name}"))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn lambda_of(value: &Expr) -> Option<&Lambda> {
    match &value.kind {
        ExprKind::Lambda(lambda) => Some(lambda),
        ExprKind::Call { callee, args, .. } => {
            let (ExprKind::Name(name) | ExprKind::Member { name, .. }) = &callee.kind else {
                return None;
            };
            match args.first().map(|arg| &arg.value.kind) {
                Some(ExprKind::Lambda(lambda)) => {
                    let name = name.to_ascii_lowercase();
                    (TRANSPARENT_CALLS.iter().any(|end| name.ends_with(end))).then_some(lambda)
                }
                _ => None,
            }
        }
        ExprKind::Cast { value, .. } => lambda_of(value),
        _ => None,
    }
}
