//! Facts of one file: its source lowered to the small language of `ir`.

pub mod declaration;
#[cfg(test)]
pub(crate) mod dump;
pub mod ir;
pub mod lower;
