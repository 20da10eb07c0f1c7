//! Driftline's engine: parses a change, extracts facts, finds what is new at head against base.
//! A plain library: no Node, no network, no processes, no writes.

pub mod cancel;
pub mod facts;
pub mod parse;
pub mod raw;
pub mod report;
