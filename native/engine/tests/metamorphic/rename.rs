//! Gives every local of every function another name: parameters, loop variables, what is assigned.
//! A name that also stands outside of functions, or is a keyword argument somewhere, keeps its own,
//! and so do those by which an ORM knows its client (`session`) and a framework what it hands over
//! (`info`: a reference resolver of Strawberry is given it only under that name). Where a parameter has no type, its
//! name alone says what it holds (`ids`, `author`): there the new one ends in the same word.

use std::collections::{BTreeMap, BTreeSet};

use driftline_engine::facts::ir::Language;
use tree_sitter::Node;

use crate::syntax::{all, ancestors, children, edited, field, parent_kind, parsed};

const FUNCTIONS: &[&str] = &[
    "function_definition",
    "method",
    "singleton_method",
    "block",
    "do_block",
    "lambda",
    "method_declaration",
    "constructor_declaration",
    "accessor_declaration",
    "lambda_expression",
    "function_declaration",
    "generator_function_declaration",
    "method_definition",
    "arrow_function",
    "function_expression",
    "generator_function",
];

pub const LEAVES: &[&str] = &[
    "identifier",
    "shorthand_property_identifier",
    "shorthand_property_identifier_pattern",
];

pub fn is_function(node: Node<'_>, language: Language) -> bool {
    let is_block = matches!(node.kind(), "block" | "do_block");
    FUNCTIONS.contains(&node.kind()) && (!is_block || language == Language::Ruby)
}

/// Words after `names:` and `weak_names:` in the files of the ORMs.
pub fn clients() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../rules/orm");
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == "yml") {
            let text = std::fs::read_to_string(path).unwrap();
            let lines = text.lines().filter_map(|line| {
                line.trim()
                    .strip_prefix("names: [")
                    .or(line.trim().strip_prefix("weak_names: ["))
            });
            names.extend(
                lines
                    .flat_map(|line| line.trim_end_matches(']').split(", "))
                    .map(str::to_owned),
            );
        }
    }
    names
}

/// Names after `never_param:` in the files of the frameworks: those hand these parameters over by name.
pub fn given_by_name() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../rules/frameworks");
    let paths = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let texts = paths
        .filter(|path| path.extension().is_some_and(|it| it == "yml"))
        .map(|path| std::fs::read_to_string(path).unwrap());
    let mut names = BTreeSet::new();
    for text in texts {
        let lists = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("never_param: ["));
        names.extend(
            lists
                .flat_map(|list| list.trim_end_matches(']').split(", "))
                .map(|name| name.trim_matches('\'').to_owned()),
        );
    }
    names
}

/// Names of arguments in calls anywhere: parameters that are named so are more than locals.
pub fn keywords<'a>(texts: impl Iterator<Item = (&'a str, Language)>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (text, language) in texts {
        let tree = parsed(language, text);
        for node in all(tree.root_node()) {
            let is_name = match parent_kind(node) {
                "keyword_argument" | "argument" => field(node) == Some("name"),
                "name_colon" | "keyword_parameter" => true,
                // `{ id: }` in Ruby reads a local of that name.
                "pair" => language == Language::Ruby && field(node) == Some("key"),
                _ => false,
            };
            if is_name {
                names.insert(text[node.byte_range()].trim_end_matches(':').to_owned());
            }
        }
    }
    names
}

pub fn rename(text: &str, language: Language, keywords: &BTreeSet<String>) -> String {
    let tree = parsed(language, text);
    let nodes = all(tree.root_node());
    let leaves = || nodes.iter().copied().filter(|node| LEAVES.contains(&node.kind()));
    let outermost = |node: Node<'_>| {
        ancestors(node)
            .filter(|it| is_function(*it, language))
            .last()
            .map(|it| it.id())
    };
    let own = |node: Node<'_>| text[node.byte_range()].to_owned();
    let outside: BTreeSet<String> = leaves()
        .filter(|node| outermost(*node).is_none())
        .map(own)
        .collect();
    let mut names: BTreeMap<(usize, String), String> = BTreeMap::new();
    for node in leaves().filter(|node| is_variable(*node, text) && binds(*node)) {
        let name = own(node);
        let kept = ["self", "cls", "_"].contains(&name.as_str())
            || outside.contains(&name)
            || keywords.contains(&name);
        if let Some(function) = outermost(node).filter(|_| !kept) {
            let told = is_parameter(node) && !matches!(language, Language::Java | Language::CSharp);
            let new = match (told, language) {
                (true, Language::Python | Language::Ruby) => format!("zq_{name}"),
                (true, _) => format!("zq{}{}", name[..1].to_uppercase(), &name[1..]),
                (false, _) => format!("v{}zq", names.len()),
            };
            let known = names.entry((function, name)).or_insert_with(|| new.clone());
            if told {
                *known = new;
            }
        }
    }
    let mut edits = Vec::new();
    for node in leaves().filter(|node| is_variable(*node, text)) {
        let Some(new) = outermost(node).and_then(|it| names.get(&(it, own(node)))) else {
            continue;
        };
        let anonymous = parent_kind(node) == "anonymous_object_creation_expression"
            && node.next_sibling().is_none_or(|it| it.kind() != "=")
            && node.prev_sibling().is_none_or(|it| it.kind() != "=");
        let by = match node.kind() {
            "identifier" if anonymous => format!("{} = {new}", own(node)),
            "identifier" => new.clone(),
            _ => format!("{}: {new}", own(node)),
        };
        edits.push((node.byte_range(), by));
    }
    edited(text, edits)
}

/// Not a member, a key, a type, a method's name or the name of an argument.
pub fn is_variable(node: Node<'_>, text: &str) -> bool {
    let is_member_of_new = || {
        parent_kind(node) == "assignment_expression"
            && field(node) == Some("left")
            && node
                .parent()
                .is_some_and(|it| parent_kind(it) == "initializer_expression")
    };
    let before = text[..node.start_byte()].chars().next_back();
    match (parent_kind(node), field(node)) {
        ("attribute", Some("attribute"))
        | ("call", Some("method"))
        | ("method_invocation" | "method_reference", Some("name"))
        | ("field_access", Some("field"))
        | ("member_access_expression" | "member_binding_expression", Some("name"))
        | (_, Some("type" | "returns" | "label" | "key"))
        | ("keyword_argument" | "argument", Some("name")) => false,
        (
            "function_definition"
            | "class_definition"
            | "method"
            | "singleton_method"
            | "method_declaration"
            | "function_declaration"
            | "local_function_statement"
            | "constructor_declaration"
            | "class_declaration",
            Some("name"),
        ) => false,
        (
            "name_colon"
            | "name_equals"
            | "generic_name"
            | "attribute"
            | "dotted_name"
            | "type"
            | "marker_annotation"
            | "annotation"
            | "element_value_pair"
            | "qualified_name"
            | "labeled_statement"
            | "keyword_parameter"
            | "method_reference"
            | "jsx_opening_element"
            | "jsx_closing_element"
            | "jsx_self_closing_element"
            | "attribute_argument",
            _,
        ) => parent_kind(node) == "attribute" && field(node) == Some("object"),
        ("anonymous_object_creation_expression", _) => node.next_sibling().is_none_or(|it| it.kind() != "="),
        _ => before != Some('@') && !is_member_of_new(),
    }
}

fn is_parameter(node: Node<'_>) -> bool {
    let above = ancestors(node)
        .take_while(|it| !FUNCTIONS.contains(&it.kind()))
        .any(|it| it.kind().contains("parameter"));
    above || (parent_kind(node) == "arrow_function" && field(node) == Some("parameter"))
}

pub fn binds(node: Node<'_>) -> bool {
    if node.kind() == "shorthand_property_identifier_pattern" {
        return true;
    }
    let mut node = node;
    loop {
        let Some(parent) = node.parent() else { return false };
        let at = field(node);
        match (parent.kind(), at) {
            (
                "parameters"
                | "lambda_parameters"
                | "block_parameters"
                | "method_parameters"
                | "formal_parameters"
                | "inferred_parameters"
                | "bracketed_parameter_list"
                | "implicit_parameter"
                | "exception_variable"
                | "as_pattern_target"
                | "splat_parameter"
                | "destructured_parameter",
                _,
            ) => return true,
            (
                "default_parameter"
                | "optional_parameter"
                | "formal_parameter"
                | "parameter"
                | "variable_declarator"
                | "enhanced_for_statement"
                | "catch_formal_parameter"
                | "resource"
                | "declaration_pattern"
                | "declaration_expression"
                | "catch_declaration"
                | "from_clause"
                | "named_expression"
                | "typed_default_parameter",
                Some("name"),
            ) => return true,
            ("optional_parameter", Some("pattern")) => return true,
            ("required_parameter", Some("pattern")) => {
                return !children(parent)
                    .iter()
                    .any(|it| matches!(it.kind(), "accessibility_modifier" | "readonly"));
            }
            ("arrow_function", Some("parameter"))
            | ("catch_clause", Some("parameter"))
            | ("lambda_expression", Some("parameters")) => {
                return true;
            }
            (
                "assignment" | "for_statement" | "for_in_clause" | "for_in_statement" | "foreach_statement"
                | "assignment_pattern",
                Some("left"),
            )
            | ("for", Some("pattern")) => return true,
            ("typed_parameter", None) => return true,
            (
                "pattern_list"
                | "tuple_pattern"
                | "list_pattern"
                | "list_splat_pattern"
                | "dictionary_splat_pattern"
                | "left_assignment_list"
                | "destructured_left_assignment"
                | "array_pattern"
                | "rest_pattern"
                | "object_pattern",
                _,
            )
            | ("pair_pattern", Some("value")) => node = parent,
            _ => return false,
        }
    }
}
