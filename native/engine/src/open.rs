//! Syntax that is open at once: what some grammars keep of it in too small a place, so that more of it would end the
//! process.

/// The grammars of Python, Ruby and YAML keep what is open in a buffer of 1,024 bytes and write up to two bytes
/// beyond it, which ends the whole process. Two bytes for an indentation, next to 257 bytes of other things:
const INDENTS_MAX: usize = 300;
/// Four bytes for one of YAML, which may open several on one line.
const BLOCKS_MAX: usize = 200;
/// That of Kotlin ends the process itself when more strings than this are open within each other.
const TEMPLATES_MAX: usize = 400;
/// Four bytes and its word for a here-document, next to the literals around it:
const HEREDOCS_MAX: usize = 600;

/// What a grammar keeps of open syntax in a place that is too small for any number of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Open {
    Nothing,
    Indents,
    Heredocs,
    /// Indentations, and what opens one on the line of another.
    Blocks,
    /// Strings within code within strings.
    Templates,
}

/// The most blocks that the line may open beside its indentation.
fn blocks(line: &str) -> usize {
    line.split([' ', '\t'])
        .filter(|word| word.ends_with(['-', '?', ':']))
        .count()
}

impl Open {
    pub(crate) fn is_too_much(self, text: &str) -> bool {
        match self {
            Open::Nothing => false,
            Open::Indents => indents(text) > INDENTS_MAX,
            Open::Heredocs => text.lines().any(|line| heredocs(line) > HEREDOCS_MAX),
            Open::Blocks => indents(text) + text.lines().map(blocks).max().unwrap_or(0) > BLOCKS_MAX,
            Open::Templates => text.matches("${").count() > TEMPLATES_MAX,
        }
    }
}

/// The most indentations that are open at once if every line counts, as the grammar measures them: at
/// least as many as it finds.
fn indents(text: &str) -> usize {
    let mut open: Vec<usize> = Vec::new();
    let mut most = 0;
    for line in text.lines() {
        let blanks = line
            .bytes()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | 0x0c));
        let width = blanks.map(|byte| if byte == b'\t' { 8 } else { 1 }).sum();
        while open.last().is_some_and(|last| *last >= width) {
            open.pop();
        }
        if !line.trim().is_empty() && width > 0 {
            open.push(width);
        }
        most = most.max(open.len());
    }
    most
}

/// Bytes for the here-documents that a line may open.
fn heredocs(line: &str) -> usize {
    let words = line.split("<<").skip(1).map(|rest| {
        let word = rest.trim_start_matches(['~', '-', '"', '\'', '`']);
        4 + word
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .map(char::len_utf8)
            .sum::<usize>()
    });
    words.sum()
}
