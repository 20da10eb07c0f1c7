//! A parsed file as the matcher of rules sees it. Every step it takes is counted, so that a rule that would go
//! on for hours ends by the same count on every machine; what it looks at is read from our own tree.

use std::any::Any;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::Arc;

use ast_grep_core::Position;
use ast_grep_core::source::{Doc, Edit, SgNode};
use ast_grep_core::tree_sitter::TsPre;
use tree_sitter::{Node, Tree};

use super::language::RuleLanguage;
use crate::cancel::Cancel;

/// Steps between two looks at the clock.
const CHUNK: u64 = 20_000;
/// Text that costs as much as one step.
const BYTES_PER_STEP: usize = 64;

/// With what a rule is unwound that took all its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exhausted {
    Steps,
    /// The caller's token: raised, or the time of the whole run is used up.
    Stopped,
}

/// What this thread may still do. Nothing is counted outside of a `Meter`.
struct Account {
    /// Until the next look.
    until: Cell<u64>,
    left: Cell<u64>,
    token: RefCell<Option<Cancel>>,
}

thread_local! {
    static ACCOUNT: Account = const {
        Account {
            until: Cell::new(u64::MAX),
            left: Cell::new(u64::MAX),
            token: RefCell::new(None),
        }
    };
}

/// Counts work of so many steps, where anything is counted.
pub(super) fn step(cost: u64) {
    ACCOUNT.with(|account| {
        let until = account.until.get();
        if until > cost {
            account.until.set(until - cost);
        } else {
            account.look_up(cost - until);
        }
    });
}

impl Account {
    /// Unwinds without a panic: nothing is printed, and who runs a rule tells it apart by `exhausted`.
    #[cold]
    fn look_up(&self, over: u64) {
        let left = self.left.get().saturating_sub(over);
        let is_stopped = || self.token.borrow().as_ref().is_some_and(Cancel::is_stopped);
        let ended = if left == 0 {
            Some(Exhausted::Steps)
        } else {
            is_stopped().then_some(Exhausted::Stopped)
        };
        if let Some(ended) = ended {
            self.give(CHUNK);
            resume_unwind(Box::new(ended));
        }
        self.give(left);
    }

    fn give(&self, steps: u64) {
        let chunk = steps.min(CHUNK);
        self.until.set(chunk);
        self.left.set(steps - chunk);
    }
}

/// Counts what is done on this thread until it is dropped.
pub struct Meter;

impl Meter {
    #[must_use]
    pub fn start(cancel: &Cancel) -> Self {
        ACCOUNT.with(|account| account.token.replace(Some(cancel.clone())));
        Meter
    }

    /// Gives so many steps from now on.
    pub fn give(&self, steps: u64) {
        ACCOUNT.with(|account| account.give(steps));
    }

    #[must_use]
    pub fn left(&self) -> u64 {
        ACCOUNT.with(|account| account.left.get().saturating_add(account.until.get()))
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        ACCOUNT.with(|account| {
            account.until.set(u64::MAX);
            account.left.set(u64::MAX);
            account.token.replace(None);
        });
    }
}

/// Whether an unwinding is the meter's.
#[must_use]
pub fn exhausted(payload: &(dyn Any + Send)) -> Option<Exhausted> {
    payload.downcast_ref().copied()
}

/// One parsed file.
#[derive(Clone)]
pub struct Document {
    /// Of the whole file, also where the tree is of a part of it.
    pub text: Arc<String>,
    pub language: RuleLanguage,
    pub tree: Tree,
}

impl Doc for Document {
    type Source = String;
    type Lang = RuleLanguage;
    type Node<'r> = Counted<'r>;

    fn get_lang(&self) -> &RuleLanguage {
        &self.language
    }

    fn get_source(&self) -> &String {
        &self.text
    }

    fn do_edit(&mut self, _: &Edit<String>) -> Result<(), String> {
        Err("a file is only read".to_owned())
    }

    fn root_node(&self) -> Counted<'_> {
        Counted(self.tree.root_node())
    }

    fn get_node_text<'a>(&'a self, node: &Counted<'a>) -> Cow<'a, str> {
        let range = node.0.byte_range();
        step(1 + (range.len() / BYTES_PER_STEP) as u64);
        Cow::Borrowed(self.text.get(range).unwrap_or_default())
    }
}

#[derive(Clone, Copy)]
pub struct Counted<'r>(pub Node<'r>);

/// Children in order; as many as it says.
struct Children<'r> {
    cursor: tree_sitter::TreeCursor<'r>,
    left: usize,
}

impl<'r> Iterator for Children<'r> {
    type Item = Counted<'r>;

    fn next(&mut self) -> Option<Counted<'r>> {
        self.left = self.left.checked_sub(1)?;
        step(1);
        let node = self.cursor.node();
        self.cursor.goto_next_sibling();
        Some(Counted(node))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Children<'_> {}

/// The siblings of a node in one direction, from the nearest on.
fn siblings<'r>(
    node: Node<'r>,
    advance: impl Fn(&mut tree_sitter::TreeCursor<'r>) -> bool,
) -> impl Iterator<Item = Counted<'r>> {
    let mut cursor = node.parent().unwrap_or(node).walk();
    cursor.goto_first_child_for_byte(node.start_byte());
    std::iter::from_fn(move || {
        step(1);
        advance(&mut cursor).then(|| Counted(cursor.node()))
    })
}

impl<'r> SgNode<'r> for Counted<'r> {
    fn parent(&self) -> Option<Self> {
        step(4);
        self.0.parent().map(Counted)
    }

    fn ancestors(&self, root: Self) -> impl Iterator<Item = Self> {
        let mut from_root = Vec::new();
        let mut next = Some(root.0);
        while let Some(node) = next
            && node.id() != self.0.id()
        {
            step(1);
            from_root.push(Counted(node));
            next = node.child_with_descendant(self.0);
        }
        from_root.into_iter().rev()
    }

    fn dfs(&self) -> impl Iterator<Item = Self> {
        TsPre::new(&self.0).map(|node| {
            step(1);
            Counted(node)
        })
    }

    fn child(&self, nth: usize) -> Option<Self> {
        step(1);
        self.0.child(u32::try_from(nth).ok()?).map(Counted)
    }

    fn children(&self) -> impl ExactSizeIterator<Item = Self> {
        let mut cursor = self.0.walk();
        cursor.goto_first_child();
        Children {
            cursor,
            left: self.0.child_count() as usize,
        }
    }

    fn child_by_field_id(&self, field_id: u16) -> Option<Self> {
        step(1);
        self.0.child_by_field_id(field_id).map(Counted)
    }

    fn next(&self) -> Option<Self> {
        step(4);
        self.0.next_sibling().map(Counted)
    }

    fn prev(&self) -> Option<Self> {
        step(4);
        self.0.prev_sibling().map(Counted)
    }

    fn next_all(&self) -> impl Iterator<Item = Self> {
        siblings(self.0, |cursor| cursor.goto_next_sibling())
    }

    fn prev_all(&self) -> impl Iterator<Item = Self> {
        siblings(self.0, |cursor| cursor.goto_previous_sibling())
    }

    fn is_named(&self) -> bool {
        self.0.is_named()
    }

    fn is_named_leaf(&self) -> bool {
        self.0.named_child_count() == 0
    }

    fn is_leaf(&self) -> bool {
        self.0.child_count() == 0
    }

    fn kind(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0.kind())
    }

    fn kind_id(&self) -> u16 {
        self.0.kind_id()
    }

    fn node_id(&self) -> usize {
        self.0.id()
    }

    fn range(&self) -> Range<usize> {
        self.0.byte_range()
    }

    fn start_pos(&self) -> Position {
        let at = self.0.start_position();
        Position::new(at.row, at.column, self.0.start_byte())
    }

    fn end_pos(&self) -> Position {
        let at = self.0.end_position();
        Position::new(at.row, at.column, self.0.end_byte())
    }

    fn is_missing(&self) -> bool {
        self.0.is_missing()
    }

    fn is_error(&self) -> bool {
        self.0.is_error()
    }

    fn is_extra(&self) -> bool {
        self.0.is_extra()
    }

    fn field(&self, name: &str) -> Option<Self> {
        step(1);
        self.0.child_by_field_name(name).map(Counted)
    }

    fn field_children(&self, field_id: Option<u16>) -> impl Iterator<Item = Self> {
        let wanted = field_id.and_then(std::num::NonZero::new);
        let mut cursor = self.0.walk();
        let mut more = wanted.is_some() && cursor.goto_first_child();
        std::iter::from_fn(move || {
            while more {
                step(1);
                let found = (cursor.field_id() == wanted).then(|| Counted(cursor.node()));
                more = cursor.goto_next_sibling();
                if found.is_some() {
                    return found;
                }
            }
            None
        })
    }
}
