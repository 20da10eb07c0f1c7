//! Fields of classes: declared, injected, or assigned by a method.

use super::ClassRef;
use super::index::FieldAt;
use super::view::View;
use crate::facts::ir::{Expr, ExprKind, Field, FunctionKind};

impl<'p> View<'p> {
    /// A field, own or inherited: declared, or assigned by a method. The class is where it was found.
    #[must_use]
    pub fn field(&self, class: ClassRef, name: &str) -> Option<(ClassRef, &'p Field)> {
        self.question(|view| {
            for owner in view.line(class) {
                for part in view.parts(owner).iter().copied() {
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
        let (outline, index) = self.index(class.file)?;
        let mut declared = None;
        let mut assigned = Vec::new();
        for at in index.fields(outline, name) {
            match *at {
                FieldAt::Declared(of, at) if of == class.class => {
                    declared = declared.or(outline.facts.classes.get(of)?.fields.get(at));
                }
                FieldAt::Assigned(at) => {
                    let (of, field) = outline.assigned.get(at)?;
                    assigned.extend((*of == class.class).then_some(field));
                }
                FieldAt::Declared(..) => {}
            }
        }
        if let Some(field) = declared
            && (field.ty.is_some() || field.value.as_ref().is_some_and(is_telling))
        {
            return Some(field);
        }
        let typed = assigned.iter().find(|field| field.ty.is_some());
        (typed.or(assigned.first()).copied()).or(declared)
    }

    /// The field that `getOrders()` or `isOpen()` reads where a tool writes such methods (Lombok, records).
    #[must_use]
    pub fn field_read(&self, class: ClassRef, method: &str) -> Option<(ClassRef, &'p Field)> {
        let bare = ["get", "is"].iter().find_map(|word| {
            let rest = method.strip_prefix(word)?;
            let first = rest.chars().next().filter(|first| first.is_uppercase())?;
            let (_, rest) = rest.split_at_checked(first.len_utf8())?;
            Some(first.to_lowercase().collect::<String>() + rest)
        });
        self.field(class, bare.as_deref().unwrap_or(method))
    }

    /// The class of what a field holds, or of what a property declares to give.
    #[must_use]
    pub fn class_of_field(&self, class: ClassRef, name: &str) -> Option<ClassRef> {
        let Some((owner, field)) = self.field(class, name) else {
            let getter = self.method(class, name)?;
            let is_getter = self.function(getter)?.kind == FunctionKind::Getter;
            return if is_getter {
                self.class_returned(getter)
            } else {
                None
            };
        };
        if let Some(ty) = &field.ty
            && let Some(found) = self.class_of_type(owner.file, Some(owner.class), ty)
        {
            return Some(found);
        }
        self.class_of_value(owner.file, Some(owner.class), &field.value.as_ref()?.kind)
    }
}

fn is_telling(value: &Expr) -> bool {
    !matches!(
        value.kind,
        ExprKind::Null | ExprKind::Str(_) | ExprKind::Number(_) | ExprKind::Bool(_)
    )
}
