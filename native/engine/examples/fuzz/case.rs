//! One case: a small repository and what a pull request makes of it.

use crate::corpus::{Corpus, Files};
use crate::mutate;
use crate::random::Random;

pub struct Case {
    pub base: Files,
    /// `None`: the head is the base.
    pub head: Option<Files>,
    /// What was done, for people.
    pub story: Vec<String>,
}

impl Case {
    pub fn head(&self) -> &Files {
        self.head.as_ref().unwrap_or(&self.base)
    }

    pub fn bytes(&self) -> u64 {
        let texts = self
            .base
            .values()
            .chain(self.head.iter().flat_map(|it| it.values()));
        texts.map(|text| text.len() as u64).sum()
    }
}

pub fn make(corpus: &Corpus, random: &mut Random) -> Case {
    let mut base = corpus.project(random).group(random);
    if random.one_in(6) {
        base.extend(corpus.project(random).group(random));
    }
    let mut story = vec![format!("{} files", base.len())];
    for _ in 0..1 + mutations(random) {
        story.push(mutate::mutate(&mut base, corpus, random));
    }
    let mut head = base.clone();
    for _ in 0..mutations(random) {
        story.push(format!("head: {}", mutate::mutate(&mut head, corpus, random)));
    }
    Case {
        head: (head != base).then_some(head),
        base,
        story,
    }
}

/// Few in most cases, so that the code still means something; many in some.
fn mutations(random: &mut Random) -> usize {
    match random.below(10) {
        0 => random.below(30),
        1..=4 => random.below(6),
        _ => random.below(2),
    }
}
