//! One small repository per language: for each reference the definition it has to find.

mod csharp;
mod hostile;
mod java;
mod node;
mod python;
mod ruby;

use std::sync::Arc;

use super::{ClassRef, CodeId, Definition, FunctionRef, Outline, Program, Roots, SourceFile, View};
use crate::cancel::Cancel;
use crate::parse::{ParseLimits, facts, language_of};

/// Sources and manifests in one text: `== path` starts a file.
fn program(text: &str) -> Program {
    let (mut sources, mut manifests) = (Vec::new(), Vec::new());
    for file in text.split("== ").skip(1) {
        let (path, text) = file.split_once('\n').expect("a path and a text");
        let path = path.trim();
        match language_of(path) {
            Some(language) => {
                let found = facts(text, language, &ParseLimits::default(), &Cancel::default());
                sources.push(SourceFile {
                    path: path.into(),
                    outline: Arc::new(Outline::of(&found.expect("facts")).into()),
                });
            }
            None => manifests.push((path.to_owned(), text.to_owned())),
        }
    }
    assert!(manifests.iter().all(|(path, _)| super::is_manifest(path)));
    Program::new(sources, Roots::from_files(manifests))
}

fn class(view: &View<'_>, from: &str, within: &str, name: &str) -> String {
    let file = view.program().file(from).expect("a file");
    let classes = &view.facts(file).expect("facts").classes;
    let within = (!within.is_empty()).then(|| {
        classes
            .iter()
            .position(|it| it.qualified == within)
            .expect("a class")
    });
    show_class(view, view.class_named(file, within, name))
}

fn call(view: &View<'_>, from: &str, within: &str, name: &str, args: usize) -> String {
    let file = view.program().file(from).expect("a file");
    let functions = &view.facts(file).expect("facts").functions;
    let within = functions
        .iter()
        .position(|it| it.qualified == within)
        .expect("a function");
    show(
        view,
        view.function_for(file, within, name, Some(args))
            .map(Definition::Function),
    )
}

fn member(view: &View<'_>, from: &str, local: &str, member: &str) -> String {
    let file = view.program().file(from).expect("a file");
    show(view, view.member_of_import(file, local, member))
}

fn named(view: &View<'_>, from: &str, name: &str) -> String {
    let file = view.program().file(from).expect("a file");
    show(view, view.named(file, name))
}

fn class_ref(view: &View<'_>, path: &str, qualified: &str) -> ClassRef {
    let file = view.program().file(path).expect("a file");
    let classes = &view.facts(file).expect("facts").classes;
    let class = classes
        .iter()
        .position(|it| it.qualified == qualified)
        .expect("a class");
    ClassRef { file, class }
}

fn show_class(view: &View<'_>, class: Option<ClassRef>) -> String {
    show(view, class.map(Definition::Class))
}

fn show_function(view: &View<'_>, function: Option<FunctionRef>) -> String {
    show(view, function.map(Definition::Function))
}

fn show(view: &View<'_>, found: Option<Definition>) -> String {
    let path = |file| view.program().path(file);
    let name = |class: ClassRef| &view.class(class).expect("a class").qualified;
    match found {
        None => "-".to_owned(),
        Some(Definition::Class(class)) => format!("{} {}", path(class.file), name(class)),
        Some(Definition::Instance(class)) => format!("{} a {}", path(class.file), name(class)),
        Some(Definition::Module(file)) => format!("{} *", path(file)),
        Some(Definition::Value(value)) => {
            format!(
                "{} = {}",
                path(value.file),
                view.value(value).expect("a value").name
            )
        }
        Some(Definition::Function(function)) => {
            let outline = view.outline(function.file).expect("an outline");
            let name = match function.code {
                CodeId::Function(id) => &outline.facts.functions[id].qualified,
                CodeId::Lambda(id) => &outline.lambdas[id].qualified,
            };
            format!("{} {name}()", path(function.file))
        }
    }
}

#[test]
fn an_outline_keeps_names_but_no_bodies() {
    let text = "const load = async (id) => { await db.find(id); };\n\
        class A { run() { return this.b.go(new C(x => x.deep())); } }\n";
    let whole = facts(
        text,
        crate::facts::ir::Language::TypeScript,
        &ParseLimits::default(),
        &Cancel::default(),
    )
    .expect("facts");
    let outline = Outline::of(&whole);
    assert!(
        outline
            .facts
            .functions
            .iter()
            .all(|function| function.body.is_empty())
    );
    let run = whole
        .functions
        .iter()
        .position(|it| it.name == "run")
        .expect("run");
    let code = outline.function(run).expect("code");
    assert!(code.has_body);
    assert_eq!(
        outline.mentions(code).collect::<Vec<_>>(),
        ["C", "b", "deep", "go"]
    );
    let load = outline.lambdas.first().expect("a lambda");
    assert_eq!(outline.mentions(&load.code).collect::<Vec<_>>(), ["find"]);
    let body = super::lambda_at(&whole, load.span).expect("the lambda");
    assert_eq!((body.params.len(), body.body.len(), body.is_async), (1, 1, true));
    let text = serde_json::to_string(&outline).expect("text");
    assert_eq!(
        serde_json::from_str::<Outline>(&text).expect("an outline"),
        outline
    );
}
