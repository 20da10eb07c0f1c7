use super::{call, class, class_ref, program, show_class, show_function};

const SHOP: &str = r"
== app/models/order.rb
class Order < ApplicationRecord
  include Payable
  extend Searchable
  def self.recent; build; end
  def self.build; end
  def total; tax + lines_total; end
  class Line; end
end
== app/models/application_record.rb
class ApplicationRecord < ActiveRecord::Base
  def self.lookup(id); end
  def touch_all; end
end
== app/models/concerns/payable.rb
module Payable
  extend ActiveSupport::Concern
  included do
    has_many :payments
  end
  class_methods do
    def unpaid; end
  end
  def tax; end
end
== lib/searchable.rb
module Searchable
  def search(term); end
end
== lib/ext/order.rb
class Order
  def exported; end
end
== app/models/admin/user.rb
module Admin
  class User < ::User
    def role; end
  end
end
== app/models/user.rb
class User < ApplicationRecord; end
== app/services/admin/orders/close.rb
class Admin::Orders::Close
  LIMIT = 5
  class << self
    def call(...) = new(...).call
  end
  def initialize(order)
    @order = order
    @mailer = OrderMailer.new
  end
  def mailer = @mailer
  def clock
    @clock ||= Clock.new
  end
  def call; helper; end
  private
  def helper; end
end
class Clock
  def now; end
end
== app/controllers/admin/orders_controller.rb
module Admin
  class OrdersController < ApplicationController
    def index; render; end
  end
end
== app/controllers/application_controller.rb
class ApplicationController < ActionController::Base
  def render; end
end
== app/mailers/order_mailer.rb
class OrderMailer < ActionMailer::Base; def send_it; end; end
== app/helpers/orders_helper.rb
module OrdersHelper
  def title; badge; end
end
== app/helpers/application_helper.rb
module ApplicationHelper
  def badge; end
end
== spec/dummy/app/models/order.rb
class Order; def wrong; end; end
== engines/blog/app/models/blog/post.rb
module Blog
  class Post < ApplicationRecord; end
end
== engines/blog/app/models/user.rb
class User; end
== engines/blog/app/jobs/run.rb
class Run; end
== lib/tasks/all.rake
def helper_of_tasks; end
";

#[test]
fn constants_by_nesting_and_autoload_paths() {
    let program = program(SHOP);
    let view = program.view();
    let admin = "app/controllers/admin/orders_controller.rb";
    for (from, within, name, expected) in [
        (
            admin,
            "Admin.OrdersController",
            "Order",
            "app/models/order.rb Order",
        ),
        (
            admin,
            "Admin.OrdersController",
            "User",
            "app/models/admin/user.rb Admin.User",
        ),
        (
            admin,
            "Admin.OrdersController",
            "::User",
            "app/models/user.rb User",
        ),
        (
            admin,
            "Admin.OrdersController",
            "Orders::Close",
            "app/services/admin/orders/close.rb Admin.Orders.Close",
        ),
        (admin, "", "User", "app/models/user.rb User"),
        // `class A::B::C` is not inside `A`.
        (
            "app/services/admin/orders/close.rb",
            "Admin.Orders.Close",
            "User",
            "app/models/user.rb User",
        ),
        (
            "app/models/user.rb",
            "User",
            "Order::Line",
            "app/models/order.rb Order.Line",
        ),
        (
            "engines/blog/app/jobs/run.rb",
            "Run",
            "Blog::Post",
            "engines/blog/app/models/blog/post.rb Blog.Post",
        ),
        (
            "engines/blog/app/jobs/run.rb",
            "Run",
            "User",
            "engines/blog/app/models/user.rb User",
        ),
        (
            "engines/blog/app/jobs/run.rb",
            "Run",
            "Order",
            "app/models/order.rb Order",
        ),
        (admin, "", "ActiveRecord::Base", "-"),
    ] {
        assert_eq!(
            class(&view, from, within, name),
            expected,
            "{name} in {from} {within}"
        );
    }
}

#[test]
fn methods_of_objects_classes_and_mixins() {
    let program = program(SHOP);
    let view = program.view();
    let order = class_ref(&view, "app/models/order.rb", "Order");
    for (name, expected) in [
        ("total", "app/models/order.rb Order.total()"),
        ("tax", "app/models/concerns/payable.rb Payable.tax()"),
        (
            "touch_all",
            "app/models/application_record.rb ApplicationRecord.touch_all()",
        ),
        ("exported", "lib/ext/order.rb Order.exported()"),
        ("wrong", "-"),
        ("search", "-"),
    ] {
        assert_eq!(show_function(&view, view.method(order, name)), expected, "{name}");
    }
    for (name, expected) in [
        ("recent", "app/models/order.rb Order.recent()"),
        ("unpaid", "app/models/concerns/payable.rb Payable.unpaid()"),
        ("search", "lib/searchable.rb Searchable.search()"),
        (
            "lookup",
            "app/models/application_record.rb ApplicationRecord.lookup()",
        ),
        ("total", "-"),
    ] {
        assert_eq!(
            show_function(&view, view.static_method(order, name)),
            expected,
            "{name}"
        );
    }
    let close = "app/services/admin/orders/close.rb";
    let class = class_ref(&view, close, "Admin.Orders.Close");
    let instance = view.method(class, "call").expect("a method");
    let own = view.static_method(class, "call").expect("a class method");
    assert_ne!(instance, own);
    assert!(view.function(own).expect("a function").is_static);
    assert_eq!(
        show_class(&view, view.class_of_field(class, "@mailer")),
        "app/mailers/order_mailer.rb OrderMailer"
    );
    assert_eq!(
        show_class(&view, view.class_of_field(class, "clock")),
        format!("{close} Clock")
    );
    assert!(view.constructor(class, 1).is_some());
    let mailer = class_ref(&view, "app/mailers/order_mailer.rb", "OrderMailer");
    assert_eq!(
        show_function(&view, view.static_method(mailer, "send_it")),
        "app/mailers/order_mailer.rb OrderMailer.send_it()"
    );
}

#[test]
fn plain_calls_are_methods_of_the_object() {
    let program = program(SHOP);
    let view = program.view();
    assert_eq!(
        call(&view, "app/models/order.rb", "Order.total", "tax", 0),
        "app/models/concerns/payable.rb Payable.tax()"
    );
    assert_eq!(
        call(&view, "app/models/order.rb", "Order.recent", "build", 0),
        "app/models/order.rb Order.build()"
    );
    assert_eq!(
        call(
            &view,
            "app/controllers/admin/orders_controller.rb",
            "Admin.OrdersController.index",
            "render",
            0
        ),
        "app/controllers/application_controller.rb ApplicationController.render()"
    );
    assert_eq!(
        call(
            &view,
            "app/helpers/orders_helper.rb",
            "OrdersHelper.title",
            "badge",
            0
        ),
        "app/helpers/application_helper.rb ApplicationHelper.badge()"
    );
    assert_eq!(
        call(&view, "lib/tasks/all.rake", "", "helper_of_tasks", 0),
        "lib/tasks/all.rake helper_of_tasks()"
    );
    assert_eq!(
        call(&view, "app/models/order.rb", "Order.total", "helper_of_tasks", 0),
        "-"
    );
}
