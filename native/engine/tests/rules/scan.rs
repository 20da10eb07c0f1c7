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

#[test]
fn code_within_html_is_looked_at_in_its_own_language_and_place() {
    let page = "\
<html>
<!-- ast-grep-ignore -->
<script>
  console.log('é'); // ast-grep-ignore
  console.log(2);
</script>
<style>a { color: red; }</style>
<script lang=\"ts\">const a: number = console.log(3)</script>
<script lang='tsx'>console.log(4)</script>
<script lang=coffee>console.log(5)</script>
<script src=a.js></script>
";
    let js = NO_LOG.replace("ts", "js");
    let tsx = NO_LOG.replace("ts", "tsx");
    let css = "id: a\nlanguage: css\nrule: {kind: declaration}\n";
    let html = "id: a\nlanguage: html\nrule: {kind: comment}\n";
    let set = rules(&[js.as_str(), NO_LOG, tsx.as_str(), css, html]);
    let report = scan(
        &[("a.html", page), ("b.xhtml", "<script>console.log(1)</script>")],
        set,
    );
    assert_eq!(report.rule_problems, []);
    let expected = [
        "a.html:2 r4",
        "a.html:4 r0",
        "a.html:5 r0",
        "a.html:7 r3",
        "a.html:8 r1",
        "a.html:9 r2",
        "b.xhtml:1 r0",
    ];
    assert_eq!(seen(&report), expected);
    let place = &report.matches[2].place;
    assert_eq!(
        page.get(place.start_byte as usize..place.end_byte as usize),
        Some("console.log(2)")
    );
    let silent: Vec<_> = report.matches.iter().map(|it| it.suppressed.is_some()).collect();
    assert_eq!(silent, [false, true, false, false, false, false, false]);
}

#[test]
fn a_page_of_many_scripts_is_cut_and_told() {
    let page = "<script>console.log(1)</script>\n".repeat(300);
    let js = NO_LOG.replace("ts", "js");
    let report = scan(&[("a.html", &page)], rules(&[js.as_str()]));
    assert_eq!(report.matches.len(), 200);
    assert!(
        report.rule_notices[0].contains("too many elements"),
        "{:?}",
        report.rule_notices
    );
}

#[test]
fn globs_of_names_choose_the_language_before_the_name_does() {
    let named = |language: &str, globs: &[&str]| LanguageGlobs {
        language: language.to_owned(),
        globs: globs.iter().map(|it| (*it).to_owned()).collect(),
    };
    let js = NO_LOG.replace("ts", "js");
    let set = RuleSet {
        language_globs: vec![
            named("html", &["*.vue"]),
            named("js", &["*.ts", ".thing"]),
            named("lua", &["*.a"]),
            named("python", &["["]),
        ],
        ..rules(&[js.as_str(), NO_LOG])
    };
    let code = "console.log(1)\n";
    let vue = "<template></template>\n<script lang=\"ts\">console.log(1)</script>\n";
    let report = scan(&[("b/a.ts", code), ("b/.thing", code), ("b/c.vue", vue)], set);
    assert_eq!(seen(&report), ["b/.thing:1 r0", "b/a.ts:1 r0", "b/c.vue:2 r1"]);
    let told = report.rule_notices.join("\n");
    assert!(
        told.contains("languageGlobs of lua") && told.contains("languageGlobs of python"),
        "{told}"
    );
}

#[test]
fn c_and_cpp_have_metavariables() {
    let c = "id: a\nlanguage: c\nrule: {pattern: 'strcpy($A, $$$B)'}\n";
    let cpp = "id: a\nlanguage: c++\nrule: {pattern: '$A->run($$$)'}\nfix: '$A.run()'\n";
    let files = [
        ("a.h", "void f(void) { strcpy(a, b); }\n"),
        ("a.cpp", "void f() { if (a) p->run(1, 2); }\n"),
    ];
    let report = scan(&files, rules(&[c, cpp]));
    assert_eq!(seen(&report), ["a.cpp:1 r1", "a.h:1 r0"]);
    let edit = report.matches[0].edit.as_ref().expect("a fix");
    assert_eq!(edit.after, "void f() { if (a) p.run(); }");
}
