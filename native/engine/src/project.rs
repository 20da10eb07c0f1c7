#[derive(Debug, Default)]
pub struct Project {
    files: Vec<String>,
}
impl Project {
    pub fn from_files(files: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            files: files.into_iter().map(|f| f.0).collect(),
        }
    }
}
pub fn is_manifest(path: &str) -> bool {
    path.ends_with("package.json")
}
