//! What the walk of a function may ask about the rest of the repository.

use std::sync::Arc;

use typed_arena::Arena;

use crate::facts::ir::{ClassId, FunctionId};
use crate::project::Project;
use crate::raw::File;
use crate::registry::Registry;
use crate::sources::{Parsed, Sources};

pub type FileId = u32;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionRef {
    pub file: FileId,
    pub function: FunctionId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassRef {
    pub file: FileId,
    pub class: ClassId,
}

/// One tree of the repository.
#[derive(Clone, Copy)]
pub struct World<'a> {
    pub project: &'a Project,
    pub registry: &'a Registry,
    pub sources: &'a Sources,
    /// Files that one analysis has looked at; they stay as long as it does.
    pub held: &'a Arena<Arc<Parsed>>,
}

impl<'a> World<'a> {
    /// `None`: there is no such file, or it cannot be analysed.
    pub fn file(&self, id: FileId) -> Option<File<'a>> {
        let parsed = self.sources.get(id)?.ok()?;
        Some(self.held.alloc(parsed).file())
    }

    pub fn class_named(&self, from: FileId, within: Option<ClassId>, name: &str) -> Option<ClassRef> {
        let _ = within;
        let facts = self.file(from)?.facts;
        let class = facts.classes.iter().position(|class| class.name == name)?;
        Some(ClassRef { file: from, class })
    }

    pub fn function_named(&self, from: FileId, within: FunctionId, name: &str) -> Option<FunctionRef> {
        let facts = self.file(from)?.facts;
        let mut scope = Some(within);
        while let Some(at) = scope {
            let found = facts.functions.iter().position(|function| {
                function.parent == Some(at) && function.class.is_none() && function.name == name
            });
            if let Some(function) = found {
                return Some(FunctionRef { file: from, function });
            }
            scope = facts.functions.get(at)?.parent;
        }
        None
    }

    pub fn member_of_import(&self, from: FileId, local: &str, member: &str) -> Option<FunctionRef> {
        let _ = (from, local, member);
        None
    }

    pub fn method(&self, class: ClassRef, name: &str, args: usize) -> Option<FunctionRef> {
        let facts = self.file(class.file)?.facts;
        let methods = &facts.classes.get(class.class)?.methods;
        let named = |id: &&FunctionId| {
            facts
                .functions
                .get(**id)
                .is_some_and(|function| function.name == name)
        };
        let all: Vec<FunctionId> = methods.iter().filter(named).copied().collect();
        let function = all
            .iter()
            .copied()
            .find(|id| facts.functions[*id].params.len() == args)
            .or(all.first().copied())?;
        Some(FunctionRef {
            file: class.file,
            function,
        })
    }

    pub fn implementations(&self, class: ClassRef) -> Vec<ClassRef> {
        let _ = class;
        Vec::new()
    }
}
