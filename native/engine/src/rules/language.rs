//! The languages that rules can be written for: their names and file names as ast-grep has them, and what
//! a pattern must look like so that their grammar takes it for code.

use std::borrow::Cow;
use std::sync::Arc;

use ast_grep_core::language::Language;
use ast_grep_core::matcher::{Pattern, PatternBuilder, PatternError};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::meter::Document;
use crate::cancel::Cancel;
use crate::parse::{self, Open};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[repr(u8)]
pub enum RuleLanguage {
    Bash,
    C,
    CSharp,
    Cpp,
    Css,
    Go,
    Html,
    Java,
    JavaScript,
    Json,
    Kotlin,
    Php,
    Python,
    Ruby,
    Rust,
    Tsx,
    TypeScript,
    Yaml,
}

use RuleLanguage as L;

/// Every language, its names in rules (in any case) and the extensions of its files.
const LANGUAGES: [(RuleLanguage, &[&str], &[&str]); 18] = [
    (
        L::Bash,
        &["bash"],
        &[
            "bash", "bats", "cgi", "command", "env", "fcgi", "ksh", "sh", "tmux", "tool", "zsh",
        ],
    ),
    (L::C, &["c"], &["c", "h"]),
    (L::CSharp, &["cs", "csharp"], &["cs"]),
    (
        L::Cpp,
        &["cc", "c++", "cpp", "cxx"],
        &["cc", "hpp", "cpp", "c++", "hh", "cxx", "cu", "ino"],
    ),
    (L::Css, &["css"], &["css", "scss"]),
    (L::Go, &["go", "golang"], &["go"]),
    (L::Html, &["html"], &["html", "htm", "xhtml"]),
    (L::Java, &["java"], &["java"]),
    (
        L::JavaScript,
        &["javascript", "js", "jsx"],
        &["cjs", "js", "mjs", "jsx"],
    ),
    (L::Json, &["json"], &["json"]),
    (L::Kotlin, &["kotlin", "kt"], &["kt", "ktm", "kts"]),
    (L::Php, &["php"], &["php"]),
    (
        L::Python,
        &["py", "python"],
        &["py", "py3", "pyi", "bzl", "bazel"],
    ),
    (L::Ruby, &["rb", "ruby"], &["rb", "rbw", "gemspec"]),
    (L::Rust, &["rs", "rust"], &["rs"]),
    (L::Tsx, &["tsx"], &["tsx"]),
    (L::TypeScript, &["ts", "typescript"], &["ts", "cts", "mts"]),
    (L::Yaml, &["yaml", "yml"], &["yaml", "yml"]),
];

/// Names that ast-grep knows and this engine has no grammar for.
const OTHERS: [&str; 19] = [
    "dart", "ex", "elixir", "hs", "haskell", "hcl", "lua", "markdown", "md", "nix", "scala", "sol",
    "solidity", "swift", "zig", "objc", "sql", "vue", "svelte",
];

impl RuleLanguage {
    /// The language that ast-grep takes a file for: by its extension alone, which differs from what an analysis
    /// of queries looks at (a declaration file is TypeScript, a template no Ruby).
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (stem, extension) = name.rsplit_once('.')?;
        if stem.is_empty() {
            return None;
        }
        LANGUAGES
            .iter()
            .find(|(_, _, extensions)| extensions.contains(&extension))
            .map(|(language, ..)| *language)
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        LANGUAGES
            .iter()
            .find(|(_, names, _)| names.iter().any(|known| known.eq_ignore_ascii_case(name)))
            .map(|(language, ..)| *language)
    }

    #[must_use]
    pub fn grammar(self) -> tree_sitter::Language {
        match self {
            L::Bash => tree_sitter_bash::LANGUAGE.into(),
            L::C => tree_sitter_c::LANGUAGE.into(),
            L::CSharp => tree_sitter_c_sharp::LANGUAGE.into(),
            L::Cpp => tree_sitter_cpp::LANGUAGE.into(),
            L::Css => tree_sitter_css::LANGUAGE.into(),
            L::Go => tree_sitter_go::LANGUAGE.into(),
            L::Html => tree_sitter_html::LANGUAGE.into(),
            L::Java => tree_sitter_java::LANGUAGE.into(),
            L::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
            L::Json => tree_sitter_json::LANGUAGE.into(),
            L::Kotlin => tree_sitter_kotlin_sg::LANGUAGE.into(),
            // As ast-grep: without the tags around the code, so that a pattern is code.
            L::Php => tree_sitter_php::LANGUAGE_PHP_ONLY.into(),
            L::Python => tree_sitter_python::LANGUAGE.into(),
            L::Ruby => tree_sitter_ruby::LANGUAGE.into(),
            L::Rust => tree_sitter_rust::LANGUAGE.into(),
            L::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
            L::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            L::Yaml => tree_sitter_yaml::LANGUAGE.into(),
        }
    }

    pub(crate) fn open(self) -> Open {
        match self {
            L::Python => Open::Indents,
            L::Ruby => Open::Heredocs,
            L::Yaml => Open::Blocks,
            L::Kotlin => Open::Templates,
            _ => Open::Nothing,
        }
    }

    /// The letter that stands for `$` in a pattern where `$` is no part of a name.
    fn letter(self) -> char {
        match self {
            L::CSharp | L::Go | L::Kotlin | L::Php | L::Python | L::Ruby | L::Rust => 'µ',
            L::C | L::Cpp => '\u{10000}',
            L::Css => '_',
            L::Html => 'z',
            L::Bash | L::Java | L::JavaScript | L::Json | L::Tsx | L::TypeScript | L::Yaml => '$',
        }
    }
}

/// How a rule names its language.
///
/// # Errors
/// There is no such language, or none that is built in: one clear line.
pub fn language(name: &str) -> Result<RuleLanguage, String> {
    RuleLanguage::named(name).ok_or_else(|| {
        let known = LANGUAGES.map(|(language, ..)| format!("{language:?}")).join(", ");
        if OTHERS.iter().any(|other| other.eq_ignore_ascii_case(name)) {
            format!(
                "rules for the language {name} are not run: its grammar is not built in (those are: {known})"
            )
        } else {
            format!("the language {name} is not known (those are: {known})")
        }
    })
}

impl<'de> Deserialize<'de> for RuleLanguage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        language(&name).map_err(D::Error::custom)
    }
}

impl Language for RuleLanguage {
    fn expando_char(&self) -> char {
        self.letter()
    }

    fn pre_process_pattern<'q>(&self, query: &'q str) -> Cow<'q, str> {
        match self.letter() {
            '$' => Cow::Borrowed(query),
            letter => Cow::Owned(with_letter(query, letter)),
        }
    }

    fn kind_to_id(&self, kind: &str) -> u16 {
        self.grammar().id_for_node_kind(kind, true)
    }

    fn field_to_id(&self, field: &str) -> Option<u16> {
        self.grammar()
            .field_id_for_name(field)
            .map(std::num::NonZero::get)
    }

    /// A pattern is parsed with the same care as a file.
    fn build_pattern(&self, builder: &PatternBuilder) -> Result<Pattern, PatternError> {
        builder.build(|text| {
            let tree = parse::tree(text, &self.grammar(), self.open(), &Cancel::new())
                .map_err(|_| "the pattern cannot be parsed in reasonable time".to_owned())?;
            Ok(Document {
                text: Arc::new(text.to_owned()),
                language: *self,
                tree,
            })
        })
    }
}

/// Replaces the `$` of metavariables (`$A`, `$_`, `$$$`, `$$$A`) and leaves every other.
fn with_letter(query: &str, letter: char) -> String {
    let mut out = String::with_capacity(query.len());
    let mut dollars = 0;
    let write = |out: &mut String, dollars: usize, replaced: bool| {
        let sigil = if replaced { letter } else { '$' };
        out.extend(std::iter::repeat_n(sigil, dollars));
    };
    for c in query.chars() {
        if c == '$' {
            dollars += 1;
            continue;
        }
        write(&mut out, dollars, matches!(c, 'A'..='Z' | '_') || dollars == 3);
        dollars = 0;
        out.push(c);
    }
    write(&mut out, dollars, dollars == 3);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_choose_the_language_as_ast_grep_has_them() {
        let cases = [
            ("a.d.ts", Some(L::TypeScript)),
            ("a/b.jsx", Some(L::JavaScript)),
            ("a.tsx", Some(L::Tsx)),
            ("a.pyi", Some(L::Python)),
            ("a.html.erb", None),
            ("Rakefile", None),
            ("a.rake", None),
            ("a.gemspec", Some(L::Ruby)),
            ("a/.env", None),
            ("prod.env", Some(L::Bash)),
            ("a.scss", Some(L::Css)),
            ("a.TS", None),
            ("a.h", Some(L::C)),
            ("a.hpp", Some(L::Cpp)),
        ];
        for (path, expected) in cases {
            assert_eq!(RuleLanguage::of_path(path), expected, "{path}");
        }
    }

    #[test]
    fn a_language_is_named_in_any_case_or_refused_in_words() {
        assert_eq!(language("TypeScript"), Ok(L::TypeScript));
        assert_eq!(language("PY"), Ok(L::Python));
        assert!(language("Lua").is_err_and(|text| text.contains("not built in")));
        assert!(language("Klingon").is_err_and(|text| text.contains("not known")));
    }

    #[test]
    fn metavariables_get_the_letter_and_other_dollars_stay() {
        assert_eq!(with_letter("$A($$$B) + $x", 'µ'), "µA(µµµB) + $x");
        assert_eq!(with_letter("f($$$)", 'µ'), "f(µµµ)");
        assert_eq!(with_letter("$_ $", 'µ'), "µ_ $");
    }

    #[test]
    fn every_grammar_fits_the_parser() {
        for (language, ..) in LANGUAGES {
            let mut parser = tree_sitter::Parser::new();
            assert!(parser.set_language(&language.grammar()).is_ok(), "{language:?}");
        }
    }
}
