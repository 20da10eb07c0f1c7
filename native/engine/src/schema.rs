//! The number by which the engine and the TypeScript package know that they fit together.

/// Raise it with every change of `report`, `request` or what an id is made of.
pub const SCHEMA_VERSION: u32 = 4;
