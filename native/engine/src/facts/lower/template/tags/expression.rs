//! Values in a tag: look-ups with dots, filters, comparisons, and the calls and literals that Jinja has.

use super::token::{Kind, Token};
use crate::facts::ir::{Arg, Expr, ExprKind, Span};

/// Steps that one value may be nested by. People write a handful.
const NESTED_MAX: usize = 60;

pub(super) struct Reader<'r, 't> {
    tokens: &'r [Token<'t>],
    at: usize,
    nested: usize,
}

/// How strongly an operator binds.
fn strength(word: &str) -> Option<u8> {
    Some(match word {
        "or" => 1,
        "and" => 2,
        "==" | "!=" | "<" | ">" | "<=" | ">=" | "in" | "not" | "is" => 4,
        "+" | "-" | "~" => 5,
        "*" | "/" | "//" | "%" | "**" => 6,
        _ => return None,
    })
}

impl<'r, 't> Reader<'r, 't> {
    pub fn new(tokens: &'r [Token<'t>]) -> Self {
        Reader {
            tokens,
            at: 0,
            nested: 0,
        }
    }

    /// For the next value, which is nested in none of those before.
    pub fn fresh(&mut self) -> &mut Self {
        self.nested = 0;
        self
    }

    pub fn peek(&self) -> Option<Token<'t>> {
        self.tokens.get(self.at).copied()
    }

    pub fn next(&mut self) -> Option<Token<'t>> {
        let token = self.peek();
        self.at += usize::from(token.is_some());
        token
    }

    /// Takes the next one if it is this word or mark.
    pub fn takes(&mut self, word: &str) -> bool {
        let is = self.peek().is_some_and(|token| token.is(word));
        self.at += usize::from(is);
        is
    }

    /// A name, if one comes next.
    pub fn name(&mut self) -> Option<(&'t str, Span)> {
        match self.peek()? {
            Token {
                kind: Kind::Name(name),
                span,
            } => {
                self.at += 1;
                Some((name, span))
            }
            _ => None,
        }
    }

    /// Takes `name=`.
    pub fn key(&mut self) -> Option<&'t str> {
        if !self.tokens.get(self.at + 1)?.is("=") {
            return None;
        }
        let (name, _) = self.name()?;
        self.at += 1;
        Some(name)
    }

    /// One step deeper; nothing where there are too many.
    fn deeper(&mut self) -> Option<()> {
        self.nested += 1;
        (self.nested < NESTED_MAX).then_some(())
    }

    /// `a if b else c` too.
    pub fn value(&mut self) -> Option<Expr> {
        let then = self.plain()?;
        if !self.takes("if") {
            return Some(then);
        }
        self.deeper()?;
        let condition = self.plain()?;
        let otherwise = match self.takes("else") {
            true => self.value()?,
            false => made(ExprKind::Null, condition.span, condition.span),
        };
        let (first, last) = (then.span, otherwise.span);
        let kind = ExprKind::Conditional {
            condition: condition.into(),
            then: then.into(),
            otherwise: otherwise.into(),
        };
        Some(made(kind, first, last))
    }

    /// No `if` belongs to it.
    pub fn plain(&mut self) -> Option<Expr> {
        self.binary(1)
    }

    fn binary(&mut self, least: u8) -> Option<Expr> {
        let mut left = self.unary()?;
        while let Some(Token {
            kind: Kind::Name(op) | Kind::Mark(op),
            ..
        }) = self.peek()
        {
            let Some(strength) = strength(op).filter(|it| *it >= least) else {
                break;
            };
            self.at += 1;
            let op = match op {
                "not" if self.takes("in") => "not in",
                "is" if self.takes("not") => "is not",
                op => op,
            };
            self.deeper()?;
            let right = self.binary(strength + 1)?;
            let (first, last) = (left.span, right.span);
            let kind = ExprKind::Binary {
                op: op.to_owned(),
                left: left.into(),
                right: right.into(),
            };
            left = made(kind, first, last);
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<Expr> {
        let Some(token) = self.peek().filter(|token| token.is("not") || token.is("-")) else {
            return self.chain();
        };
        self.at += 1;
        self.deeper()?;
        let operand = self.binary(if token.is("not") { 3 } else { 7 })?;
        let last = operand.span;
        let kind = ExprKind::Unary {
            op: if token.is("not") { "not" } else { "-" }.to_owned(),
            operand: operand.into(),
        };
        Some(made(kind, token.span, last))
    }

    /// A value and all that is done to it.
    pub fn chain(&mut self) -> Option<Expr> {
        let mut value = self.first()?;
        loop {
            let before = self.at;
            value = if self.takes(".") {
                self.deeper()?;
                self.lookup(value)?
            } else if self.takes("|") {
                self.deeper()?;
                self.filter(value)?
            } else if self.peek().is_some_and(|it| it.is("(")) && adjoins(self.tokens, before) {
                self.deeper()?;
                self.call(value)?
            } else if self.peek().is_some_and(|it| it.is("[")) && adjoins(self.tokens, before) {
                self.deeper()?;
                self.index(value)?
            } else {
                return Some(value);
            };
        }
    }

    fn lookup(&mut self, object: Expr) -> Option<Expr> {
        let token = self.next()?;
        let first = object.span;
        let kind = match token.kind {
            Kind::Name(name) => ExprKind::Member {
                object: object.into(),
                name: name.to_owned(),
                name_span: token.span,
                optional: false,
            },
            Kind::Number(number) => ExprKind::Index {
                object: object.into(),
                index: made(ExprKind::Number(number.to_owned()), token.span, token.span).into(),
            },
            _ => return None,
        };
        Some(made(kind, first, token.span))
    }

    /// `value|name`, `value|name:arg`, `value|name(args)`: a call of `name` with the value first.
    fn filter(&mut self, value: Expr) -> Option<Expr> {
        let (name, at) = self.name()?;
        let first = value.span;
        let mut last = at;
        let mut args = vec![plain_arg(value)];
        if self.takes(":") {
            let mut given = self.first()?;
            while self.takes(".") {
                self.deeper()?;
                given = self.lookup(given)?;
            }
            last = given.span;
            args.push(plain_arg(given));
        } else if self.peek().is_some_and(|it| it.is("(")) {
            let (given, close) = self.args()?;
            last = close;
            args.extend(given);
        }
        if let ("slice", [_, bounds]) = (name, args.as_slice())
            && let Some(range) = slice(&bounds.value)
        {
            let object = args.swap_remove(0).value.into();
            let index = range.into();
            return Some(made(ExprKind::Index { object, index }, first, last));
        }
        Some(made(called(name, at, args), first, last))
    }

    fn call(&mut self, callee: Expr) -> Option<Expr> {
        let (args, close) = self.args()?;
        let first = callee.span;
        let kind = ExprKind::Call {
            callee: callee.into(),
            args,
            block: None,
            type_args: Vec::new(),
        };
        Some(made(kind, first, close))
    }

    fn index(&mut self, object: Expr) -> Option<Expr> {
        self.takes("[");
        let from = match self.peek()?.is(":") {
            true => None,
            false => Some(self.value()?),
        };
        let ranged = self.takes(":");
        let to = match ranged && !self.peek()?.is("]") {
            true => Some(self.value()?),
            false => None,
        };
        let close = self.next().filter(|it| it.is("]"))?.span;
        let first = object.span;
        let index = match (ranged, from) {
            (false, Some(index)) => index,
            (_, from) => range(from, to, close),
        };
        let kind = ExprKind::Index {
            object: object.into(),
            index: index.into(),
        };
        Some(made(kind, first, close))
    }

    /// `(a, b=c)`, and where it is closed.
    pub fn args(&mut self) -> Option<(Vec<Arg>, Span)> {
        self.takes("(");
        self.deeper()?;
        let mut args = Vec::new();
        loop {
            if let Some(close) = self.peek().filter(|it| it.is(")")) {
                self.at += 1;
                return Some((args, close.span));
            }
            let spread = self.takes("*") || self.takes("**");
            let name = self.key().map(str::to_owned);
            let value = self.value()?;
            args.push(Arg { name, spread, value });
            if !self.takes(",") && !self.peek()?.is(")") {
                return None;
            }
        }
    }

    fn first(&mut self) -> Option<Expr> {
        let token = self.next()?;
        let kind = match token.kind {
            Kind::Text(text) => ExprKind::Str(text.to_owned()),
            Kind::Number(number) => ExprKind::Number(number.to_owned()),
            Kind::Name("True" | "true") => ExprKind::Bool(true),
            Kind::Name("False" | "false") => ExprKind::Bool(false),
            Kind::Name("None" | "none") => ExprKind::Null,
            Kind::Name(name) => ExprKind::Name(name.to_owned()),
            Kind::Mark("(") => return self.listed(")", token.span),
            Kind::Mark("[") => return self.listed("]", token.span),
            Kind::Mark("{") => return self.map(token.span),
            Kind::Mark(_) => return None,
        };
        Some(made(kind, token.span, token.span))
    }

    /// `[a, b]`, `(a, b)`, `(a)`.
    fn listed(&mut self, close: &str, open: Span) -> Option<Expr> {
        self.deeper()?;
        let mut parts = Vec::new();
        let mut is_list = close == "]";
        loop {
            if let Some(end) = self.peek().filter(|it| it.is(close)) {
                self.at += 1;
                return match (is_list, parts.len()) {
                    (false, 1) => parts.pop(),
                    _ => Some(made(ExprKind::List(parts), open, end.span)),
                };
            }
            parts.push(self.value()?);
            let more = self.takes(",");
            is_list |= more;
            if !more && !self.peek()?.is(close) {
                return None;
            }
        }
    }

    fn map(&mut self, open: Span) -> Option<Expr> {
        self.deeper()?;
        let mut pairs = Vec::new();
        loop {
            if let Some(end) = self.peek().filter(|it| it.is("}")) {
                self.at += 1;
                return Some(made(ExprKind::Map(pairs), open, end.span));
            }
            let key = self.value()?;
            if !self.takes(":") {
                return None;
            }
            pairs.push((key, self.value()?));
            if !self.takes(",") && !self.peek()?.is("}") {
                return None;
            }
        }
    }
}

/// Whether the token at this place stands right behind the one before it.
fn adjoins(tokens: &[Token<'_>], at: usize) -> bool {
    let end = |at: usize| tokens.get(at).map(|it| it.span.end);
    let before = at.checked_sub(1).and_then(end);
    before.is_some() && tokens.get(at).map(|it| it.span.start) == before
}

/// `":5"` of a `slice`.
fn slice(bounds: &Expr) -> Option<Expr> {
    let ExprKind::Str(text) = &bounds.kind else {
        return None;
    };
    let (from, to) = text.split_once(':')?;
    let number = |text: &str| {
        let text = text.trim();
        (!text.is_empty()).then(|| made(ExprKind::Number(text.to_owned()), bounds.span, bounds.span))
    };
    Some(range(number(from), number(to), bounds.span))
}

fn range(from: Option<Expr>, to: Option<Expr>, at: Span) -> Expr {
    let kind = ExprKind::Range {
        from: from.map(Box::new),
        to: to.map(Box::new),
    };
    made(kind, at, at)
}

pub(super) fn called(name: &str, at: Span, args: Vec<Arg>) -> ExprKind {
    ExprKind::Call {
        callee: made(ExprKind::Name(name.to_owned()), at, at).into(),
        args,
        block: None,
        type_args: Vec::new(),
    }
}

pub(super) fn plain_arg(value: Expr) -> Arg {
    Arg {
        name: None,
        spread: false,
        value,
    }
}

pub(super) fn made(kind: ExprKind, first: Span, last: Span) -> Expr {
    let span = Span {
        start: first.start,
        end: last.end.max(first.end),
    };
    Expr { kind, span }
}
