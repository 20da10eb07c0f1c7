use super::*;
use crate::request::{RuleSet, RuleText};
use crate::rules::language::RuleLanguage;
use crate::rules::look;

/// Each takes time that grows with a power of the depth of the code.
fn slow(at: usize) -> RuleText {
    let mut inner = "{kind: debugger_statement, stopBy: end}".to_owned();
    for _ in 0..6 {
        inner = format!("{{kind: binary_expression, stopBy: end, has: {inner}}}");
    }
    RuleText {
        id: format!("slow{at}"),
        text: format!("id: slow\nlanguage: ts\nrule: {{kind: binary_expression, has: {inner}}}\n"),
        fix: None,
    }
}

#[test]
fn many_slow_rules_share_the_steps_of_a_file_and_the_others_come_to_their_end() {
    let honest = RuleText {
        id: "honest".to_owned(),
        text: "id: honest\nlanguage: ts\nrule: {pattern: console.log($A)}\n".to_owned(),
        fix: None,
    };
    let set = RuleSet {
        rules: (0..60).map(slow).chain([honest]).collect(),
        ..RuleSet::default()
    };
    let rules = Rules::of(&set);
    let text = format!(
        "const x = {}1;\n{}",
        "1 +\n".repeat(1_500),
        "console.log(1);\n".repeat(50)
    );
    let bucket = rules.of_language(RuleLanguage::TypeScript).expect("rules");
    let document = look::document(&text, RuleLanguage::TypeScript, &Cancel::new()).expect("parsed");
    let suppressions = Suppressions::of(&document);
    let root = AstGrep::doc(document);
    let mut walk = Walk::new(&root, "a.ts", bucket, &suppressions, 1);
    walk.finish(&Cancel::new()).expect("not stopped");
    let used: u64 = walk.allowances.iter().map(|it| it.used).sum();
    let one = walk.allowances.iter().map(|it| it.used).max().unwrap_or(0);
    assert!(
        used <= 2 * walk.steps_of_all + one,
        "{used} of {}",
        walk.steps_of_all
    );
    assert_eq!(walk.matches.iter().filter(|it| it.rule == "honest").count(), 50);
    assert_eq!(walk.notices.len(), 60, "{:?}", walk.notices);
    assert!(
        walk.notices
            .iter()
            .all(|(rule, why)| rule.starts_with("slow") && why == TOO_SLOW)
    );
}

#[test]
fn many_rules_that_match_everywhere_share_the_matches_of_a_file() {
    let everywhere = |at: usize| RuleText {
        id: format!("r{at}"),
        text: "id: a\nlanguage: ts\nrule: {kind: identifier}\nfix: b\n".to_owned(),
        fix: None,
    };
    let set = RuleSet {
        rules: (0..100).map(everywhere).collect(),
        ..RuleSet::default()
    };
    let rules = Rules::of(&set);
    let text = "x;\n".repeat(2_000);
    let parts = Parts::of(&text, RuleLanguage::TypeScript, &rules, &Cancel::new()).expect("parsed");
    let found = run(parts, "a.ts", &rules, &Cancel::new()).expect("not stopped");
    assert_eq!(found.matches.len(), bound::SEEN_OF_ALL_IN_FILE);
    assert_eq!(found.notices.len(), 100);
    assert!(found.notices.iter().all(|(_, why)| why == TOO_MANY));
}
