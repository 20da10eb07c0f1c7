//! Entity graphs: in the decorator of a declared query, as a hint of a query, and named ones that a
//! class declares for others to use.

use super::Plan;
use super::paths::{Mark, Paths, State};
use super::reader::{Reader, argument, chain, unwrapped, word};
use super::text::text_paths;
use crate::facts::ir::{Arg, Decorator, Expr, ExprKind};

/// Graphs within graphs.
const DEPTH_MAX: u32 = 12;

impl<'a> Reader<'_, 'a> {
    /// `@EntityGraph(attributePaths = {"author"})`, `@EntityGraph("Post.full")`
    pub(super) fn graph(self, args: &'a [Arg], plan: &mut Plan) {
        match argument(args, &["attributePaths"], usize::MAX) {
            Some(paths) => self.includes(&paths.value, plan),
            None => {
                let name = argument(args, &["value"], 0);
                self.named(name.map_or(&[], std::slice::from_ref), plan);
            }
        }
    }

    /// `setHint("jakarta.persistence.fetchgraph", em.getEntityGraph("Post.full"))`
    pub(super) fn graph_hint(self, args: &'a [Arg], plan: &mut Plan) {
        let [hint @ .., graph] = args else {
            return;
        };
        if let Some(hint) = hint.first() {
            let name = match &unwrapped(&hint.value).kind {
                ExprKind::Str(name) => name.to_ascii_lowercase(),
                ExprKind::Name(name) | ExprKind::Member { name, .. } => name.to_ascii_lowercase(),
                _ => "graph".to_owned(),
            };
            if !name.contains("graph") {
                return;
            }
        }
        match chain(&graph.value).1.last() {
            Some(link) if link.args.len() == 1 => self.named(link.args, plan),
            _ => plan.paths.mark(Mark::Open),
        }
    }
}

/// What a class declares for others to use by name: `@NamedEntityGraph(name = "Post.full", …)`,
/// `@NamedQuery(name = "Post.all", query = "… join fetch …")`. Which decorators those are is read off
/// their arguments.
pub fn declared(class: &str, decorators: &[Decorator]) -> Vec<(String, Paths)> {
    let mut out = Vec::new();
    for decorator in decorators {
        declaration(class, &decorator.args, &mut out, DEPTH_MAX);
    }
    out
}

fn declaration(class: &str, args: &[Arg], out: &mut Vec<(String, Paths)>, depth: u32) {
    let Some(depth) = depth.checked_sub(1) else {
        return;
    };
    let name = argument(args, &["name"], usize::MAX).and_then(|arg| word(&arg.value));
    if let Some(nodes) = argument(args, &["attributeNodes"], usize::MAX) {
        let graphs = argument(args, &["subgraphs"], usize::MAX);
        let mut paths = Paths::default();
        let subgraphs = graphs.map(|arg| listed(&arg.value)).unwrap_or_default();
        attribute_nodes(&nodes.value, &subgraphs, &mut paths, depth);
        out.push((name.unwrap_or(class).to_owned(), paths));
    } else if let (Some(name), Some(query)) = (name, argument(args, &["query"], usize::MAX)) {
        out.push((name.to_owned(), text_paths(&literal(&query.value))));
    } else if name.is_none() {
        // `@NamedEntityGraphs({@NamedEntityGraph(…), …})`
        for arg in args {
            for inner in listed(&arg.value) {
                if let ExprKind::Call { args, .. } = &inner.kind {
                    declaration(class, args, out, depth);
                }
            }
        }
    }
}

fn attribute_nodes(nodes: &Expr, subgraphs: &[&Expr], out: &mut Paths, depth: u32) {
    let Some(depth) = depth.checked_sub(1) else {
        return out.mark(Mark::Open);
    };
    for node in listed(nodes) {
        let ExprKind::Call { args, .. } = &node.kind else {
            out.mark(Mark::Open);
            continue;
        };
        let Some(name) = argument(args, &["value"], 0).and_then(|arg| word(&arg.value)) else {
            out.mark(Mark::Open);
            continue;
        };
        let mut below = Paths::default();
        let graph = argument(args, &["subgraph"], usize::MAX).and_then(|arg| word(&arg.value));
        for subgraph in subgraphs {
            if let ExprKind::Call { args, .. } = &subgraph.kind
                && graph.is_some()
                && argument(args, &["name"], usize::MAX).and_then(|arg| word(&arg.value)) == graph
                && let Some(nodes) = argument(args, &["attributeNodes"], usize::MAX)
            {
                attribute_nodes(&nodes.value, subgraphs, &mut below, depth);
            }
        }
        out.put(name, State::Joined, &below);
    }
}

/// The pieces of a text that are written there.
fn literal(value: &Expr) -> String {
    match &value.kind {
        ExprKind::Str(text) => text.clone(),
        ExprKind::Binary { op, left, right } if op == "+" => literal(left) + &literal(right),
        _ => String::from(" ? "),
    }
}

/// `{a, b}` or `a` alone.
fn listed(value: &Expr) -> Vec<&Expr> {
    match &value.kind {
        ExprKind::List(items) => items.iter().collect(),
        _ => vec![value],
    }
}
