//! One asker's view of a program: the public questions, what they depended on, and the bounds
//! that keep hostile sources (re-exports or aliases in circles) from costing more than a little.

use std::cell::{Cell, RefCell};
use std::hash::Hash;
use std::rc::Rc;

use super::asked::Question;
use super::index::{FileIndex, key};
use super::outline::{Outline, Value};
use super::{ClassRef, CodeId, Definition, FileId, FunctionRef, Program, ValueRef};
use crate::facts::ir::{Class, ClassId, ExprKind, FileFacts, Function, FunctionId, Language, Param, TypeRef};
use crate::hashing::{Map, Set};

/// Steps of one question from one name to the next.
const DEPTH_MAX: u32 = 40;
/// Steps of one question in all directions.
const STEPS_MAX: u32 = 20_000;
/// Steps of all questions of a view: what a source built to waste time may cost.
const TOTAL_MAX: u32 = 2_000_000;

/// What a name is wanted for, where a class and a value may share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Want {
    Class,
    Value,
}

type Export = (FileId, Box<str>, Want);
type Named = (FileId, Option<ClassId>, Box<str>);
type Method = (ClassRef, Box<str>, Option<usize>);
type Module = (FileId, Box<str>);
type Called = (FileId, FunctionId, Box<str>, Option<usize>);

/// Not shared between threads. Make one for each file that is analysed: a view that has answered
/// too much answers no more.
#[derive(Debug)]
pub struct View<'p> {
    pub(super) program: &'p Program,
    pub(super) asked: RefCell<Set<Question>>,
    /// Where imports were looked for.
    pub(super) looked_for: RefCell<Vec<&'p [Question]>>,
    /// A bit for each file.
    opened: RefCell<Vec<u64>>,
    depth: Cell<u32>,
    steps: Cell<u32>,
    total: Cell<u32>,
    /// How often a bound or a circle cut a question short.
    cuts: Cell<u32>,
    pub(super) under_way: RefCell<Vec<Export>>,
    pub(super) exports: RefCell<Map<Export, Option<Definition>>>,
    /// `None` while they are looked for.
    pub(super) ancestors: RefCell<Map<ClassRef, Option<Rc<[ClassRef]>>>>,
    pub(super) parts: RefCell<Map<ClassRef, Rc<[ClassRef]>>>,
    classes: RefCell<Map<Named, Option<ClassRef>>>,
    names: RefCell<Map<Module, Option<Definition>>>,
    functions: RefCell<Map<Called, Option<FunctionRef>>>,
    pub(super) methods: RefCell<Map<Method, Option<FunctionRef>>>,
    pub(super) implementing: RefCell<Map<Method, Rc<[FunctionRef]>>>,
    pub(super) implemented: RefCell<Map<ClassRef, Rc<[ClassRef]>>>,
    pub(super) extended: RefCell<Map<ClassRef, Rc<[ClassRef]>>>,
    pub(super) imports: RefCell<Map<(FileId, usize), Option<FileId>>>,
    pub(super) modules: RefCell<Map<Module, Option<FileId>>>,
    pub(super) usings: RefCell<Map<FileId, Rc<[String]>>>,
}

impl<'p> View<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        View {
            program,
            asked: RefCell::default(),
            looked_for: RefCell::default(),
            opened: RefCell::new(vec![0; program.files.len().div_ceil(64)]),
            depth: Cell::new(0),
            steps: Cell::new(0),
            total: Cell::new(0),
            cuts: Cell::new(0),
            under_way: RefCell::default(),
            exports: RefCell::default(),
            ancestors: RefCell::default(),
            parts: RefCell::default(),
            classes: RefCell::default(),
            names: RefCell::default(),
            functions: RefCell::default(),
            methods: RefCell::default(),
            implementing: RefCell::default(),
            implemented: RefCell::default(),
            extended: RefCell::default(),
            imports: RefCell::default(),
            modules: RefCell::default(),
            usings: RefCell::default(),
        }
    }

    #[must_use]
    pub fn program(&self) -> &'p Program {
        self.program
    }

    /// What all answers of this view so far depended on, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Question> {
        let mut asked: Vec<Question> = self.asked.borrow().iter().copied().collect();
        asked.extend(self.looked_for.borrow().iter().copied().flatten());
        let opened = self.opened.borrow();
        for (bits, from) in opened
            .iter()
            .zip((0..).step_by(64))
            .filter(|(bits, _)| **bits != 0)
        {
            let open = (from..from + 64).filter(|file| bits & (1 << (file % 64)) != 0);
            asked.extend(open.filter_map(|file| self.program.place_question(file)));
        }
        asked.sort_unstable();
        asked.dedup();
        asked
    }

    /// What follows depends on the whole of this file.
    pub(crate) fn opens(&self, file: FileId) {
        if let Some(bits) = self.opened.borrow_mut().get_mut(file as usize / 64) {
            *bits |= 1 << (file % 64);
        }
    }

    /// The class that a name, dotted or with `::`, stands for in this file, seen from inside a
    /// class of it.
    #[must_use]
    pub fn class_named(&self, from: FileId, within: Option<ClassId>, name: &str) -> Option<ClassRef> {
        let key = (from, within, Box::from(name));
        self.remembered(&self.classes, key, |view| {
            view.question(|view| match view.facts(from)?.language {
                Language::Java => view.java_class(from, within, name),
                Language::CSharp => view.csharp_class(from, within, name),
                Language::Ruby => view.ruby_class(from, within, name),
                _ => view.class_by_members(from, within, name),
            })
        })
    }

    /// The function that a plain call `name(…)` inside this function runs.
    #[must_use]
    pub fn function_named(&self, from: FileId, within: FunctionId, name: &str) -> Option<FunctionRef> {
        self.function_for(from, within, name, None)
    }

    /// As `function_named`; among overloads the one that takes so many arguments.
    #[must_use]
    pub fn function_for(
        &self,
        from: FileId,
        within: FunctionId,
        name: &str,
        args: Option<usize>,
    ) -> Option<FunctionRef> {
        let key = (from, within, Box::from(name), args);
        self.remembered(&self.functions, key, |view| {
            view.question(|view| {
                if let Some(nested) = view.nested_function(from, within, name) {
                    return Some(nested);
                }
                let class = view.class_around(from, within);
                match view.facts(from)?.language {
                    Language::Java | Language::CSharp => view.own_or_outer(from, class?, name, args),
                    Language::Ruby => view.ruby_function(from, within, class, name),
                    _ => view.module_function(from, class, name),
                }
            })
        })
    }

    /// What a name of the module stands for: `prisma` of `import prisma from './prisma'`.
    #[must_use]
    pub fn named(&self, from: FileId, name: &str) -> Option<Definition> {
        self.remembered(&self.names, (from, Box::from(name)), |view| {
            view.question(|view| match view.facts(from)?.language {
                Language::Java | Language::CSharp | Language::Ruby => {
                    view.class_named(from, None, name).map(Definition::Class)
                }
                _ => view.dotted(from, None, name, Want::Value),
            })
        })
    }

    /// `orders.list_all` where this file imports `orders`: a module, or what one exports.
    #[must_use]
    pub fn member_of_import(&self, from: FileId, local: &str, member: &str) -> Option<Definition> {
        self.question(|view| view.member(view.named(from, local)?, member))
    }

    /// `definition.name`.
    #[must_use]
    pub fn member(&self, definition: Definition, name: &str) -> Option<Definition> {
        self.question(|view| view.member_wanted(definition, name, Want::Value))
    }

    /// What a name of a module is bound to.
    #[must_use]
    pub fn value(&self, value: ValueRef) -> Option<&'p Value> {
        self.outline(value.file)?.values.get(value.value)
    }

    #[must_use]
    pub fn class(&self, class: ClassRef) -> Option<&'p Class> {
        self.facts(class.file)?.classes.get(class.class)
    }

    /// `None` for a lambda.
    #[must_use]
    pub fn function(&self, function: FunctionRef) -> Option<&'p Function> {
        match function.code {
            CodeId::Function(id) => self.facts(function.file)?.functions.get(id),
            CodeId::Lambda(_) => None,
        }
    }

    #[must_use]
    pub fn params(&self, function: FunctionRef) -> &'p [Param] {
        let outline = self.outline(function.file);
        let params = outline.and_then(|outline| match function.code {
            CodeId::Function(id) => outline.facts.functions.get(id).map(|it| it.params.as_slice()),
            CodeId::Lambda(id) => outline.lambdas.get(id).map(|it| it.params.as_slice()),
        });
        params.unwrap_or(&[])
    }

    /// Whether code stands there: what an interface declares has none.
    #[must_use]
    pub fn has_body(&self, function: FunctionRef) -> bool {
        let outline = self.outline(function.file);
        let code = outline.and_then(|outline| match function.code {
            CodeId::Function(id) => outline.functions.get(id),
            CodeId::Lambda(id) => outline.lambdas.get(id).map(|it| &it.code),
        });
        code.is_some_and(|code| code.has_body)
    }

    /// The class a declared type names, through `Optional`, `Promise` and their like.
    #[must_use]
    pub fn class_of_type(&self, from: FileId, within: Option<ClassId>, ty: &TypeRef) -> Option<ClassRef> {
        self.question(|view| view.typed(from, within, ty))
    }

    /// The class of what a written value makes: `new Users(db)`, `users()` with a declared type.
    #[must_use]
    pub fn class_of_value(
        &self,
        from: FileId,
        within: Option<ClassId>,
        value: &ExprKind,
    ) -> Option<ClassRef> {
        self.question(|view| view.made(from, within, value))
    }

    /// The class that the code declares to return.
    #[must_use]
    pub fn class_returned(&self, function: FunctionRef) -> Option<ClassRef> {
        self.question(|view| {
            let declared = view.function(function)?;
            view.typed(function.file, declared.class, declared.return_type.as_ref()?)
        })
    }

    /// Files that declare a class or function of this short name.
    #[must_use]
    pub fn definers(&self, name: &str) -> &'p [FileId] {
        self.ask(Question::defines(name));
        self.program.definers(name)
    }

    /// Files that name this template, or this class in a field of another one.
    #[must_use]
    pub fn showing(&self, template: &str) -> &'p [FileId] {
        self.ask(Question::showing(template));
        self.program.showing.get(key(&[template]))
    }

    /// Files that are a template of this name.
    #[must_use]
    pub fn templates(&self, name: &str) -> &'p [FileId] {
        self.ask(Question::template(name));
        self.program.templates.get(key(&[name]))
    }

    pub(super) fn outline(&self, file: FileId) -> Option<&'p Outline> {
        self.opens(file);
        Some(self.program.outline(file)?)
    }

    pub(super) fn facts(&self, file: FileId) -> Option<&'p FileFacts> {
        Some(&self.outline(file)?.facts)
    }

    pub(super) fn index(&self, file: FileId) -> Option<(&'p Outline, &'p FileIndex)> {
        self.opens(file);
        self.program.index(file)
    }

    /// The file at this path.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<FileId> {
        let question = Question::path(path);
        self.ask(question);
        self.program.file_of(question, path)
    }

    /// All classes of this full name: package, then qualified name.
    pub(super) fn full(&self, package: &str, qualified: &str) -> Vec<ClassRef> {
        let question = Question::class(&[package, qualified]);
        self.ask(question);
        let found = self.program.classes_of(question);
        // Most names that are tried stand for nothing.
        if found.is_empty() {
            return Vec::new();
        }
        let name = if package.is_empty() {
            qualified.to_owned()
        } else {
            format!("{package}.{qualified}")
        };
        let is_named = |class: &ClassRef| {
            let Some(facts) = self.program.facts(class.file) else {
                return false;
            };
            let declared = facts.classes.get(class.class);
            declared.is_some_and(|it| {
                if facts.package.is_empty() {
                    it.qualified == name
                } else {
                    name.strip_prefix(facts.package.as_str())
                        .and_then(|rest| rest.strip_prefix('.'))
                        == Some(it.qualified.as_str())
                }
            })
        };
        found.iter().copied().filter(is_named).collect()
    }

    pub(super) fn ask(&self, question: Question) {
        self.asked.borrow_mut().insert(question);
    }

    /// Answers once; what a bound cut short may be answered in full the next time.
    pub(super) fn remembered<K: Eq + Hash, V: Clone>(
        &self,
        answers: &RefCell<Map<K, V>>,
        key: K,
        answer: impl FnOnce(&Self) -> V,
    ) -> V {
        if let Some(known) = answers.borrow().get(&key) {
            return known.clone();
        }
        let cuts = self.cuts.get();
        let found = answer(self);
        if self.cuts.get() == cuts {
            answers.borrow_mut().insert(key, found.clone());
        }
        found
    }

    pub(super) fn cut(&self) {
        self.cuts.set(self.cuts.get().wrapping_add(1));
    }

    /// One step from a name to the next; `None` when a bound is met.
    pub(super) fn question<R>(&self, answer: impl FnOnce(&Self) -> Option<R>) -> Option<R> {
        let depth = self.depth.get();
        if depth == 0 {
            self.steps.set(0);
        }
        if depth >= DEPTH_MAX || self.steps.get() >= STEPS_MAX || self.total.get() >= TOTAL_MAX {
            self.cut();
            return None;
        }
        self.steps.set(self.steps.get() + 1);
        self.total.set(self.total.get() + 1);
        self.depth.set(depth + 1);
        let found = answer(self);
        self.depth.set(depth);
        found
    }
}

/// The one answer that all of these give.
pub(super) fn agreed<T: PartialEq>(answers: impl IntoIterator<Item = T>) -> Option<T> {
    let mut answers = answers.into_iter();
    let first = answers.next()?;
    answers.all(|next| next == first).then_some(first)
}
