//! Fixes: offered only where they hold, and then byte for byte.

use driftline_engine::report::Edit;

use super::*;

fn edits(text: &str, texts: &[&str]) -> Vec<Option<Edit>> {
    let report = scan(&[("a.ts", text)], rules(texts));
    assert_eq!(report.rule_problems, []);
    let of_first = report.matches.into_iter().filter(|it| it.rule == "r0");
    of_first.map(|it| it.edit).collect()
}

/// The whole text with the only edit.
fn fixed(text: &str, rule: &str) -> Option<String> {
    let edit = edits(text, &[rule]).pop().flatten()?;
    let (start, end) = (edit.place.start_byte as usize, edit.place.end_byte as usize);
    assert_eq!(&text[start..end], edit.before);
    Some(format!("{}{}{}", &text[..start], edit.after, &text[end..]))
}

fn rule(pattern: &str, fix: &str) -> String {
    format!("id: a\nlanguage: ts\nrule: {{pattern: '{pattern}'}}\nfix: '{fix}'\n")
}

#[test]
fn whole_lines_with_the_rest_as_it_was() {
    let log = rule("console.log($A)", "log($A)");
    assert_eq!(
        fixed("a;  console.log(1) // x", &log).as_deref(),
        Some("a;  log(1) // x")
    );
    assert_eq!(
        fixed("a;\r\nconsole.log(1)\r\nb;\r\n", &log).as_deref(),
        Some("a;\r\nlog(1)\r\nb;\r\n")
    );
    let fix = "id: a\nlanguage: ts\nrule: {pattern: f($A)}\nfix: |-\n  g(\n    $A,\n  )\n";
    assert_eq!(
        fixed("if (x) {\r\n  f(1)\r\n}\r\n", fix).as_deref(),
        Some("if (x) {\r\n  g(\r\n    1,\r\n  )\r\n}\r\n")
    );
    let comma = "\
id: a
language: ts
rule: {kind: number, regex: '^1$'}
fix: {template: '', expandEnd: {regex: ',', stopBy: neighbor}}
";
    assert_eq!(fixed("f(1, 2)\n", comma).as_deref(), Some("f( 2)\n"));
}

#[test]
fn a_fix_that_does_not_parse_is_not_offered() {
    assert_eq!(edits("f(1)\n", &[&rule("f($A)", "g($A")]), [None]);
}

#[test]
fn a_fix_after_which_the_rule_matches_again_is_not_offered() {
    assert_eq!(edits("f(1)\n", &[&rule("f($A)", "f($A + 1)")]), [None]);
    assert_eq!(edits("f(1)\n", &[&rule("f($A)", "f($A)")]), [None]);
    let nested = edits("f(f(1))\n", &[&rule("f($A)", "$A")]);
    assert!(
        nested[0].is_none() && nested[1].is_some(),
        "the inner one first: {nested:?}"
    );
}

#[test]
fn a_fix_that_makes_another_rule_match_is_not_offered() {
    let other = "id: b\nlanguage: ts\nrule: {pattern: g($A)}\n";
    assert_eq!(edits("f(1)\n", &[&rule("f($A)", "g($A)"), other]), [None]);
    // One that matched before does no harm.
    let kept = edits("h(g(2)); f(1)\n", &[&rule("f($A)", "e($A)"), other]);
    assert!(kept[0].is_some());
}

#[test]
fn each_fix_is_for_its_own_match_alone() {
    let both = edits("f(1);\nf(2);\n", &[&rule("f($A)", "g($A)")]);
    let after: Vec<_> = both
        .iter()
        .map(|it| it.as_ref().map(|it| it.after.as_str()))
        .collect();
    assert_eq!(after, [Some("g(1);"), Some("g(2);")]);
}
