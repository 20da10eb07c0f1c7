use super::{body, lowered, whole};
use crate::facts::ir::{ExprKind, Language, StmtKind};

#[test]
fn expressions_keep_what_they_evaluate() {
    for (text, expected) in [
        ("a.b?.c", "a.b?.c"),
        ("this.repo!.find()", "this.repo.find()"),
        (
            "repo.find<Order>({ id, ...rest })",
            r#"repo.find<Order>({"id": id, ...rest: null})"#,
        ),
        ("f(x, ...xs)", "f(x, ...xs)"),
        ("xs?.[0]?.(1)", "xs[0](1)"),
        ("(await f()).id", "await f().id"),
        ("x as Foo", "(x as Foo)"),
        ("x satisfies Foo", "(x as Foo)"),
        ("x as const", "x"),
        ("new Foo.Bar<Baz>(1)", "new Foo.Bar<Baz>(1)"),
        ("new Date", "new Date()"),
        ("new (pick())(x)", "?(pick(), x)"),
        ("a ? b : c", "(a ? b : c)"),
        ("a ?? b", "(a ?? b)"),
        ("!a", "(! a)"),
        ("x = y = z", "x = (y = z)"),
        ("x ||= f()", "x ||= f()"),
        ("x.y += 1", "x.y += 1"),
        ("i++", "i += 1"),
        ("f(i--)", "f((i -= 1))"),
        ("[a, q.r] = f()", "(a, q.r) = f()"),
        (
            "({ a: b.c, d = 1, ...rest } = e)",
            "{a: b.c, d: d, ...: rest} = e",
        ),
        ("[, b] = c", "(_, b) = c"),
        ("[1, 'two', ...xs]", r#"[1, "two", ...xs]"#),
        ("undefined", "null"),
        (r#""a\n\"b\"""#, r#""a\n\"b\"""#),
        ("`a${b}c${d()}`", "template(b, d())"),
        ("`plain`", r#""plain""#),
        ("/x/g", "?()"),
        ("f(void 0)", "f((void 0))"),
    ] {
        assert_eq!(body(&format!("{text};")), expected, "{text}");
    }
}

#[test]
fn a_tag_is_called_with_its_template() {
    assert_eq!(
        body("prisma.$queryRaw`select ${id}`; db.execute(sql`select 1`);"),
        "prisma.$queryRaw(template(id))\ndb.execute(sql(\"select 1\"))"
    );
}

#[test]
fn functions_as_values_are_lambdas() {
    for (text, expected) in [
        ("f(x => x.id)", "f((x) => { return x.id })"),
        (
            "f(async ({ id }) => { await g(id); })",
            "f(async ({id: id}) => { await g(id) })",
        ),
        ("f(function named(a) { return a })", "f((a) => { return a })"),
        (
            "const f = async (x: number): Promise<void> => g(x)",
            "f = async (x: number) => { return g(x) }",
        ),
        (
            "const o = { load() { return 1 }, 'a-b': x, [k]: 2, 3: 4 }",
            r#"o = {"load": () => { return 1 }, "a-b": x, k: 2, 3: 4}"#,
        ),
        ("exports.h = x => x", "exports.h = (x) => { return x }"),
    ] {
        assert_eq!(body(&format!("{text};")), expected, "{text}");
    }
}

#[test]
fn jsx_evaluates_what_is_embedded() {
    for (text, expected) in [
        (
            "<ul className={c}>{xs.map(x => <Item key={x.id} {...x} on />)} text</ul>",
            "?(c, xs.map((x) => { return Item(key=x.id, ...x, on=true) }))",
        ),
        ("<ui.Row>{a}<b/></ui.Row>", "ui.Row(children=[a, ?()])"),
        ("<>{/* nothing */}</>", "?()"),
    ] {
        assert_eq!(body(&format!("{text};")), expected, "{text}");
    }
}

#[test]
fn spans_are_those_of_the_text() {
    let text = "x = (await this.repo.find(1));";
    let facts = lowered(Language::TypeScript, text);
    let StmtKind::Assign {
        value: Some(value), ..
    } = &facts.functions[0].body[0].kind
    else {
        panic!("an assignment");
    };
    let shown = |span: crate::facts::ir::Span| &text[span.start as usize..span.end as usize];
    assert_eq!(shown(value.span), "await this.repo.find(1)");
    let ExprKind::Await(call) = &value.kind else {
        panic!("an await");
    };
    let ExprKind::Call { callee, .. } = &call.kind else {
        panic!("a call");
    };
    assert_eq!(shown(callee.span), "this.repo.find");
    assert!(matches!(&callee.kind, ExprKind::Member { name_span, .. } if shown(*name_span) == "find"));
    assert_eq!(shown(facts.functions[0].body[0].span), text);
}

#[test]
fn deep_code_is_cut_not_followed() {
    let text = format!("a();\n{}x{};\nb();", "f(".repeat(2000), ")".repeat(2000));
    let facts = lowered(Language::JavaScript, &text);
    assert_eq!(facts.functions[0].body.len(), 3);
    assert!(!facts.cut.is_empty());
    let deep = format!("type T = {}string{};", "A<".repeat(1000), ">".repeat(1000));
    assert!(whole(&deep).starts_with("interface T(A<A<"));
}
