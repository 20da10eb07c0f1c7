//! Rules and files that would take for ever or end the process: bounded, and told.

use std::time::{Duration, Instant};

use super::*;

#[test]
fn a_rule_that_matches_everywhere_is_cut_and_told() {
    let text = "x;\n".repeat(1_500);
    let files: Vec<(String, &str)> = (0..8).map(|at| (format!("a{at}.ts"), text.as_str())).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let everywhere = "id: a\nlanguage: ts\nrule: {kind: identifier}\n";
    let report = scan(&files, rules(&[everywhere; 6]));
    assert_eq!(report.matches.len(), 5_000);
    let of_first = report.matches.iter().filter(|it| it.rule == "r0").count();
    assert!(of_first <= 1_000);
    let told = report.rule_notices.join("\n");
    assert!(report.rule_notices.len() <= 110);
    for words in [
        "in a0.ts",
        "rule r0 matches more than 1000 places",
        "more than 5000 places",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn a_rule_that_goes_on_for_hours_ends() {
    let nested = |depth: usize| {
        let mut rule = "{kind: never_mind, stopBy: end}".replace("never_mind", "debugger_statement");
        for _ in 0..depth {
            rule = format!("{{has: {rule}, kind: binary_expression, stopBy: end}}");
        }
        format!("id: slow\nlanguage: ts\nrule:\n  kind: binary_expression\n  has: {rule}\n")
    };
    let text = format!("const x = {}1;\nconsole.log(1);\n", "1 +\n".repeat(1_500));
    let started = Instant::now();
    let report = scan(&[("a.ts", &text)], rules(&[&nested(8), NO_LOG]));
    assert!(started.elapsed() < Duration::from_secs(60));
    assert_eq!(seen(&report), ["a.ts:1502 r1"], "the other rule has run");
    assert!(
        report.rule_notices[0].contains("takes more steps"),
        "{:?}",
        report.rule_notices
    );
    let cut: Vec<_> = report.rule_cuts.iter().map(|it| it.rule.as_str()).collect();
    assert_eq!(cut, ["r0"], "{:?}", report.rule_cuts);
}

#[test]
fn large_regexes_and_growing_rewriters_are_refused() {
    let regex = "id: a\nlanguage: ts\nrule: {kind: identifier, regex: '(\\w{1,500}){1,500}'}\n";
    let grows = "\
id: b
language: ts
rule: {pattern: f($A)}
rewriters:
  - {id: twice, rule: {pattern: g($B)}, transform: {C: {rewrite: {source: $B, rewriters: [twice]}}}, fix: h($C + $C)}
transform: {D: {rewrite: {source: $A, rewriters: [twice]}}}
fix: f($D)
";
    let report = scan(&[("a.ts", "f(1)\n")], rules(&[regex, grows]));
    let told: Vec<_> = report.rule_problems.iter().map(|it| it.rule.as_str()).collect();
    assert_eq!(told, ["r0", "r1"], "{:?}", report.rule_problems);
}

#[test]
fn a_pattern_gets_no_more_text_than_a_grammar_can_keep() {
    let stairs: String = (0..600)
        .map(|depth| format!("{}if f\"{{x}}\":\n", " ".repeat(depth)))
        .collect();
    let text = serde_json::json!({"id": "a", "language": "python", "rule": {"pattern": stairs}}).to_string();
    let report = scan(&[("a.py", "x = 1\n")], rules(&[&text]));
    assert_eq!(report.rule_problems.len(), 1);
}

/// Files of every language that other grammars fell over, and some more.
#[test]
fn no_file_ends_the_process() {
    let kinds = [
        ("a.kt", "kotlin", "identifier"),
        ("a.yaml", "yaml", "block_node"),
        ("a.html", "html", "element"),
        ("a.php", "php", "program"),
        ("a.sh", "bash", "program"),
        ("a.rs", "rust", "source_file"),
        ("a.css", "css", "stylesheet"),
        ("a.go", "go", "source_file"),
        ("a.json", "json", "document"),
        ("a.c", "c", "translation_unit"),
        ("a.cpp", "cpp", "translation_unit"),
        ("b.html", "js", "program"),
    ];
    let parts = [
        "\"${",
        "\"",
        "\"\"\"",
        "- ",
        "? ",
        "<a>",
        "<my-tag>",
        "<<A\n",
        "<<<A\n",
        "r#\"",
        "(",
        "[{",
        "$(",
        "'",
        "/*",
        "a: ",
        "\"$a${b\"",
        "\n \n  -\n",
        "R\"a(",
        "#if A\n",
        "<script>",
        "<script lang=ts>a</script>",
    ];
    for (path, language, kind) in kinds {
        let rule =
            format!("id: a\nlanguage: {language}\nrule: {{any: [{{kind: {kind}}}, {{pattern: a}}]}}\n");
        let rule = if language == "kotlin" {
            rule.replace("identifier", "simple_identifier")
        } else {
            rule
        };
        for part in parts {
            for count in [3, 300, 3_000] {
                let lines = format!("{part}\n").repeat(count);
                for text in [part.repeat(count.min(3_000)), lines] {
                    let report = scan(&[(path, text.as_str())], rules(&[&rule]));
                    assert!(
                        report.skipped.iter().all(|it| it.path == path),
                        "{:?}",
                        report.skipped
                    );
                }
            }
        }
    }
}
