//! English endings, as far as names in code need them.

pub fn plural(word: &str) -> String {
    for (one, many) in [("person", "people"), ("child", "children")] {
        if let Some(stem) = word.strip_suffix(one) {
            return format!("{stem}{many}");
        }
    }
    let before_y = word.strip_suffix('y').and_then(|stem| stem.chars().last());
    if let (Some(stem), Some(before)) = (word.strip_suffix('y'), before_y)
        && !"aeiou".contains(before)
    {
        return format!("{stem}ies");
    }
    if ["s", "x", "z", "ch", "sh"]
        .iter()
        .any(|ending| word.ends_with(ending))
    {
        return format!("{word}es");
    }
    format!("{word}s")
}

/// Whether a name reads as more than one thing: `ids`, `userIds`, `tag_names`.
pub fn is_plural(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with('s')
        && !["ss", "us", "is", "as", "news", "address", "series"]
            .iter()
            .any(|end| name.ends_with(end))
}

/// `order_items` → `order_item`; other words stay.
pub fn singular(word: &str) -> String {
    for (one, many) in [
        ("person", "people"),
        ("child", "children"),
        ("status", "statuses"),
        ("alias", "aliases"),
        ("bonus", "bonuses"),
        ("analysis", "analyses"),
        ("movie", "movies"),
        ("cookie", "cookies"),
        ("datum", "data"),
        ("medium", "media"),
    ] {
        if let Some(stem) = word.strip_suffix(many) {
            return format!("{stem}{one}");
        }
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for ending in ["sses", "xes", "ches", "shes", "zes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    if is_plural(word) {
        word[..word.len() - 1].to_owned()
    } else {
        word.to_owned()
    }
}

/// `line_items` → `LineItem`.
pub fn class_of_table(table: &str) -> String {
    camel(&singular(table))
}

/// `line_item` → `LineItem`.
pub fn camel(name: &str) -> String {
    let mut class = String::new();
    for part in name.split('_') {
        let mut chars = part.chars();
        class.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        class.push_str(chars.as_str());
    }
    class
}

/// `LineItem` → `line_item`, `HTMLPage` → `html_page`.
pub fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (at, c) in chars.iter().enumerate() {
        let after_lower = at > 0
            && chars
                .get(at - 1)
                .is_some_and(|it| !it.is_uppercase() && *it != '_');
        let before_lower = at > 0 && chars.get(at + 1).is_some_and(|it| it.is_lowercase());
        let boundary = after_lower || before_lower && chars.get(at - 1).is_some_and(|it| *it != '_');
        if c.is_uppercase() && boundary {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// `lineItem` → `LineItem`.
pub fn capital(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).collect()
}

/// `LineItem` → `lineItem`; `URL` stays, as beans have it.
pub fn uncapital(name: &str) -> String {
    let mut chars = name.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_uppercase() => name.to_owned(),
        (Some(first), _) => first.to_lowercase().chain(name.chars().skip(1)).collect(),
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn endings() {
        for (one, many) in [
            ("order", "orders"),
            ("category", "categories"),
            ("day", "days"),
            ("box", "boxes"),
            ("branch", "branches"),
        ] {
            assert_eq!(plural(one), many);
            assert_eq!(singular(many), one);
        }
        assert!(!is_plural("status"));
        assert!(is_plural("userIds"));
        assert_eq!(singular("address"), "address");
        assert_eq!(class_of_table("line_items"), "LineItem");
    }
}
