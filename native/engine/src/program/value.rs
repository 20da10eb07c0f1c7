//! From a written value or type to a definition, and from a definition to its members.

use super::local::is_node;
use super::outline::Bound;
use super::view::{View, Want};
use super::{ClassRef, Definition, FileId, ValueRef};
use crate::facts::ir::{ClassId, Expr, ExprKind, FunctionKind, Language, TypeRef};

/// Types that stand for the one they are given.
const TRANSPARENT: &[&str] = &[
    "Annotated",
    "ActorRef",
    "Awaited",
    "ClassVar",
    "CompletableFuture",
    "Final",
    "Lazy",
    "Mono",
    "NonNullable",
    "ObjectProvider",
    "Optional",
    "Promise",
    "Provider",
    "Readonly",
    "Required",
    "Task",
    "ValueTask",
];

impl View<'_> {
    /// What an expression stands for, as far as a definition says it.
    pub(super) fn meaning(
        &self,
        file: FileId,
        within: Option<ClassId>,
        value: &ExprKind,
        want: Want,
    ) -> Option<Definition> {
        match value {
            ExprKind::Name(_) | ExprKind::Member { .. } => {
                if let Some(class) = self.constructed(file, within, value) {
                    return Some(Definition::Instance(class));
                }
                let name = dotted(value)?;
                match self.facts(file)?.language {
                    Language::Java | Language::CSharp | Language::Ruby => {
                        self.class_named(file, within, &name).map(Definition::Class)
                    }
                    _ => self.dotted(file, within, &name, want),
                }
            }
            // `require('./a')`
            ExprKind::Call { callee, args, .. } if is_named(callee, "require") => {
                let ExprKind::Str(module) = &args.first()?.value.kind else {
                    return None;
                };
                let target = self.node_module(file, module)?;
                self.question(|view| Some(view.node_module_value(target, want)))
            }
            _ => self.made(file, within, value).map(Definition::Instance),
        }
    }

    pub(super) fn made(&self, file: FileId, within: Option<ClassId>, value: &ExprKind) -> Option<ClassRef> {
        match value {
            ExprKind::New { class, .. } => self.class_named(file, within, &class.name),
            ExprKind::Cast { ty, value } => self
                .class_of_type(file, within, ty)
                .or_else(|| self.class_of_value(file, within, &value.kind)),
            ExprKind::Await(inner) => self.class_of_value(file, within, &inner.kind),
            ExprKind::Name(_) | ExprKind::Member { .. } => {
                match self.question(|view| view.meaning(file, within, value, Want::Value))? {
                    Definition::Instance(class) => Some(class),
                    _ => None,
                }
            }
            ExprKind::Call { callee, .. } => {
                if let Some(class) = self.constructed(file, within, &callee.kind) {
                    return Some(class);
                }
                // `objects = OrderQuerySet.as_manager()` of Django
                if let ExprKind::Member { object, name, .. } = &callee.kind
                    && name == "as_manager"
                {
                    return self.class_named(file, within, &dotted(&object.kind)?);
                }
                match self.question(|view| view.meaning(file, within, &callee.kind, Want::Value))? {
                    Definition::Class(class) if self.facts(file)?.language == Language::Python => Some(class),
                    Definition::Function(function) => self.class_returned(function),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Ruby's `Users.new`.
    fn constructed(&self, file: FileId, within: Option<ClassId>, value: &ExprKind) -> Option<ClassRef> {
        match value {
            ExprKind::Member { object, name, .. }
                if name == "new" && self.facts(file)?.language == Language::Ruby =>
            {
                self.class_named(file, within, &dotted(&object.kind)?)
            }
            _ => None,
        }
    }

    pub(super) fn typed(&self, file: FileId, within: Option<ClassId>, ty: &TypeRef) -> Option<ClassRef> {
        let inner = |ty: &TypeRef| self.class_of_type(file, within, ty);
        if ty.name == "|" {
            let mut parts =
                (ty.args.iter()).filter(|part| !matches!(part.name.as_str(), "None" | "null" | "undefined"));
            let only = parts.next()?;
            return if parts.next().is_none() { inner(only) } else { None };
        }
        if let Some(class) = self.class_named(file, within, &ty.name) {
            return Some(class);
        }
        let first = ty.args.first()?;
        if TRANSPARENT.contains(&ty.short()) {
            inner(first)
        } else {
            None
        }
    }

    pub(super) fn class_by_members(
        &self,
        from: FileId,
        within: Option<ClassId>,
        name: &str,
    ) -> Option<ClassRef> {
        match self.dotted(from, within, name, Want::Class)? {
            Definition::Class(class) => Some(class),
            _ => None,
        }
    }

    /// A dotted name of Python or TypeScript, from the module that holds it on.
    pub(super) fn dotted(
        &self,
        from: FileId,
        within: Option<ClassId>,
        name: &str,
        want: Want,
    ) -> Option<Definition> {
        let is_node = is_node(self.facts(from)?.language);
        // `import a.b.c` binds the whole of it.
        let mut split = name.len();
        let (mut found, rest) = loop {
            let (head, rest) = name.split_at_checked(split)?;
            let want = if rest.is_empty() { want } else { Want::Value };
            let found = if is_node {
                self.node_name(from, within, head, want)
            } else {
                self.python_name(from, within, head, want)
            };
            match found {
                Some(found) => break (found, rest),
                None => split = head.rfind('.')?,
            }
        };
        let mut parts = rest.split('.').filter(|part| !part.is_empty()).peekable();
        while let Some(part) = parts.next() {
            let want = if parts.peek().is_none() { want } else { Want::Value };
            found = self.question(|view| view.member_wanted(found, part, want))?;
        }
        Some(found)
    }

    pub(super) fn member_wanted(&self, of: Definition, name: &str, want: Want) -> Option<Definition> {
        match of {
            Definition::Module(file) if is_node(self.facts(file)?.language) => {
                self.node_export(file, name, want)
            }
            Definition::Module(file) => self.python_export(file, name, want),
            Definition::Class(class) => {
                let nested = self.nested_class(class, name).map(Definition::Class);
                if want == Want::Class {
                    return nested;
                }
                (self.static_method(class, name).map(Definition::Function))
                    .or(nested)
                    .or_else(|| self.class_of_field(class, name).map(Definition::Instance))
            }
            Definition::Instance(class) => self
                .method(class, name)
                .map(Definition::Function)
                .or_else(|| self.class_of_field(class, name).map(Definition::Instance)),
            Definition::Value(value) => self.object_member(value, name, want),
            // `service.users.find()` where `users` is a property.
            Definition::Function(function) => {
                let is_getter = self.function(function)?.kind == FunctionKind::Getter;
                let class = self.class_returned(function).filter(|_| is_getter)?;
                self.question(|view| view.member_wanted(Definition::Instance(class), name, want))
            }
        }
    }

    fn object_member(&self, of: ValueRef, name: &str, want: Want) -> Option<Definition> {
        let Bound::Object(members) = &self.value(of)?.bound else {
            return None;
        };
        self.found_in(of, members, name, want)
    }

    fn found_in(
        &self,
        of: ValueRef,
        members: &[(String, Bound)],
        name: &str,
        want: Want,
    ) -> Option<Definition> {
        let named = members.iter().rfind(|(key, _)| key == name);
        if let Some((_, bound)) = named {
            // What a member is bound to outside the repository is not the object itself.
            return self
                .bound(of, bound, want)
                .filter(|found| *found != Definition::Value(of));
        }
        let spreads = members.iter().filter(|(key, _)| key == "...");
        spreads.rev().find_map(|(_, bound)| {
            let found = self.bound(of, bound, Want::Value)?;
            if found == Definition::Value(of) {
                return None;
            }
            self.question(|view| view.member_wanted(found, name, want))
        })
    }
}

fn is_named(value: &Expr, wanted: &str) -> bool {
    matches!(&value.kind, ExprKind::Name(name) if name == wanted)
}

/// `a.b` of `Member(Name a, b)`.
pub(super) fn dotted(value: &ExprKind) -> Option<String> {
    match value {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Member { object, name, .. } => Some(format!("{}.{name}", dotted(&object.kind)?)),
        _ => None,
    }
}
