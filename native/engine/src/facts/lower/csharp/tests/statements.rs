use super::body;
use crate::facts::ir::Language;
use crate::facts::lower::tests::nesting_is_cut;

#[test]
fn loops() {
    for (text, expected) in [
        (
            "await foreach (var o in db.Orders.AsAsyncEnumerable()) { await F(o); }",
            "async for o in db.Orders.AsAsyncEnumerable()\n  await F(o)",
        ),
        ("foreach (Order o in list) x();", "for o: Order in list\n  x()"),
        ("foreach (var (k, v) in dict) { }", "for (k, v) in dict"),
        ("foreach ((int q, var r) in d) { }", "for (q, r) in d"),
        (
            "for (int i = 0, j = 1; i < n; i++, j--) { continue; }",
            "for (i: int = 0; j: int = 1; (i < n); i += 1; j -= 1)\n  continue",
        ),
        ("for (i = 0; ; ) break;", "forever\n  break"),
        ("while (true) { }", "forever"),
        ("while (a) { }", "while a"),
        ("do { f(); } while (a);", "do while a\n  f()"),
    ] {
        assert_eq!((text, body(text).as_str()), (text, expected));
    }
}

#[test]
fn branches() {
    assert_eq!(
        body(
            "if (a) b(); else if (c) { d(); } else e(); lock (this) { m(); } checked { a(); } lbl: f(); { g(); }"
        ),
        "if a
  b()
else
  if c
    d()
  else
    e()
scope this
  m()
scope
  a()
f()
scope
  g()"
    );
    assert_eq!(
        body(
            "using (var t = Open()) using (u) { f(); } using Row s = Open(); using (Row r = Open()) f(r); await using var q = Z();"
        ),
        "scope t = Open()
  scope u
    f()
s: Row = Open()
scope r = (Open() as Row)
  f(r)
q = Z()"
    );
    assert_eq!(
        body("try { a(); } catch (FooException e) when (e.X()) { b(); } catch { } finally { c(); }"),
        "try
  a()
catch
  e: FooException
  e.X()
  b()
catch
finally
  c()"
    );
    assert_eq!(
        body("yield return x; yield break;"),
        "yield x
return"
    );
}

#[test]
fn switches() {
    assert_eq!(
        body(
            "foreach (var x in xs) { switch (x) { case 1: f(); break; case > 2 when y: case Foo z: { if (y) break; return; } default: goto case 1; } break; }"
        ),
        "for x in xs
  switch x
  arm
    f()
  arm
  arm
    if y
    return
  arm
  break"
    );
}

#[test]
fn every_branch_of_a_directive_counts() {
    assert_eq!(
        body("\n#region x\n#if A\n f();\n#elif B\n g();\n#else\n h();\n#endif\n#endregion\n i();"),
        "f()
g()
h()
i()"
    );
}

#[test]
fn local_functions() {
    assert_eq!(
        body("static async Task<int> L(int q) => await q; L(1);"),
        "<function A.M.L>
L(1)"
    );
}

#[test]
fn nesting_of_every_kind_is_cut() {
    let forms = [
        ("if (a) { ", " }"),
        ("F(x => { ", " });"),
        ("class A { void M() { ", " } }"),
        ("namespace A { ", " }"),
        ("void f() { ", " }"),
        ("switch (a) { case 1: ", " }"),
        ("using (a) { ", " }"),
        ("var x = new A { B = ", " };"),
        ("x = a switch { 1 => ", " };"),
    ];
    nesting_is_cut(Language::CSharp, &forms);
}
