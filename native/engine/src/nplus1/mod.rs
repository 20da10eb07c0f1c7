use crate::project::Project;
use crate::raw::{File, RawFinding};
#[derive(Debug, Default)]
pub struct Analysis {
    pub findings: Vec<RawFinding>,
    pub sites: u32,
}
pub fn analyse(_file: &File, _project: &Project) -> Analysis {
    Analysis::default()
}
