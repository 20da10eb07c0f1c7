//! Templates. The code of those that hold Ruby is put together as one Ruby text, which is lowered as
//! any other, and every span is moved back to where the code stands in the template.

mod erb;
mod haml;
mod markup;
mod moved;
mod tags;
mod woven;

use crate::cancel::Cancel;
use crate::facts::ir::{FileFacts, Language, Span};
use crate::parse::{self, ParseLimits, ParseStop};

/// A template language by the end of the file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    Erb,
    Haml,
    /// Django's language and Jinja.
    Tags,
}

/// Folders in which files of HTML are templates.
const FOLDERS: &[&str] = &["templates", "jinja2"];

/// `None`: the path is no template, its text is code as it stands.
#[must_use]
pub fn template_of(path: &str) -> Option<Template> {
    let name = path.rsplit('/').next()?;
    match name.rsplit_once('.')? {
        ("", _) => None,
        (_, "erb") => Some(Template::Erb),
        (_, "haml") => Some(Template::Haml),
        (_, "jinja" | "jinja2" | "j2" | "djhtml") => Some(Template::Tags),
        (_, "html") if path.split('/').any(|folder| FOLDERS.contains(&folder)) => Some(Template::Tags),
        _ => None,
    }
}

/// The names that code may have for the template at this path: what follows a folder of templates.
pub fn names_of(path: &str) -> impl Iterator<Item = &str> {
    let folders = FOLDERS.iter().flat_map(move |folder| path.match_indices(folder));
    folders.filter_map(move |(at, folder)| {
        let before = path.get(..at)?;
        let name = path.get(at + folder.len()..)?.strip_prefix('/')?;
        (before.is_empty() || before.ends_with('/')).then_some(name)
    })
}

/// Whether a text may be the name of such a template.
#[must_use]
pub fn is_name(text: &str) -> bool {
    [".html", ".jinja", ".jinja2", ".j2", ".djhtml"]
        .iter()
        .any(|ending| text.ends_with(ending))
}

/// # Errors
/// As for any other text.
pub fn facts(
    text: &str,
    template: Template,
    limits: &ParseLimits,
    cancel: &Cancel,
) -> Result<FileFacts, ParseStop> {
    let woven = match template {
        Template::Erb => erb::weave(text),
        Template::Haml => haml::weave(text),
        Template::Tags => return Ok(tags::facts(text)),
    };
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

#[cfg(test)]
mod tests;
