//! What Java is lowered to, one construct at a time.

use crate::facts::dump::{dump, dump_body};
use crate::facts::ir::{ExprKind, FileFacts, Language, Span, StmtKind};
use crate::facts::lower::tests;

fn lowered(text: &str) -> FileFacts {
    tests::lowered(Language::Java, text)
}

/// What statements in a method become.
fn body(text: &str) -> String {
    let facts = lowered(&format!("class A {{ void m() {{ {text} }} }}"));
    dump_body(&facts, "A.m").trim_end().to_string()
}

fn whole(text: &str) -> String {
    dump(&lowered(text))
}

#[test]
fn the_package_and_imports() {
    assert_eq!(
        whole(
            "package com.shop . app;\nimport java.util.List;\nimport static org.x.Y.z;\nimport java.util.*;"
        ),
        "package com.shop.app
import java.util.List (List)
import org.x.Y.z (z)
import java.util ()
module ()
"
    );
}

#[test]
fn expressions_keep_what_they_evaluate() {
    for (text, expected) in [
        (
            "repo.findById(i.getId()).orElse(null)",
            "repo.findById(i.getId()).orElse(null)",
        ),
        (
            "f(this::toDto, Foo::new, a.b.C::of)",
            "f(this.toDto, Foo.new, a.b.C.of)",
        ),
        ("em.find(Order.class, id)", "em.find(Order.class, id)"),
        ("Outer.this.f(); super.g()", "this.f()\nsuper.g()"),
        (
            "xs.<String>map(x -> x.id())",
            "xs.map<String>((x) => { return x.id() })",
        ),
        (
            "f((a, b) -> { g(a); }, (int c) -> c)",
            "f((a, b) => { g(a) }, (c: int) => { return c })",
        ),
        ("new Foo<>(1)", "new Foo(1)"),
        ("new a.B<C[]>()", "new a.B<[]<C>>()"),
        ("f(new int[]{1, 2}, new int[n()])", "f([1, 2], ?(n()))"),
        ("x = a ? (Foo) b : c", "x = (a ? (b as Foo) : c)"),
        ("x = y = z[0]", "x = (y = z[0])"),
        ("this.a += 1", "this.a += 1"),
        ("f(i--)", "f((i -= 1))"),
        ("f(o instanceof Foo)", "f((o instanceof Foo))"),
        ("f(o instanceof Foo g)", "f(((g = (o as Foo)) instanceof Foo))"),
        ("f(o instanceof P(int x, var y))", "f((o instanceof P))"),
        (r#"f("a\"b" + 'c' + 1L)"#, r#"f((("a\"b" + "c") + 1L))"#),
        ("f(\"\"\"\n a\n \"\"\")", "f(\"\\n a\\n \")"),
    ] {
        assert_eq!(body(&format!("{text};")), expected, "{text}");
    }
}

#[test]
fn loops() {
    for (text, expected) in [
        (
            "for (final Item i : items()) f(i);",
            "for i: Item in items()\n  f(i)",
        ),
        ("for (var i : items) { continue; }", "for i in items\n  continue"),
        (
            "for (int i = 0, j = 1; i < 9; i++, j--) f();",
            "for (i: int = 0; j: int = 1; (i < 9); i += 1; j -= 1)\n  f()",
        ),
        ("for (;;) { break; }", "forever\n  break"),
        ("while (true) f();", "forever\n  f()"),
        ("while (a) f();", "while a\n  f()"),
        ("do { f(); } while (a);", "do while a\n  f()"),
        ("out: for (var x : xs) continue out;", "for x in xs\n  continue"),
    ] {
        assert_eq!(body(text), expected, "{text}");
    }
}

#[test]
fn branches() {
    assert_eq!(
        body(
            "if (a) b(); else if (c) { d(); } else e(); synchronized (lock) { f(); } assert x : y; { g(); }"
        ),
        "if a
  b()
else
  if c
    d()
  else
    e()
scope lock
  f()
?(x, y)
scope
  g()"
    );
    assert_eq!(
        body(
            "try (var s = open(); Row r = s.row(); old) { a(); } catch (A | B e) { b(); } catch (C e) { } finally { c(); }"
        ),
        "try
  scope s = open(), r = (s.row() as Row), old
    a()
catch
  e
  b()
catch
  e: C
finally
  c()"
    );
    assert_eq!(
        body("try (var s = open()) { a(); } throw new E();"),
        "scope s = open()
  a()
raise new E()"
    );
}

#[test]
fn switches() {
    assert_eq!(
        body(
            "for (var x : xs) { switch (x) { case 1: f(); break; case A, B: { if (y) break; } default: g(); } switch (x) { case 1 -> f(); case 2 -> { break; } } break; }"
        ),
        "for x in xs
  switch x
  arm
    f()
  arm
    scope
      if y
  arm
    g()
  switch x
  arm
    f()
  arm
  break"
    );
    assert_eq!(
        body(
            "var v = switch (k) { case 1 -> f(); case 2 -> throw new E(); default -> g(); }; return switch (k) { case 1 -> { h(); yield 3; } default -> f(); };"
        ),
        "v = ?(k, f(), new E(), g())
return () => { switch k; arm; h(); return 3; arm; f() }()"
    );
}

#[test]
fn classes() {
    assert_eq!(
        whole(
            r#"@Entity @Table(name = "o", indexes = {@Index(columnList = "a")})
public class Order extends Base<Long> implements I1, x.I2<? extends X> {
  @ManyToOne(fetch = LAZY) private final Customer customer, other = null;
  static int[] arr[] = {1};
  static { init(); }
  { inst(); }
  public Order(@NonNull Customer c, String... rest) { super(c); this.customer = c; }
  @Override protected static List<Map<String, Item>> load(final int a, Foo[] b) throws E { return null; }
  abstract void foo();
  class Inner { private void deep() { class Local { void l() {} } } }
}"#
        ),
        r#"@Entity @Table(name="o", indexes=[Index(columnList="a")]) class Order(Base<Long>, I1, x.I2<X>)
  @ManyToOne(fetch=LAZY) customer: Customer
  @ManyToOne(fetch=LAZY) other: Customer = null
  static arr: []<[]<int>> = [1]
  methods static, init, Order, load, foo
class Order.Inner()
  methods deep
class Order.Inner.deep.Local()
  methods l
module ()
  <class Order>
static method Order.static()
  init()
method Order.init()
  inst()
constructor Order.Order(@NonNull c: Customer, ...rest: []<String>)
  super(c)
  this.customer = c
@Override protected static method Order.load(a: int, b: []<Foo>) -> List<Map<String, Item>>
  return null
method Order.foo() -> void
private method Order.Inner.deep() -> void
  <class Order.Inner.deep.Local>
method Order.Inner.deep.Local.l() -> void
"#
    );
}

#[test]
fn other_types() {
    assert_eq!(
        whole(
            r#"interface Repo extends JpaRepository<Order, Long> { @Query("x") List<Order> all(); default int d() { return 1; } int C = 1; }
enum E implements I { A(1) { void x() { f(); } }, @D B; private int v; E(int v) {} }
record R(@Id Long id, List<Item> items) implements X { R { check(); } void m() {} }
@interface Ann { String value() default "x"; }
class T { Runnable r = new Runnable() { public void run() { go(); } }; }"#
        ),
        r#"interface Repo(JpaRepository<Order, Long>)
  static C: int = 1
  methods all, d
enum E(I)
  static A: E = new E(1)
  @D static B: E
  v: int
  methods E
class E.A(E)
  methods x
class R(X)
  @Id id: Long
  items: List<Item>
  methods R, m
interface Ann()
  methods value
class T()
  r: Runnable = new Runnable()
class T.new Runnable(Runnable)
  methods run
module ()
  <class Repo>
  <class E>
  <class R>
  <class Ann>
  <class T>
@Query("x") method Repo.all() -> List<Order>
method Repo.d() -> int
  return 1
method E.A.x() -> void
  f()
constructor E.E(v: int)
constructor R.R(@Id id: Long, items: List<Item>)
  check()
method R.m() -> void
method Ann.value() -> String
method T.new Runnable.run() -> void
  go()
"#
    );
}

#[test]
fn spans_are_those_of_the_text() {
    let text = "class A { void m() { for (Item i : this.xs.all()) { f(); } } }";
    let facts = lowered(text);
    let shown = |span: Span| &text[span.start as usize..span.end as usize];
    let StmtKind::Loop(it) = &facts.functions[1].body[0].kind else {
        panic!("a loop");
    };
    assert_eq!(shown(it.header), "for (Item i : this.xs.all())");
    let ExprKind::Call { callee, .. } = &it.iterable.as_ref().expect("walked").kind else {
        panic!("a call");
    };
    assert_eq!(shown(callee.span), "this.xs.all");
    assert_eq!(
        shown(facts.functions[1].span),
        "void m() { for (Item i : this.xs.all()) { f(); } }"
    );
}

#[test]
fn broken_and_deep_code_keeps_the_rest() {
    let facts =
        lowered("class A { void a() { f(1); }\n void b( { g(; }\n void c() { for (X x : xs) h(x); } }");
    assert!(
        facts
            .functions
            .iter()
            .any(|it| it.qualified == "A.a" && it.body.len() == 1)
    );
    assert_eq!(dump_body(&facts, "A.c"), "for x: X in xs\n  h(x)\n");
    assert!(facts.parse_quality < 1.0);
    let deep = format!(
        "class A {{ void m() {{ {}x{}; g(); }} }}",
        "f(".repeat(1500),
        ")".repeat(1500)
    );
    let facts = lowered(&deep);
    assert!(!facts.cut.is_empty());
    assert_eq!(facts.functions[1].body.len(), 2);
}

#[test]
fn nesting_of_every_kind_is_cut() {
    let forms = [
        ("class A { void m() { ", " } }"),
        ("class A { A a = f(() -> { new B() { void c() { ", " } }; }); }"),
        ("class A { List<", "> a; }"),
    ];
    tests::nesting_is_cut(Language::Java, &forms);
}
