//! Types that are written as values: maps of resolvers (`{ User: { posts(user) { … } } }`) and types made
//! by calls (`new GraphQLObjectType({ … resolve })`). A function of a field runs once per parent, so its
//! body is walked inside an iteration that no line of the code shows.

use super::Walker;
use super::expr::key_name;
use crate::facts::ir::{Arg, Expr, ExprKind, Lambda, Pattern, Span, Stmt, TypeRef};
use crate::nplus1::frameworks::{self, Fields, Kind as FrameworkKind};
use crate::nplus1::graphql::{self, Listed};
use crate::nplus1::site::Form;
use crate::nplus1::value::{Bound, Coll, Kind, Origin, Value};
use crate::program::{Definition, FunctionRef};

/// The type whose fields are being declared.
#[derive(Clone, Copy, Debug)]
pub struct Owner {
    framework: &'static str,
    listed: Listed,
}

type Pairs = [(Expr, Expr)];

impl<'a> Walker<'a> {
    /// Evaluates what a call or construction that defines a type is given. `None`: it defines none.
    pub(super) fn defining(&mut self, expr: &'a Expr) -> Option<Value<'a>> {
        let owner = self.defined(expr)?;
        let outer = self.owner.replace(owner);
        let args = match &expr.kind {
            ExprKind::Call { callee, args, .. } => {
                if let ExprKind::Member { object, .. } = &callee.kind {
                    self.eval(object);
                }
                args
            }
            ExprKind::New { args, .. } => args,
            _ => return None,
        };
        let taint = self.plain_args("", args, None);
        self.owner = outer;
        Some(Value::tainted(Kind::Unknown, taint))
    }

    fn defined(&self, expr: &Expr) -> Option<Owner> {
        let fields = self.unit.fields.filter(|_| self.declares_here())?;
        let owner = graphql::owner_of(fields, expr)?;
        Some(self.owner_named(fields, &owner))
    }

    /// Code of types runs where its own file is walked.
    fn declares_here(&self) -> bool {
        self.muted == 0 && self.calls.is_empty()
    }

    fn owner_named(&self, fields: &'static Fields, owner: &str) -> Owner {
        Owner {
            framework: frameworks::by_values(self.unit.file.facts.language)
                .map_or("", |(framework, _)| framework.name.as_str()),
            listed: graphql::listed(fields, owner, |line| self.world.loaded.contains(line)),
        }
    }

    /// A pair of an object literal that is a field's function, or a type with its fields.
    pub(super) fn is_field_pair(&mut self, key: &'a Expr, value: &'a Expr) -> bool {
        let Some(fields) = self.unit.fields.filter(|_| self.declares_here()) else {
            return false;
        };
        let Some(name) = key_name(key) else { return false };
        if let Some(owner) = self.owner {
            return fields.functions.matches(name) && self.field(owner, value);
        }
        let Some(pairs) = literal(value).filter(|_| super::resolve::is_class_name(name)) else {
            return false;
        };
        let keys = function_keys(pairs);
        let said = |line: &str| self.world.loaded.contains(line);
        let is_known =
            graphql::owner_of_map(fields, &[name], &keys, said).is_some_and(|owner| owner == *name);
        if !is_known {
            return false;
        }
        let owner = self.owner_named(fields, name);
        self.field_map(owner, pairs)
    }

    /// `export const User: UserResolvers = { posts: … }`
    pub(super) fn is_fields_of_type(
        &mut self,
        target: &'a Pattern,
        ty: Option<&TypeRef>,
        value: Option<&'a Expr>,
    ) -> bool {
        let Some(fields) = self
            .unit
            .fields
            .filter(|_| self.declares_here() && self.open.is_empty())
        else {
            return false;
        };
        let (Pattern::Name { name, .. }, Some(value)) = (target, value) else {
            return false;
        };
        let Some(pairs) = literal(value) else { return false };
        let keys = function_keys(pairs);
        if keys.is_empty() {
            return false;
        }
        let cast = match &value.kind {
            ExprKind::Cast { ty, .. } => Some(ty.short()),
            _ => None,
        };
        let declared: Vec<&str> = [ty.map(TypeRef::short), cast, Some(name.as_str())]
            .into_iter()
            .flatten()
            .collect();
        let said = |line: &str| self.world.loaded.contains(line);
        let Some(owner) = graphql::owner_of_map(fields, &declared, &keys, said) else {
            return false;
        };
        let owner = self.owner_named(fields, &owner);
        self.field_map(owner, pairs)
    }

    /// Walks the functions of a type's fields; false leaves them to be walked like any other code.
    fn field_map(&mut self, owner: Owner, pairs: &'a Pairs) -> bool {
        if owner.listed == Listed::No {
            return false;
        }
        for (key, value) in pairs {
            let own = match &value.kind {
                // `posts: { resolve: … }`
                ExprKind::Map(inner) => self
                    .unit
                    .fields
                    .and_then(|fields| resolving(fields, inner))
                    .unwrap_or(value),
                _ => value,
            };
            if key_name(key).is_some_and(|name| name.starts_with("__is")) || !self.field(owner, own) {
                self.eval(value);
            }
        }
        true
    }

    /// The function of one field, called with its parent first.
    fn field(&mut self, owner: Owner, value: &'a Expr) -> bool {
        if owner.listed == Listed::No {
            return false;
        }
        match &value.kind {
            ExprKind::Cast { value, .. } => self.field(owner, value),
            ExprKind::Lambda(lambda) => self.field_lambda(owner, lambda),
            // `authenticated((user, args, context) => …)`
            ExprKind::Call { args, .. } => {
                let inner = args.iter().rev().find_map(|arg: &Arg| match &arg.value.kind {
                    ExprKind::Lambda(lambda) if !lambda.params.is_empty() => Some(&**lambda),
                    _ => None,
                });
                inner.is_some_and(|lambda| self.field_lambda(owner, lambda))
            }
            ExprKind::Name(name) => {
                let found = (self.world.view).function_for(self.unit.id, self.function, name, None);
                found.is_some_and(|function| self.field_function(owner, function, value.span))
            }
            ExprKind::Member { object, name, .. } => {
                let ExprKind::Name(local) = &object.kind else {
                    return false;
                };
                match self.world.view.member_of_import(self.unit.id, local, name) {
                    Some(Definition::Function(function)) => self.field_function(owner, function, value.span),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    fn field_lambda(&mut self, owner: Owner, lambda: &'a Lambda) -> bool {
        let Some(param) = lambda
            .params
            .first()
            .filter(|_| self.detached.insert(lambda.span))
        else {
            return false;
        };
        let name = super::stmt::first_name(&param.pattern);
        let end = lambda
            .body
            .first()
            .map_or(lambda.span.end, |stmt| stmt.span.start);
        let header = Span {
            start: lambda.span.start,
            end: end.max(lambda.span.start + 1),
        };
        self.per_parent(owner, header, &lambda.body, name, |walker, parent| {
            let answer = walker.run_lambda(lambda, &[parent]);
            walker.commit(&answer);
        });
        true
    }

    fn field_function(&mut self, owner: Owner, function: FunctionRef, span: Span) -> bool {
        self.per_parent(owner, span, &[], None, |walker, parent| {
            let answer = walker.handed_to(function, parent, span);
            walker.commit(&answer);
        });
        true
    }

    fn per_parent(
        &mut self,
        owner: Owner,
        header: Span,
        body: &'a [Stmt],
        name: Option<&str>,
        work: impl FnOnce(&mut Self, Value<'a>),
    ) {
        let within = self.owner.take();
        self.aside(|walker| {
            let parents = Coll::of(Value::unknown(), Bound::Unbounded, Origin::Parameter);
            let parents = Value::new(Kind::Coll(parents));
            let form = Form::Implicit(FrameworkKind::Graphql);
            let id =
                walker.open_iteration(form, header, body, &parents, None, Some(name.unwrap_or("parent")));
            owner.framework.clone_into(&mut walker.iterations[id].driver);
            walker.iterations[id].is_supposed = owner.listed == Listed::Unknown;
            let parent = walker.element(&parents, id);
            work(walker, parent);
            walker.close_iteration();
        });
        self.owner = within;
    }
}

/// An object literal, whatever it is declared to be.
fn literal(value: &Expr) -> Option<&Pairs> {
    match &value.kind {
        ExprKind::Map(pairs) => Some(pairs),
        ExprKind::Cast { value, .. } => literal(value),
        _ => None,
    }
}

/// Names of what may be functions.
fn function_keys(pairs: &Pairs) -> Vec<&str> {
    let is_function = |value: &Expr| {
        matches!(
            value.kind,
            ExprKind::Lambda(_)
                | ExprKind::Name(_)
                | ExprKind::Member { .. }
                | ExprKind::Call { .. }
                | ExprKind::Map(_)
        )
    };
    (pairs.iter())
        .filter(|(_, value)| is_function(value))
        .filter_map(|(key, _)| key_name(key))
        .collect()
}

fn resolving<'a>(fields: &Fields, pairs: &'a Pairs) -> Option<&'a Expr> {
    let pair = pairs
        .iter()
        .find(|(key, _)| key_name(key).is_some_and(|name| fields.functions.matches(name)))?;
    Some(&pair.1)
}
