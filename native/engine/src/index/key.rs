//! Short addresses of long things: 128 bits of a SHA-256, so that no two are ever the same by chance
//! or by intent.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key(pub u128);

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Collects parts into a key. Each part counts with its length, so that parts cannot run together.
#[derive(Default)]
pub struct Digest(Sha256);

impl Digest {
    #[must_use]
    pub fn with(mut self, part: impl AsRef<[u8]>) -> Self {
        self.add(part);
        self
    }

    pub fn add(&mut self, part: impl AsRef<[u8]>) {
        let part = part.as_ref();
        self.0.update(part.len().to_le_bytes());
        self.0.update(part);
    }

    #[must_use]
    pub fn key(self) -> Key {
        let bytes = self.0.finalize();
        Key(bytes
            .iter()
            .take(16)
            .fold(0, |key, byte| key << 8 | u128::from(*byte)))
    }
}

/// The key of a value by all that it says.
#[must_use]
pub fn digest(value: &impl Serialize) -> Key {
    let bytes = postcard::to_stdvec(value).unwrap_or_default();
    Digest::default().with(bytes).key()
}
