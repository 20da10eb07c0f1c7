//! Ruby calls: receivers, arguments, blocks and what can stand for a block.

use tree_sitter::Node;

use super::expr::called;
use super::value::tail;
use super::{Jump, Ruby, code};
use crate::facts::ir::{Arg, Expr, ExprKind, Lambda, Param, Pattern, StmtKind};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::{arg, call, cut_expr, expr, member, param, spread_arg, stmt};
use crate::facts::lower::grammar::Grammar;
use crate::facts::lower::span;

impl<'t> Ruby<'_, 't> {
    pub(super) fn call(&mut self, node: Node<'t>) -> ExprKind {
        let receiver = node.field("receiver");
        let method = node.field("method");
        let list = node.field("arguments");
        let block = node.field("block");
        if let Some(block) = block
            && self.makes_lambda(receiver, method)
        {
            return ExprKind::Lambda(Box::new(self.closure(block, block, Jump::Lambda)));
        }
        let callee = match (receiver, method) {
            (Some(receiver), method) => self.callee(node, receiver, method),
            (None, Some(method)) if method.kind() == "super" => expr(ExprKind::Super, method),
            (None, Some(method)) => expr(ExprKind::Name(self.text(method).to_string()), method),
            (None, None) => cut_expr(node),
        };
        if list.is_none() && block.is_none() && receiver.is_some() {
            return callee.kind;
        }
        let (args, handed) = list.map(|list| self.args(list)).unwrap_or_default();
        let block = block
            .map(|block| Box::new(self.closure(block, block, Jump::Block)))
            .or(handed);
        ExprKind::Call {
            callee: Box::new(callee),
            args,
            block,
            type_args: Vec::new(),
        }
    }

    fn callee(&mut self, node: Node<'t>, receiver: Node<'t>, method: Option<Node<'t>>) -> Expr {
        let object = Box::new(self.expression(receiver));
        // `f.(x)` is `f.call(x)`.
        let name = method.map_or("call", |method| self.text(method));
        let name_span = span(method.unwrap_or(receiver));
        let optional = self.low.field_text(node, "operator") == "&.";
        let mut whole = span(receiver);
        whole.end = whole.end.max(name_span.end);
        Expr {
            kind: member(object, name, method.unwrap_or(receiver), optional),
            span: whole,
        }
    }

    /// `lambda { }`, `proc { }`, `Proc.new { }`
    fn makes_lambda(&self, receiver: Option<Node<'t>>, method: Option<Node<'t>>) -> bool {
        let method = method.map_or("", |method| self.text(method));
        match receiver {
            None => matches!(method, "lambda" | "proc"),
            Some(receiver) => method == "new" && self.text(receiver) == "Proc",
        }
    }

    /// `raise`, `raise X`, `fail "…"`
    pub(super) fn is_raise(&self, node: Node<'t>) -> bool {
        match node.kind() {
            "identifier" => self.text(node) == "raise",
            "call" => {
                node.field("receiver").is_none()
                    && matches!(self.low.field_text(node, "method"), "raise" | "fail")
            }
            _ => false,
        }
    }

    pub(super) fn call_statement(&mut self, node: Node<'t>) -> StmtKind {
        if self.is_raise(node) {
            let list = node.field("arguments");
            let (args, _) = list.map(|list| self.args(list)).unwrap_or_default();
            let mut values: Vec<Expr> = args.into_iter().map(|arg| arg.value).collect();
            return StmtKind::Raise(match values.len() {
                0 | 1 => values.pop(),
                _ => Some(expr(ExprKind::Opaque(values), node)),
            });
        }
        let endless = self.low.field_text(node, "method") == "loop"
            && node.field("receiver").is_none()
            && node.field("arguments").is_none();
        match node.field("block") {
            Some(block) if endless => self.forever(node, block),
            _ => StmtKind::Expr(self.expression(node)),
        }
    }

    /// Arguments, and the block that `&…` hands over.
    pub(super) fn args(&mut self, list: Node<'t>) -> (Vec<Arg>, Option<Box<Lambda>>) {
        let (mut args, mut block) = (Vec::new(), None);
        // The hash that `"key" => value` arguments make up.
        let mut hash: Option<usize> = None;
        for node in code(list) {
            match node.kind() {
                "pair" => self.pair_arg(node, &mut args, &mut hash),
                "block_argument" => match self.handed_block(node) {
                    Ok(lambda) => block = Some(Box::new(lambda)),
                    Err(value) => args.push(Arg {
                        name: Some("&".to_string()),
                        spread: false,
                        value,
                    }),
                },
                "splat_argument" | "hash_splat_argument" if !code(node).is_empty() => {
                    args.push(spread_arg(self.wrapped(node)));
                }
                "splat_argument" | "hash_splat_argument" | "forward_argument" => {
                    let name = ExprKind::Name(self.text(node).to_string());
                    args.push(spread_arg(expr(name, node)));
                }
                _ => args.push(arg(self.expression(node))),
            }
        }
        (args, block)
    }

    /// `key: value` and `:key => value` are named arguments; other keys make up one hash.
    fn pair_arg(&mut self, node: Node<'t>, args: &mut Vec<Arg>, hash: &mut Option<usize>) {
        let key = node.field("key");
        if let Some(key) = key.filter(|key| matches!(key.kind(), "hash_key_symbol" | "simple_symbol")) {
            let name = self.text(key).trim_start_matches(':').to_string();
            args.push(Arg {
                name: Some(name),
                spread: false,
                value: self.pair_value(node, key),
            });
            return;
        }
        let pair = self.pair(node);
        if let Some(Arg {
            value: Expr {
                kind: ExprKind::Map(pairs),
                span: at,
            },
            ..
        }) = hash.and_then(|index| args.get_mut(index))
        {
            pairs.push(pair);
            at.end = span(node).end;
            return;
        }
        *hash = Some(args.len());
        args.push(arg(expr(ExprKind::Map(vec![pair]), node)));
    }

    /// `&:name` is the block `{ |_1| _1.name }`, `&method(:name)` is `{ |_1| name(_1) }`. Any other
    /// value stays an argument named `&`.
    fn handed_block(&mut self, node: Node<'t>) -> Result<Lambda, Expr> {
        let Some(value) = code(node).first().copied() else {
            // `f(&)` hands on the block of the method at hand.
            return Err(expr(ExprKind::Name("&".to_string()), node));
        };
        let element = expr(ExprKind::Name("_1".to_string()), value);
        let result = match value.kind() {
            "simple_symbol" => {
                let name = self.text(value).trim_start_matches(':');
                member(Box::new(element), name, value, false)
            }
            "call" if self.low.field_text(value, "method") == "method" => match self.method_object(value) {
                Some(callee) => call(callee, vec![arg(element)]),
                None => return Err(self.expression(value)),
            },
            _ => return Err(self.expression(value)),
        };
        let result = StmtKind::Return(Some(expr(result, value)));
        Ok(Lambda {
            params: vec![implicit_param("_1", value)],
            is_async: false,
            body: vec![stmt(result, value)],
            span: span(node),
        })
    }

    /// What `method(:name)` or `object.method(:name)` calls.
    fn method_object(&mut self, node: Node<'t>) -> Option<Expr> {
        let list = code(node.field("arguments")?);
        let [symbol] = list.as_slice() else { return None };
        if symbol.kind() != "simple_symbol" {
            return None;
        }
        let name = self.text(*symbol).trim_start_matches(':');
        Some(match self.optional(node.field("receiver")) {
            Some(object) => expr(member(Box::new(object), name, *symbol, false), node),
            None => expr(ExprKind::Name(name.to_string()), *symbol),
        })
    }

    /// `->(x) { … }`: parameters stand on the arrow, the body in a block of its own.
    pub(super) fn lambda(&mut self, node: Node<'t>) -> ExprKind {
        let Some(block) = node.field("body") else {
            return called(ExprKind::Null, node);
        };
        ExprKind::Lambda(Box::new(self.closure(node, block, Jump::Lambda)))
    }

    /// A block or lambda: parameters at `head`, statements in `block`.
    fn closure(&mut self, head: Node<'t>, block: Node<'t>, jump: Jump) -> Lambda {
        self.in_scope(true, |ruby| {
            let list = head.field("parameters");
            if let Some(scope) = ruby.scopes.last_mut() {
                scope.implicit = list.is_none();
            }
            let mut params = list.map(|list| ruby.params(list)).unwrap_or_default();
            let mut body = ruby.jumping(jump, |ruby| {
                block
                    .field("body")
                    .map_or_else(Vec::new, |body| ruby.rescued(body))
            });
            tail(&mut body, &|value| StmtKind::Return(Some(value)));
            params.extend(ruby.implicit_params(block));
            Lambda {
                params,
                is_async: false,
                body,
                span: span(head),
            }
        })
    }

    /// `it`, or `_1` up to the highest one met.
    fn implicit_params(&self, block: Node<'t>) -> Vec<Param> {
        match self.scopes.last().and_then(|scope| scope.met) {
            None => Vec::new(),
            Some("it") => vec![implicit_param("it", block)],
            Some(highest) => {
                let count = highest.trim_start_matches('_').parse::<usize>().unwrap_or(1);
                (1..=count)
                    .map(|at| implicit_param(&format!("_{at}"), block))
                    .collect()
            }
        }
    }
}

fn implicit_param(name: &str, node: Node<'_>) -> Param {
    param(Pattern::Name {
        name: name.to_string(),
        span: span(node),
    })
}
