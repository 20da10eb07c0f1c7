//! What schema files declare: Prisma models with their fields, tables with their columns. Texts are
//! scanned line by line; what is half written gives what can be read of it.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Prisma,
    Graphql,
    RailsSchema,
    SqlStructure,
}

pub(super) fn kind(path: &str) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.len() > ".prisma".len() && name.ends_with(".prisma") {
        return Some(Kind::Prisma);
    }
    if name.ends_with(".graphql") || name.ends_with(".graphqls") || name.ends_with(".gql") {
        return Some(Kind::Graphql);
    }
    let in_db = path == format!("db/{name}") || path.ends_with(&format!("/db/{name}"));
    let is_schema = name.ends_with("schema.rb");
    let is_structure = name.ends_with("structure.sql");
    match (in_db, is_schema, is_structure) {
        (true, true, _) => Some(Kind::RailsSchema),
        (true, _, true) => Some(Kind::SqlStructure),
        _ => None,
    }
}

/// A model of a Prisma schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchemaModel {
    pub name: String,
    /// Byte range from its keyword to its closing brace.
    pub start: u32,
    pub end: u32,
    pub table: Option<String>,
    pub fields: Vec<SchemaField>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchemaField {
    pub name: String,
    /// Without `[]` and `?`.
    pub ty: String,
    pub many: bool,
    pub nullable: bool,
    /// One row is found by it alone.
    pub unique: bool,
    /// Name given in `@relation`.
    pub relation: Option<String>,
    /// Own fields that hold the key: `@relation(fields: [authorId])`.
    pub keys: Vec<String>,
    pub start: u32,
    pub end: u32,
}

pub(super) fn prisma_models(text: &str) -> Vec<SchemaModel> {
    let mut models = Vec::new();
    let mut open: Option<SchemaModel> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let code = line.split("//").next().unwrap_or(line).trim();
        let words: Vec<&str> = code.split_whitespace().take(3).collect();
        match (&mut open, words.as_slice()) {
            (None, ["model" | "view", name, ..]) => {
                let name = word(name).to_owned();
                let model = SchemaModel {
                    name,
                    start: offset(start),
                    end: offset(at),
                    ..SchemaModel::default()
                };
                match (model.name.is_empty(), code.ends_with('}')) {
                    (true, _) => {}
                    (false, true) => models.push(model),
                    (false, false) => open = Some(model),
                }
            }
            (Some(model), ["}", ..]) => {
                model.end = offset(start + 1);
                models.extend(open.take());
            }
            (Some(model), [first, ..]) if first.starts_with("@@map(") => {
                model.table = quoted(code).map(str::to_owned);
            }
            (Some(model), [first, ..]) if first.starts_with("@@") => {}
            (Some(model), [name, ty, ..]) if !word(name).is_empty() => {
                model.fields.push(prisma_field(name, ty, code, start, at));
            }
            _ => {}
        }
    }
    // Half-written schemas occur in changes.
    models.extend(open.map(|model| SchemaModel {
        end: offset(at),
        ..model
    }));
    models
}

fn prisma_field(name: &str, ty: &str, code: &str, start: usize, end: usize) -> SchemaField {
    let relation = code.split_once("@relation(").map(|(_, rest)| rest);
    let keys = relation
        .and_then(|rest| rest.split_once("fields:"))
        .and_then(|(_, rest)| rest.split_once('['))
        .and_then(|(_, rest)| rest.split(']').next())
        .map(|list| list.split(',').map(|it| it.trim().to_owned()).collect());
    SchemaField {
        name: word(name).to_owned(),
        ty: word(ty).to_owned(),
        many: ty.ends_with("[]") || ty.ends_with("[]?"),
        nullable: ty.ends_with('?'),
        unique: code
            .split_whitespace()
            .any(|it| it.starts_with("@id") || it.starts_with("@unique")),
        relation: relation.and_then(relation_name).map(str::to_owned),
        keys: keys.unwrap_or_default(),
        start: offset(start),
        end: offset(end),
    }
}

/// `@relation("PostAuthor", …)`, `@relation(name: "PostAuthor", …)`
fn relation_name(rest: &str) -> Option<&str> {
    let rest = rest.trim_start();
    if rest.starts_with('"') {
        return quoted(rest);
    }
    let (_, named) = rest.split_once("name:")?;
    quoted(named)
}

fn quoted(text: &str) -> Option<&str> {
    text.split('"').nth(1)
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

pub(super) type Tables = BTreeMap<String, BTreeSet<String>>;

/// `create_table "users" do |t|`, `t.string "name"`, `t.references :team`
pub(super) fn rails_tables(text: &str) -> Tables {
    let mut tables = Tables::new();
    let mut open = None;
    for line in text.lines().map(str::trim_start) {
        if let Some(rest) = line.strip_prefix("create_table") {
            let name = word(rest.trim_start_matches(['(', ' ', '"', '\'', ':'])).to_owned();
            if !name.is_empty() {
                let columns = tables.entry(name.clone()).or_default();
                if !rest.contains("id: false") {
                    columns.insert("id".to_owned());
                }
                open = Some(name);
            }
        } else if line.starts_with("end") {
            open = None;
        } else if let (Some(table), Some(rest)) = (&open, line.strip_prefix("t."))
            && let Some(columns) = tables.get_mut(table)
        {
            let kind = word(rest);
            let name = word(rest[kind.len()..].trim_start_matches(['(', ' ', '"', '\'', ':']));
            match kind {
                "index" | "check_constraint" | "foreign_key" | "unique_constraint" => {}
                "timestamps" => columns.extend(["created_at".to_owned(), "updated_at".to_owned()]),
                "references" | "belongs_to" => {
                    columns.insert(format!("{name}_id"));
                }
                _ if name.is_empty() => {}
                _ => {
                    columns.insert(name.to_owned());
                }
            }
        }
    }
    tables
}

/// `CREATE TABLE public.users (` and a column on each line.
pub(super) fn sql_tables(text: &str) -> Tables {
    let mut tables = Tables::new();
    let mut open = None;
    for line in text.lines() {
        if let Some(rest) = line.trim_start().strip_prefix("CREATE TABLE ") {
            let full = rest.trim_start_matches("IF NOT EXISTS ");
            let name = full.split(['(', ' ']).next().and_then(|it| it.rsplit('.').next());
            let name = word(name.unwrap_or("").trim_matches(['"', '`']));
            if !name.is_empty() {
                tables.entry(name.to_owned()).or_default();
                open = Some(name.to_owned());
            }
        } else if line.trim_start().starts_with(')') {
            open = None;
        } else if let Some(columns) = open.as_ref().and_then(|table| tables.get_mut(table)) {
            let column = word(line.trim_start().trim_start_matches(['"', '`']));
            let is_column = column.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
            if is_column {
                columns.insert(column.to_owned());
            }
        }
    }
    tables
}

fn word(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn prisma_fields_with_their_types_and_relations() {
        let text = r#"
model Post {
  id       Int      @id @default(autoincrement())
  slug     String   @unique // no model Fake {
  authorId Int?
  author   User?    @relation("PostAuthor", fields: [authorId], references: [id])
  tags     Tag[]
  extra    Json     @default("{ \"model\": 1 }")

  @@index([authorId])
  @@map("posts")
}
enum Role { A }
model Tag {
  posts Post[] @relation(name: "tagged")
}
model Cut {
  id Int"#;
        let models = prisma_models(text);
        let names: Vec<_> = models.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["Post", "Tag", "Cut"]);
        let post = &models[0];
        assert_eq!(post.table.as_deref(), Some("posts"));
        assert!(text[post.start as usize..post.end as usize].starts_with("model Post {"));
        assert!(text[post.start as usize..post.end as usize].ends_with('}'));
        let fields: Vec<_> = post.fields.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(fields, ["id", "slug", "authorId", "author", "tags", "extra"]);
        let author = &post.fields[3];
        assert_eq!(
            (author.ty.as_str(), author.many, author.nullable),
            ("User", false, true)
        );
        assert_eq!(author.relation.as_deref(), Some("PostAuthor"));
        assert_eq!(author.keys, ["authorId"]);
        assert!(post.fields[1].unique && !post.fields[2].unique);
        assert!(post.fields[4].many);
        assert_eq!(models[1].fields[0].relation.as_deref(), Some("tagged"));
    }

    #[test]
    fn columns_of_tables() {
        let rails = rails_tables(
            "create_table \"users\", force: :cascade do |t|\n  t.string \"name\", null: false\n  t.references :team\n  \
             t.timestamps\n  t.index [\"name\"], name: \"i\"\nend\ncreate_table :joins, id: false do |t|\n  t.bigint :a_id\nend\n",
        );
        let columns: Vec<_> = rails["users"].iter().map(String::as_str).collect();
        assert_eq!(columns, ["created_at", "id", "name", "team_id", "updated_at"]);
        assert_eq!(rails["joins"].len(), 1);
        let sql = sql_tables(
            "CREATE TABLE public.users (\n    id bigint NOT NULL,\n    \"name\" text,\n    CONSTRAINT c CHECK (true)\n);\n",
        );
        let columns: Vec<_> = sql["users"].iter().map(String::as_str).collect();
        assert_eq!(columns, ["id", "name"]);
    }
}
