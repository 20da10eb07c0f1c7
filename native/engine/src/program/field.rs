//! Fields of classes: declared, injected, or assigned by a method.

use super::ClassRef;
use super::view::View;
use crate::facts::ir::{Expr, ExprKind, Field};

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
}

fn is_telling(value: &Expr) -> bool {
    !matches!(
        value.kind,
        ExprKind::Null | ExprKind::Str(_) | ExprKind::Number(_) | ExprKind::Bool(_)
    )
}
