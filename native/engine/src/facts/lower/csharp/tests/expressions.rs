use super::{body, lowered};
use crate::facts::ir::{ExprKind, Span, StmtKind};

#[test]
fn expressions_keep_what_they_evaluate() {
    for (text, expected) in [
        (
            "ctx.Set<Order>().Where(o => o.Id == id).ToListAsync(ct)",
            "ctx.Set<Order>().Where((o) => { return (o.Id == id) }).ToListAsync(ct)",
        ),
        ("x?.Y?[0]?.Z<T>(1)", "x?.Y[0]?.Z<T>(1)"),
        (
            "F(this, base.G(), name: 1, ref z, out var v, out Order w)",
            "F(this, super.G(), name=1, z, v, (w = (?() as Order)))",
        ),
        ("a ??= b ?? throw new E()", "a ??= (b ?? ?(new E()))"),
        ("x = y = z[0, 1]", "x = (y = z[[0, 1]])"),
        ("f = x!.Y!", "f = x.Y"),
        ("v = (Foo)x as Bar", "v = ((x as Foo) as Bar)"),
        (
            "v = o is Order { Id: 1 } ord && ord.X is not null",
            "v = (((ord = (o as Order)) is Order) && (ord.X is null))",
        ),
        (
            "v = o is Order od || o is string || o is null",
            "v = ((((od = (o as Order)) is Order) || (o is string)) || (o is null))",
        ),
        ("(a, var b2) = tup", "(a, b2) = tup"),
        ("(x.Y, _) = (1, name: 2)", "(x.Y, _) = [1, 2]"),
        ("var (k, (v, _)) = p", "(k, (v, _)) = p"),
        ("i++; --j; k = -l; m = !n", "i += 1\nj -= 1\nk = (- l)\nm = (! n)"),
        ("v = arr[1..^2]", "v = arr[1..(^ 2)]"),
        (
            "v = $\"a {x:N2} {y.Z(),3}\" + $\"none\" + @\"v\"\"w\" + 'c' + \"\"\"raw\"\"\"",
            "v = ((((template(x, y.Z()) + \"none\") + \"v\\\"w\") + \"c\") + \"raw\")",
        ),
        (
            "v = nameof(Foo.Bar) + typeof(Order)",
            "v = (\"Bar\" + typeof(Order))",
        ),
        ("v = default(int)", "v = null"),
        (
            "await Task.WhenAll(xs.Select(async x => await F(x)))",
            "await Task.WhenAll(xs.Select(async (x) => { return await F(x) }))",
        ),
        ("v = p with { X = f(), Y = g() }", "v = ?(p, f(), g())"),
        (
            "f = delegate (int z) { return z; }",
            "f = (z: int) => { return z }",
        ),
        (
            "v = x switch { 1 => A(), Foo g when h() => B(g), _ => throw new E() }",
            "v = ?(x, A(), B(g), ?(new E()))",
        ),
        ("A<int>()", "A<int>()"),
        (
            "int.TryParse(s, out int n)",
            "int.TryParse(s, (n = (?() as int)))",
        ),
    ] {
        assert_eq!((text, body(&format!("{text};")).as_str()), (text, expected));
    }
}

#[test]
fn what_is_made() {
    for (text, expected) in [
        (
            "var o = new Order(1) { Id = 1, Items = { 1, 2 }, [3] = 4, Of = { [5] = 6 } }",
            "o = new Order(1) {{\"Id\": 1, \"Items\": [1, 2], 3: 4, \"Of\": {5: 6}}}",
        ),
        (
            "Order o = new(1) { A = 2 }",
            "o: Order = new Order(1) {{\"A\": 2}}",
        ),
        (
            "List<Item> o = new() { new Item(), new() }",
            "o: List<Item> = new List<Item>() {new Item(), new ()}",
        ),
        (
            "var d = new Dictionary<string, int> { { \"a\", 1 }, [\"b\"] = 2 }",
            "d = new Dictionary<string, int>() {{\"b\": 2}, [\"a\", 1]}",
        ),
        (
            "var o = new { a.B, C = f(), this.D }",
            "o = {\"B\": a.B, \"C\": f(), \"D\": this.D}",
        ),
        (
            "int[] a = { 1, 2 }, b = new int[] { 1 }, c = new[] { 2 }, d = [1, ..xs], e = new int[n()]",
            "a: []<int> = [1, 2]\nb: []<int> = [1]\nc: []<int> = [2]\nd: []<int> = [1, ...xs]\ne: []<int> = ?(n())",
        ),
    ] {
        assert_eq!((text, body(&format!("{text};")).as_str()), (text, expected));
    }
}

#[test]
fn queries_are_comprehensions() {
    for (text, expected) in [
        (
            "var q = from o in db.Orders where o.X > 1 select o",
            "q = lazy [o for o in db.Orders if (o.X > 1)]",
        ),
        (
            "var q = from o in xs join c in cs on o.Id equals c.Id into g let y = f(o) from p in o.Ps orderby y descending, p select new { o.Id }",
            "q = lazy [{\"Id\": o.Id} for o in xs for c in cs if (o.Id == c.Id) for y in [f(o)] for p in o.Ps if y if p]",
        ),
        (
            "var q = from x in xs group x by x.K into g select g.Key",
            "q = lazy [g.Key for g in lazy [x.K, x for x in xs]]",
        ),
    ] {
        assert_eq!((text, body(&format!("{text};")).as_str()), (text, expected));
    }
}

#[test]
fn spans_are_those_of_the_text() {
    let text = "class A { void M() { foreach (var i in this.Xs.All()) { F(); } } }";
    let facts = lowered(text);
    let shown = |span: Span| &text[span.start as usize..span.end as usize];
    let StmtKind::Loop(it) = &facts.functions[1].body[0].kind else {
        panic!("a loop");
    };
    assert_eq!(shown(it.header), "foreach (var i in this.Xs.All())");
    let ExprKind::Call { callee, .. } = &it.iterable.as_ref().expect("walked").kind else {
        panic!("a call");
    };
    assert_eq!(shown(callee.span), "this.Xs.All");
}

#[test]
fn broken_and_deep_code_keeps_the_rest() {
    let facts = lowered(
        "class A { void B() { F(1); }\n void C( { § G(; }\n void D() { foreach (X x in xs) H(x); } }",
    );
    let names: Vec<_> = facts.functions.iter().map(|it| it.qualified.as_str()).collect();
    assert!(names.contains(&"A.B"), "{names:?}");
    assert!(facts.parse_quality < 1.0);
    let deep = format!(
        "class A {{ void M() {{ {}x{}; g(); }} }}",
        "f(".repeat(1200),
        ")".repeat(1200)
    );
    let facts = lowered(&deep);
    assert!(!facts.cut.is_empty());
    assert_eq!(facts.functions[1].body.len(), 2);
}
