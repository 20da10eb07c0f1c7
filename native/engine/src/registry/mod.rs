//! The model registry (ANA-011): which classes are entities of which ORM, their columns and their
//! relations, with how each is loaded when nothing asks for it. It reads declarations (facts of
//! classes, schema texts) and must not know functions, loops or findings.

pub mod model;
