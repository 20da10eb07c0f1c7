//! Templates that hold Ruby: their code is put together as one Ruby text, which is lowered as any
//! other, and every span is moved back to where the code stands in the template.

mod erb;
mod haml;
mod markup;
mod moved;
mod woven;

use crate::cancel::Cancel;
use crate::facts::ir::{FileFacts, Language, Span};
use crate::parse::{self, ParseLimits, ParseStop};
use woven::Woven;

/// A template language by the end of the file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    Erb,
    Haml,
}

/// `None`: the path is no template, its text is code as it stands.
#[must_use]
pub fn template_of(path: &str) -> Option<Template> {
    let name = path.rsplit('/').next()?;
    match name.rsplit_once('.')? {
        ("", _) => None,
        (_, "erb") => Some(Template::Erb),
        (_, "haml") => Some(Template::Haml),
        _ => None,
    }
}

/// # Errors
/// As for any other text.
pub fn facts(
    text: &str,
    template: Template,
    limits: &ParseLimits,
    cancel: &Cancel,
) -> Result<FileFacts, ParseStop> {
    let woven = weave(text, template);
    let mut facts = parse::facts(&woven.ruby, Language::Ruby, limits, cancel)?;
    moved::move_all(&mut facts, &|span| woven.back(span));
    if let Some(module) = facts.functions.first_mut() {
        module.span = Span {
            start: 0,
            end: u32::try_from(text.len()).unwrap_or(u32::MAX),
        };
    }
    Ok(facts)
}

fn weave(text: &str, template: Template) -> Woven {
    match template {
        Template::Erb => erb::weave(text),
        Template::Haml => haml::weave(text),
    }
}

#[cfg(test)]
mod tests;
