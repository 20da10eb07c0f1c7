//! The words with which an ORM declares relations, as people write them in `native/rules/orm/*.yml`
//! (`relations`), and the rules of their loading, made quick to ask. It must not know any ORM.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::pattern::Names;
use crate::registry::model::Loading;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RelationsFile {
    pub words: Vec<WordFile>,
    /// What a word's arguments without a name are, in order.
    pub arguments: Vec<Place>,
    pub options: BTreeMap<Place, Vec<String>>,
    /// `option=value`, `@Mark`, `@Mark(VALUE)`, `<Type>` or `.call`, and what loading it means.
    pub loading: BTreeMap<String, Loading>,
    /// Parts of names that stand for something else: `%(class)s` for `{model}`.
    pub placeholders: BTreeMap<String, String>,
    /// Targets that mean the class itself.
    pub own: Vec<String>,
    /// Types around the type of a target.
    pub wrappers: Vec<String>,
    /// The same, and they are collections.
    pub collections: Vec<String>,
    /// What a property is whose type is a model, where that alone makes it a relation.
    pub typed: Option<WordFile>,
    /// Types that name the model they configure: `IEntityTypeConfiguration<Order>`.
    pub configures: Vec<String>,
    /// Calls by which a configuration picks a model: `Entity<Order>()`.
    pub configured: Vec<String>,
    /// Calls of a configuration that make a property no relation.
    pub owned: Vec<String>,
    /// Decorators of a property or of its class that say the same.
    pub without: Vec<String>,
    /// Calls of a configuration that pick a relation to say more of it: `Navigation`.
    pub picks: Vec<String>,
    /// Calls in a getter that load what it answers.
    pub loaders: Vec<String>,
    /// Class methods may be named queries.
    pub class_methods: bool,
    /// Two relations that lead back and forth by their usual names know each other.
    pub automatic_inverse: bool,
    /// The ORM has names of its own for models, not always those of the classes.
    pub renames: bool,
    /// Options that say such a name.
    pub called: Vec<String>,
    /// Other names under which a relation is read: `get{Name}`.
    pub accessors: Vec<String>,
    /// Macros that declare a named query.
    pub scopes: Vec<String>,
    /// Macros and methods that say where every query starts.
    pub default_scopes: Vec<String>,
    /// Macros that hand methods on to a relation.
    pub delegates: Vec<String>,
    /// Macros around other macros.
    pub around: Vec<String>,
    /// Calls and options of a column that name the column of another table: `ForeignKey("users.id")`.
    pub references: Vec<String>,
    /// Calls that declare a model by an object: `new EntitySchema({ … })`.
    pub schemas: Vec<String>,
    /// Calls that declare a model by its name and columns: `define("User", { … })`.
    pub define: Vec<String>,
    /// Calls on a class that give it its columns: `User.init({ … }, { … })`.
    pub init: Vec<String>,
    /// Options that hold named queries, by name.
    pub named_queries: Vec<String>,
}

/// Words that declare a relation: macros, constructors, decorators, association calls.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WordFile {
    pub names: Vec<String>,
    /// Left out: the type says, or which side holds the key.
    pub many: Option<bool>,
    pub loading: Option<Loading>,
    /// The same, on the side that names the other one as the owner of the key.
    pub inverse_loading: Option<Loading>,
    /// Name of the column with the key, when none is named: `{name}_id`.
    pub key: Option<String>,
    /// Name of what the other side gets, when none is named: `{model}_set`.
    pub reverse: Option<String>,
    pub reverse_many: Option<bool>,
    pub through: Option<String>,
    /// The other side may be any model.
    pub polymorphic: bool,
    /// Instead of `relations.arguments`.
    pub arguments: Option<Vec<Place>>,
}

/// What holds where all that it names is there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SettingFile {
    /// One of these packages is declared.
    pub packages: Vec<String>,
    /// One of these calls, assignments or keys turns something on.
    pub switches: Vec<String>,
    /// One of them turns it off.
    pub turned_off: Vec<String>,
    pub without_packages: Vec<String>,
    pub without_switches: Vec<String>,
    /// The loading of a relation to what it becomes.
    pub loading: BTreeMap<Loading, Loading>,
}

/// What an argument or option of a word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Name,
    Target,
    /// Name of the relation that leads back.
    Inverse,
    /// The same; that relation is made by this one.
    Reverse,
    Key,
    Many,
    /// Only a single-valued relation has it.
    Single,
    /// Only a collection has it.
    Collection,
    /// Relation of this model on the way.
    Through,
    /// Relation at the end of that way.
    Source,
    /// A table in the middle: both sides are collections.
    Between,
    Polymorphic,
    CounterCache,
    Nullable,
    /// Nothing that matters.
    Other,
}

impl Place {
    pub const ALL: &[Place] = &[
        Place::Name,
        Place::Target,
        Place::Inverse,
        Place::Reverse,
        Place::Key,
        Place::Many,
        Place::Single,
        Place::Collection,
        Place::Through,
        Place::Source,
        Place::Between,
        Place::Polymorphic,
        Place::CounterCache,
        Place::Nullable,
    ];
}

#[derive(Clone, Debug)]
pub struct Word {
    pub names: Names,
    pub many: Option<bool>,
    pub loading: Loading,
    pub inverse_loading: Option<Loading>,
    pub key: Option<String>,
    pub reverse: Option<String>,
    pub reverse_many: Option<bool>,
    pub through: Option<String>,
    pub polymorphic: bool,
    pub arguments: Vec<Place>,
}

/// When a declaration has a loading of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Case {
    Option(String, String),
    Mark(String, Option<String>),
    Type(String),
    Call(String),
}

#[derive(Clone, Debug)]
pub struct Setting {
    pub packages: Option<Names>,
    pub switches: Vec<String>,
    pub turned_off: Vec<String>,
    pub without_packages: Names,
    pub without_switches: Vec<String>,
    pub loading: BTreeMap<Loading, Loading>,
}

impl Setting {
    pub fn new(file: &SettingFile) -> Self {
        Setting {
            packages: (!file.packages.is_empty()).then(|| Names::new(&file.packages)),
            switches: file.switches.clone(),
            turned_off: file.turned_off.clone(),
            without_packages: Names::new(&file.without_packages),
            without_switches: file.without_switches.clone(),
            loading: file.loading.clone(),
        }
    }

    /// All that it watches for in code and configuration.
    pub fn watches(&self) -> impl Iterator<Item = &str> {
        let all = [&self.switches, &self.turned_off, &self.without_switches];
        all.into_iter().flatten().map(String::as_str)
    }
}

#[derive(Clone, Debug)]
pub struct Relations {
    pub words: Vec<Word>,
    options: BTreeMap<Place, Vec<String>>,
    cases: Vec<(Case, Loading)>,
    pub placeholders: BTreeMap<String, String>,
    pub own: Names,
    pub wrappers: Names,
    pub collections: Names,
    pub typed: Option<Word>,
    pub configures: Names,
    pub configured: Names,
    pub owned: Names,
    pub without: Names,
    pub picks: Names,
    pub loaders: Names,
    pub class_methods: bool,
    pub automatic_inverse: bool,
    pub renames: bool,
    pub called: Names,
    pub accessors: Vec<String>,
    pub scopes: Names,
    pub default_scopes: Names,
    pub delegates: Names,
    pub around: Names,
    pub references: Names,
    pub schemas: Names,
    pub define: Names,
    pub init: Names,
    pub named_queries: Names,
}

impl Relations {
    pub fn compile(file: RelationsFile) -> Result<Self, String> {
        let arguments = file.arguments;
        let words = file.words.into_iter().map(|word| word.compile(&arguments));
        let cases = file.loading.iter().map(|(text, loading)| {
            let case = Case::parse(text).ok_or_else(|| {
                format!("`{text}` is no option=value, @Mark, @Mark(VALUE), <Type> or .call")
            })?;
            Ok((case, *loading))
        });
        Ok(Relations {
            words: words.collect(),
            cases: cases.collect::<Result<_, String>>()?,
            options: file.options,
            placeholders: file.placeholders,
            own: Names::new(&file.own),
            wrappers: Names::new(&file.wrappers),
            collections: Names::new(&file.collections),
            typed: file.typed.map(|word| word.compile(&arguments)),
            configures: Names::new(&file.configures),
            configured: Names::new(&file.configured),
            owned: Names::new(&file.owned),
            without: Names::new(&file.without),
            picks: Names::new(&file.picks),
            loaders: Names::new(&file.loaders),
            class_methods: file.class_methods,
            automatic_inverse: file.automatic_inverse,
            renames: file.renames,
            called: Names::new(&file.called),
            accessors: file.accessors,
            scopes: Names::new(&file.scopes),
            default_scopes: Names::new(&file.default_scopes),
            delegates: Names::new(&file.delegates),
            around: Names::new(&file.around),
            references: Names::new(&file.references),
            schemas: Names::new(&file.schemas),
            define: Names::new(&file.define),
            init: Names::new(&file.init),
            named_queries: Names::new(&file.named_queries),
        })
    }

    /// The word of this name, dots and all before the last left out.
    pub fn word(&self, name: &str) -> Option<&Word> {
        let short = name.rsplit('.').next().unwrap_or(name);
        self.words.iter().find(|word| word.names.matches(short))
    }

    pub fn is_option(&self, place: Place, name: &str) -> bool {
        self.options
            .get(&place)
            .is_some_and(|names| names.iter().any(|it| it == name))
    }

    pub fn option_loading(&self, option: &str, value: &str) -> Option<Loading> {
        self.loading(|case| matches!(case, Case::Option(name, of) if name == option && of == value))
    }

    /// `values` are the short names among the mark's arguments.
    pub fn mark_loading(&self, mark: &str, values: &[String]) -> Option<Loading> {
        self.loading(|case| match case {
            Case::Mark(name, None) => name == mark,
            Case::Mark(name, Some(value)) => name == mark && values.contains(value),
            _ => false,
        })
    }

    pub fn type_loading(&self, ty: &str) -> Option<Loading> {
        self.loading(|case| matches!(case, Case::Type(name) if name == ty))
    }

    pub fn call_loading(&self, name: &str) -> Option<Loading> {
        self.loading(|case| matches!(case, Case::Call(call) if call == name))
    }

    fn loading(&self, holds: impl Fn(&Case) -> bool) -> Option<Loading> {
        self.cases
            .iter()
            .find(|(case, _)| holds(case))
            .map(|(_, loading)| *loading)
    }
}

impl WordFile {
    fn compile(self, arguments: &[Place]) -> Word {
        Word {
            names: Names::new(&self.names),
            many: self.many,
            loading: self.loading.unwrap_or(Loading::Lazy),
            inverse_loading: self.inverse_loading,
            key: self.key,
            reverse: self.reverse,
            reverse_many: self.reverse_many,
            through: self.through,
            polymorphic: self.polymorphic,
            arguments: self.arguments.unwrap_or_else(|| arguments.to_vec()),
        }
    }
}

impl Case {
    fn parse(text: &str) -> Option<Self> {
        if let Some(mark) = text.strip_prefix('@') {
            return Some(match mark.split_once('(') {
                Some((name, value)) => Case::Mark(name.to_owned(), Some(value.strip_suffix(')')?.to_owned())),
                None => Case::Mark(mark.to_owned(), None),
            });
        }
        if let Some(ty) = text.strip_prefix('<') {
            return Some(Case::Type(ty.strip_suffix('>')?.to_owned()));
        }
        if let Some(call) = text.strip_prefix('.') {
            return Some(Case::Call(call.to_owned()));
        }
        let (option, value) = text.split_once('=')?;
        Some(Case::Option(option.to_owned(), value.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn loading_is_asked_by_option_mark_and_type() {
        let file: RelationsFile = serde_saphyr::from_str(
            "words: [{ names: [ToOne], many: false }]\n\
             loading: { fetch=EAGER: eager_per_row, '@BatchSize': batched, '@Fetch(SUBSELECT)': batched, '<Promise>': promise }",
        )
        .unwrap();
        let relations = Relations::compile(file).unwrap();
        assert_eq!(
            relations.option_loading("fetch", "EAGER"),
            Some(Loading::EagerPerRow)
        );
        assert_eq!(relations.option_loading("fetch", "LAZY"), None);
        assert_eq!(relations.mark_loading("BatchSize", &[]), Some(Loading::Batched));
        assert_eq!(relations.mark_loading("Fetch", &["JOIN".into()]), None);
        assert_eq!(
            relations.mark_loading("Fetch", &["SUBSELECT".into()]),
            Some(Loading::Batched)
        );
        assert_eq!(relations.type_loading("Promise"), Some(Loading::Promise));
        assert!(relations.word("orm.ToOne").is_some());
    }

    #[test]
    fn a_case_of_another_form_is_refused() {
        let file: RelationsFile = serde_saphyr::from_str("loading: { eager: eager }").unwrap();
        assert!(Relations::compile(file).unwrap_err().contains("`eager`"));
    }
}
