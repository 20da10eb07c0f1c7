//! The finding id (product.md 4): what stays the same when lines shift, code is reformatted,
//! files or locals are renamed. It knows neither levels nor messages nor commits.

mod normalise;

pub use normalise::normalise;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// What a finding is, apart from where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    pub rule_id: &'a str,
    /// Of the base side, renames mapped.
    pub path: &'a str,
    pub symbol: &'a str,
    /// Normalised matched code.
    pub code: &'a str,
    /// Position among findings that are equal in all of the above.
    pub ordinal: usize,
}

/// Fields are joined by NUL, which none of them can contain (a file with a NUL is binary).
#[must_use]
pub fn finding_id(identity: Identity<'_>) -> String {
    use std::fmt::Write;
    let ordinal = identity.ordinal.to_string();
    let fields = [
        identity.rule_id,
        identity.path,
        identity.symbol,
        identity.code,
        &ordinal,
    ];
    let digest = Sha256::digest(fields.join("\0"));
    let mut id = String::from("df1_");
    for byte in digest.iter().take(16) {
        // Writing to a string cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

/// Rule, symbol and code of findings that only their ordinal tells apart.
pub type Key<'a> = (&'a str, &'a str, &'a str);

#[must_use]
pub fn count_equals<'a>(keys: &[Key<'a>]) -> BTreeMap<Key<'a>, usize> {
    let mut counts = BTreeMap::new();
    for key in keys {
        *counts.entry(*key).or_insert(0) += 1;
    }
    counts
}

/// Ids in the order of the keys. Among equals the ordinal follows the source; but where head has more equals than
/// base (`before`), those on new lines (`touched`) come last, so that they are the new ones.
#[must_use]
pub fn identify(
    path: &str,
    keys: &[Key<'_>],
    before: &BTreeMap<Key<'_>, usize>,
    touched: impl Fn(usize) -> bool,
) -> Vec<String> {
    let now = count_equals(keys);
    let rank = |index: usize, key: &Key<'_>| {
        let grown = before.get(key).is_some_and(|count| now.get(key) > Some(count));
        grown && touched(index)
    };
    let mut order: Vec<(usize, &Key<'_>)> = keys.iter().enumerate().collect();
    // Stable: source order remains within each rank.
    order.sort_by_key(|(index, key)| rank(*index, key));
    let mut next: BTreeMap<&Key<'_>, usize> = BTreeMap::new();
    let mut ids = vec![String::new(); keys.len()];
    for (index, key) in order {
        if let Some(id) = ids.get_mut(index) {
            let ordinal = next.entry(key).or_insert(0);
            let (rule_id, symbol, code) = *key;
            *id = finding_id(Identity {
                rule_id,
                path,
                symbol,
                code,
                ordinal: *ordinal,
            });
            *ordinal += 1;
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Identity<'_> = Identity {
        rule_id: "n-plus-one/loop-query",
        path: "a.py",
        symbol: "Orders.total",
        code: "x.get()",
        ordinal: 0,
    };

    #[test]
    fn the_definition_does_not_change() {
        // printf 'n-plus-one/loop-query\0a.py\0Orders.total\0x.get()\0%s' 0 | sha256sum
        assert_eq!(finding_id(ONE), "df1_d1dbd1c1cff2c1444de12a2ef336f741");
    }

    #[test]
    fn every_field_counts() {
        let others = [
            Identity {
                rule_id: "db/write-in-loop",
                ..ONE
            },
            Identity { path: "b.py", ..ONE },
            Identity {
                symbol: "Orders",
                ..ONE
            },
            Identity {
                code: "y.get()",
                ..ONE
            },
            Identity { ordinal: 1, ..ONE },
        ];
        for other in others {
            assert_ne!(finding_id(ONE), finding_id(other));
        }
    }
}
