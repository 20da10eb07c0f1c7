//! Turns the order of methods in classes, and of functions in files, around.

use driftline_engine::facts::ir::Language;
use tree_sitter::Node;

use crate::syntax::{all, children, edited, parsed};

const CONTAINERS: &[&str] = &[
    "module",
    "program",
    "block",
    "body_statement",
    "class_body",
    "interface_body",
    "declaration_list",
];

const FUNCTIONS: &[&str] = &[
    "function_definition",
    "decorated_definition",
    "method",
    "singleton_method",
    "method_declaration",
    "constructor_declaration",
    "function_declaration",
    "method_definition",
];

/// Classes first, then the file: texts are moved as they are.
pub fn reorder(text: &str, language: Language) -> String {
    let text = turned(text, language, false);
    turned(&text, language, true)
}

fn turned(text: &str, language: Language, whole_file: bool) -> String {
    let tree = parsed(language, text);
    let mut nodes = all(tree.root_node());
    nodes.retain(|node| CONTAINERS.contains(&node.kind()) && node.parent().is_none() == whole_file);
    // The innermost ones: others hold them.
    nodes.sort_by_key(|node| (node.end_byte() - node.start_byte(), node.start_byte()));
    let mut edits = Vec::new();
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for node in nodes {
        let is_free = |(start, end): &(usize, usize)| *end <= node.start_byte() || node.end_byte() <= *start;
        if !taken.iter().all(is_free) {
            continue;
        }
        for run in runs(node, text).into_iter().filter(|run| run.len() > 1) {
            taken.push((run[0].0, run[run.len() - 1].1));
            let turned = run.iter().zip(run.iter().rev());
            edits.extend(turned.map(|(place, by)| (place.0..place.1, text[by.0..by.1].to_owned())));
        }
    }
    edited(text, edits)
}

/// Functions that may change places: what stands between them (a bare `private` in Ruby) ends a run.
fn runs(container: Node<'_>, text: &str) -> Vec<Vec<(usize, usize)>> {
    let mut runs = vec![Vec::new()];
    let mut decorators: Option<usize> = None;
    for child in children(container) {
        let own = &text[child.byte_range()];
        if child.kind() == "decorator" {
            decorators.get_or_insert(child.start_byte());
            continue;
        }
        let is_exported = child.kind() == "export_statement"
            && child
                .child_by_field_name("declaration")
                .is_some_and(|it| it.kind() == "function_declaration");
        let is_function = FUNCTIONS.contains(&child.kind()) || is_exported;
        let start = decorators.take().unwrap_or(child.start_byte());
        // A Python setter must follow its property.
        if is_function && !own.contains(".setter") {
            runs.last_mut().unwrap().push((start, child.end_byte()));
        } else if matches!(child.kind(), "identifier" | "method_signature") || is_function {
            runs.push(Vec::new());
        }
    }
    runs
}
