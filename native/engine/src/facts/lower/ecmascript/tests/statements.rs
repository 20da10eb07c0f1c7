use super::body;
use crate::facts::ir::Language;
use crate::facts::lower::tests::nesting_is_cut;

#[test]
fn loops() {
    for (text, expected) in [
        (
            "for (const [k, { v = 2, ...rest }] of entries) f(k);",
            "for (k, {v: v, ...: rest}) in entries\n  f(k)",
        ),
        ("for await (const x of stream()) {}", "async for x in stream()"),
        ("for (const k in o) { f(k) }", "for k in o\n  f(k)"),
        ("for (x.y of z) ;", "for x.y in z"),
        (
            "for (let i = 0, n = 3; i < n; i++) g(i);",
            "for (i = 0; n = 3; (i < n); i += 1)\n  g(i)",
        ),
        ("for (;;) { break }", "forever\n  break"),
        ("while (true) f();", "forever\n  f()"),
        ("while (a) { continue }", "while a\n  continue"),
        ("do { f() } while (a);", "do while a\n  f()"),
        (
            "outer: for (const x of xs) { continue outer }",
            "for x in xs\n  continue",
        ),
    ] {
        assert_eq!(body(text), expected, "{text}");
    }
}

#[test]
fn branches() {
    assert_eq!(
        body("if (a) b(); else if (c) { d() } else e();"),
        "if a\n  b()\nelse\n  if c\n    d()\n  else\n    e()"
    );
    assert_eq!(
        body("try { a() } catch ({ message }) { b() } finally { c() }"),
        "try\n  a()\ncatch\n  {message: message}\n  b()\nfinally\n  c()"
    );
    assert_eq!(
        body("{ let a = 1, b: T = 2; } throw e;"),
        "scope\n  a = 1\n  b: T = 2\nraise e"
    );
    assert_eq!(body("a(), b = c;"), "a()\nb = c");
}

#[test]
fn break_of_a_switch_is_no_break_of_the_loop() {
    assert_eq!(
        body(
            "all: for (const x of xs) { switch (x) { case 1: f(); break; case 2: { if (y) break; break all } default: while (y) break } break }"
        ),
        "for x in xs\n  switch x\n  arm\n    f()\n  arm\n    scope\n      if y\n      break\n  arm\n    while y\n      break\n  break"
    );
}

#[test]
fn broken_code_keeps_the_rest() {
    let shown = body("before();\nfor (const x of xs) { await db.find(x.id) }\nconst = ;\nif (a { b(\n");
    assert!(
        shown.starts_with("before()\nfor x in xs\n  await db.find(x.id)"),
        "{shown}"
    );
    let shown = body("class A { m() { return f(1) }\n  broken( { }\n");
    assert!(!shown.is_empty());
}

#[test]
fn nesting_of_every_kind_is_cut() {
    let forms = [
        ("if (a) { ", " }"),
        ("f(x => { ", " })"),
        ("class A { m() { ", " } }"),
        ("function f() { ", " }"),
        ("switch (a) { case 1: ", " }"),
        ("try { ", " } finally {}"),
        ("for (;;) ", ""),
        ("[{ a: ", " }]"),
        ("<A b={", "} />"),
        ("`${", "}`"),
        ("a ? b : ", ""),
        ("namespace A { ", " }"),
        ("type A = B<", ">"),
    ];
    nesting_is_cut(Language::Tsx, &forms);
}
