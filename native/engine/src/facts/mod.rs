//! Facts of one file: its source lowered to the small language of `ir`.

pub mod ir;
pub mod lower;
