//! What C# is lowered to, one construct at a time.

mod declarations;
mod expressions;
mod statements;

use crate::cancel::Cancel;
use crate::facts::dump::{dump, dump_body};
use crate::facts::ir::{FileFacts, Language};
use crate::parse::{ParseLimits, facts};

fn lowered(text: &str) -> FileFacts {
    facts(
        text,
        Language::CSharp,
        &ParseLimits::default(),
        &Cancel::default(),
    )
    .expect("facts")
}

/// What statements in a method become.
fn body(text: &str) -> String {
    let facts = lowered(&format!("class A {{ void M() {{ {text} }} }}"));
    dump_body(&facts, "A.M").trim_end().to_string()
}

fn whole(text: &str) -> String {
    dump(&lowered(text))
}
