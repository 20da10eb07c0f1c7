//! What is known of files beyond one run: facts, outlines, models and findings by the content they
//! were made of. Whatever is on disk may be gone, torn or foreign at any time: then it is made again.
//! It must not know what the values mean.

mod bounds;
mod key;
mod segment;
mod store;

pub use key::{Digest, Key, digest};
pub use store::Store;

/// Fingerprint of this analyser: its sources, rule data and grammars.
pub const ANALYSER: &str = env!("DRIFTLINE_ANALYSER");

/// What a value is; part of its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// Whole facts of a text.
    Facts = 1,
    /// What other files may ask of it.
    Outline = 2,
    /// What every other file must know of a file in its project: the names it declares, its models.
    Models = 3,
    /// What the rules found in a file.
    Results = 4,
    /// On what that depends.
    Depends = 5,
    /// What was asked of the models.
    Questions = 6,
    /// Where the rules of the team match in a file.
    Matches = 7,
}
