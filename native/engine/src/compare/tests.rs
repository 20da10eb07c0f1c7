//! Sites are made by marking code: every `get(…)` of a text is one, in a function per `def`.

use super::*;
use crate::git::hunks;
use crate::raw::{RawFinding, RawRelated};
use crate::report::Severity;

const RULE: &str = "n-plus-one/loop-query";

fn analysis(text: &str) -> FileAnalysis {
    let mut sites = Vec::new();
    let mut function = (0, "");
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("def ") {
            function = (offset, name.trim_end_matches([':', '\n']));
        }
        if let Some(at) = line.find("get(") {
            let end = line.find(')').expect("closed") + 1;
            let mut site = site(span(offset + at, offset + end), &line[at..end]);
            let body_end = text[function.0 + 1..]
                .find("\ndef")
                .map_or(text.len(), |n| function.0 + 1 + n);
            site.function = span(function.0, body_end);
            site.symbol = function.1.to_owned();
            if line.contains("# ignore") {
                site.suppression = Suppressed::Yes;
            }
            if line.contains("# reasonless") {
                site.suppression = Suppressed::WithoutReason;
            }
            site.in_error = line.contains("# error");
            let of_loop = text[..offset].rfind("for ").expect("in a loop");
            site.raw.related[0].span = span(of_loop, offset);
            sites.push(site);
        }
        offset += line.len();
    }
    FileAnalysis {
        text: text.to_owned(),
        sites,
        ..FileAnalysis::default()
    }
}

fn span(start: usize, end: usize) -> Span {
    let number = |n| u32::try_from(n).expect("short");
    Span {
        start: number(start),
        end: number(end),
    }
}

fn site(at: Span, code: &str) -> Site {
    let related = RawRelated {
        role: Role::Loop,
        elsewhere: None,
        span: at,
        message: "the loop".to_owned(),
    };
    Site {
        raw: RawFinding {
            rule_id: RULE,
            level: crate::report::Level::Warn,
            severity: Severity::Medium,
            confidence: 0.7,
            factors: Vec::new(),
            orm: "raw".to_owned(),
            model: None,
            function: 0,
            site: at,
            locals: Vec::new(),
            related: vec![related],
            title: "t".to_owned(),
            message: "m.".to_owned(),
            edit: None,
            fix: "f".to_owned(),
        },
        symbol: String::new(),
        function: at,
        code: code.to_owned(),
        suppression: Suppressed::No,
        in_error: false,
    }
}

fn compared(base: &str, head: &str) -> Compared {
    let diff = hunks::diff(base.as_bytes(), head.as_bytes());
    let (base, head) = (analysis(base), analysis(head));
    let head = Head {
        path: "a.py",
        analysis: &head,
        diff: Some(&diff),
    };
    compare("a.py", Some(&base), Some(head), &Levels::new())
}

fn lines(compared: &Compared) -> Vec<(u32, Option<u32>)> {
    compared
        .findings
        .iter()
        .map(|finding| (finding.place.start_line, finding.anchor_line))
        .collect()
}

const LOOP: &str = "def f:\n  for x in xs:\n    get(x)\n";

#[test]
fn only_what_is_new_is_reported() {
    let same = compared(LOOP, LOOP);
    assert_eq!((lines(&same), same.pre_existing, same.fixed), (vec![], 1, 0));
    let shifted = compared(LOOP, &format!("import a\n\n{LOOP}"));
    assert_eq!(
        (lines(&shifted), shifted.pre_existing, shifted.fixed),
        (vec![], 1, 0)
    );
    let new = compared("def f:\n  pass\n", LOOP);
    assert_eq!(
        (lines(&new), new.pre_existing, new.fixed),
        (vec![(3, Some(3))], 0, 0)
    );
    let gone = compared(LOOP, "def f:\n  pass\n");
    assert_eq!((lines(&gone), gone.pre_existing, gone.fixed), (vec![], 0, 1));
}

#[test]
fn of_equal_findings_the_one_on_the_new_line_is_new() {
    let head = "def f:\n  for x in xs:\n    get(x)\n    other()\n    get(x)\n";
    let base = "def f:\n  for x in xs:\n    other()\n    get(x)\n";
    let found = compared(base, head);
    assert_eq!((lines(&found), found.pre_existing), (vec![(3, Some(3))], 1));
    // The ids are those that a scan of head gives, whatever their order.
    let head = analysis(head);
    let whole = compare(
        "a.py",
        None,
        Some(Head {
            path: "a.py",
            analysis: &head,
            diff: None,
        }),
        &Levels::new(),
    );
    let ids: Vec<&str> = whole.findings.iter().map(|finding| finding.id.as_str()).collect();
    assert!(ids.contains(&found.findings[0].id.as_str()));
    assert_eq!(ids.len(), 2);
    assert_eq!(whole.findings[0].anchor_line, None);
}

#[test]
fn a_renamed_function_or_class_makes_no_finding_new() {
    let counts = |base: &str, head: &str| {
        let found = compared(base, head);
        (lines(&found), found.pre_existing, found.fixed)
    };
    // The function got another name; its body is as it was.
    let renamed = LOOP.replace("def f", "def g");
    assert_eq!(counts(LOOP, &renamed), (vec![], 1, 0));
    // The class got another name and the body another indentation.
    let class = |text: &str| text.replace("def f", "def Orders.f");
    let moved = "def Sales.Orders.f:\n    for x in xs:\n      get(x)\n";
    assert_eq!(counts(&class(LOOP), moved), (vec![], 1, 0));
    // One more with another name is new, even though the first one stands.
    let both = format!("{LOOP}{renamed}");
    assert_eq!(counts(LOOP, &both), (vec![(6, Some(6))], 1, 0));
    // Fixed in one function, written anew in another.
    let elsewhere = "def f:\n  pass\ndef g:\n    for x in xs:\n      get(x)\n";
    assert_eq!(counts(LOOP, elsewhere), (vec![(5, Some(5))], 0, 1));
}

#[test]
fn a_deleted_file_fixes_its_findings() {
    let base = analysis(LOOP);
    let found = compare("a.py", Some(&base), None, &Levels::new());
    assert_eq!((found.findings.len(), found.fixed), (0, 1));
}

#[test]
fn levels_of_the_request_count() {
    let run = |setting, confidence| {
        let mut head = analysis(LOOP);
        head.sites[0].raw.confidence = confidence;
        let levels = Levels::from([(RULE.to_owned(), setting)]);
        let head = Head {
            path: "a.py",
            analysis: &head,
            diff: None,
        };
        compare("a.py", None, Some(head), &levels).findings
    };
    let block = LevelSetting::Level(crate::report::Level::Block);
    let sure = &run(block, 0.95)[0];
    assert_eq!(
        (sure.level, sure.certainty),
        (crate::report::Level::Block, Certainty::Certain)
    );
    let likely = &run(block, 0.8)[0];
    assert_eq!(
        (likely.level, likely.certainty),
        (crate::report::Level::Warn, Certainty::Likely)
    );
    assert_eq!(run(LevelSetting::Off, 0.95), []);
}

#[test]
fn suppressed_with_a_reason_is_counted_and_not_reported() {
    let ignored = LOOP.replace("get(x)", "get(x)  # ignore");
    let new = compared("def f:\n  pass\n", &ignored);
    assert_eq!((new.findings.len(), new.suppressed), (0, 1));
    let later = compared(LOOP, &ignored);
    assert_eq!((later.findings.len(), later.suppressed, later.fixed), (0, 0, 0));
    let uncovered = compared(&ignored, LOOP);
    assert_eq!((uncovered.findings.len(), uncovered.suppressed), (1, 0));
    let reasonless = compared(
        "def f:\n  pass\n",
        &LOOP.replace("get(x)", "get(x)  # reasonless"),
    );
    assert!(
        reasonless.findings[0]
            .message
            .ends_with("gives no reason, so it does not count.")
    );
}

#[test]
fn nothing_is_reported_inside_an_error() {
    let broken = LOOP.replace("get(x)", "get(x)  # error");
    assert_eq!(compared("def f:\n  pass\n", &broken).findings.len(), 0);
    // It stood before, so it is not new once the file parses again.
    assert_eq!(compared(&broken, LOOP).findings.len(), 0);
}

fn anchor_of(head: &str, function_lines: (u32, u32), diff: &FileDiff) -> Option<u32> {
    let analysed = analysis(head);
    let mut one = analysed.sites[0].clone();
    let lines = Lines::new(head);
    let byte = |line: u32| {
        head.split_inclusive('\n')
            .take(line as usize - 1)
            .map(str::len)
            .sum::<usize>()
    };
    one.function = span(byte(function_lines.0), byte(function_lines.1));
    anchor(&one, diff, &lines)
}

#[test]
fn the_anchor_is_the_site_then_the_loop_then_the_nearest_change() {
    let head = format!(
        "def f:\n{}  for x in xs:\n{}    get(x)\n",
        "  a\n".repeat(10),
        "    b\n".repeat(10)
    );
    let diff = |hunks: &[(u32, u32)], added: &[(u32, u32)]| FileDiff {
        hunks: hunks
            .iter()
            .map(|(start, lines)| Hunk {
                old_start: *start,
                old_lines: *lines,
                new_start: *start,
                new_lines: *lines,
            })
            .collect(),
        added: added.to_vec(),
    };
    let whole = (1, 24);
    assert_eq!(anchor_of(&head, whole, &diff(&[(20, 5)], &[(24, 24)])), Some(23));
    assert_eq!(anchor_of(&head, whole, &diff(&[(10, 7)], &[(13, 13)])), Some(12));
    assert_eq!(anchor_of(&head, whole, &diff(&[(2, 7)], &[(5, 5)])), Some(5));
    // Only lines were removed: the nearest line of the hunk.
    assert_eq!(anchor_of(&head, whole, &diff(&[(2, 6)], &[])), Some(7));
    assert_eq!(anchor_of(&head, (12, 24), &diff(&[(2, 6)], &[(5, 5)])), None);
    assert_eq!(anchor_of(&head, whole, &diff(&[], &[])), None);
}
