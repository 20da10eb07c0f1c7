//! Code of other languages within HTML, where ast-grep looks for it: a `<script>` is JavaScript and a `<style>` CSS,
//! unless `lang` says something else. Each is parsed alone, at its place in the file.

use std::sync::Arc;

use tree_sitter::{Node, Range};

use super::compile::Rules;
use super::language::RuleLanguage;
use super::look;
use super::meter::Document;
use crate::cancel::Cancel;
use crate::screen::Refusal;

/// What an HTML file may hold.
pub const EMBEDDED: [RuleLanguage; 4] = [
    RuleLanguage::Css,
    RuleLanguage::JavaScript,
    RuleLanguage::Tsx,
    RuleLanguage::TypeScript,
];

/// Elements with code of one file that are looked into.
const ELEMENTS_MAX: usize = 200;

/// A file and what is embedded in it.
pub struct Parts {
    /// The file itself first.
    pub documents: Vec<Document>,
    /// Languages of elements that are left out.
    pub beyond: Vec<RuleLanguage>,
}

impl Parts {
    /// Of the languages that have rules, parsed within the limits of any file.
    ///
    /// # Errors
    /// As the report says it.
    pub fn of(text: &str, language: RuleLanguage, rules: &Rules, cancel: &Cancel) -> Result<Self, Refusal> {
        let document = look::document(text, language, cancel)?;
        let mut parts = Parts {
            documents: Vec::new(),
            beyond: Vec::new(),
        };
        let mut embedded = elements(&document);
        embedded.retain(|(language, _)| rules.of_language(*language).is_some());
        let beyond = embedded.split_off(embedded.len().min(ELEMENTS_MAX));
        parts
            .beyond
            .extend(beyond.into_iter().map(|(language, _)| language));
        parts.beyond.sort_unstable();
        parts.beyond.dedup();
        let text = Arc::clone(&document.text);
        parts.documents.push(document);
        for (language, range) in embedded {
            let document = look::document_within(Arc::clone(&text), range, language, cancel)?;
            parts.documents.push(document);
        }
        Ok(parts)
    }

    /// A file that is parsed already, and that embeds nothing.
    #[must_use]
    pub fn whole(document: Document) -> Self {
        Parts {
            documents: vec![document],
            beyond: Vec::new(),
        }
    }
}

/// The code of each element, in order.
fn elements(document: &Document) -> Vec<(RuleLanguage, Range)> {
    let mut found = Vec::new();
    if document.language != RuleLanguage::Html {
        return found;
    }
    let mut cursor = document.tree.walk();
    loop {
        let node = cursor.node();
        let usual = match node.kind() {
            "script_element" => Some(RuleLanguage::JavaScript),
            "style_element" => Some(RuleLanguage::Css),
            _ => None,
        };
        if let Some(usual) = usual {
            found.extend(code(node, &document.text, usual));
        } else if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return found;
            }
        }
    }
}

fn code(element: Node<'_>, text: &str, usual: RuleLanguage) -> Option<(RuleLanguage, Range)> {
    let children = || (0..).map_while(|at| element.child(at));
    let language = match children().find_map(|it| lang(it, text)) {
        Some(written) => RuleLanguage::named(written)?,
        None => usual,
    };
    let raw = children().find(|it| it.kind() == "raw_text")?;
    Some((language, raw.range()))
}

/// The value of the attribute `lang` of a start tag.
fn lang<'t>(tag: Node<'_>, text: &'t str) -> Option<&'t str> {
    let of = |node: Node<'_>| text.get(node.byte_range());
    let mut cursor = tag.walk();
    let attributes = tag.children(&mut cursor).filter(|it| it.kind() == "attribute");
    attributes.into_iter().find_map(|attribute| {
        let name = attribute.child(0).filter(|it| it.kind() == "attribute_name")?;
        if of(name)? != "lang" {
            return None;
        }
        let value = attribute.child(2)?;
        match value.kind() {
            "attribute_value" => of(value),
            _ => value.named_child(0).and_then(of),
        }
    })
}
