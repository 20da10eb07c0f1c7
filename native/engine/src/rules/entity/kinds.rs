//! Per language: which nodes are a function, a class or the like, how they are called, and by which marks a test,
//! a fixture or the handler of a route is known.

use tree_sitter::Node;

use super::{ecmascript, field, name_of};
use crate::rules::language::RuleLanguage as L;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Function,
    Method,
    Class,
    Interface,
    Type,
    Enum,
    Variable,
    /// A function without a name of its own that a route or a test is made with.
    Callback,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Function | Kind::Callback => "function",
            Kind::Method => "method",
            Kind::Class => "class",
            Kind::Interface => "interface",
            Kind::Type => "type",
            Kind::Enum => "enum",
            Kind::Variable => "variable",
        }
    }

    fn is_type(self) -> bool {
        matches!(self, Kind::Class | Kind::Interface | Kind::Enum | Kind::Type)
    }

    /// Its name is part of what identifies the code in it.
    pub fn is_named_scope(self) -> bool {
        self != Kind::Variable
    }
}

/// A thing that begins at the node. `owner` is the one around it.
pub fn read(language: L, node: Node<'_>, text: &str, owner: Option<Kind>) -> Option<(Kind, String)> {
    let in_type = owner.is_some_and(Kind::is_type);
    let function = if in_type { Kind::Method } else { Kind::Function };
    let named = |kind| Some((kind, field(node, "name", text)?));
    match language {
        L::TypeScript | L::Tsx | L::JavaScript => ecmascript::read(node, text, owner),
        L::Python => match node.kind() {
            "function_definition" => named(function),
            "class_definition" => named(Kind::Class),
            "assignment" if owner.is_none() => Some((Kind::Variable, field(node, "left", text)?)),
            _ => None,
        },
        L::Ruby => match node.kind() {
            "method" | "singleton_method" => named(function),
            "class" | "module" => named(Kind::Class),
            _ => None,
        },
        L::Java => match node.kind() {
            "class_declaration" | "record_declaration" => named(Kind::Class),
            "interface_declaration" | "annotation_type_declaration" => named(Kind::Interface),
            "enum_declaration" => named(Kind::Enum),
            "method_declaration" | "constructor_declaration" => named(Kind::Method),
            _ => None,
        },
        L::CSharp => match node.kind() {
            "class_declaration" | "struct_declaration" | "record_declaration" => named(Kind::Class),
            "interface_declaration" => named(Kind::Interface),
            "enum_declaration" => named(Kind::Enum),
            "method_declaration" | "constructor_declaration" | "property_declaration" => named(Kind::Method),
            "local_function_statement" => named(Kind::Function),
            _ => None,
        },
        L::C | L::Cpp => c(node, text, function),
        L::Go => go(node, text),
        L::Rust => match node.kind() {
            "function_item" => named(function),
            "struct_item" | "union_item" => named(Kind::Class),
            "impl_item" => Some((Kind::Class, field(node, "type", text)?)),
            "trait_item" => named(Kind::Interface),
            "enum_item" => named(Kind::Enum),
            "type_item" => named(Kind::Type),
            _ => None,
        },
        L::Kotlin => kotlin(node, text, function),
        L::Php => match node.kind() {
            "function_definition" => named(Kind::Function),
            "method_declaration" => named(Kind::Method),
            "class_declaration" | "trait_declaration" => named(Kind::Class),
            "interface_declaration" => named(Kind::Interface),
            "enum_declaration" => named(Kind::Enum),
            _ => None,
        },
        L::Bash => match node.kind() {
            "function_definition" => named(Kind::Function),
            _ => None,
        },
        L::Css | L::Html | L::Json | L::Yaml => None,
    }
}

/// The name of a function stands within what says how it is called: pointers, parentheses, parameters.
fn c(node: Node<'_>, text: &str, function: Kind) -> Option<(Kind, String)> {
    const DECLARATORS_MAX: usize = 20;
    let kind = match node.kind() {
        "class_specifier" | "struct_specifier" | "union_specifier" | "namespace_definition" => Kind::Class,
        "enum_specifier" => Kind::Enum,
        "function_definition" => {
            let mut innermost = node.child_by_field_name("declarator")?;
            for _ in 0..DECLARATORS_MAX {
                let wraps = innermost.kind().ends_with("declarator");
                let unnamed = || innermost.named_child(0).filter(|_| wraps);
                match innermost.child_by_field_name("declarator").or_else(unnamed) {
                    Some(inner) => innermost = inner,
                    None => break,
                }
            }
            return Some((function, name_of(innermost, text)));
        }
        _ => return None,
    };
    // Without a body it only names a type that stands elsewhere.
    node.child_by_field_name("body")?;
    Some((kind, field(node, "name", text)?))
}

fn go(node: Node<'_>, text: &str) -> Option<(Kind, String)> {
    let name = field(node, "name", text)?;
    match node.kind() {
        "function_declaration" => Some((Kind::Function, name)),
        "method_declaration" => {
            let receiver = field(node, "receiver", text).unwrap_or_default();
            let words = receiver.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            let of = words.filter(|word| !word.is_empty()).nth(1).unwrap_or_default();
            let of = if of.is_empty() {
                receiver.trim_matches(['(', ')', '*'])
            } else {
                of
            };
            Some((Kind::Method, format!("{of}.{name}")))
        }
        "type_spec" => {
            let kind = match node.child_by_field_name("type").map(|it| it.kind()) {
                Some("struct_type") => Kind::Class,
                Some("interface_type") => Kind::Interface,
                _ => Kind::Type,
            };
            Some((kind, name))
        }
        _ => None,
    }
}

fn kotlin(node: Node<'_>, text: &str, function: Kind) -> Option<(Kind, String)> {
    let kind = match node.kind() {
        "function_declaration" => function,
        "class_declaration" => {
            let word = |wanted: &str| children(node).any(|it| it.kind() == wanted);
            match (word("interface"), word("enum")) {
                (true, _) => Kind::Interface,
                (_, true) => Kind::Enum,
                _ => Kind::Class,
            }
        }
        "object_declaration" => Kind::Class,
        _ => return None,
    };
    let name = children(node).find(|it| matches!(it.kind(), "simple_identifier" | "type_identifier"))?;
    Some((kind, name_of(name, text)))
}

/// All kinds of an entity, in the words of the rule documents.
pub fn of(
    language: L,
    node: Node<'_>,
    text: &str,
    kind: Kind,
    name: &str,
    is_inner: bool,
) -> Vec<&'static str> {
    let mut kinds = vec![kind.word()];
    let marks = marks(language, node, text);
    let marked = |words: &[&str]| words.iter().any(|word| marks.contains(word));
    let is_function = matches!(kind, Kind::Function | Kind::Method);
    match language {
        L::TypeScript | L::Tsx | L::JavaScript => kinds.extend(ecmascript::more(node, text, kind, name)),
        L::Python => {
            if name.starts_with("test_") || (kind == Kind::Class && name.starts_with("Test")) {
                kinds.push("test");
            }
            if marked(&["pytest.fixture", "@fixture"]) {
                kinds.push("fixture");
            }
            let routes = [
                ".route(", ".get(", ".post(", ".put(", ".patch(", ".delete(", "api_view",
            ];
            if is_function && marked(&routes) {
                kinds.push("route_handler");
            }
        }
        L::Ruby if kind == Kind::Method && name.starts_with("test_") => kinds.push("test"),
        L::Java | L::Kotlin => {
            if marked(&["@Test", "@ParameterizedTest", "@RepeatedTest"]) {
                kinds.push("test");
            }
            if is_function && marked(&["Mapping", "@GET", "@POST", "@PUT", "@PATCH", "@DELETE", "@Path"]) {
                kinds.push("route_handler");
            }
        }
        L::CSharp => {
            if marked(&["Fact", "Theory", "[Test", "TestMethod", "TestCase"]) {
                kinds.push("test");
            }
            if is_function && marked(&["[Http", "[Route"]) {
                kinds.push("route_handler");
            }
        }
        L::Go
            if !is_inner
                && kind == Kind::Function
                && ["Test", "Benchmark"].iter().any(|it| name.starts_with(it)) =>
        {
            kinds.push("test");
        }
        L::Rust if is_function && marked(&["test]"]) => kinds.push("test"),
        L::Php if kind == Kind::Method && name.starts_with("test") => kinds.push("test"),
        _ => {}
    }
    kinds
}

/// What is written before a thing to mark it: decorators, annotations, attributes.
fn marks<'t>(language: L, node: Node<'_>, text: &'t str) -> &'t str {
    let range = match language {
        L::Python => node
            .parent()
            .filter(|it| it.kind() == "decorated_definition")
            .map(|it| it.start_byte()..node.start_byte()),
        L::Java | L::Kotlin => children(node)
            .find(|it| it.kind() == "modifiers")
            .map(|it| it.byte_range()),
        L::CSharp => children(node)
            .filter(|it| it.kind() == "attribute_list")
            .last()
            .map(|it| node.start_byte()..it.end_byte()),
        L::Rust => {
            let mut first = node;
            while let Some(before) = first.prev_sibling().filter(|it| it.kind() == "attribute_item") {
                first = before;
            }
            Some(first.start_byte()..node.start_byte())
        }
        _ => None,
    };
    range.and_then(|range| text.get(range)).unwrap_or_default()
}

/// Whether code of other files can name it, as far as its own file tells.
pub fn is_exported(language: L, node: Node<'_>, text: &str, name: &str) -> bool {
    let modifiers = || {
        let kinds = ["modifiers", "modifier", "visibility_modifier"];
        let written = children(node).filter(|it| kinds.contains(&it.kind()));
        written
            .filter_map(|it| text.get(it.byte_range()))
            .collect::<Vec<_>>()
            .join(" ")
    };
    match language {
        L::TypeScript | L::Tsx | L::JavaScript => ecmascript::is_exported(node, text, name),
        L::Python => !name.starts_with('_') || name.starts_with("__"),
        L::Ruby => !is_private_in_ruby(node, text),
        L::Java => {
            let parent = node.parent().map(|it| it.kind());
            modifiers().contains("public") || parent == Some("interface_body")
        }
        L::CSharp => modifiers().contains("public"),
        L::Go => {
            let own = name.rsplit('.').next().unwrap_or(name);
            own.starts_with(char::is_uppercase)
        }
        L::Rust => {
            let is_of_trait = node
                .parent()
                .and_then(|it| it.parent())
                .is_some_and(|it| it.kind() == "trait_item" || it.child_by_field_name("trait").is_some());
            node.kind() == "impl_item" || modifiers().starts_with("pub") || is_of_trait
        }
        L::Kotlin => !["private", "internal"]
            .iter()
            .any(|word| modifiers().contains(word)),
        L::Php => !["private", "protected"]
            .iter()
            .any(|word| modifiers().contains(word)),
        L::C | L::Cpp => !children(node)
            .any(|it| it.kind() == "storage_class_specifier" && text.get(it.byte_range()) == Some("static")),
        L::Bash | L::Css | L::Html | L::Json | L::Yaml => true,
    }
}

/// A bare `private` before it in the same class.
fn is_private_in_ruby(node: Node<'_>, text: &str) -> bool {
    let mut before = node.prev_named_sibling();
    while let Some(sibling) = before {
        if sibling.kind() == "identifier" {
            return matches!(text.get(sibling.byte_range()), Some("private" | "protected"));
        }
        before = sibling.prev_named_sibling();
    }
    false
}

pub fn children<'t>(node: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    (0..node.child_count()).filter_map(move |at| node.child(at))
}
