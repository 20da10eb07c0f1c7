//! Lookup tables over outlines: many values under one name, without a copy of the name. Keys are
//! hashes, so what is found must be compared with the name that was asked for.

use super::outline::Outline;
use crate::facts::ir::{Class, ClassId};
use crate::hashing::Map;

/// FNV-1a of the parts joined with dots; empty parts do not count.
pub(super) fn key(parts: &[&str]) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
    let mut is_first = true;
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !is_first {
            add(b'.');
        }
        is_first = false;
        part.bytes().for_each(&mut add);
    }
    hash
}

/// Values under keys, each key's values sorted.
#[derive(Debug)]
pub(super) struct Grouped<T> {
    /// Key to its place.
    keys: Map<u64, u32>,
    /// Where each key's values start; one more than there are keys.
    starts: Vec<usize>,
    values: Vec<T>,
}

impl<T: Copy + Ord> Grouped<T> {
    pub(super) fn of(mut pairs: Vec<(u64, T)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let (mut keys, mut starts) = (Map::default(), Vec::new());
        let mut values = Vec::with_capacity(pairs.len());
        let mut last = None;
        for (key, value) in pairs {
            if last.replace(key) != Some(key) {
                let Ok(place) = u32::try_from(starts.len()) else {
                    break;
                };
                keys.insert(key, place);
                starts.push(values.len());
            }
            values.push(value);
        }
        starts.push(values.len());
        Grouped { keys, starts, values }
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The keys of all values that `is_one`.
    pub(super) fn keys_of(&self, is_one: impl Fn(&T) -> bool) -> impl Iterator<Item = u64> {
        (self.keys.keys().copied()).filter(move |key| self.get(*key).iter().any(&is_one))
    }

    /// The place of a key among all of them.
    pub(super) fn at(&self, key: u64) -> Option<usize> {
        self.keys.get(&key).map(|place| *place as usize)
    }

    pub(super) fn get(&self, key: u64) -> &[T] {
        let Some(at) = self.at(key) else {
            return &[];
        };
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(start), Some(end)) => self.values.get(*start..*end).unwrap_or(&[]),
            _ => &[],
        }
    }
}

/// Positions under names, in order of the names' hashes: a name that is not there, as most are not, costs no look
/// at any name.
#[derive(Debug)]
struct Named<T> {
    hashes: Vec<u64>,
    places: Vec<T>,
}

impl<T: Copy> Named<T> {
    fn of<'o>(places: impl Iterator<Item = T>, name_of: impl Fn(T) -> &'o str) -> Self {
        let mut places: Vec<_> = places.map(|at| (key(&[name_of(at)]), at)).collect();
        // Those of one name stay in the order of the source.
        places.sort_by(|(one, a), (other, b)| (one, name_of(*a)).cmp(&(other, name_of(*b))));
        let (hashes, places) = places.into_iter().unzip();
        Named { hashes, places }
    }

    fn get<'a>(&'a self, name: &str, name_of: impl Fn(T) -> &'a str) -> &'a [T] {
        let hash = key(&[name]);
        let start = self.hashes.partition_point(|it| *it < hash);
        let same = self.hashes.get(start..).unwrap_or(&[]);
        let count = same.iter().take_while(|it| **it == hash).count();
        let found = self.places.get(start..start + count).unwrap_or(&[]);
        let from = found.iter().take_while(|at| name_of(**at) < name).count();
        let found = found.get(from..).unwrap_or(&[]);
        let count = found.iter().take_while(|at| name_of(**at) == name).count();
        found.get(..count).unwrap_or(&[])
    }
}

/// Positions of one file's declarations by name and then by position.
#[derive(Debug)]
pub(super) struct FileIndex {
    classes: Named<usize>,
    functions: Named<usize>,
    values: Named<usize>,
    /// Import and name in it.
    imports: Named<(usize, usize)>,
    fields: Named<FieldAt>,
    /// Lambdas that are fields.
    lambdas: Named<usize>,
    /// The class directly around each class.
    outer: Vec<Option<ClassId>>,
}

/// Where a field of a class stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum FieldAt {
    Declared(ClassId, usize),
    /// In `Outline::assigned`.
    Assigned(usize),
}

impl FileIndex {
    pub(super) fn of(outline: &Outline) -> Self {
        let facts = &outline.facts;
        let imports = facts.imports.iter().enumerate();
        let imports = imports.flat_map(|(at, import)| (0..import.names.len()).map(move |name| (at, name)));
        let declared = facts.classes.iter().enumerate();
        let declared =
            declared.flat_map(|(class, it)| (0..it.fields.len()).map(move |at| FieldAt::Declared(class, at)));
        let assigned = (0..outline.assigned.len()).map(FieldAt::Assigned);
        let lambdas = outline.lambdas.iter().enumerate();
        let lambdas = lambdas.filter(|(_, lambda)| lambda.class.is_some());
        FileIndex {
            classes: Named::of(0..facts.classes.len(), |at| class_name(outline, at)),
            functions: Named::of(0..facts.functions.len(), |at| function_name(outline, at)),
            values: Named::of(0..outline.values.len(), |at| value_name(outline, at)),
            imports: Named::of(imports, |at| local(outline, at)),
            fields: Named::of(declared.chain(assigned), |at| field_name(outline, at)),
            lambdas: Named::of(lambdas.map(|(at, _)| at), |at| lambda_name(outline, at)),
            outer: outer(&facts.classes),
        }
    }

    pub(super) fn outer(&self, class: ClassId) -> Option<ClassId> {
        *self.outer.get(class)?
    }

    /// Fields of this name, of all classes; a Ruby `@name` is one of `name`.
    pub(super) fn fields<'a>(&'a self, outline: &'a Outline, name: &'a str) -> &'a [FieldAt] {
        let name = name.strip_prefix('@').unwrap_or(name);
        self.fields.get(name, |at| field_name(outline, at))
    }

    pub(super) fn lambdas<'a>(&'a self, outline: &'a Outline, name: &'a str) -> &'a [usize] {
        self.lambdas.get(name, |at| lambda_name(outline, at))
    }

    pub(super) fn classes<'a>(&'a self, outline: &'a Outline, name: &'a str) -> &'a [usize] {
        self.classes.get(name, |at| class_name(outline, at))
    }

    pub(super) fn functions<'a>(&'a self, outline: &'a Outline, name: &'a str) -> &'a [usize] {
        self.functions.get(name, |at| function_name(outline, at))
    }

    pub(super) fn values<'a>(&'a self, outline: &'a Outline, name: &'a str) -> &'a [usize] {
        self.values.get(name, |at| value_name(outline, at))
    }

    /// Imports that bind this name: the import and the name's place in it.
    pub(super) fn imports<'a>(&'a self, outline: &'a Outline, name: &'a str) -> &'a [(usize, usize)] {
        self.imports.get(name, |at| local(outline, at))
    }
}

fn class_name(outline: &Outline, at: usize) -> &str {
    outline.facts.classes.get(at).map_or("", |class| &class.name)
}

fn function_name(outline: &Outline, at: usize) -> &str {
    (outline.facts.functions.get(at)).map_or("", |function| &function.name)
}

fn value_name(outline: &Outline, at: usize) -> &str {
    outline.values.get(at).map_or("", |value| &value.name)
}

fn local(outline: &Outline, (import, name): (usize, usize)) -> &str {
    (outline.facts.imports.get(import))
        .and_then(|import| import.names.get(name))
        .map_or("", |name| &name.local)
}

fn field_name(outline: &Outline, at: FieldAt) -> &str {
    let field = match at {
        FieldAt::Declared(class, at) => {
            let class = outline.facts.classes.get(class);
            class.and_then(|class| class.fields.get(at))
        }
        FieldAt::Assigned(at) => outline.assigned.get(at).map(|(_, field)| field),
    };
    let name = field.map_or("", |field| field.name.as_str());
    name.strip_prefix('@').unwrap_or(name)
}

fn lambda_name(outline: &Outline, at: usize) -> &str {
    let qualified = outline
        .lambdas
        .get(at)
        .map_or("", |lambda| lambda.qualified.as_str());
    qualified.rsplit('.').next().unwrap_or(qualified)
}

/// Classes stand in the order they open in the source.
fn outer(classes: &[Class]) -> Vec<Option<ClassId>> {
    let mut open: Vec<ClassId> = Vec::new();
    let mut found = Vec::with_capacity(classes.len());
    for (id, class) in classes.iter().enumerate() {
        let is_around = |outer: &ClassId| {
            classes
                .get(*outer)
                .is_some_and(|outer| outer.span.contains(class.span))
        };
        while open.last().is_some_and(|outer| !is_around(outer)) {
            open.pop();
        }
        found.push(open.last().copied());
        open.push(id);
    }
    found
}
