//! Moves the code of a finding into a helper of its own, in the languages whose helpers need no types:
//! the query stays where it was asked, one call further away.

use std::collections::BTreeSet;
use std::ops::Range;

use driftline_engine::facts::ir::Language;
use tree_sitter::Node;

use crate::rename::{LEAVES, binds, is_function, is_variable};
use crate::syntax::{all, ancestors, edited, field, parent_kind, parsed};

const EXPRESSIONS: &[&str] = &["call", "attribute", "call_expression", "member_expression"];

/// Inside of these the code means something else in another function, or nothing.
const BOUND_TO_PLACE: &[&str] = &[
    "self",
    "this",
    "super",
    "instance_variable",
    "yield",
    "return",
    "next",
    "break",
    "await_expression",
    "await",
    "named_expression",
    "assignment",
    "block_argument",
];

struct Helper<'t> {
    expression: Node<'t>,
    /// The outermost function it stands in.
    function: Node<'t>,
    params: Vec<String>,
}

/// The text with a helper for every site where that is possible, and how many these are.
pub fn extract(text: &str, language: Language, sites: &BTreeSet<(usize, usize)>) -> (String, usize) {
    if matches!(language, Language::Java | Language::CSharp) {
        return (text.to_owned(), 0);
    }
    let tree = parsed(language, text);
    let nodes = all(tree.root_node());
    let mut helpers: Vec<Helper<'_>> = Vec::new();
    for node in &nodes {
        let range = node.byte_range();
        let is_apart = helpers.iter().all(|it| it.expression.end_byte() <= range.start);
        if sites.contains(&(range.start, range.end)) && is_apart {
            helpers.extend(helper(*node, &nodes, text, language));
        }
    }
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut at_the_end = String::new();
    for (at, helper) in helpers.iter().enumerate() {
        let name = match language {
            Language::Python | Language::Ruby => format!("extracted_{at}"),
            _ => format!("extracted{at}"),
        };
        let params = helper.params.join(", ");
        let code = &text[helper.expression.byte_range()];
        edits.push((helper.expression.byte_range(), format!("{name}({params})")));
        match language {
            Language::Python => {
                at_the_end.push_str(&format!("\n\ndef {name}({params}):\n    return {code}\n"));
            }
            Language::Ruby => {
                let of_class = if helper.function.kind() == "singleton_method" {
                    "self."
                } else {
                    ""
                };
                let end = helper.function.end_byte();
                edits.push((
                    end..end,
                    format!("\n\n  def {of_class}{name}({params})\n    {code}\n  end"),
                ));
            }
            _ => at_the_end.push_str(&format!("\nfunction {name}({params}) {{\n  return {code};\n}}\n")),
        }
    }
    (edited(text, edits) + &at_the_end, helpers.len())
}

/// A function inside of this one is not seen by another one.
fn calls_nested(node: Node<'_>, function: Node<'_>, nodes: &[Node<'_>], text: &str) -> bool {
    let nested = nodes
        .iter()
        .filter(|it| function.start_byte() < it.start_byte() && it.end_byte() <= function.end_byte())
        .filter(|it| {
            matches!(
                it.kind(),
                "function_definition" | "function_declaration" | "method"
            )
        })
        .filter_map(|it| it.child_by_field_name("name"));
    let mut names = nested.map(|it| &text[it.byte_range()]);
    names.any(|name| text[node.byte_range()].contains(name))
}

fn helper<'t>(node: Node<'t>, nodes: &[Node<'t>], text: &str, language: Language) -> Option<Helper<'t>> {
    let function = ancestors(node).filter(|it| is_function(*it, language)).last()?;
    let is_method = matches!(function.kind(), "method" | "singleton_method");
    let within = |outer: Node<'_>, inner: Node<'_>| {
        outer.start_byte() <= inner.start_byte() && inner.end_byte() <= outer.end_byte()
    };
    let inside = || nodes.iter().filter(|it| within(node, **it));
    let is_free = !inside().any(|it| BOUND_TO_PLACE.contains(&it.kind()));
    // Imports of a function are not seen by another one; a statement's own target is no value.
    let imports = nodes
        .iter()
        .any(|it| it.kind().starts_with("import") && within(function, *it));
    let is_value = field(node) != Some("left") && parent_kind(node) != "delete_statement";
    if !EXPRESSIONS.contains(&node.kind())
        || language == Language::Ruby && !is_method
        || !is_free
        || imports
        || !is_value
        || ["self", "cls"]
            .iter()
            .any(|it| text[node.byte_range()].contains(it))
        || calls_nested(node, function, nodes, text)
    {
        return None;
    }
    let variables = |outer: Node<'t>| {
        let leaves = nodes
            .iter()
            .filter(move |it| within(outer, **it) && LEAVES.contains(&it.kind()));
        leaves.filter(|it| is_variable(**it, text))
    };
    let name = |it: &Node<'_>| text[it.byte_range()].to_owned();
    let bound: BTreeSet<String> = variables(function).filter(|it| binds(**it)).map(name).collect();
    let own: BTreeSet<String> = variables(node).filter(|it| binds(**it)).map(name).collect();
    let used: BTreeSet<String> = variables(node).map(name).collect();
    Some(Helper {
        expression: node,
        function,
        params: used
            .into_iter()
            .filter(|it| bound.contains(it) && !own.contains(it))
            .collect(),
    })
}
