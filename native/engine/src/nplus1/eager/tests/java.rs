//! Hibernate, JPA, Spring Data, Querydsl.

use super::*;
use crate::nplus1::eager::{declared, of_body};

fn query(text: &str) -> String {
    let text = format!(
        "class A {{ static final String Q = \"from Post p join fetch p.author\"; void f() {{ {text}; }} }}"
    );
    plan_of("hibernate", &text, Language::Java).paths.to_string()
}

#[test]
fn query_texts() {
    for (text, expected) in [
        ("select p from Post p join fetch p.author", "author"),
        (
            "select distinct p from Post p left join fetch p.author a join fetch a.company c",
            "author author.company",
        ),
        (
            "FROM Post AS p LEFT OUTER JOIN FETCH p.comments AS c INNER JOIN FETCH c.user WHERE c.ok = true",
            "comments comments.user",
        ),
        ("select p from Post p join p.author a where a.name = :name", ""),
        // Below a relation that is not fetched itself.
        (
            "select p from Post p join p.author a join fetch a.company",
            "(author).company",
        ),
        (
            "select p from Post p join fetch p.author fetch all properties",
            "author",
        ),
        ("from Post join fetch author", "author"),
        ("select c from Post p join p.comments c join fetch c.user", "user"),
        (
            "select new app.Row(p.id, a.name) from Post p join fetch p.author a",
            "",
        ),
        ("select p.id, p.title from Post p join fetch p.author", ""),
        ("select count(p) from Post p join fetch p.author", ""),
        ("select object(p) from Post p join fetch p.author", "author"),
        (
            "select p from Post p join fetch treat(p.owner as Manager) m join fetch m.office",
            "owner owner.office",
        ),
        (
            "select p from Post p where exists (select 1 from Tag t join fetch t.kind) order by p.id",
            "",
        ),
        ("select p from Post p where p.name = 'a join fetch p.author'", ""),
        ("select p from Post p, User u join fetch p.author", "author"),
        ("select", ""),
        ("join fetch", ""),
        ("(((", ""),
    ] {
        assert_eq!(
            query(&format!("em.createQuery(\"{text}\", Post.class)")),
            expected,
            "{text}"
        );
    }
}

#[test]
fn calls_of_a_query() {
    for (text, expected) in [
        (
            "em.createQuery(\"select p from Post p \" + \"join fetch p.author\")",
            "author",
        ),
        (
            "em.createQuery(\"\"\"\n  select p from Post p\n  join fetch p.author\n  \"\"\", Post.class).setMaxResults(1)",
            "author",
        ),
        ("em.createQuery(Q).getResultList()", "author"),
        (
            "em.createQuery(\"from Post p join fetch p.author \" + where)",
            "author *open",
        ),
        ("em.createQuery(UNKNOWN)", "*open"),
        ("cb.createQuery(Post.class)", ""),
        (
            "CriteriaQuery<Post> q = cb.createQuery(Post.class); em.createQuery(q).getResultList()",
            "",
        ),
        ("String hql = build(); em.createQuery(hql)", "*open"),
        (
            "em.createNamedQuery(\"Post.full\", Post.class)",
            "author author.company",
        ),
        ("em.createNamedQuery(\"Post.other\")", "*open"),
        (
            "q.setHint(\"jakarta.persistence.fetchgraph\", em.getEntityGraph(\"Post.full\"))",
            "author author.company",
        ),
        ("q.setHint(\"jakarta.persistence.loadgraph\", graph)", "*open"),
        ("q.setHint(\"org.hibernate.readOnly\", true)", ""),
        (
            "f.selectFrom(post).leftJoin(post.author, user).fetchJoin().leftJoin(user.company).fetchJoin().fetch()",
            "author author.company",
        ),
        (
            "f.selectFrom(post).leftJoin(post.author, user).where(user.x.eq(1)).fetch()",
            "",
        ),
        (
            "f.selectFrom(QPost.post).join(QPost.post.tags).fetchJoin().fetch()",
            "tags",
        ),
        (
            "root.fetch(\"author\", JoinType.LEFT).fetch(\"company\")",
            "author author.company",
        ),
        ("root.fetch(Post_.author)", "author"),
        (
            "c.setFetchMode(\"author.company\", FetchMode.JOIN)",
            "author author.company",
        ),
    ] {
        assert_eq!(query(text), expected, "{text}");
    }
}

#[test]
fn decorators_of_a_declared_query() {
    for (text, expected) in [
        (
            "@EntityGraph(attributePaths = {\"author\", \"comments.user\"})",
            "author comments comments.user",
        ),
        (
            "@EntityGraph(attributePaths = \"author\", type = EntityGraphType.LOAD)",
            "author",
        ),
        ("@EntityGraph(\"Post.full\")", "author author.company"),
        ("@EntityGraph(value = \"Post.other\")", "*open"),
        ("@Query(\"select p from Post p join fetch p.author\")", "author"),
        (
            "@Query(value = \"select p from Post p \" + \"left join fetch p.tags\", countQuery = \"select count(p) from Post p\")",
            "tags",
        ),
        (
            "@Query(value = \"select * from post join author\", nativeQuery = true)",
            "",
        ),
        ("@Transactional", ""),
    ] {
        let facts = parsed(
            &format!("interface R {{ {text} List<Post> find(); }}"),
            Language::Java,
        );
        let method = facts
            .functions
            .iter()
            .find(|function| function.name == "find")
            .unwrap();
        let scope = Scope {
            constants: &|_| None,
            named: &|name| (name == "Post.full").then(|| Paths::of(["author.company"])),
        };
        let mut plan = Plan::default();
        plan.decorators(orm("hibernate"), &method.decorators, scope);
        assert_eq!(plan.paths.to_string(), expected, "{text}");
    }
}

#[test]
fn what_a_class_declares_by_name() {
    let facts = parsed(
        r#"
@NamedEntityGraph(name = "Post.full", attributeNodes = {@NamedAttributeNode("author"),
  @NamedAttributeNode(value = "comments", subgraph = "c")},
  subgraphs = @NamedSubgraph(name = "c", attributeNodes = {@NamedAttributeNode("user"), @NamedAttributeNode(value = "self", subgraph = "c")}))
@NamedEntityGraphs({@NamedEntityGraph(attributeNodes = @NamedAttributeNode("tags"))})
@NamedQuery(name = "Post.all", query = "select p from Post p " + "join fetch p.author")
@Entity class Post {}
"#,
        Language::Java,
    );
    let found: Vec<String> = declared("Post", &facts.classes[0].decorators)
        .iter()
        .map(|(name, paths)| {
            format!(
                "{name}: {} {:?}",
                paths.covers("comments.user") == Covered::Yes,
                paths.covers("author")
            )
        })
        .collect();
    assert_eq!(
        found,
        ["Post.full: true Yes", "Post: false No", "Post.all: false Yes"]
    );
}

#[test]
fn criteria_of_a_whole_body() {
    for (text, expected) in [
        (
            "Root<Post> root = q.from(Post.class); root.fetch(\"author\").fetch(\"company\"); root.fetch(\"tags\"); return q;",
            "author author.company tags",
        ),
        (
            "Fetch<Post, User> a = root.fetch(\"author\", JoinType.LEFT); a.fetch(\"company\");",
            "author author.company",
        ),
        (
            "Join<Post, User> a = (Join<Post, User>) root.<Post, User>fetch(\"author\"); a.fetch(User_.company);",
            "author author.company",
        ),
        (
            "if (q.getResultType() != Long.class) { root.fetch(\"author\"); } return cb.and();",
            "author",
        ),
        (
            "Join<Post, User> a = root.join(\"author\"); q.where(cb.equal(a.get(\"x\"), 1));",
            "",
        ),
        ("for (String path : paths) { root.fetch(path); }", "*open"),
        ("return query.fetch();", ""),
    ] {
        let facts = parsed(&format!("class A {{ Object f() {{ {text} }} }}"), Language::Java);
        let paths = of_body(orm("hibernate"), &facts.functions[1].body, Scope::bare());
        assert_eq!(paths.to_string(), expected, "{text}");
    }
}
