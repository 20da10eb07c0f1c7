//! Classes: their parts, their bases, and what is based on them.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::ClassRef;
use super::asked::Question;
use super::index::key;
use super::view::View;
use crate::facts::ir::{ClassKind, Language, TypeRef};

/// Classes that are looked at above one, and below one.
const RELATED_MAX: usize = 200;

impl<'p> View<'p> {
    /// All declarations of one class: C# parts, reopened Ruby classes; this one first.
    #[must_use]
    pub fn parts(&self, class: ClassRef) -> Rc<[ClassRef]> {
        self.remembered(&self.parts, class, |view| {
            let parts = view.question(|view| match view.facts(class.file)?.language {
                Language::CSharp => view.csharp_parts(class),
                Language::Ruby => view.ruby_parts(class),
                _ => None,
            });
            let mut parts = parts.unwrap_or_default();
            parts.sort_by_key(|part| *part != class);
            parts.truncate(RELATED_MAX);
            if parts.is_empty() {
                parts.push(class);
            }
            parts.into()
        })
    }

    /// Bases and their bases, without the class itself, in the order methods are looked up.
    #[must_use]
    pub fn base_classes(&self, class: ClassRef) -> Rc<[ClassRef]> {
        if let Some(known) = self.ancestors.borrow().get(&class) {
            // Who asks for them while they are looked for gets none.
            return known.clone().unwrap_or_else(|| {
                self.cut();
                Rc::from([])
            });
        }
        self.ancestors.borrow_mut().insert(class, None);
        let mut path = Vec::new();
        let mut found = Vec::new();
        self.climb(class, &mut path, &mut found);
        // A base that several inherit comes after them all.
        let mut seen = BTreeSet::from([class]);
        found.reverse();
        found.retain(|base| seen.insert(*base));
        found.reverse();
        let found: Rc<[ClassRef]> = found.into();
        self.ancestors.borrow_mut().insert(class, Some(Rc::clone(&found)));
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
        for part in parts.iter() {
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

    /// Whether both declare one class.
    fn is_same(&self, one: ClassRef, other: ClassRef) -> bool {
        one == other || self.parts(one).contains(&other)
    }

    /// Classes that are based on this one, directly or not, in path order.
    #[must_use]
    pub fn implementations(&self, class: ClassRef) -> Rc<[ClassRef]> {
        self.remembered(&self.implemented, class, |view| view.all_below(class).into())
    }

    /// Classes with a base of this short name, wherever it is declared.
    #[must_use]
    pub fn based_on(&self, base: &str) -> &'p [ClassRef] {
        self.ask(Question::based_on(base));
        self.program.based.get(key(&[base]))
    }

    fn all_below(&self, class: ClassRef) -> Vec<ClassRef> {
        let mut found = BTreeSet::new();
        let mut next = vec![class];
        while let Some(base) = next.pop() {
            let Some(declared) = self.class(base) else {
                continue;
            };
            self.ask(Question::based_on(&declared.name));
            for below in self.program.based.get(key(&[&declared.name])) {
                if found.len() >= RELATED_MAX || found.contains(below) || *below == class {
                    continue;
                }
                let Some(it) = self.class(*below) else {
                    continue;
                };
                let is_based = (it.bases.iter()).any(|ty| {
                    ty.short() == declared.name
                        && self.base(*below, ty).is_some_and(|it| self.is_same(it, base))
                });
                if is_based && found.insert(*below) {
                    next.push(*below);
                }
            }
        }
        found.into_iter().collect()
    }
}
