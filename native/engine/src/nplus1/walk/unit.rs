//! One file as the walk sees it: its text and facts, the ORMs it uses, what its names stand for,
//! and the values its module and its classes keep.

use crate::hashing::Map;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::{BYTES_PER_STEP, Walker};
use crate::facts::ir::{ClassId, FunctionId, Lambda, Language};
use crate::nplus1::env::Env;
use crate::nplus1::frameworks::{Fields, Found};
use crate::nplus1::graphql;
use crate::nplus1::language::Table;
use crate::nplus1::signals::Active;
use crate::nplus1::value::Kind;
use crate::nplus1::world::World;
use crate::program::LambdaId;
use crate::raw::File;
use crate::sources::FileId;

/// What types without arguments mean where they are named, by the class around and by their name.
pub type Types<'a> = Map<Option<ClassId>, Map<Box<str>, Kind<'a>>>;

pub struct Unit<'a> {
    pub id: FileId,
    pub file: File<'a>,
    pub orms: Arc<[Active]>,
    pub table: &'static Table,
    pub frameworks: Found,
    /// Words for types that are written as values, where a framework has such.
    pub fields: Option<&'static Fields>,
    /// Local name to module and name there.
    pub imports: Map<&'a str, (&'a str, &'a str)>,
    pub classes: Map<&'a str, ClassId>,
    /// The functions that stand in a function.
    pub inner: Map<FunctionId, Vec<FunctionId>>,
    /// What functions see that are walked from outside: the module's values, and inside them those of
    /// each class.
    pub scopes: RefCell<Map<Option<ClassId>, Rc<Env<'a>>>>,
    /// Parameters and fields name few types, again and again.
    pub types: RefCell<Types<'a>>,
    /// Lambdas with a name that were entered.
    pub lambdas: RefCell<Map<LambdaId, Option<&'a Lambda>>>,
}

impl<'a> Unit<'a> {
    pub fn new(world: World<'a>, id: FileId, file: File<'a>) -> Self {
        let mut imports = Map::default();
        for import in &file.facts.imports {
            for name in &import.names {
                imports.insert(
                    name.local.as_str(),
                    (import.module.as_str(), name.imported.as_str()),
                );
            }
        }
        let classes = file.facts.classes.iter().enumerate();
        let mut inner: Map<FunctionId, Vec<FunctionId>> = Map::default();
        for (id, function) in file.facts.functions.iter().enumerate().skip(1) {
            if let Some(parent) = function.parent {
                inner.entry(parent).or_default().push(id);
            }
        }
        Unit {
            id,
            file,
            orms: world.orms(id, &file),
            table: Table::of(file.facts.language),
            frameworks: Found::of(file.facts),
            fields: graphql::fields_of(&file, world.project),
            imports,
            classes: classes.map(|(id, class)| (class.name.as_str(), id)).collect(),
            inner,
            scopes: RefCell::default(),
            types: RefCell::default(),
            lambdas: RefCell::default(),
        }
    }

    pub fn is_ecmascript(&self) -> bool {
        matches!(
            self.file.facts.language,
            Language::JavaScript | Language::TypeScript | Language::Tsx
        )
    }
}

impl<'a> Walker<'a> {
    /// A file that code leads to.
    pub(super) fn unit_of(&mut self, id: FileId) -> Option<Rc<Unit<'a>>> {
        if let Some(unit) = self.units.get(&id) {
            return unit.clone();
        }
        let unit = self
            .world
            .file(id)
            .map(|file| Rc::new(Unit::new(self.world, id, file)));
        if let Some(unit) = &unit {
            self.charge(unit.file.text.len() / BYTES_PER_STEP);
        }
        self.units.insert(id, unit.clone());
        unit
    }
}
