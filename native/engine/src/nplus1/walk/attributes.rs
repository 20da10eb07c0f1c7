//! Attributes that a class declares by macros and a framework reads once per row: `has_many :comments`
//! of a serializer, `field :author` of a GraphQL type.

use std::rc::Rc;

use super::Walker;
use super::orm_call::Written;
use crate::facts::ir::{Arg, ClassId, Expr, ExprKind, Stmt, StmtKind};
use crate::nplus1::env::Env;
use crate::nplus1::frameworks::{Element, Framework};
use crate::nplus1::graphql::Listed;
use crate::nplus1::site::Form;
use crate::nplus1::value::{Bound, Coll, Kind, Origin, Value};

impl<'a> Walker<'a> {
    /// Walks what the classes of the file declare.
    pub(super) fn declared_attributes(&mut self) {
        let facts = self.unit.file.facts;
        for (id, class) in facts.classes.iter().enumerate() {
            let Some((framework, element)) = self.unit.frameworks.reader(class) else {
                continue;
            };
            let listed = self.listed_class(element, class);
            if listed == Some(Listed::No) {
                continue;
            }
            let row = self.implicit_model(element, class).unwrap_or_else(Value::unknown);
            let rows = Value::new(Kind::Coll(Coll::of(row, Bound::Unbounded, Origin::Parameter)));
            for call in &class.macros {
                self.declared_attribute(framework, element, id, &rows, call);
            }
        }
    }

    fn declared_attribute(
        &mut self,
        framework: &Framework,
        element: &Element,
        class: ClassId,
        rows: &Value<'a>,
        written: &'a Expr,
    ) {
        let ExprKind::Call {
            callee, args, block, ..
        } = &written.kind
        else {
            return;
        };
        let ExprKind::Name(word) = &callee.kind else {
            return;
        };
        if let Some(block) = block.as_deref()
            && element.around.matches(word)
        {
            for stmt in &block.body {
                if let StmtKind::Expr(inner) | StmtKind::Return(Some(inner)) = &stmt.kind {
                    self.declared_attribute(framework, element, class, rows, inner);
                }
            }
            return;
        }
        let is_answered = args.iter().any(|arg| {
            arg.name
                .as_ref()
                .is_some_and(|name| element.answered.contains(name))
        });
        if !element.reads.matches(word) || is_answered {
            return;
        }
        let module = self.unit.scopes.borrow().get(&None).cloned();
        self.env = Env::inside(module.unwrap_or_else(Rc::default));
        (self.function, self.class) = (0, Some(class));
        let block = block.as_deref().filter(|_| element.blocks);
        let body: &'a [Stmt] = block.map_or(&[], |block| &block.body);
        let form = Form::Implicit(element.kind);
        let name = element.names.first().map(String::as_str);
        let iteration = self.open_iteration(form, written.span, body, rows, None, name);
        self.iterations[iteration].driver.clone_from(&framework.name);
        let row = self.element(rows, iteration);
        match block {
            Some(block) => {
                self.name_element(element, &row);
                self.run_lambda(block, std::slice::from_ref(&row));
            }
            None => {
                for (name, at) in self.attributes_of(element, class, args) {
                    let call = Written {
                        span: at.span,
                        object: at,
                        name,
                        args: &[],
                        block: None,
                        type_args: &[],
                    };
                    let read = self.call_on(row.clone(), call);
                    self.consume(read, at.span);
                }
            }
        }
        self.close_iteration();
        self.env = Env::default();
        self.receiver = None;
    }

    /// What the macro says is read, without what the class answers by a method of its own.
    fn attributes_of(&self, element: &Element, class: ClassId, args: &'a [Arg]) -> Vec<(&'a str, &'a Expr)> {
        let facts = self.unit.file.facts;
        let symbol = |value: &'a Expr| match &value.kind {
            ExprKind::Symbol(name) => Some((name.as_str(), value)),
            _ => None,
        };
        let named = |arg: &&Arg| {
            arg.name
                .as_ref()
                .is_some_and(|name| element.reads_as.contains(name))
        };
        let own = |name: &str| {
            let methods = facts.classes[class].methods.iter();
            methods
                .filter_map(|id| facts.functions.get(*id))
                .any(|it| it.name == name)
        };
        let written: Vec<_> = args
            .iter()
            .take_while(|arg| arg.name.is_none())
            .map_while(|arg| symbol(&arg.value))
            .filter(|(name, _)| !own(name))
            .collect();
        match (written.as_slice(), args.iter().find(named)) {
            ([_], Some(other)) => symbol(&other.value).into_iter().collect(),
            _ => written,
        }
    }
}
