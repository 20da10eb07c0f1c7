//! GraphQL types that code declares: type definitions in its texts, types made by calls, and classes
//! with decorators. It says the same lines as `project::sdl` does of schema files.

mod written;

use std::collections::BTreeSet;

use super::frameworks::{self, Fields};
use crate::facts::ir::{Arg, Class, Decorator, Expr, ExprKind, Function, Pattern, StmtKind, TypeRef};
use crate::program::visit;
use crate::project::{Declared, Ecosystem, Project, sdl};
use crate::raw::File;
pub use written::owner_of;
use written::{is_type_key, named, of_type, through_list};

/// Whether the type of a field's parent stands in a list somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    Yes,
    /// No schema says.
    Unknown,
    No,
}

/// The words for values of this file, if its project uses such a framework.
pub fn fields_of(file: &File<'_>, project: &Project) -> Option<&'static Fields> {
    let (_, fields) = frameworks::by_values(file.facts.language)?;
    let ecosystem = Ecosystem::of(file.facts.language);
    let declared = project.declares(file.path, ecosystem, |name| fields.manifest.matches(name));
    (declared != Declared::No).then_some(fields)
}

/// What the file says of types.
#[must_use]
pub fn said(file: &File<'_>, project: &Project) -> BTreeSet<String> {
    let Some(fields) = fields_of(file, project) else {
        return BTreeSet::new();
    };
    let mut teller = Teller {
        fields,
        file,
        said: BTreeSet::new(),
    };
    for function in &file.facts.functions {
        visit::each(&function.body, &mut |expr| teller.expression(expr));
        teller.decorated(function);
    }
    if let Some(module) = file.facts.functions.first() {
        for stmt in &module.body {
            if let StmtKind::Assign {
                target: Pattern::Name { name, .. },
                value: Some(value),
                ..
            } = &stmt.kind
                && let Some(owner) = owner_of(fields, value)
                && owner != *name
            {
                teller.say(format!("{name}>{owner}"));
                teller.say(format!("{owner}>{name}"));
            }
        }
    }
    for class in &file.facts.classes {
        teller.class(class);
    }
    teller.said
}

struct Teller<'t> {
    fields: &'static Fields,
    file: &'t File<'t>,
    said: BTreeSet<String>,
}

impl Teller<'_> {
    fn say(&mut self, line: String) {
        self.said.insert(line);
    }

    fn expression(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Str(_) | ExprKind::Template(_) => {
                let span = expr.span.start as usize..expr.span.end as usize;
                let text = self.file.text.get(span).unwrap_or("");
                if ["type ", "interface ", "union ", "schema "]
                    .iter()
                    .any(|word| text.contains(word))
                {
                    self.said.extend(sdl::said(text));
                }
            }
            ExprKind::Map(pairs) => {
                for (key, value) in pairs {
                    if self.is_type_key(key)
                        && let Some((name, true)) = named(self.fields, value)
                    {
                        self.say(format!("[{name}]"));
                    }
                }
            }
            ExprKind::Call { callee, args, .. } => {
                let (ExprKind::Member { name, .. } | ExprKind::Name(name)) = &callee.kind else {
                    return;
                };
                if self.fields.listed_by.matches(name) || through_list(self.fields, callee) {
                    self.each_type(args, true, None);
                }
                self.defined(expr, name, args);
            }
            ExprKind::New { class, args, .. } => self.defined(expr, class.short(), args),
            _ => {}
        }
    }

    /// A type that a call or constructor makes, and where its fields lead.
    fn defined(&mut self, expr: &Expr, definer: &str, args: &[Arg]) {
        if !self.fields.definers.matches(definer) {
            return;
        }
        let Some(owner) = owner_of(self.fields, expr) else {
            return;
        };
        self.each_type(args, false, Some(&owner));
        if self.fields.declares.matches(definer) {
            self.say(format!("type {owner}"));
        }
    }

    /// Types named by the arguments and what stands in them.
    fn each_type(&mut self, args: &[Arg], as_list: bool, owner: Option<&str>) {
        let fields = self.fields;
        let mut found = Vec::new();
        for arg in args {
            let mut keep = |expr: &Expr| {
                let ExprKind::Map(pairs) = &expr.kind else { return };
                for (key, value) in pairs {
                    if is_type_key(fields, key) {
                        found.extend(named(fields, value));
                    }
                }
            };
            match owner {
                Some(_) => visit::expression(&arg.value, &mut keep),
                None => keep(&arg.value),
            }
        }
        for (name, is_list) in found {
            match owner {
                Some(owner) if !is_list => self.say(format!("{owner}>{name}")),
                _ if is_list || as_list => self.say(format!("[{name}]")),
                _ => {}
            }
        }
    }

    fn is_type_key(&self, key: &Expr) -> bool {
        is_type_key(self.fields, key)
    }

    /// `@Field(() => [Post])`, `@Query(() => User)`
    fn by_decorator(&mut self, decorators: &[Decorator], owner: Option<&str>, ty: Option<&TypeRef>) {
        let Some(decorator) = (decorators.iter()).find(|it| self.fields.decorator.matches(&it.name)) else {
            return;
        };
        let written = decorator
            .args
            .first()
            .and_then(|arg| named(self.fields, &arg.value));
        let Some((name, is_list)) = written.or_else(|| ty.and_then(|ty| of_type(ty, 0))) else {
            return;
        };
        match owner {
            _ if is_list => self.say(format!("[{name}]")),
            Some(owner) => self.say(format!("{owner}>{name}")),
            None => {}
        }
    }

    fn decorated(&mut self, function: &Function) {
        let class = function.class.and_then(|id| self.file.facts.classes.get(id));
        let owner = class.and_then(|class| owner_of_class(self.fields, class));
        self.by_decorator(
            &function.decorators,
            owner.as_deref(),
            function.return_type.as_ref(),
        );
    }

    fn class(&mut self, class: &Class) {
        let is_type = |it: &Decorator| self.fields.class_decorator.matches(&it.name);
        if !class.decorators.iter().any(is_type) {
            return;
        }
        self.say(format!("type {}", class.name));
        for base in &class.bases {
            // `extends Paginated(User)`
            for of in &base.args {
                self.say(format!("[{}]", of.short()));
            }
            self.say(format!("{}>{}", class.name, base.short()));
            self.say(format!("{}>{}", base.short(), class.name));
        }
        let mentions_key = |it: &Decorator| matches!(it.args.first().map(|arg| &arg.value.kind), Some(ExprKind::Str(text)) if text.starts_with("@key"));
        if class.decorators.iter().any(mentions_key) {
            self.say(format!("[{}]", class.name));
        }
        for field in &class.fields {
            self.by_decorator(&field.decorators, Some(&class.name), field.ty.as_ref());
        }
    }
}

/// The type whose fields the methods of a class are.
pub fn owner_of_class(fields: &Fields, class: &Class) -> Option<String> {
    if (class.decorators.iter()).any(|it| fields.class_decorator.matches(&it.name)) {
        return Some(class.name.clone());
    }
    let decorator = (class.decorators.iter()).find(|it| fields.owner.matches(&it.name))?;
    Some(named(fields, &decorator.args.first()?.value)?.0)
}

/// What the type of a parameter names, where the class does not say.
pub fn owner_of_type(ty: &TypeRef) -> Option<String> {
    of_type(ty, 0).map(|(name, _)| name)
}

/// Whether a type with this name is where operations start, or stands in a list.
pub fn listed(fields: &Fields, owner: &str, said: impl Fn(&str) -> bool) -> Listed {
    if fields.roots.matches(owner) || said(&format!("root {owner}")) {
        Listed::No
    } else if said(&format!("[{owner}]")) {
        Listed::Yes
    } else if said(&format!("type {owner}")) {
        Listed::No
    } else {
        Listed::Unknown
    }
}

/// The type whose fields an object literal holds, by the name or type it is declared with. Its fields
/// must be fields of that type where a schema says which there are.
pub fn owner_of_map(
    fields: &Fields,
    declared: &[&str],
    keys: &[&str],
    said: impl Fn(&str) -> bool,
) -> Option<String> {
    for name in declared {
        let stem = fields
            .suffixes
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix.as_str()).filter(|stem| !stem.is_empty()));
        for candidate in [Some(*name), stem].into_iter().flatten() {
            let mut chars = candidate.chars();
            let Some(first) = chars.next() else { continue };
            let owner = format!("{}{}", first.to_ascii_uppercase(), chars.as_str());
            if said(&format!("type {owner}")) && keys.iter().any(|key| said(&format!("{owner}.{key}"))) {
                return Some(owner);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::cancel::Cancel;
    use crate::facts::ir::Language;

    fn told(text: &str) -> Vec<String> {
        let parsed = crate::file::parse(
            "src/a.ts",
            text.to_owned(),
            Language::TypeScript,
            &Cancel::default(),
        )
        .unwrap();
        let manifest = r#"{ "dependencies": { "graphql": "16" } }"#;
        let project = Project::from_files([("package.json".to_owned(), manifest.to_owned())]);
        said(&parsed.file(), &project).into_iter().collect()
    }

    #[test]
    fn types_made_by_constructors() {
        let found = told(
            "const Shop = new GraphQLObjectType({ name: 'Store', fields: () => ({ \
             orders: { type: new GraphQLNonNull(new GraphQLList(OrderType)) }, owner: { type: UserType } }) });",
        );
        assert_eq!(
            found,
            [
                "Shop>Store",
                "Store>Shop",
                "Store>UserType",
                "[OrderType]",
                "type Store"
            ]
        );
    }

    #[test]
    fn types_made_by_classes() {
        let found = told(
            "@ObjectType() class Page extends Paginated(Order) { @Field(() => User) owner: User; @Field() shops: Shop[]; }",
        );
        assert!(found.contains(&"[Order]".to_owned()) && found.contains(&"[Shop]".to_owned()));
        assert!(found.contains(&"Page>User".to_owned()) && found.contains(&"type Page".to_owned()));
    }
}
