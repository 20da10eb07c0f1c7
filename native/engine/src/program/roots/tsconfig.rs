//! `paths` and `baseUrl` of a `tsconfig.json` or `jsconfig.json`.

use super::json;
use super::package::KEYS_MAX;
use crate::program::ecma_module::joined;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TsConfig {
    /// Folder that bare specifiers start from.
    base: Option<String>,
    /// Pattern with at most one `*`, and the paths it stands for.
    paths: Vec<(String, Vec<String>)>,
    /// Files it extends or refers to.
    pub others: Vec<String>,
}

impl TsConfig {
    pub(super) fn read(folder: &str, text: &str) -> Option<Self> {
        let read = json::read(text)?;
        let options = read.get("compilerOptions");
        let base_url = options
            .and_then(|it| it.get("baseUrl"))
            .and_then(|it| it.as_str());
        let base = base_url.and_then(|base| joined(folder, base));
        let from = base.clone().unwrap_or_else(|| folder.to_owned());
        let paths = options
            .and_then(|it| it.get("paths"))
            .and_then(|it| it.as_object());
        let paths = paths
            .into_iter()
            .flatten()
            .take(KEYS_MAX)
            .map(|(pattern, targets)| {
                let targets = targets.as_array().into_iter().flatten();
                let targets = targets.filter_map(|target| joined(&from, target.as_str()?));
                (pattern.clone(), targets.collect())
            });
        let extended = match read.get("extends") {
            Some(serde_json::Value::Array(many)) => many.iter().collect(),
            one => one.into_iter().collect::<Vec<_>>(),
        };
        let references = (read.get("references").and_then(|it| it.as_array()))
            .into_iter()
            .flatten()
            .filter_map(|it| it.get("path"));
        let others = (extended.into_iter().chain(references))
            .filter_map(|it| it.as_str())
            .filter(|it| it.starts_with('.'))
            .filter_map(|it| joined(folder, it));
        Some(TsConfig {
            base,
            paths: paths.collect(),
            others: others.collect(),
        })
    }

    /// Whether it says where any specifier leads.
    pub(super) fn maps(&self) -> bool {
        self.base.is_some() || !self.paths.is_empty()
    }

    /// The pattern with the longest text before its `*` wins.
    pub(super) fn paths(&self, module: &str) -> Vec<String> {
        let mut best: Option<(usize, &str, &[String])> = None;
        for (pattern, targets) in &self.paths {
            let matched = match pattern.split_once('*') {
                Some((before, after)) => (module.strip_prefix(before))
                    .and_then(|rest| rest.strip_suffix(after))
                    .map(|rest| (before.len(), rest)),
                None => (pattern == module).then_some((usize::MAX, "")),
            };
            if let Some((length, rest)) = matched
                && best.is_none_or(|(known, ..)| known < length)
            {
                best = Some((length, rest, targets));
            }
        }
        let mut found: Vec<String> = match best {
            Some((_, rest, targets)) => targets
                .iter()
                .map(|target| target.replacen('*', rest, 1))
                .collect(),
            None => Vec::new(),
        };
        found.extend(self.base.as_deref().and_then(|base| joined(base, module)));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_pattern_wins_and_the_base_comes_last() {
        let text = r#"{ "compilerOptions": { "baseUrl": "./src", "paths": {
            "@/*": ["*", "../gen/*"], "@/db/*": ["data/*"], "env": ["config/env.ts"] } } }"#;
        let config = TsConfig::read("apps/web", text).expect("a configuration");
        assert_eq!(
            config.paths("@/a/b"),
            ["apps/web/src/a/b", "apps/web/gen/a/b", "apps/web/src/@/a/b"]
        );
        assert_eq!(config.paths("@/db/c")[0], "apps/web/src/data/c");
        assert_eq!(config.paths("env")[0], "apps/web/src/config/env.ts");
        assert_eq!(config.paths("models/a"), ["apps/web/src/models/a"]);
    }

    #[test]
    fn what_it_extends_is_relative_to_its_folder() {
        let text =
            r#"{ "extends": ["../tsconfig.base", "@tsconfig/node20"], "references": [{ "path": "./app" }] }"#;
        let config = TsConfig::read("libs/a", text).expect("a configuration");
        assert_eq!(config.others, ["libs/tsconfig.base", "libs/a/app"]);
        assert!(config.paths("x").is_empty());
    }
}
