//! Which of several declarations of one full name a file means: that of its own module or project.

use super::view::View;
use super::{ClassRef, FileId, FunctionRef, Program};
use crate::facts::ir::Language;

impl Program {
    /// `home` is the project a file belongs to.
    pub(super) fn nearest<'p>(
        &'p self,
        from: FileId,
        candidates: &[ClassRef],
        home: impl Fn(FileId) -> &'p str,
    ) -> Option<ClassRef> {
        let only = *candidates.first()?;
        if let Some(same) = candidates.iter().find(|class| class.file == from) {
            return Some(*same);
        }
        let in_test = self.is_test(from);
        // Tests use what other projects hold for tests.
        let is_seen = |class: &&ClassRef| in_test || !self.is_test(class.file);
        if candidates.len() == 1 {
            return Some(only).filter(|class| is_seen(&class));
        }
        let own = home(from);
        let is_near = |class: &&ClassRef| home(class.file) == own;
        let near: Vec<_> = candidates
            .iter()
            .copied()
            .filter(|class| is_near(&class))
            .collect();
        if let Some(found) = self.only(&near, in_test) {
            return Some(found);
        }
        if !near.is_empty() {
            return None;
        }
        let far: Vec<_> = candidates
            .iter()
            .copied()
            .filter(|class| is_seen(&class))
            .collect();
        let first = *far.first()?;
        let is_one = far.iter().all(|class| home(class.file) == home(first.file));
        is_one.then_some(first)
    }

    /// Of one project: tests see the tests' first, all else sees none of them.
    fn only(&self, near: &[ClassRef], in_test: bool) -> Option<ClassRef> {
        let of_kind = |test: bool| {
            near.iter()
                .copied()
                .find(|class| self.is_test(class.file) == test)
        };
        if in_test {
            of_kind(true).or_else(|| of_kind(false))
        } else {
            of_kind(false)
        }
    }
}

impl View<'_> {
    /// Of the code that stands behind one interface, what its callers can mean, who are named from the nearest
    /// one on: what is in the module of one of them, else in that of the interface. Of what is left in several
    /// modules of a build an application is put together with one, and nothing here says with which.
    #[must_use]
    pub fn meant(
        &self,
        callers: &[FileId],
        interface: FileId,
        mut found: Vec<FunctionRef>,
    ) -> Vec<FunctionRef> {
        let program = self.program;
        if !callers.iter().any(|caller| program.is_test(*caller)) {
            found.retain(|function| !program.is_test(function.file));
        }
        let is_java = (self.facts(interface)).is_some_and(|facts| facts.language == Language::Java);
        let home = |file: FileId| super::java::module(program.path(file));
        let among_one = |found: &[FunctionRef]| {
            let mut homes = found.iter().map(|function| home(function.file));
            homes.next().is_none_or(|first| homes.all(|other| other == first))
        };
        if !is_java || among_one(&found) {
            return found;
        }
        for near in callers.iter().chain([&interface]) {
            let own = found.iter().filter(|function| home(function.file) == home(*near));
            let own: Vec<_> = own.copied().collect();
            if !own.is_empty() {
                return own;
            }
        }
        Vec::new()
    }
}

/// Whether a path lies among tests.
pub fn is_test(path: &str) -> bool {
    path.split('/').any(|part| {
        matches!(
            part,
            "test" | "tests" | "spec" | "specs" | "__tests__" | "testFixtures" | "integrationTest"
        ) || part.ends_with(".Tests")
            || part.ends_with(".UnitTests")
    })
}
