//! Rows that are there already and get more.

use super::*;
use crate::nplus1::eager::after;

fn found(id: &str, text: &str, language: Language) -> Option<(String, String)> {
    let facts = parsed(text, language);
    let StmtKind::Expr(value) = &facts.functions[0].body[0].kind else {
        panic!("{text}");
    };
    // `….new(…).call`: the load stands below.
    let value = match &value.kind {
        ExprKind::Member { object, .. } => object,
        _ => value,
    };
    let (rows, paths) = after(orm(id), value, Scope::bare())?;
    let rows = text[rows.value.span.start as usize..rows.value.span.end as usize].to_owned();
    Some((rows, paths.to_string()))
}

#[test]
fn calls_name_the_rows_and_the_paths() {
    for (id, language, text, expected) in [
        (
            "activerecord",
            Language::Ruby,
            "ActiveRecord::Associations::Preloader.new(records: posts, associations: [:author, { tags: :kind }]).call",
            Some(("posts", "author tags tags.kind")),
        ),
        (
            "activerecord",
            Language::Ruby,
            "Preloader.new(associations: :author, records: @posts).call",
            Some(("@posts", "author")),
        ),
        (
            "activerecord",
            Language::Ruby,
            "ActiveRecord::Associations::Preloader.new.preload(posts, :author)",
            Some(("posts", "author")),
        ),
        (
            "activerecord",
            Language::Ruby,
            "ActiveRecord::Associations::Preloader.new.preload(posts, [:author, tags: :kind])",
            Some(("posts", "author tags tags.kind")),
        ),
        (
            "activerecord",
            Language::Ruby,
            "Other.new.preload(posts, :author)",
            None,
        ),
        ("activerecord", Language::Ruby, "Preloader.new(1)", None),
        (
            "activerecord",
            Language::Ruby,
            "Preloader.new(records: posts, associations: names).call",
            Some(("posts", "*open")),
        ),
        (
            "django",
            Language::Python,
            "prefetch_related_objects(posts, 'author', Prefetch('tags', queryset=Tag.objects.all()))",
            Some(("posts", "author tags")),
        ),
        (
            "django",
            Language::Python,
            "models.prefetch_related_objects([post], 'comments__user')",
            Some(("[post]", "comments comments.user")),
        ),
        (
            "django",
            Language::Python,
            "prefetch_related_objects(posts, *names)",
            Some(("posts", "*open")),
        ),
        ("django", Language::Python, "prefetch_related_objects()", None),
        (
            "sqlalchemy",
            Language::Python,
            "prefetch_related_objects(posts, 'author')",
            None,
        ),
    ] {
        let expected = expected.map(|(rows, paths): (&str, &str)| (rows.to_owned(), paths.to_owned()));
        assert_eq!(found(id, text, language), expected, "{text}");
    }
}
