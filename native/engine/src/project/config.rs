//! Settings in configuration files: `key = value` of properties, YAML and XML files, keys with all
//! that is above them. Lines are scanned; lists and what spans lines is left out.

/// Settings kept of one file, and bytes of a key or value.
const ENTRIES_MAX: usize = 5_000;
const TEXT_MAX: usize = 300;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Properties,
    Yaml,
    Xml,
}

/// Configuration of an application; that of its tests says nothing about it.
pub(super) fn kind(path: &str) -> Option<Kind> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if folder
        .split('/')
        .any(|part| matches!(part, "test" | "tests" | "androidTest"))
    {
        return None;
    }
    let (stem, extension) = name.rsplit_once('.')?;
    let is_application = ["application", "bootstrap"].iter().any(|known| {
        stem.strip_prefix(known)
            .is_some_and(|rest| (rest.is_empty() || rest.starts_with('-')) && !rest.ends_with("test"))
    });
    match (stem, extension) {
        (_, "properties") if is_application || stem == "hibernate" => Some(Kind::Properties),
        (_, "yml" | "yaml") if is_application => Some(Kind::Yaml),
        ("persistence" | "hibernate.cfg", "xml") => Some(Kind::Xml),
        _ => None,
    }
}

pub(super) fn entries(kind: Kind, text: &str) -> Vec<(String, String)> {
    let mut found = match kind {
        Kind::Properties => properties(text),
        Kind::Yaml => yaml(text),
        Kind::Xml => xml(text),
    };
    found.retain(|(key, value)| key.len() <= TEXT_MAX && value.len() <= TEXT_MAX);
    found.truncate(ENTRIES_MAX);
    found
}

fn properties(text: &str) -> Vec<(String, String)> {
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with(['#', '!']));
    let pairs = lines.filter_map(|line| line.split_once(['=', ':']));
    pairs
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

fn yaml(text: &str) -> Vec<(String, String)> {
    let mut above: Vec<(usize, String)> = Vec::new();
    let mut found = Vec::new();
    for line in text.lines() {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        if code.is_empty() || code.starts_with(['#', '-']) {
            continue;
        }
        let Some((key, value)) = code.split_once(':') else {
            continue;
        };
        while above.last().is_some_and(|(outer, _)| *outer >= indent) {
            above.pop();
        }
        let key = key.trim().trim_matches(['"', '\'', '[', ']']);
        let full = match above.last() {
            Some((_, outer)) => format!("{outer}.{key}"),
            None => key.to_owned(),
        };
        let value = value
            .split(" #")
            .next()
            .unwrap_or("")
            .trim()
            .trim_matches(['"', '\'']);
        if full.len() > TEXT_MAX || found.len() == ENTRIES_MAX {
            continue;
        }
        if value.is_empty() {
            above.push((indent, full));
        } else {
            found.push((full, value.to_owned()));
        }
    }
    found
}

/// `<property name="k" value="v"/>`, `<property name="k">v</property>`
fn xml(text: &str) -> Vec<(String, String)> {
    let properties = text.split("<property").skip(1);
    let pair = |part: &str| {
        let end = part
            .find("</property")
            .or_else(|| part.find("/>"))
            .unwrap_or(part.len());
        let part = part.get(..end)?;
        let attribute = |name: &str| part.split_once(name)?.1.split(['"', '\'']).nth(1);
        let value = attribute("value=").or_else(|| part.split_once('>').map(|(_, value)| value));
        Some((attribute("name=")?.trim().to_owned(), value?.trim().to_owned()))
    };
    properties.filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_same_setting_in_three_formats() {
        let key = "hibernate.default_batch_fetch_size";
        for (path, text) in [
            (
                "src/main/resources/application.properties",
                "# x\nspring.jpa.properties.hibernate.default_batch_fetch_size = 100\n",
            ),
            (
                "src/main/resources/application-prod.yml",
                "spring:\n  jpa:\n    # batch\n    properties:\n      hibernate:\n        show_sql: true\n        default_batch_fetch_size: 100 # many\nserver:\n  port: 80\n",
            ),
            (
                "META-INF/persistence.xml",
                "<persistence><property name=\"hibernate.default_batch_fetch_size\" value=\"100\"/></persistence>",
            ),
            (
                "hibernate.cfg.xml",
                "<property name=\"hibernate.default_batch_fetch_size\">100</property>",
            ),
        ] {
            let found = entries(kind(path).unwrap(), text);
            let hit = found.iter().find(|(name, _)| name.ends_with(key));
            assert_eq!(
                hit.map(|(_, value)| value.as_str()),
                Some("100"),
                "{path}: {found:?}"
            );
        }
        let found = yaml("a:\n  b: 1\nc: 2\n");
        assert_eq!(
            found,
            [
                ("a.b".to_owned(), "1".to_owned()),
                ("c".to_owned(), "2".to_owned())
            ]
        );
    }

    #[test]
    fn configuration_of_tests_is_none() {
        for path in [
            "src/test/resources/application.yml",
            "application-test.yml",
            "notes.yml",
            "log.properties",
        ] {
            assert_eq!(kind(path), None, "{path}");
        }
    }
}
