//! Children by the names of their fields. The parser compares a name with those of all fields of the grammar
//! each time; here it is done once for each name.

use std::cell::RefCell;

use tree_sitter::{Language, Node};

use crate::hashing::Map;

/// Id of a field by its name; `None`: the grammar has no such field.
type Ids = Map<Box<str>, Option<u16>>;

thread_local! {
    /// By grammar; names and grammars are those that the code knows, so there are few.
    static IDS: RefCell<Vec<(Language, Ids)>> = const { RefCell::new(Vec::new()) };
}

pub(super) trait ByField: Sized {
    /// As `child_by_field_name`.
    fn field(&self, name: &str) -> Option<Self>;
}

impl ByField for Node<'_> {
    fn field(&self, name: &str) -> Option<Self> {
        self.child_by_field_id(id(&self.language(), name)?)
    }
}

fn id(language: &Language, name: &str) -> Option<u16> {
    IDS.with_borrow_mut(|grammars| {
        let at = grammars.iter().position(|(known, _)| known == language);
        let at = at.unwrap_or_else(|| {
            grammars.push((language.clone(), Ids::default()));
            grammars.len() - 1
        });
        let ids = &mut grammars.get_mut(at)?.1;
        match ids.get(name) {
            Some(id) => *id,
            None => {
                let id = language.field_id_for_name(name).map(u16::from);
                ids.insert(name.into(), id);
                id
            }
        }
    })
}
