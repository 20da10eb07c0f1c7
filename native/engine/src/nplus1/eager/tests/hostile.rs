//! What an attacker may write: it ends soon, stays small, and is perhaps loaded where it was cut.

use std::time::{Duration, Instant};

use super::*;

fn quick(id: &str, language: Language, text: &str) -> Plan {
    let started = Instant::now();
    let plan = plan_of(id, text, language);
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
    assert!(plan.paths.loaded().len() < 1_000);
    plan
}

#[test]
fn constants_that_double_with_every_line_are_cut() {
    let mut text = String::from("const c0 = { a: true };\n");
    for n in 1..40 {
        let before = n - 1;
        text.push_str(&format!(
            "const c{n} = {{ x: {{ include: c{before} }}, y: {{ include: c{before} }}, ...c{before}, ...c{before} }};\n"
        ));
    }
    text.push_str("prisma.post.findMany({ include: c39 })");
    let plan = quick("prisma", Language::TypeScript, &text);
    assert_eq!(plan.paths.covers("x"), Covered::Yes);
    assert_eq!(plan.paths.covers("z"), Covered::Maybe);
}

#[test]
fn constants_in_a_circle_are_cut() {
    for (id, language, text) in [
        (
            "prisma",
            Language::TypeScript,
            "const a = { include: { x: b } }; const b = { include: { y: a } }; prisma.p.findMany(a)",
        ),
        (
            "sqlalchemy",
            Language::Python,
            "A = [B, B, joinedload(P.x)]\nB = [A, A]\nselect(P).options(*A)",
        ),
        (
            "django",
            Language::Python,
            "a = b.filter(x=1)\nb = a.filter(x=1)\nP.objects.prefetch_related(Prefetch('c', queryset=a))",
        ),
        (
            "activerecord",
            Language::Ruby,
            "A = { x: B }\nB = { y: A }\nP.includes(A)",
        ),
    ] {
        let plan = quick(id, language, text);
        assert_eq!(
            plan.paths.covers("x.y.x.y.x.y.x.y.x"),
            if id == "django" {
                Covered::No
            } else {
                Covered::Maybe
            },
            "{text}"
        );
    }
}

#[test]
fn deep_and_wide_arguments_are_cut() {
    let deep = format!("P.includes({}x{})", "{ a: ".repeat(90), " }".repeat(90));
    let plan = quick("activerecord", Language::Ruby, &deep);
    assert_eq!(plan.paths.covers("a.a.a"), Covered::Yes);
    let wide = format!(
        "P.includes({})",
        (0..20_000)
            .map(|n| format!(":a{n}"))
            .collect::<Vec<_>>()
            .join(", ")
    );
    let plan = quick("activerecord", Language::Ruby, &wide);
    assert_eq!(plan.paths.covers("a1"), Covered::Yes);
    assert_eq!(plan.paths.covers("a19999"), Covered::Maybe);
    let chain = format!(
        "select(P).options(joinedload(P.a){})",
        ".joinedload(P.a)".repeat(180)
    );
    let plan = quick("sqlalchemy", Language::Python, &chain);
    assert_eq!(plan.paths.covers("a.a.a"), Covered::Yes);
    let long = format!("P.objects.select_related('{}')", "a__".repeat(200_000));
    let plan = quick("django", Language::Python, &long);
    assert_eq!(plan.paths.covers("a.a"), Covered::Yes);
    let then = format!(
        "class A {{ void F() {{ db.P.Include(p => p.A){}; }} }}",
        ".ThenInclude(a => a.B)".repeat(60)
    );
    let plan = quick("efcore", Language::CSharp, &then);
    assert_eq!(plan.paths.covers("A.B.B"), Covered::Yes);
    let joins = format!(
        "qb{}",
        (0..150)
            .map(|n| format!(".leftJoinAndSelect('a{n}.b', 'a{}')", n + 1))
            .collect::<String>()
    );
    let plan = quick("typeorm", Language::TypeScript, &joins);
    assert_eq!(plan.paths.covers("b.b.b"), Covered::Yes);
}

#[test]
fn query_texts_of_any_size_end() {
    let joins: String = (0..3_000)
        .map(|n| format!(" join fetch a{n}.b a{}", n + 1))
        .collect();
    for text in [
        format!("select a0 from A a0{joins}"),
        format!("select a0 from A a0 {}", "(".repeat(100_000)),
        format!("select a0 from A a0 where x = '{}", "a".repeat(100_000)),
        "join fetch treat(".repeat(10_000),
        "é'ü join fetch ß.ä ö".to_owned(),
    ] {
        let plan = quick(
            "hibernate",
            Language::Java,
            &format!("class A {{ void f() {{ em.createQuery(\"{text}\"); }} }}"),
        );
        assert!(plan.paths.loaded().len() < 500);
    }
}

/// Lines that each add to one query share what was there before.
#[test]
fn a_query_built_over_many_lines_stays_small() {
    let started = Instant::now();
    let facts = parsed("q.includes(:a, b: { c: :d })", Language::Ruby);
    let StmtKind::Expr(Expr {
        kind: ExprKind::Call { args, .. },
        ..
    }) = &facts.functions[0].body[0].kind
    else {
        panic!("a call");
    };
    let mut plan = Plan::default();
    let mut kept = Vec::new();
    for n in 0..5_000 {
        plan.call(orm("activerecord"), "includes", args, Scope::bare());
        plan.paths.add(&format!("x{n}"));
        kept.push(plan.clone());
        plan = plan.intersect(&kept[n / 2]);
    }
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(plan.paths.covers("b.c"), Covered::Yes);
}
