//! Driftline's engine: parses a change, extracts facts, finds what is new at head against base.
//! A plain library: no Node, no network, no processes; it writes only below the cache folder it is given.

pub mod cancel;
mod cause;
pub mod change;
mod changed;
mod compare;
pub mod error;
pub mod facts;
pub mod file;
mod gate;
pub mod git;
mod hashing;
mod id;
mod index;
mod manifests;
pub mod nplus1;
mod open;
pub mod parse;
mod place;
pub mod pool;
pub mod program;
pub mod progress;
pub mod project;
pub mod raw;
pub mod registry;
pub mod report;
pub mod request;
pub mod rules;
mod run;
pub mod scan;
pub mod schema;
mod screen;
pub mod sources;
pub mod tree;
