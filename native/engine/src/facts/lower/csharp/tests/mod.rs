//! What C# is lowered to, one construct at a time.

mod declarations;
mod expressions;
mod statements;

use crate::facts::dump::{dump, dump_body};
use crate::facts::ir::{FileFacts, Language};
use crate::facts::lower::tests;

fn lowered(text: &str) -> FileFacts {
    tests::lowered(Language::CSharp, text)
}

/// What statements in a method become.
fn body(text: &str) -> String {
    let facts = lowered(&format!("class A {{ void M() {{ {text} }} }}"));
    dump_body(&facts, "A.M").trim_end().to_string()
}

fn whole(text: &str) -> String {
    dump(&lowered(text))
}
