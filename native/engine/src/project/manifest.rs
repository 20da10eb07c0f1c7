//! Names and versions of the packages a manifest declares. It scans lines rather than parsing each format:
//! what matters is whether a name is declared, and half-written manifests occur in changes.

use std::collections::BTreeMap;

use super::Ecosystem;

/// Characters after a name in which its version is looked for: a line may hold a whole minified manifest.
const VERSION_WITHIN: usize = 200;

/// Name in lower case to version, which may be empty.
pub(super) type Packages = BTreeMap<String, String>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Gemfile,
    GemfileLock,
    Requirements,
    PythonToml,
    PythonSetup,
    PackageJson,
    Maven,
    Gradle,
    DotNet,
}

impl Kind {
    pub(super) fn ecosystem(self) -> Ecosystem {
        match self {
            Kind::Gemfile | Kind::GemfileLock => Ecosystem::Ruby,
            Kind::Requirements | Kind::PythonToml | Kind::PythonSetup => Ecosystem::Python,
            Kind::PackageJson => Ecosystem::Node,
            Kind::Maven | Kind::Gradle => Ecosystem::Jvm,
            Kind::DotNet => Ecosystem::DotNet,
        }
    }
}

pub(super) fn kind(path: &str) -> Option<Kind> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let requirements = |name: &str| {
        std::path::Path::new(name)
            .extension()
            .is_some_and(|e| e == "txt" || e == "in")
            && (name.starts_with("requirements") || folder.rsplit('/').next() == Some("requirements"))
    };
    match name {
        "Gemfile" | "gems.rb" => Some(Kind::Gemfile),
        "Gemfile.lock" => Some(Kind::GemfileLock),
        "pyproject.toml" | "Pipfile" => Some(Kind::PythonToml),
        "setup.py" | "setup.cfg" => Some(Kind::PythonSetup),
        "package.json" => Some(Kind::PackageJson),
        "pom.xml" => Some(Kind::Maven),
        "build.gradle" | "build.gradle.kts" | "libs.versions.toml" => Some(Kind::Gradle),
        "Directory.Packages.props" | "Directory.Build.props" | "packages.config" => Some(Kind::DotNet),
        _ if requirements(name) => Some(Kind::Requirements),
        _ if name.ends_with(".csproj") => Some(Kind::DotNet),
        _ if name.ends_with(".gemspec") => Some(Kind::Gemfile),
        _ => None,
    }
}

/// The folder a manifest speaks for: `requirements/base.txt` and `gradle/libs.versions.toml`
/// belong to the folder above.
pub(super) fn owner(kind: Kind, folder: &str) -> &str {
    let (up, last) = folder.rsplit_once('/').unwrap_or(("", folder));
    match (kind, last) {
        (Kind::Requirements, "requirements") | (Kind::Gradle, "gradle") => up,
        _ => folder,
    }
}

/// Versions as far as the line of the name says one: `5.0` of `>=5.0,<6`.
pub(super) fn packages(kind: Kind, text: &str) -> Packages {
    let mut names = Packages::new();
    for line in text.lines() {
        let line = line.trim();
        match kind {
            Kind::Gemfile => gem(line, &mut names),
            Kind::GemfileLock | Kind::Requirements => {
                if !line.starts_with(['#', '-']) {
                    leading(line, &mut names);
                }
            }
            Kind::PythonToml => {
                if !line.starts_with('#') {
                    leading(line, &mut names);
                    quoted(line).for_each(|(part, _)| leading(part, &mut names));
                }
            }
            Kind::PythonSetup => {
                leading(line, &mut names);
                quoted(line).for_each(|(part, _)| leading(part, &mut names));
            }
            Kind::PackageJson => json_keys(line, &mut names),
            Kind::Maven => {
                if let Some(rest) = line.split("<artifactId>").nth(1) {
                    insert(&mut names, rest.split('<').next().unwrap_or("").trim(), "");
                }
            }
            Kind::Gradle => {
                for (part, start) in quoted(line) {
                    let mut at = start;
                    for name in part.split(':') {
                        insert(&mut names, name, &line[at + name.len()..]);
                        at += name.len() + 1;
                    }
                }
            }
            Kind::DotNet => {
                for key in ["Include=\"", "id=\""] {
                    if let Some(rest) = line.split(key).nth(1) {
                        let name = rest.split('"').next().unwrap_or("");
                        insert(&mut names, name, &rest[name.len()..]);
                    }
                }
            }
        }
    }
    names
}

/// The version stands near the name, in what comes after it on its line.
fn insert(names: &mut Packages, name: &str, after: &str) {
    if name.is_empty() {
        return;
    }
    let end = after.char_indices().nth(VERSION_WITHIN);
    let near = end.map_or(after, |(end, _)| &after[..end]);
    let version = names.entry(name.to_lowercase()).or_default();
    if let Some(found) = version_in(near) {
        *version = found.to_owned();
    }
}

fn version_in(text: &str) -> Option<&str> {
    // `django[argon2]>=5.0`
    let text = match text.strip_prefix('[') {
        Some(extra) => extra.split_once(']').map_or("", |(_, rest)| rest),
        None => text,
    };
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let rest = &text[start..];
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(rest.len());
    Some(rest[..end].trim_end_matches('.'))
}

/// `gem "rails", "~> 8"` and `add_dependency "activerecord"`.
fn gem(line: &str, names: &mut Packages) {
    if line.starts_with("gem ") || line.starts_with("gem(") || line.contains("dependency") {
        let (name, start) = quoted(line).next().unwrap_or_default();
        insert(names, name, &line[start + name.len()..]);
    }
}

/// The name before any version, extra or separator: `Django` of `Django[argon2]>=5`.
fn leading(line: &str, names: &mut Packages) {
    let end = line
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(line.len());
    insert(names, &line[..end], &line[end..]);
}

/// Texts between quotes of a line and where they start; a half-open quote ends at the line.
fn quoted(line: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let before = line.len() - rest.len();
        let open = rest.find(['"', '\''])?;
        let quote = rest[open..].chars().next()?;
        let after = &rest[open + 1..];
        let close = after.find(quote).unwrap_or(after.len());
        rest = after.get(close + 1..).unwrap_or("");
        Some((&after[..close], before + open + 1))
    })
}

/// Keys of JSON objects; a minified manifest has them all on one line.
fn json_keys(line: &str, names: &mut Packages) {
    let mut rest = line;
    while let Some(open) = rest.find('"') {
        let after = &rest[open + 1..];
        let Some(close) = after.find('"') else { return };
        let (text, tail) = (&after[..close], &after[close + 1..]);
        if tail.trim_start().starts_with(':') {
            insert(names, text, tail);
        }
        rest = tail;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn has(path: &str, text: &str, name: &str) -> bool {
        kind(path).is_some_and(|kind| packages(kind, text).contains_key(name))
    }

    #[test]
    fn each_format_gives_its_names() {
        assert!(has("Gemfile", "gem 'rails', '~> 8.0'\n", "rails"));
        assert!(!has("Gemfile", "# gem 'rails'\n", "rails"));
        assert!(has("Gemfile.lock", "    activerecord (8.0.1)\n", "activerecord"));
        assert!(has("requirements.txt", "Django[argon2]>=5.0 # web\n", "django"));
        assert!(has(
            "pyproject.toml",
            "dependencies = [\"sqlalchemy>=2\", 'fastapi']\n",
            "sqlalchemy"
        ));
        assert!(has(
            "pyproject.toml",
            "[tool.poetry.dependencies]\nDjango = \"^5\"\n",
            "django"
        ));
        assert!(has("setup.cfg", "install_requires =\n  django>=4\n", "django"));
        assert!(has(
            "package.json",
            r#"{"dependencies":{"@prisma/client":"6","next":"15"}}"#,
            "@prisma/client"
        ));
        assert!(!has("package.json", r#"{"name":"typeorm"}"#, "typeorm"));
        assert!(has(
            "pom.xml",
            "<artifactId>spring-boot-starter-data-jpa</artifactId>",
            "spring-boot-starter-data-jpa"
        ));
        assert!(has(
            "build.gradle",
            "implementation 'org.hibernate.orm:hibernate-core:6.6'",
            "hibernate-core"
        ));
        assert!(has(
            "a.csproj",
            r#"<PackageReference Include="Microsoft.EntityFrameworkCore" />"#,
            "microsoft.entityframeworkcore"
        ));
    }

    #[test]
    fn a_version_stands_after_the_name() {
        for (path, text, name, version) in [
            (
                "requirements.txt",
                "Django[argon2]>=5.0,<6 # web\n",
                "django",
                "5.0",
            ),
            (
                "pyproject.toml",
                "dependencies = [\"django~=6.1.2\", \"x\"]\n",
                "django",
                "6.1.2",
            ),
            ("pyproject.toml", "django = \"^5.1\"\n", "django", "5.1"),
            ("Gemfile.lock", "    rails (8.0.1)\n", "rails", "8.0.1"),
            ("Gemfile", "gem 'rails', '~> 7.1'\n", "rails", "7.1"),
            (
                "package.json",
                r#"{"dependencies":{"a":"1","typeorm":"^0.3.20","z":"2"}}"#,
                "typeorm",
                "0.3.20",
            ),
            (
                "a.csproj",
                r#"<PackageReference Include="EntityFramework" Version="6.4.4" />"#,
                "entityframework",
                "6.4.4",
            ),
            ("Gemfile", "gem 'rails'\n", "rails", ""),
            (
                "build.gradle",
                "implementation 'org.hibernate.orm:hibernate-core:6.6'\n",
                "hibernate-core",
                "6.6",
            ),
            (
                "build.gradle.kts",
                "id(\"org.springframework.boot\") version \"3.2.0\"\n",
                "org.springframework.boot",
                "3.2.0",
            ),
        ] {
            let found = packages(kind(path).unwrap(), text);
            assert_eq!(
                found.get(name).map(String::as_str),
                Some(version),
                "{path}: {found:?}"
            );
        }
    }

    /// A line is looked through once, however many names it holds.
    #[test]
    fn a_mass_of_names_on_one_line_costs_little() {
        let started = std::time::Instant::now();
        for (path, text) in [
            (
                "build.gradle",
                "implementation 'a:".to_owned() + &"b':c:d:'".repeat(100_000),
            ),
            ("build.gradle", "'x".repeat(400_000)),
            ("package.json", format!("{{{}}}", "\"a\":\"b\",".repeat(80_000))),
            ("setup.py", "'a',".repeat(200_000)),
            ("pyproject.toml", "\"a[".repeat(200_000)),
            ("a.csproj", "Include=\"a\"".repeat(80_000)),
        ] {
            assert!(!packages(kind(path).unwrap(), &text).is_empty(), "{path}");
        }
        assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    }

    #[test]
    fn folders_of_requirements_belong_to_the_folder_above() {
        assert_eq!(owner(Kind::Requirements, "api/requirements"), "api");
        assert_eq!(owner(Kind::Requirements, "requirements"), "");
        assert_eq!(owner(Kind::PackageJson, "requirements"), "requirements");
    }
}
