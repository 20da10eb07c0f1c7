//! Classes: their parts, bases, methods, fields, and what implements them.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::asked::Question;
use super::index::key;
use super::local::{function_ref, is_stub};
use super::view::{View, agreed};
use super::{ClassRef, CodeId, FunctionRef};
use crate::facts::ir::{ClassKind, Field, FunctionKind, Language, Param, TypeRef};

/// Classes that are looked at above one, and below one.
const RELATED_MAX: usize = 200;

impl<'p> View<'p> {
    /// All declarations of one class: C# parts, reopened Ruby classes; this one first.
    #[must_use]
    pub fn parts(&self, class: ClassRef) -> Vec<ClassRef> {
        let parts = self.question(|view| match view.facts(class.file)?.language {
            Language::CSharp => view.csharp_parts(class),
            Language::Ruby => view.ruby_parts(class),
            _ => None,
        });
        let mut parts = parts.unwrap_or_default();
        if parts.is_empty() {
            parts.push(class);
        }
        parts.truncate(RELATED_MAX);
        parts
    }

    /// Bases and their bases, without the class itself, in the order methods are looked up.
    #[must_use]
    pub fn base_classes(&self, class: ClassRef) -> Rc<[ClassRef]> {
        if let Some(known) = self.ancestors.borrow().get(&class) {
            return Rc::clone(known);
        }
        // Who asks for them while they are looked for gets none.
        self.ancestors.borrow_mut().insert(class, Rc::from([]));
        let mut path = Vec::new();
        let mut found = Vec::new();
        self.climb(class, &mut path, &mut found);
        // A base that several inherit comes after them all.
        let mut seen = BTreeSet::from([class]);
        found.reverse();
        found.retain(|base| seen.insert(*base));
        found.reverse();
        let found: Rc<[ClassRef]> = found.into();
        self.ancestors.borrow_mut().insert(class, Rc::clone(&found));
        found
    }

    fn climb(&self, class: ClassRef, path: &mut Vec<ClassRef>, found: &mut Vec<ClassRef>) {
        if path.contains(&class) || path.len() > 40 {
            return;
        }
        path.push(class);
        for base in self.direct_bases(class) {
            if found.len() >= RELATED_MAX {
                break;
            }
            found.push(base);
            self.climb(base, path, found);
        }
        path.pop();
    }

    /// In Ruby the module included last comes first, and all of them before the superclass.
    fn direct_bases(&self, class: ClassRef) -> Vec<ClassRef> {
        let parts = self.parts(class);
        let mut bases = Vec::new();
        for part in &parts {
            let Some(declared) = self.class(*part) else {
                continue;
            };
            for base in &declared.bases {
                bases.extend(self.base(*part, base).filter(|base| !parts.contains(base)));
            }
        }
        let is_ruby = (self.facts(class.file)).is_some_and(|it| it.language == Language::Ruby);
        if is_ruby {
            let is_module =
                |base: &ClassRef| (self.class(*base)).is_some_and(|base| base.kind == ClassKind::Module);
            let (mut modules, classes): (Vec<_>, Vec<_>) = bases.into_iter().partition(is_module);
            modules.reverse();
            modules.extend(classes);
            return modules;
        }
        bases
    }

    /// Seen from outside the class, which may have the name of its own base.
    fn base(&self, class: ClassRef, base: &TypeRef) -> Option<ClassRef> {
        let outer = self.outer_class(class).map(|outer| outer.class);
        let named = |ty: &TypeRef| {
            self.question(|view| view.class_named(class.file, outer, &ty.name))
                .filter(|found| *found != class)
        };
        let mixes = |name: &str| name.contains("Mixin") || name.contains("mixin") || name.ends_with("Type");
        named(base).or_else(|| match base.args.first() {
            // `extends PartialType(CreateOrder)`
            Some(first) if mixes(base.short()) => named(first),
            _ => None,
        })
    }

    /// A class that stands in this one, or in one of its bases.
    pub(super) fn nested_class(&self, class: ClassRef, name: &str) -> Option<ClassRef> {
        let of = |class: ClassRef| {
            let facts = self.facts(class.file)?;
            let qualified = format!("{}.{name}", facts.classes.get(class.class)?.qualified);
            match facts.language {
                Language::Ruby | Language::CSharp => {
                    let found = self.full(&facts.package, &qualified);
                    found.into_iter().min()
                }
                _ => {
                    let (outline, index) = self.index(class.file)?;
                    let is_here = |id: &&usize| {
                        (outline.facts.classes.get(**id)).is_some_and(|it| it.qualified == qualified)
                    };
                    let id = *index.classes(outline, name).iter().find(is_here)?;
                    Some(ClassRef { class: id, ..class })
                }
            }
        };
        of(class).or_else(|| self.base_classes(class).iter().find_map(|base| of(*base)))
    }

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
                let extended = view.parts(owner).into_iter().flat_map(|part| view.extended(part));
                let found = extended.filter_map(|module| view.own_method(module, name));
                if let Some(found) = agreed(found.collect::<Vec<_>>()) {
                    return Some(found);
                }
            }
            match view.facts(class.file)?.language {
                Language::Ruby => None,
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
        let found: BTreeSet<_> = (self.implementations(class).into_iter())
            .filter_map(|implementation| self.method_for(implementation, name, args))
            .filter(|function| self.has_body(*function))
            .collect();
        agreed(found)
    }

    pub(super) fn has_method(&self, class: ClassRef, name: &str) -> bool {
        (self.line(class).into_iter()).any(|owner| !self.own_methods(owner, name).is_empty())
    }

    pub(super) fn method_among(
        &self,
        class: ClassRef,
        name: &str,
        args: Option<usize>,
    ) -> Option<FunctionRef> {
        let is_ruby = self.facts(class.file)?.language == Language::Ruby;
        for owner in self.line(class) {
            let mut own = self.own_methods(owner, name);
            if own.len() > 1 && is_ruby {
                own.retain(|function| self.function(*function).is_some_and(|it| !it.is_static));
                // The part that is read last counts, and which is that?
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

    fn line(&self, class: ClassRef) -> Vec<ClassRef> {
        let mut line = vec![class];
        line.extend(self.base_classes(class).iter());
        line
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
        for part in self.parts(class) {
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
                let lambda = outline.lambdas.iter().position(|lambda| {
                    lambda.class == Some(part.class) && lambda.qualified.rsplit('.').next() == Some(name)
                });
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
        self.question(|view| {
            for owner in view.line(class) {
                let mut own: Vec<_> = Vec::new();
                for part in view.parts(owner) {
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
                match own.as_slice() {
                    [] => {}
                    [only] => return Some(*only),
                    _ => return None,
                }
            }
            None
        })
    }

    /// A field, own or inherited: declared, or assigned by a method. The class is where it was found.
    #[must_use]
    pub fn field(&self, class: ClassRef, name: &str) -> Option<(ClassRef, &'p Field)> {
        self.question(|view| {
            for owner in view.line(class) {
                for part in view.parts(owner) {
                    if let Some(field) = view.own_field(part, name) {
                        return Some((part, field));
                    }
                }
            }
            None
        })
    }

    /// A declared type says most, then a value that methods assign.
    fn own_field(&self, class: ClassRef, name: &str) -> Option<&'p Field> {
        let outline = self.outline(class.file)?;
        let ivar = |field: &Field| field.name.strip_prefix('@') == Some(name);
        let declared =
            (outline.facts.classes.get(class.class)?.fields.iter()).find(|field| field.name == name);
        if let Some(field) = declared
            && (field.ty.is_some() || field.value.as_ref().is_some_and(is_telling))
        {
            return Some(field);
        }
        let assigned = (outline.assigned.iter())
            .filter(|(of, field)| *of == class.class && (field.name == name || ivar(field)))
            .map(|(_, field)| field);
        let assigned: Vec<_> = assigned.collect();
        let typed = assigned.iter().find(|field| field.ty.is_some());
        (typed.or(assigned.first()).copied()).or(declared)
    }

    /// The class of what a field holds.
    #[must_use]
    pub fn class_of_field(&self, class: ClassRef, name: &str) -> Option<ClassRef> {
        let (owner, field) = self.field(class, name)?;
        if let Some(ty) = &field.ty
            && let Some(found) = self.class_of_type(owner.file, Some(owner.class), ty)
        {
            return Some(found);
        }
        self.class_of_value(owner.file, Some(owner.class), &field.value.as_ref()?.kind)
    }

    /// Classes that are based on this one, directly or not, in path order.
    #[must_use]
    pub fn implementations(&self, class: ClassRef) -> Vec<ClassRef> {
        let mut found = BTreeSet::new();
        let mut next = vec![class];
        while let Some(base) = next.pop() {
            let Some(declared) = self.class(base) else {
                continue;
            };
            self.ask(Question::BasedOn(declared.name.as_str().into()));
            for below in self.program.based.get(key(&[&declared.name])) {
                if found.len() >= RELATED_MAX || found.contains(below) || *below == class {
                    continue;
                }
                let Some(it) = self.class(*below) else {
                    continue;
                };
                let is_based = (it.bases.iter()).any(|ty| {
                    ty.short() == declared.name && self.base(*below, ty).is_some_and(|it| it == base)
                });
                if is_based && found.insert(*below) {
                    next.push(*below);
                }
            }
        }
        found.into_iter().collect()
    }
}

fn is_telling(value: &crate::facts::ir::Expr) -> bool {
    use crate::facts::ir::ExprKind;
    !matches!(
        value.kind,
        ExprKind::Null | ExprKind::Str(_) | ExprKind::Number(_) | ExprKind::Bool(_)
    )
}

/// Whether so many arguments can be given.
pub(super) fn takes(params: &[Param], args: usize) -> bool {
    let needed = params
        .iter()
        .filter(|it| !it.rest && it.default.is_none())
        .count();
    needed <= args && (args <= params.len() || params.iter().any(|param| param.rest))
}
