//! Declarations that nobody writes in earnest: circles, doublings, masses of one name.

use std::time::{Duration, Instant};

use super::{models, registry};
use crate::registry::{Registry, Settings};

/// Slow machines run tests too; anything that grows with the square takes minutes.
const ENOUGH: Duration = Duration::from_secs(20);

#[test]
fn circles_of_parents_scopes_and_ways_end() {
    let text = "class A < B\n  has_many :bs, through: :cs\n  has_many :cs, through: :bs\n  scope :one, -> { two }\n  scope :two, -> { one.includes(:bs) }\nend\n\
                class B < C\nend\nclass C < A\n  include C\nend\nclass Root < ApplicationRecord\n  has_many :as\nend\nclass A < Root\nend\n";
    let registry = registry("activerecord", &[("a.rb", text)]);
    let a = registry.by_name("activerecord", "A", "a.rb").unwrap();
    assert_eq!(registry.scope(a, "one").unwrap().loads.to_string(), "bs");
    assert!(registry.relation(a, "bs").is_some());
    assert!(registry.relation(a, "nothing").is_none());
    assert!(!registry.is_column(a, "nothing"));
}

#[test]
fn masses_cost_little() {
    let started = Instant::now();
    let mut text = String::from("from django.db import models\n");
    for at in 0..3_000 {
        let (next, other) = (at + 1, at / 2);
        text.push_str(&format!(
            "class A{at}(A{next}, A{other}, A{at}, models.Model):\n  class Meta:\n    abstract = True\n  a = models.ForeignKey('A{other}', related_name='%(class)s')\n\
             class Same(A{at}):\n  b = models.ForeignKey('Same')\n"
        ));
    }
    let registry = registry("django", &[("a/models.py", &text)]);
    assert!(registry.by_name("django", "Same", "a/models.py").is_some());
    let mut wide = String::from("class Wide < ApplicationRecord\n");
    for at in 0..20_000 {
        wide.push_str(&format!(
            "  has_many :x{at}, class_name: 'Wide', inverse_of: :x{at}\n"
        ));
    }
    wide.push_str("end\n");
    let wide = Registry::new(models("activerecord", "wide.rb", &wide), Settings::default());
    let model = wide.by_name("activerecord", "Wide", "").unwrap();
    assert_eq!(wide.relations(model).len(), 1_000);
    assert!(started.elapsed() < ENOUGH, "{:?}", started.elapsed());
}

#[test]
fn the_order_of_files_changes_nothing() {
    let files = [
        (
            "a/models.py",
            "class Post(models.Model):\n  tag = models.ForeignKey('Tag')\n",
        ),
        (
            "b/models.py",
            "class Tag(models.Model):\n  pass\nclass Post(models.Model):\n  tag = models.ForeignKey('Tag', related_name='posts')\n",
        ),
        ("c/models.py", "class Tag(models.Model):\n  pass\n"),
    ];
    let there = registry("django", &files);
    let mut turned = files;
    turned.reverse();
    assert_eq!(super::table(&there), super::table(&registry("django", &turned)));
    let near = |path: &str| there.by_name("django", "Tag", path).map(|it| it.path.as_str());
    assert_eq!(near("c/views.py"), Some("c/models.py"));
    assert_eq!(near("a/views.py"), Some("b/models.py"));
}
