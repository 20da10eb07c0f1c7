//! C# query syntax: `from x in xs where … select …` reads like a lazy comprehension.

use tree_sitter::Node;

use super::{CSharp, parts};
use crate::facts::ir::{Clause, Comprehension, Expr, ExprKind, Pattern};
use crate::facts::lower::by_field::ByField;
use crate::facts::lower::expression::Expressions;
use crate::facts::lower::forms::expr;
use crate::facts::lower::span;

impl<'t> CSharp<'_, 't> {
    pub(super) fn query(&mut self, node: Node<'t>) -> ExprKind {
        let mut clauses = Vec::new();
        let mut element = Vec::new();
        for part in parts(node) {
            match part.kind() {
                "from_clause" => clauses.extend(self.source_clause(part)),
                "join_clause" => clauses.extend(self.join_clause(part)),
                "let_clause" => clauses.extend(self.let_clause(part)),
                // An ordering key is computed for every element, like a condition.
                "where_clause" | "order_by_clause" => {
                    let mut conditions = self.each_part(part);
                    if let Some(clause) = clauses.last_mut() {
                        let clause: &mut Clause = clause;
                        clause.conditions.append(&mut conditions);
                    }
                }
                "select_clause" => element = self.each_part(part),
                // `group value by key`: key first, as in a dictionary.
                "group_clause" => {
                    element = self.each_part(part);
                    element.reverse();
                }
                // `… into name`: the rest is a query over the result so far.
                "identifier" => {
                    let so_far = comprehension(std::mem::take(&mut clauses), std::mem::take(&mut element));
                    clauses.push(Clause {
                        target: self.name_pattern(part),
                        iterable: expr(so_far, node),
                        conditions: Vec::new(),
                        span: span(part),
                    });
                }
                _ => {}
            }
        }
        comprehension(clauses, element)
    }

    fn source_clause(&mut self, node: Node<'t>) -> Option<Clause> {
        let name = node.field("name")?;
        let walked = parts(node).into_iter().next_back()?;
        Some(Clause {
            target: self.name_pattern(name),
            iterable: self.expression(walked),
            conditions: Vec::new(),
            span: span(node),
        })
    }

    /// `let y = value`: one more turn, over the one value.
    fn let_clause(&mut self, node: Node<'t>) -> Option<Clause> {
        let children = parts(node);
        let [name, value] = children.as_slice() else {
            return None;
        };
        let value_node = *value;
        let value = self.expression(value_node);
        Some(Clause {
            target: self.name_pattern(*name),
            iterable: expr(ExprKind::List(vec![value]), value_node),
            conditions: Vec::new(),
            span: span(node),
        })
    }

    /// `join y in ys on a equals b into g`.
    fn join_clause(&mut self, node: Node<'t>) -> Option<Clause> {
        let ty = node.field("type");
        let mut children = parts(node);
        children.retain(|part| Some(*part) != ty && part.kind() != "join_into_clause");
        let [name, walked, left, right] = children.as_slice() else {
            return None;
        };
        let target: Pattern = self.name_pattern(*name);
        let iterable = self.expression(*walked);
        let condition = ExprKind::Binary {
            op: "==".to_string(),
            left: Box::new(self.expression(*left)),
            right: Box::new(self.expression(*right)),
        };
        Some(Clause {
            target,
            iterable,
            conditions: vec![expr(condition, node)],
            span: span(node),
        })
    }
}

fn comprehension(clauses: Vec<Clause>, element: Vec<Expr>) -> ExprKind {
    ExprKind::Comprehension(Box::new(Comprehension {
        clauses,
        element,
        lazy: true,
    }))
}
