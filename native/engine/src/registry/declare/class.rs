//! Whether a class is a model, and what its body says as a whole: parents, table, settings. The
//! relations in it are for its neighbours to read.

use std::collections::BTreeSet;

use super::source::{self, ClassName, Source};
use super::{field, macros, scope};
use crate::facts::ir::{Arg, Class, ClassId, ClassKind, Decorator, Expr, ExprKind, Pattern, Span};
use crate::nplus1::signals;
use crate::registry::model::{Loading, Model, Standing};

/// Parents of a class inside its file.
const ABOVE_MAX: usize = 64;

pub(super) fn model(source: &Source<'_>, id: ClassId) -> Option<Model> {
    let class = source.facts.classes.get(id)?;
    let words = &source.orm.model_words;
    if class.name.is_empty()
        || matches!(class.kind, ClassKind::Enum)
        || words.inner.matches(&class.name)
        || source.orm.never.matches(&class.name)
    {
        return None;
    }
    let named = class
        .bases
        .iter()
        .filter_map(|base| source.class_name(&base.name));
    let bases = named
        .map(|base| match base.within {
            Some(within) => format!("{within}.{}", base.name),
            None => base.name,
        })
        .collect();
    let mut model = Model {
        qualified: class.qualified.clone(),
        bases,
        ..blank(source, &class.name, class.span, Standing::Possible)
    };
    let is_proven = field::read(source, class, &mut model);
    macros::read(source, &class.macros, &mut model);
    scope::read(source, class, &mut model);
    settings(source, class, &mut model);
    model.standing = standing(source, id, &model, is_proven)?;
    if class.kind == ClassKind::Module || matches!(model.standing, Standing::Lends) {
        model.is_abstract = true;
    }
    Some(model)
}

/// A model that says nothing yet.
pub(super) fn blank(source: &Source<'_>, name: &str, span: Span, standing: Standing) -> Model {
    Model {
        orm: source.orm.id.clone(),
        name: name.to_owned(),
        qualified: name.to_owned(),
        called: None,
        path: source.path.to_owned(),
        span,
        standing,
        is_abstract: false,
        bases: Vec::new(),
        table: None,
        columns: BTreeSet::new(),
        relations: Vec::new(),
        foreign_keys: Vec::new(),
        scopes: Vec::new(),
        delegates: Vec::new(),
        is_ordered: false,
        is_batched: false,
    }
}

/// What stands outside of the class of this name; that class is its only base.
pub(super) fn adds(source: &Source<'_>, class: &ClassName, span: Span) -> Model {
    let base = match &class.within {
        Some(within) => format!("{within}.{}", class.name),
        None => class.name.clone(),
    };
    Model {
        bases: vec![base],
        is_abstract: true,
        ..blank(source, &class.name, span, Standing::Adds)
    }
}

/// What an object of columns and one of options say: `init({ id: … }, { tableName: "users" })`.
pub(super) fn object(source: &Source<'_>, args: &[Arg], model: &mut Model) {
    let maps = args.iter().filter_map(|arg| match &arg.value.kind {
        ExprKind::Map(entries) => Some(entries),
        _ => None,
    });
    for (at, entries) in maps.enumerate() {
        for (name, value) in source::entries_of(entries) {
            if at == 0 {
                model.columns.insert(name);
            } else if source.orm.model_words.table.matches(&name) {
                model.table = source::text(value);
            } else if source.orm.relations.called.matches(&name) {
                model.called = source::text(value);
            } else {
                scope::option(source, &name, value, model);
            }
        }
    }
}

fn standing(source: &Source<'_>, id: ClassId, model: &Model, is_proven: bool) -> Option<Standing> {
    let class = source.facts.classes.get(id)?;
    let has_content = !model.relations.is_empty() || !model.scopes.is_empty() || !model.delegates.is_empty();
    if class.kind == ClassKind::Module {
        return has_content.then_some(Standing::Lends);
    }
    if is_lender(source, class) {
        return Some(Standing::Lends);
    }
    let says = says(source, class);
    if says == Says::Plainly || is_proven || says == Says::Likely && (has_content || model.table.is_some()) {
        return Some(Standing::Declared);
    }
    let words = &source.orm.relations;
    if words.typed.is_some() && class.kind != ClassKind::Interface {
        let without = class.decorators.iter().any(|it| words.without.matches(&it.name));
        let has_properties = has_content || !model.columns.is_empty();
        return (has_properties && !without).then_some(Standing::Possible);
    }
    let by_base = source.orm.model_words.by_base && !class.bases.is_empty();
    (by_base || has_content).then_some(Standing::Possible)
}

/// A class whose methods are named queries.
pub(super) fn is_lender(source: &Source<'_>, class: &Class) -> bool {
    let lenders = &source.orm.model_words.lenders;
    class
        .bases
        .iter()
        .any(|base| lenders.matches(&signals::dotted(base)))
}

/// How a class, or one above it in this file, says that it is a model.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Says {
    Nothing,
    /// By a base that is only named like one.
    Likely,
    Plainly,
}

fn says(source: &Source<'_>, class: &Class) -> Says {
    let orm = source.orm;
    let mut above = vec![class];
    let mut at = 0;
    let mut says = Says::Nothing;
    while let Some(class) = above.get(at).copied() {
        at += 1;
        let is_marked = |it: &Decorator| orm.model_decorator.matches(last(&it.name));
        if class.decorators.iter().any(is_marked) {
            return Says::Plainly;
        }
        for base in &class.bases {
            let dotted = signals::dotted(base);
            let root = dotted.split('.').next().unwrap_or(&dotted);
            if orm.never.matches(root) {
                continue;
            }
            if orm.model_base.names(&dotted) {
                return Says::Plainly;
            }
            if orm.model_base.matches(&dotted) {
                says = Says::Likely;
            }
            for other in source.classes(base.short()) {
                if above.len() < ABOVE_MAX && above.iter().all(|it| it.span != other.span) {
                    above.push(other);
                }
            }
        }
    }
    says
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Settings of the class: fields of it or of a class inside it, assignments to itself, decorators.
fn settings(source: &Source<'_>, class: &Class, model: &mut Model) {
    let words = &source.orm.model_words;
    model
        .columns
        .retain(|name| !words.without_rows.matches(name) && !words.table.matches(name));
    for (name, value) in settings_of(source, class) {
        if words.without_rows.matches(name) && source::is_true(value) {
            model.is_abstract = true;
        }
        if words.table.matches(name) {
            model.table = source::text(value).or(model.table.take());
        }
        if words.ordered.matches(name) {
            model.is_ordered = !matches!(&value.kind, ExprKind::List(items) if items.is_empty());
        }
        if let Some(loading) = source
            .orm
            .relations
            .option_loading(name, &source::value_word(value))
            && loading == Loading::Never
        {
            model
                .relations
                .iter_mut()
                .for_each(|relation| relation.loading = loading);
        }
    }
    for decorator in &class.decorators {
        let name = last(&decorator.name);
        model.is_abstract |= words.without_rows.matches(name);
        model.is_batched |= words.batched.matches(name);
        if words.table.matches(name) {
            let named = source::options(&decorator.args);
            let named = named
                .iter()
                .find(|(name, _)| name == "name")
                .map(|(_, value)| *value);
            let table = named.or_else(|| source::positional(&decorator.args).next());
            model.table = table.and_then(source::text).or(model.table.take());
        }
    }
}

fn settings_of<'a>(source: &Source<'a>, class: &'a Class) -> Vec<(&'a str, &'a Expr)> {
    let fields = source.inner(class).flat_map(|it| &it.fields);
    let mut found: Vec<_> = class
        .fields
        .iter()
        .chain(fields)
        .filter_map(|field| Some((field.name.as_str(), field.value.as_ref()?)))
        .collect();
    for expr in &class.macros {
        if let ExprKind::Assign {
            target,
            value,
            op: None,
        } = &expr.kind
            && let Pattern::Place(place) = target.as_ref()
            && let ExprKind::Member { object, name, .. } = &place.kind
            && matches!(object.kind, ExprKind::This)
        {
            found.push((name, value));
        }
    }
    found
}
