//! Which function, class or the like a place in a syntax tree lies in, what kind of thing that is and how it is
//! called: enough to say where a match is and to choose rules by it. It reads one file and knows no other.

use serde::{Deserialize, Serialize};
use tree_sitter::{Node, Tree};

use super::language::RuleLanguage;
use super::meter::step;

mod ecmascript;
mod kinds;

use kinds::Kind;

/// Children that are passed over in the time of one step.
const CHILDREN_PER_STEP: usize = 16;
/// Names longer than this are cut: they come from the text of a change.
const NAME_CHARS_MAX: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entity {
    pub name: String,
    /// Of `entityKinds` in the product's rule documents.
    pub kinds: Vec<String>,
    pub start_line: u32,
    pub end_line: u32,
    pub exported: bool,
}

/// What surrounds a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// Names of the functions and classes from the outermost to the innermost, with dots.
    pub symbol: String,
    pub entity: Option<Entity>,
}

/// One thing on the way from the root to a place.
struct Found<'t> {
    node: Node<'t>,
    kind: Kind,
    name: String,
}

/// `start..end` are bytes of the text.
#[must_use]
pub fn around(tree: &Tree, text: &str, language: RuleLanguage, start: usize, end: usize) -> Around {
    let mut found: Vec<Found<'_>> = Vec::new();
    let target = tree.root_node().descendant_for_byte_range(start, end.max(start));
    let mut next = Some(tree.root_node());
    while let Some(node) = next {
        step(1 + (node.child_count() as usize / CHILDREN_PER_STEP) as u64);
        let owner = found.last().map(|it| it.kind);
        if let Some((kind, name)) = kinds::read(language, node, text, owner) {
            found.push(Found { node, kind, name });
        }
        next = target
            .filter(|target| target.id() != node.id())
            .and_then(|target| node.child_with_descendant(target));
    }
    let names: Vec<&str> = found
        .iter()
        .filter(|it| it.kind.is_named_scope())
        .map(|it| it.name.as_str())
        .filter(|name| !name.is_empty())
        .collect();
    Around {
        symbol: names.join("."),
        entity: found.last().map(|_| entity(language, text, &found)),
    }
}

fn entity(language: RuleLanguage, text: &str, found: &[Found<'_>]) -> Entity {
    let innermost = found.last();
    let of_own = innermost.map(|it| kinds::of(language, it.node, text, it.kind, &it.name, found.len() > 1));
    let mut kinds = of_own.unwrap_or_default();
    kinds.sort_unstable();
    kinds.dedup();
    let line = |row: usize| u32::try_from(row + 1).unwrap_or(u32::MAX);
    let rows = innermost.map(|it| (it.node.start_position(), it.node.end_position()));
    let (start, end) = rows.unwrap_or_default();
    let last_row = if end.column == 0 && end.row > start.row {
        end.row - 1
    } else {
        end.row
    };
    Entity {
        name: innermost.map_or_else(String::new, |it| it.name.clone()),
        kinds: kinds.into_iter().map(str::to_owned).collect(),
        start_line: line(start.row),
        end_line: line(last_row),
        exported: found
            .iter()
            .all(|it| kinds::is_exported(language, it.node, text, &it.name)),
    }
}

/// The text of a node as a name.
fn name_of(node: Node<'_>, text: &str) -> String {
    let written = text.get(node.byte_range()).unwrap_or_default();
    written.chars().take(NAME_CHARS_MAX).collect()
}

fn field(node: Node<'_>, name: &str, text: &str) -> Option<String> {
    Some(name_of(node.child_by_field_name(name)?, text))
}

#[cfg(test)]
mod tests;
