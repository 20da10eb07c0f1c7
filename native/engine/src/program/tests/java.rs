use super::{call, class, class_ref, program, show_class, show_function};

const SHOP: &str = r"
== api/src/main/java/com/shop/web/OrderController.java
package com.shop.web;
import com.shop.model.Order;
import com.shop.service.*;
import static com.shop.util.Money.cents;
import static com.shop.util.Texts.*;
import java.util.List;
@RestController @RequiredArgsConstructor
class OrderController extends Base {
  private final OrderService orders;
  @Autowired private Notifier notifier;
  void all() { help(1); }
  void help(int a) {}
  void help(int a, String b) {}
  class Row { Key key; void load() {} }
}
== api/src/main/java/com/shop/web/Base.java
package com.shop.web;
abstract class Base { static class Key {} void check() {} void only() {} }
== api/src/main/java/com/shop/model/Order.java
package com.shop.model;
public class Order { public enum Status { OPEN } }
== api/src/test/java/com/shop/model/Order.java
package com.shop.model;
public class Order {}
== jobs/src/main/java/com/shop/model/Order.java
package com.shop.model;
public class Order {}
== jobs/src/main/java/com/shop/Run.java
package com.shop;
import com.shop.model.Order;
class Run {}
== api/src/main/java/com/shop/service/OrderService.java
package com.shop.service;
public interface OrderService { List<Order> all(); default int count() { return 1; } }
== api/src/main/java/com/shop/service/OrderServiceImpl.java
package com.shop.service;
public class OrderServiceImpl implements OrderService { public List<Order> all() { return null; } }
== api/src/main/java/com/shop/service/Notifier.java
package com.shop.service;
public interface Notifier { void send(); }
== api/src/main/java/com/shop/service/impl/Notifiers.java
package com.shop.service.impl;
import com.shop.service.Notifier;
class Mail implements Notifier { public void send() { a(); } }
class Sms implements Notifier { public void send() { b(); } }
== api/src/main/java/com/shop/util/Money.java
package com.shop.util;
public class Money { public static int cents(int x) { return x; } }
== api/src/main/java/com/shop/util/Texts.java
package com.shop.util;
public class Texts { public static String upper(String x) { return x; } }
";

const AT: &str = "api/src/main/java/com/shop/web/OrderController.java";

#[test]
fn names_follow_imports_packages_and_nesting() {
    let program = program(SHOP);
    let view = program.view();
    let main = "api/src/main/java/com/shop";
    for (within, name, expected) in [
        (
            "OrderController",
            "Order",
            format!("{main}/model/Order.java Order"),
        ),
        (
            "OrderController",
            "Order.Status",
            format!("{main}/model/Order.java Order.Status"),
        ),
        (
            "OrderController",
            "OrderService",
            format!("{main}/service/OrderService.java OrderService"),
        ),
        ("OrderController", "Base", format!("{main}/web/Base.java Base")),
        ("OrderController", "Row", format!("{AT} OrderController.Row")),
        (
            "OrderController.Row",
            "Key",
            format!("{main}/web/Base.java Base.Key"),
        ),
        (
            "OrderController",
            "com.shop.util.Money",
            format!("{main}/util/Money.java Money"),
        ),
        ("OrderController", "Money", "-".to_owned()),
        ("OrderController", "List", "-".to_owned()),
    ] {
        assert_eq!(class(&view, AT, within, name), expected, "{name} in {within}");
    }
    assert_eq!(
        class(&view, "jobs/src/main/java/com/shop/Run.java", "", "Order"),
        "jobs/src/main/java/com/shop/model/Order.java Order"
    );
}

#[test]
fn calls_find_methods_of_the_class_its_bases_and_static_imports() {
    let program = program(SHOP);
    let view = program.view();
    let main = "api/src/main/java/com/shop";
    for (within, name, args, expected) in [
        (
            "OrderController.all",
            "check",
            0,
            format!("{main}/web/Base.java Base.check()"),
        ),
        (
            "OrderController.Row.load",
            "only",
            0,
            format!("{main}/web/Base.java Base.only()"),
        ),
        (
            "OrderController.all",
            "cents",
            1,
            format!("{main}/util/Money.java Money.cents()"),
        ),
        (
            "OrderController.all",
            "upper",
            1,
            format!("{main}/util/Texts.java Texts.upper()"),
        ),
        ("OrderController.all", "help", 3, "-".to_owned()),
        ("OrderController.all", "println", 1, "-".to_owned()),
    ] {
        assert_eq!(call(&view, AT, within, name, args), expected, "{name}");
    }
    let class = class_ref(&view, AT, "OrderController");
    assert_eq!(view.method(class, "help"), None);
    assert_eq!(view.overloads(class, "help", 1).len(), 1);
    assert_eq!(view.overloads(class, "gone", 1), []);
    for (method, field) in [("getNotifier", "notifier"), ("orders", "orders")] {
        let (_, found) = view.field_read(class, method).expect("a field");
        assert_eq!(found.name, field);
    }
    let found = view.method_for(class, "help", 2).expect("a method");
    assert_eq!(view.params(found).len(), 2);
}

#[test]
fn an_interface_leads_to_its_only_code() {
    let program = program(SHOP);
    let view = program.view();
    let class = class_ref(&view, AT, "OrderController");
    let orders = view.class_of_field(class, "orders").expect("a class");
    let service = "api/src/main/java/com/shop/service";
    assert_eq!(
        show_class(&view, Some(orders)),
        format!("{service}/OrderService.java OrderService")
    );
    let declared = view.method(orders, "all").expect("a method");
    assert!(!view.has_body(declared));
    assert_eq!(
        show_function(&view, view.dispatched(orders, "all", 0)),
        format!("{service}/OrderServiceImpl.java OrderServiceImpl.all()")
    );
    assert_eq!(
        show_function(&view, view.dispatched(orders, "count", 0)),
        format!("{service}/OrderService.java OrderService.count()")
    );
    let notifier = view.class_of_field(class, "notifier").expect("a class");
    assert_eq!(view.implementations(notifier).len(), 2);
    assert_eq!(view.dispatched(notifier, "send", 0), None);
}
