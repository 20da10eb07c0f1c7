//! Expressions, patterns, parameters and types as short text. It must not know statements
//! beyond asking for a lambda's body on one line.

use super::inline;
use crate::facts::ir::{
    Arg, Comprehension, Decorator, Expr, ExprKind, FileFacts, Lambda, Param, Pattern, TypeRef,
};

pub(super) fn ty(it: &TypeRef) -> String {
    let args: Vec<_> = it.args.iter().map(ty).collect();
    let args = if args.is_empty() {
        String::new()
    } else {
        format!("<{}>", args.join(", "))
    };
    format!("{}{args}{}", it.name, if it.nullable { "?" } else { "" })
}

pub(super) fn decorators(all: &[Decorator]) -> String {
    all.iter()
        .map(|it| {
            let args: Vec<_> = it.args.iter().map(|arg| arg_text(arg, None)).collect();
            if args.is_empty() {
                format!("@{} ", it.name)
            } else {
                format!("@{}({}) ", it.name, args.join(", "))
            }
        })
        .collect()
}

pub(super) fn params(all: &[Param], facts: &FileFacts) -> String {
    let shown: Vec<_> = all
        .iter()
        .map(|it| {
            let rest = if it.rest { "..." } else { "" };
            let annotation = it
                .ty
                .as_ref()
                .map(|it| format!(": {}", ty(it)))
                .unwrap_or_default();
            let default = it
                .default
                .as_ref()
                .map(|it| format!(" = {}", expr(it, facts)))
                .unwrap_or_default();
            format!(
                "{}{rest}{}{annotation}{default}",
                decorators(&it.decorators),
                pattern(&it.pattern, facts)
            )
        })
        .collect();
    shown.join(", ")
}

pub(super) fn pattern(it: &Pattern, facts: &FileFacts) -> String {
    match it {
        Pattern::Name { name, .. } => name.clone(),
        Pattern::Sequence(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| pattern(part, facts)).collect();
            format!("({})", parts.join(", "))
        }
        Pattern::Object(parts) => {
            let parts: Vec<_> = parts
                .iter()
                .map(|(name, part)| format!("{name}: {}", pattern(part, facts)))
                .collect();
            format!("{{{}}}", parts.join(", "))
        }
        Pattern::Place(place) => expr(place, facts),
        Pattern::Ignored => "_".to_string(),
    }
}

fn arg_text(arg: &Arg, facts: Option<&FileFacts>) -> String {
    let name = arg
        .name
        .as_ref()
        .map(|name| format!("{name}="))
        .unwrap_or_default();
    let spread = if arg.spread { "..." } else { "" };
    format!("{name}{spread}{}", text(&arg.value, facts))
}

pub(super) fn args(all: &[Arg], facts: Option<&FileFacts>) -> String {
    let shown: Vec<_> = all.iter().map(|arg| arg_text(arg, facts)).collect();
    shown.join(", ")
}

pub(super) fn expr(it: &Expr, facts: &FileFacts) -> String {
    text(it, Some(facts))
}

fn list(all: &[Expr], facts: Option<&FileFacts>) -> String {
    let shown: Vec<_> = all.iter().map(|it| text(it, facts)).collect();
    shown.join(", ")
}

/// Without `facts` (decorators) lambda bodies are left out.
fn text(it: &Expr, facts: Option<&FileFacts>) -> String {
    let t = |it: &Expr| text(it, facts);
    let optional = |it: &Option<Box<Expr>>| it.as_ref().map(|it| t(it)).unwrap_or_default();
    match &it.kind {
        ExprKind::Name(name) => name.clone(),
        ExprKind::This => "this".to_string(),
        ExprKind::Super => "super".to_string(),
        ExprKind::Str(value) => format!("{value:?}"),
        ExprKind::Template(parts) => format!("template({})", list(parts, facts)),
        ExprKind::Number(value) => value.clone(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Null => "null".to_string(),
        ExprKind::Symbol(name) => format!(":{name}"),
        ExprKind::Member {
            object,
            name,
            optional,
            ..
        } => {
            format!("{}{}{name}", t(object), if *optional { "?." } else { "." })
        }
        ExprKind::Call {
            callee,
            args: given,
            block,
            type_args,
        } => {
            let types: Vec<_> = type_args.iter().map(ty).collect();
            let types = if types.is_empty() {
                String::new()
            } else {
                format!("<{}>", types.join(", "))
            };
            let block = block
                .as_ref()
                .map(|it| format!(" {}", lambda(it, facts)))
                .unwrap_or_default();
            format!("{}{types}({}){block}", t(callee), args(given, facts))
        }
        ExprKind::New {
            class,
            args: given,
            initializer,
        } => {
            let init = if initializer.is_empty() {
                String::new()
            } else {
                format!(" {{{}}}", list(initializer, facts))
            };
            format!("new {}({}){init}", ty(class), args(given, facts))
        }
        ExprKind::Index { object, index } => format!("{}[{}]", t(object), t(index)),
        ExprKind::Lambda(it) => lambda(it, facts),
        ExprKind::List(items) => format!("[{}]", list(items, facts)),
        ExprKind::Map(pairs) => {
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(key, value)| format!("{}: {}", t(key), t(value)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        ExprKind::Range { from, to } => format!("{}..{}", optional(from), optional(to)),
        ExprKind::Comprehension(it) => comprehension(it, facts),
        ExprKind::Spread(value) => format!("...{}", t(value)),
        ExprKind::Await(value) => format!("await {}", t(value)),
        ExprKind::Yield(value) => format!("yield {}", optional(value)).trim_end().to_string(),
        ExprKind::Unary { op, operand } => format!("({op} {})", t(operand)),
        ExprKind::Binary { op, left, right } => format!("({} {op} {})", t(left), t(right)),
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => {
            format!("({} ? {} : {})", t(condition), t(then), t(otherwise))
        }
        ExprKind::Assign { target, op, value } => {
            let target = facts.map(|facts| pattern(target, facts)).unwrap_or_default();
            format!("({target} {}= {})", op.as_deref().unwrap_or(""), t(value))
        }
        ExprKind::Cast { ty: target, value } => format!("({} as {})", t(value), ty(target)),
        ExprKind::Opaque(parts) => format!("?({})", list(parts, facts)),
    }
}

fn lambda(it: &Lambda, facts: Option<&FileFacts>) -> String {
    let Some(facts) = facts else {
        return "=> {}".to_string();
    };
    let is_async = if it.is_async { "async " } else { "" };
    format!(
        "{is_async}({}) => {{ {} }}",
        params(&it.params, facts),
        inline(&it.body, facts)
    )
}

fn comprehension(it: &Comprehension, facts: Option<&FileFacts>) -> String {
    let clauses: Vec<_> = it
        .clauses
        .iter()
        .map(|clause| {
            let target = facts
                .map(|facts| pattern(&clause.target, facts))
                .unwrap_or_default();
            let conditions: String = clause
                .conditions
                .iter()
                .map(|it| format!(" if {}", text(it, facts)))
                .collect();
            format!(" for {target} in {}{conditions}", text(&clause.iterable, facts))
        })
        .collect();
    let lazy = if it.lazy { "lazy " } else { "" };
    format!("{lazy}[{}{}]", list(&it.element, facts), clauses.concat())
}
