//! Ruby's rules for constants: lexical nesting, ancestors, then the top level; where several files
//! declare one, the autoload path tells which is the class and which add to it.

use std::rc::Rc;

use super::local::function_ref;
use super::view::View;
use super::{ClassRef, FileId, FunctionRef};
use crate::facts::ir::{ClassId, ExprKind, Language};

impl View<'_> {
    pub(super) fn ruby_class(&self, from: FileId, within: Option<ClassId>, name: &str) -> Option<ClassRef> {
        let is_top = name.starts_with("::");
        let name = name.trim_start_matches("::").replace("::", ".");
        let around = within.map(|class| ClassRef { file: from, class });
        let mut scope = around.filter(|_| !is_top);
        while let Some(class) = scope {
            let qualified = &self.class(class)?.qualified;
            if let Some(found) = self.ruby_full(from, &format!("{qualified}.{name}")) {
                return Some(found);
            }
            scope = self.outer_class(class);
        }
        if let Some(class) = around.filter(|_| !is_top) {
            let inherited = (self.base_classes(class).iter())
                .find_map(|base| self.ruby_full(from, &format!("{}.{name}", self.class(*base)?.qualified)));
            if inherited.is_some() {
                return inherited;
            }
        }
        self.ruby_full(from, &name)
    }

    fn ruby_full(&self, from: FileId, qualified: &str) -> Option<ClassRef> {
        let mut found = self.full("", qualified);
        found.retain(|class| (self.facts(class.file)).is_some_and(|it| it.language == Language::Ruby));
        let own = self.program.path(from);
        if !self.program.is_test(from) {
            found.retain(|class| !self.program.is_test(class.file));
        }
        if found.is_empty() {
            return None;
        }
        let conventional = |class: &&ClassRef| is_conventional(self.program.path(class.file), qualified);
        let named: Vec<_> = found.iter().filter(conventional).copied().collect();
        let found = if named.is_empty() { found } else { named };
        let roots: Vec<_> = found
            .iter()
            .map(|class| root(self.program.path(class.file)))
            .collect();
        let nearest = (roots.iter().copied())
            .filter(|root| is_inside(own, root))
            .max_by_key(|root| root.len());
        let wanted = match nearest {
            Some(nearest) => nearest,
            None if roots.iter().all(|root| Some(root) == roots.first()) => *roots.first()?,
            None => return None,
        };
        let at = roots.iter().position(|root| *root == wanted)?;
        found.get(at).copied()
    }

    /// All files that open the class, its own first.
    pub(super) fn ruby_parts(&self, class: ClassRef) -> Option<Vec<ClassRef>> {
        let own = self.program.path(class.file);
        let mut parts = self.full("", &self.class(class)?.qualified);
        let home = root(own);
        let in_test = self.program.is_test(class.file);
        parts.retain(|part| {
            let path = self.program.path(part.file);
            *part == class
                || (self.program.is_test(part.file) == in_test
                    && (root(path) == home || is_inside(home, root(path))))
        });
        Some(parts)
    }

    /// A plain call: a method of the object, else a function of the file.
    pub(super) fn ruby_function(
        &self,
        from: FileId,
        within: usize,
        class: Option<ClassId>,
        name: &str,
    ) -> Option<FunctionRef> {
        let function = self.facts(from)?.functions.get(within)?;
        let method = class.and_then(|class| {
            let class = ClassRef { file: from, class };
            if function.is_static {
                self.static_method(class, name)
            } else {
                self.method(class, name)
            }
        });
        method
            .or_else(|| self.own_function(from, name))
            .or_else(|| self.view_helper(from, name))
    }

    /// Views and helpers of Rails see the methods of all helpers.
    fn view_helper(&self, from: FileId, name: &str) -> Option<FunctionRef> {
        let own = self.program.path(from);
        let is_helper = |path: &str| path.contains("app/helpers/");
        if !is_helper(own) && !own.contains("app/views/") {
            return None;
        }
        let near = |file: &&FileId| {
            let path = self.program.path(**file);
            is_helper(path) && root(path) == root(own)
        };
        let mut found = None;
        for file in self.definers(name).iter().filter(near) {
            let (outline, index) = self.index(*file)?;
            let is_member = |id: &&usize| {
                (outline.facts.functions.get(**id)).is_some_and(|it| it.class.is_some() && !it.is_static)
            };
            for id in index.functions(outline, name).iter().filter(is_member) {
                if found.replace(function_ref(*file, *id)).is_some() {
                    return None;
                }
            }
        }
        found
    }

    pub(super) fn is_mailer(&self, class: ClassRef) -> bool {
        let says = |class: &ClassRef| {
            let bases = self.class(*class).map_or(&[][..], |class| &class.bases);
            bases
                .iter()
                .any(|base| base.name == "ActionMailer::Base" || base.name.ends_with("Mailer"))
        };
        says(&class) || self.base_classes(class).iter().any(says)
    }

    /// Modules that a class extends: their methods are methods of the class itself.
    pub(super) fn extended(&self, class: ClassRef) -> Rc<[ClassRef]> {
        self.remembered(&self.extended, class, |view| {
            let macros = view.class(class).map_or(&[][..], |class| &class.macros);
            let mut found = Vec::new();
            for value in macros {
                let ExprKind::Call { callee, args, .. } = &value.kind else {
                    continue;
                };
                if !matches!(&callee.kind, ExprKind::Name(name) if name == "extend") {
                    continue;
                }
                for arg in args {
                    match &arg.value.kind {
                        ExprKind::This => found.push(class),
                        given => found.extend(
                            super::value::dotted(given)
                                .and_then(|name| view.class_named(class.file, Some(class.class), &name)),
                        ),
                    }
                }
            }
            found.into()
        })
    }
}

/// Whether an autoloader would look for the constant in this file: `app/models/shop/order.rb` for
/// `Shop::Order`. Letters count, not where words begin: `HTMLPage` lies in `html_page.rb`.
fn is_conventional(path: &str, qualified: &str) -> bool {
    let Some(stem) = path.strip_suffix(".rb") else {
        return false;
    };
    let letters = |text: &str| -> Vec<u8> {
        (text.bytes().filter(|byte| *byte != b'_'))
            .map(|byte| byte.to_ascii_lowercase())
            .collect()
    };
    let mut folders = stem.rsplit('/');
    qualified.rsplit('.').all(|part| {
        folders
            .next()
            .is_some_and(|folder| letters(folder) == letters(part))
    })
}

/// The application, engine or gem a file belongs to.
fn root(path: &str) -> &str {
    let ends = ["app/", "lib/", "config/", "spec/", "test/"];
    let mut best = None;
    for end in ends {
        let at = if path.starts_with(end) {
            Some(0)
        } else {
            path.find(&format!("/{end}"))
        };
        best = match (best, at) {
            (Some(known), Some(at)) => Some(std::cmp::min(known, at)),
            (known, at) => known.or(at),
        };
    }
    best.and_then(|at| path.get(..at)).unwrap_or("")
}

fn is_inside(path: &str, folder: &str) -> bool {
    folder.is_empty()
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
