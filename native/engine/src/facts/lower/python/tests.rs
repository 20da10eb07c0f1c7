//! Each test is a few lines of Python and the facts they become.

use crate::facts::dump::dump_body;
use crate::facts::ir::{ExprKind, FileFacts, Language, Span, StmtKind};
use crate::facts::lower::tests;

fn lowered(text: &str) -> FileFacts {
    tests::lowered(Language::Python, text)
}

fn each(cases: &[(&str, &str)]) {
    tests::each(Language::Python, cases);
}

fn whole(code: &str, expected: &str) {
    tests::whole(Language::Python, code, expected);
}

#[test]
fn expressions() {
    each(&[
        (
            "Order.objects.filter(id=o.id, *xs, **kw)",
            "Order.objects.filter(id=o.id, ...xs, ...kw)",
        ),
        ("f'{a.b} {c!r:>{w}}' 'x'", "template(a.b, c)"),
        ("f'plain' r'\\d'", "\"plain\\\\d\""),
        (
            "x[1:2], x[::2], x[:, 1], x[a, b]",
            "[x[1..2], x[(.. step 2)], x[[.., 1]], x[[a, b]]]",
        ),
        ("a < b <= c", "((a < b) <= c)"),
        (
            "a not  in b and not c or d is not e",
            "(((a not in b) and (not c)) or (d is not e))",
        ),
        ("-1 + ~x", "((- 1) + (~ x))"),
        ("x if y else z", "(y ? x : z)"),
        ("yield from q", "yield ...q"),
        ("x = yield y", "x = yield y"),
        ("lambda *a, k=1, **q: a", "(...a, k = 1, ...q) => { return a }"),
        ("m = {**a, 'b': 1}", "m = {...a: null, \"b\": 1}"),
        ("[*a, True, None]", "[...a, true, null]"),
        ("(n := f())", "(n = f())"),
    ]);
}

#[test]
fn comprehensions_keep_clauses_and_laziness() {
    each(&[
        (
            "[o.id for o in os if o.x if o.y for p in o.ps]",
            "[o.id for o in os if o.x if o.y for p in o.ps]",
        ),
        ("{x for x in y}", "[x for x in y]"),
        ("{k: v for k, v in z.items()}", "[k, v for (k, v) in z.items()]"),
        ("sum(x.y for x in z)", "sum(lazy [x.y for x in z])"),
        (
            "await gather(*[f(x) async for x in xs])",
            "await gather(...[f(x) for x in xs])",
        ),
    ]);
}

#[test]
fn assignments() {
    each(&[
        ("a = b = c()", "a = (b = c())"),
        ("x, (y, *z) = w", "(x, (y, z)) = w"),
        ("a.b[c], d.e = 1, 2", "(a.b[c], d.e) = [1, 2]"),
        ("x: list['Order']", "x: list<Order>"),
        ("x: 'Order | None' = f()", "x: |<Order, None>? = f()"),
        ("x //= 2", "x //= 2"),
        ("global z", ""),
        ("assert a, b", "?(a, b)"),
    ]);
}

#[test]
fn loops() {
    each(&[
        (
            "for i, (a, b) in enumerate(xs):\n  f(a)",
            "for (i, (a, b)) in enumerate(xs)\n  f(a)",
        ),
        ("async for x in q: f(x)", "async for x in q\n  f(x)"),
        ("for x in a, b: continue", "for x in [a, b]\n  continue"),
        ("while True: break", "forever\n  break"),
        ("while (n := f()) > 1: n -= 1", "while ((n = f()) > 1)\n  n -= 1"),
        ("for x in y: pass\nelse: done()", "for x in y\nif ?()\n  done()"),
    ]);
}

#[test]
fn branches() {
    each(&[
        (
            "if a: b\nelif c: d\nelif e: f\nelse: g",
            "if a\n  b\nelse\n  if c\n    d\n  else\n    if e\n      f\n    else\n      g",
        ),
        (
            "match cmd, 1:\n  case [x, y] if x > 1: one()\n  case Point(x=0): two()",
            "switch [cmd, 1]\narm\n  if (x > 1)\n    one()\narm\n  two()",
        ),
        (
            "try:\n  a()\nexcept (A, B) as e:\n  raise X from e\nexcept C:\n  raise\nelse:\n  b()\nfinally:\n  c()",
            "try\n  a()\n  b()\ncatch\n  e\n  raise X\ncatch\n  raise\nfinally\n  c()",
        ),
        ("with a() as b, c.d(): e", "scope b = a(), c.d()\n  e"),
        (
            "with (open(a) as f, open(b) as g): e",
            "scope f = open(a), g = open(b)\n  e",
        ),
        ("async with s.begin(): e", "scope s.begin()\n  e"),
    ]);
}

#[test]
fn imports_keep_their_dots() {
    whole(
        "import a.b\nimport a.b as c, d\nfrom . import models\nfrom ..x.y import (Z as W, Q)\nfrom m import *",
        "import a.b (* as a.b)\nimport a.b (* as c)\nimport d (* as d)\nimport . (models)\n\
         import ..x.y (Z as W, Q)\nimport m ()\nmodule ()",
    );
}

#[test]
fn classes() {
    whole(
        r#"
@register
class Post(models.Model, Generic[T], table=True):
    """What people read."""
    title = models.CharField(max_length=10)
    author: Mapped["Author"] = relationship(lazy="joined")
    tags: Mapped[list["Tag"] | None]
    a, b = c = pair()
    register(title)
    class Meta:
        ordering = ["id"]
    if DEBUG:
        def show(self): pass
class Color(models.TextChoices): RED = "r"
"#,
        r#"
@register @class(table=true) class Post(models.Model, Generic<T>)
  title = models.CharField(max_length=10)
  author: Mapped<Author> = relationship(lazy="joined")
  tags: Mapped<|<list<Tag>, None>?>
  c = pair()
  a
  b
  macro register(title)
  methods show
class Post.Meta()
  ordering = ["id"]
enum Color(models.TextChoices)
  RED = "r"
module ()
  <class Post>
  <class Color>
method Post.show()
"#,
    );
}

#[test]
fn functions_know_their_object() {
    whole(
        r#"
class Post:
    def __init__(self, a, b=2, *args, c: str = "x"):
        super().__init__(a)
        self.a: int = a
        f = lambda self: self.x
        g = lambda q: self.x
        def inner(z): return self.z
    @cached_property
    def name(self) -> Optional[str]: return self.title
    @classmethod
    def make(cls, *, y, **kw): return cls.objects.get(y=y)
    @staticmethod
    def plain(self): return self
    async def _load(self): await self.q()
@app.route("/x", methods=["GET"])
def view(a, /, b): pass
def _hidden(): pass
"#,
        r#"
class Post()
  methods __init__, name, make, plain, _load
module ()
  <class Post>
  <function view>
  <function _hidden>
constructor Post.__init__(a, b = 2, ...args, c: str = "x")
  super.__init__(a)
  this.a: int = a
  f = (self) => { return self.x }
  g = (q) => { return this.x }
  <function Post.__init__.inner>
function Post.__init__.inner(z)
  return this.z
@cached_property getter Post.name() -> Optional<str>?
  return this.title
@classmethod static method Post.make(y, ...kw)
  return this.objects.get(y=y)
@staticmethod static method Post.plain(self)
  return self
protected async method Post._load()
  await this.q()
@app.route("/x", methods=["GET"]) function view(a, b)
private function _hidden()
"#,
    );
}

#[test]
fn facts_outside_an_error_survive() {
    let text = "def a():\n    return x.y\n\ndef b():\n    x = = 1 ]\n\nclass C:\n    d = 1\n";
    let found = lowered(text);
    assert_eq!(dump_body(&found, "a"), "return x.y\n");
    assert_eq!(found.classes.len(), 1);
    assert!(!found.errors.is_empty());
    assert!(
        found.parse_quality > 0.5 && found.parse_quality < 1.0,
        "{}",
        found.parse_quality
    );
    let intact = text.find("return").unwrap();
    assert!(found.errors.iter().all(|error| error.start as usize > intact));
}

#[test]
fn spans_are_bytes() {
    let text = "x = '🙂🙂'; f(y).z\n";
    let found = lowered(text);
    let StmtKind::Expr(value) = &found.functions[0].body[1].kind else {
        panic!("no expression")
    };
    let ExprKind::Member { name_span, .. } = value.kind else {
        panic!("no member")
    };
    let slice = |span: Span| &text[span.start as usize..span.end as usize];
    assert_eq!((slice(value.span), slice(name_span)), ("f(y).z", "z"));
}

#[test]
fn comments_and_suppressions() {
    let text = "# one\nx = 1  # driftline-ignore n-plus-one: two rows\n";
    let found = lowered(text);
    assert_eq!(found.comments.len(), 2);
    assert_eq!(found.suppressions[0].reason, "two rows");
    assert!(found.comments[1].contains(found.suppressions[0].span));
}

#[test]
fn loop_headers_end_before_the_body() {
    let text = "for x in xs.all():\n    f(x)\n";
    let found = lowered(text);
    let StmtKind::Loop(it) = &found.functions[0].body[0].kind else {
        panic!("no loop")
    };
    assert_eq!(
        &text[it.header.start as usize..it.header.end as usize],
        "for x in xs.all()"
    );
}
