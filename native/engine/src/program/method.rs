//! Methods of classes: own, of bases and mixins, and what a call of an interface runs.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::local::{function_ref, is_stub};
use super::view::{View, agreed};
use super::{ClassRef, CodeId, FunctionRef};
use crate::facts::ir::{FunctionKind, Language, Param};

impl View<'_> {
    /// A method of the object: own, then of bases and mixins. `None` for one of several overloads.
    #[must_use]
    pub fn method(&self, class: ClassRef, name: &str) -> Option<FunctionRef> {
        self.question(|view| view.method_among(class, name, None))
    }

    /// Of several overloads the one that takes so many arguments.
    #[must_use]
    pub fn method_for(&self, class: ClassRef, name: &str, args: usize) -> Option<FunctionRef> {
        self.question(|view| view.method_among(class, name, Some(args)))
    }

    /// All that a call with so many arguments may mean: overloads that only types tell apart.
    #[must_use]
    pub fn overloads(&self, class: ClassRef, name: &str, args: usize) -> Vec<FunctionRef> {
        let found = self.question(|view| {
            view.line(class).find_map(|owner| {
                let mut own = view.own_methods(owner, name);
                if own.len() > 1 {
                    own.retain(|function| takes(view.params(*function), args));
                }
                (!own.is_empty()).then_some(own)
            })
        });
        found.unwrap_or_default()
    }

    /// A method of the class itself: `Order.recent`.
    #[must_use]
    pub fn static_method(&self, class: ClassRef, name: &str) -> Option<FunctionRef> {
        self.question(|view| {
            for owner in view.line(class) {
                let mut own = view.own_methods(owner, name);
                own.retain(|function| view.function(*function).is_some_and(|it| it.is_static));
                if let [only] = own.as_slice() {
                    return Some(*only);
                }
                let parts = view.parts(owner);
                let extended = parts.iter().flat_map(|part| view.extended(*part).to_vec());
                let found = extended.filter_map(|module| view.own_method(module, name));
                if let Some(found) = agreed(found.collect::<Vec<_>>()) {
                    return Some(found);
                }
            }
            match view.facts(class.file)?.language {
                // `OrderMailer.paid(order)` runs the method of a new mailer.
                Language::Ruby if !view.is_mailer(class) => None,
                _ => view.method_among(class, name, None),
            }
        })
    }

    /// As `method_for`; where that has no code (an interface, an abstract class), the only code
    /// that implements it.
    #[must_use]
    pub fn dispatched(&self, class: ClassRef, name: &str, args: usize) -> Option<FunctionRef> {
        let declared = self.method_for(class, name, args);
        if let Some(declared) = declared
            && self.has_body(declared)
        {
            return Some(declared);
        }
        match *self.implementing(class, name, args) {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The code of this method in all that is based on the class.
    #[must_use]
    pub fn implementing(&self, class: ClassRef, name: &str, args: usize) -> Rc<[FunctionRef]> {
        let method = (class, Box::from(name), Some(args));
        self.remembered(&self.implementing, method, |view| {
            let found: BTreeSet<_> = (view.implementations(class).iter())
                .filter_map(|implementation| view.method_for(*implementation, name, args))
                .filter(|function| view.has_body(*function))
                .collect();
            found.into_iter().collect()
        })
    }

    pub(super) fn has_method(&self, class: ClassRef, name: &str) -> bool {
        self.line(class)
            .any(|owner| !self.own_methods(owner, name).is_empty())
    }

    pub(super) fn method_among(
        &self,
        class: ClassRef,
        name: &str,
        args: Option<usize>,
    ) -> Option<FunctionRef> {
        self.remembered(&self.methods, (class, Box::from(name), args), |view| {
            view.look_up(class, name, args)
        })
    }

    fn look_up(&self, class: ClassRef, name: &str, args: Option<usize>) -> Option<FunctionRef> {
        let is_ruby = self.facts(class.file)?.language == Language::Ruby;
        for owner in self.line(class) {
            let mut own = self.own_methods(owner, name);
            if own.len() > 1 && is_ruby {
                own.retain(|function| self.function(*function).is_some_and(|it| !it.is_static));
                // Of several parts that define it the one read last counts, and which is that?
            }
            if own.len() > 1
                && let Some(args) = args
            {
                own.retain(|function| takes(self.params(*function), args));
                if own.is_empty() {
                    continue;
                }
            }
            match own.as_slice() {
                [] => {}
                [only] => return Some(*only),
                _ => return None,
            }
        }
        None
    }

    /// The class and its bases, in the order methods are looked up.
    pub(super) fn line(&self, class: ClassRef) -> impl Iterator<Item = ClassRef> + use<> {
        let above = self.base_classes(class);
        let above = (0..above.len()).filter_map(move |at| above.get(at).copied());
        std::iter::once(class).chain(above)
    }

    /// The only method of this name that the class itself has.
    pub(super) fn own_method(&self, class: ClassRef, name: &str) -> Option<FunctionRef> {
        match self.own_methods(class, name).as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    fn own_methods(&self, class: ClassRef, name: &str) -> Vec<FunctionRef> {
        let mut found = Vec::new();
        for part in self.parts(class).iter().copied() {
            let Some((outline, index)) = self.index(part.file) else {
                continue;
            };
            let named = index.functions(outline, name).iter().filter(|id| {
                (outline.facts.functions.get(**id)).is_some_and(|it| {
                    it.class == Some(part.class) && it.kind != FunctionKind::Constructor && !is_stub(it)
                })
            });
            found.extend(named.map(|id| function_ref(part.file, *id)));
            if found.is_empty() {
                let lambdas = index.lambdas(outline, name).iter();
                let lambda = lambdas
                    .copied()
                    .find(|id| (outline.lambdas.get(*id)).is_some_and(|it| it.class == Some(part.class)));
                found.extend(lambda.map(|id| FunctionRef {
                    file: part.file,
                    code: CodeId::Lambda(id),
                }));
            }
        }
        found
    }

    /// The constructor that `new` runs; `None` for one of several overloads.
    #[must_use]
    pub fn constructor(&self, class: ClassRef, args: usize) -> Option<FunctionRef> {
        match self.constructors(class, args).as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// All constructors that `new` with so many arguments may run.
    #[must_use]
    pub fn constructors(&self, class: ClassRef, args: usize) -> Vec<FunctionRef> {
        let found = self.question(|view| {
            for owner in view.line(class) {
                let mut own: Vec<_> = Vec::new();
                for part in view.parts(owner).iter().copied() {
                    let facts = view.facts(part.file)?;
                    let methods = &facts.classes.get(part.class)?.methods;
                    let made = methods.iter().filter(|id| {
                        facts
                            .functions
                            .get(**id)
                            .is_some_and(|it| it.kind == FunctionKind::Constructor)
                    });
                    own.extend(made.map(|id| function_ref(part.file, *id)));
                }
                if own.len() > 1 {
                    own.retain(|function| takes(view.params(*function), args));
                }
                if !own.is_empty() {
                    return Some(own);
                }
            }
            None
        });
        found.unwrap_or_default()
    }
}

/// Whether so many arguments can be given.
pub(super) fn takes(params: &[Param], args: usize) -> bool {
    let needed = params
        .iter()
        .filter(|it| !it.rest && it.default.is_none())
        .count();
    needed <= args && (args <= params.len() || params.iter().any(|param| param.rest))
}
