//! What code of a file sees from outside of itself: the values its module keeps and the fields of its
//! class, walked once and without a word.

use std::rc::Rc;

use super::Walker;
use super::enter::Frame;
use super::unit::Unit;
use crate::facts::ir::{ClassId, FunctionKind};
use crate::nplus1::env::Env;
use crate::program::ClassRef;

impl<'a> Walker<'a> {
    /// What code of a file sees from its module and its class, walked once and without a word.
    pub(super) fn scope_of(&mut self, unit: &Rc<Unit<'a>>, class: Option<ClassId>) -> Rc<Env<'a>> {
        if let Some(scope) = unit.scopes.borrow().get(&class) {
            return Rc::clone(scope);
        }
        // While it is being made, code that needs it sees nothing.
        unit.scopes.borrow_mut().insert(class, Rc::default());
        let outer = class.map(|_| self.scope_of(unit, None));
        let caller = self.swap(Frame::nowhere(unit));
        let open = std::mem::take(&mut self.open);
        let mut scope = self.muted(|walker| match (class, outer) {
            (Some(class), Some(outer)) => walker.object_scope(class, outer),
            _ => {
                if let Some(module) = walker.unit.file.facts.functions.first() {
                    walker.block(&module.body);
                }
                std::mem::take(&mut walker.env)
            }
        });
        self.open = open;
        self.swap(caller);
        scope.outlive();
        let scope = Rc::new(scope);
        unit.scopes.borrow_mut().insert(class, Rc::clone(&scope));
        scope
    }

    /// The fields of a class, as its declarations and its constructors leave them.
    fn object_scope(&mut self, class: ClassId, outer: Rc<Env<'a>>) -> Env<'a> {
        let fields = self.class_scope(class, outer);
        let facts = self.unit.file.facts;
        let mut scope = fields.clone();
        for method in &facts.classes[class].methods {
            let Some(function) = facts.functions.get(*method) else {
                continue;
            };
            if function.kind != FunctionKind::Constructor {
                continue;
            }
            self.function = *method;
            self.class = Some(class);
            self.env = Env::inside(Rc::new(fields.clone()));
            self.params(&function.params);
            self.block(&function.body);
            let left = std::mem::take(&mut self.env);
            scope.keep_fields(&left);
        }
        scope
    }

    /// The fields that base classes in other files leave to a class, where fields have declared types.
    pub(super) fn inherited_fields(&mut self, class: ClassId) -> Env<'a> {
        let mut inherited = Env::default();
        if !self.has_implicit_this() {
            return inherited;
        }
        let class = ClassRef {
            file: self.unit.id,
            class,
        };
        let above = self.world.view.base_classes(class);
        // Farthest first, so that nearer ones win.
        for base in above.iter().rev().filter(|base| base.file != class.file) {
            let Some(unit) = self.unit_of(base.file) else {
                continue;
            };
            let scope = self.scope_of(&unit, Some(base.class));
            for (name, value) in scope.fields() {
                inherited.set(&format!("this.{name}"), self.for_class(class, value));
            }
        }
        inherited
    }
}
