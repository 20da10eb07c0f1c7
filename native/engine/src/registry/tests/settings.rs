//! The same models under different settings of their project.

use super::models;
use crate::cancel::Cancel;
use crate::parse::{self, ParseLimits};
use crate::project::{Project, is_manifest};
use crate::registry::model::Loading;
use crate::registry::{Registry, Settings, switches};

const ORDER_RB: &str =
    "class Order < ApplicationRecord\n  belongs_to :customer\n  has_one :note, strict_loading: true\nend\n";
const ORDER_JAVA: &str = "import jakarta.persistence.*; @Entity class Order {
    @ManyToOne(fetch = FetchType.LAZY) Customer customer; @ManyToOne Customer payer;
    @OneToOne(mappedBy = \"order\") Invoice invoice; }";
const ORDER_CS: &str = "public class Order { public virtual Customer Customer { get; set; } public Customer Payer { get; set; } }
    public class Customer { public int Id { get; set; } } public class Shop : DbContext { DbSet<Order> Orders { get; set; } }";

fn read(orm: &str, files: &[(&str, &str)]) -> Registry {
    let owned = |it: &(&str, &str)| (it.0.to_owned(), it.1.to_owned());
    let manifests = files.iter().filter(|(path, _)| is_manifest(path)).map(owned);
    let sources = || {
        files
            .iter()
            .filter(|(path, _)| parse::language_of(path).is_some())
    };
    let switched = sources().flat_map(|(path, text)| {
        let language = parse::language_of(path).unwrap();
        let facts = parse::facts(text, language, &ParseLimits::default(), &Cancel::default()).unwrap();
        switches(path, &facts)
    });
    let settings = Settings::new(Project::from_files(manifests), switched);
    Registry::new(
        sources().flat_map(|(path, text)| models(orm, path, text)),
        settings,
    )
}

fn loadings(registry: &Registry) -> Vec<(String, Loading)> {
    let order = registry.models().find(|it| it.name == "Order").unwrap();
    let relations = registry.relations(order).into_iter();
    relations
        .map(|found| (found.relation.name.clone(), found.relation.loading))
        .collect()
}

fn named(all: &[(&str, Loading)]) -> Vec<(String, Loading)> {
    all.iter()
        .map(|(name, loading)| ((*name).to_owned(), *loading))
        .collect()
}

#[test]
fn gems_that_preload_and_strictness() {
    let order = ("shop/app/models/order.rb", ORDER_RB);
    let with = |more: &[(&str, &str)]| {
        let files: Vec<_> = [&[order], more].concat();
        loadings(&read("activerecord", &files))[0].1
    };
    assert_eq!(with(&[]), Loading::Lazy);
    assert_eq!(with(&[("shop/Gemfile", "gem 'rails'\n")]), Loading::Lazy);
    assert_eq!(with(&[("shop/Gemfile", "gem 'goldiloader'\n")]), Loading::Batched);
    assert_eq!(
        with(&[("blog/Gemfile", "gem 'goldiloader'\n"), ("shop/Gemfile", "")]),
        Loading::Lazy
    );
    let gem = ("shop/Gemfile", "gem 'ar_lazy_preload'\n");
    assert_eq!(with(&[gem]), Loading::Lazy);
    let on = (
        "shop/config/initializers/preload.rb",
        "ArLazyPreload.config.auto_preload = true\n",
    );
    assert_eq!(with(&[gem, on]), Loading::Batched);
    let strict = "class Application < Rails::Application\n  config.active_record.strict_loading_by_default = true\nend\n";
    assert_eq!(with(&[("shop/config/application.rb", strict)]), Loading::Never);
    assert_eq!(
        with(&[("shop/config/environments/test.rb", strict)]),
        Loading::Lazy
    );
    let one_class = "class Note < ApplicationRecord\n  self.strict_loading_by_default = true\nend\n";
    assert_eq!(with(&[("shop/app/models/note.rb", one_class)]), Loading::Lazy);
}

#[test]
fn batch_size_in_every_form() {
    use Loading::{Batched, EagerPerRow, Lazy};
    let order = ("app/src/main/java/Order.java", ORDER_JAVA);
    let with = |path: &str, text: &str| loadings(&read("hibernate", &[order, (path, text)]));
    let off = named(&[
        ("customer", Lazy),
        ("invoice", EagerPerRow),
        ("payer", EagerPerRow),
    ]);
    let on = named(&[
        ("customer", Batched),
        ("invoice", EagerPerRow),
        ("payer", Batched),
    ]);
    assert_eq!(with("pom.xml", ""), off);
    for (path, text) in [
        (
            "app/src/main/resources/application.properties",
            "spring.jpa.properties.hibernate.default_batch_fetch_size=50\n",
        ),
        (
            "config/application.yml",
            "spring.jpa.properties:\n  hibernate.default_batch_fetch_size: 50\n",
        ),
        (
            "Config.java",
            "class Config { void f() { props.put(\"hibernate.default_batch_fetch_size\", 50); } }",
        ),
        (
            "Config.java",
            "class Config { void f() { props.put(AvailableSettings.DEFAULT_BATCH_FETCH_SIZE, \"50\"); } }",
        ),
        ("app/pom.xml", "<artifactId>quarkus-hibernate-orm</artifactId>"),
    ] {
        assert_eq!(with(path, text), on, "{path} {text}");
    }
    let one = "spring.jpa.properties.hibernate.default_batch_fetch_size=1\n";
    assert_eq!(with("app/src/main/resources/application.properties", one), off);
    let test = "spring.jpa.properties.hibernate.default_batch_fetch_size=50\n";
    assert_eq!(with("app/src/test/resources/application.properties", test), off);
}

#[test]
fn proxies_make_virtual_navigations_lazy() {
    use Loading::{Lazy, Never};
    let order = ("src/Domain/Order.cs", ORDER_CS);
    let with = |more: &[(&str, &str)]| loadings(&read("efcore", &[&[order], more].concat()));
    let off = named(&[("Customer", Never), ("Payer", Never)]);
    let on = named(&[("Customer", Lazy), ("Payer", Never)]);
    assert_eq!(with(&[]), off);
    let proxies = (
        "src/Web/Program.cs",
        "class P { void M() { services.AddDbContext<Shop>(o => o.UseLazyLoadingProxies().UseSqlServer(c)); } }",
    );
    assert_eq!(with(&[proxies]), on);
    let unused = (
        "src/Web/Program.cs",
        "class P { void M() { services.AddDbContext<Shop>(o => o.UseLazyLoadingProxies(false)); } }",
    );
    assert_eq!(with(&[unused]), off);
    let old = (
        "src/Data/Data.csproj",
        "<PackageReference Include=\"EntityFramework\" Version=\"6.4.4\" />",
    );
    assert_eq!(with(&[old]), on);
    let disabled = (
        "src/Data/Shop2.cs",
        "class S { S() { Configuration.LazyLoadingEnabled = false; } }",
    );
    assert_eq!(with(&[old, disabled]), off);
}

#[test]
fn tables_prove_models_and_give_columns() {
    let schema = "create_table \"shop_orders\" do |t|\n  t.bigint \"customer_id\"\n  t.string \"state\"\nend\n\
                  create_table \"people\" do |t|\n  t.string \"name\"\nend\n";
    let order = "module Shop\n  class Order < Legacy\n    belongs_to :customer\n  end\n  class Cart < Legacy\n    belongs_to :customer\n  end\nend\n\
                 class Person < ApplicationRecord\nend\nclass Employee < Person\nend\n";
    let registry = read(
        "activerecord",
        &[("app/models/order.rb", order), ("db/schema.rb", schema)],
    );
    let names: Vec<_> = registry.models().map(|it| it.qualified.as_str()).collect();
    assert_eq!(names, ["Shop.Order", "Person", "Employee"]);
    let employee = registry.by_name("activerecord", "Employee", "").unwrap();
    assert!(registry.is_column(employee, "name"));
    assert!(!registry.is_column(employee, "state"));
    assert_eq!(registry.table_model("shop_orders").unwrap().name, "Order");
    assert_eq!(registry.table_model("people").unwrap().name, "Person");
}

#[test]
fn the_version_of_the_nearest_manifest() {
    let registry = read(
        "django",
        &[
            ("requirements.txt", "django>=5.2\n"),
            ("api/requirements.txt", "Django==6.1.0\n"),
        ],
    );
    let version = |path: &str| registry.settings().version(path, "django");
    assert_eq!(version("api/shop/models.py"), Some(vec![6, 1, 0]));
    assert_eq!(version("web/models.py"), Some(vec![5, 2]));
}
