//! Which of several declarations of one full name a file means: that of its own module or project.

use super::{ClassRef, FileId, Program};

impl Program {
    /// `home` is the project a path belongs to.
    pub(super) fn nearest<'p>(
        &'p self,
        from: FileId,
        candidates: &[ClassRef],
        home: impl Fn(&'p str) -> &'p str,
    ) -> Option<ClassRef> {
        let own = self.path(from);
        if let Some(same) = candidates.iter().find(|class| class.file == from) {
            return Some(*same);
        }
        let is_near = |class: &&ClassRef| home(self.path(class.file)) == home(own);
        // Tests use what other projects hold for tests.
        let is_seen = |class: &&ClassRef| is_test(own) || !is_test(self.path(class.file));
        let near: Vec<_> = candidates
            .iter()
            .copied()
            .filter(|class| is_near(&class))
            .collect();
        if let Some(found) = self.only(&near, is_test(own)) {
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
        let is_one = far
            .iter()
            .all(|class| home(self.path(class.file)) == home(self.path(first.file)));
        is_one.then_some(first)
    }

    /// Of one project: tests see the tests' first, all else sees none of them.
    fn only(&self, near: &[ClassRef], in_test: bool) -> Option<ClassRef> {
        let of_kind = |test: bool| {
            near.iter()
                .copied()
                .find(|class| is_test(self.path(class.file)) == test)
        };
        if in_test {
            of_kind(true).or_else(|| of_kind(false))
        } else {
            of_kind(false)
        }
    }
}

/// Whether a path lies among tests.
pub(super) fn is_test(path: &str) -> bool {
    path.split('/').any(|part| {
        matches!(
            part,
            "test" | "tests" | "spec" | "specs" | "__tests__" | "testFixtures" | "integrationTest"
        ) || part.ends_with(".Tests")
            || part.ends_with(".UnitTests")
    })
}
