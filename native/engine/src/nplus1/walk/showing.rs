//! What a template is handed, found by those that show it: functions that name it in a call with a
//! context, classes that name it in a field, other templates that include it. Each of them is walked
//! for what it hands over, without a word about what it asks itself.

mod class_view;
mod handing;

use std::collections::HashMap;
use std::rc::Rc;

use super::Walker;
use super::enter::Target;
use super::given::Given;
use crate::facts::ir::{ClassId, Expr, ExprKind, FunctionId, Language, Span};
use crate::facts::lower::template;
use crate::nplus1::contexts::CONTEXTS;
use crate::nplus1::env::Env;
use crate::nplus1::site::Reached;
use crate::nplus1::value::{Kind, Object, Value};
use crate::program::{ClassRef, CodeId, FunctionRef};
use crate::sources::FileId;

/// Places that show one template and are looked into.
const CONTEXTS_MAX: usize = 6;
/// Files that name it and are looked into.
const FILES_MAX: usize = 12;
/// The same for one template together with all that lead to it.
const FILES_IN_ALL_MAX: usize = 48;
/// Templates that include one another on the way from a view.
const INCLUDES_MAX: usize = 3;

/// Where a value was handed over.
pub(super) type Places = HashMap<String, (FileId, Span)>;

/// What is known of a template's names when one place shows it.
#[derive(Default)]
pub(super) struct Context<'a> {
    pub env: Env<'a>,
    pub places: Places,
}

/// Under way: a template that is looked for in the code at hand.
pub(super) struct Showing<'a> {
    names: Vec<String>,
    found: Vec<Context<'a>>,
    /// Rows that a class shows if it says nothing else.
    rows: Option<Value<'a>>,
    /// Where the names of the template at hand came from.
    places: Places,
}

impl<'a> Walker<'a> {
    /// Every way in which this file, a template, is shown.
    pub(super) fn contexts(&mut self) -> Vec<Context<'a>> {
        let (sites, path) = (self.sites.len(), self.unit.file.path);
        let found = self.contexts_of(self.unit.id, path, INCLUDES_MAX);
        // They are told of where their own files are walked.
        self.sites.truncate(sites);
        self.inert.clear();
        found
    }

    fn contexts_of(&mut self, file: FileId, path: &str, includes: usize) -> Vec<Context<'a>> {
        let names: Vec<String> = template::names_of(path).map(str::to_owned).collect();
        let view = self.world.view;
        let mut files: Vec<FileId> = names
            .iter()
            .flat_map(|name| view.showing(name))
            .copied()
            .collect();
        files.sort_unstable();
        files.dedup();
        let mut found = Vec::new();
        for user in files.into_iter().filter(|user| *user != file).take(FILES_MAX) {
            if found.len() >= CONTEXTS_MAX || self.showers >= FILES_IN_ALL_MAX {
                break;
            }
            self.showers += 1;
            let is_template = view
                .program()
                .outline(user)
                .is_some_and(|outline| outline.facts.language == Language::Template);
            found.extend(match is_template {
                true if includes == 0 => Vec::new(),
                true => self.handed_by_template(user, &names, includes - 1),
                false => self.handed_by_code(user, &names),
            });
        }
        if found.is_empty() {
            found = self.handed_by_convention(&names);
        }
        found.truncate(CONTEXTS_MAX);
        found
    }

    /// What another template knows where it includes this one.
    fn handed_by_template(&mut self, user: FileId, names: &[String], includes: usize) -> Vec<Context<'a>> {
        let path = self.world.view.program().path(user);
        let around = self.contexts_of(user, path, includes);
        let Some(unit) = self.unit_of(user) else {
            return Vec::new();
        };
        let Some(module) = unit.file.facts.functions.first() else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for context in around {
            let showing = Showing {
                names: names.to_vec(),
                found: Vec::new(),
                rows: None,
                places: context.places,
            };
            let outer = self.showing.replace(showing);
            let frame = super::enter::Frame::of(&unit, context.env);
            let caller = self.swap(frame);
            self.block(&module.body);
            self.swap(caller);
            found.extend(self.leave_showing(outer));
        }
        found
    }

    fn leave_showing(&mut self, outer: Option<Showing<'a>>) -> Vec<Context<'a>> {
        let showing = std::mem::replace(&mut self.showing, outer);
        showing.map(|showing| showing.found).unwrap_or_default()
    }

    /// What the functions and classes of a file hand over.
    fn handed_by_code(&mut self, user: FileId, names: &[String]) -> Vec<Context<'a>> {
        let Some(outline) = self.world.view.program().outline(user) else {
            return Vec::new();
        };
        self.world.view.opens(user);
        let is_named = |text: &str| names.iter().any(|name| name == text);
        let mut classes: Vec<ClassId> = Vec::new();
        for (id, class) in outline.facts.classes.iter().enumerate() {
            let named = |value: &Expr| matches!(&value.kind, ExprKind::Str(text) if is_named(text));
            if class
                .fields
                .iter()
                .any(|field| field.value.as_ref().is_some_and(named))
            {
                classes.push(id);
            }
        }
        let mut functions: Vec<FunctionId> = Vec::new();
        for (id, code) in outline.functions.iter().enumerate().skip(1) {
            if !outline.mentions_any(code, is_named) {
                continue;
            }
            match outline
                .facts
                .functions
                .get(id)
                .and_then(|it| Some((it.class?, &it.name)))
            {
                Some((class, name)) if CONTEXTS.chooses(name) => classes.push(class),
                _ => functions.push(id),
            }
        }
        let mut found = Vec::new();
        for class in classes {
            found.extend(self.handed_by_class(ClassRef { file: user, class }, names));
        }
        for function in functions {
            if found.len() >= CONTEXTS_MAX {
                break;
            }
            found.extend(self.handed_by_function(user, function, names));
        }
        found
    }

    fn handed_by_function(&mut self, file: FileId, id: FunctionId, names: &[String]) -> Vec<Context<'a>> {
        let Some(unit) = self.unit_of(file) else {
            return Vec::new();
        };
        let class = unit.file.facts.functions.get(id).and_then(|it| it.class);
        let this = class.map(|class| object(ClassRef { file, class }, Vec::new()));
        let function = FunctionRef {
            file,
            code: CodeId::Function(id),
        };
        let outer = self.showing.replace(Showing {
            names: names.to_vec(),
            found: Vec::new(),
            rows: None,
            places: Places::new(),
        });
        self.enter_to_see(function, this);
        self.leave_showing(outer)
    }

    fn enter_to_see(&mut self, function: FunctionRef, this: Option<Value<'a>>) -> Option<Value<'a>> {
        let target = Target {
            function,
            reached: Reached::Direct,
        };
        let given = Given {
            this,
            args: Vec::new(),
            block: None,
            own: false,
            whole: false,
        };
        let may = self.may_enter(target);
        may.then(|| self.enter(target, Span::default(), given))?
    }
}

fn object<'a>(class: ClassRef, fields: Vec<(String, Value<'a>)>) -> Value<'a> {
    Value::new(Kind::Object(Object {
        class,
        fields: Rc::new(fields),
    }))
}
