//! Entity Framework.

use super::*;

fn rows(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let text = format!("class A {{ void F() {{ {text}; }} }}");
        each("efcore", Language::CSharp, &[(&text, expected)]);
    }
}

#[test]
fn efcore() {
    rows(&[
        ("db.Posts.Include(p => p.Author)", "Author"),
        (
            "db.Posts.Include(p => p.Author).ThenInclude(a => a.Company).Include(p => p.Tags)",
            "Author Author.Company Tags",
        ),
        (
            "db.Posts.Include(p => p.A).ThenInclude(a => a!.B).ThenInclude(b => b.C)",
            "A A.B A.B.C",
        ),
        ("db.Posts.Include(p => p.Author.Company)", "Author Author.Company"),
        (
            "db.Posts.Include(p => p.Items.Where(i => i.Ok).OrderBy(i => i.Id).Take(5))",
            "Items",
        ),
        (
            "db.Posts.Include(p => p.Items.Select(i => i.Product))",
            "Items Items.Product",
        ),
        (
            "db.Posts.Include(p => p.Items.Where(i => i.Ok)).ThenInclude(i => i.Product)",
            "Items Items.Product",
        ),
        (
            "db.Posts.Include(\"Author.Company\").Include(nameof(Post.Tags))",
            "Author Author.Company Tags",
        ),
        (
            "db.Posts.Include($\"{nameof(Post.Author)}.{nameof(User.Company)}\")",
            "Author Author.Company",
        ),
        (
            "db.Posts.Include(p => ((Special)p).Extra).Include(p => (p as Other).More)",
            "Extra More",
        ),
        (
            "db.Posts.Where(p => p.Author.Name == x).Join(db.Users, p => p.Id, u => u.Id, (p, u) => p)",
            "",
        ),
        (
            "db.Posts.AsSplitQuery().Include(p => p.Tags).AsNoTracking()",
            "Tags",
        ),
        (
            "db.Posts.Include(p => p.Author).IgnoreAutoIncludes()",
            "Author *no_defaults",
        ),
        (
            "repo.GetAll(filter: null, includeProperties: \"Author, Tags\")",
            "Author Tags",
        ),
        ("db.Posts.Include(path)", "*open"),
        ("db.Posts.Include(path).ThenInclude(a => a.Company)", "*open"),
        ("db.Posts.Include($\"Author.{name}\")", "*open"),
        ("var path = \"Author\"; db.Posts.Include(path)", "Author"),
    ]);
}
