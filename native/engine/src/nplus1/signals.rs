//! Which ORMs a file uses, and how many signals say so (ANA-010): the nearest manifests, the
//! file's imports, the bases and decorators of its classes.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::orm::pattern::Names;
use super::orm::schema::Quirk;
use super::orm::{self, Orm};
use crate::facts::ir::{FileFacts, Language, TypeRef};
use crate::project::{Declared, Ecosystem, Project};
use crate::raw::File;
use crate::sources::FileId;

#[derive(Clone, Copy, Debug)]
pub struct Active {
    pub orm: &'static Orm,
    /// Independent signals, at least one.
    pub signals: u32,
    /// The file itself says so, not only a manifest.
    pub in_file: bool,
}

impl Active {
    /// Where nothing is imported, the manifest is all there can be.
    pub fn is_single(&self) -> bool {
        self.signals < 2 && (self.orm.has_imports || self.in_file)
    }
}

/// ORMs of the files of one tree, told once for each file: the walks of many files lead through it.
#[derive(Debug, Default)]
pub struct Signals {
    files: Vec<OnceLock<Arc<[Active]>>>,
}

impl Signals {
    #[must_use]
    pub fn new(files: usize) -> Self {
        Signals {
            files: (0..files).map(|_| OnceLock::new()).collect(),
        }
    }

    /// ORMs of a file as it stands in the tree.
    pub fn of(&self, id: FileId, file: &File<'_>, project: &Project) -> Arc<[Active]> {
        let told = || active(file, project).into();
        match self.files.get(id as usize) {
            Some(known) => Arc::clone(known.get_or_init(told)),
            None => told(),
        }
    }
}

/// ORMs of a file, those the file itself names first.
pub fn active(file: &File<'_>, project: &Project) -> Vec<Active> {
    let ecosystem = Ecosystem::of(file.facts.language);
    let modules = modules(file.facts);
    let mut found: Vec<Active> = orm::all()
        .iter()
        .filter(|orm| orm.speaks(file.facts.language))
        .filter_map(|orm| {
            let declared = project.declares(file.path, ecosystem, |name| orm.manifest.matches(name));
            let named = declared != Declared::No;
            let own = imports(&orm.import, &modules);
            let imported = own || named && imports(&orm.model_import, &modules);
            // Where packages are imported, the base alone may be that of another ORM.
            let based = (own || named || !orm.has_imports) && bases(orm, file.facts);
            let schema = orm.has(Quirk::SchemaModels) && !project.prisma_models().is_empty();
            // Code of one build sees the packages of its other modules through their types.
            let built = named && matches!(ecosystem, Ecosystem::Jvm | Ecosystem::DotNet);
            let signals = [declared == Declared::Here || schema || built, imported, based]
                .into_iter()
                .filter(|signal| *signal)
                .count();
            let in_file = imported || based;
            // SQL text is its own signal: no package has to be named for it.
            let signals = signals.max(usize::from(orm.has(Quirk::SqlText)));
            // A template holds what code hands to it, and that code says which ORM it is of.
            let signals = match file.facts.language {
                Language::Template if orm.has(Quirk::SqlText) => 0,
                Language::Template => 2,
                _ => signals,
            };
            (signals > 0).then_some(Active {
                orm,
                signals: u32::try_from(signals).unwrap_or(u32::MAX),
                in_file,
            })
        })
        .collect();
    // A file that names one of several ORMs means that one.
    found.sort_by_key(|active| (!active.in_file, active.orm.has(Quirk::SqlText)));
    found
}

/// Modules that a file imports, and names of them with the module's before.
fn modules(facts: &FileFacts) -> Vec<Cow<'_, str>> {
    let mut found = Vec::new();
    for import in &facts.imports {
        let module = import.module.as_str();
        let names = import.names.iter();
        found.push(Cow::Borrowed(module));
        found.extend(names.map(|name| Cow::Owned(format!("{module}.{}", name.imported))));
    }
    found
}

fn imports(wanted: &Names, modules: &[Cow<'_, str>]) -> bool {
    modules.iter().any(|module| wanted.matches(module))
}

fn bases(orm: &Orm, facts: &FileFacts) -> bool {
    facts.classes.iter().any(|class| {
        class
            .bases
            .iter()
            .any(|base| is_base(orm, base) || orm.signal_base.matches(&dotted(base)))
            || class
                .decorators
                .iter()
                .any(|d| orm.model_decorator.matches(last(&d.name)))
    })
}

/// Whether a class with this base is a model of the ORM.
pub fn is_base(orm: &Orm, base: &TypeRef) -> bool {
    orm.model_base.matches(&dotted(base))
}

pub fn dotted(base: &TypeRef) -> String {
    base.name.replace("::", ".")
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
