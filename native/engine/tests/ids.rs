//! Finding ids survive what does not touch the fault: shifted lines, comments, reformatting,
//! renamed locals. Checked through the whole pipeline on generated variants of one file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use proptest::prelude::*;
use support::{scan_all, write};
use tempfile::TempDir;

#[derive(Clone, Debug)]
struct Variant {
    row: String,
    found: String,
    above: String,
    /// Between the tokens of a call's arguments.
    gap: &'static str,
    trailing_comma: bool,
    indent: usize,
}

fn text(variant: &Variant) -> String {
    let Variant {
        row,
        found,
        above,
        gap,
        trailing_comma,
        indent,
    } = variant;
    let pad = " ".repeat(*indent);
    let comma = if *trailing_comma { "," } else { "" };
    format!(
        "{above}from django.db import models\nfrom shop.models import Customer, Order\n\n\n\
         def totals():\n\
         {pad}for {row} in Order.objects.filter(paid=True):\n\
         {pad}{pad}{found} = Customer.objects.get({gap}id={row}.customer_id{comma}{gap})\n\
         {pad}{pad}print({found}.name)\n\
         {pad}{pad}Customer.objects.get({gap}id={row}.customer_id{comma}{gap})\n"
    )
}

fn ids(text: &str) -> Vec<String> {
    let folder = TempDir::new().expect("temporary folder");
    write(folder.path(), "requirements.txt", "django==5.1\n");
    write(folder.path(), "shop/totals.py", text);
    let report = scan_all(folder.path(), &[], 1).expect("scanned");
    report.findings.into_iter().map(|finding| finding.id).collect()
}

fn name() -> impl Strategy<Value = String> {
    // No keyword and no name that the file uses otherwise has this form.
    "[a-z]{2,6}_[a-z0-9]{1,4}"
}

fn variant() -> impl Strategy<Value = Variant> {
    let above = prop::collection::vec(
        prop_oneof![Just("\n"), Just("# why\n"), Just("import os\n")],
        0..6,
    );
    let gap = prop_oneof![
        Just(""),
        Just(" "),
        Just("\n            "),
        Just("  # note: id\n            ")
    ];
    (name(), name(), above, gap, any::<bool>(), 1_usize..9)
        .prop_filter("two names", |(row, found, ..)| row != found)
        .prop_map(|(row, found, above, gap, trailing_comma, indent)| Variant {
            row,
            found,
            above: above.concat(),
            gap,
            trailing_comma,
            indent,
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ids_survive_everything_but_the_fault(variant in variant()) {
        let plain = Variant {
            row: "order".to_owned(),
            found: "customer".to_owned(),
            above: String::new(),
            gap: "",
            trailing_comma: false,
            indent: 4,
        };
        let expected = ids(&text(&plain));
        prop_assert_eq!(expected.len(), 2);
        prop_assert_ne!(&expected[0], &expected[1]);
        prop_assert_eq!(ids(&text(&variant)), expected.clone());
        let other = text(&variant).replace("Customer.objects.get(", "Customer.objects.order_by(\"name\").get(");
        prop_assert!(ids(&other).iter().all(|id| !expected.contains(id)));
    }
}
