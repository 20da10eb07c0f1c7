//! Bindings: parameters, assignments, destructuring, and the scopes of classes.

use std::rc::Rc;

use super::Walker;
use crate::facts::ir::{ClassId, Expr, ExprKind, FunctionKind, Lambda, Param, Pattern, Span, TypeRef};
use crate::nplus1::env::Env;
use crate::nplus1::site::Guard;
use crate::nplus1::value::{Bound, Coll, Kind, Origin, Value};

impl<'a> Walker<'a> {
    pub(super) fn params(&mut self, params: &'a [Param]) {
        for param in params {
            let value = self.param(param);
            let value = self.as_rows(value);
            self.bind(&param.pattern, value);
        }
    }

    pub(super) fn param(&mut self, param: &'a Param) -> Value<'a> {
        let typed = param.ty.as_ref().map(|ty| self.typed(ty));
        let default = param.default.as_ref().map(|default| self.eval(default));
        match (typed, default) {
            (Some(typed), _) if !matches!(typed.kind, Kind::Unknown) => typed,
            (_, Some(default)) if matches!(default.kind, Kind::Client(_) | Kind::Source(_)) => default,
            _ => match &param.pattern {
                Pattern::Name { name, .. } if !param.rest => {
                    Value::new(self.named_row(name).unwrap_or(Kind::Unknown))
                }
                _ => Value::unknown(),
            },
        }
    }

    /// Binds a lambda's parameters; gives what they hide.
    pub(super) fn lambda_params(
        &mut self,
        lambda: &'a Lambda,
        values: &[Value<'a>],
    ) -> Vec<(String, Option<Value<'a>>)> {
        let mut hidden = Vec::new();
        for param in &lambda.params {
            let mut names = Vec::new();
            bound_names(&param.pattern, &mut names);
            hidden.extend(
                names
                    .into_iter()
                    .map(|name| (name.to_owned(), self.env.own(name))),
            );
        }
        for (at, param) in lambda.params.iter().enumerate() {
            let own = self.param(param);
            let value = match values.get(at) {
                Some(given) if matches!(given.kind, Kind::Unknown) => Value {
                    kind: own.kind,
                    taint: given.taint.clone(),
                },
                Some(given) => given.clone(),
                None => own,
            };
            self.bind(&param.pattern, value);
        }
        hidden
    }

    pub(super) fn assign(
        &mut self,
        target: &'a Pattern,
        op: Option<&str>,
        ty: Option<&TypeRef>,
        value: Option<&'a Expr>,
    ) {
        // `row.count += 1` reads it too.
        if let (Some(_), Pattern::Place(place)) = (op, target)
            && place_name(target).is_none()
        {
            self.eval(place);
        }
        let memo = matches!(op, Some("||" | "??"));
        if memo {
            self.guards.push(Guard::NullCheck);
        }
        let mut made = match self.is_fields_of_type(target, ty, value) {
            true => Value::new(Kind::Record),
            false => value.map_or_else(Value::unknown, |value| self.eval(value)),
        };
        if memo {
            self.guards.pop();
        }
        if let Some(ty) = ty {
            made.kind = self.declared(ty, made.kind, value);
        }
        if op.is_some()
            && let Some(name) = place_name(target)
            && let Some(before) = self.env.get(&name)
        {
            made = before.join(&made);
        }
        match (target, value) {
            (Pattern::Object(parts), Some(object)) => self.bind_parts(parts, &made, Some(object)),
            _ => self.bind(target, made),
        }
    }

    /// `const { order, customer } = db.models`
    fn bind_parts(&mut self, parts: &'a [(String, Pattern)], whole: &Value<'a>, object: Option<&'a Expr>) {
        for (name, part) in parts {
            let registered = match whole.kind {
                Kind::Unknown | Kind::Record | Kind::Foreign => {
                    object.and_then(|object| self.weak_client(object, name))
                }
                _ => None,
            };
            let value = registered.unwrap_or_else(|| self.attribute_of(whole.clone(), name, Span::default()));
            self.bind(part, value);
        }
    }

    /// A declared type says what is not known of the value, and that a query answers rows where
    /// its name leaves open how many.
    fn declared(&self, ty: &TypeRef, made: Kind<'a>, value: Option<&'a Expr>) -> Kind<'a> {
        match self.held(ty, made) {
            Kind::Unknown | Kind::Null | Kind::Foreign => self.typed(ty).kind,
            Kind::Row(row) if self.unit.table.collections.has(ty.short()) => {
                let origin = value.map_or(Origin::Other, |value| Origin::Query {
                    model: row.model.clone(),
                    file: self.unit.id,
                    span: value.span,
                });
                Kind::Coll(Coll::of(Value::new(Kind::Row(row)), Bound::Unbounded, origin))
            }
            made => made,
        }
    }

    pub(super) fn bind(&mut self, pattern: &'a Pattern, value: Value<'a>) {
        match pattern {
            Pattern::Name { name, .. } => {
                self.bound.entry(self.at()).or_default().insert(name);
                self.env.set(name, value);
            }
            Pattern::Sequence(parts) => {
                for (at, part) in parts.iter().enumerate() {
                    let piece = piece(&value, at);
                    self.bind(part, piece);
                }
            }
            Pattern::Object(parts) => self.bind_parts(parts, &value, None),
            Pattern::Place(place) => match place_name(pattern) {
                Some(name) => self.env.set(&name, value),
                None => {
                    self.place(place);
                    self.keep_in(place, &value);
                    self.set_on(place, &value);
                }
            },
            Pattern::Ignored => {}
        }
    }

    /// What is assigned to is not read, only what it is a part of.
    fn place(&mut self, place: &'a Expr) {
        match &place.kind {
            ExprKind::Member { object, .. } => self.eval(object),
            ExprKind::Index { object, index } => {
                self.eval(object);
                self.eval(index)
            }
            _ => self.eval(place),
        };
    }

    /// `rows[key] = value` leaves the value's promises in `rows`.
    fn keep_in(&mut self, place: &'a Expr, value: &Value<'a>) {
        if let ExprKind::Index { object, index } = &place.kind
            && let ExprKind::Name(name) = &object.kind
        {
            match &index.kind {
                ExprKind::Str(key) if self.keep_part(name, key, value) => {}
                _ => self.add_to(name, value),
            }
        }
    }

    pub(super) fn is_paging(&self, field: &str) -> bool {
        (self.unit.orms.iter()).any(|active| active.orm.paging.matches(field))
    }

    /// `row.key = value`: what `row` says from here on hangs on the value too.
    fn set_on(&mut self, place: &'a Expr, value: &Value<'a>) {
        if let ExprKind::Member {
            object, name: part, ..
        } = &place.kind
            && let ExprKind::Name(name) = &object.kind
            // `criteria.Skip = page * 50`: no row is asked for by where a page starts.
            && !self.is_paging(part)
            && let Some(mut target) = self.env.get(name).cloned()
        {
            if let Kind::Coll(_) = target.kind
                && self.unit.table.page_rows.has(part)
            {
                // `page.object_list = load_all(page.object_list)`: what the new rows were loaded with is not seen.
                let rows = match &value.kind {
                    Kind::Query(_) => value.clone(),
                    _ => Value::tainted(Kind::Unknown, value.taint.clone()),
                };
                self.env.set(name, rows);
                return;
            }
            target.taint.add(&value.taint);
            // A relation that was assigned is there.
            if let Kind::Row(row) = &mut target.kind
                && (self.declared_model(row))
                    .is_some_and(|model| self.world.registry.relation(model, part).is_some())
            {
                row.plan.paths.add(part);
            }
            self.env.set(name, target);
        }
    }

    /// The scope the methods of a class see: its fields by type and initial value.
    pub(super) fn class_scope(&mut self, id: ClassId, outer: Rc<Env<'a>>) -> Env<'a> {
        let class = &self.unit.file.facts.classes[id];
        let inherited = self.inherited_fields(id);
        self.env = Env::inside(outer);
        self.env.keep_fields(&inherited);
        self.class = Some(id);
        let mut line = vec![id];
        // Fields of base classes in the same file come first, so that own ones win.
        for base in &class.bases {
            if let Some(base) = self
                .unit
                .classes
                .get(base.short())
                .copied()
                .filter(|base| !line.contains(base))
            {
                line.insert(0, base);
            }
        }
        for id in line {
            let class = &self.unit.file.facts.classes[id];
            for field in &class.fields {
                if self.is_own_relation(class, &field.name) {
                    continue;
                }
                let mut value = field.ty.as_ref().map_or_else(Value::unknown, |ty| self.typed(ty));
                if let Some(made) = &field.value {
                    let made = self.muted(|walker| walker.eval(made));
                    // A list that is written out and belongs to the class is a constant.
                    let constant =
                        field.is_static && matches!(&made.kind, Kind::Tuple(parts) if !parts.is_empty());
                    let text = matches!(value.kind, Kind::Foreign) && matches!(made.kind, Kind::Text(_));
                    if constant || text || matches!(value.kind, Kind::Unknown) {
                        value = made;
                    }
                }
                self.env.set(&format!("this.{}", field.name), value);
            }
            self.injected(id);
        }
        std::mem::take(&mut self.env)
    }

    /// Constructor parameters that become fields without being declared as such.
    fn injected(&mut self, id: ClassId) {
        let facts = self.unit.file.facts;
        for method in &facts.classes[id].methods {
            let Some(function) = facts.functions.get(*method) else {
                continue;
            };
            if function.kind != FunctionKind::Constructor {
                continue;
            }
            for param in &function.params {
                let (Pattern::Name { name, .. }, Some(ty)) = (&param.pattern, &param.ty) else {
                    continue;
                };
                let field = format!("this.{name}");
                if self
                    .env
                    .get(&field)
                    .is_none_or(|value| matches!(value.kind, Kind::Unknown))
                {
                    let value = self.typed(ty);
                    self.env.set(&field, value);
                }
            }
        }
    }
}

/// What the part at this place of a destructured value is.
pub(super) fn piece<'a>(whole: &Value<'a>, at: usize) -> Value<'a> {
    let mut piece = match &whole.kind {
        // The parts know best what they hang on.
        Kind::Tuple(values) => return values.get(at).cloned().unwrap_or_else(Value::unknown),
        // `row, created = get_or_create(…)`
        Kind::Row(_) if at == 0 => whole.clone(),
        Kind::Coll(coll) => (*coll.element).clone(),
        _ => Value::unknown(),
    };
    piece.taint.add(&whole.taint);
    piece
}

/// The environment's name of a place: `x`, `this.x`.
pub(super) fn place_name(pattern: &Pattern) -> Option<String> {
    match pattern {
        Pattern::Name { name, .. } => Some(name.clone()),
        Pattern::Place(place) => match &place.kind {
            ExprKind::Member { object, name, .. } if object.kind == ExprKind::This => {
                Some(format!("this.{name}"))
            }
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn bound_names<'p>(pattern: &'p Pattern, out: &mut Vec<&'p str>) {
    match pattern {
        Pattern::Name { name, .. } => out.push(name),
        Pattern::Sequence(parts) => parts.iter().for_each(|part| bound_names(part, out)),
        Pattern::Object(parts) => parts.iter().for_each(|(_, part)| bound_names(part, out)),
        Pattern::Place(_) | Pattern::Ignored => {}
    }
}
