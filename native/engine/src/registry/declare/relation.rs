//! Reads one relation from a word and what stands beside it: arguments, options, the type of the
//! field, marks on it. Every form of declaration ends here, so that what a word means is said once.

use super::loads;
use super::source::{self, ClassName, Source};
use crate::facts::ir::{Arg, Decorator, Expr, ExprKind, Lambda, Span, TypeRef};
use crate::nplus1::eager::paths::Paths;
use crate::nplus1::orm::relations::{Place, Word};
use crate::nplus1::words;
use crate::registry::model::{Loading, Open, Relation, Reverse};

/// A declaration as one of the forms found it.
pub(super) struct Said<'a> {
    pub word: &'a Word,
    pub args: &'a [Arg],
    /// Options of a call around this one.
    pub outer: &'a [Arg],
    pub block: Option<&'a Lambda>,
    /// The name is only the target's.
    pub is_name_open: bool,
    /// Name of the field; without one the arguments say it.
    pub name: Option<String>,
    pub ty: Option<&'a TypeRef>,
    /// What loading it does, whatever else stands there.
    pub loading: Option<Loading>,
    /// The type alone says it.
    pub is_typed: bool,
    /// Decorators beside the word's own.
    pub marks: &'a [Decorator],
    pub span: Span,
}

impl<'a> Said<'a> {
    pub fn of(word: &'a Word, args: &'a [Arg], span: Span) -> Self {
        Said {
            word,
            args,
            outer: &[],
            block: None,
            name: None,
            ty: None,
            loading: None,
            is_typed: false,
            is_name_open: false,
            marks: &[],
            span,
        }
    }
}

/// What the arguments and options say, in their own words.
#[derive(Default)]
struct Options<'a> {
    name: Option<String>,
    target: Option<&'a Expr>,
    inverse: Option<String>,
    reverse: Option<&'a Expr>,
    key: Option<String>,
    has_key: bool,
    many: Option<bool>,
    through: Option<String>,
    source: Option<String>,
    between: bool,
    polymorphic: bool,
    counter_cache: bool,
    nullable: bool,
    loading: Option<Loading>,
    eager: Paths,
}

pub(super) fn read(source: &Source<'_>, class: &str, said: &Said<'_>) -> Option<Relation> {
    let options = Options::read(source, said);
    let name = said.name.clone().or_else(|| options.name.clone())?;
    let typed = said.ty.map(|ty| source.typed(ty)).unwrap_or_default();
    let target = if said.word.polymorphic || options.polymorphic {
        None
    } else {
        target(source, class, &name, said, &options, typed.target)
    };
    let by_type = said.is_typed.then_some(typed.many);
    let many = said.word.many.or(options.many).or(by_type).or_else(|| {
        // A bare target type says nothing about a relation that is only annotated as a class.
        (typed.many || typed.target.is_some() && !typed.around.is_empty()).then_some(typed.many)
    });
    let many_open = many.is_none() && !options.between;
    let many = many.unwrap_or(options.between);
    let loading = loading(source, said, &options, &typed.around);
    let fill = |template: &String| template.replace("{name}", &name);
    let reverse = reverse(source, said, &options, many);
    Some(Relation {
        target_in: target.as_ref().and_then(|target| target.within.clone()),
        target: target.map(|target| target.name),
        many,
        inverse: options.inverse.clone(),
        loading,
        key: key_here(said, &options, fill).filter(|_| !(many && said.is_typed)),
        eager: options.eager.clone(),
        counter_cache: options.counter_cache,
        through: options
            .through
            .clone()
            .or_else(|| said.word.through.as_ref().map(fill)),
        source: options.source.clone(),
        nullable: options.nullable,
        open: Open {
            many: many_open,
            reverse_many: reverse.as_ref().is_some_and(|(_, is_open)| *is_open),
            relation: said.is_typed,
            name: said.is_name_open,
            inverse: source.orm.relations.automatic_inverse && options.is_plain(said),
            loading: said.is_typed,
        },
        reverse: reverse.map(|(reverse, _)| reverse),
        span: said.span,
        name,
    })
}

impl<'a> Options<'a> {
    fn read(source: &Source<'_>, said: &Said<'a>) -> Self {
        let mut found = Options::default();
        let mut places = said.word.arguments.iter();
        for value in source::positional(said.args) {
            // A function that only narrows the rows takes no place of its own in Ruby.
            if let ExprKind::Lambda(lambda) = &value.kind
                && said.word.arguments.first() == Some(&Place::Name)
            {
                found.eager.merge(&loads::of_lambda(source, lambda).paths);
                continue;
            }
            let Some(place) = places.next() else { break };
            found.set(*place, value);
        }
        if let Some(block) = said.block {
            found.eager.merge(&loads::of_lambda(source, block).paths);
        }
        let relations = &source.orm.relations;
        for mark in said.marks {
            let value = source::positional(&mark.args).next();
            for (place, value) in Place::ALL.iter().filter_map(|place| Some((place, value?))) {
                if relations.is_option(*place, short(&mark.name)) {
                    found.set(*place, value);
                }
            }
        }
        let outer = source::options(said.outer);
        for (name, value) in outer.into_iter().chain(source::options(said.args)) {
            for place in Place::ALL {
                if relations.is_option(*place, &name) {
                    found.set(*place, value);
                }
            }
            if let Some(loading) = relations.option_loading(&name, &source::value_word(value)) {
                found.loading = Some(loading);
            }
            // `sa_relationship_kwargs={"lazy": "selectin"}`
            if let ExprKind::Map(entries) = &value.kind {
                for (name, value) in source::entries_of(entries) {
                    let inner = relations.option_loading(&name, &source::value_word(value));
                    found.loading = inner.or(found.loading);
                }
            }
        }
        found
    }

    /// Nothing that keeps an ORM from finding the inverse by itself.
    fn is_plain(&self, said: &Said<'_>) -> bool {
        let scoped = said.block.is_some()
            || said
                .args
                .iter()
                .any(|it| matches!(it.value.kind, ExprKind::Lambda(_)));
        !scoped && self.through.is_none() && !self.has_key && !self.polymorphic && !said.word.polymorphic
    }

    fn set(&mut self, place: Place, value: &'a Expr) {
        let word = || source::named(value).map(|name| short(&name).to_owned());
        match place {
            Place::Name => self.name = word(),
            Place::Target => self.target = Some(value),
            Place::Inverse => self.inverse = word(),
            Place::Reverse => self.reverse = Some(value),
            Place::Key => {
                self.key = key(value);
                self.has_key = true;
            }
            Place::Many => self.many = Some(source::is_true(value)),
            Place::Single => self.many = self.many.or(Some(false)),
            Place::Collection => self.many = self.many.or(Some(true)),
            Place::Through => self.through = source::text(value),
            Place::Source => self.source = word(),
            Place::Between => self.between = true,
            Place::Polymorphic => self.polymorphic = !is_off(value),
            Place::CounterCache => self.counter_cache = !is_off(value),
            Place::Nullable => self.nullable = source::is_true(value),
            Place::Other => {}
        }
    }
}

/// The key's column, where it is or may be on this side.
fn key_here(said: &Said<'_>, options: &Options<'_>, fill: impl Fn(&String) -> String) -> Option<String> {
    let here = said.word.key.is_some() || said.word.many.is_none();
    let named = options.key.clone().filter(|_| here);
    named.or_else(|| said.word.key.as_ref().map(fill))
}

/// `foreignKey: 'userId'`, `foreignKey: { name: 'userId' }`, `foreign_keys=[user_id]`
fn key(value: &Expr) -> Option<String> {
    match &value.kind {
        ExprKind::Map(entries) => source::entries_of(entries)
            .find(|(name, _)| name == "name")
            .and_then(|(_, value)| source::text(value)),
        ExprKind::List(items) => match items.as_slice() {
            [only] => key(only),
            _ => None,
        },
        _ => source::named(value).map(|name| short(&name).to_owned()),
    }
}

fn is_off(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::Bool(false) | ExprKind::Null)
}

fn short(name: &str) -> &str {
    name.rsplit(['.', ':']).next().unwrap_or(name)
}

fn target(
    source: &Source<'_>,
    class: &str,
    name: &str,
    said: &Said<'_>,
    options: &Options<'_>,
    ty: Option<&TypeRef>,
) -> Option<ClassName> {
    let named = match (options.target, ty) {
        (Some(expr), _) => {
            let written = source::named(expr)?;
            // A text is resolved by the ORM, not by the file's imports.
            return own(source, class, &written).or_else(|| source.class_name(&written));
        }
        (None, Some(ty)) => ty.name.clone(),
        // The name of the relation is the name of the class.
        (None, None) if said.word.arguments.first() == Some(&Place::Name) => {
            let path = name.rsplit('/').next().unwrap_or(name);
            let is_many = said.word.many == Some(true);
            let one = if is_many {
                words::singular(path)
            } else {
                path.to_owned()
            };
            return Some(ClassName {
                name: words::camel(&one),
                within: None,
            });
        }
        (None, None) => return None,
    };
    own(source, class, &named).or_else(|| source.class_name(&named))
}

fn own(source: &Source<'_>, class: &str, written: &str) -> Option<ClassName> {
    source.orm.relations.own.matches(written).then(|| ClassName {
        name: class.to_owned(),
        within: None,
    })
}

/// Marks say more than options, options more than types, types more than the word.
fn loading(source: &Source<'_>, said: &Said<'_>, options: &Options<'_>, around: &[&str]) -> Loading {
    let relations = &source.orm.relations;
    let marked = said.marks.iter().find_map(|mark| {
        let values: Vec<String> = mark
            .args
            .iter()
            .map(|arg| source::value_word(&arg.value))
            .collect();
        relations.mark_loading(short(&mark.name), &values)
    });
    let typed = || around.iter().find_map(|ty| relations.type_loading(ty));
    let inverse = || said.word.inverse_loading.filter(|_| options.inverse.is_some());
    said.loading
        .or(marked)
        .or_else(inverse)
        .or(options.loading)
        .or_else(typed)
        .unwrap_or(said.word.loading)
}

/// The relation of the other side, and whether its number is open.
fn reverse(
    source: &Source<'_>,
    said: &Said<'_>,
    options: &Options<'_>,
    many: bool,
) -> Option<(Reverse, bool)> {
    let relations = &source.orm.relations;
    let mut args: &[Arg] = &[];
    let written = match options.reverse {
        Some(value) => match source::callee(value) {
            Some((_, given)) => {
                args = given;
                source::positional(given).next().and_then(source::text)?
            }
            None => source::text(value)?,
        },
        None => said.word.reverse.clone()?,
    };
    if written.is_empty() || written.ends_with('+') {
        return None;
    }
    let name = relations
        .placeholders
        .iter()
        .fold(written, |name, (from, to)| name.replace(from, to));
    let mut reverse = Reverse {
        name,
        many: said.word.reverse_many.unwrap_or(!many),
        loading: said.word.loading,
    };
    let mut is_open = said.word.reverse_many.is_none();
    for (name, value) in source::options(args) {
        if let Some(loading) = relations.option_loading(&name, &source::value_word(value)) {
            reverse.loading = loading;
        }
        if relations.is_option(Place::Many, &name) {
            reverse.many = source::is_true(value);
            is_open = false;
        }
    }
    if options.between && is_open {
        (reverse.many, is_open) = (true, false);
    }
    Some((reverse, is_open))
}
