use super::{call, class, class_ref, program, show_class, show_function};

const SHOP: &str = r#"
== src/Web/Web.csproj
<Project><ItemGroup><Using Include="Shop.Shared" /></ItemGroup></Project>
== src/Web/GlobalUsings.cs
global using Shop.Services;
global using static Shop.Util.Money;
== src/Web/OrdersController.cs
using Shop.Data;
using Line = Shop.Data.OrderLine;
namespace Shop.Web.Controllers;
public partial class OrdersController(IOrderService orders) : BaseController {
  private readonly Repo repo;
  public OrdersController(Repo repo) : this(null) { this.repo = repo; }
  public void All() { Check(); Helper(1); }
  public class Row { }
}
== src/Web/OrdersController.Parts.cs
namespace Shop.Web.Controllers;
public partial class OrdersController { private void Helper(int a) {} private void Helper(int a, int b = 1, int c = 2) {} }
== src/Web/BaseController.cs
namespace Shop.Web { public class BaseController { protected void Check() {} public class Key {} } }
== src/Data/Data.csproj
<Project></Project>
== src/Data/Repo.cs
namespace Shop.Data;
public class Repo : RepoBase<Order> { }
public class OrderLine { }
public class RepoBase<T> { public T Find(int id) { return default; } }
== src/Data/Extensions.cs
namespace Shop.Data;
public static class Extensions {
  public static void Pay(this Order order, int cents) { order.Save(); }
  public static void Twice(this Order order) {}
  public static void Twice(this OrderLine line) {}
}
== src/Services/Services.csproj
<Project></Project>
== src/Services/OrderService.cs
namespace Shop.Services;
public interface IOrderService { Task<Order> Get(int id); }
public class OrderService : IOrderService { public async Task<Order> Get(int id) { return null; } }
== src/Services/Money.cs
namespace Shop.Util;
public static class Money { public static int Cents(int x) => x; }
== src/Services/Shared.cs
namespace Shop.Shared { public class Clock {} }
== tests/Common/Common.csproj
<Project></Project>
== tests/Common/Helper.cs
namespace Shop.Test.Common { public static class Helper {} }
== tests/Web.Test/Web.Test.csproj
<Project></Project>
== tests/Web.Test/OrdersTest.cs
using Shop.Test.Common;
namespace Shop.Web.Test { public class OrdersTest {} }
== src/Other/Other.csproj
<Project></Project>
== src/Other/Service.cs
namespace Shop.Other { public class OrderService {} public class Use { } }
"#;

const AT: &str = "src/Web/OrdersController.cs";

#[test]
fn names_follow_namespaces_and_usings() {
    let program = program(SHOP);
    let view = program.view();
    for (name, expected) in [
        ("Repo", "src/Data/Repo.cs Repo"),
        ("Line", "src/Data/Repo.cs OrderLine"),
        ("BaseController", "src/Web/BaseController.cs BaseController"),
        ("Key", "src/Web/BaseController.cs BaseController.Key"),
        ("Row", "src/Web/OrdersController.cs OrdersController.Row"),
        ("IOrderService", "src/Services/OrderService.cs IOrderService"),
        ("OrderService", "src/Services/OrderService.cs OrderService"),
        ("Shop.Other.OrderService", "src/Other/Service.cs OrderService"),
        ("Other.OrderService", "src/Other/Service.cs OrderService"),
        ("global::Shop.Data.Repo", "src/Data/Repo.cs Repo"),
        ("Clock", "src/Services/Shared.cs Clock"),
        ("Use", "-"),
    ] {
        assert_eq!(class(&view, AT, "OrdersController", name), expected, "{name}");
    }
    let test = "tests/Web.Test/OrdersTest.cs";
    assert_eq!(
        class(&view, test, "OrdersTest", "Helper"),
        "tests/Common/Helper.cs Helper"
    );
    // Without the project's usings.
    assert_eq!(class(&view, "src/Other/Service.cs", "Use", "Clock"), "-");
}

#[test]
fn parts_bases_and_overloads() {
    let program = program(SHOP);
    let view = program.view();
    let class = class_ref(&view, AT, "OrdersController");
    assert_eq!(view.parts(class).len(), 2);
    assert_eq!(
        show_function(&view, view.method(class, "Check")),
        "src/Web/BaseController.cs BaseController.Check()"
    );
    let within = "OrdersController.All";
    assert_eq!(
        call(&view, AT, within, "Helper", 3),
        "src/Web/OrdersController.Parts.cs OrdersController.Helper()"
    );
    assert_eq!(call(&view, AT, within, "Helper", 1), "-");
    assert_eq!(
        call(&view, AT, within, "Cents", 1),
        "src/Services/Money.cs Money.Cents()"
    );
    let repo = view.class_of_field(class, "repo").expect("a class");
    assert_eq!(
        show_function(&view, view.method(repo, "Find")),
        "src/Data/Repo.cs RepoBase.Find()"
    );
    let orders = view.class_of_field(class, "orders");
    assert_eq!(
        show_class(&view, orders),
        "src/Services/OrderService.cs IOrderService"
    );
    assert_eq!(
        show_function(&view, view.dispatched(orders.expect("a class"), "Get", 1)),
        "src/Services/OrderService.cs OrderService.Get()"
    );
}

#[test]
fn extension_methods_are_found_by_their_name_when_there_is_one() {
    let program = program(SHOP);
    let view = program.view();
    assert_eq!(
        show_function(&view, view.extension_method("Pay", 1)),
        "src/Data/Extensions.cs Extensions.Pay()"
    );
    assert_eq!(view.extension_method("Pay", 2), None);
    assert_eq!(view.extension_method("Twice", 0), None);
    assert_eq!(view.extension_method("Cents", 0), None);
}
