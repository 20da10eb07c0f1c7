//! Reads a type that is written as text: Python's quoted annotations. It must not know a grammar.

use crate::facts::ir::TypeRef;

/// Nested brackets that are read; deeper ones are dropped.
const NESTING_MAX: usize = 16;

/// `list["Order"]`, `Order | None`, `models.Order`. `None` when the text is no type.
pub(crate) fn written_type(text: &str) -> Option<TypeRef> {
    let mut reader = Reader { rest: text };
    let ty = reader.union(0)?;
    reader.rest.trim().is_empty().then_some(ty)
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn eat(&mut self, mark: char) -> bool {
        self.rest = self.rest.trim_start();
        let after = self.rest.strip_prefix(mark);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn union(&mut self, depth: usize) -> Option<TypeRef> {
        let first = self.single(depth)?;
        let mut members = vec![first];
        while self.eat('|') {
            members.push(self.single(depth)?);
        }
        if members.len() == 1 {
            return members.pop();
        }
        let nullable = members.iter().any(|member| member.name == "None");
        Some(TypeRef {
            name: "|".to_string(),
            args: members,
            nullable,
        })
    }

    fn single(&mut self, depth: usize) -> Option<TypeRef> {
        if depth > NESTING_MAX {
            return None;
        }
        let quoted = self.eat('"') || self.eat('\'');
        self.rest = self.rest.trim_start();
        let end = self
            .rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        let mut ty = TypeRef {
            name: name.to_string(),
            args: Vec::new(),
            nullable: name == "Optional",
        };
        if self.eat('[') {
            if name.is_empty() {
                ty.name = "[]".to_string();
            }
            while !self.eat(']') {
                ty.args.push(self.union(depth + 1)?);
                self.eat(',');
            }
        } else if name.is_empty() {
            return None;
        }
        if quoted {
            let _ = self.eat('"') || self.eat('\'');
        }
        Some(ty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(ty: &TypeRef) -> String {
        let args: Vec<_> = ty.args.iter().map(shown).collect();
        let nullable = if ty.nullable { "?" } else { "" };
        if args.is_empty() {
            format!("{}{nullable}", ty.name)
        } else {
            format!("{}<{}>{nullable}", ty.name, args.join(", "))
        }
    }

    #[test]
    fn reads_annotations() {
        for (text, expected) in [
            ("Order", "Order"),
            ("models.Order", "models.Order"),
            ("list['Order']", "list<Order>"),
            ("Order | None", "|<Order, None>?"),
            ("Optional[Order]", "Optional<Order>?"),
            ("dict[str, list[Order]]", "dict<str, list<Order>>"),
            ("Callable[[int], str]", "Callable<[]<int>, str>"),
        ] {
            assert_eq!(
                written_type(text).map(|ty| shown(&ty)),
                Some(expected.to_string()),
                "{text}"
            );
        }
        for text in ["", "a sentence", "[", "list[", "x y", &"a[".repeat(1000)] {
            assert_eq!(written_type(text), None, "{text}");
        }
    }
}
