//! Each test is a few lines of Ruby and the facts they become.

use crate::facts::dump::dump_body;
use crate::facts::ir::{ExprKind, FileFacts, Language, Span, StmtKind};
use crate::facts::lower::tests;

fn lowered(text: &str) -> FileFacts {
    tests::lowered(Language::Ruby, text)
}

fn each(cases: &[(&str, &str)]) {
    tests::each(Language::Ruby, cases);
}

fn whole(code: &str, expected: &str) {
    tests::whole(Language::Ruby, code, expected);
}

#[test]
fn a_bare_word_is_a_call_until_it_is_assigned() {
    each(&[
        ("a", "a()"),
        ("a = a; a", "a = a\na"),
        ("x.each { |a| a.b(c) }", "x().each() (a) => { return a.b(c()) }"),
        ("a = 1; f { a }", "a = 1\nf() () => { return a }"),
        ("a = 1; def f = a", "a = 1\n<function f>"),
        ("m, (n, *o) = *p, 1", "(m, (n, o)) = [...p(), 1]"),
        ("for i, j in a.each do i end", "for (i, j) in a().each\n  i"),
        (
            "case x\nin {name: String => n, id:} if id then n\nend",
            "switch x()\narm\n  if id\n    n",
        ),
        ("f do |x; y| y end", "f() (x) => { return y }"),
    ]);
}

#[test]
fn calls_and_members() {
    each(&[
        ("Post.where(id: 1).first", "Post.where(id=1).first"),
        ("Post.first()", "Post.first()"),
        ("A::B.new(1); ::D", "A.B.new(1)\nD"),
        ("x&.y&.z(1)", "x()?.y?.z(1)"),
        ("f(*a, **b, &c)", "f(...a(), ...b(), &=c())"),
        ("f(x:, :y => 1)", "f(x=x(), y=1)"),
        (
            "where('a.b' => 1, 'c' => 2, d: 3)",
            "where({\"a.b\": 1, \"c\": 2}, d=3)",
        ),
        ("f.(1)", "f().call(1)"),
        ("@a.b; @@c", "this.@a.b\nthis.@@c"),
        ("self.a = b.c", "this.a = b().c"),
        ("a[1]; a[1, 2]; a[1..]", "a()[1]\na()[[1, 2]]\na()[1..]"),
        ("yield a, 1; yield", "yield [a(), 1]\nyield"),
    ]);
}

#[test]
fn blocks_end_with_what_they_return() {
    each(&[
        (
            "x.map { |(a, b), i| a.b }",
            "x().map() ((a, b), i) => { return a.b }",
        ),
        ("x.map { _1 + _2 }", "x().map() (_1, _2) => { return (_1 + _2) }"),
        ("x.map { it.name }", "x().map() (it) => { return it.name }"),
        (
            "x.map { if it.a then 1 else 2 end }",
            "x().map() (it) => { if it.a; return 1; else; return 2 }",
        ),
        ("it 'works' do\n  a\nend", "it(\"works\") () => { return a() }"),
        ("x.map(&:author)", "x().map() (_1) => { return _1.author }"),
        ("x.map(&method(:f))", "x().map() (_1) => { return f(_1) }"),
        ("x.map(&y.method(:f))", "x().map() (_1) => { return y().f(_1) }"),
        (
            "->(x, y = 2) { return x if y; 3 }",
            "(x, y = 2) => { if y; return x; return 3 }",
        ),
        ("lambda { |x| x }", "(x) => { return x }"),
        (
            "x.each do |a|\n  next if a.b\n  break unless a.c\n  return a if a.d\n  f\nend",
            "x().each() (a) => { if a.b; return; if (! a.c); break; if a.d; a; break; return f() }",
        ),
        (
            "x.each do |a|\n  f\nrescue E => e\n  g\nend",
            "x().each() (a) => { try; return f(); catch; e; return g() }",
        ),
    ]);
}

#[test]
fn loops() {
    each(&[
        (
            "loop do\n  next if a\n  break\nend",
            "forever\n  if a()\n    continue\n  break",
        ),
        ("while true do x end", "forever\n  x()"),
        ("until a.done? do x end", "while (! a().done?)\n  x()"),
        ("x = 0; x += 1 while x < 10", "x = 0\nwhile (x < 10)\n  x += 1"),
        ("begin\n  x\nend while y", "do while y()\n  x()"),
    ]);
}

#[test]
fn branches_have_values() {
    each(&[
        (
            "f if a && !b or not c",
            "if ((a() && (! b())) or (not c()))\n  f()",
        ),
        ("unless a\n  b\nelse\n  c\nend", "if (! a())\n  b()\nelse\n  c()"),
        (
            "v = if a then 1 elsif b then 2 else c end",
            "if a()\n  v = 1\nelse\n  if b()\n    v = 2\n  else\n    v = c()",
        ),
        (
            "w = case a when 1, 2 then :x when String then f(3) end",
            "switch a()\narm\n  w = :x\narm\n  w = f(3)",
        ),
        (
            "case\nwhen a.x? then 1\nwhen b then 2\nelse 3\nend",
            "if a().x?\n  1\nelse\n  if b()\n    2\n  else\n    3",
        ),
        ("f(if a then b end)", "f((a() ? b() : null))"),
        ("a ? b : c", "(a() ? b() : c())"),
        (
            "@x ||= begin\n  y = 1\n  y\nend",
            "this.@x ||= () => { y = 1; return y }()",
        ),
        ("redirect_to x and return", "if redirect_to(x())\n  return"),
        ("find(x) or raise NotFound", "if (! find(x()))\n  raise NotFound"),
        ("t = foo rescue nil", "t = (foo() rescue null)"),
        (
            "begin\n  go\nrescue A, B => e\n  retry\nrescue\n  raise\nelse\n  ok\nensure\n  close\nend",
            "try\n  go()\n  ok()\ncatch\n  e\n  retry()\ncatch\n  raise\nfinally\n  close()",
        ),
    ]);
}

#[test]
fn literals() {
    each(&[
        ("\"a#{b.c}d\" \"e\"", "template(b().c)"),
        ("'it\\'s'", "\"it\\\\'s\""),
        (
            "%w[a b]; %i[c d]; :\"q r\"; ?c",
            "[\"a\", \"b\"]\n[:c, :d]\n:q r\n\"c\"",
        ),
        ("/re#{a}/; `cmd`", "?(a())\n?()"),
        (
            "{ 'a' => 1, b: 2, **c, d: }",
            "{\"a\": 1, :b: 2, ...c(): null, :d: d()}",
        ),
        ("[1, *a, x: 2]", "[1, ...a(), {:x: 2}]"),
        (
            "f(<<~A, <<~B)\n  one\nA\n  two #{x}\nB\ny",
            "f(\"\\n  one\\n\", template(x()))\ny()",
        ),
        ("defined?(a)", "defined?(:a)"),
        ("defined? a", "defined?(:a)"),
        ("defined?(@a)", "?()"),
    ]);
}

#[test]
fn model_classes() {
    whole(
        r#"
class Blog::Post < ApplicationRecord
  include Searchable, Foo::Bar
  extend Concern
  LIMIT = 10
  Row = Struct.new(:a) do
    def total = a
  end
  Missing = Class.new(StandardError)
  self.table_name = "posts"
  belongs_to :author, class_name: "User", :optional => true
  has_many :comments, -> { includes(:user).order(:id) }, dependent: :destroy
  scope :recent, ->(n = 5) { limit(n) }
  has_one :flag if Rails.env.test?
end
class Change < ActiveRecord::Migration[7.0]; end
module Taggable
  included do
    has_many :tags
  end
  class_methods do
    def tagged; end
  end
end
"#,
        r#"
class Blog.Post(ApplicationRecord, Searchable, Foo::Bar)
  static LIMIT = 10
  macro extend(Concern)
  macro (this.table_name = "posts")
  macro belongs_to(:author, class_name="User", optional=true)
  macro has_many(:comments, () => { return includes(:user).order(:id) }, dependent=:destroy)
  macro scope(:recent, (n = 5) => { return limit(n) })
  macro has_one(:flag)
struct Blog.Post.Row()
  a
  methods total
class Blog.Post.Missing(StandardError)
class Change(ActiveRecord::Migration)
module Taggable()
  macro has_many(:tags)
  methods tagged
module ()
  <class Blog.Post>
  <class Change>
  <class Taggable>
method Blog.Post.Row.total()
  return a()
static method Taggable.tagged()
"#,
    );
}

#[test]
fn methods_and_their_visibility() {
    whole(
        r#"
class A
  def initialize(a, b = 1, *c, d:, e: 2, **f, &g)
    super
    super(a)
    @a = a
  end
  def self.cls; end
  class << self
    def one = 1
    private
    def two = 2
  end
  private
  def three; end
  attr_reader :x
  public def four; end
  def five; end
  private :four
  protected

  def six; end
end
module B
  module_function
  def seven; end
end
def top(a) = a
"#,
        r#"
class A()
  macro attr_reader(:x)
  methods initialize, cls, one, two, three, four, five, six
module B()
  methods seven
module ()
  <class A>
  <class B>
  <function top>
constructor A.initialize(a, b = 1, ...c, d, e = 2, ...f, g)
  super()
  super(a)
  this.@a = a
static method A.cls()
static method A.one()
  return 1
private static method A.two()
  return 2
private method A.three()
private method A.four()
private method A.five()
protected method A.six()
static method B.seven()
function top(a)
  return a
"#,
    );
}

#[test]
fn facts_outside_an_error_survive() {
    let text =
        "class A\n  def a\n    x.y\n  end\nend\n\ndef b\n  1 +* ]\nend\n\nclass C\n  has_many :d\nend\n";
    let found = lowered(text);
    assert_eq!(dump_body(&found, "A.a"), "return x().y\n");
    assert_eq!(found.classes.len(), 2);
    assert!(!found.errors.is_empty());
    assert!(
        found.parse_quality > 0.5 && found.parse_quality < 1.0,
        "{}",
        found.parse_quality
    );
}

#[test]
fn spans_are_bytes() {
    let text = "x = '🙂🙂'; f(y).zed\nwhile a do b end\n";
    let found = lowered(text);
    let slice = |span: Span| &text[span.start as usize..span.end as usize];
    let StmtKind::Expr(value) = &found.functions[0].body[1].kind else {
        panic!("no expression")
    };
    let ExprKind::Member { name_span, .. } = value.kind else {
        panic!("no member")
    };
    assert_eq!((slice(value.span), slice(name_span)), ("f(y).zed", "zed"));
    let StmtKind::Loop(it) = &found.functions[0].body[2].kind else {
        panic!("no loop")
    };
    assert_eq!(slice(it.header), "while a");
}
