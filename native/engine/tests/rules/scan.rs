//! Scans: which rules run on which files, what a match says and where it is.

use super::*;

#[test]
fn every_key_of_a_rule_counts() {
    let all = "\
id: all
language: TypeScript
severity: error
message: $NEW instead of $A
note: a note
rule: {all: [{pattern: 'f($A)'}, {matches: in-class}]}
constraints: {A: {kind: identifier}}
utils: {in-class: {inside: {kind: class_body, stopBy: end}}}
transform: {NEW: {convert: {source: $A, toCase: snakeCase}}}
labels: {A: {style: secondary, message: this one}}
files: ['src/**']
ignores: ['**/old.ts']
metadata: {driftline: {key: k}}
url: https://example.org
";
    let code = "class A { m() { f(someName); f(1); } }\nf(other);\n";
    let files = [("src/a.ts", code), ("src/old.ts", code), ("lib/a.ts", code)];
    let report = scan(&files, rules(&[all]));
    assert_eq!(report.rule_problems, []);
    assert_eq!(seen(&report), ["src/a.ts:1 r0"]);
    let found = &report.matches[0];
    assert_eq!(found.message, "some_name instead of someName");
    assert_eq!(
        (found.note.as_deref(), found.symbol.as_str()),
        (Some("a note"), "A.m")
    );
    assert_eq!(
        (found.related.len(), found.related[0].message.as_str()),
        (1, "this one")
    );
}

#[test]
fn off_is_off_and_what_does_not_compile_is_told() {
    let off = format!("{NO_LOG}severity: off\n");
    let circle = "id: c\nlanguage: ts\nrule: {matches: a}\nutils: {a: {matches: b}, b: {matches: a}}\n";
    let unknown = "id: c\nlanguage: swift\nrule: {pattern: a}\n";
    let texts = [off.as_str(), circle, unknown, "a: [", NO_LOG];
    let report = scan(&[("a.ts", "console.log(1)\n")], rules(&texts));
    assert_eq!(seen(&report), ["a.ts:1 r4"]);
    let told: Vec<_> = report.rule_problems.iter().map(|it| it.rule.as_str()).collect();
    assert_eq!(told, ["r1", "r2", "r3"]);
    assert!(report.rule_problems.iter().all(|it| !it.message.contains('\n')));
    assert_eq!(report.stats.rules, 1);
}

#[test]
fn utilities_are_shared_and_a_broken_one_takes_no_other_along() {
    let rule = "id: a\nlanguage: ts\nrule: {matches: literal, inside: {kind: arguments}}\n";
    let good = "id: literal\nlanguage: ts\nrule: {any: [{kind: number}, {kind: string}]}\n";
    let bad = "id: broken\nlanguage: ts\nrule: {kind: nothing}\n";
    let set = with_utilities(rules(&[rule]), &[bad, good]);
    let report = scan(&[("a.ts", "f(1, 'x', y)\n")], set);
    assert_eq!(seen(&report), ["a.ts:1 r0", "a.ts:1 r0"]);
    assert_eq!(report.rule_problems[0].rule, "u0");
}

#[test]
fn tests_are_looked_at_and_foreign_code_is_not() {
    let files = [
        ("a.test.ts", "console.log(1)\n"),
        ("tests/a.ts", "console.log(1)\n"),
        ("a.d.ts", "console.log(1)\n"),
        ("node_modules/a/b.ts", "console.log(1)\n"),
        ("dist/b.ts", "console.log(1)\n"),
        ("a.js", "console.log(1)\n"),
    ];
    let report = scan(&files, rules(&[NO_LOG]));
    assert_eq!(
        seen(&report),
        ["a.d.ts:1 r0", "a.test.ts:1 r0", "tests/a.ts:1 r0"]
    );
}

#[test]
fn places_count_as_github_does() {
    let text = "\u{feff}const a = '😀'; console.log(1);\r\n\r\n  console.log(2);\r\n";
    let report = scan(&[("a.ts", text)], rules(&[NO_LOG]));
    let places: Vec<_> = report
        .matches
        .iter()
        .map(|it| (it.place.start_line, it.place.start_column, it.place.end_column))
        .collect();
    assert_eq!(places, [(1, 18, 32), (3, 3, 17)]);
}

#[test]
fn ignore_comments_count_as_in_ast_grep() {
    let text = "\
console.log(0)
// ast-grep-ignore
console.log(1)
console.log(2) // ast-grep-ignore: no-log
// ast-grep-ignore: other
console.log(3)
// see ast-grep-ignore
console.log(4)
";
    let report = scan(
        &[("a.ts", text), ("b.ts", "// ast-grep-ignore\n\nconsole.log(5)\n")],
        rules(&[NO_LOG]),
    );
    let silenced: Vec<_> = report
        .matches
        .iter()
        .map(|it| (it.place.start_line, it.suppressed.is_some()))
        .collect();
    assert_eq!(
        silenced,
        [
            (1, false),
            (3, true),
            (4, true),
            (6, false),
            (8, false),
            (3, true)
        ]
    );
}

#[test]
fn the_same_with_any_threads_with_a_cache_and_without_the_other_analysis() {
    let folder = TempDir::new().expect("temporary folder");
    let cache = TempDir::new().expect("temporary folder");
    for at in 0..20 {
        support::write(
            folder.path(),
            &format!("a{at}.ts"),
            "export const f = () => console.log(1)\n",
        );
    }
    let plain = scanned(folder.path(), settings(rules(&[NO_LOG])));
    let kept = Settings {
        cache: Some(cache.path().to_path_buf()),
        ..settings(rules(&[NO_LOG]))
    };
    let cold = scanned(folder.path(), kept.clone());
    let warm = scanned(folder.path(), kept);
    let mut alone = settings(rules(&[NO_LOG]));
    for rule in driftline_engine::nplus1::rule_ids() {
        alone
            .levels
            .insert(rule.to_owned(), driftline_engine::request::LevelSetting::Off);
    }
    let alone = scanned(folder.path(), alone);
    assert_eq!(plain.matches.len(), 20);
    assert_eq!(alone.stats.files_analysed, 0);
    for other in [cold, warm, alone] {
        assert_eq!(other.matches, plain.matches);
    }
}
