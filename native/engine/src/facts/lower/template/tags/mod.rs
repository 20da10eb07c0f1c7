//! Templates with `{% tag %}` and `{{ value }}`: Django's language and Jinja. They hold a language of
//! their own, so they are lowered as they are read, without a grammar.

mod block;
mod expression;
mod opened;
mod scan;
mod token;

use super::super::outline::suppressions;
use crate::facts::ir::{FileFacts, Function, FunctionKind, Language, Span, Visibility};
use scan::Piece;

pub(super) fn facts(text: &str) -> FileFacts {
    let mut blocks = block::Blocks::default();
    let (mut comments, mut found) = (Vec::new(), Vec::new());
    for piece in scan::pieces(text) {
        match piece {
            Piece::Comment(code) => {
                suppressions(code.text, code.from, &mut found);
                comments.push(code.span());
            }
            Piece::Output(code) => blocks.output(code),
            Piece::Tag(code) => blocks.tag(code),
        }
    }
    let (body, macros, cut) = blocks.done();
    let module = function("", FunctionKind::Module, span(0, text.len()));
    let module = Function { body, ..module };
    FileFacts {
        language: Language::Template,
        parse_quality: 1.0,
        package: String::new(),
        imports: Vec::new(),
        classes: Vec::new(),
        functions: std::iter::once(module).chain(macros).collect(),
        suppressions: found,
        errors: Vec::new(),
        comments,
        cut,
    }
}

fn function(name: &str, kind: FunctionKind, span: Span) -> Function {
    Function {
        name: name.to_owned(),
        qualified: name.to_owned(),
        kind,
        visibility: Visibility::Public,
        is_static: false,
        is_async: false,
        class: None,
        parent: (kind != FunctionKind::Module).then_some(0),
        params: Vec::new(),
        return_type: None,
        decorators: Vec::new(),
        body: Vec::new(),
        span,
    }
}

fn span(start: usize, end: usize) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span {
        start: offset(start),
        end: offset(end),
    }
}

#[cfg(test)]
mod tests;
