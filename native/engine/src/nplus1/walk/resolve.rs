//! Receiver types: what a name, a declared type or an attribute is for the ORMs of the file
//! (analysis.md 5.2 step 2).

use std::rc::Rc;

use super::Walker;
use crate::facts::ir::{Expr, ExprKind, Language, Span};
use crate::nplus1::eager::Plan;
use crate::nplus1::orm::Orm;
use crate::nplus1::orm::schema::Quirk;
use crate::nplus1::taint::Taint;
use crate::nplus1::value::{Evidence, Handle, Kind, Object, SPREAD, Value};
use crate::program::ClassRef;

impl<'a> Walker<'a> {
    pub(super) fn name(&mut self, name: &'a str) -> Value<'a> {
        let known = self
            .env
            .get(name)
            .or_else(|| self.env.get(&format!("this.{name}")))
            .cloned();
        if let Some(value) = known {
            return match value.kind {
                Kind::Unknown if !self.turns_with(&value) => match self.client_named(name) {
                    Some(client) => Value::new(client),
                    None if self.unit.imports.contains_key(name) => {
                        let object = self.imported_object(name);
                        object.unwrap_or_else(|| match is_class_name(name) {
                            true => Value::new(Kind::Class(name.to_owned())),
                            false => value,
                        })
                    }
                    // `Order = apps.get_model("shop", "Order")`
                    None if is_class_name(name) => Value::new(Kind::Class(name.to_owned())),
                    None => value,
                },
                _ => value,
            };
        }
        // `import { User as dbUser } from …` is still the class.
        if let Some((_, imported)) = self.unit.imports.get(name)
            && is_class_name(imported)
            && !is_class_name(name)
        {
            return Value::new(Kind::Class((*imported).to_owned()));
        }
        if self.unit.classes.contains_key(name) {
            return Value::new(Kind::Class(name.to_owned()));
        }
        // `DBSession.query(…)`
        if is_class_name(name) {
            // `Database` of `module.exports = new Database()`
            if let Some(object) = self.imported_object(name) {
                return object;
            }
            let client = self.client_named(name);
            return Value::new(client.unwrap_or_else(|| Kind::Class(name.to_owned())));
        }
        if let Some(found) = self.imported_object(name) {
            return found;
        }
        let found = (self.imported_client(name))
            .or_else(|| self.client_named(name))
            .or_else(|| self.named_row(name));
        found.map_or_else(Value::unknown, Value::new)
    }

    /// `self` in a method of a class is the class in Ruby.
    pub(super) fn this(&self) -> Value<'a> {
        if let Some(rows) = self.rows_at_hand() {
            return rows;
        }
        match self.own_class() {
            Some(class) => Value::new(Kind::Class(class.to_owned())),
            None => Value::new(Kind::This),
        }
    }

    /// The class whose class method runs here.
    pub(super) fn own_class(&self) -> Option<&'a str> {
        let facts = self.unit.file.facts;
        let function = facts.functions.get(self.function)?;
        let class = facts.classes.get(function.class?)?;
        (self.unit.table.bare_calls && function.is_static).then_some(class.name.as_str())
    }

    /// What a function of this file declares to answer, by its name.
    pub(super) fn declared_answer(&self, name: &str) -> Option<Kind<'a>> {
        let facts = self.unit.file.facts;
        let mut named = facts.functions.iter().filter(|function| function.name == name);
        let declared = named.next()?.return_type.as_ref()?;
        // Overloads count when they agree.
        if named.any(|other| other.return_type.as_ref() != Some(declared)) {
            return None;
        }
        let kind = self.typed(declared).kind;
        matches!(
            kind,
            Kind::Client(_) | Kind::Source(_) | Kind::Query(_) | Kind::Row(_) | Kind::Coll(_)
        )
        .then_some(kind)
    }

    /// A client by the name of a variable or field alone.
    fn client_named(&self, name: &str) -> Option<Kind<'a>> {
        let active = self
            .unit
            .orms
            .iter()
            .find(|active| active.orm.client_names.matches(name))?;
        Some(Kind::Client(handle(active.orm, None, Evidence::Naming)))
    }

    pub(super) fn attribute(
        &mut self,
        value: &Value<'a>,
        object: &'a Expr,
        name: &'a str,
        span: Span,
    ) -> Value<'a> {
        if matches!(
            value.kind,
            Kind::Unknown | Kind::Foreign | Kind::Record | Kind::Null | Kind::Class(_)
        ) && let Some(found) = self.weak_client(object, name)
        {
            return found;
        }
        if matches!(value.kind, Kind::Unknown) && self.is_manager(name) {
            // `for model in models: model.objects`: another table in each turn.
            return Value::tainted(Kind::Unknown, value.taint.clone().into_batched());
        }
        let value = &self.touched(value, name, span);
        if matches!(value.kind, Kind::This | Kind::Row(_) | Kind::Object(_))
            && let Some(found) = self.repository_getter(value, name, span)
        {
            return found;
        }
        if let Some(found) = self.namesake_getter(value, name, span) {
            return found;
        }
        self.attribute_of(value.clone(), name, span)
    }

    /// Whether a value is another one in each turn of an iteration that is open here.
    pub(super) fn turns_with(&self, value: &Value<'a>) -> bool {
        (value.taint.deps.iter()).any(|dep| self.open.contains(&dep.iteration))
    }

    /// `tx.user`, when `user` is a declared model.
    pub(super) fn weak_client(&self, object: &Expr, name: &str) -> Option<Value<'a>> {
        let last = match &object.kind {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => name,
            _ => return None,
        };
        self.registered_in(last, name)
    }

    pub(super) fn attribute_of(&mut self, value: Value<'a>, name: &str, span: Span) -> Value<'a> {
        let unknown = Value::tainted(Kind::Unknown, value.taint.clone());
        match &value.kind {
            Kind::This => {
                if let Some(read) = self.own_relation(name, span) {
                    return read;
                }
                let mut known = self.field_at_hand(name);
                // What an object holds that is one of many hangs on which it is.
                if let (Some(known), Some(receiver)) = (&mut known, &self.receiver)
                    && matches!(receiver.kind, Kind::Unknown)
                {
                    known.taint.add(&receiver.taint);
                }
                match known {
                    Some(known) if !matches!(known.kind, Kind::Unknown) => known,
                    other if self.receiver.is_some() => {
                        let receiver = self.this_value();
                        let found = self.attribute_of(receiver, name, span);
                        match (&found.kind, other) {
                            (Kind::Unknown, Some(other)) => {
                                Value::tainted(other.kind, other.taint.with(&found.taint))
                            }
                            _ => found,
                        }
                    }
                    other => self
                        .client_named(name)
                        .map(Value::new)
                        .or_else(|| self.of_own_class(name))
                        .or_else(|| {
                            let taint = other.as_ref().map(|it| it.taint.clone()).unwrap_or_default();
                            Some(Value::tainted(self.named_row(name)?, taint))
                        })
                        .or(other)
                        .unwrap_or(unknown),
                }
            }
            Kind::Object(object) => self
                .field_of(&object.clone(), &value.taint, name)
                .unwrap_or(unknown),
            Kind::Client(client) if client.orm.client_members.matches(name) => value,
            Kind::Row(row) => {
                let row = row.clone();
                self.relation_read(&value, &row, name, span)
                    .or_else(|| self.chain(&value, name, None))
                    .unwrap_or(unknown)
            }
            Kind::Client(client) => {
                let own = client
                    .declared
                    .and_then(|class| self.own_field(class, &value.taint, name));
                own.or_else(|| self.chain(&value, name, None)).unwrap_or(unknown)
            }
            Kind::Source(source) if source.orm.client_members.matches(name) => Value::tainted(
                Kind::Client(handle(source.orm, None, source.evidence)),
                value.taint,
            ),
            Kind::Class(class) => match self.chain(&value, name, None) {
                Some(found) => found,
                // `Billing::Invoice` keeps its path: the last part alone is another class.
                None if self.unit.table.bare_calls && is_class_name(name) => {
                    Value::new(Kind::Class(format!("{class}::{name}")))
                }
                // `Order.class`
                None if name == "class" => value,
                None if self.unit.table.bare_calls && super::stmt::is_constant_name(name) => unknown,
                None if is_class_name(name) || super::stmt::is_constant_name(name) => {
                    Value::new(Kind::Class(name.to_owned()))
                }
                None if self.unit.classes.contains_key(class.as_str()) => self.static_field(class, name),
                None => Value::new(Kind::Column(class.clone())),
            },
            // Properties of C# are capitalised like classes.
            Kind::Unknown
                if is_class_name(name)
                    && !self.turns_with(&value)
                    && self.unit.file.facts.language != Language::CSharp =>
            {
                Value::new(Kind::Class(name.to_owned()))
            }
            Kind::Unknown if !self.turns_with(&value) => self.client_named(name).map_or(unknown, Value::new),
            // `paginator.page(1).object_list`
            Kind::Coll(_) if self.unit.table.page_rows.has(name) => value,
            // `task.Result`
            Kind::Query(_) | Kind::Coll(_) if name == "Result" => value,
            Kind::Record => unknown,
            Kind::Fields(fields) => {
                if let Some(part) = fields.part(name, &value.taint) {
                    return part;
                }
                // `{ ...order, total }.items`
                match fields.part(SPREAD, &value.taint) {
                    Some(spread) if !matches!(spread.kind, Kind::Unknown) => {
                        self.attribute_of(spread, name, span)
                    }
                    Some(_) => unknown,
                    // Nobody has given it.
                    None => Value::tainted(Kind::Unknown, fields.since(&value.taint)),
                }
            }
            _ => Value::tainted(Kind::Unknown, value.taint),
        }
    }

    /// A field of the object whose method runs: as the body left it, as this object's constructor was
    /// given it, else as its class says.
    pub(super) fn field_at_hand(&self, name: &str) -> Option<Value<'a>> {
        let key = format!("this.{name}");
        let says = |value: &Value<'a>| !matches!(value.kind, Kind::Unknown | Kind::Foreign);
        if let Some(own) = self.env.own(&key).filter(says) {
            return Some(own);
        }
        let given = match self.receiver.as_ref().map(|receiver| &receiver.kind) {
            Some(Kind::Object(object)) => object.fields.iter().find(|(field, _)| field == name),
            _ => None,
        };
        given
            .map(|(_, value)| value.clone())
            .filter(says)
            .or_else(|| self.env.get(&key).cloned())
    }

    /// `cls.query` in a method of a declared model.
    fn of_own_class(&self, name: &str) -> Option<Value<'a>> {
        let class = &self.unit.file.facts.classes.get(self.class?)?.name;
        let declared = self
            .unit
            .orms
            .iter()
            .any(|active| self.model(active.orm, class) == Some(Evidence::Resolved));
        let class = Value::new(Kind::Class(class.clone()));
        declared.then(|| self.chain(&class, name, None)).flatten()
    }

    /// A repository or a set that the application's own client declares: `unitOfWork.Orders`.
    fn own_field(&mut self, class: ClassRef, taint: &Taint, name: &str) -> Option<Value<'a>> {
        let client = Object {
            class,
            fields: Rc::default(),
        };
        let found = self.field_of(&client, taint, name)?;
        (found.is_of_orm() || matches!(found.kind, Kind::Object(_))).then_some(found)
    }

    fn static_field(&mut self, class: &str, name: &str) -> Value<'a> {
        let facts = self.unit.file.facts;
        let field = self
            .unit
            .classes
            .get(class)
            .and_then(|id| facts.classes[*id].fields.iter().find(|field| field.name == name));
        let Some(made) = field.and_then(|field| field.value.as_ref()) else {
            return Value::unknown();
        };
        // `class Date(lib.Date): __doc__ = lib.Date.__doc__` asks for itself.
        let own = (self.unit.id, made.span);
        if self.running.contains(&own) {
            return Value::unknown();
        }
        self.running.push(own);
        let value = self.muted(|walker| walker.eval(made));
        self.running.pop();
        value
    }

    /// Whether a client has a model of this name: `None` when no schema says.
    pub(super) fn in_schema(&self, orm: &Orm, name: &str) -> Option<bool> {
        let models = self.world.project.prisma_models();
        if !orm.has(Quirk::SchemaModels) || models.is_empty() {
            return None;
        }
        Some(models.contains(name) || models.contains(&upper_first(name)))
    }
}

pub(super) fn handle(orm: &'static Orm, model: Option<String>, evidence: Evidence) -> Handle {
    Handle {
        orm,
        model,
        evidence,
        subject: None,
        plan: Plan::default(),
        proxy: None,
        reached: None,
        declared: None,
    }
}

pub(super) fn is_class_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_uppercase())
        && (name.len() == 1 || name.chars().any(|c| c.is_ascii_lowercase()))
}

pub(super) fn upper_first(name: &str) -> String {
    let mut chars = name.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().collect::<String>() + chars.as_str(),
        None => String::new(),
    }
}
