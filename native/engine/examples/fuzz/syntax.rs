//! Mutations of whole pieces of syntax: what comes out still parses more often than not, so it gets
//! past the parser into the analysis.

use driftline_engine::parse;
use tree_sitter::{Parser, Tree};

use crate::nest;
use crate::random::Random;

const NODES_MAX: usize = 20_000;

pub fn parsed(path: &str, text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser
        .set_language(&parse::grammar(parse::language_of(path)?))
        .ok()?;
    parser.parse(text, None)
}

struct Piece {
    kind: u16,
    start: usize,
    end: usize,
}

fn named(tree: &Tree) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        if node.is_named() && node.start_byte() < node.end_byte() {
            pieces.push(Piece {
                kind: node.kind_id(),
                start: node.start_byte(),
                end: node.end_byte(),
            });
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return pieces;
            }
        }
        if pieces.len() > NODES_MAX {
            return pieces;
        }
    }
}

fn replaced(text: &str, piece: &Piece, by: &str) -> String {
    [&text[..piece.start], by, &text[piece.end..]].concat()
}

/// Deletes, repeats, nests or exchanges a piece of syntax; `donor` is another file.
pub fn mutate(path: &str, text: &str, donor: (&str, &str), random: &mut Random) -> Option<(String, String)> {
    let pieces = named(&parsed(path, text)?);
    let piece = random.pick(&pieces)?;
    let own = &text[piece.start..piece.end];
    let (by, told) = match random.below(8) {
        0 => (String::new(), "piece deleted".to_owned()),
        1 => {
            let times = [2, 3, 20, 300][random.below(4)].min(1 + 100_000 / own.len().max(1));
            let between = ["", "\n", " ", ", ", ".", "; "][random.below(6)];
            (vec![own; times].join(between), format!("piece {times} times"))
        }
        2 | 3 => nest::wrap(own, path, random),
        4 => {
            let other = random.pick(&pieces)?;
            (
                text[other.start..other.end].to_owned(),
                "piece by one of the file".to_owned(),
            )
        }
        _ => {
            let others = named(&parsed(donor.0, donor.1)?);
            let same: Vec<&Piece> = others.iter().filter(|it| it.kind == piece.kind).collect();
            let other = match random.pick(&same) {
                Some(other) => *other,
                None => random.pick(&others)?,
            };
            (
                donor.1[other.start..other.end].to_owned(),
                format!("piece by one of {}", donor.0),
            )
        }
    };
    Some((replaced(text, piece, &by), told))
}
