//! The words of the part `elements` of a framework's file.

use serde::Deserialize;

use super::Kind;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ElementWords {
    pub rule: Option<Kind>,
    pub class: Vec<String>,
    pub base: Vec<String>,
    pub class_decorator: Vec<String>,
    pub never_class: Vec<String>,
    pub method: Vec<String>,
    pub decorator: Vec<String>,
    pub never_method: Vec<String>,
    pub never_decorator: Vec<String>,
    pub never_argument: Vec<String>,
    pub never_named: Vec<String>,
    pub param: Option<usize>,
    pub never_param: Vec<String>,
    pub param_decorator: Vec<String>,
    pub never_param_decorator: Vec<String>,
    pub names: Vec<String>,
    pub model: Option<String>,
    pub reads: Vec<String>,
    pub reads_as: Vec<String>,
    pub answered: Vec<String>,
    pub blocks: bool,
    pub around: Vec<String>,
    pub owner: Option<String>,
    pub listed: bool,
    pub once: bool,
}
