//! What a file itself defines: nested functions, the class around a function, names of the module.

use super::outline::Bound;
use super::view::{View, Want, agreed};
use super::{ClassRef, CodeId, Definition, FileId, FunctionRef, ValueRef};
use crate::facts::ir::{ClassId, ClassKind, Decorator, Function, FunctionId, FunctionKind, Language};

impl View<'_> {
    /// A named function inside this one or inside one around it, below the module.
    pub(super) fn nested_function(
        &self,
        file: FileId,
        within: FunctionId,
        name: &str,
    ) -> Option<FunctionRef> {
        let (outline, index) = self.index(file)?;
        let named = index.functions(outline, name);
        if named.is_empty() {
            return None;
        }
        let mut scope = within;
        while scope != 0 {
            let inner = |id: &&FunctionId| {
                let function = outline.facts.functions.get(**id);
                function.is_some_and(|it| it.class.is_none() && it.parent == Some(scope))
            };
            let mut found = named.iter().filter(inner);
            if let Some(first) = found.next() {
                return found.next().is_none().then_some(function_ref(file, *first));
            }
            // A parent always stands before its children.
            scope = (outline.facts.functions.get(scope)?.parent).filter(|parent| *parent < scope)?;
        }
        None
    }

    /// The class whose method this function is, or is nested in.
    pub(super) fn class_around(&self, file: FileId, within: FunctionId) -> Option<ClassId> {
        let functions = &self.facts(file)?.functions;
        let mut at = within;
        loop {
            let function = functions.get(at)?;
            if function.class.is_some() {
                return function.class;
            }
            at = function.parent.filter(|parent| *parent < at)?;
        }
    }

    /// The class that is written around this one. Ruby's `class A::B` has none: it does not see
    /// what `A` holds.
    pub(super) fn outer_class(&self, class: ClassRef) -> Option<ClassRef> {
        let (_, index) = self.index(class.file)?;
        let outer = index.outer(class.class)?;
        Some(ClassRef {
            class: outer,
            ..class
        })
    }

    /// A name that the module of this file declares or assigns itself.
    pub(super) fn own(&self, file: FileId, name: &str, want: Want) -> Option<Definition> {
        let class = self.own_class(file, name).map(Definition::Class);
        if want == Want::Class && class.is_some() {
            return class;
        }
        let function = self.own_function(file, name).map(Definition::Function);
        let is_type = |definition: &Definition| match definition {
            Definition::Class(class) => {
                (self.class(*class)).is_some_and(|class| class.kind == ClassKind::Interface)
            }
            _ => false,
        };
        function
            .or_else(|| class.filter(|class| !is_type(class)))
            .or_else(|| self.own_value(file, name, want))
            .or(class)
    }

    fn own_class(&self, file: FileId, name: &str) -> Option<ClassRef> {
        let (outline, index) = self.index(file)?;
        let declared = |id: &&ClassId| {
            (outline.facts.classes.get(**id)).is_some_and(|class| class.qualified == class.name)
        };
        let mut found = (index.classes(outline, name).iter()).filter(declared);
        let first = *found.next()?;
        // `interface A` and `class A` are one; elsewhere the last one counts, but which is that?
        let merges = |id: &ClassId| {
            let kind = |id: ClassId| outline.facts.classes.get(id).map(|class| class.kind);
            kind(*id) == Some(ClassKind::Interface) || kind(first) == Some(ClassKind::Interface)
        };
        let rest: Vec<ClassId> = found.copied().collect();
        if !rest.iter().all(merges) {
            return None;
        }
        let real = |id: &ClassId| {
            (outline.facts.classes.get(*id)).is_some_and(|class| class.kind != ClassKind::Interface)
        };
        let class = std::iter::once(first).chain(rest).find(real).unwrap_or(first);
        Some(ClassRef { file, class })
    }

    pub(super) fn own_function(&self, file: FileId, name: &str) -> Option<FunctionRef> {
        let (outline, index) = self.index(file)?;
        let declared = index.functions(outline, name).iter().filter(|id| {
            (outline.facts.functions.get(**id)).is_some_and(|it| {
                it.class.is_none() && it.parent == Some(0) && it.kind != FunctionKind::Module && !is_stub(it)
            })
        });
        let mut declared = declared.copied();
        let first = declared.next()?;
        declared.next().is_none().then_some(function_ref(file, first))
    }

    pub(super) fn own_value(&self, file: FileId, name: &str, want: Want) -> Option<Definition> {
        let (outline, index) = self.index(file)?;
        let values = index.values(outline, name);
        let found = values.iter().filter_map(|value| {
            let bound = ValueRef { file, value: *value };
            self.bound(bound, &outline.values.get(*value)?.bound, want)
        });
        let mut found: Vec<_> = found.collect();
        // `let client; if (…) client = new Client(); else client = global.client`
        let known = |definition: &Definition| !matches!(definition, Definition::Value(_));
        if found.iter().any(known) {
            found.retain(known);
            return agreed(found);
        }
        found.into_iter().next()
    }

    /// What a value stands for: itself, when it leads to nothing in the repository.
    pub(super) fn bound(&self, value: ValueRef, bound: &Bound, want: Want) -> Option<Definition> {
        let file = value.file;
        match bound {
            Bound::Lambda(id) => Some(Definition::Function(FunctionRef {
                file,
                code: CodeId::Lambda(*id),
            })),
            Bound::Object(_) => Some(Definition::Value(value)),
            Bound::Value(inner) => Some(Definition::Value(ValueRef { file, value: *inner })),
            Bound::Expr(made) => {
                let found = self.question(|view| view.meaning(file, None, &made.kind, want));
                let declared = || {
                    let ty = self.value(value)?.ty.as_ref()?;
                    self.class_of_type(file, None, ty).map(Definition::Instance)
                };
                Some(found.or_else(declared).unwrap_or(Definition::Value(value)))
            }
        }
    }
}

pub(super) fn function_ref(file: FileId, id: FunctionId) -> FunctionRef {
    FunctionRef {
        file,
        code: CodeId::Function(id),
    }
}

/// Declares a type only, or another face of what already has the name: `@overload`,
/// `@total.setter`, `@total.expression`.
pub(super) fn is_stub(function: &Function) -> bool {
    let says = |decorator: &Decorator| {
        let (of, short) = decorator.name.rsplit_once('.').unwrap_or(("", &decorator.name));
        short == "overload" || of == function.name
    };
    function.decorators.iter().any(says)
}

pub(super) fn is_node(language: Language) -> bool {
    matches!(
        language,
        Language::TypeScript | Language::Tsx | Language::JavaScript
    )
}
