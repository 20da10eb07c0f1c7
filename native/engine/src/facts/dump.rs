//! Writes facts as short text that looks like code, for tests to read. Spans are left out.
//! It must not decide anything: one form of the facts, one form of text.

mod expr;

use super::ir::{Class, FileFacts, Function, Import, Loop, LoopKind, Stmt, StmtKind};
use expr::{decorators, expr, params, pattern, ty};

/// All facts: imports, classes, then functions in order with their bodies.
pub(crate) fn dump(facts: &FileFacts) -> String {
    let mut out = String::new();
    if !facts.package.is_empty() {
        out.push_str(&format!("package {}\n", facts.package));
    }
    for import in &facts.imports {
        out.push_str(&import_line(import));
        out.push('\n');
    }
    for class in &facts.classes {
        class_lines(class, facts, &mut out);
    }
    for function in &facts.functions {
        function_lines(function, facts, &mut out);
    }
    out
}

/// One function's body.
pub(crate) fn dump_body(facts: &FileFacts, name: &str) -> String {
    let mut out = String::new();
    for function in facts
        .functions
        .iter()
        .filter(|function| function.qualified == name)
    {
        block(&function.body, 0, facts, &mut out);
    }
    out
}

fn import_line(import: &Import) -> String {
    let names: Vec<_> = import
        .names
        .iter()
        .map(|name| {
            if name.imported == name.local {
                name.local.clone()
            } else {
                format!("{} as {}", name.imported, name.local)
            }
        })
        .collect();
    format!("import {} ({})", import.module, names.join(", "))
}

fn class_lines(class: &Class, facts: &FileFacts, out: &mut String) {
    let bases: Vec<_> = class.bases.iter().map(ty).collect();
    let kind = format!("{:?}", class.kind).to_lowercase();
    out.push_str(&format!(
        "{}{kind} {}({})\n",
        decorators(&class.decorators),
        class.qualified,
        bases.join(", ")
    ));
    for field in &class.fields {
        let annotation = field
            .ty
            .as_ref()
            .map(|it| format!(": {}", ty(it)))
            .unwrap_or_default();
        let value = field
            .value
            .as_ref()
            .map(|it| format!(" = {}", expr(it, facts)))
            .unwrap_or_default();
        let is_static = if field.is_static { "static " } else { "" };
        out.push_str(&format!(
            "  {}{is_static}{}{annotation}{value}\n",
            decorators(&field.decorators),
            field.name
        ));
    }
    for value in &class.macros {
        out.push_str(&format!("  macro {}\n", expr(value, facts)));
    }
    let methods: Vec<_> = class
        .methods
        .iter()
        .filter_map(|id| facts.functions.get(*id))
        .map(|f| f.name.as_str())
        .collect();
    if !methods.is_empty() {
        out.push_str(&format!("  methods {}\n", methods.join(", ")));
    }
}

fn function_lines(function: &Function, facts: &FileFacts, out: &mut String) {
    let mut head = decorators(&function.decorators);
    let visibility = format!("{:?} ", function.visibility).to_lowercase();
    if visibility != "public " {
        head.push_str(&visibility);
    }
    if function.is_static {
        head.push_str("static ");
    }
    if function.is_async {
        head.push_str("async ");
    }
    head.push_str(&format!("{:?} ", function.kind).to_lowercase());
    let returns = function
        .return_type
        .as_ref()
        .map(|it| format!(" -> {}", ty(it)))
        .unwrap_or_default();
    out.push_str(&format!(
        "{head}{}({}){returns}\n",
        function.qualified,
        params(&function.params, facts)
    ));
    block(&function.body, 1, facts, out);
}

fn block(stmts: &[Stmt], depth: usize, facts: &FileFacts, out: &mut String) {
    for stmt in stmts {
        lines(stmt, depth, facts, out);
    }
}

fn line(depth: usize, text: &str, out: &mut String) {
    out.push_str(&"  ".repeat(depth));
    out.push_str(text);
    out.push('\n');
}

/// Statements on one line, for lambdas.
fn inline(stmts: &[Stmt], facts: &FileFacts) -> String {
    let mut out = String::new();
    block(stmts, 0, facts, &mut out);
    let parts: Vec<_> = out.lines().map(str::trim).collect();
    parts.join("; ")
}

fn lines(stmt: &Stmt, depth: usize, facts: &FileFacts, out: &mut String) {
    let optional = |value: &Option<_>| {
        value
            .as_ref()
            .map(|it| format!(" {}", expr(it, facts)))
            .unwrap_or_default()
    };
    match &stmt.kind {
        StmtKind::Expr(value) => line(depth, &expr(value, facts), out),
        StmtKind::Assign {
            target,
            op,
            ty: annotation,
            value,
        } => {
            let annotation = annotation
                .as_ref()
                .map(|it| format!(": {}", ty(it)))
                .unwrap_or_default();
            let op = op.as_deref().unwrap_or("");
            let value = value
                .as_ref()
                .map(|it| format!(" {op}= {}", expr(it, facts)))
                .unwrap_or_default();
            line(
                depth,
                &format!("{}{annotation}{value}", pattern(target, facts)),
                out,
            );
        }
        StmtKind::Loop(it) => loop_lines(it, depth, facts, out),
        StmtKind::If {
            condition,
            then,
            otherwise,
        } => {
            line(depth, &format!("if {}", expr(condition, facts)), out);
            block(then, depth + 1, facts, out);
            part("else", otherwise, depth, facts, out);
        }
        StmtKind::Switch { subject, arms } => {
            line(depth, &format!("switch{}", optional(subject)), out);
            arms.iter()
                .for_each(|arm| arm_lines("arm", arm, depth, facts, out));
        }
        StmtKind::Try {
            body,
            handlers,
            finally,
        } => {
            arm_lines("try", body, depth, facts, out);
            handlers
                .iter()
                .for_each(|arm| arm_lines("catch", arm, depth, facts, out));
            part("finally", finally, depth, facts, out);
        }
        StmtKind::Scope { bindings, body } => {
            let shown: Vec<_> = bindings
                .iter()
                .map(|(target, value)| match target {
                    Some(target) => format!("{} = {}", pattern(target, facts), expr(value, facts)),
                    None => expr(value, facts),
                })
                .collect();
            arm_lines(
                format!("scope {}", shown.join(", ")).trim(),
                body,
                depth,
                facts,
                out,
            );
        }
        StmtKind::Return(value) => line(depth, &format!("return{}", optional(value)), out),
        StmtKind::Raise(value) => line(depth, &format!("raise{}", optional(value)), out),
        StmtKind::Break => line(depth, "break", out),
        StmtKind::Continue => line(depth, "continue", out),
        StmtKind::Function(id) => {
            let name = facts.functions.get(*id).map_or("", |it| it.qualified.as_str());
            line(depth, &format!("<function {name}>"), out);
        }
        StmtKind::Class(id) => {
            let name = facts.classes.get(*id).map_or("", |it| it.qualified.as_str());
            line(depth, &format!("<class {name}>"), out);
        }
    }
}

fn part(head: &str, body: &[Stmt], depth: usize, facts: &FileFacts, out: &mut String) {
    if !body.is_empty() {
        arm_lines(head, body, depth, facts, out);
    }
}

fn arm_lines(head: &str, body: &[Stmt], depth: usize, facts: &FileFacts, out: &mut String) {
    line(depth, head, out);
    block(body, depth + 1, facts, out);
}

fn loop_lines(it: &Loop, depth: usize, facts: &FileFacts, out: &mut String) {
    let mut head = String::from(if it.is_async { "async " } else { "" });
    let condition = it
        .condition
        .as_ref()
        .map(|value| expr(value, facts))
        .unwrap_or_default();
    head.push_str(&match it.kind {
        LoopKind::ForEach => format!(
            "for {} in {}",
            it.target
                .as_ref()
                .map(|target| pattern(target, facts))
                .unwrap_or_default()
                + &it
                    .target_ty
                    .as_ref()
                    .map(|it| format!(": {}", ty(it)))
                    .unwrap_or_default(),
            it.iterable
                .as_ref()
                .map(|value| expr(value, facts))
                .unwrap_or_default()
        ),
        LoopKind::For => format!(
            "for ({}; {condition}; {})",
            inline(&it.init, facts),
            inline(&it.step, facts)
        ),
        LoopKind::While => format!("while {condition}"),
        LoopKind::DoWhile => format!("do while {condition}"),
        LoopKind::Forever => "forever".to_string(),
    });
    arm_lines(&head, &it.body, depth, facts, out);
}
