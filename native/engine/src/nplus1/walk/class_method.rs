//! Class methods: the class keeps its full name where it is handed to, and in Ruby they run on rows too.

use std::rc::Rc;

use super::Walker;
use super::enter::Target;
use super::orm_call::Written;
use crate::nplus1::site::Reached;
use crate::nplus1::value::{Handle, Kind, Value};

impl<'a> Walker<'a> {
    /// A class as it is called everywhere: the file that is entered may not see the short name.
    pub(super) fn named_in_full(&mut self, value: &Value<'a>) -> Value<'a> {
        let Kind::Class(name) = &value.kind else {
            return value.clone();
        };
        let view = self.world.view;
        let class = (self.unit.table.bare_calls)
            .then(|| view.class_named(self.unit.id, self.class, name))
            .flatten()
            .and_then(|class| view.class(class));
        let name = class.map_or_else(|| name.clone(), |class| class.qualified.replace('.', "::"));
        Value::tainted(Kind::Class(name), value.taint.clone())
    }

    /// `author.books.newest`, where the model has a class method of that name: it runs on those rows.
    pub(super) fn class_method_on_rows(
        &mut self,
        value: &Value<'a>,
        handle: &Handle,
        call: Written<'a>,
    ) -> Option<Value<'a>> {
        if !self.unit.table.bare_calls {
            return None;
        }
        let class = self.model_class(handle)?;
        let function = self.world.view.static_method(class, call.name)?;
        let target = Target {
            function,
            reached: Reached::ByType,
        };
        let mut rows = value.clone();
        if let Kind::Query(query) = &mut rows.kind {
            // Inside it every read is a query of its own.
            Rc::make_mut(query).related = None;
        }
        self.enter_with(target, Some(rows), false, call.span, call.args, call.block)
    }

    /// The rows on which the class method that runs here was called.
    pub(super) fn rows_at_hand(&self) -> Option<Value<'a>> {
        let receiver = self.receiver.as_ref()?;
        let on_rows = matches!(receiver.kind, Kind::Query(_)) && self.own_class().is_some();
        on_rows.then(|| receiver.clone())
    }
}
