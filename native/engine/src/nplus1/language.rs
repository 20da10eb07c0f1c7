//! What counts as iteration in each language (analysis.md 5.3), read from
//! `native/rules/languages`. ORMs add nothing there: an iteration form belongs to the language.

use crate::hashing::Set;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer};

use super::orm::pattern::Names;
use crate::facts::ir::Language;

/// What a callback method answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gives {
    /// A collection of what the callback answers.
    Mapped,
    /// The same elements.
    Same,
    /// One of the elements.
    Element,
    /// Anything else.
    Value,
}

/// What a receiver must be for a callback method to be an iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Receiver {
    /// Anything: the name alone is clear in this language.
    Any,
    /// A collection or stream that the walk has seen; `Optional.map` is none.
    Collection,
}

/// A set of words. Every name is held against dozens of sets, so its length and first letter are looked
/// at before it is hashed.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Set<String>")]
pub struct Words {
    words: Set<String>,
    /// A bit for each of their lengths.
    lengths: u64,
    /// A bit for each of their first letters.
    firsts: u64,
}

impl From<Set<String>> for Words {
    fn from(words: Set<String>) -> Self {
        Words {
            lengths: words.iter().fold(0, |bits, word| bits | length_bit(word)),
            firsts: words.iter().fold(0, |bits, word| bits | first_bit(word)),
            words,
        }
    }
}

impl Words {
    pub fn has(&self, word: &str) -> bool {
        self.lengths & length_bit(word) != 0
            && self.firsts & first_bit(word) != 0
            && self.words.contains(word)
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

fn length_bit(word: &str) -> u64 {
    1 << word.len().min(63)
}

fn first_bit(word: &str) -> u64 {
    1 << (word.as_bytes().first().copied().unwrap_or(0) % 64)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    pub names: Words,
    pub gives: Gives,
    pub receiver: Receiver,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Table {
    pub callbacks: Vec<Callback>,
    /// Free functions `f(fn, xs)` or `f(xs, fn)`, qualified with a dot if need be.
    pub functions: Words,
    /// Calls that cut a collection into slices or pages.
    pub chunkers: Words,
    /// Functions that walk the collections in a collection one after the other.
    pub chains: Words,
    /// Decorators of generators that give one value, and are run by `with`.
    pub gives_one: Words,
    /// Calls on pages that pick one of them.
    pub page_calls: Words,
    /// Attributes of a page that are its rows.
    pub page_rows: Words,
    /// Methods and functions that give a collection of the same elements.
    pub same: Words,
    /// Calls whose elements come in one by one for as long as the process runs.
    pub channels: Words,
    /// Methods that take one element out.
    pub draws: Words,
    /// Methods that wait until somebody puts the next element in; a loop around them runs as long as the process.
    pub waits: Words,
    /// The same for those that also do not wait, where they are given no time.
    pub waits_for: Words,
    /// Methods of a collection that answer one of its elements.
    pub picks: Words,
    /// Methods that answer what the receiver holds: `optional.orElseThrow()`.
    pub unwraps: Words,
    /// Methods that put their arguments into the receiver.
    pub adds: Words,
    /// Functions that run a query handed to them.
    pub consumers: Words,
    /// Calls whose function runs later and on its own.
    pub deferred: Words,
    /// Methods that put off the call they are called on: `OrderMailer.paid(id).deliver_later`.
    pub later: Words,
    /// Calls whose function runs at once and once.
    pub wrappers: Words,
    /// Calls whose function runs only if a cache has no answer.
    pub caches: Words,
    /// The same where an answer is kept for one request or until it expires: each key is asked for once
    /// then, which is once per turn when every turn has its own.
    pub memos: Words,
    /// Calls that answer whether a key is known already.
    pub membership: Words,
    /// Callback methods that take apart what the callback answers.
    pub flattens: Words,
    /// Calls that collect promises.
    pub gathers: Words,
    /// Constructors of what gathers keys and hands them to a function together.
    pub loaders: Words,
    /// Decorators of functions that keep what they have answered, by the arguments. A `*` stands for any run.
    #[serde(deserialize_with = "globs")]
    pub keeping: Names,
    /// Functions that ask whether a value is of a class, or of one of several.
    pub type_tests: Words,
    /// Declared types that hold one value or none and are walked like a collection.
    pub optionals: Words,
    /// Calls that answer such a value.
    pub gives_optional: Words,
    /// Calls that answer an object of the type they are given: `services.GetRequiredService<ShopContext>()`.
    pub locators: Words,
    /// Names of declared collection types.
    pub collections: Words,
    /// A member without parentheses is a call.
    pub bare_calls: bool,
    /// Indexing, walking and testing a query runs it, as in Python.
    pub lazy_queries: bool,
}

fn globs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Names, D::Error> {
    Vec::<String>::deserialize(deserializer).map(|names| Names::new(&names))
}

impl Table {
    pub fn of(language: Language) -> &'static Table {
        match language {
            Language::Ruby => &TABLES.ruby,
            Language::Python => &TABLES.python,
            Language::Template => &TABLES.template,
            Language::Java => &TABLES.java,
            Language::CSharp => &TABLES.csharp,
            Language::TypeScript | Language::Tsx | Language::JavaScript => &TABLES.javascript,
        }
    }

    pub fn callback(&self, name: &str) -> Option<&Callback> {
        self.callbacks.iter().find(|callback| callback.names.has(name))
    }
}

struct Tables {
    ruby: Table,
    python: Table,
    template: Table,
    java: Table,
    csharp: Table,
    javascript: Table,
}

const RUBY: &str = include_str!("../../../rules/languages/ruby.yml");
const PYTHON: &str = include_str!("../../../rules/languages/python.yml");
const TEMPLATE: &str = include_str!("../../../rules/languages/template.yml");
const JAVA: &str = include_str!("../../../rules/languages/java.yml");
const CSHARP: &str = include_str!("../../../rules/languages/csharp.yml");
const JAVASCRIPT: &str = include_str!("../../../rules/languages/javascript.yml");

/// A table that does not load is empty: nothing iterates but loops. A test loads them all, so
/// that none can be shipped broken.
static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let table = |text: &str| serde_saphyr::from_str(text).unwrap_or_default();
    Tables {
        ruby: table(RUBY),
        python: table(PYTHON),
        template: table(TEMPLATE),
        java: table(JAVA),
        csharp: table(CSHARP),
        javascript: table(JAVASCRIPT),
    }
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_table_loads() {
        for text in [RUBY, PYTHON, TEMPLATE, JAVA, CSHARP, JAVASCRIPT] {
            serde_saphyr::from_str::<Table>(text).unwrap();
        }
    }
}
