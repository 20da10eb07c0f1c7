//! Step 7: batches. A query by a list of keys is never an N+1, in any spelling (ANA-035). The
//! words of all ORMs of a file are asked, since a condition may be built before it is used.

use super::signals::Active;
use super::site::Site;
use super::value::IterationId;

/// An argument name or object key whose value is a list of keys: `id__in`, `in`.
pub fn is_key(orms: &[Active], name: &str) -> bool {
    orms.iter().any(|active| active.orm.batch_keys.matches(name))
}

/// A function or operator that takes a list of keys: `In(ids)`, `User.id.in_(ids)`.
pub fn is_function(orms: &[Active], name: &str) -> bool {
    orms.iter().any(|active| active.orm.batch_functions.matches(name))
}

/// Whether the site reads a list of keys that one of these iterations hands it.
pub fn is_batch(site: &Site, iterations: &[IterationId]) -> bool {
    site.taint
        .batched
        .iter()
        .any(|dep| iterations.contains(&dep.iteration))
}
