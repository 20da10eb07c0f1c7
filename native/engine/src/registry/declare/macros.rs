//! Relations, columns and delegates that stand as calls in a class body: `has_many :items`.

use super::field::add;
use super::relation::{self, Said};
use super::source::{self, Source};
use super::{loads, scope};
use crate::facts::ir::{Arg, Expr, ExprKind, Lambda, Stmt, StmtKind};
use crate::registry::model::Model;

/// Blocks around macros stand inside each other no deeper than this.
const DEPTH_MAX: usize = 8;

pub(super) fn read(source: &Source<'_>, macros: &[Expr], model: &mut Model) {
    for expr in macros {
        one(source, expr, &[], model, 0);
    }
    let declared = model.relations.iter().filter(|it| !it.open.relation);
    let keys: Vec<_> = declared.filter_map(|it| it.key.clone()).collect();
    model.columns.extend(keys);
}

fn one(source: &Source<'_>, expr: &Expr, outer: &[Arg], model: &mut Model, depth: usize) {
    let ExprKind::Call {
        callee, args, block, ..
    } = &expr.kind
    else {
        return;
    };
    let name = match &callee.kind {
        ExprKind::Name(name) => name,
        // `with_options … do |assoc| assoc.has_many :x end`
        ExprKind::Member { name, .. } if depth > 0 => name,
        _ => return,
    };
    let block = block.as_deref();
    let words = &source.orm.relations;
    if let Some(word) = words.word(name) {
        let said = Said {
            outer,
            block,
            ..Said::of(word, args, expr.span)
        };
        if let Some(relation) = relation::read(source, &model.name, &said) {
            add(model, relation);
        }
    } else if words.delegates.matches(name) {
        delegate(args, model);
    } else if words.scopes.matches(name) || words.default_scopes.matches(name) {
        named_query(source, expr, name, args, block, model);
    } else if source.orm.model_words.columns.matches(name) {
        let named = args.iter().filter_map(|arg| arg.name.clone());
        let listed = source::positional(args).filter_map(source::text);
        model.columns.extend(named.chain(listed));
    } else if let Some(block) = block.filter(|_| words.around.matches(name) && depth < DEPTH_MAX) {
        for stmt in &block.body {
            if let Stmt {
                kind: StmtKind::Expr(inner) | StmtKind::Return(Some(inner)),
                ..
            } = stmt
            {
                one(source, inner, args, model, depth + 1);
            }
        }
    }
}

/// `scope :recent, -> { includes(:author) }`, `default_scope { includes(:author) }`
fn named_query(
    source: &Source<'_>,
    expr: &Expr,
    word: &str,
    args: &[Arg],
    block: Option<&Lambda>,
    model: &mut Model,
) {
    let is_default = source.orm.relations.default_scopes.matches(word);
    let mut given = source::positional(args);
    let name = if is_default {
        Some(String::new())
    } else {
        given.next().and_then(source::text)
    };
    let body = given.find_map(|value| match &value.kind {
        ExprKind::Lambda(lambda) => Some(lambda.as_ref()),
        _ => None,
    });
    if let (Some(name), Some(body)) = (name, body.or(block)) {
        scope::add(model, name, true, loads::of_lambda(source, body), expr.span);
    }
}

/// `delegate :name, :email, to: :author, prefix: true`
fn delegate(args: &[Arg], model: &mut Model) {
    let options = source::options(args);
    let option = |wanted: &str| {
        options
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| *value)
    };
    let Some(to) = option("to").and_then(source::text) else {
        return;
    };
    let prefix = match option("prefix") {
        Some(value) if source::is_true(value) => Some(to.clone()),
        Some(value) => source::text(value),
        None => None,
    };
    for method in source::positional(args).filter_map(source::text) {
        let name = match &prefix {
            Some(prefix) => format!("{prefix}_{method}"),
            None => method,
        };
        model.delegates.push((name, to.clone()));
    }
}
