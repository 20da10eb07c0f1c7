//! The team's own rules in the form of ast-grep: compiled once, run over the trees of changed or asked files, and
//! made matches of a report. Which of them are findings, and how strict, is not decided here.

pub mod bound;
pub mod code;
pub mod collect;
pub mod compare;
pub mod compile;
pub mod embedded;
pub mod entity;
pub mod external;
pub mod fix;
pub mod language;
pub mod look;
pub mod meter;
pub mod run;
pub mod suppress;
pub mod work;

pub use compile::Rules;
