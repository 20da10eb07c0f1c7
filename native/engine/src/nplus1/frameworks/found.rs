//! The frameworks that one file uses, and what they make of its code. Which they are hangs on all its
//! imports, so it is found out once for a file and not for each of its functions.

use super::{ALL, Element, Framework, Serializers, Uses};
use crate::facts::ir::{Class, FileFacts, Function};
use crate::nplus1::orm::pattern::Names;

#[derive(Debug)]
pub struct Found(Vec<&'static Framework>);

impl Found {
    #[must_use]
    pub fn of(facts: &FileFacts) -> Self {
        Found(ALL.iter().filter(|framework| framework.is_in(facts)).collect())
    }

    fn all(&self) -> impl Iterator<Item = &'static Framework> {
        self.0.iter().copied()
    }

    /// What reads attributes that the class declares, once per element.
    #[must_use]
    pub fn reader(&self, class: &Class) -> Option<(&'static Framework, &'static Element)> {
        self.all().find_map(|framework| {
            let mut elements = framework.elements.iter();
            let element = elements.find(|element| element.declares && element.matches_class(Some(class)))?;
            Some((framework, element))
        })
    }

    /// What makes a method of the file run once per element.
    #[must_use]
    pub fn element(
        &self,
        facts: &FileFacts,
        function: &Function,
    ) -> Option<(&'static Framework, &'static Element)> {
        let class = function.class.and_then(|class| facts.classes.get(class));
        self.all().find_map(|framework| {
            let mut elements = framework.elements.iter();
            let element = elements.find(|element| element.matches(function, class))?;
            Some((framework, element))
        })
    }

    /// Types that hold several of another, and classes whose fields are asked for once, where the code of
    /// this file declares the fields of what is shown.
    #[must_use]
    pub fn declares_types(&self) -> Option<(&'static Names, &'static Names)> {
        self.all().find_map(|framework| {
            let element = framework.elements.iter().find(|element| element.listed)?;
            Some((&framework.lists, &element.never_class))
        })
    }

    /// How the code of this file may use the classes of its frameworks.
    pub fn uses(&self) -> impl Iterator<Item = &'static Uses> {
        self.all().filter_map(|framework| framework.uses.as_ref())
    }

    /// What serializers are in this file.
    #[must_use]
    pub fn serializers(&self) -> Option<&'static Serializers> {
        self.all().find_map(|framework| framework.serializers.as_ref())
    }
}
