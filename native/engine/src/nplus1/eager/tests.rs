//! Lines of real code and the paths they load, a table for each ORM. `author?` may be loaded, `author!` never
//! queries, `author~` is left lazy, `*name` is a mark of the whole level, `:user` a relation to a class.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use super::paths::{Covered, Mark, Paths, Step};
use super::{Plan, Scope};
use crate::cancel::Cancel;
use crate::facts::ir::{Arg, Expr, ExprKind, FileFacts, Language, Pattern, StmtKind};
use crate::nplus1::orm::{self, Orm};
use crate::parse::{self, ParseLimits};

mod afterwards;
mod dotnet;
mod hostile;
mod java;
mod javascript;
mod python;
mod ruby;

fn orm(id: &str) -> &'static Orm {
    orm::all().iter().find(|orm| orm.id == id).unwrap()
}

fn parsed(text: &str, language: Language) -> FileFacts {
    parse::facts(text, language, &ParseLimits::default(), &Cancel::default()).unwrap()
}

/// Locals and constants of the file, by name; fields also under their class.
fn constants(facts: &FileFacts) -> BTreeMap<String, &Expr> {
    let mut out = BTreeMap::new();
    for function in &facts.functions {
        for stmt in &function.body {
            if let StmtKind::Assign {
                target: Pattern::Name { name, .. },
                value: Some(value),
                ..
            } = &stmt.kind
            {
                out.insert(name.clone(), value);
            }
        }
    }
    for class in &facts.classes {
        for field in &class.fields {
            if let Some(value) = &field.value {
                out.insert(field.name.clone(), value);
                out.insert(format!("{}.{}", class.name, field.name), value);
            }
        }
    }
    out
}

/// The calls of the outermost chain, from its start on.
fn calls<'e>(expr: &'e Expr, out: &mut Vec<(&'e str, &'e [Arg])>) {
    match &expr.kind {
        ExprKind::Await(inner) => calls(inner, out),
        ExprKind::Call { callee, args, .. } => match &callee.kind {
            ExprKind::Member { object, name, .. } => {
                calls(object, out);
                out.push((name, args));
            }
            ExprKind::Name(name) => out.push((name, args)),
            _ => {}
        },
        ExprKind::Member { object, name, .. } => {
            calls(object, out);
            out.push((name, &[]));
        }
        _ => {}
    }
}

/// What the last statement's chain loads.
fn plan_of(id: &str, text: &str, language: Language) -> Plan {
    let facts = parsed(text, language);
    let constants = constants(&facts);
    let last = facts
        .functions
        .iter()
        .rev()
        .find_map(|function| function.body.last());
    let value = match &last.unwrap().kind {
        StmtKind::Expr(value)
        | StmtKind::Return(Some(value))
        | StmtKind::Assign {
            value: Some(value), ..
        } => value,
        other => panic!("{other:?}"),
    };
    let mut links = Vec::new();
    calls(value, &mut links);
    let scope = Scope {
        constants: &|name| constants.get(name).copied(),
        named: &|name| match name {
            "Post.full" => Some(Paths::of(["author.company"])),
            "Comment.full" => Some(Paths::of(["user"])),
            _ => None,
        },
    };
    let mut plan = Plan::default();
    for (name, args) in links {
        plan.call(orm(id), name, args, scope);
    }
    plan
}

fn each(id: &str, language: Language, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(plan_of(id, text, language).paths.to_string(), *expected, "{text}");
    }
}

#[test]
fn a_path_is_loaded_with_everything_on_the_way_and_nothing_below() {
    let paths = Paths::of(["author.company", "tags"]);
    for (path, expected) in [
        ("author", Covered::Yes),
        ("author.company", Covered::Yes),
        ("author.company.owner", Covered::No),
        ("tags", Covered::Yes),
        ("comments", Covered::No),
        ("company", Covered::No),
    ] {
        assert_eq!(paths.covers(path), expected, "{path}");
    }
    assert_eq!(paths.below("author").covers("company"), Covered::Yes);
    assert_eq!(paths.below("tags"), Paths::default());
    assert_eq!(paths.loaded(), ["author", "author.company", "tags"]);
}

#[test]
fn what_one_branch_loads_may_be_loaded() {
    let left = Paths::of(["author.company", "tags"]);
    let right = Paths::of(["author"]);
    let both = left.intersect(&right);
    assert_eq!(both.to_string(), "author author.company? tags?");
    assert_eq!(both.covers("author"), Covered::Yes);
    assert_eq!(both.covers("author.company"), Covered::Maybe);
    assert_eq!(both.covers("comments"), Covered::No);
    assert_eq!(left.intersect(&left), left);
}

#[test]
fn what_could_not_be_read_may_cover_anything_below_too() {
    let mut paths = Paths::of(["author"]);
    paths.mark(Mark::Open);
    assert_eq!(paths.covers("author"), Covered::Yes);
    assert_eq!(paths.covers("author.company"), Covered::Maybe);
    assert_eq!(paths.covers("comments.user"), Covered::Maybe);
}

#[test]
fn marks_tell_single_valued_relations_from_collections() {
    let mut paths = Paths::default();
    paths.mark(Mark::BatchedToOne);
    let step = |many| Step {
        many: Some(many),
        ..Step::named("x")
    };
    assert_eq!(paths.step(&step(false)).0, Covered::Yes);
    assert_eq!(paths.step(&step(true)).0, Covered::No);
    let mut paths = Paths::default();
    paths.mark(Mark::ToOne);
    assert_eq!(paths.step(&step(false)).0, Covered::Maybe);
    assert_eq!(paths.step(&step(true)).0, Covered::No);
}

#[test]
fn a_tree_stays_small_whatever_it_is_fed() {
    let mut paths = Paths::default();
    for n in 0..5_000 {
        paths.add(&format!("a{n}.b.c"));
    }
    assert!(paths.loaded().len() < 1_000);
    assert_eq!(paths.covers("a0.b.c"), Covered::Yes);
    assert_eq!(paths.covers("a4999"), Covered::Maybe);
    let mut deep = Paths::default();
    deep.add(&"a.".repeat(100_000));
    assert_eq!(deep.covers("a.a.a"), Covered::Yes);
    assert_eq!(deep.covers(&["a"; 20].join(".")), Covered::Maybe);
    for _ in 0..100 {
        let mut around = Paths::default();
        around.put("x", super::paths::State::Joined, &deep);
        deep = around;
    }
    assert!(deep.loaded().len() < 20);
}
