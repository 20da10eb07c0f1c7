//! Paths as text, for tests and for people.

use std::fmt;

use super::{Mark, Marks, Node, Paths, State};

/// `author author.company? tags! *open`: every path with how it was asked for, and the marks. What only
/// leads to something stands in brackets: `(author).company`.
impl fmt::Display for Paths {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        self.write("", &Marks::default(), &mut parts);
        out.write_str(&parts.join(" "))
    }
}

impl Paths {
    fn write(&self, before: &str, above: &Marks, parts: &mut Vec<String>) {
        let empty = Node::default();
        let node = self.tree.as_deref().unwrap_or(&empty);
        let named = node.relations.iter().map(|(name, child)| ("", name, child));
        let targets = node.targets.iter().map(|(name, child)| (":", name, child));
        for (sign, name, child) in named.chain(targets) {
            let path = format!("{before}{sign}{name}");
            let state = match child.state {
                State::Unsaid => None,
                State::Joined | State::Prefetched => Some(""),
                State::Maybe => Some("?"),
                State::Lazy => Some("~"),
                State::Never => Some("!"),
            };
            parts.extend(state.map(|state| format!("{path}{state}")));
            let below = match child.state {
                State::Unsaid => format!("{before}({sign}{name})."),
                _ => format!("{path}."),
            };
            child.below.write(&below, &self.marks, parts);
        }
        for (mark, name) in [
            (Mark::Open, "open"),
            (Mark::ToOne, "to_one"),
            (Mark::All, "all"),
            (Mark::AllNested, "all_nested"),
            (Mark::NeverLazy, "never"),
            (Mark::BatchedToOne, "batched"),
            (Mark::NoDefaults, "no_defaults"),
        ] {
            if self.marks.has(mark) && !above.has(mark) {
                parts.push(format!("{before}*{name}"));
            }
        }
    }
}
