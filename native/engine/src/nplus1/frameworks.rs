//! Frameworks that run a method once per row without a loop in the code, as data: the embedded files
//! of `native/rules/frameworks`, whose words `README.md` there explains.

use std::sync::LazyLock;

use serde::Deserialize;

use super::orm::pattern::Names;
use super::orm::schema::LanguageName;
use super::serializers::{SerializerWords, Serializers};
use crate::facts::ir::{Class, Decorator, Expr, ExprKind, FileFacts, Function, Language, Param, Pattern};

mod fields;
mod found;
mod uses;
mod words;

pub use fields::Fields;
pub use found::Found;
pub use uses::{Uses, Views};
use words::ElementWords;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A serializer or mapper.
    Implicit,
    /// A field resolver.
    Graphql,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FrameworkFile {
    framework: String,
    languages: Vec<LanguageName>,
    #[serde(default)]
    import: Vec<String>,
    elements: Vec<ElementWords>,
    fields: Option<fields::Words>,
    #[serde(default)]
    lists: Vec<String>,
    #[serde(default)]
    serializers: Option<SerializerWords>,
    uses: Option<uses::Words>,
}

#[derive(Debug)]
pub struct Framework {
    pub name: String,
    languages: Vec<LanguageName>,
    import: Names,
    elements: Vec<Element>,
    /// How it declares types by values, and fields as functions in them.
    pub fields: Option<Fields>,
    lists: Names,
    serializers: Option<Serializers>,
    uses: Option<Uses>,
}

/// Methods that run once per element.
#[derive(Debug)]
pub struct Element {
    pub kind: Kind,
    class: Wanted,
    base: Wanted,
    class_decorator: Wanted,
    never_class: Names,
    method: Wanted,
    decorator: Wanted,
    never_method: Names,
    never_decorator: Names,
    /// Values in the method's decorators that say it is none.
    never_argument: Names,
    never_named: Names,
    param: Option<usize>,
    never_param: Names,
    param_decorator: Wanted,
    never_param_decorator: Names,
    /// Decorator of the class that names the type whose field the method is; `class` is the class itself.
    pub owner: Option<String>,
    /// Names that stand for the element in the class; `this` is the object itself.
    pub names: Vec<String>,
    pub model: Option<String>,
    /// Whether the class declares by macros what is read.
    declares: bool,
    /// Class macros whose symbols name what is read from each element.
    pub reads: Names,
    /// Options that name it instead of the symbol: `method: :author`.
    pub reads_as: Vec<String>,
    /// Options that say something else answers: `resolver: …`.
    pub answered: Vec<String>,
    /// The block of such a macro runs once per element, and is handed it.
    pub blocks: bool,
    /// Macros with a block in which further ones stand.
    pub around: Names,
    /// The code declares all lists and fields of its class.
    pub listed: bool,
    /// The class shows one row at a time where the code uses it so each time.
    pub once: bool,
}

/// Globs, of which one must match if there are any.
#[derive(Debug)]
struct Wanted(Option<Names>);

impl Wanted {
    fn new(texts: &[String]) -> Self {
        Wanted((!texts.is_empty()).then(|| Names::new(texts)))
    }

    fn allows<'n>(&self, mut names: impl Iterator<Item = &'n str>) -> bool {
        (self.0.as_ref()).is_none_or(|wanted| names.any(|name| wanted.matches(name)))
    }
}

impl Element {
    fn of(words: &ElementWords) -> Self {
        Element {
            kind: words.rule.unwrap_or(Kind::Implicit),
            class: Wanted::new(&words.class),
            base: Wanted::new(&words.base),
            class_decorator: Wanted::new(&words.class_decorator),
            never_class: Names::new(&words.never_class),
            method: Wanted::new(&words.method),
            decorator: Wanted::new(&words.decorator),
            never_method: Names::new(&words.never_method),
            never_decorator: Names::new(&words.never_decorator),
            never_argument: Names::new(&words.never_argument),
            never_named: Names::new(&words.never_named),
            param: words.param,
            never_param: Names::new(&words.never_param),
            param_decorator: Wanted::new(&words.param_decorator),
            never_param_decorator: Names::new(&words.never_param_decorator),
            owner: words.owner.clone(),
            names: words.names.clone(),
            model: words.model.clone(),
            declares: !words.reads.is_empty(),
            reads: Names::new(&words.reads),
            reads_as: words.reads_as.clone(),
            answered: words.answered.clone(),
            blocks: words.blocks,
            around: Names::new(&words.around),
            listed: words.listed,
            once: words.once,
        }
    }

    fn matches(&self, function: &Function, class: Option<&Class>) -> bool {
        let own = decorators(&function.decorators);
        self.matches_class(class)
            && self.method.allows(std::iter::once(function.name.as_str()))
            && self.decorator.allows(own.iter().map(String::as_str))
            && !self.never_method.matches(&function.name)
            && !own.iter().any(|name| self.never_decorator.matches(name))
            && !(function.decorators.iter().flat_map(|it| &it.args)).any(|arg| {
                named_in(&arg.value)
                    .iter()
                    .any(|name| self.never_argument.matches(name))
            })
            && !(function.decorators.iter().flat_map(|it| &it.args)).any(|arg| {
                arg.name
                    .as_ref()
                    .is_some_and(|name| self.never_named.matches(name))
            })
            && (self.names.is_empty() || self.param.is_none() || !function.params.is_empty())
            && !(self.param.is_none() && function.is_static && !self.names.is_empty())
            && (self.param_decorator.0.is_none() || self.param_of(function).is_some())
    }

    fn matches_class(&self, class: Option<&Class>) -> bool {
        let of_class = class
            .map(|class| decorators(&class.decorators))
            .unwrap_or_default();
        let named = class.map(|class| class.name.as_str());
        let bases: Vec<String> = class
            .iter()
            .flat_map(|class| &class.bases)
            .map(|base| base.name.replace("::", "."))
            .collect();
        let fits_class =
            (self.class.0.is_none() && self.base.0.is_none() && self.class_decorator.0.is_none())
                || class.is_some();
        fits_class
            && self.class.allows(named.into_iter())
            && self.base.allows(bases.iter().map(String::as_str))
            && self.class_decorator.allows(of_class.iter().map(String::as_str))
            && named.is_none_or(|name| !self.never_class.matches(name))
    }

    /// Which parameter is the element; none where it is the object that the method is called on.
    pub fn param_of(&self, function: &Function) -> Option<usize> {
        if !self.names.is_empty() && function.class.is_some() && !function.is_static {
            return None;
        }
        if self.param_decorator.0.is_some() {
            return function.params.iter().position(|param| {
                self.param_decorator
                    .allows(param.decorators.iter().map(|it| it.name.as_str()))
                    && !param.decorators.is_empty()
            });
        }
        let from = self.param?;
        let is_element = |param: &Param| {
            let named = match &param.pattern {
                Pattern::Name { name, .. } => self.never_param.matches(name),
                _ => false,
            };
            let mut marks = param.decorators.iter();
            !named && !marks.any(|it| self.never_param_decorator.matches(&it.name))
        };
        let mut params = function.params.iter().enumerate().skip(from);
        params.find(|(_, param)| is_element(param)).map(|(at, _)| at)
    }

    /// The model that a decorator of the class names: `@strawberry_django.type(Order)`.
    pub fn named_by_decorator(&self, class: &Class) -> Option<String> {
        let decorator = class
            .decorators
            .iter()
            .find(|it| self.class_decorator.allows(std::iter::once(it.name.as_str())))?;
        let first = decorator.args.iter().find(|arg| arg.name.is_none())?;
        match &first.value.kind {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name.clone()),
            _ => None,
        }
    }
}

/// The text of a value, or the parts of a dotted constant: `Query` of `"Query"`, of `Schema.Query.NAME`.
fn named_in(value: &Expr) -> Vec<&str> {
    match &value.kind {
        ExprKind::Str(text) => vec![text],
        ExprKind::Name(name) => vec![name],
        ExprKind::Member { object, name, .. } => {
            let mut names = named_in(object);
            names.push(name);
            names
        }
        _ => Vec::new(),
    }
}

fn decorators(list: &[Decorator]) -> Vec<String> {
    list.iter().map(|it| it.name.clone()).collect()
}

/// Whether a framework asks if a project declares this package.
pub fn knows_package(name: &str) -> bool {
    let mut fields = ALL.iter().filter_map(|framework| framework.fields.as_ref());
    fields.any(|fields| fields.manifest.matches(name))
}

/// The framework whose types are declared by values in this language.
pub fn by_values(language: Language) -> Option<(&'static Framework, &'static Fields)> {
    ALL.iter()
        .filter(|framework| framework.languages.iter().any(|name| name.covers(language)))
        .find_map(|framework| Some((framework, framework.fields.as_ref()?)))
}

impl Framework {
    fn is_in(&self, facts: &FileFacts) -> bool {
        self.languages.iter().any(|name| name.covers(facts.language))
            && (self.import.is_empty() || facts.imports.iter().any(|it| self.import.matches(&it.module)))
    }
}

const FILES: &[(&str, &str)] = &[
    (
        "django-rest-framework",
        include_str!("../../../rules/frameworks/django-rest-framework.yml"),
    ),
    (
        "graphql-python",
        include_str!("../../../rules/frameworks/graphql-python.yml"),
    ),
    (
        "graphql-javascript",
        include_str!("../../../rules/frameworks/graphql-javascript.yml"),
    ),
    (
        "graphql-java",
        include_str!("../../../rules/frameworks/graphql-java.yml"),
    ),
    (
        "graphql-csharp",
        include_str!("../../../rules/frameworks/graphql-csharp.yml"),
    ),
    (
        "graphql-ruby",
        include_str!("../../../rules/frameworks/graphql-ruby.yml"),
    ),
    (
        "serializers-ruby",
        include_str!("../../../rules/frameworks/serializers-ruby.yml"),
    ),
];

fn load(name: &str, text: &str) -> Result<Framework, String> {
    let file: FrameworkFile = serde_saphyr::from_str(text).map_err(|error| format!("{name}.yml: {error}"))?;
    Ok(Framework {
        name: file.framework,
        languages: file.languages,
        import: Names::new(&file.import),
        elements: file.elements.iter().map(Element::of).collect(),
        fields: file.fields.as_ref().map(Fields::of),
        lists: Names::new(&file.lists),
        serializers: file.serializers.as_ref().map(Serializers::of),
        uses: file.uses.as_ref().map(Uses::of),
    })
}

/// A file that does not load is left out; a test loads them all, so that none can be shipped broken.
static ALL: LazyLock<Vec<Framework>> = LazyLock::new(|| {
    FILES
        .iter()
        .filter_map(|(name, text)| load(name, text).ok())
        .collect()
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_file_loads() {
        for (name, text) in FILES {
            assert!(!load(name, text).unwrap().elements.is_empty());
        }
    }
}
