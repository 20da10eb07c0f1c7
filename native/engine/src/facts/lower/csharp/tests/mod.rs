//! What C# is lowered to, one construct at a time.

mod declarations;
mod expressions;
mod statements;

use crate::facts::dump::{dump, dump_body};
use crate::facts::ir::{FileFacts, Language, Span};
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

/// The grammar hides what is missing here: only the name around it has an error.
#[test]
fn a_missing_name_is_an_error_where_it_is_missing() {
    let text = "class Batches { void Run() { Print(ids.Contains?.(order.Id)); } }";
    let found = lowered(text);
    let at = u32::try_from(text.find("(order").unwrap_or_default()).unwrap_or_default();
    assert_eq!(found.errors, [Span { start: at, end: at }]);
}
