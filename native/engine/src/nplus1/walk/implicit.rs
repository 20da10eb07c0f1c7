//! Methods that a framework runs once per row (ANA-060): the body is walked inside an iteration that
//! no line of the code shows.

use super::Walker;
use crate::facts::ir::{Arg, Class, ExprKind, Function, FunctionId, Span};
use crate::nplus1::elsewhere;
use crate::nplus1::frameworks::{self, Element, Framework, Kind};
use crate::nplus1::graphql::{self, Listed};
use crate::nplus1::site::Form;
use crate::nplus1::taint::IterationId;
use crate::nplus1::value::{Bound, Coll, Evidence, Kind as Shape, Origin, Value};

/// End of a decorator's name on what finds rows for another service.
const REFERENCE: &str = "Reference";

impl<'a> Walker<'a> {
    /// Opens the iteration of a method that runs once per element, and binds the element.
    pub(super) fn implicit_element(&mut self, id: FunctionId) -> bool {
        let facts = self.unit.file.facts;
        let Some(function) = facts.functions.get(id) else {
            return false;
        };
        let Some((framework, element)) = self.unit.frameworks.element(facts, function) else {
            return false;
        };
        let param = element.param_of(function);
        if param.is_none() && element.names.is_empty() {
            return false;
        }
        let listed = self.listed_owner(element, function, param);
        if listed == Listed::No {
            return false;
        }
        let declared = param
            .and_then(|at| function.params.get(at))
            .map(|param| self.param(param))
            .map(|value| self.as_rows(value))
            .filter(|value| !matches!(value.kind, Shape::Unknown | Shape::Foreign));
        // A method that is given all elements at once runs once.
        if let Some(Shape::Coll(_)) = declared.as_ref().map(|value| &value.kind) {
            return false;
        }
        let class = function.class.and_then(|class| facts.classes.get(class));
        let row = declared
            .or_else(|| self.implicit_model(element, class?))
            .unwrap_or_else(Value::unknown);
        let rows = Value::new(Shape::Coll(Coll::of(row, Bound::Unbounded, Origin::Parameter)));
        let name = element_name(function, param, element, framework);
        let iteration = self.open_iteration(
            Form::Implicit(element.kind),
            heading(function),
            &function.body,
            &rows,
            None,
            Some(&name),
        );
        self.iterations[iteration].driver.clone_from(&framework.name);
        self.iterations[iteration].is_supposed = listed == Listed::Unknown;
        let value = self.element(&rows, iteration);
        match param.and_then(|at| function.params.get(at)) {
            Some(param) => self.bind(&param.pattern, value),
            None => self.name_element(element, &value),
        }
        true
    }

    /// Whether the code at hand was entered through a method that itself runs once per row: what it
    /// asks is told of where that method is walked.
    pub(super) fn runs_per_row_itself(&self) -> bool {
        let Some(call) = self.calls.first() else {
            return false;
        };
        let mut open = self.open.iter().map(|id| &self.iterations[*id]);
        let first = open.next();
        if !first.is_some_and(|first| matches!(first.form, Form::Implicit(_)))
            || open.any(|inner| inner.depth == 0)
            || call.to.file != call.from.file
        {
            return false;
        }
        let view = self.world.view;
        view.function(call.to).is_some_and(|function| {
            let outline = view.program().outline(call.to.file);
            let unit = self.units.get(&call.to.file).and_then(Option::as_ref);
            outline
                .zip(unit)
                .is_some_and(|(outline, unit)| unit.frameworks.element(&outline.facts, function).is_some())
        })
    }

    /// The names that stand for the element in its class.
    pub(super) fn name_element(&mut self, element: &Element, value: &Value<'a>) {
        for name in &element.names {
            if name == "this" {
                self.receiver = Some(value.clone());
            } else {
                self.env.set(name, value.clone());
                self.env.set(&format!("this.{name}"), value.clone());
                self.env.set(&format!("this.@{name}"), value.clone());
            }
        }
    }

    /// A field resolver is at hand, and no other iteration in it.
    fn resolving(&self) -> Option<IterationId> {
        let [only] = self.open.as_slice() else { return None };
        let resolves = self.iterations[*only].form == Form::Implicit(Kind::Graphql);
        (resolves && self.calls.is_empty() && self.muted == 0).then_some(*only)
    }

    /// What a field resolver answers is read by its framework.
    pub(super) fn answered(&mut self, value: Value<'a>, span: Span) -> Value<'a> {
        let Some(id) = self.resolving() else {
            return value;
        };
        match value.taint.deps.iter().any(|dep| dep.iteration == id) {
            true => self.consume(value, span),
            false => value,
        }
    }

    /// A field resolver hands its query to something that pages or wraps it: `connection(rows, first=10)`.
    pub(super) fn wrapped(&mut self, args: &'a [Arg], span: Span, answer: &Value<'a>) {
        let Some(id) = self.resolving() else { return };
        if !matches!(answer.kind, Shape::Unknown | Shape::Object(_) | Shape::Foreign) {
            return;
        }
        for arg in args {
            let ExprKind::Name(name) = &arg.value.kind else {
                continue;
            };
            let Some(value) = self.env.get(name).cloned() else {
                continue;
            };
            if matches!(value.kind, Shape::Query(_)) && value.taint.deps.iter().any(|dep| dep.iteration == id)
            {
                let rows = self.consume(value, span);
                self.env.set(name, rows);
            }
        }
    }

    /// Whether the type whose field a method is stands in a list. A reference is resolved for lists.
    fn listed_owner(&self, element: &Element, function: &Function, param: Option<usize>) -> Listed {
        let facts = self.unit.file.facts;
        let class = function.class.and_then(|class| facts.classes.get(class));
        let said = |line: &str| self.world.loaded.contains(line);
        if let Some(listed) = class.and_then(|class| self.listed_class(element, class)) {
            return listed;
        }
        let fields = frameworks::by_values(facts.language).map(|(_, fields)| fields);
        let (Some(way), Some(fields)) = (element.owner.as_deref(), fields) else {
            return Listed::Yes;
        };
        if (function.decorators.iter()).any(|it| it.name.ends_with(REFERENCE)) {
            return Listed::Yes;
        }
        let of_class = class.and_then(|class| match way {
            "class" => Some(class.name.clone()),
            _ => graphql::owner_of_class(fields, class),
        });
        let of_param = || graphql::owner_of_type(function.params.get(param?)?.ty.as_ref()?);
        match of_class.or_else(of_param) {
            Some(owner) => graphql::listed(fields, &owner, said),
            None => Listed::Unknown,
        }
    }

    /// What the code says of how many rows a class shows, where that decides.
    pub(super) fn listed_class(&self, element: &Element, class: &Class) -> Option<Listed> {
        if !element.listed && !element.once {
            return None;
        }
        let several = || self.world.loaded.contains(&elsewhere::list_of(&class.name));
        let one = || self.world.loaded.contains(&elsewhere::field_of(&class.name));
        match (element.listed, element.once) {
            (true, _) if several() => Some(Listed::Yes),
            (true, _) if one() => Some(Listed::Unknown),
            (true, _) => Some(Listed::No),
            (false, _) => self.is_shown_once(&class.name).then_some(Listed::No),
        }
    }

    /// Whether the code of the repository hands a class one row wherever it names it.
    pub(super) fn is_shown_once(&self, class: &str) -> bool {
        let said = |line: String| self.world.loaded.contains(&line);
        said(elsewhere::field_of(class)) && !said(elsewhere::list_of(class))
    }

    /// The element's model, where its type does not say.
    pub(super) fn implicit_model(&self, element: &Element, class: &Class) -> Option<Value<'a>> {
        let facts = self.unit.file.facts;
        let way = element.model.as_deref()?;
        let field = |owner: &str, name: &str| {
            let owner = facts.classes.iter().find(|it| it.qualified == owner)?;
            let field = owner.fields.iter().find(|field| field.name == name)?;
            match &field.value.as_ref()?.kind {
                ExprKind::Name(model) => Some(model.clone()),
                ExprKind::Member { name, .. } => Some(name.clone()),
                _ => None,
            }
        };
        let model = match way.split_once(':') {
            Some(("field", name)) => field(&class.qualified, name)?,
            Some(("macro", name)) => named_by(class, name)?.to_owned(),
            _ if way == "decorator" => element.named_by_decorator(class)?,
            _ if way == "meta" => field(&format!("{}.Meta", class.qualified), "model")?,
            _ => {
                let (before, after) = way.split_once('*')?;
                class.name.strip_prefix(before)?.strip_suffix(after)?.to_owned()
            }
        };
        self.unseen_row(&model)
    }

    /// A row of a declared model from a query that is not seen.
    pub(super) fn unseen_row(&self, model: &str) -> Option<Value<'a>> {
        self.unit.orms.iter().find_map(|active| {
            let found = self
                .world
                .registry
                .by_name(&active.orm.id, model, self.unit.file.path)?;
            let mut handle = super::resolve::handle(active.orm, Some(found.name.clone()), Evidence::Resolved);
            handle.plan.unseen = true;
            Some(Value::new(Shape::Row(handle)))
        })
    }
}

/// `graphql_name "Order"`
fn named_by<'c>(class: &'c Class, word: &str) -> Option<&'c str> {
    class.macros.iter().find_map(|call| {
        let ExprKind::Call { callee, args, .. } = &call.kind else {
            return None;
        };
        match (&callee.kind, &args.first()?.value.kind) {
            (ExprKind::Name(name), ExprKind::Str(text)) if name == word => Some(text.as_str()),
            _ => None,
        }
    })
}

/// The first line of the method, as far as facts tell it: from its start to its body.
fn heading(function: &Function) -> Span {
    let end = function
        .body
        .first()
        .map_or(function.span.end, |stmt| stmt.span.start);
    Span {
        start: function.span.start,
        end: end.max(function.span.start + 1),
    }
}

fn element_name(
    function: &Function,
    param: Option<usize>,
    element: &Element,
    framework: &Framework,
) -> String {
    let named = param
        .and_then(|at| function.params.get(at))
        .and_then(|param| super::stmt::first_name(&param.pattern));
    let own = element.names.iter().find(|name| *name != "this");
    named
        .map(str::to_owned)
        .or_else(|| own.cloned())
        .unwrap_or_else(|| format!("{} element", framework.name))
}
