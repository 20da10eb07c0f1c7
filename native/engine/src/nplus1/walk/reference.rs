//! Functions given by name: `this::toRow`, `OrderRow::new`, `Order::getCustomer`, `orders::findById`,
//! a method group. Their code is entered with the element, as if it were called there.

use super::Walker;
use super::enter::Target;
use super::given::Given;
use super::orm_args::Args;
use super::orm_call::Written;
use crate::facts::ir::{Expr, ExprKind, Span};
use crate::nplus1::orm::schema::Role;
use crate::nplus1::site::Reached;
use crate::nplus1::value::{Handle, Kind, Query, Value};
use crate::program::ClassRef;

impl<'a> Walker<'a> {
    /// `object::name` called with one value.
    pub(super) fn referred(
        &mut self,
        object: &'a Expr,
        name: &'a str,
        element: Value<'a>,
        span: Span,
    ) -> Value<'a> {
        let receiver = self.eval(object);
        if let Kind::Class(class) = &receiver.kind
            && let Some(answer) = self.referred_of_class(&class.clone(), object, name, &element, span)
        {
            return answer;
        }
        if let Some(answer) = self.referred_method(&receiver, name, &element, span) {
            return answer;
        }
        self.call_by_value(&receiver, name, element, span)
    }

    /// `toRow` alone, in languages where a method's name is a function value.
    pub(super) fn referred_name(&mut self, name: &'a str, element: Value<'a>, span: Span) -> Value<'a> {
        let this = self.this_value();
        let found = self.referred_method(&this, name, &element, span);
        found.unwrap_or_else(|| Value::tainted(Kind::Unknown, element.taint))
    }

    /// Whether the class at hand has a method of this name.
    pub(super) fn is_own_method(&self, name: &str) -> bool {
        let class = self.class.map(|class| ClassRef {
            file: self.unit.id,
            class,
        });
        class.is_some_and(|class| !self.world.view.overloads(class, name, 1).is_empty())
    }

    /// `OrderRow::new`, `OrderRow::from`, and the method of the element itself: `Order::getCustomer`.
    fn referred_of_class(
        &mut self,
        class: &str,
        object: &'a Expr,
        name: &'a str,
        element: &Value<'a>,
        span: Span,
    ) -> Option<Value<'a>> {
        let view = self.world.view;
        let declared = view.class_named(self.unit.id, self.class, class);
        if name == "new" {
            return self.made_of(declared?, element, span);
        }
        let is_static = declared.is_some_and(|class| {
            let all = view.overloads(class, name, 1);
            all.iter()
                .any(|function| view.function(*function).is_some_and(|it| it.is_static))
        });
        if is_static && let Some(class) = declared {
            let given = element.clone();
            let targets = self.methods_of(class, Reached::Direct, true, name, 1, |_| vec![given]);
            let target = *targets.first()?;
            return self.enter_with_values(target, None, vec![element.clone()], span);
        }
        if !matches!(
            element.kind,
            Kind::Row(_) | Kind::Object(_) | Kind::Coll(_) | Kind::Query(_)
        ) {
            return None;
        }
        let call = Written {
            span,
            object,
            name,
            args: &[],
            block: None,
            type_args: &[],
        };
        Some(self.call_on(element.clone(), call))
    }

    fn made_of(&mut self, class: ClassRef, element: &Value<'a>, span: Span) -> Option<Value<'a>> {
        let view = self.world.view;
        let function = match view.constructor(class, 1) {
            Some(only) => only,
            None => {
                let given = element.clone();
                self.fitting(view.constructors(class, 1), |_| vec![given])?
            }
        };
        let target = Target {
            function,
            reached: Reached::Direct,
        };
        if !self.may_enter(target) {
            return None;
        }
        let given = Given {
            this: None,
            args: vec![(None, element.clone())],
            block: None,
            own: false,
            whole: false,
        };
        let fields = self.enter_for_fields(target, span, given);
        Some(Self::object_of(class, fields, element.taint.clone()))
    }

    fn referred_method(
        &mut self,
        receiver: &Value<'a>,
        name: &str,
        element: &Value<'a>,
        span: Span,
    ) -> Option<Value<'a>> {
        let (class, reached) = self.class_of(receiver)?;
        let this = match receiver.kind {
            Kind::This => self.this_value(),
            _ => receiver.clone(),
        };
        let given = element.clone();
        let targets = self.methods_of(class, reached, false, name, 1, |_| vec![given]);
        let target = *targets.first()?;
        let sites = self.sites.len();
        let answer = self.enter_with_values(target, Some(this), vec![element.clone()], span)?;
        Some(self.specialised(receiver, sites, answer))
    }

    pub(super) fn enter_with_values(
        &mut self,
        target: Target,
        this: Option<Value<'a>>,
        values: Vec<Value<'a>>,
        span: Span,
    ) -> Option<Value<'a>> {
        if !self.may_enter(target) {
            return None;
        }
        let given = Given {
            this,
            args: values.into_iter().map(|value| (None, value)).collect(),
            block: None,
            own: false,
            whole: false,
        };
        self.enter(target, span, given)
    }

    /// `repository::findById`: the element is the argument of a method of the ORM.
    pub(super) fn call_by_value(
        &mut self,
        receiver: &Value<'a>,
        method: &str,
        element: Value<'a>,
        span: Span,
    ) -> Value<'a> {
        let (handle, role, query): (Handle, Role, Option<std::rc::Rc<Query>>) = match &receiver.kind {
            Kind::Source(handle) => (handle.clone(), Role::Source, None),
            Kind::Query(query) => (query.handle.clone(), Role::Query, Some(query.clone())),
            Kind::Client(handle) => (handle.clone(), Role::Client, None),
            Kind::Row(handle) => (handle.clone(), Role::Row, None),
            _ => return Value::tainted(Kind::Unknown, receiver.taint.clone().with(&element.taint)),
        };
        if role == Role::Source && handle.declared.is_some() {
            let args = Args::of_values(std::slice::from_ref(&element));
            if let Some(answer) = self.declared_by_value(receiver, &handle, method, args, span) {
                return answer;
            }
        }
        match handle.orm.method(role, method) {
            Some((effect, _)) => {
                let args = if role == Role::Row {
                    Args::default()
                } else {
                    Args::of_values(&[element])
                };
                self.apply_args(
                    receiver,
                    &handle,
                    query.as_deref(),
                    effect,
                    args,
                    method,
                    span,
                    None,
                )
            }
            None => Value::tainted(Kind::Unknown, receiver.taint.clone().with(&element.taint)),
        }
    }

    /// A method reference where a function is handed to a value that is no collection:
    /// `optional.map(this::toRow)`.
    pub(super) fn referred_arg(&self, arg: &'a Expr) -> Option<(&'a Expr, &'a str)> {
        match &arg.kind {
            ExprKind::Member { object, name, .. } if self.text(arg.span).contains("::") => {
                Some((object, name.as_str()))
            }
            _ => None,
        }
    }
}
