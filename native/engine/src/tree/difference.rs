//! What two trees of a repository answer differently: few of all the questions to the program, so that
//! a file whose result hangs on none of them is passed over without a look into the tables of both.

use super::Tree;
use crate::hashing::Set;
use crate::program::Question;
use crate::sources::FileId;

/// Questions that do not lead to the same files with the same content in both trees.
#[derive(Debug, Default)]
pub struct Difference {
    questions: Set<Question>,
}

impl Difference {
    pub fn has(&self, question: Question) -> bool {
        self.questions.contains(&question)
    }
}

impl Tree {
    /// `other` is a tree with the same manifests: of a file that both have, both say the same.
    #[must_use]
    pub fn difference(&self, other: &Tree) -> Difference {
        let mut questions = Set::default();
        for (tree, beside) in [(self, other), (other, self)] {
            let own: Vec<bool> = (0..)
                .zip(&tree.known)
                .map(|(id, _)| tree.is_own(beside, id))
                .collect();
            let is_own = |file: FileId| own.get(file as usize).is_none_or(|is_own| *is_own);
            questions.extend(tree.program.questions_with(is_own));
        }
        Difference { questions }
    }

    /// Whether the other tree has not the same file at its path.
    fn is_own(&self, other: &Tree, id: FileId) -> bool {
        let key = |tree: &Tree, id: FileId| tree.known.get(id as usize).map(|known| known.key);
        let path = self.sources.path(id);
        let there = path.and_then(|path| other.sources.id(path));
        there.and_then(|there| key(other, there)) != key(self, id)
    }
}
