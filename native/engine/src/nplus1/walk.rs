//! One pass over the functions of a file, by abstract values: it follows what each local may be
//! and writes down iterations and executing places (`site.rs`). It decides nothing about them.

mod accessor;
mod afterwards;
mod attributes;
mod behind;
mod bind;
mod call;
mod callback;
mod callee;
mod chain;
mod class_call;
mod class_method;
mod closure;
mod collected;
mod comprehension;
mod construct;
mod declared;
mod delegated;
mod enter;
mod execute;
mod expr;
mod extension;
mod fields;
mod given;
mod guard;
mod handed;
mod implicit;
mod imported;
mod iteration;
mod language_call;
mod lazy;
mod load_time;
mod models;
mod namesake;
mod never;
mod orm_args;
mod orm_call;
mod overload;
mod own_row;
mod plain;
mod python;
mod reference;
mod relation;
mod repository;
mod resolve;
mod scope;
mod showing;
mod shown;
mod shown_fields;
mod specialised;
mod stmt;
mod template;
pub mod unit;
mod view;
mod view_call;
mod wired;

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::env::Env;
use super::site::{Call, Guard, Iteration, Site, Within};
use super::taint::IterationId;
use super::value::Value;
use super::world::World;
use crate::facts::ir::{ClassId, FunctionId, FunctionKind, Lambda, Span, Stmt, StmtKind};
use crate::hashing::{Map, Set};
use crate::program::FunctionRef;
use crate::sources::FileId;
use enter::Frame;
use unit::Unit;

/// Work units for one file: expressions looked at, and other work by what it costs (ANA-020: two
/// seconds, counted in work because a busy machine must find the same). Real files stay far below;
/// of one that was made to be slow, what was found until then stands.
const STEPS_MAX: u32 = 2_000_000;
/// Against work that the units do not count. An honest file is done long before on any machine.
const TIME_MAX: Duration = Duration::from_secs(30);
/// Text of another file that costs as much to get at as one expression does to look at.
const BYTES_PER_STEP: usize = 64;
/// Bodies entered through calls from one file, as a share of its own work; real files stay far below.
const ENTERED_MAX: u32 = 20_000;

/// How often something kept a site from being written down that another call may write down.
#[derive(Clone, Copy, Default)]
struct Unsaid {
    /// Calls that were too far away to be followed.
    far: u32,
    /// Calls in a circle, without end, and relations that had been asked for already.
    other: u32,
}

/// How a walk ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ended {
    #[default]
    Whole,
    /// After `STEPS_MAX`: the next walk will come to the same.
    OutOfSteps,
    OutOfTime,
}

pub struct Walked<'a> {
    pub ended: Ended,
    pub iterations: Vec<Iteration<'a>>,
    pub sites: Vec<Site>,
    /// Names each function binds, lambdas inside it included.
    pub bound: Map<Within, BTreeSet<&'a str>>,
}

pub struct Walker<'a> {
    world: World<'a>,
    /// The file whose code is walked: the asked one, or one that a call leads to.
    unit: Rc<Unit<'a>>,
    units: Map<FileId, Option<Rc<Unit<'a>>>>,
    env: Env<'a>,
    iterations: Vec<Iteration<'a>>,
    sites: Vec<Site>,
    bound: Map<Within, BTreeSet<&'a str>>,
    /// Open iterations, outermost first, those of the callers included.
    open: Vec<IterationId>,
    function: FunctionId,
    class: Option<ClassId>,
    /// What `this` is in a body that was entered through a call.
    receiver: Option<Value<'a>>,
    /// Calls that lead from the function at the root to the code at hand.
    calls: Vec<Call>,
    /// Function and kinds of arguments that are known to ask nothing, from so many calls on.
    inert: Map<(FunctionRef, u64), ((usize, usize), Value<'a>)>,
    /// What may still ask although no site was written down.
    unsaid: Unsaid,
    entered: u32,
    /// Bodies that wait for the one at hand, outermost first: one for each of `calls`.
    frames: Vec<Frame<'a>>,
    /// The block of the call that entered the body, and how many calls deep it was written.
    block: Option<(&'a Lambda, usize)>,
    /// What a generator has given so far.
    yielded: Option<Value<'a>>,
    /// Above zero no site is written down: the code is data for the ORM, or was walked before.
    muted: u32,
    guards: Vec<Guard>,
    /// Branches around the code at hand, those of the callers included.
    branches: u32,
    /// The call at hand is awaited or returned, so a function given to it runs in this turn.
    awaited: bool,
    /// What is awaited or returned around the code at hand, with its file.
    waits: Vec<(FileId, Span)>,
    /// The type whose fields are being declared.
    owner: Option<fields::Owner>,
    /// Lambdas walked on their own, and those being walked now.
    detached: Set<Span>,
    running: Vec<(FileId, Span)>,
    /// A template that is looked for in the code at hand.
    showing: Option<showing::Showing<'a>>,
    /// Files that were looked into for what they hand to templates.
    showers: usize,
    /// Where what the template at hand names was handed to it.
    handed: showing::Places,
    steps: u32,
    started: Instant,
    is_late: bool,
}

impl<'a> Walker<'a> {
    pub fn new(world: World<'a>, unit: Unit<'a>) -> Self {
        let unit = Rc::new(unit);
        Walker {
            world,
            units: [(unit.id, Some(Rc::clone(&unit)))].into_iter().collect(),
            unit,
            env: Env::default(),
            iterations: Vec::new(),
            sites: Vec::new(),
            bound: Map::default(),
            open: Vec::new(),
            function: 0,
            class: None,
            receiver: None,
            calls: Vec::new(),
            inert: Map::default(),
            unsaid: Unsaid::default(),
            entered: 0,
            frames: Vec::new(),
            block: None,
            yielded: None,
            muted: 0,
            guards: Vec::new(),
            branches: 0,
            awaited: false,
            waits: Vec::new(),
            owner: None,
            detached: Set::default(),
            running: Vec::new(),
            showing: None,
            showers: 0,
            handed: showing::Places::default(),
            steps: 0,
            started: Instant::now(),
            is_late: false,
        }
    }

    /// Walks every function of the file once, outer ones first.
    pub fn run(mut self) -> Walked<'a> {
        if !self.unit.file.facts.functions.is_empty() {
            self.roots();
            self.declared_attributes();
            self.shown_rows();
        }
        let ended = match (self.is_late, self.steps < STEPS_MAX) {
            (true, _) => Ended::OutOfTime,
            (false, false) => Ended::OutOfSteps,
            (false, true) => Ended::Whole,
        };
        Walked {
            ended,
            iterations: self.iterations,
            sites: self.sites,
            bound: self.bound,
        }
    }

    fn function_tree(&mut self, id: FunctionId, outer: Rc<Env<'a>>) {
        let env = Rc::new(self.function_body(id, outer));
        if id == 0 {
            let module = Rc::clone(&env);
            self.unit.scopes.borrow_mut().insert(None, module);
        }
        let facts = self.unit.file.facts;
        let mut inner = self.unit.inner.get(&id).cloned().unwrap_or_default();
        // Constructors say what the fields hold.
        inner.sort_by_key(|inner| (facts.functions[*inner].kind != FunctionKind::Constructor, *inner));
        let mut fields: Map<ClassId, Rc<Env<'a>>> = Map::default();
        for inner in inner {
            let function = &facts.functions[inner];
            let Some(class) = function.class else {
                self.function_tree(inner, Rc::clone(&env));
                continue;
            };
            let scope = match fields.get(&class) {
                Some(scope) => Rc::clone(scope),
                None => {
                    let scope = Rc::new(self.class_scope(class, Rc::clone(&env)));
                    fields.insert(class, Rc::clone(&scope));
                    scope
                }
            };
            if function.kind == FunctionKind::Constructor {
                let mut scope_after = (*scope).clone();
                scope_after.keep_fields(&self.function_body(inner, Rc::clone(&scope)));
                fields.insert(class, Rc::new(scope_after));
            } else {
                self.function_tree(inner, scope);
            }
        }
    }

    /// Walks one body and gives the environment it leaves.
    fn function_body(&mut self, id: FunctionId, outer: Rc<Env<'a>>) -> Env<'a> {
        let function = &self.unit.file.facts.functions[id];
        self.function = id;
        self.class = function.class;
        self.env = Env::inside(outer);
        self.open.clear();
        self.guards.clear();
        self.branches = 0;
        self.awaited = false;
        self.receiver = self.own_row(function);
        self.params(&function.params);
        if self.implicit_element(id) {
            let answer = self.body_answer(&function.body);
            if self.has_implicit_this() {
                // The framework runs a query that it is answered.
                let place = answered(&function.body).unwrap_or(function.span);
                self.consume(answer, place);
            } else {
                // It waits for a promise.
                self.commit(&answer);
            }
            self.close_iteration();
        } else {
            self.block(&function.body);
        }
        self.receiver = None;
        std::mem::take(&mut self.env)
    }

    fn block(&mut self, body: &'a [Stmt]) {
        let guards = self.guards.len();
        for stmt in body {
            self.stmt(stmt);
            if let Some(guard) = self.guard_after(stmt) {
                self.guards.push(guard);
            }
        }
        self.guards.truncate(guards);
    }

    /// Walks code outside the open iterations: it runs later, or who knows when.
    fn aside<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let open = std::mem::take(&mut self.open);
        let guards = std::mem::take(&mut self.guards);
        let result = work(self);
        self.open = open;
        self.guards = guards;
        result
    }

    fn muted<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        self.muted += 1;
        let result = work(self);
        self.muted -= 1;
        result
    }

    /// Runs a lambda's body with these values as its parameters and gives what it answers.
    fn run_lambda(&mut self, lambda: &'a Lambda, values: &[Value<'a>]) -> Value<'a> {
        let own = (self.unit.id, lambda.span);
        if self.running.contains(&own) || !self.step() {
            return Value::unknown();
        }
        self.running.push(own);
        let hidden = self.lambda_params(lambda, values);
        let answers = self.body_answer(&lambda.body);
        self.env.restore(hidden);
        self.running.pop();
        if lambda.is_async {
            // An asynchronous function that answers a promise waits for it.
            self.commit(&answers);
            answers.settled()
        } else {
            answers
        }
    }

    fn body_answer(&mut self, body: &'a [Stmt]) -> Value<'a> {
        let mut answer: Option<Value<'a>> = None;
        let guards = self.guards.len();
        for stmt in body {
            let returned = self.stmt(stmt);
            if let Some(value) = returned {
                answer = Some(match answer {
                    Some(before) => before.join(&value),
                    None => value,
                });
            }
            if let Some(guard) = self.guard_after(stmt) {
                self.guards.push(guard);
            }
        }
        self.guards.truncate(guards);
        answer.unwrap_or_else(Value::unknown)
    }

    fn step(&mut self) -> bool {
        self.charge(1)
    }

    /// Counts work; false when the file has had its share.
    fn charge(&mut self, units: usize) -> bool {
        let before = self.steps / 1024;
        let units = u32::try_from(units).unwrap_or(STEPS_MAX);
        self.steps = self.steps.saturating_add(units).min(STEPS_MAX);
        if self.steps / 1024 != before && self.started.elapsed() > TIME_MAX {
            self.is_late = true;
            self.steps = STEPS_MAX;
        }
        self.steps < STEPS_MAX
    }

    fn text(&self, span: Span) -> &'a str {
        self.unit
            .file
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// One line of at most 60 characters.
    fn short_text(&self, span: Span) -> String {
        let text = self.text(span).split_whitespace().collect::<Vec<_>>().join(" ");
        if text.chars().count() > 60 {
            let cut: String = text.chars().take(59).collect();
            format!("{cut}…")
        } else {
            text
        }
    }
}

/// What a body answers last.
fn answered(body: &[Stmt]) -> Option<Span> {
    match &body.last()?.kind {
        StmtKind::Return(Some(value)) => Some(value.span),
        _ => None,
    }
}
