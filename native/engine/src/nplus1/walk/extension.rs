//! Extension methods: static methods that are called as if their first parameter had them.

use super::Walker;
use super::enter::Target;
use super::orm_call::Written;
use crate::facts::ir::Language;
use crate::nplus1::site::Reached;
use crate::nplus1::value::{Kind, Value};

impl<'a> Walker<'a> {
    /// `orders.OfCustomer(id)`, where the repository has one extension method of that name.
    pub(super) fn extension_call(&mut self, value: &Value<'a>, call: Written<'a>) -> Option<Value<'a>> {
        if self.unit.file.facts.language != Language::CSharp {
            return None;
        }
        let table = self.unit.table;
        let known = match value.kind {
            Kind::Source(_) | Kind::Query(_) | Kind::Client(_) | Kind::Row(_) => true,
            // The language's own words for lists come first.
            Kind::Coll(_) => {
                table.callback(call.name).is_none()
                    && !table.same.has(call.name)
                    && !table.chunkers.has(call.name)
            }
            _ => false,
        };
        if !known {
            return None;
        }
        let function = self.world.view.extension_method(call.name, call.args.len())?;
        let target = Target {
            function,
            reached: Reached::Direct,
        };
        if !self.may_enter(target) {
            return None;
        }
        let mut given = self.handed(None, call.args, call.block);
        given.args.insert(0, (None, value.clone()));
        self.enter(target, call.span, given)
    }
}
