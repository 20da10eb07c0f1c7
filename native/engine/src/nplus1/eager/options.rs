//! Loader options: functions that name relations, and chains of them
//! (`joinedload(Post.author).selectinload(User.company)`).

use super::Plan;
use super::paths::{Mark, Paths, State};
use super::reader::{Link, Reader, chain};
use crate::facts::ir::{Arg, Expr, ExprKind};
use crate::nplus1::orm::schema::eager::{Form, OptionWord};

impl<'a> Reader<'_, 'a> {
    pub(super) fn loader_options(self, args: &'a [Arg], plan: &mut Plan) {
        for arg in args {
            self.loader_option_list(&arg.value, &mut plan.paths);
        }
    }

    pub(super) fn loader_option_list(self, value: &'a Expr, out: &mut Paths) {
        self.items(value, true, &mut |reader, item, sure| {
            if !matches!(item.kind, ExprKind::Call { .. }) {
                return out.mark(Mark::Open);
            }
            let mut paths = Paths::default();
            reader.loader_option(&chain(item).1, &mut paths);
            let paths = if sure {
                paths
            } else {
                paths.intersect(&Paths::default())
            };
            out.merge(&paths);
        });
    }

    fn loader_option(self, links: &[Link<'a>], out: &mut Paths) {
        let Some(reader) = self.down() else {
            return;
        };
        let mut at = String::new();
        let mut read = false;
        for link in links {
            match reader.orm.eager.option(link.name) {
                Some(OptionWord::Ignored) => read = true,
                Some(OptionWord::Nested) => out.mark(Mark::Open),
                Some(word) => {
                    read = true;
                    reader.option_word(word, link.args, &mut at, out);
                }
                // `selectinload(Post.comments).options(joinedload(Comment.user), …)`
                None if read && reader.orm.eager.call(link.name) == Some(Form::LoaderOptions) => {
                    let mut below = Paths::default();
                    for arg in link.args {
                        reader.loader_option_list(&arg.value, &mut below);
                    }
                    out.put_below(&at, &below);
                }
                // The module it is called on: `orm.joinedload(…)`.
                None if !read && link.args.is_empty() => {}
                None => out.mark(Mark::Open),
            }
        }
        if !read {
            out.mark(Mark::Open);
        }
    }

    /// Each argument goes one relation further down; what the option does it does to the last.
    fn option_word(self, word: OptionWord, args: &'a [Arg], at: &mut String, out: &mut Paths) {
        let mut args = args.iter().filter(|arg| arg.name.is_none()).peekable();
        while let Some(arg) = args.next() {
            let word = if args.peek().is_some() {
                OptionWord::Passes
            } else {
                word
            };
            if arg.spread {
                out.mark(Mark::Open);
                continue;
            }
            match attribute(&arg.value) {
                Attribute::Every => {
                    let mut here = Paths::default();
                    here.mark(match word {
                        OptionWord::Loads => Mark::All,
                        OptionWord::Never => Mark::NeverLazy,
                        _ => Mark::NoDefaults,
                    });
                    out.put_below(at, &here);
                }
                Attribute::Named(name) => {
                    if !at.is_empty() {
                        at.push('.');
                    }
                    at.push_str(name);
                    match word {
                        OptionWord::Loads => put_last(out, at, State::Joined),
                        OptionWord::Lazy => put_last(out, at, State::Lazy),
                        OptionWord::Never => put_last(out, at, State::Never),
                        _ => out.put_below(at, &Paths::default()),
                    }
                }
                Attribute::Class => {}
                Attribute::Unknown => out.mark(Mark::Open),
            }
        }
    }
}

/// What stands before it was said by the link before: `defaultload(Post.author)` says nothing.
fn put_last(out: &mut Paths, path: &str, state: State) {
    let mut last = Paths::default();
    match path.rsplit_once('.') {
        Some((before, name)) => {
            last.put(name, state, &Paths::default());
            out.put_below(before, &last);
        }
        None => out.put(path, state, &Paths::default()),
    }
}

enum Attribute<'a> {
    Named(&'a str),
    /// `"*"`
    Every,
    /// `Post`: where the chain starts.
    Class,
    Unknown,
}

/// `Post.author`, `Post.author.of_type(Writer)`, `"author"`.
fn attribute(expr: &Expr) -> Attribute<'_> {
    match &expr.kind {
        ExprKind::Str(text) if text == "*" => Attribute::Every,
        ExprKind::Str(text) => Attribute::Named(text),
        ExprKind::Name(name) if name.starts_with(char::is_uppercase) => Attribute::Class,
        ExprKind::Member { object, name, .. } => match &object.kind {
            // `models.Post`
            _ if name.starts_with(char::is_uppercase) => Attribute::Class,
            ExprKind::Name(_) | ExprKind::Member { .. } => Attribute::Named(name),
            _ => Attribute::Unknown,
        },
        ExprKind::Call { callee, .. } => match &callee.kind {
            ExprKind::Member { object, name, .. } if matches!(name.as_str(), "of_type" | "and_") => {
                attribute(object)
            }
            _ => Attribute::Unknown,
        },
        _ => Attribute::Unknown,
    }
}
