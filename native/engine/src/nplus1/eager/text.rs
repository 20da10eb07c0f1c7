//! Query texts: which paths the `join fetch` of an object query loads for the rows it selects. The
//! text may be put together from pieces; what is not a piece of text makes the result open.

use std::collections::BTreeMap;

use super::Plan;
use super::paths::{Mark, Paths, State};
use super::reader::{Reader, argument, chain, unwrapped, word};
use crate::facts::ir::{Arg, Expr, ExprKind};
use crate::nplus1::orm::schema::eager::Form;

/// Words of one text that are read; real queries have a few hundred.
const WORDS_MAX: usize = 4_000;

impl<'a> Reader<'_, 'a> {
    /// `createQuery("select p from Post p join fetch p.author")`
    pub(super) fn text(self, args: &'a [Arg], plan: &mut Plan) {
        let Some(arg) = argument(args, &["value", "query"], 0) else {
            return;
        };
        let mut text = String::new();
        let whole = self.pieces(&arg.value, &mut text);
        plan.paths.merge(&text_paths(&text));
        if !whole {
            plan.paths.mark(Mark::Open);
        }
    }

    /// A query or graph declared elsewhere: `createNamedQuery("Post.full")`.
    pub(super) fn named(self, args: &'a [Arg], plan: &mut Plan) {
        let name = args.first().and_then(|arg| {
            let value = unwrapped(&arg.value);
            let constant = self.constant(value).map_or(value, |(_, value)| value);
            word(constant)
        });
        match name.and_then(|name| (self.scope.named)(name)) {
            Some(paths) => plan.paths.merge(&paths),
            None => plan.paths.mark(Mark::Open),
        }
    }

    /// `builder.createQuery(Post.class)`; what its root fetches is read off the function (`of_body`).
    fn is_criteria(self, name: &str) -> bool {
        let Some((reader, value)) = self.query_constant(name) else {
            return false;
        };
        let (_, links) = chain(value);
        let last = links.last().map(|link| link.name);
        last.and_then(|name| reader.orm.eager.call(name)) == Some(Form::Text)
    }

    /// Whether the text is complete.
    fn pieces(self, expr: &'a Expr, out: &mut String) -> bool {
        let Some(reader) = self.down() else {
            return false;
        };
        let expr = unwrapped(expr);
        match &expr.kind {
            ExprKind::Str(text) => {
                out.push_str(text);
                true
            }
            ExprKind::Binary { op, left, right } if op == "+" => {
                let left = reader.pieces(left, out);
                reader.pieces(right, out) && left
            }
            // `"…".formatted(x)`, `"…".trim()`
            ExprKind::Call { callee, .. } => {
                if let ExprKind::Member { object, .. } = &callee.kind
                    && matches!(object.kind, ExprKind::Str(_))
                {
                    return reader.pieces(object, out);
                }
                false
            }
            // A class, or a query object built before: there is no text.
            ExprKind::Member { name, .. } if name == "class" => true,
            ExprKind::Name(name) if reader.is_criteria(name) => true,
            ExprKind::Name(_) | ExprKind::Member { .. } => match reader.constant(expr) {
                Some((reader, value)) => reader.pieces(value, out),
                None => {
                    out.push_str(" ? ");
                    false
                }
            },
            _ => false,
        }
    }
}

/// What the rows of an object query come with.
pub(super) fn text_paths(text: &str) -> Paths {
    let mut query = Text::default();
    query.read(&words(text));
    query.paths()
}

/// Words, dots kept within names, and single signs.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if out.len() == WORDS_MAX {
            break;
        }
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$');
        let end = match first {
            '\'' => rest[1..].find('\'').map_or(rest.len(), |at| at + 2),
            first if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            first => first.len_utf8(),
        };
        out.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    out
}

#[derive(Default)]
struct Text<'t> {
    /// The first thing selected, if it is a single name.
    selected: Option<&'t str>,
    /// Alias and its path from the root; the root's is empty.
    aliases: BTreeMap<&'t str, String>,
    roots: usize,
    fetched: Vec<String>,
    /// Selects values or objects made of them.
    projects: bool,
}

impl<'t> Text<'t> {
    fn read(&mut self, words: &[&'t str]) {
        let mut depth = 0_usize;
        let mut at = 0;
        while let Some(word) = words.get(at) {
            at += 1;
            match *word {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                // Sub-queries load nothing.
                _ if depth > 0 => {}
                word if word.eq_ignore_ascii_case("select") => self.select(&words[at..]),
                word if word.eq_ignore_ascii_case("from") => self.from(&words[at..]),
                word if word.eq_ignore_ascii_case("join") => self.join(&words[at..]),
                _ => {}
            }
        }
    }

    fn select(&mut self, rest: &[&'t str]) {
        let mut rest = rest.iter().copied();
        let mut first = rest.next();
        if first.is_some_and(|word| word.eq_ignore_ascii_case("distinct")) {
            first = rest.next();
        }
        let next = rest.next().unwrap_or("from");
        // `object(p)`, `new Dto(…)`, `count(p)`
        self.projects = next == "(" && first.is_none_or(|word| !word.eq_ignore_ascii_case("object"));
        self.projects |= first.is_some_and(|word| word.eq_ignore_ascii_case("new") || word.contains('.'));
        self.selected = first.filter(|_| next.eq_ignore_ascii_case("from") || next == ",");
    }

    fn from(&mut self, rest: &[&'t str]) {
        let alias = match rest {
            [_, word, alias, ..] if word.eq_ignore_ascii_case("as") => Some(*alias),
            [_, alias, ..] if !is_keyword(alias) => Some(*alias),
            _ => None,
        };
        if self.roots == 0
            && let Some(alias) = alias
        {
            self.aliases.insert(alias, String::new());
        }
        self.roots += 1;
    }

    fn join(&mut self, rest: &[&'t str]) {
        let (fetch, rest) = match rest {
            [word, rest @ ..] if word.eq_ignore_ascii_case("fetch") => (true, rest),
            _ => (false, rest),
        };
        // `treat(p.author as Writer) a`
        let (property, rest) = match rest {
            [word, "(", property, _, _, ")", rest @ ..] if word.eq_ignore_ascii_case("treat") => {
                (*property, rest)
            }
            [property, rest @ ..] => (*property, rest),
            [] => return,
        };
        let path = match property.split_once('.') {
            Some((from, tail)) => match self.aliases.get(from) {
                Some(path) if path.is_empty() => tail.to_owned(),
                Some(path) => format!("{path}.{tail}"),
                // A second root, or a class in a package.
                None if !self.aliases.is_empty() => return,
                None => property.to_owned(),
            },
            None if property.starts_with(char::is_lowercase) && self.aliases.is_empty() => {
                property.to_owned()
            }
            None => return,
        };
        let alias = match rest {
            [word, alias, ..] if word.eq_ignore_ascii_case("as") => Some(*alias),
            [alias, ..] if !is_keyword(alias) => Some(*alias),
            _ => None,
        };
        if let Some(alias) = alias {
            self.aliases.insert(alias, path.clone());
        }
        if fetch {
            self.fetched.push(path);
        }
    }

    fn paths(&self) -> Paths {
        let mut out = Paths::default();
        if self.projects {
            return out;
        }
        let rows = self.selected.and_then(|name| self.aliases.get(name));
        let rows = rows.map_or("", String::as_str);
        for path in &self.fetched {
            let path = match rows {
                "" => Some(path.as_str()),
                rows => path.strip_prefix(rows).and_then(|rest| rest.strip_prefix('.')),
            };
            if let Some(path) = path {
                let mut last = Paths::default();
                let (before, name) = path.rsplit_once('.').unwrap_or(("", path));
                last.put(name, State::Joined, &Paths::default());
                out.put_below(before, &last);
            }
        }
        out
    }
}

fn is_keyword(word: &str) -> bool {
    const KEYWORDS: [&str; 22] = [
        "join", "left", "right", "inner", "outer", "cross", "full", "where", "order", "group", "having",
        "fetch", "on", "with", "select", "from", "set", "union", "limit", "offset", "in", "as",
    ];
    let signs = !word.starts_with(|c: char| c.is_alphabetic() || c == '_');
    signs || KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
}
