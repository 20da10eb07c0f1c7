//! Collections of parts of the program: repositories, strategies, listeners. An application is put together
//! with as many of them as somebody wrote, however many rows there are.

use super::Walker;
use crate::facts::ir::Language;
use crate::nplus1::value::{Kind, Origin, Value};
use crate::program::ClassRef;

/// Classes behind one interface, and fields of one of them, that are looked at.
const CLASSES_MAX: usize = 8;
const FIELDS_MAX: usize = 24;
/// Objects within objects that are looked into: a listener has a service, which has a repository.
const DEPTH_MAX: u32 = 2;

impl<'a> Walker<'a> {
    /// Whether what is walked are parts of the program rather than data.
    pub(super) fn is_wired(&mut self, walked: &Value<'a>) -> bool {
        let declares = matches!(self.unit.file.facts.language, Language::Java | Language::CSharp);
        let Kind::Coll(coll) = &walked.kind else {
            return false;
        };
        if !declares || matches!(coll.origin, Origin::Query { .. }) {
            return false;
        }
        match &coll.element.kind {
            Kind::Source(_) => true,
            // What is known of its fields was made here, of whatever it was made of.
            Kind::Object(object) => object.fields.is_empty() && self.is_service(object.class, DEPTH_MAX),
            _ => false,
        }
    }

    /// Whether a class, or all that stand behind an interface, hold a source and no row.
    fn is_service(&mut self, class: ClassRef, depth: u32) -> bool {
        let view = self.world.view;
        let below = view.implementations(class);
        let all = std::iter::once(class).chain(below.iter().copied());
        let mut asks = false;
        for class in all.take(CLASSES_MAX) {
            match self.holds_source(class, depth) {
                Some(holds) => asks |= holds,
                None => return false,
            }
        }
        asks
    }

    /// `None` where it holds a row: it stands for that one.
    fn holds_source(&mut self, class: ClassRef, depth: u32) -> Option<bool> {
        let declared = self.world.view.class(class)?;
        let mut holds = false;
        for field in declared.fields.iter().take(FIELDS_MAX) {
            let Some(value) = field.ty.as_ref().and_then(|ty| self.typed_in(class, ty)) else {
                continue;
            };
            match value.kind {
                Kind::Source(_) => holds = true,
                Kind::Row(_) => return None,
                Kind::Object(object) if depth > 0 && object.class != class => {
                    holds |= self.is_service(object.class, depth - 1);
                }
                _ => {}
            }
        }
        Some(holds)
    }
}
