//! Which of several declarations of one full name a file means: that of its own module or project.

use super::{ClassRef, FileId, Program};

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
