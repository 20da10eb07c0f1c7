//! Whether a place lies in code that does not parse, told from the syntax tree alone and not from
//! what the engine noted of it.

use driftline_engine::cancel::Cancel;
use driftline_engine::facts::lower::template;
use driftline_engine::parse::ParseLimits;
use tree_sitter::Node;

use crate::syntax;

pub struct Broken<'a> {
    path: &'a str,
    text: &'a str,
    tree: Option<tree_sitter::Tree>,
}

impl<'a> Broken<'a> {
    pub fn new(path: &'a str, text: &'a str) -> Self {
        let is_template = template::template_of(path).is_some();
        let tree = if is_template {
            None
        } else {
            syntax::parsed(path, text)
        };
        Broken { path, text, tree }
    }

    pub fn anywhere(&self) -> bool {
        self.tree
            .as_ref()
            .is_some_and(|tree| tree.root_node().has_error())
    }

    /// The place holds an error, or stands in one and in no statement that is sound as a whole.
    pub fn is_in(&self, start: usize, end: usize) -> bool {
        match &self.tree {
            Some(tree) => touches(tree.root_node(), start, end, false),
            None => self.in_template(start, end),
        }
    }

    /// The tree of a template is one of Ruby put together; its errors are known by their places.
    fn in_template(&self, start: usize, end: usize) -> bool {
        let Some(template) = template::template_of(self.path) else {
            return false;
        };
        let facts = template::facts(self.text, template, &ParseLimits::default(), &Cancel::default());
        facts.is_ok_and(|facts| {
            let overlaps = |from: u32, to: u32| (from as usize) < end && start < (to.max(from + 1) as usize);
            facts.errors.iter().any(|it| overlaps(it.start, it.end))
        })
    }
}

fn touches(node: Node<'_>, start: usize, end: usize, inside: bool) -> bool {
    let mut node = node;
    let mut inside = inside;
    loop {
        if node.is_error() {
            inside = true;
        } else if inside && is_whole(node) && !node.has_error() {
            inside = false;
        }
        let mut cursor = node.walk();
        let below = node
            .children(&mut cursor)
            .find(|child| child.start_byte() <= start && end <= child.end_byte());
        match below {
            Some(child) if node.start_byte() < start || end < node.end_byte() || child.child_count() > 0 => {
                node = child
            }
            _ => return inside || has_error_between(node, start, end),
        }
    }
}

fn is_whole(node: Node<'_>) -> bool {
    let kind = node.kind();
    let ends = ["_declaration", "_definition", "_statement"];
    ends.iter().any(|it| kind.ends_with(it))
        || ["method", "singleton_method", "class", "module"].contains(&kind)
}

fn has_error_between(node: Node<'_>, start: usize, end: usize) -> bool {
    let mut cursor = node.walk();
    let inner = node
        .children(&mut cursor)
        .filter(|child| child.start_byte() < end && start < child.end_byte().max(child.start_byte() + 1))
        .any(|child| {
            child.has_error() && (start <= child.start_byte() && child.end_byte() <= end || child.is_error())
        });
    inner || (node.has_error() && start <= node.start_byte() && node.end_byte() <= end)
}
