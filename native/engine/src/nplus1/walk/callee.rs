//! Which function of the repository a call leads to, and with what it is entered.

use std::rc::Rc;

use super::Walker;
use super::enter::Target;
use super::given::Given;
use super::orm_call::Written;
use crate::facts::ir::{Arg, ExprKind, FunctionKind, Lambda, Span, TypeRef};
use crate::nplus1::site::Reached;
use crate::nplus1::taint::Taint;
use crate::nplus1::value::{Kind, Object, Value};
use crate::program::{ClassRef, Definition, FunctionRef};

impl<'a> Walker<'a> {
    /// `f(x)`: a function nested here, of this file, or imported; in Ruby also a method of the object.
    pub(super) fn repository_function(
        &mut self,
        name: &str,
        span: Span,
        args: &'a [Arg],
        block: Option<&'a Lambda>,
    ) -> Option<Value<'a>> {
        let bare = self.unit.table.bare_calls || self.has_implicit_this();
        let method = if bare {
            self.method_of_this(name, args)
        } else {
            None
        };
        let target = method.or_else(|| {
            let count = Some(args.len());
            let function = (self.world.view).function_for(self.unit.id, self.function, name, count)?;
            Some(Target {
                function,
                reached: Reached::Direct,
            })
        })?;
        let this = method.map(|_| self.this_value());
        let own = this.is_some();
        self.enter_with(target, this, own, span, args, block)
    }

    /// `value.f(x)` on an object, a row, a class or an imported module.
    pub(super) fn repository_method(&mut self, value: &Value<'a>, call: Written<'a>) -> Option<Value<'a>> {
        let targets = self.targets(value, call);
        let first = targets.first()?;
        let own = matches!(value.kind, Kind::This);
        let this = if own {
            self.this_value()
        } else {
            self.named_in_full(value)
        };
        let this = (!matches!(value.kind, Kind::Unknown)).then_some(this);
        let sites = self.sites.len();
        if targets.len() == 1 {
            let answer = self.enter_with(*first, this, own, call.span, call.args, call.block)?;
            return Some(self.specialised(value, sites, answer));
        }
        let mut answer: Option<Value<'a>> = None;
        for target in targets {
            let Some(given) = self.enter_with(target, this.clone(), own, call.span, call.args, call.block)
            else {
                continue;
            };
            let given = self.specialised(value, sites, given);
            answer = Some(match answer {
                Some(before) => before.join(&given),
                None => given,
            });
        }
        answer
    }

    /// Reading `value.name` where that is a getter of the repository.
    pub(super) fn repository_getter(
        &mut self,
        value: &Value<'a>,
        name: &str,
        span: Span,
    ) -> Option<Value<'a>> {
        let (class, reached) = self.class_of(value)?;
        let function = self.world.view.method_for(class, name, 0)?;
        let kind = self.function_kind(function)?;
        if kind != FunctionKind::Getter {
            return None;
        }
        let this = match value.kind {
            Kind::This => self.this_value(),
            _ => value.clone(),
        };
        self.enter_with(Target { function, reached }, Some(this), false, span, &[], None)
    }

    /// `new C(x)`: the object with what its constructor leaves in its fields.
    pub(super) fn instance(
        &mut self,
        class: ClassRef,
        span: Span,
        args: &'a [Arg],
        block: Option<&'a Lambda>,
    ) -> Value<'a> {
        let constructor = self.constructor_for(class, args);
        let Some(function) = constructor else {
            let taint = self.plain_args("new", args, block);
            return Self::object_of(class, Vec::new(), taint);
        };
        let target = Target {
            function,
            reached: Reached::Direct,
        };
        if !self.may_enter(target) {
            let taint = self.plain_args("new", args, block);
            return Self::object_of(class, Vec::new(), taint);
        }
        let given = self.handed(None, args, block);
        let taint = given.taint();
        let fields = self.enter_for_fields(target, span, given);
        Self::object_of(class, fields, taint)
    }

    pub(super) fn object_of(class: ClassRef, fields: Vec<(String, Value<'a>)>, taint: Taint) -> Value<'a> {
        let fields = Rc::new(fields);
        Value::tainted(Kind::Object(Object { class, fields }), taint)
    }

    fn constructor_for(&mut self, class: ClassRef, args: &'a [Arg]) -> Option<FunctionRef> {
        let view = self.world.view;
        view.constructor(class, args.len()).or_else(|| {
            let all = view.constructors(class, args.len());
            self.fitting(all, |walker| walker.values_of(args))
        })
    }

    pub(super) fn enter_with(
        &mut self,
        target: Target,
        this: Option<Value<'a>>,
        own: bool,
        span: Span,
        args: &'a [Arg],
        block: Option<&'a Lambda>,
    ) -> Option<Value<'a>> {
        if !self.may_enter(target) {
            return None;
        }
        let given = Given {
            own,
            ..self.handed(this, args, block)
        };
        self.enter(target, span, given)
    }

    pub(super) fn handed(
        &mut self,
        this: Option<Value<'a>>,
        args: &'a [Arg],
        block: Option<&'a Lambda>,
    ) -> Given<'a> {
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            let value = match &arg.value.kind {
                // The body decides whether and how often it runs.
                ExprKind::Lambda(lambda) => Value::new(Kind::Lambda(lambda, self.calls.len())),
                _ => self.eval(&arg.value),
            };
            let value = self.reified(value);
            if arg.spread {
                spread(value, &mut values);
            } else {
                values.push((arg.name.clone(), value));
            }
        }
        Given {
            this,
            args: values,
            block,
            own: false,
            whole: !args.iter().any(|arg| arg.spread),
        }
    }

    /// The object at hand as a value that can be handed on.
    pub(super) fn this_value(&self) -> Value<'a> {
        if let Some(receiver) = &self.receiver {
            return receiver.clone();
        }
        match self.class {
            Some(class) => Value::new(Kind::Object(Object {
                class: ClassRef {
                    file: self.unit.id,
                    class,
                },
                fields: Rc::default(),
            })),
            None => Value::new(Kind::This),
        }
    }

    fn reified(&self, value: Value<'a>) -> Value<'a> {
        match value.kind {
            Kind::This => self.this_value(),
            _ => value,
        }
    }

    /// Java and C# call methods of their own class by the bare name.
    pub(super) fn has_implicit_this(&self) -> bool {
        matches!(
            self.unit.file.facts.language,
            crate::facts::ir::Language::Java | crate::facts::ir::Language::CSharp
        )
    }

    /// The class that `new` without a receiver makes an object of.
    pub(super) fn class_at_hand(&mut self) -> Option<ClassRef> {
        match &self.receiver {
            Some(Value {
                kind: Kind::Class(_), ..
            }) => self
                .receiver
                .clone()
                .and_then(|receiver| self.class_of(&receiver)),
            Some(_) => None,
            None => {
                let class = self.own_class()?;
                let found = self.world.view.class_named(self.unit.id, self.class, class)?;
                Some((found, Reached::Direct))
            }
        }
        .map(|(class, _)| class)
    }

    /// What a method of the object at hand, called by its bare name, leads to.
    fn method_of_this(&mut self, name: &str, args: &'a [Arg]) -> Option<Target> {
        let this = self.this_value();
        let (class, _) = self.class_of(&this)?;
        if !self.has_implicit_this() {
            let view = self.world.view;
            let of_class = match this.kind {
                Kind::Class(_) => view.static_method(class, name),
                _ => None,
            };
            let function = of_class.or_else(|| view.method_for(class, name, args.len()))?;
            let reached = Reached::Direct;
            return Some(Target { function, reached });
        }
        let given = |walker: &mut Self| walker.values_of(args);
        let found = self.methods_of(class, Reached::Direct, false, name, args.len(), given);
        found.first().copied()
    }

    /// `findById(id)` in a default method of an interface that the ORM implements.
    pub(super) fn own_source_call(&mut self, call: Written<'a>) -> Option<Value<'a>> {
        let receiver = self.receiver.clone()?;
        match receiver.kind {
            Kind::Source(_) if self.has_implicit_this() => self.orm_call(&receiver, call),
            _ => None,
        }
    }

    /// The class whose methods a value has, and how well that is known.
    pub(super) fn class_of(&mut self, value: &Value<'a>) -> Option<(ClassRef, Reached)> {
        match &value.kind {
            Kind::This => {
                let this = self.this_value();
                match this.kind {
                    Kind::This => None,
                    _ => self.class_of(&this).map(|(class, _)| (class, Reached::Direct)),
                }
            }
            Kind::Object(object) => Some((object.class, Reached::ByType)),
            Kind::Client(client) => Some((client.declared?, Reached::ByType)),
            Kind::Source(source) => {
                let of_model = || self.model_class(source).filter(|_| source.orm.relations.renames);
                Some((source.declared.or_else(of_model)?, Reached::ByType))
            }
            Kind::Row(row) => {
                let class = self.model_class(row)?;
                Some((class, Reached::ByType))
            }
            Kind::Class(name) => {
                let class = self.world.view.class_named(self.unit.id, self.class, name);
                // A registry of models hides where the class is.
                let registered = || {
                    self.unit
                        .orms
                        .iter()
                        .find_map(|active| match self.registered(active.orm, name)? {
                            Kind::Source(source) => self.model_class(&source),
                            _ => None,
                        })
                };
                Some((class.or_else(registered)?, Reached::Direct))
            }
            _ => None,
        }
    }

    fn targets(&mut self, value: &Value<'a>, call: Written<'a>) -> Vec<Target> {
        let view = self.world.view;
        let direct = |function| {
            vec![Target {
                function,
                reached: Reached::Direct,
            }]
        };
        let imported = match (&value.kind, &call.object.kind) {
            (Kind::Unknown, ExprKind::Name(local)) => view.named(self.unit.id, local),
            (Kind::Object(_), ExprKind::Name(local)) if self.unit.imports.contains_key(local.as_str()) => {
                view.named(self.unit.id, local)
            }
            // `models.Order.of_customer(id)`
            (Kind::Class(_), ExprKind::Member { object, name, .. }) => match &object.kind {
                ExprKind::Name(local) => view.member_of_import(self.unit.id, local, name),
                _ => None,
            },
            _ => None,
        };
        let (class, reached) = match imported {
            Some(Definition::Instance(class)) => (class, Reached::Direct),
            Some(Definition::Class(class)) => {
                return view.static_method(class, call.name).map_or_else(Vec::new, direct);
            }
            Some(definition) => {
                return match view.member(definition, call.name) {
                    Some(Definition::Function(function)) => direct(function),
                    _ => Vec::new(),
                };
            }
            None => match self.class_of(value) {
                Some(found) => found,
                None => return Vec::new(),
            },
        };
        let given = |walker: &mut Self| walker.values_of(call.args);
        let of_class = matches!(value.kind, Kind::Class(_));
        self.methods_of(class, reached, of_class, call.name, call.args.len(), given)
    }

    fn function_kind(&self, function: FunctionRef) -> Option<FunctionKind> {
        Some(self.world.view.function(function)?.kind)
    }

    /// What a field of an object holds: as its constructor left it, else as its class declares.
    pub(super) fn field_of(&mut self, object: &Object<'a>, taint: &Taint, name: &str) -> Option<Value<'a>> {
        // Ruby's readers have the name of the variable.
        let kept = object
            .fields
            .iter()
            .find(|(field, _)| field.trim_start_matches('@') == name.trim_start_matches('@'));
        if let Some((_, value)) = kept {
            return Some(value.clone());
        }
        let unit = self.unit_of(object.class.file)?;
        let scope = self.scope_of(&unit, Some(object.class.class));
        let kept = scope
            .get(&format!("this.{name}"))
            .or_else(|| scope.get(&format!("this.@{name}")));
        let mut value = match kept {
            Some(kept) if !matches!(kept.kind, Kind::Unknown) => kept.clone(),
            _ => {
                let (owner, field) = self.world.view.field(object.class, name)?;
                let ty = field.ty.as_ref()?;
                self.typed_in(owner, ty)?
            }
        };
        value.taint.add(taint);
        Some(value)
    }

    /// What a declared type means in the file that declares it.
    pub(super) fn typed_in(&mut self, owner: ClassRef, ty: &TypeRef) -> Option<Value<'a>> {
        let unit = self.unit_of(owner.file)?;
        let caller = std::mem::replace(&mut self.unit, unit);
        let class = self.class.replace(owner.class);
        let value = self.typed(ty);
        self.class = class;
        self.unit = caller;
        Some(value)
    }
}

/// `*args`, `**options`, `...`: what was taken with them, one by one.
fn spread<'a>(value: Value<'a>, out: &mut Vec<(Option<String>, Value<'a>)>) {
    match &value.kind {
        Kind::Tuple(parts) => parts.iter().for_each(|part| match part.kind {
            Kind::Named(_) => spread(part.clone(), out),
            _ => out.push((None, part.clone())),
        }),
        Kind::Named(parts) => {
            out.extend(
                parts
                    .iter()
                    .map(|(name, part)| (Some(name.clone()), part.clone())),
            );
        }
        _ => out.push((None, value)),
    }
}
