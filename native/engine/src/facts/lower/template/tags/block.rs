//! Tags to statements. Blocks that are never closed end with the template; an end that closes nothing
//! means nothing.

use super::expression::{Reader, called, made, plain_arg};
use super::opened::{Kind, Opened, named, param};
use super::scan::Code;
use super::token::{self, tokens};
use super::{function, span};
use crate::facts::ir::{Arg, Expr, ExprKind, Function, FunctionKind, Pattern, Span, Stmt, StmtKind};

/// Blocks in blocks, each of at most two statements; with the values in them they must stay below
/// `parse::DEPTH_MAX`.
const DEPTH_MAX: usize = 60;

/// Tags whose content is no code.
const SILENT: &[&str] = &["comment", "verbatim", "raw"];

#[derive(Default)]
pub(super) struct Blocks {
    /// Of the innermost block.
    body: Vec<Stmt>,
    open: Vec<Opened>,
    macros: Vec<Function>,
    cut: Vec<Span>,
    /// Nothing is read up to this tag.
    silent_until: Option<String>,
}

impl Blocks {
    pub fn output(&mut self, code: Code<'_>) {
        if self.silent_until.is_none() {
            let tokens = tokens(code);
            let value = Reader::new(&tokens).value();
            self.body.extend(value.map(shown));
        }
    }

    pub fn tag(&mut self, code: Code<'_>) {
        let tokens = tokens(code);
        let Some(token::Kind::Name(word)) = tokens.first().map(|first| first.kind) else {
            return;
        };
        if let Some(end) = &self.silent_until {
            if word == end {
                self.silent_until = None;
            }
            return;
        }
        let mut rest = Reader::new(tokens.get(1..).unwrap_or_default());
        match word {
            _ if SILENT.contains(&word) => self.silent_until = Some(format!("end{word}")),
            "for" => self.each(&mut rest, code.span()),
            "if" => self.branch(&mut rest, word, code.span()),
            "ifchanged" | "ifequal" | "ifnotequal" => {
                let args = self.args(&mut rest);
                let condition = made(ExprKind::Opaque(args), code.span(), code.span());
                self.choose(word, condition, false, code.span());
            }
            "elif" | "elseif" => self.other(&mut rest, code.span()),
            "else" => self.otherwise(),
            "empty" => self.close("endfor", code.span()),
            "with" => self.with(&mut rest, code.span()),
            "cache" => {
                let args = self.args(&mut rest);
                self.open(word, Kind::Cache(args, code.span()), code.span());
            }
            "macro" => self.defines(&mut rest, code.span()),
            "set" => self.set(&mut rest, code.span()),
            "regroup" => self.regroup(&mut rest, code.span()),
            "include" | "extends" => self.other_template(word, &mut rest, code.span()),
            "load" | "block" | "autoescape" | "filter" | "static" | "import" | "from" | "do" => {
                if word == "do" {
                    self.body.extend(rest.value().map(shown));
                }
            }
            _ if word.starts_with("end") => self.close(word, code.span()),
            _ => self.own_tag(&mut rest, code.span()),
        }
    }

    pub fn done(mut self) -> (Vec<Stmt>, Vec<Function>, Vec<Span>) {
        if let Some(last) = self.open.last() {
            self.close_from(0, last.at);
        }
        (self.body, self.macros, self.cut)
    }

    fn open(&mut self, word: &str, kind: Kind, at: Span) {
        if self.open.len() >= DEPTH_MAX {
            self.cut.push(at);
            return;
        }
        self.open.push(Opened {
            end: format!("end{word}"),
            kind,
            outer: std::mem::take(&mut self.body),
            at,
        });
    }

    /// Closes the innermost block that ends so, and all in it.
    fn close(&mut self, end: &str, at: Span) {
        let Some(from) = self
            .open
            .iter()
            .rposition(|it| it.end == end && !matches!(it.kind, Kind::If { goes_on: true, .. }))
        else {
            return;
        };
        self.close_from(from, at);
    }

    /// Closes all blocks but the outermost `from`.
    fn close_from(&mut self, from: usize, at: Span) {
        while self.open.len() > from
            && let Some(last) = self.open.pop()
        {
            let body = std::mem::replace(&mut self.body, last.outer);
            let whole = span(last.at.start as usize, at.end.max(last.at.end) as usize);
            let closed = Opened::closed(last.kind, body, whole, &mut self.macros);
            self.body.extend(closed);
        }
    }

    /// `for a, b in rows`, with the `if` that Jinja has.
    fn each(&mut self, rest: &mut Reader<'_, '_>, at: Span) {
        let mut targets = Vec::new();
        while let Some(token) = rest.next().filter(|token| !token.is("in")) {
            if let token::Kind::Name(name) = token.kind {
                targets.push(named(name, token.span));
            }
        }
        let target = match targets.len() {
            0 => None,
            1 => targets.pop(),
            _ => Some(Pattern::Sequence(targets)),
        };
        let iterable = rest.plain();
        let condition = rest.takes("if").then(|| rest.plain()).flatten();
        let kind = Kind::For {
            target,
            iterable,
            condition,
            header: at,
        };
        self.open("for", kind, at);
    }

    fn branch(&mut self, rest: &mut Reader<'_, '_>, word: &str, at: Span) {
        let condition = rest.value().unwrap_or_else(|| nothing(at));
        self.choose(word, condition, false, at);
    }

    fn choose(&mut self, word: &str, condition: Expr, goes_on: bool, at: Span) {
        let kind = Kind::If {
            condition,
            then: None,
            goes_on,
        };
        self.open(word, kind, at);
    }

    fn other(&mut self, rest: &mut Reader<'_, '_>, at: Span) {
        self.otherwise();
        let condition = rest.value().unwrap_or_else(|| nothing(at));
        self.choose("if", condition, true, at);
    }

    /// The rest of the innermost block is for when its condition does not hold, or for no rows.
    fn otherwise(&mut self) {
        match self.open.last_mut().map(|last| (&mut last.kind, last.at)) {
            Some((
                Kind::If {
                    then: then @ None, ..
                },
                _,
            )) => *then = Some(std::mem::take(&mut self.body)),
            Some((Kind::For { .. }, at)) => self.close("endfor", at),
            _ => {}
        }
    }

    /// `with a=b.c d=e`, `with b.c as a`.
    fn with(&mut self, rest: &mut Reader<'_, '_>, at: Span) {
        let mut bindings = Vec::new();
        while let Some(token) = rest.peek() {
            let key = rest.key();
            let Some(value) = rest.value() else { break };
            let key = key.map(|key| named(key, token.span));
            let pattern = match rest.takes("as") {
                true => rest.name().map(|(name, span)| named(name, span)),
                false => key,
            };
            bindings.push((pattern, value));
            rest.takes(",");
            rest.takes("and");
        }
        self.open("with", Kind::With(bindings), at);
    }

    fn set(&mut self, rest: &mut Reader<'_, '_>, at: Span) {
        let Some((name, span)) = rest.name() else { return };
        let value = rest.takes("=").then(|| rest.value()).flatten();
        self.assign(name, span, value, at);
    }

    fn assign(&mut self, name: &str, span: Span, value: Option<Expr>, at: Span) {
        let kind = StmtKind::Assign {
            target: named(name, span),
            op: None,
            ty: None,
            value: Some(value.unwrap_or_else(|| nothing(at))),
        };
        self.body.push(Stmt { kind, span: at });
    }

    /// `regroup rows by key as groups`
    fn regroup(&mut self, rest: &mut Reader<'_, '_>, at: Span) {
        let rows = rest.value();
        rest.takes("by");
        rest.chain();
        let name = rest.takes("as").then(|| rest.name()).flatten();
        if let (Some(rows), Some((name, span))) = (rows, name) {
            let groups = made(called("regroup", at, vec![plain_arg(rows)]), at, at);
            self.assign(name, span, Some(groups), at);
        }
    }

    fn defines(&mut self, rest: &mut Reader<'_, '_>, at: Span) {
        let Some((name, _)) = rest.name() else { return };
        let mut declared = function(name, FunctionKind::Function, at);
        rest.takes("(");
        while let Some((name, span)) = rest.name() {
            let default = rest.takes("=").then(|| rest.value()).flatten();
            declared.params.push(param(name, span, default));
            rest.takes(",");
        }
        self.open("macro", Kind::Macro(declared.into()), at);
    }

    /// `include "part.html" with row=order.customer`, `extends "base.html"`.
    fn other_template(&mut self, word: &str, rest: &mut Reader<'_, '_>, at: Span) {
        let Some(path) = rest.value() else { return };
        let mut args = vec![plain_arg(path)];
        while let Some(token) = rest.peek() {
            let key = rest.key();
            match (key, rest.value()) {
                (Some(key), Some(value)) => args.push(Arg {
                    name: Some(key.to_owned()),
                    ..plain_arg(value)
                }),
                (None, None) if rest.peek() == Some(token) => break,
                _ => {}
            }
        }
        self.body.push(shown(made(called(word, at, args), at, at)));
    }

    /// A tag of the project or of a library: it is given values, and may leave one under a name.
    fn own_tag(&mut self, rest: &mut Reader<'_, '_>, at: Span) {
        let args = self.args(rest);
        if args
            .iter()
            .any(|arg| !matches!(arg.kind, ExprKind::Name(_) | ExprKind::Str(_)))
        {
            self.body.push(shown(made(ExprKind::Opaque(args), at, at)));
        }
        if rest.takes("as")
            && let Some((name, span)) = rest.name()
        {
            self.assign(name, span, None, at);
        }
    }

    /// Values one after the other, up to `as`.
    fn args(&mut self, rest: &mut Reader<'_, '_>) -> Vec<Expr> {
        let mut args = Vec::new();
        while let Some(token) = rest.peek().filter(|token| !token.is("as")) {
            rest.key();
            args.extend(rest.fresh().chain());
            if rest.peek() == Some(token) {
                rest.next();
            }
        }
        args
    }
}

fn nothing(at: Span) -> Expr {
    made(ExprKind::Opaque(Vec::new()), at, at)
}

fn shown(value: Expr) -> Stmt {
    let span = value.span;
    Stmt {
        kind: StmtKind::Expr(value),
        span,
    }
}
