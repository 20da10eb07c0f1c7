//! Relations that stand as fields: `author = ForeignKey(User)`, `@ManyToOne private User author`,
//! and the same decorators on getters. Everything else a class keeps per row is a column.

use super::relation::{self, Said};
use super::source::{self, Source};
use crate::facts::ir::{Class, Decorator, Expr, ExprKind, Field, Function, FunctionKind, Stmt, StmtKind};
use crate::hashing::Map;
use crate::nplus1::words;
use crate::registry::model::{Loading, Model, Relation};

/// Relations of one class: more than any has.
const RELATIONS_MAX: usize = 1_000;

/// Fills in relations and columns; answers whether a relation was declared by its word.
pub(super) fn read(source: &Source<'_>, class: &Class, model: &mut Model) -> bool {
    let methods = || {
        class
            .methods
            .iter()
            .filter_map(|id| source.facts.functions.get(*id))
    };
    let getters = methods().filter(|it| it.kind == FunctionKind::Getter);
    let getters: Map<&str, &Function> = getters.map(|it| (it.name.as_str(), it)).collect();
    let mut has_columns = false;
    for field in class.fields.iter().filter(|field| !field.is_static) {
        match said(source, field).and_then(|said| relation::read(source, &class.name, &said)) {
            Some(relation) => {
                let getter = getters.get(field.name.as_str());
                match getter.map(|getter| kept(source, getter)) {
                    None | Some(Kept::Plain) => add(model, relation),
                    Some(Kept::Loaded) => add(model, loaded(relation)),
                    Some(Kept::Not) => {}
                }
            }
            None => {
                has_columns |= field.value.as_ref().is_some_and(|value| is_column(source, value));
                let to = field.value.as_ref().and_then(|value| referenced(source, value));
                model
                    .foreign_keys
                    .extend(to.map(|table| (field.name.clone(), table)));
                model.columns.insert(field.name.clone());
            }
        }
    }
    for (name, value) in methods().filter_map(answered) {
        if let Some(table) = referenced(source, value) {
            model.foreign_keys.push((name.to_owned(), table));
            model.columns.insert(name.to_owned());
        }
    }
    for getter in methods().filter_map(|method| getter(source, method)) {
        if let Some(relation) = relation::read(source, &class.name, &getter) {
            model.columns.remove(&relation.name);
            add(model, relation);
        }
    }
    let declared = model.relations.iter().filter(|it| !it.open.relation);
    let keys: Vec<_> = declared.filter_map(|it| it.key.clone()).collect();
    model.columns.extend(keys);
    has_columns || model.relations.iter().any(|it| !it.open.relation)
}

/// `models.CharField()`, `Column(Integer)`
fn is_column(source: &Source<'_>, value: &Expr) -> bool {
    let ExprKind::Call { callee, .. } = &value.kind else {
        return false;
    };
    source::named(callee).is_some_and(|name| source.orm.model_words.columns.matches(&name))
}

/// What a property's own getter answers.
enum Kept {
    /// What the object keeps.
    Plain,
    /// What it loads when asked.
    Loaded,
    /// Something that it works out.
    Not,
}

/// `get => _items;`, `get => _items.AsReadOnly();`, `get => loader.Load(this, ref _items);`
fn kept(source: &Source<'_>, getter: &Function) -> Kept {
    let [
        Stmt {
            kind: StmtKind::Return(Some(value)),
            ..
        },
    ] = getter.body.as_slice()
    else {
        return Kept::Not;
    };
    let is_place = |expr: &Expr| match &expr.kind {
        ExprKind::Name(_) => true,
        ExprKind::Member { object, .. } => matches!(object.kind, ExprKind::This),
        _ => false,
    };
    let ExprKind::Call { callee, args, .. } = &value.kind else {
        return if is_place(value) { Kept::Plain } else { Kept::Not };
    };
    match &callee.kind {
        ExprKind::Member { name, .. } if source.orm.relations.loaders.matches(name) => Kept::Loaded,
        ExprKind::Member { object, .. } if args.is_empty() && is_place(object) => Kept::Plain,
        _ => Kept::Not,
    }
}

fn loaded(mut relation: Relation) -> Relation {
    relation.loading = Loading::Lazy;
    relation.open.loading = false;
    relation
}

/// The table of `Column(ForeignKey("users.id"))`, `Field(foreign_key="users.id")`.
fn referenced(source: &Source<'_>, value: &Expr) -> Option<String> {
    let (_, args) = source::callee(value)?;
    let references = &source.orm.relations.references;
    let column = args
        .iter()
        .find_map(|arg| match (&arg.name, source::callee(&arg.value)) {
            (None, Some((name, inner))) if references.matches(name) => source::named(&inner.first()?.value),
            (Some(name), _) if references.matches(name) => source::named(&arg.value),
            _ => None,
        })?;
    let table = column
        .rsplit_once('.')
        .map_or(column.as_str(), |(table, _)| table);
    Some(table.rsplit('.').next().unwrap_or(table).to_owned())
}

/// The last declaration of a name holds.
pub(super) fn add(model: &mut Model, relation: Relation) {
    if model.relations.len() < RELATIONS_MAX {
        model.relations.retain(|other| other.name != relation.name);
        model.relations.push(relation);
    }
}

fn said<'a>(source: &Source<'a>, field: &'a Field) -> Option<Said<'a>> {
    let called = field.value.as_ref().and_then(source::callee);
    if let Some((name, args)) = called
        && let Some(word) = source.orm.relations.word(name)
    {
        return Some(Said {
            name: Some(field.name.clone()),
            ty: field.ty.as_ref(),
            marks: &field.decorators,
            ..Said::of(word, args, field.span)
        });
    }
    let said = decorated(source, &field.decorators).or_else(|| typed(source, field))?;
    Some(Said {
        name: Some(field.name.clone()),
        ty: field.ty.as_ref(),
        ..said
    })
}

/// `public ICollection<Item> Items { get; set; }`: a relation if there is such a model.
fn typed<'a>(source: &Source<'a>, field: &'a Field) -> Option<Said<'a>> {
    let word = source.orm.relations.typed.as_ref()?;
    let target = source.typed(field.ty.as_ref()?).target?;
    // Built-in types are written in lower case.
    // Fields behind properties are no navigations.
    let is_property = field.name.starts_with(|c: char| c.is_uppercase());
    let is_class = target.short().starts_with(|c: char| c.is_uppercase()) && target.args.is_empty();
    let is_mapped = !field
        .decorators
        .iter()
        .any(|it| source.orm.relations.without.matches(&it.name));
    (is_class && is_property && is_mapped).then(|| Said {
        marks: &field.decorators,
        is_typed: true,
        ..Said::of(word, &[], field.span)
    })
}

fn decorated<'a>(source: &Source<'a>, decorators: &'a [Decorator]) -> Option<Said<'a>> {
    let (word, decorator) = decorators
        .iter()
        .find_map(|it| Some((source.orm.relations.word(&it.name)?, it)))?;
    Some(Said {
        marks: decorators,
        ..Said::of(word, &decorator.args, decorator.span)
    })
}

/// `@OneToMany List<Item> getItems()`; in Python a decorated method that answers the word's call.
fn getter<'a>(source: &Source<'a>, method: &'a Function) -> Option<Said<'a>> {
    if !matches!(method.kind, FunctionKind::Method | FunctionKind::Getter) {
        return None;
    }
    let ty = method.return_type.as_ref();
    if let Some(said) = decorated(source, &method.decorators).filter(|_| method.params.is_empty()) {
        let name = accessed(source, &method.name).unwrap_or_else(|| method.name.clone());
        return Some(Said {
            name: Some(name),
            ty,
            ..said
        });
    }
    let (name, args) = source::callee(answered(method)?.1)?;
    let word = source.orm.relations.word(name)?;
    Some(Said {
        name: Some(method.name.clone()),
        ty,
        ..Said::of(word, args, method.span)
    })
}

/// A decorated method and the value its body ends with.
fn answered(method: &Function) -> Option<(&str, &Expr)> {
    match (method.decorators.as_slice(), method.body.as_slice()) {
        (
            [_, ..],
            [
                ..,
                Stmt {
                    kind: StmtKind::Return(Some(value)),
                    ..
                },
            ],
        ) => Some((&method.name, value)),
        _ => None,
    }
}

/// The relation that an accessor of this name reads: `items` of `getItems`.
fn accessed(source: &Source<'_>, method: &str) -> Option<String> {
    source.orm.relations.accessors.iter().find_map(|template| {
        let (before, after) = template.split_once("{Name}")?;
        let name = method.strip_prefix(before)?.strip_suffix(after)?;
        name.starts_with(|c: char| c.is_uppercase())
            .then(|| words::uncapital(name))
    })
}
