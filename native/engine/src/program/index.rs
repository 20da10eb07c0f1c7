//! Lookup tables over outlines: many values under one name, without a copy of the name. Keys are
//! hashes, so what is found must be compared with the name that was asked for.

use super::outline::Outline;
use crate::facts::ir::{Class, ClassId, Import};

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
    keys: Vec<u64>,
    /// Where each key's values start; one more than there are keys.
    starts: Vec<usize>,
    values: Vec<T>,
}

impl<T: Copy + Ord> Grouped<T> {
    pub(super) fn of(mut pairs: Vec<(u64, T)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let (mut keys, mut starts) = (Vec::new(), Vec::new());
        let mut values = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            if keys.last() != Some(&key) {
                keys.push(key);
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

    /// The place of a key among all of them.
    pub(super) fn at(&self, key: u64) -> Option<usize> {
        self.keys.binary_search(&key).ok()
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

/// Positions of one file's declarations, sorted by name and then by position.
#[derive(Debug, Default)]
pub(super) struct FileIndex {
    classes: Vec<usize>,
    functions: Vec<usize>,
    values: Vec<usize>,
    /// Import and name in it.
    imports: Vec<(usize, usize)>,
    fields: Vec<FieldAt>,
    /// Lambdas that are fields.
    lambdas: Vec<usize>,
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
        let mut classes: Vec<_> = (0..facts.classes.len()).collect();
        classes.sort_by_key(|at| facts.classes.get(*at).map(|class| &class.name));
        let mut functions: Vec<_> = (0..facts.functions.len()).collect();
        functions.sort_by_key(|at| facts.functions.get(*at).map(|function| &function.name));
        let mut values: Vec<_> = (0..outline.values.len()).collect();
        values.sort_by_key(|at| outline.values.get(*at).map(|value| &value.name));
        let mut imports: Vec<_> = facts
            .imports
            .iter()
            .enumerate()
            .flat_map(|(at, import)| (0..import.names.len()).map(move |name| (at, name)))
            .collect();
        imports.sort_by_key(|at| local(&facts.imports, *at));
        let declared = facts.classes.iter().enumerate();
        let declared =
            declared.flat_map(|(class, it)| (0..it.fields.len()).map(move |at| FieldAt::Declared(class, at)));
        let assigned = (0..outline.assigned.len()).map(FieldAt::Assigned);
        let mut fields: Vec<_> = declared.chain(assigned).collect();
        fields.sort_by_key(|at| field_name(outline, *at));
        let mut lambdas: Vec<_> = (outline.lambdas.iter().enumerate())
            .filter(|(_, lambda)| lambda.class.is_some())
            .map(|(at, _)| at)
            .collect();
        lambdas.sort_by_key(|at| lambda_name(outline, *at));
        FileIndex {
            classes,
            functions,
            values,
            imports,
            fields,
            lambdas,
            outer: outer(&facts.classes),
        }
    }

    pub(super) fn outer(&self, class: ClassId) -> Option<ClassId> {
        *self.outer.get(class)?
    }

    /// Fields of this name, of all classes; a Ruby `@name` is one of `name`.
    pub(super) fn fields<'a>(&'a self, outline: &'a Outline, name: &'a str) -> &'a [FieldAt] {
        let name = name.strip_prefix('@').unwrap_or(name);
        run(&self.fields, name, |at| field_name(outline, at))
    }

    pub(super) fn lambdas<'a>(&'a self, outline: &'a Outline, name: &'a str) -> &'a [usize] {
        run(&self.lambdas, name, |at| lambda_name(outline, at))
    }

    pub(super) fn classes<'a>(&'a self, outline: &'a Outline, name: &'a str) -> &'a [usize] {
        run(&self.classes, name, |at| {
            outline.facts.classes.get(at).map_or("", |class| &class.name)
        })
    }

    pub(super) fn functions<'a>(&'a self, outline: &'a Outline, name: &'a str) -> &'a [usize] {
        run(&self.functions, name, |at| {
            outline
                .facts
                .functions
                .get(at)
                .map_or("", |function| &function.name)
        })
    }

    pub(super) fn values<'a>(&'a self, outline: &'a Outline, name: &'a str) -> &'a [usize] {
        run(&self.values, name, |at| {
            outline.values.get(at).map_or("", |value| &value.name)
        })
    }

    /// Imports that bind this name: the import and the name's place in it.
    pub(super) fn imports<'a>(&'a self, outline: &'a Outline, name: &'a str) -> &'a [(usize, usize)] {
        run(&self.imports, name, |at| local(&outline.facts.imports, at))
    }
}

fn local(imports: &[Import], (import, name): (usize, usize)) -> &str {
    imports
        .get(import)
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

/// The stretch of a sorted list whose names are this one.
fn run<'a, T: Copy>(sorted: &'a [T], name: &str, name_of: impl Fn(T) -> &'a str) -> &'a [T] {
    let start = sorted.partition_point(|at| name_of(*at) < name);
    let end = start
        + sorted
            .get(start..)
            .unwrap_or(&[])
            .partition_point(|at| name_of(*at) == name);
    sorted.get(start..end).unwrap_or(&[])
}
