//! ORMs as data: the embedded files of `native/rules/orm`, loaded once and made quick to ask.
//! Everything the analysis knows of a framework comes through here.

pub mod eager;
pub mod models;
pub mod pattern;
pub mod relations;
pub mod schema;

use crate::hashing::Map;
use std::sync::LazyLock;

use models::ModelWords;
use pattern::{ArgNeed, Chain, Glob, Method, Names, RelationMethod, TypePattern};
use relations::{Relations, Setting};
use schema::{Fix, LanguageName, OrmFile, Quirk, Role, Shape};

use crate::facts::ir::Language;

/// What a method of an ORM does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Constructs,
    Builds,
    Reads(Shape),
    Writes(Shape),
    /// Reads or writes many keys at once.
    Batch,
}

#[derive(Debug)]
pub struct Orm {
    pub id: String,
    pub name: String,
    languages: Vec<LanguageName>,
    pub manifest: Names,
    pub import: Names,
    pub has_imports: bool,
    pub signal_base: Names,
    pub model_base: Names,
    pub model_decorator: Names,
    pub model_import: Names,
    pub by_name: bool,
    pub never: Names,
    pub model_words: ModelWords,
    pub relations: Relations,
    pub settings: Vec<Setting>,
    pub client_types: Vec<TypePattern>,
    pub source_types: Vec<TypePattern>,
    pub query_types: Vec<TypePattern>,
    pub client_new: Vec<Chain>,
    pub client_names: Names,
    pub client_weak_names: Names,
    pub client_members: Names,
    pub client_callbacks: Names,
    pub source: Vec<Chain>,
    pub query: Vec<Chain>,
    pub distinctive: Names,
    pub distinctive_row: Names,
    pub requeries: Names,
    pub statement: Vec<Chain>,
    pub type_never: Names,
    /// Decorators of methods without code.
    pub declared_reads: Names,
    pub declared_writes: Names,
    pub batch_keys: Names,
    pub batch_functions: Names,
    /// Arguments whose list holds one value for each place of a text.
    pub batch_values: Names,
    /// Methods whose receiver is the list of keys.
    pub batch_receivers: Names,
    pub paging: Names,
    pub identity: Names,
    pub eager: eager::Eager,
    quirks: Vec<Quirk>,
    pub fix: Fix,
    exact: Map<Role, Map<String, (Effect, ArgNeed)>>,
    globs: Vec<(Role, Glob, Effect, ArgNeed)>,
    /// Methods of a row that carry the name of a relation.
    pub relation_methods: Vec<(RelationMethod, Effect)>,
}

impl Orm {
    pub fn speaks(&self, language: Language) -> bool {
        self.languages.iter().any(|name| name.covers(language))
    }

    pub fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    /// What calling `name` on something of this role does. Exact names win over globs, and
    /// globs are asked in the order batch, writes, reads, builds.
    pub fn method(&self, role: Role, name: &str) -> Option<(Effect, ArgNeed)> {
        if let Some(found) = self.exact.get(&role).and_then(|names| names.get(name)) {
            return Some(*found);
        }
        self.globs
            .iter()
            .find(|(of, glob, _, _)| *of == role && glob.matches(name))
            .map(|(_, _, effect, needs)| (*effect, *needs))
    }

    fn compile(file: OrmFile) -> Result<Self, String> {
        let chains = |texts: &[String]| {
            texts
                .iter()
                .map(|t| Chain::parse(t))
                .collect::<Result<Vec<_>, _>>()
        };
        let types = |texts: &[String]| texts.iter().map(|t| TypePattern::parse(t)).collect::<Vec<_>>();
        let (receivers, plain): (Vec<String>, Vec<String>) = file
            .batch
            .functions
            .iter()
            .cloned()
            .partition(|text| text.starts_with("$LIST."));
        let receivers: Vec<String> = receivers.iter().map(|text| text.replace("$LIST.", "")).collect();
        let mut orm = Orm {
            languages: file.languages.clone(),
            manifest: Names::new(&file.signals.manifest),
            import: Names::new(&file.signals.import),
            has_imports: !file.signals.import.is_empty(),
            signal_base: Names::new(&file.signals.base),
            model_base: Names::new(&file.models.base),
            model_decorator: Names::new(&file.models.decorator),
            model_import: Names::new(&file.models.import),
            by_name: file.models.by_name,
            never: Names::new(&file.models.never),
            model_words: ModelWords::new(&file.models),
            relations: Relations::compile(file.relations.clone())?,
            settings: file.settings.iter().map(Setting::new).collect(),
            client_types: types(&file.types.client),
            source_types: types(&file.types.source),
            query_types: types(&file.types.query),
            client_new: chains(&file.clients.new)?,
            client_names: Names::new(&file.clients.names),
            client_weak_names: Names::new(&file.clients.weak_names),
            client_members: Names::new(&file.clients.members),
            client_callbacks: Names::new(&file.clients.callbacks),
            source: chains(&file.source)?,
            query: chains(&file.query)?,
            distinctive: Names::new(&file.distinctive),
            distinctive_row: Names::new(&file.distinctive_row),
            requeries: Names::new(&file.requeries),
            statement: chains(&file.statement)?,
            type_never: Names::new(&file.types.never),
            declared_reads: Names::new(&file.types.reads),
            declared_writes: Names::new(&file.types.writes),
            batch_keys: Names::new(&file.batch.keys),
            batch_functions: Names::new(&plain),
            batch_values: Names::new(&file.batch.values),
            batch_receivers: Names::new(&receivers),
            paging: Names::new(&file.paging),
            identity: Names::new(&file.identity),
            eager: eager::Eager::compile(&file.eager)?,
            exact: Map::default(),
            globs: Vec::new(),
            relation_methods: Vec::new(),
            quirks: file.quirks.clone(),
            id: file.orm.clone(),
            name: file.name.clone(),
            fix: file.fix.clone(),
        };
        orm.add_methods(&file)?;
        Ok(orm)
    }

    /// Globs are asked in this order: batch, writes, reads, what builds.
    fn add_methods(&mut self, file: &OrmFile) -> Result<(), String> {
        for name in &file.batch.calls {
            for role in [Role::Client, Role::Source, Role::Query] {
                self.add(role, name, Effect::Batch)?;
            }
        }
        for (shaped, effect) in [
            (&file.writes, Effect::Writes as fn(Shape) -> Effect),
            (&file.executes, Effect::Reads as fn(Shape) -> Effect),
        ] {
            for (role, shapes) in shaped {
                for (shape, names) in shapes {
                    for name in names {
                        self.add(*role, name, effect(*shape))?;
                    }
                }
            }
        }
        for (roles, effect) in [
            (&file.constructs, Effect::Constructs),
            (&file.builds, Effect::Builds),
        ] {
            for (role, names) in roles {
                for name in names {
                    self.add(*role, name, effect)?;
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, role: Role, text: &str, effect: Effect) -> Result<(), String> {
        if let Some(method) = RelationMethod::parse(text) {
            self.relation_methods.push((method, effect));
            return Ok(());
        }
        let roles: &[Role] = match role {
            Role::Relation => &[Role::Source, Role::Query],
            ref one => std::slice::from_ref(one),
        };
        let method = Method::parse(text)?;
        for role in roles {
            if text.contains('*') {
                self.globs
                    .push((*role, method.name.clone(), effect, method.needs));
            } else {
                let name = text.split('(').next().unwrap_or(text).to_owned();
                let names = self.exact.entry(*role).or_default();
                names.entry(name).or_insert((effect, method.needs));
            }
        }
        Ok(())
    }
}

/// Whether some ORM asks for a package of this name.
#[must_use]
pub fn knows_package(name: &str) -> bool {
    all().iter().any(|orm| {
        orm.manifest.matches(name)
            || (orm.settings.iter()).any(|setting| {
                setting.packages.as_ref().is_some_and(|names| names.matches(name))
                    || setting.without_packages.matches(name)
            })
    })
}

const FILES: &[(&str, &str)] = &[
    (
        "activerecord",
        include_str!("../../../rules/orm/activerecord.yml"),
    ),
    ("django", include_str!("../../../rules/orm/django.yml")),
    ("efcore", include_str!("../../../rules/orm/efcore.yml")),
    ("hibernate", include_str!("../../../rules/orm/hibernate.yml")),
    ("prisma", include_str!("../../../rules/orm/prisma.yml")),
    ("raw", include_str!("../../../rules/orm/raw.yml")),
    ("sequelize", include_str!("../../../rules/orm/sequelize.yml")),
    ("sqlalchemy", include_str!("../../../rules/orm/sqlalchemy.yml")),
    ("typeorm", include_str!("../../../rules/orm/typeorm.yml")),
];

fn load(name: &str, text: &str) -> Result<Orm, String> {
    let file: OrmFile = serde_saphyr::from_str(text).map_err(|error| format!("{name}.yml: {error}"))?;
    if file.orm != name {
        return Err(format!(
            "{name}.yml: `orm` is `{}`, the file's name says `{name}`",
            file.orm
        ));
    }
    Orm::compile(file).map_err(|error| format!("{name}.yml: {error}"))
}

/// All embedded ORMs, by name. A file that does not load is left out; a test loads them all, so
/// that none can be shipped broken.
pub fn all() -> &'static [Orm] {
    static ALL: LazyLock<Vec<Orm>> = LazyLock::new(|| {
        FILES
            .iter()
            .filter_map(|(name, text)| load(name, text).ok())
            .collect()
    });
    &ALL
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_embedded_file_loads() {
        for (name, text) in FILES {
            load(name, text).unwrap();
        }
        assert_eq!(all().len(), FILES.len());
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_name() {
        let (name, text) = FILES[0];
        let error = load(name, &format!("{text}\nlazyness: [x]\n")).unwrap_err();
        assert!(error.contains("lazyness"), "{error}");
    }

    /// Keys that serde knows at this place, as its error for an unknown one lists them.
    fn keys(prefix: &str, yaml: &str) -> Vec<String> {
        let error = serde_saphyr::from_str::<OrmFile>(yaml).unwrap_err().to_string();
        // "… expected one of orm, name, languages", on one line of the report.
        let listed = error.split("expected one of ").nth(1).unwrap_or_default();
        let listed = listed.lines().next().unwrap_or_default();
        listed.split(", ").map(|name| format!("{prefix}{name}")).collect()
    }

    #[test]
    fn the_documentation_names_every_key_and_no_other() {
        let mut known = keys("", "unheard_of: 1");
        for part in ["signals", "models", "types", "clients", "batch", "eager", "fix"] {
            known.extend(keys(&format!("{part}."), &format!("{part}: {{ unheard_of: 1 }}")));
        }
        known.extend(keys("relations.", "relations: { unheard_of: 1 }"));
        known.extend(keys(
            "relations.words.",
            "relations: { words: [{ unheard_of: 1 }] }",
        ));
        known.extend(keys(
            "relations.options.",
            "relations: { options: { unheard_of: [] } }",
        ));
        known.extend(keys("settings.", "settings: [{ unheard_of: 1 }]"));
        known.extend(keys("quirks.", "quirks: [unheard_of]"));
        known.extend(keys("eager.calls.", "eager: { calls: { unheard_of: [] } }"));
        known.extend(keys("eager.options.", "eager: { options: { unheard_of: [] } }"));
        known.extend(keys("eager.after.", "eager: { after: [{ unheard_of: 1 }] }"));
        known.sort();
        let page = include_str!("../../../../docs/add-an-orm.md");
        let tables = page.split("## The keys of the YAML file").nth(1).unwrap();
        let mut documented: Vec<&str> = tables
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
            .filter(|key| !["client", "relation", "row"].contains(key))
            .collect();
        // `source` and `query` are keys and roles.
        documented.sort_unstable();
        documented.dedup();
        assert_eq!(documented, known);
    }
}
