//! The files that cases are made of: the code of the ORM pages, and folders that are named.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};

use driftline_engine::{parse, tree};

use crate::pages;
use crate::random::Random;

pub type Files = BTreeMap<String, Vec<u8>>;

const FILE_BYTES_MAX: u64 = 200_000;
const MANIFESTS_MAX: usize = 5;

pub struct Project {
    texts: Texts,
    sources: Vec<String>,
    manifests: Vec<String>,
    /// File names without endings, case and underscores: how code of other files names them.
    by_stem: HashMap<String, Vec<usize>>,
}

enum Texts {
    Folder(PathBuf),
    Page(Files),
}

pub struct Corpus {
    projects: Vec<Project>,
    pages: usize,
    /// Words that mean something to an ORM, for identifiers that are replaced.
    pub words: Vec<String>,
}

impl fmt::Display for Corpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files: usize = self.projects.iter().map(|it| it.sources.len()).sum();
        let folders = self.projects.len() - self.pages;
        write!(f, "{} pages and {folders} folders with {files} files", self.pages)
    }
}

impl Corpus {
    pub fn new(roots: &[PathBuf]) -> Self {
        let rules = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../rules/orm"));
        let mut projects: Vec<Project> = of_ending(rules, "md")
            .iter()
            .filter_map(|page| Project::of_page(&std::fs::read_to_string(page).ok()?))
            .collect();
        let pages = projects.len();
        projects.extend(
            roots
                .iter()
                .map(|root| Project::of_folder(root))
                .filter(|it| !it.sources.is_empty()),
        );
        let yaml = of_ending(rules, "yml");
        let texts = yaml.iter().filter_map(|path| std::fs::read_to_string(path).ok());
        let mut words: Vec<String> = texts.flat_map(|text| words(&text)).collect();
        words.sort();
        words.dedup();
        Corpus {
            projects,
            pages,
            words,
        }
    }

    /// A page in four of ten: their code is dense with what the rules look at.
    pub fn project(&self, random: &mut Random) -> &Project {
        let of_pages = self.pages == self.projects.len() || random.below(10) < 4;
        let from = if of_pages {
            &self.projects[..self.pages]
        } else {
            &self.projects[self.pages..]
        };
        random.pick(from).expect("a project")
    }
}

fn of_ending(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|it| it == ending))
        .collect();
    paths.sort();
    paths
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '@'))
        .filter(|word| word.len() > 2)
        .map(str::to_owned)
        .collect()
}

fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    folded(name.split('.').next().unwrap_or(name))
}

fn folded(word: &str) -> String {
    word.chars()
        .filter(|c| *c != '_')
        .flat_map(char::to_lowercase)
        .collect()
}

impl Project {
    fn new(texts: Texts, paths: Vec<String>) -> Self {
        let (manifests, rest): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| tree::is_manifest(path));
        let sources: Vec<String> = rest
            .into_iter()
            .filter(|path| parse::language_of(path).is_some())
            .collect();
        let mut by_stem: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, path) in sources.iter().enumerate() {
            by_stem.entry(stem(path)).or_default().push(at);
        }
        Project {
            texts,
            sources,
            manifests,
            by_stem,
        }
    }

    fn of_page(page: &str) -> Option<Self> {
        let page = pages::pieces(page).into_iter().next()?.page;
        let all = page.texts.iter().chain(&page.manifests);
        let files: Files = all
            .map(|(path, text)| (path.clone(), text.clone().into_bytes()))
            .collect();
        let paths = files.keys().cloned().collect();
        Some(Project::new(Texts::Page(files), paths))
    }

    fn of_folder(root: &Path) -> Self {
        let walk = ignore::WalkBuilder::new(root).standard_filters(false).build();
        let mut paths: Vec<String> = walk
            .flatten()
            .filter(|entry| entry.file_type().is_some_and(|it| it.is_file()))
            .filter(|entry| entry.metadata().is_ok_and(|it| it.len() <= FILE_BYTES_MAX))
            .filter_map(|entry| Some(entry.path().strip_prefix(root).ok()?.to_str()?.to_owned()))
            .filter(|path| {
                !["/test", "spec/", "test/", "migrat", "node_modules"]
                    .iter()
                    .any(|it| path.contains(it))
            })
            .collect();
        paths.sort();
        Project::new(Texts::Folder(root.to_owned()), paths)
    }

    fn read(&self, path: &str) -> Vec<u8> {
        match &self.texts {
            Texts::Folder(root) => std::fs::read(root.join(path)).unwrap_or_default(),
            Texts::Page(files) => files.get(path).cloned().unwrap_or_default(),
        }
    }

    /// Any one source file.
    pub fn file(&self, random: &mut Random) -> (String, Vec<u8>) {
        let path = random.pick(&self.sources).expect("a source file");
        (path.clone(), self.read(path))
    }

    /// A few files that name each other, with manifests.
    pub fn group(&self, random: &mut Random) -> Files {
        let (path, text) = self.file(random);
        let mut named: Vec<usize> = words(&String::from_utf8_lossy(&text))
            .iter()
            .filter_map(|word| self.by_stem.get(&folded(word)))
            .flatten()
            .copied()
            .collect();
        named.sort_unstable();
        named.dedup();
        let mut files = Files::from([(path, text)]);
        for _ in 0..random.below(7) {
            let at = if named.is_empty() || random.one_in(5) {
                random.below(self.sources.len())
            } else {
                named[random.below(named.len())]
            };
            let path = &self.sources[at];
            files.insert(path.clone(), self.read(path));
        }
        let mut manifests: Vec<&String> = self.manifests.iter().collect();
        manifests.sort_by_key(|path| (path.matches('/').count(), path.as_str()));
        let schemas = |path: &&&String| {
            ["prisma", "schema.rb", ".sql"]
                .iter()
                .any(|it| path.ends_with(it))
        };
        let chosen = manifests
            .iter()
            .filter(schemas)
            .take(2)
            .chain(manifests.iter().take(MANIFESTS_MAX));
        for path in chosen {
            files.insert((*path).clone(), self.read(path));
        }
        files
    }
}
