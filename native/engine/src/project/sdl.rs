//! What GraphQL type definitions say, from their text: which types there are, their fields, and which
//! of them stand in lists. What is half written gives what can be read of it.

use std::collections::BTreeSet;

/// What one text may say; real schemas stay below.
const SAID_MAX: usize = 50_000;

/// One line for each thing that is said:
///
/// - `type User`: there is such an object type; `root Queries`: it is where operations start.
/// - `User.posts`: it has this field.
/// - `[User]`: it stands in a list somewhere, or other services ask for it by key.
/// - `Post>User`: a `Post` leads to one `User`, so that a list of the first gives many of the second.
#[must_use]
pub fn said(text: &str) -> BTreeSet<String> {
    let mut reader = Reader {
        tokens: tokens(text),
        at: 0,
        said: BTreeSet::new(),
    };
    reader.definitions();
    reader.said
}

/// A type that a list of these leads to is there many times too. What leads where is taken out.
pub fn spread(said: &mut BTreeSet<String>) {
    let mut ways: Vec<(String, String)> = said
        .iter()
        .filter_map(|line| line.split_once('>'))
        .map(|(from, to)| (from.to_owned(), to.to_owned()))
        .collect();
    ways.sort_unstable();
    said.retain(|line| !line.contains('>'));
    let mut next: Vec<String> = said
        .iter()
        .filter_map(|line| Some(line.strip_prefix('[')?.strip_suffix(']')?.to_owned()))
        .collect();
    while let Some(listed) = next.pop() {
        let from = ways.partition_point(|(from, _)| from.as_str() < listed.as_str());
        for (_, to) in ways[from..].iter().take_while(|(from, _)| *from == listed) {
            if said.insert(format!("[{to}]")) {
                next.push(to.clone());
            }
        }
    }
}

struct Reader<'t> {
    tokens: Vec<&'t str>,
    at: usize,
    said: BTreeSet<String>,
}

impl<'t> Reader<'t> {
    fn definitions(&mut self) {
        while let Some(token) = self.next() {
            match token {
                "type" | "interface" => self.object(),
                "union" => self.union(),
                "schema" => self.roots(),
                _ => {}
            }
        }
    }

    fn peek(&self) -> Option<&'t str> {
        self.tokens.get(self.at).copied()
    }

    fn next(&mut self) -> Option<&'t str> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    fn name(&mut self) -> Option<&'t str> {
        let name = self.peek().filter(|token| is_name(token))?;
        self.at += 1;
        Some(name)
    }

    fn say(&mut self, line: String) {
        if self.said.len() < SAID_MAX {
            self.said.insert(line);
        }
    }

    /// `User implements Node & Actor @key(fields: "id") { … }`
    fn object(&mut self) {
        let Some(name) = self.name() else { return };
        let mut lines = Vec::new();
        loop {
            match self.peek() {
                Some("implements" | "&") => {
                    self.at += 1;
                    lines.extend(self.name().map(|base| format!("{base}>{name}")));
                }
                Some("@") => {
                    self.at += 1;
                    if self.name() == Some("key") {
                        lines.push(format!("[{name}]"));
                    }
                    self.skip("(", ")");
                }
                Some("{") => break,
                _ => return,
            }
        }
        self.at += 1;
        lines.push(format!("type {name}"));
        lines.into_iter().for_each(|line| self.say(line));
        while let Some(token) = self.peek() {
            if token == "}" {
                self.at += 1;
                return;
            }
            if !self.field(name) {
                self.at += 1;
            }
        }
    }

    /// `posts(first: Int): [Post!]! @auth`
    fn field(&mut self, owner: &str) -> bool {
        let Some(field) = self.name() else { return false };
        self.skip("(", ")");
        if self.peek() != Some(":") {
            return true;
        }
        self.at += 1;
        let mut is_list = false;
        while self.peek() == Some("[") {
            is_list = true;
            self.at += 1;
        }
        self.say(format!("{owner}.{field}"));
        let Some(ty) = self.name() else { return true };
        if is_list {
            self.say(format!("[{ty}]"));
        } else if !matches!(ty, "ID" | "String" | "Int" | "Float" | "Boolean") {
            self.say(format!("{owner}>{ty}"));
        }
        while let Some("]" | "!") = self.peek() {
            self.at += 1;
        }
        while self.peek() == Some("@") {
            self.at += 1;
            self.name();
            self.skip("(", ")");
        }
        true
    }

    /// `Result = User | Post`
    fn union(&mut self) {
        let Some(union) = self.name().filter(|_| self.peek() == Some("=")) else {
            return;
        };
        self.at += 1;
        while let Some(token) = self.peek() {
            if token == "|" {
                self.at += 1;
            }
            let Some(one) = self.name() else { return };
            self.say(format!("{union}>{one}"));
            if self.peek() != Some("|") {
                return;
            }
        }
    }

    /// `schema { query: Queries }`
    fn roots(&mut self) {
        if self.peek() != Some("{") {
            return;
        }
        self.at += 1;
        while let Some(token) = self.next() {
            match token {
                "}" => return,
                ":" => {
                    if let Some(root) = self.name() {
                        self.say(format!("root {root}"));
                    }
                }
                _ => {}
            }
        }
    }

    fn skip(&mut self, open: &str, close: &str) {
        if self.peek() != Some(open) {
            return;
        }
        let mut depth = 0_u32;
        while let Some(token) = self.next() {
            if token == open {
                depth += 1;
            } else if token == close {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return;
                }
            }
        }
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Names and marks; comments, descriptions and `${…}` of templates are left out.
fn tokens(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first == '#' {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(inner) = rest.strip_prefix("\"\"\"") {
            inner.find("\"\"\"").map_or(rest.len(), |end| end + 6)
        } else if first == '"' {
            rest[1..].find(['"', '\n']).map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("${") {
            rest.find('}').map_or(rest.len(), |end| end + 1)
        } else if first.is_ascii_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            let end = end.unwrap_or(rest.len());
            found.push(&rest[..end]);
            end
        } else {
            let end = first.len_utf8();
            if first.is_ascii_punctuation() {
                found.push(&rest[..end]);
            }
            end
        };
        rest = &rest[length..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        said(text).into_iter().collect()
    }

    #[test]
    fn types_fields_and_lists() {
        let found = lines(
            "\"\"\" A { shop } \"\"\" type Shop @auth(role: \"x\") { # the shop\n owner(a: Int = 1): User!\n orders: [Order!]! }",
        );
        assert_eq!(
            found,
            ["Shop.orders", "Shop.owner", "Shop>User", "[Order]", "type Shop"]
        );
    }

    #[test]
    fn operations_and_half_written_types_say_nothing() {
        assert!(lines("query Orders { orders { type name } }").is_empty());
        assert!(lines("import type { A } from './a'").is_empty());
        assert_eq!(lines("type Shop { owner:"), ["Shop.owner", "type Shop"]);
        assert_eq!(lines("type"), Vec::<String>::new());
    }

    #[test]
    fn a_list_leads_on() {
        let mut said = said(
            "type Query { shops: ShopConnection me: Me } type ShopConnection { edges: [ShopEdge] } \
             type ShopEdge { node: Shop } type Shop { owner: Actor } interface Actor { id: ID } \
             type User implements Actor { id: ID } type Me { id: ID }",
        );
        spread(&mut said);
        assert!(said.contains("[Shop]") && said.contains("[User]"));
        assert!(!said.contains("[Me]") && !said.iter().any(|line| line.contains('>')));
    }

    #[test]
    fn federated_types_unions_and_named_roots() {
        let found = lines(
            "extend type Shop @key(fields: \"id\") { id: ID } union Hit = | Shop | User schema { query: Queries }",
        );
        assert_eq!(
            found,
            [
                "Hit>Shop",
                "Hit>User",
                "Shop.id",
                "[Shop]",
                "root Queries",
                "type Shop"
            ]
        );
    }
}
