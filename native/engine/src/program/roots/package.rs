//! What a `package.json` says of a package's own modules: its name, entries and import map.

use serde_json::Value;

use super::json;
use crate::program::ecma_module::joined;

/// Conditions of an entry that are followed, and values below it that are looked at.
const TARGETS_MAX: usize = 32;
/// Keys of a map that are compared with every specifier.
pub(super) const KEYS_MAX: usize = 2_000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Package {
    pub name: String,
    /// Entry files of the package itself, as written.
    main: Vec<String>,
    /// `exports` and `imports`: key (`.`, `./db/*`, `#db`) and files, as written.
    map: Vec<(String, Vec<String>)>,
}

impl Package {
    pub(super) fn read(text: &str) -> Option<Self> {
        let read = json::read(text)?;
        let text_at = |key: &str| read.get(key).and_then(Value::as_str).map(str::to_owned);
        let mut package = Package {
            name: text_at("name").unwrap_or_default(),
            main: ["source", "main", "module", "types", "typings"]
                .into_iter()
                .filter_map(text_at)
                .collect(),
            map: Vec::new(),
        };
        for key in ["exports", "imports"] {
            match read.get(key) {
                Some(Value::Object(entries)) if entries.keys().any(|key| key.starts_with(['.', '#'])) => {
                    for (key, value) in entries.iter().take(KEYS_MAX) {
                        package.map.push((key.clone(), targets(value)));
                    }
                }
                Some(value) => package.map.push((".".to_owned(), targets(value))),
                None => {}
            }
        }
        Some(package)
    }

    /// Paths for what stands behind the package's name in a specifier; best first.
    pub(super) fn entries(&self, folder: &str, inside: &str) -> Vec<String> {
        let key = if inside.is_empty() {
            ".".to_owned()
        } else {
            format!("./{inside}")
        };
        let mut written = self.mapped(&key);
        if inside.is_empty() {
            written.extend(self.main.iter().cloned());
            written.extend(["src/index", "src/main", "lib/index", "index"].map(str::to_owned));
        } else {
            written.extend([
                inside.to_owned(),
                format!("src/{inside}"),
                format!("lib/{inside}"),
            ]);
        }
        sources(folder, &written)
    }

    /// Paths for a key of the import map.
    pub(super) fn imported(&self, folder: &str, module: &str) -> Vec<String> {
        sources(folder, &self.mapped(module))
    }

    fn mapped(&self, wanted: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (key, targets) in &self.map {
            if found.len() >= TARGETS_MAX {
                break;
            }
            let rest = match key.split_once('*') {
                Some((before, after)) => wanted
                    .strip_prefix(before)
                    .and_then(|rest| rest.strip_suffix(after)),
                None => (key == wanted).then_some(""),
            };
            if let Some(rest) = rest {
                found.extend(targets.iter().map(|target| target.replacen('*', rest, 1)));
            }
        }
        found
    }
}

/// All files that an entry names under whatever condition, in order.
fn targets(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut next = vec![value];
    while let Some(value) = next.pop() {
        match value {
            Value::String(path) => found.push(path.clone()),
            Value::Object(conditions) => next.extend(conditions.values().rev()),
            Value::Array(all) => next.extend(all.iter().rev()),
            _ => {}
        }
        if found.len() >= TARGETS_MAX {
            break;
        }
    }
    found
}

/// What is built lies elsewhere than its source: `dist/db.js` is built from `src/db.ts`.
fn sources(folder: &str, written: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for path in written {
        let path = path.trim_start_matches("./");
        let stem = (path.strip_suffix(".d.ts"))
            .or_else(|| path.strip_suffix(".d.mts"))
            .unwrap_or(path);
        let stem = [".js", ".mjs", ".cjs", ".d"]
            .iter()
            .find_map(|end| stem.strip_suffix(end))
            .unwrap_or(stem);
        let built = ["dist/", "build/", "lib/", "out/"]
            .iter()
            .find_map(|built| stem.strip_prefix(built));
        found.extend(joined(folder, path));
        found.extend(joined(folder, stem));
        if let Some(inner) = built {
            let inner = ["src/", "esm/", "cjs/", "types/"]
                .iter()
                .find_map(|part| inner.strip_prefix(part))
                .unwrap_or(inner);
            found.extend(joined(folder, &format!("src/{inner}")));
            found.extend(joined(folder, inner));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_lead_to_the_sources() {
        let text = r##"{ "name": "@shop/db", "main": "./dist/index.js",
            "exports": { ".": { "types": "./dist/index.d.ts", "default": "./dist/index.js" },
                         "./models/*": "./dist/models/*.js" },
            "imports": { "#env": "./config/env.ts" } }"##;
        let package = Package::read(text).expect("a package");
        assert_eq!(package.name, "@shop/db");
        assert!(
            package
                .entries("packages/db", "")
                .contains(&"packages/db/src/index".to_owned())
        );
        let inner = package.entries("packages/db", "models/order");
        assert!(
            inner.contains(&"packages/db/src/models/order".to_owned()),
            "{inner:?}"
        );
        let env = package.imported("packages/db", "#env");
        assert_eq!(env.first().map(String::as_str), Some("packages/db/config/env.ts"));
    }
}
