use super::{call, class, class_ref, member, named, program, show, show_class, show_function};

const SHOP: &str = r#"
== manage.py
import shop
== shop/__init__.py
== shop/models/__init__.py
from .order import Order, Line as OrderLine
from .user import *
from ..audit import log_all
== shop/models/order.py
from django.db import models
from shop.models.base import Base
class Order(Base):
    class Status: pass
    lines = None
    def total(self): return self.subtotal()
    @property
    def owner(self): return 1
    @owner.setter
    def owner(self, value): pass
class Line: pass
== shop/models/base.py
class Mixin:
    def subtotal(self): return 0
class Root:
    def save(self): pass
class Base(Mixin, Root):
    def save(self): super().save()
== shop/models/user.py
class User: pass
def active_users(): return []
== shop/audit.py
def log_all(x): return x
== shop/services.py
import shop.models
import shop.audit as audit
from . import models as m
from .models import Order, OrderLine, User
from shop import audit as second
try:
    from fast import run
except ImportError:
    from .slow import run
from django.db import connection
class Service:
    def __init__(self, users: "Users", repo=None):
        self.users = users
        self.repo = repo or Repo()
        self.cache = make_repo()
    def go(self): return helper(self)
def make_repo() -> "Repo": return Repo()
class Repo:
    def all(self): return []
class Users:
    def one(self): return 1
def helper(x):
    def inner(): return deep()
    def deep(): return 1
    return inner()
service = Service(Users())
alias = helper
== shop/slow.py
def run(): pass
== shop/views.py
from .services import service, alias
from shop.models import *
== tests/test_views.py
from shop.services import helper
import shop.services
"#;

#[test]
fn names_lead_through_imports_and_packages() {
    let program = program(SHOP);
    let view = program.view();
    let at = "shop/services.py";
    assert_eq!(class(&view, at, "", "Order"), "shop/models/order.py Order");
    assert_eq!(class(&view, at, "", "OrderLine"), "shop/models/order.py Line");
    assert_eq!(class(&view, at, "", "User"), "shop/models/user.py User");
    assert_eq!(class(&view, at, "", "m.Order"), "shop/models/order.py Order");
    assert_eq!(
        class(&view, at, "", "m.order.Order.Status"),
        "shop/models/order.py Order.Status"
    );
    assert_eq!(
        class(&view, at, "", "shop.models.Order"),
        "shop/models/order.py Order"
    );
    assert_eq!(class(&view, at, "", "connection"), "-");
    assert_eq!(member(&view, at, "audit", "log_all"), "shop/audit.py log_all()");
    assert_eq!(member(&view, at, "second", "log_all"), "shop/audit.py log_all()");
    assert_eq!(member(&view, at, "m", "log_all"), "shop/audit.py log_all()");
    assert_eq!(
        member(&view, at, "shop.models", "active_users"),
        "shop/models/user.py active_users()"
    );
    assert_eq!(named(&view, at, "run"), "shop/slow.py run()");
    assert_eq!(
        class(&view, "shop/views.py", "", "Order"),
        "shop/models/order.py Order"
    );
    assert_eq!(
        call(&view, "shop/views.py", "", "alias", 1),
        "shop/services.py helper()"
    );
    assert_eq!(
        call(&view, "tests/test_views.py", "", "helper", 1),
        "shop/services.py helper()"
    );
    assert_eq!(
        member(&view, "tests/test_views.py", "shop.services", "helper"),
        "shop/services.py helper()"
    );
}

#[test]
fn calls_see_nested_functions_then_the_module() {
    let program = program(SHOP);
    let view = program.view();
    let at = "shop/services.py";
    assert_eq!(
        call(&view, at, "Service.go", "helper", 1),
        "shop/services.py helper()"
    );
    assert_eq!(
        call(&view, at, "helper.inner", "deep", 0),
        "shop/services.py helper.deep()"
    );
    assert_eq!(
        call(&view, at, "helper", "inner", 0),
        "shop/services.py helper.inner()"
    );
    assert_eq!(call(&view, at, "Service.go", "go", 0), "-");
    assert_eq!(call(&view, at, "Service.go", "print", 0), "-");
}

#[test]
fn methods_and_fields_come_from_the_class_and_its_bases() {
    let program = program(SHOP);
    let view = program.view();
    let order = class_ref(&view, "shop/models/order.py", "Order");
    assert_eq!(
        show_function(&view, view.method(order, "subtotal")),
        "shop/models/base.py Mixin.subtotal()"
    );
    assert_eq!(
        show_function(&view, view.method(order, "save")),
        "shop/models/base.py Base.save()"
    );
    assert_eq!(
        show_function(&view, view.method(order, "owner")),
        "shop/models/order.py Order.owner()"
    );
    assert_eq!(show_function(&view, view.method(order, "missing")), "-");
    let names: Vec<_> = (view.base_classes(order).iter())
        .map(|base| view.class(*base).expect("a class").name.clone())
        .collect();
    assert_eq!(names, ["Base", "Mixin", "Root"]);
    let service = class_ref(&view, "shop/services.py", "Service");
    for (field, expected) in [("users", "Users"), ("repo", "Repo"), ("cache", "Repo")] {
        let found = view.class_of_field(service, field);
        assert_eq!(
            show_class(&view, found),
            format!("shop/services.py {expected}"),
            "{field}"
        );
    }
    assert_eq!(
        named(&view, "shop/views.py", "service"),
        "shop/services.py a Service"
    );
    let go = view.named(
        program.file("shop/views.py").expect("a file"),
        "service.users.one",
    );
    assert_eq!(show(&view, go), "shop/services.py Users.one()");
    let base = class_ref(&view, "shop/models/base.py", "Mixin");
    let below: Vec<_> = (view.implementations(base).iter())
        .map(|class| view.class(*class).expect("a class").name.clone())
        .collect();
    assert_eq!(below, ["Base", "Order"]);
}

#[test]
fn source_roots_are_found_where_nothing_declares_them() {
    let program = program(
        "
== services/api/src/api/__init__.py
== services/api/src/api/db.py
def connect(): pass
== services/api/src/api/main.py
from api.db import connect
== services/api/tests/test_main.py
from api.db import connect
== services/jobs/jobs/__init__.py
== services/jobs/jobs/db.py
def connect(): pass
== services/jobs/jobs/main.py
from jobs.db import connect
import db
== libs/money/pyproject.toml
[project]
== libs/money/money/__init__.py
def round_up(): pass
== scripts/run.py
from money import round_up
from jobs.db import connect
from common.x import twice
from money.missing import gone
== a/common/x.py
def twice(): pass
== b/common/x.py
def twice(): pass
",
    );
    let view = program.view();
    for (from, name, expected) in [
        (
            "services/api/src/api/main.py",
            "connect",
            "services/api/src/api/db.py connect()",
        ),
        (
            "services/api/tests/test_main.py",
            "connect",
            "services/api/src/api/db.py connect()",
        ),
        (
            "services/jobs/jobs/main.py",
            "connect",
            "services/jobs/jobs/db.py connect()",
        ),
        ("services/jobs/jobs/main.py", "db", "-"),
        (
            "scripts/run.py",
            "round_up",
            "libs/money/money/__init__.py round_up()",
        ),
        ("scripts/run.py", "connect", "services/jobs/jobs/db.py connect()"),
        ("scripts/run.py", "twice", "-"),
        ("scripts/run.py", "gone", "-"),
    ] {
        assert_eq!(named(&view, from, name), expected, "{name} in {from}");
    }
}

#[test]
fn managers_abstract_methods_and_second_faces_of_a_name() {
    let program = program(
        r#"
== models.py
from abc import abstractmethod
class OrderQuerySet(QuerySet):
    def recent(self): return self.filter(new=True)
class Order(Model):
    objects = OrderQuerySet.as_manager()
    @hybrid_method
    def is_open(self): return True
    @is_open.expression
    def is_open(cls): return False
class Store:
    @abstractmethod
    def load(self):
        """Loads."""
        raise NotImplementedError
    def run(self): return self.load()
class SqlStore(Store):
    def load(self): return 1
"#,
    );
    let view = program.view();
    assert_eq!(
        named(&view, "models.py", "Order.objects.recent"),
        "models.py OrderQuerySet.recent()"
    );
    let order = class_ref(&view, "models.py", "Order");
    assert_eq!(
        show_function(&view, view.method(order, "is_open")),
        "models.py Order.is_open()"
    );
    let store = class_ref(&view, "models.py", "Store");
    assert_eq!(
        show_function(&view, view.dispatched(store, "load", 0)),
        "models.py SqlStore.load()"
    );
    assert_eq!(
        show_function(&view, view.dispatched(store, "run", 0)),
        "models.py Store.run()"
    );
}
