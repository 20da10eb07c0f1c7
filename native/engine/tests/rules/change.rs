//! Changes: each class of newness, where to comment, and comments that silence.

use driftline_engine::report::{Newness, SuppressedBy};

use super::*;
use support::TestRepo;

/// Newness, line to comment on and who silences it, of every match.
type Told = (Option<Newness>, Option<u32>, Option<SuppressedBy>);

fn told(report: &Report) -> Vec<Told> {
    let one = |it: &RuleMatch| (it.newness, it.anchor_line, it.suppressed);
    report.matches.iter().map(one).collect()
}

fn between(before: &str, after: &str, rule: &str) -> Vec<Told> {
    let repo = TestRepo::new();
    repo.write("a.ts", before);
    repo.write("other.ts", "console.log(0)\n");
    let base = repo.commit();
    repo.write("a.ts", after);
    let head = repo.commit();
    told(&changed(&repo, &base, &head, rules(&[rule])))
}

const FILL: &str = "const a = 1;\nconst b = 2;\nconst c = 3;\nconst d = 4;\nconst e = 5;\n";

#[test]
fn new_and_existing() {
    let before = format!("console.log(1);\n{FILL}");
    let after = format!("{before}console.log(2);\n");
    let expected = [
        (Some(Newness::Existing), None, None),
        (Some(Newness::New), Some(7), None),
    ];
    assert_eq!(between(&before, &after, NO_LOG), expected);
}

#[test]
fn touched() {
    let after = "console.log(1); // why\n";
    assert_eq!(
        between("console.log(1);\n", after, NO_LOG),
        [(Some(Newness::Touched), Some(1), None)]
    );
}

#[test]
fn caused_by_a_line_that_is_gone() {
    let rule = "\
id: limit
language: ts
rule:
  pattern: handle($A)
  not: {follows: {pattern: limit();, stopBy: end}}
";
    let rule = rule.replace(
        "pattern: handle($A)",
        "kind: expression_statement\n  regex: '^handle'",
    );
    let function = |first: &str| format!("function f() {{\n{first}{FILL}  handle(1);\n}}\n");
    let told = between(&function("  limit();\n"), &function(""), &rule);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, Some(Newness::Caused));
    assert!(
        told[0].1.is_some_and(|line| line < 7),
        "a line the diff shows: {told:?}"
    );
}

#[test]
fn moving_indenting_and_renaming_make_nothing_new() {
    let repo = TestRepo::new();
    repo.write("a.ts", format!("{FILL}function f() {{\nconsole.log( 1 );\n}}\n"));
    let base = repo.commit();
    repo.git(&["mv", "a.ts", "b.ts"]);
    repo.write(
        "b.ts",
        format!("{FILL}\nfunction g() {{\n  console.log(1);\n}}\n"),
    );
    let head = repo.commit();
    let report = changed(&repo, &base, &head, rules(&[NO_LOG]));
    assert_eq!(
        told(&report).iter().map(|it| it.0).collect::<Vec<_>>(),
        [Some(Newness::New)]
    );
    repo.write(
        "b.ts",
        format!("{FILL}\nfunction f() {{\n  console.log(1);\n}}\n"),
    );
    let head = repo.commit();
    let report = changed(&repo, &base, &head, rules(&[NO_LOG]));
    assert_eq!(
        told(&report).iter().map(|it| it.0).collect::<Vec<_>>(),
        [Some(Newness::Touched)]
    );
}

#[test]
fn one_more_of_the_same_is_the_one_on_the_new_line() {
    let after = "console.log(1);\nconst x = 1;\nconsole.log(1);\n";
    let told = between("const x = 1;\nconsole.log(1);\n", after, NO_LOG);
    assert_eq!(
        told.iter().map(|it| it.0).collect::<Vec<_>>(),
        [Some(Newness::New), Some(Newness::Existing)]
    );
}

#[test]
fn a_comment_is_new_or_old() {
    let silenced = |before: &str, after: &str| {
        let told = between(before, after, NO_LOG);
        told.into_iter().map(|it| it.2).collect::<Vec<_>>()
    };
    let with = "// ast-grep-ignore\nconsole.log(1);\n";
    assert_eq!(silenced("console.log(1);\n", with), [Some(SuppressedBy::Now)]);
    assert_eq!(
        silenced(with, &format!("{with}const x = 1;\n")),
        [Some(SuppressedBy::Before)]
    );
    // A blank line makes a comment on one line one of the whole file.
    let widened = "// ast-grep-ignore\n\nconsole.log(1);\nconsole.log(2);\n";
    let told = silenced(with, widened);
    assert_eq!(told, [Some(SuppressedBy::Before), Some(SuppressedBy::Now)]);
}

#[test]
fn without_its_comment_a_match_is_new() {
    let told = between(
        "// ast-grep-ignore\nconsole.log(1);\n",
        "console.log(1);\n",
        NO_LOG,
    );
    assert_eq!(told, [(Some(Newness::Caused), Some(1), None)]);
}
