//! What stands behind an interface of the repository that has no code.

use super::Walker;
use crate::facts::ir::{ClassKind, TypeRef};
use crate::nplus1::orm::Orm;
use crate::program::ClassRef;

impl Walker<'_> {
    /// An interface without code of its own, behind which the only source stands that extends it:
    /// `interface JpaOrders extends JpaRepository<Order, Long>, Orders`.
    pub(super) fn source_behind(
        &self,
        orm: &'static Orm,
        class: ClassRef,
    ) -> Option<(ClassRef, Option<String>)> {
        let view = self.world.view;
        let is_interface = |class: ClassRef| {
            let declared = view.class(class);
            declared.is_some_and(|declared| declared.kind == ClassKind::Interface && declared.bases.len() < 8)
        };
        if !is_interface(class) || self.has_code(class) {
            return None;
        }
        let mut found = None;
        for below in view.implementations(class).iter().copied() {
            let declared = view.class(below)?;
            let ty = TypeRef {
                name: declared.name.clone(),
                args: Vec::new(),
                nullable: false,
            };
            if let Some(model) = self.shipped_source(orm, below, &ty)
                && found.replace((below, model)).is_some()
            {
                return None;
            }
        }
        found
    }
}
