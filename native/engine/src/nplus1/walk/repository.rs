//! What a repository declares in front of its ORM: interfaces whose methods the ORM implements, data
//! access objects, generic repositories. Their own code is entered; what has none reads or writes as
//! it is declared. It must not know which ORM that is.

use super::Walker;
use super::declared::TRANSPARENT;
use super::orm_args::Args;
use super::orm_call::Written;
use super::resolve::handle;
use crate::facts::ir::{ClassKind, Function, Language, Span, TypeRef};
use crate::nplus1::eager::Scope;
use crate::nplus1::orm::pattern::TypePattern;
use crate::nplus1::orm::schema::{Quirk, Role, Shape};
use crate::nplus1::orm::{Effect, Orm};
use crate::nplus1::site::Action;
use crate::nplus1::value::{Bound, Coll, Evidence, Handle, Kind, Origin, Value};
use crate::program::{ClassRef, FunctionRef};
use crate::sources::FileId;

/// What a declared method answers.
struct Answer<'a> {
    shape: Shape,
    model: Option<String>,
    /// One of the values, where they are no rows.
    element: Value<'a>,
}

impl<'a> Walker<'a> {
    /// The class of the repository that a declared type names, in languages that declare types.
    pub(super) fn own_class_of(&self, ty: &TypeRef) -> Option<ClassRef> {
        let language = self.unit.file.facts.language;
        let declares = matches!(language, Language::Java | Language::CSharp) || self.unit.is_ecmascript();
        if !declares || self.unit.orms.is_empty() {
            return None;
        }
        self.world.view.class_named(self.unit.id, self.class, &ty.name)
    }

    /// A source by what the repository says of the type: it extends one that the ORM ships, or it only
    /// has such a name and no code.
    pub(super) fn own_source(&self, class: ClassRef, ty: &TypeRef) -> Option<Kind<'a>> {
        let mut active = self.unit.orms.iter().map(|active| active.orm);
        active.find_map(|orm| self.own_source_of(orm, class, ty).map(Kind::Source))
    }

    /// The same for one ORM: another one in use may ship a type of the same name.
    pub(super) fn own_source_of(&self, orm: &'static Orm, class: ClassRef, ty: &TypeRef) -> Option<Handle> {
        if orm.type_never.matches(ty.short()) {
            return None;
        }
        let (class, model) = match self.shipped_source(orm, class, ty) {
            Some(model) => (class, model),
            None => self.source_behind(orm, class)?,
        };
        Some(Handle {
            declared: Some(class),
            ..handle(orm, model, Evidence::Resolved)
        })
    }

    /// Whether a class whose name alone looks like a client's is one: it extends one, or its bases are
    /// not of the repository.
    pub(super) fn is_client(&self, orm: &'static Orm, class: ClassRef) -> bool {
        let marked = |base: &TypeRef| orm.signal_base.matches(base.short());
        self.has_base(class, &marked) || self.extends_client(orm, class)
    }

    /// `class Database extends PrismaClient`, whatever it is called.
    pub(super) fn extends_client(&self, orm: &'static Orm, class: ClassRef) -> bool {
        let client = |base: &TypeRef| {
            let mut known = orm.client_types.iter();
            !orm.type_never.matches(base.short()) && known.any(|pattern| pattern.matches(base).is_some())
        };
        self.has_base(class, &client)
    }

    fn has_base(&self, class: ClassRef, is: &dyn Fn(&TypeRef) -> bool) -> bool {
        let view = self.world.view;
        let above = view.base_classes(class);
        let line = std::iter::once(class).chain(above.iter().copied());
        let mut declared = line.filter_map(|class| view.class(class));
        declared.any(|declared| declared.bases.iter().any(is))
    }

    /// Whether code of the repository stands behind the type.
    pub(super) fn has_code(&self, class: ClassRef) -> bool {
        let view = self.world.view;
        let is_class = |class: ClassRef| {
            (view.class(class)).is_some_and(|declared| declared.kind != ClassKind::Interface)
        };
        is_class(class) || view.implementations(class).iter().copied().any(is_class)
    }

    /// `Some(model)` if the class is, or extends, a source that the ORM ships.
    pub(super) fn shipped_source(
        &self,
        orm: &'static Orm,
        class: ClassRef,
        ty: &TypeRef,
    ) -> Option<Option<String>> {
        let view = self.world.view;
        let shipped = |ty: &TypeRef| {
            let known = orm.source_types.iter();
            known
                .filter(|pattern| !matches!(pattern, TypePattern::Around(..)))
                .find_map(|pattern| pattern.matches(ty))
        };
        let above = view.base_classes(class);
        let line = std::iter::once(class).chain(above.iter().copied());
        let mut found = None;
        for below in line {
            let Some(declared) = view.class(below) else {
                continue;
            };
            let own = |base: &&TypeRef| view.class_named(below.file, None, &base.name).is_none();
            if let Some(model) = declared.bases.iter().filter(own).find_map(shipped) {
                found = Some(model);
                break;
            }
        }
        // A generic repository of the project's own: what it is called says it.
        let found = found.or_else(|| (!ty.args.is_empty()).then(|| shipped(ty)).flatten())?;
        Some(match found {
            Some(model) if !is_parameter(&model) => Some(model),
            _ => self.argument_of(class, ty),
        })
    }

    /// The first type argument given to the type or to a base of it that is no parameter itself.
    fn argument_of(&self, class: ClassRef, ty: &TypeRef) -> Option<String> {
        let view = self.world.view;
        let concrete = |ty: &TypeRef| {
            let first = ty.args.iter().map(TypeRef::short);
            first
                .into_iter()
                .find(|name| !is_parameter(name))
                .map(str::to_owned)
        };
        concrete(ty).or_else(|| view.class(class)?.bases.iter().find_map(concrete))
    }

    /// The model that a class was made for: `class OrderDao extends BaseDao<Order>`.
    pub(super) fn model_of_class(&self, orm: &Orm, class: ClassRef) -> Option<String> {
        let view = self.world.view;
        let path = self.world.view.program().path(class.file);
        let above = view.base_classes(class);
        let line = std::iter::once(class).chain(above.iter().copied());
        let mut line = line;
        line.find_map(|class| {
            let declared = view.class(class)?;
            let names = declared.bases.iter().flat_map(|base| &base.args);
            names
                .map(TypeRef::short)
                .find(|name| self.world.registry.by_name(&orm.id, name, path).is_some())
                .map(str::to_owned)
        })
    }

    /// A call on a source that the repository declares.
    pub(super) fn declared_call(
        &mut self,
        value: &Value<'a>,
        source: &Handle,
        call: Written<'a>,
    ) -> Option<Value<'a>> {
        let class = source.declared?;
        if let Some(answer) = self.repository_method(value, call) {
            return Some(answer);
        }
        // What has code was not entered: too deep, or in a circle.
        let args = self.orm_args(source.orm, call.name, call.args, call.block);
        self.declared_in(value, source, class, call.name, args, call.args.len(), call.span)
    }

    /// The same with values that are known already.
    pub(super) fn declared_by_value(
        &mut self,
        value: &Value<'a>,
        source: &Handle,
        name: &str,
        args: Args<'a>,
        span: Span,
    ) -> Option<Value<'a>> {
        let count = args.values.len();
        self.declared_in(value, source, source.declared?, name, args, count, span)
    }

    #[allow(clippy::too_many_arguments)]
    fn declared_in(
        &mut self,
        value: &Value<'a>,
        source: &Handle,
        class: ClassRef,
        name: &str,
        args: Args<'a>,
        count: usize,
        span: Span,
    ) -> Option<Value<'a>> {
        let view = self.world.view;
        let declared = match view.method_for(class, name, count) {
            Some(declared) => declared,
            None => *view.overloads(class, name, count).first()?,
        };
        let function = view.function(declared)?;
        let (mut answer, action, target) = self.declared_result(source, declared, function, name, span)?;
        let lists = function
            .params
            .iter()
            .any(|param| (param.ty.as_ref()).is_some_and(|ty| self.unit.table.collections.has(ty.short())));
        let in_text = function.decorators.iter().any(|decorator| {
            self.decorator_text(declared.file, decorator)
                .is_some_and(crate::nplus1::batch::is_sql_list)
        });
        let mut taint = value.taint.clone().with(&args.taint);
        if lists || in_text {
            taint = taint.into_batched();
        }
        if let Some(action) = action {
            self.emit(&target, action, name, span, &taint, args.keys);
        }
        if action == Some(Action::Read) && !lists && !in_text {
            self.loads_with_rows(&answer, &target, span);
        }
        answer.taint.add(&taint.of_result());
        Some(answer)
    }

    /// `None`: nothing says what the method does.
    fn declared_result(
        &mut self,
        source: &Handle,
        declared: FunctionRef,
        function: &'a Function,
        name: &str,
        span: Span,
    ) -> Option<(Value<'a>, Option<Action>, Handle)> {
        let orm = source.orm;
        let has = |names: &crate::nplus1::orm::pattern::Names| {
            let mut short = function
                .decorators
                .iter()
                .map(|it| it.name.rsplit('.').next().unwrap_or(""));
            short.any(|name| names.matches(name))
        };
        let by_name = orm.method(Role::Source, name).map(|(effect, _)| effect);
        let effect = if has(&orm.declared_writes) {
            Effect::Writes(Shape::Value)
        } else if has(&orm.declared_reads) {
            Effect::Reads(Shape::Row)
        } else {
            by_name?
        };
        let action = match effect {
            Effect::Reads(_) => Some(Action::Read),
            Effect::Writes(_) => Some(Action::Write),
            Effect::Batch => None,
            Effect::Builds | Effect::Constructs => return None,
        };
        let owner = ClassRef {
            file: declared.file,
            class: function.class?,
        };
        let answer = self.answer(source, owner, function.return_type.as_ref());
        let mut target = source.clone();
        target.declared = None;
        if answer.model.is_some() {
            target.model.clone_from(&answer.model);
        }
        target.plan.decorators(orm, &function.decorators, Scope::bare());
        if orm.has(Quirk::DerivedNames) {
            for relation in asked_by(name) {
                target.plan.paths.add(&relation);
            }
        }
        let row = match &answer.model {
            Some(_) => Value::new(Kind::Row(target.clone())),
            None => answer.element,
        };
        let kind = match answer.shape {
            Shape::Rows | Shape::Values => {
                let origin = Origin::Query {
                    model: target.model.clone(),
                    file: self.unit.id,
                    span,
                };
                Kind::Coll(Coll::of(row, Bound::Unbounded, origin))
            }
            Shape::Row => row.kind,
            Shape::Value => Kind::Scalar,
        };
        Some((Value::new(kind), action, target))
    }

    /// What a declared return type means.
    fn answer(&mut self, source: &Handle, owner: ClassRef, ty: Option<&TypeRef>) -> Answer<'a> {
        let mut answer = Answer {
            shape: Shape::Value,
            model: None,
            element: Value::unknown(),
        };
        let Some(mut ty) = ty else {
            return answer;
        };
        while TRANSPARENT.contains(&ty.short())
            && let Some(inner) = ty.args.first()
        {
            ty = inner;
        }
        let many = self.unit.table.collections.has(ty.short());
        if many && let Some(inner) = ty.args.last() {
            ty = inner;
        }
        let path = self.world.view.program().path(owner.file);
        let model = (self.world.registry).by_name(&source.orm.id, ty.short(), path);
        answer.model = match model {
            Some(model) => Some(model.name.clone()),
            None if is_parameter(ty.short()) => source.model.clone(),
            // Models that no file of the repository declares.
            None => (source.model.clone()).filter(|model| model == ty.short()),
        };
        answer.shape = match (many, answer.model.is_some()) {
            (true, true) => Shape::Rows,
            (true, false) => Shape::Values,
            (false, true) => Shape::Row,
            (false, false) => Shape::Value,
        };
        if answer.model.is_none() {
            answer.element = self.typed_in(owner, ty).unwrap_or_else(Value::unknown);
        }
        answer
    }

    /// What a function whose code does not tell says by its declared type: `withTransaction(): this`.
    pub(super) fn declared_to_answer(
        &mut self,
        function: FunctionRef,
        this: Option<Value<'a>>,
    ) -> Option<Kind<'a>> {
        let declared = self.world.view.function(function)?;
        let ty = declared.return_type.as_ref()?;
        if ty.short() == "this" {
            return this.map(|this| this.kind);
        }
        let owner = ClassRef {
            file: function.file,
            class: declared.class?,
        };
        let kind = self.typed_in(owner, ty)?.kind;
        matches!(kind, Kind::Client(_) | Kind::Source(_) | Kind::Object(_)).then_some(kind)
    }

    fn decorator_text(&self, file: FileId, decorator: &crate::facts::ir::Decorator) -> Option<&'a str> {
        let file = self.world.file(file)?;
        file.text
            .get(decorator.span.start as usize..decorator.span.end as usize)
    }
}

/// Properties that a derived name compares with one value each: `customer` of `findByCustomerIdAndPaid`.
fn asked_by(name: &str) -> Vec<String> {
    let Some((_, asked)) = name.split_once("By") else {
        return Vec::new();
    };
    let asked = asked.split("OrderBy").next().unwrap_or(asked);
    if asked.contains("Or") {
        return Vec::new();
    }
    let words = [
        "In",
        "Not",
        "Null",
        "Than",
        "Like",
        "Between",
        "Containing",
        "Before",
        "After",
    ];
    let one = |part: &&str| !words.iter().any(|word| part.ends_with(word));
    let property = |part: &str| {
        let part = part.strip_suffix("Id").unwrap_or(part).trim_end_matches('_');
        let mut chars = part.chars();
        let first = chars.next()?.to_lowercase();
        Some(first.chain(chars).collect())
    };
    asked.split("And").filter(one).filter_map(property).collect()
}

/// `T`, `E`, `ID`, `TEntity`: a name that stands for a type.
pub(super) fn is_parameter(name: &str) -> bool {
    let mut chars = name.chars();
    match (chars.next(), chars.next()) {
        (Some(first), None) => first.is_ascii_uppercase() || first == '?',
        (Some('T'), Some(second)) => second.is_ascii_uppercase() && name.chars().any(char::is_lowercase),
        _ => matches!(name, "ID" | "PK" | "ENTITY"),
    }
}
