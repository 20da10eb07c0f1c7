//! What a change causes in files that it does not touch: found, anchored at a changed line, and silent
//! where it stood before.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use driftline_engine::report::{Report, Role};
use support::{TestRepo, change, scan_all};

const MODELS: &str = "\
from django.db import models


class Customer(models.Model):
    name = models.CharField(max_length=50)


class Order(models.Model):
    paid = models.BooleanField()
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
";

const QUERIES: &str = "\
from shop.models import Order


def paid_orders():
    return Order.objects.filter(paid=True)


def paid_orders_with_customers():
    return Order.objects.filter(paid=True).select_related('customer')
";

const LOOP: &str = "\
from shop.models import Order
from shop.queries import paid_orders_with_customers


def names():
    found = []
    for order in paid_orders_with_customers():
        found.append(order.customer.name)
    return found
";

/// A Django project; the second commit changes `path` from `before` to `after`.
struct Shop {
    repo: TestRepo,
    base: String,
}

impl Shop {
    fn new(files: &[(&str, &str)]) -> Self {
        let repo = TestRepo::new();
        repo.write("requirements.txt", "django==5.1\n");
        repo.write("shop/__init__.py", "");
        for (path, text) in files {
            repo.write(path, text);
        }
        let base = repo.commit();
        Shop { repo, base }
    }

    fn edit(&self, path: &str, before: &str, after: &str) -> Report {
        let text = std::fs::read_to_string(self.repo.path().join(path)).expect("file");
        assert!(text.contains(before), "{path} has no {before}");
        self.repo.write(path, text.replace(before, after));
        let head = self.repo.commit();
        change(self.repo.path(), &self.base, &head, 2).expect("analysed")
    }
}

/// `place -> anchor` of each finding.
fn anchors(report: &Report) -> Vec<String> {
    let findings = report.findings.iter();
    findings
        .map(|it| {
            let anchor = it.anchor_path.as_deref().zip(it.anchor_line);
            let anchor = anchor.map_or("nowhere".to_owned(), |(path, line)| format!("{path}:{line}"));
            format!("{}:{} -> {anchor}", it.place.path, it.place.start_line)
        })
        .collect()
}

#[test]
fn an_eager_load_removed_in_another_file() {
    let shop = Shop::new(&[
        ("shop/models.py", MODELS),
        ("shop/queries.py", QUERIES),
        ("shop/report.py", LOOP),
    ]);
    let report = shop.edit("shop/queries.py", ".select_related('customer')", "");
    assert_eq!(
        anchors(&report),
        ["shop/report.py:8 -> shop/queries.py:9"],
        "{report:#?}"
    );
    // What is looked into besides the change hangs on what was kept, and is no part of the figures.
    assert_eq!((report.stats.files_analysed, report.stats.pre_existing), (1, 0));
    let found = &report.findings[0];
    let roles: Vec<Role> = found.related.iter().map(|it| it.role).collect();
    assert!(
        roles.contains(&Role::Loop) && roles.contains(&Role::Cause),
        "{roles:?}"
    );
    let scanned = scan_all(shop.repo.path(), &[], 1).expect("scanned");
    let ids: Vec<&str> = scanned.findings.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, [found.id.as_str()]);

    // The same stands before another change: silent.
    let after = Shop {
        base: report.head,
        ..shop
    };
    let quiet = after.edit("shop/queries.py", "def paid_orders():", "def paid_orders() :");
    assert_eq!(anchors(&quiet), Vec::<String>::new());
    // The way back fixes it, in a file that is not touched.
    let fixed = after.edit(
        "shop/queries.py",
        "(paid=True)",
        "(paid=True).select_related('customer')",
    );
    assert_eq!((anchors(&fixed).len(), fixed.stats.fixed), (0, 1), "{fixed:#?}");
}

#[test]
fn a_query_added_to_a_helper_that_an_unchanged_loop_calls() {
    let helper = "\
from shop.models import Customer


def label(order):
    return 'order'


def other():
    return 1
";
    let looping = "\
from shop.models import Order
from shop.labels import label


def labels():
    return [label(order) for order in Order.objects.all()]
";
    let shop = Shop::new(&[
        ("shop/models.py", MODELS),
        ("shop/labels.py", helper),
        ("shop/report.py", looping),
    ]);
    let report = shop.edit(
        "shop/labels.py",
        "return 'order'",
        "return Customer.objects.get(id=order.customer_id).name",
    );
    assert_eq!(
        anchors(&report),
        ["shop/report.py:6 -> shop/labels.py:5"],
        "{report:#?}"
    );
    let after = Shop {
        base: report.head,
        ..shop
    };
    let quiet = after.edit("shop/labels.py", "return 1", "return 2");
    assert_eq!(anchors(&quiet), Vec::<String>::new());
}

#[test]
fn a_loading_changed_on_a_model() {
    let models = "\
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import DeclarativeBase, relationship


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = 'customers'
    id = Column(Integer, primary_key=True)
    name = Column(Integer)


class Order(Base):
    __tablename__ = 'orders'
    id = Column(Integer, primary_key=True)
    customer_id = Column(ForeignKey('customers.id'))
    customer = relationship('Customer', lazy='joined')
";
    let looping = "\
from app.models import Order
from sqlalchemy.orm import Session


def names(session: Session):
    found = []
    for order in session.query(Order).all():
        found.append(order.customer.name)
    return found
";
    let shop = Shop::new(&[("app/models.py", models), ("app/report.py", looping)]);
    shop.repo.write("requirements.txt", "sqlalchemy==2.0\n");
    let shop = Shop {
        base: shop.repo.commit(),
        ..shop
    };
    let report = shop.edit("app/models.py", "lazy='joined'", "lazy='select'");
    assert_eq!(
        anchors(&report),
        ["app/report.py:8 -> app/models.py:19"],
        "{report:#?}"
    );
    let after = Shop {
        base: report.head,
        ..shop
    };
    let fixed = after.edit("app/models.py", "lazy='select'", "lazy='selectin'");
    assert_eq!((anchors(&fixed).len(), fixed.stats.fixed), (0, 1), "{fixed:#?}");
}

#[test]
fn an_association_removed_and_declared() {
    let repo = TestRepo::new();
    repo.write("Gemfile", "gem 'rails'\n");
    repo.write("app/models/author.rb", "class Author < ApplicationRecord\nend\n");
    repo.write(
        "app/models/post.rb",
        "class Post < ApplicationRecord\n  def author\n    nil\n  end\nend\n",
    );
    repo.write(
        "app/services/report.rb",
        "class Report\n  def names\n    Post.all.map { |post| post.author.name }\n  end\nend\n",
    );
    let base = repo.commit();
    repo.write(
        "app/models/post.rb",
        "class Post < ApplicationRecord\n  belongs_to :author\nend\n",
    );
    let head = repo.commit();
    let report = change(repo.path(), &base, &head, 2).expect("analysed");
    assert_eq!(
        anchors(&report),
        ["app/services/report.rb:3 -> app/models/post.rb:2"],
        "{report:#?}"
    );
    let back = change(repo.path(), &head, &base, 2);
    assert_eq!(back.expect("analysed").findings.len(), 0);
}
