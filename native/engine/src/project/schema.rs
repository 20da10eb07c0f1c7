//! Names declared in schema files: Prisma models, Rails tables, SQL tables. Names only; fields
//! and relations are not read here.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Prisma,
    RailsSchema,
    SqlStructure,
}

pub(super) fn kind(path: &str) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.len() > ".prisma".len() && name.ends_with(".prisma") {
        return Some(Kind::Prisma);
    }
    let in_db = path == format!("db/{name}") || path.ends_with(&format!("/db/{name}"));
    match name {
        "schema.rb" if in_db => Some(Kind::RailsSchema),
        "structure.sql" if in_db => Some(Kind::SqlStructure),
        _ => None,
    }
}

pub(super) fn prisma_models(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix("model ")?;
        let name = word(rest.trim_start());
        (!name.is_empty()).then(|| name.to_owned())
    })
}

pub(super) fn rails_tables(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix("create_table")?;
        let name = word(rest.trim_start_matches(['(', ' ', '"', '\'', ':']));
        (!name.is_empty()).then(|| name.to_owned())
    })
}

pub(super) fn sql_tables(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix("CREATE TABLE ")?;
        let full = rest.trim_start_matches("IF NOT EXISTS ");
        let name = full.split(['(', ' ']).next()?.rsplit('.').next()?;
        let name = word(name.trim_matches(['"', '`']));
        (!name.is_empty()).then(|| name.to_owned())
    })
}

fn word(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    &text[..end]
}
