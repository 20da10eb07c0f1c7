use super::whole;

#[test]
fn usings_and_namespaces() {
    assert_eq!(
        whole(
            "using System;\nusing static System.Math;\nusing Al = Foo.Bar<int>;\nglobal using X.Y;\nnamespace Shop.Web;\nclass A { }"
        ),
        "package Shop.Web
import System ()
import System.Math ()
import Foo.Bar (* as Al)
import X.Y ()
class A()
module ()
  <class A>
"
    );
    assert_eq!(
        whole("namespace A.B { class C { } namespace D { class E { } } }"),
        "package A.B
class C()
class E()
module ()
  <class C>
  <class E>
"
    );
}

#[test]
fn classes() {
    assert_eq!(
        whole(
            r#"[ApiController, Route("x", Name = "n")]
public partial class Orders(AppDb db, [From] ILog<Orders>? log = null) : ControllerBase(db), IFoo<Bar> where T : class
{
    private readonly AppDb _db = db, _b;
    const int Max = 5;
    event EventHandler Changed;
    static Orders() { Init(); }
    public Orders(int a, params string[] rest) : this(a) => F();
    ~Orders() { }
    [HttpGet("{id}")] public async Task<ActionResult<List<Order?>>> Get<T>([FromQuery] int id, CancellationToken ct = default, ref int z, this Foo f) { return null; }
    internal static int? E(string[,] a, (int A, string B) b, Foo<int>.Bar c, global::System.X d) => 1;
    protected abstract void Abs();
    public static implicit operator int(Orders o) => 1;
    public static Orders operator +(Orders a, Orders b) => a;
    IEnumerable<int> IFoo<Bar>.Explicit() { yield return 1; }
#if DEBUG
    void Debug() { }
#endif
    class Inner { struct Deep { public int A; } }
}"#
        ),
        r#"@ApiController @Route("x", Name="n") class Orders(ControllerBase, IFoo<Bar>)
  db: AppDb
  @From log: ILog<Orders>?
  _db: AppDb = db
  _b: AppDb
  static Max: int = 5
  Changed: EventHandler
  methods Orders, Orders, Orders, ~Orders, Get, E, Abs, operator int, operator +, Explicit, Debug
class Orders.Inner()
struct Orders.Inner.Deep()
  A: int
module ()
  <class Orders>
constructor Orders.Orders(db: AppDb, @From log: ILog<Orders>? = null)
private static constructor Orders.Orders()
  Init()
constructor Orders.Orders(a: int, ...rest: []<string>)
  this(a)
  return F()
private method Orders.~Orders()
@HttpGet("{id}") async method Orders.Get(@FromQuery id: int, ct: CancellationToken = null, z: int, @this f: Foo) -> Task<ActionResult<List<Order?>>>
  return null
static method Orders.E(a: []<string>, b: ()<int, string>, c: Foo.Bar, d: System.X) -> int?
  return 1
protected method Orders.Abs() -> void
static method Orders.operator int(o: Orders) -> int
  return 1
static method Orders.operator +(a: Orders, b: Orders) -> Orders
  return a
method Orders.Explicit() -> IEnumerable<int>
  yield 1
private method Orders.Debug() -> void
"#
    );
}

#[test]
fn properties() {
    assert_eq!(
        whole(
            r#"class A {
    [Key] public DbSet<Order> Items { get; set; } = new();
    public virtual ICollection<Item> Lines => _db.Lines;
    public static int Total { get { return 1; } private set { x = value; } }
    public string this[int i] => arr[i];
    required string Name { get => f(); init; }
}"#
        ),
        "class A()
  @Key Items: DbSet<Order> = new DbSet<Order>()
  @virtual Lines: ICollection<Item>
  static Total: int
  Name: string
  methods Lines, Total, Total, this[], Name
module ()
  <class A>
getter A.Lines() -> ICollection<Item>
  return _db.Lines
static getter A.Total() -> int
  return 1
private static method A.Total(value: int)
  x = value
getter A.this[](i: int) -> string
  return arr[i]
private getter A.Name() -> string
  return f()
"
    );
}

#[test]
fn other_types() {
    assert_eq!(
        whole(
            "public record Point(int X, [J] int Y) : Base(X) { public int Z { get; init; } }
record struct RS(int A);
interface IRepo : IBase<Order> { Task<Order> Find(int id); int P { get; } }
[Flags] enum En { A, B = 2 }
delegate void D(int x);
var app = builder.Build();
app.MapGet(\"/x\", async (int id, AppDb db) => await db.Orders.FindAsync(id));
static void Top() { }"
        ),
        r#"class Point(Base)
  X: int
  @J Y: int
  Z: int
  methods Point
struct RS()
  A: int
  methods RS
interface IRepo(IBase<Order>)
  P: int
  methods Find
@Flags enum En()
  static A
  static B = 2
module ()
  <class Point>
  <class RS>
  <class IRepo>
  <class En>
  app = builder.Build()
  app.MapGet("/x", async (id: int, db: AppDb) => { return await db.Orders.FindAsync(id) })
  <function Top>
constructor Point.Point(X: int, @J Y: int)
constructor RS.RS(A: int)
method IRepo.Find(id: int) -> Task<Order>
private static function Top() -> void
"#
    );
}
