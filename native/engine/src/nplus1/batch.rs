//! Step 7: batches. A query by a list of keys is never an N+1, in any spelling (ANA-035). The
//! words of all ORMs of a file are asked, since a condition may be built before it is used.

use super::signals::Active;
use super::site::Site;
use super::taint::IterationId;

/// An argument name or object key whose value is a list of keys: `id__in`, `in`.
pub fn is_key(orms: &[Active], name: &str) -> bool {
    orms.iter().any(|active| active.orm.batch_keys.matches(name))
}

/// A function or operator that takes a list of keys: `In(ids)`, `User.id.in_(ids)`.
pub fn is_function(orms: &[Active], name: &str) -> bool {
    orms.iter().any(|active| active.orm.batch_functions.matches(name))
}

/// A method whose receiver is the list of keys: `ids.Contains(x.Id)`.
pub fn is_receiver(orms: &[Active], name: &str) -> bool {
    orms.iter().any(|active| active.orm.batch_receivers.matches(name))
}

/// SQL that compares with a list: `IN (…)`, `= ANY(…)`.
pub fn is_sql_list(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    ["IN (", "IN(", "IN :", "ANY(", "ANY (", "IN ?", "IN @", "IN %"]
        .iter()
        .any(|form| {
            text.match_indices(form).any(|(at, _)| {
                text[..at]
                    .chars()
                    .next_back()
                    .is_none_or(|before| !before.is_alphanumeric() && before != '_')
            })
        })
}

/// Whether the site reads a list of keys that one of these iterations hands it.
pub fn is_batch(site: &Site, iterations: &[IterationId]) -> bool {
    site.taint
        .batched
        .iter()
        .any(|dep| iterations.contains(&dep.iteration))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_sql() {
        assert!(is_sql_list("select * from users where id in (?)"));
        assert!(is_sql_list("WHERE user.id IN (:...ids)"));
        assert!(is_sql_list("where id = any(%s)"));
        assert!(!is_sql_list("select min(id) from users where id = ?"));
        assert!(!is_sql_list("from products p join (select 1)"));
    }
}
