//! TypeScript and JavaScript: functions that are named by the variable they are put in, components and hooks by
//! their names, handlers of routes and tests by the call they are handed to.

use tree_sitter::Node;

use super::kinds::{Kind, children};
use super::{field, name_of};

const ROUTES: [&str; 8] = ["get", "post", "put", "patch", "delete", "all", "use", "route"];
const TESTS: [&str; 4] = ["it", "test", "describe", "specify"];
/// Set-up of tests.
const FIXTURES: [&str; 4] = ["beforeEach", "beforeAll", "afterEach", "afterAll"];
const DECORATORS: [&str; 6] = ["@Get", "@Post", "@Put", "@Patch", "@Delete", "@All"];

/// Nodes of one function that are looked at for markup.
const MARKUP_NODES_MAX: usize = 2_000;

pub fn read(node: Node<'_>, text: &str, owner: Option<Kind>) -> Option<(Kind, String)> {
    let named = |kind| Some((kind, field(node, "name", text)?));
    match node.kind() {
        "function_declaration" | "generator_function_declaration" => named(Kind::Function),
        "method_definition" => named(Kind::Method),
        "class_declaration" | "abstract_class_declaration" => named(Kind::Class),
        "class" => Some((
            Kind::Class,
            field(node, "name", text).or_else(|| given(node, text))?,
        )),
        "interface_declaration" => named(Kind::Interface),
        "type_alias_declaration" => named(Kind::Type),
        "enum_declaration" => named(Kind::Enum),
        "arrow_function" | "function_expression" | "generator_function" => function(node, text, owner),
        "variable_declarator" if owner.is_none() => {
            let is_function = node
                .child_by_field_name("value")
                .is_some_and(|it| matches!(it.kind(), "arrow_function" | "function_expression" | "class"));
            if is_function { None } else { named(Kind::Variable) }
        }
        _ => None,
    }
}

fn function(node: Node<'_>, text: &str, owner: Option<Kind>) -> Option<(Kind, String)> {
    if let Some(name) = field(node, "name", text).or_else(|| given(node, text)) {
        let is_method = owner == Some(Kind::Class);
        return Some((if is_method { Kind::Method } else { Kind::Function }, name));
    }
    let (callee, title) = handed_to(node, text)?;
    let is_known = ROUTES.contains(&callee) || TESTS.contains(&callee) || FIXTURES.contains(&callee);
    is_known.then(|| (Kind::Callback, format!("{callee} {title}").trim().to_owned()))
}

/// The name a value is given: of a variable, a property or a field.
fn given(node: Node<'_>, text: &str) -> Option<String> {
    let parent = node.parent()?;
    match parent.kind() {
        "variable_declarator" => field(parent, "name", text),
        "pair" => field(parent, "key", text),
        "assignment_expression" => field(parent, "left", text),
        "public_field_definition" | "field_definition" => {
            field(parent, "name", text).or_else(|| field(parent, "property", text))
        }
        _ => None,
    }
}

/// The last name of the function that a callback is handed to, and what stands first among the arguments if it
/// is a text.
fn handed_to<'t>(node: Node<'_>, text: &'t str) -> Option<(&'t str, String)> {
    let arguments = node.parent().filter(|it| it.kind() == "arguments")?;
    let call = arguments.parent().filter(|it| it.kind() == "call_expression")?;
    let mut callee = call.child_by_field_name("function")?;
    // `test.each(…)(…)`: the test is the object.
    while let Some(inner) = callee.child_by_field_name("function") {
        callee = inner;
    }
    let last = callee.child_by_field_name("property").unwrap_or(callee);
    let first = callee.child_by_field_name("object").unwrap_or(callee);
    let word = |node: Node<'_>| text.get(node.byte_range()).unwrap_or_default();
    let (last, first) = (word(last), word(first));
    let title = arguments.named_child(0).filter(|it| it.kind() == "string");
    let title = title.map_or_else(String::new, |it| {
        name_of(it, text).trim_matches(['\'', '"', '`']).to_owned()
    });
    Some((if TESTS.contains(&first) { first } else { last }, title))
}

pub fn more(node: Node<'_>, text: &str, kind: Kind, name: &str) -> Vec<&'static str> {
    let mut kinds = Vec::new();
    if kind == Kind::Callback {
        let callee = name.split(' ').next().unwrap_or_default();
        if TESTS.contains(&callee) {
            kinds.push("test");
        } else if FIXTURES.contains(&callee) {
            kinds.push("fixture");
        } else {
            kinds.push("route_handler");
        }
        return kinds;
    }
    let is_function = matches!(kind, Kind::Function | Kind::Method);
    let is_hook = |rest: &str| rest.starts_with(|c: char| c.is_ascii_uppercase());
    if is_function && name.strip_prefix("use").is_some_and(is_hook) {
        kinds.push("hook");
    }
    let is_large = name.starts_with(|c: char| c.is_ascii_uppercase());
    if is_large && matches!(kind, Kind::Function | Kind::Class | Kind::Variable) && has_markup(node) {
        kinds.push("component");
    }
    let is_route = |it: Node<'_>| {
        let written = text.get(it.byte_range()).unwrap_or_default();
        it.kind() == "decorator" && DECORATORS.iter().any(|mark| written.starts_with(mark))
    };
    let before = std::iter::successors(node.prev_sibling(), |it| it.prev_sibling());
    if kind == Kind::Method && before.take_while(|it| it.kind() == "decorator").any(is_route) {
        kinds.push("route_handler");
    }
    kinds
}

fn has_markup(node: Node<'_>) -> bool {
    let walk = ast_grep_core::tree_sitter::TsPre::new(&node);
    walk.take(MARKUP_NODES_MAX).any(|it| {
        matches!(
            it.kind(),
            "jsx_element" | "jsx_self_closing_element" | "jsx_fragment"
        )
    })
}

/// It stands in an `export`, or in a class (whose own export counts), or is named by an export of the file.
pub fn is_exported(node: Node<'_>, text: &str, name: &str) -> bool {
    if matches!(
        node.kind(),
        "method_definition" | "public_field_definition" | "field_definition"
    ) {
        let modifier = children(node).find(|it| it.kind() == "accessibility_modifier");
        let written = modifier.and_then(|it| text.get(it.byte_range()));
        return !matches!(written, Some("private" | "protected")) && !name.starts_with('#');
    }
    let mut at = node;
    while let Some(parent) = at.parent() {
        match parent.kind() {
            "export_statement" => return true,
            "program" => return is_named_by_export(parent, text, name),
            "variable_declarator" | "lexical_declaration" | "variable_declaration" => at = parent,
            // What it is put in: `module.exports = …`, `exports.x = …`.
            "assignment_expression" => {
                let left = field(parent, "left", text).unwrap_or_default();
                return left == "module.exports"
                    || left.starts_with("exports.")
                    || left.starts_with("module.exports.");
            }
            "class_body" => return true,
            _ => return false,
        }
    }
    false
}

fn is_named_by_export(program: Node<'_>, text: &str, name: &str) -> bool {
    let exports = children(program).filter(|it| it.kind() == "export_statement");
    let words = exports.filter(|it| it.child_by_field_name("declaration").is_none());
    words.filter_map(|it| text.get(it.byte_range())).any(|written| {
        written
            .split(|c: char| !(c.is_alphanumeric() || "_$".contains(c)))
            .any(|word| word == name)
    })
}
