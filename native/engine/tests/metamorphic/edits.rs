//! Every edit that is offered is made, and the whole page scanned again: its finding is gone and no other
//! one has come.

use std::collections::{BTreeMap, BTreeSet};

use driftline_engine::report::{Edit, Finding, Report};

use crate::support::{TestRepo, scan_all};
use crate::{corpus, write_all};

type Told = (String, String, String, String);

fn told(finding: &Finding) -> Told {
    (
        finding.place.path.clone(),
        finding.rule_id.clone(),
        finding.symbol.clone(),
        finding.title.clone(),
    )
}

fn counted(report: &Report) -> BTreeMap<Told, usize> {
    let mut counts = BTreeMap::new();
    for finding in &report.findings {
        *counts.entry(told(finding)).or_default() += 1;
    }
    counts
}

fn made(text: &str, edit: &Edit) -> String {
    let (start, end) = (edit.place.start_byte as usize, edit.place.end_byte as usize);
    assert_eq!(
        &text[start..end],
        edit.before,
        "the edit names the lines as they are"
    );
    format!("{}{}{}", &text[..start], edit.after, &text[end..])
}

#[test]
fn edits_do_what_they_say() {
    let mut faults = Vec::new();
    let mut offered: BTreeMap<String, usize> = BTreeMap::new();
    for (name, page) in corpus() {
        let repo = TestRepo::new();
        write_all(&repo, &page.texts, &page);
        let before = scan_all(repo.path(), &[], 1).unwrap();
        let known = counted(&before);
        let edits: BTreeSet<&Edit> = before.findings.iter().filter_map(|it| it.edit.as_ref()).collect();
        for edit in edits {
            let path = &edit.place.path;
            repo.write(path, made(&page.texts[path], edit));
            let after = counted(&scan_all(repo.path(), &[], 1).unwrap());
            repo.write(path, &page.texts[path]);
            for cured in before.findings.iter().filter(|it| it.edit.as_ref() == Some(edit)) {
                *offered.entry(cured.orm.clone()).or_default() += 1;
                let told = told(cured);
                if after.get(&told).unwrap_or(&0) >= &known[&told] {
                    faults.push(format!("{name}: `{}` leaves {told:?}", edit.after.trim()));
                }
            }
            let come = after
                .iter()
                .filter(|(told, count)| known.get(told).unwrap_or(&0) < count);
            faults.extend(come.map(|(told, _)| format!("{name}: `{}` brings {told:?}", edit.after.trim())));
        }
    }
    println!("edits offered: {offered:?}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let enough = |orm: &str| offered.get(orm).unwrap_or(&0) >= &3;
    if std::env::var("ORM").is_err() {
        assert!(enough("activerecord") && enough("django"), "{offered:?}");
    }
}

/// The code and what its only line with a loop becomes.
fn becomes(files: &[(&str, &str)], expected: &[&str]) {
    let repo = TestRepo::new();
    for (path, text) in files {
        repo.write(path, text);
    }
    let report = scan_all(repo.path(), &[], 1).unwrap();
    let edits: Vec<&str> = (report.findings.iter())
        .map(|it| it.edit.as_ref().map_or("none", |edit| edit.after.trim()))
        .collect();
    assert_eq!(edits, expected);
}

const RAILS: [(&str, &str); 2] = [
    ("Gemfile", "gem \"rails\"\n"),
    (
        "app/models/shop.rb",
        "class Order < ApplicationRecord\n  belongs_to :customer\n  has_many :lines\n  scope :open, -> { where(open: true) }\nend\n\
         class Customer < ApplicationRecord\n  has_many :orders\nend\n\
         class Line < ApplicationRecord\n  belongs_to :product\nend\nclass Product < ApplicationRecord\nend\n",
    ),
];

#[test]
fn the_load_goes_behind_what_builds_the_query() {
    for (loop_over, expected) in [
        (
            "Order.open.each { |it| it.customer.name }",
            "Order.includes(:customer).open.each { |it| it.customer.name }",
        ),
        (
            "Order.where(a: 1).to_a.each { |it| it.customer.name }",
            "Order.where(a: 1).includes(:customer).to_a.each { |it| it.customer.name }",
        ),
        (
            "rows = Order.order(:id)\nrows.each { |it| it.customer.name }",
            "rows = Order.order(:id).includes(:customer)",
        ),
        (
            "rows = customer.orders.where(a: 1)\nrows.map { |it| it.lines.map(&:id) }",
            "rows = customer.orders.where(a: 1).includes(:lines)",
        ),
    ] {
        let code = format!("class Report\n  def run(customer)\n{loop_over}\n  end\nend\n");
        becomes(
            &[RAILS[0], RAILS[1], ("app/services/report.rb", &code)],
            &[expected],
        );
    }
}

/// Assigned twice, handed in, ended with a carriage return: there is no one line to change.
#[test]
fn no_edit_where_it_is_not_clear_what_to_change() {
    for code in [
        "rows = Order.all\nrows = rows.where(a: 1) if a\nrows.each { |it| it.customer.name }",
        "Order.open.each { |it| it.customer.name }\r",
    ] {
        let code = format!("class Report\n  def run(a)\n{code}\n  end\nend\n");
        becomes(
            &[RAILS[0], RAILS[1], ("app/services/report.rb", &code)],
            &["none"],
        );
    }
}

#[test]
fn entity_framework_with_proxies() {
    let project = "<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup><PackageReference Include=\"Microsoft.EntityFrameworkCore\" Version=\"9.0.0\" />\
        <PackageReference Include=\"Microsoft.EntityFrameworkCore.Proxies\" Version=\"9.0.0\" /></ItemGroup></Project>";
    let model = "using Microsoft.EntityFrameworkCore;\npublic class ShopContext : DbContext {\n  public DbSet<Order> Orders => Set<Order>();\n\
        \x20 protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseLazyLoadingProxies();\n}\n\
        public class Customer { public int Id { get; set; } public string Name { get; set; } }\n\
        public class Order { public int Id { get; set; } public int CustomerId { get; set; } public virtual Customer Customer { get; set; } }\n";
    let code = "using Microsoft.EntityFrameworkCore;\npublic class Report(ShopContext db) {\n  public void Run() {\n\
        \x20   foreach (var order in db.Orders.Where(o => o.Id > 5).ToList()) {\n      Print(order.Customer.Name);\n    }\n  }\n}\n";
    becomes(
        &[("Shop.csproj", project), ("Model.cs", model), ("Report.cs", code)],
        &["foreach (var order in db.Orders.Where(o => o.Id > 5).Include(x => x.Customer).ToList()) {"],
    );
}
