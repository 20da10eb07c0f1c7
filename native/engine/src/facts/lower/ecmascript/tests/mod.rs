//! What TypeScript and JavaScript are lowered to, one construct at a time.

mod declarations;
mod expressions;
mod statements;

use crate::facts::dump::{dump, dump_body};
use crate::facts::ir::Language;
use crate::facts::lower::tests::lowered;

/// The module's top-level statements.
fn body(text: &str) -> String {
    dump_body(&lowered(Language::Tsx, text), "")
        .trim_end()
        .to_string()
}

/// Everything but the module's own line.
fn whole(text: &str) -> String {
    let shown = dump(&lowered(Language::TypeScript, text));
    let lines: Vec<_> = shown.lines().filter(|line| *line != "module ()").collect();
    lines.join("\n")
}
