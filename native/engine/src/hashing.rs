//! The hash of the tables that are asked most. It is quicker than the standard one; its seed is new
//! for every process, so that nobody can write names that fall on one place.

pub type Seeded = foldhash::fast::RandomState;
pub type Map<K, V> = std::collections::HashMap<K, V, Seeded>;
pub type Set<K> = std::collections::HashSet<K, Seeded>;
