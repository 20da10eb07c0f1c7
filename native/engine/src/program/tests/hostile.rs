use std::fmt::Write;
use std::time::{Duration, Instant};

use super::{class_ref, named, program};
use crate::program::Question;

#[test]
fn circles_of_classes_end() {
    let program = program(
        "
== a.py
from b import B
class A(B): pass
class Self(Self): pass
== b.py
from a import A
class B(A):
    def run(self): pass
",
    );
    let view = program.view();
    let class = class_ref(&view, "a.py", "A");
    assert!(view.method(class, "run").is_some());
    assert!(view.method(class, "gone").is_none());
    assert_eq!(view.implementations(class).len(), 1);
    let own = class_ref(&view, "a.py", "Self");
    assert!(view.base_classes(own).is_empty());
}

#[test]
fn a_web_of_re_exports_costs_little() {
    let mut text = String::new();
    for from in 0..40 {
        writeln!(text, "== m{from}.ts").expect("text");
        for to in 0..40 {
            writeln!(text, "export * from './m{to}';").expect("text");
        }
    }
    text.push_str("== main.ts\nimport { gone } from './m0';\n");
    let program = program(&text);
    let started = Instant::now();
    let view = program.view();
    assert_eq!(named(&view, "main.ts", "gone"), "-");
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn aliases_that_double_end() {
    let mut text = "== a.js\n".to_owned();
    for at in 0..60 {
        writeln!(text, "let a{at} = a{}; a{at} = b{};", at + 1, at + 1).expect("text");
        writeln!(text, "let b{at} = a{}; b{at} = b{};", at + 1, at + 1).expect("text");
    }
    let program = program(&text);
    let started = Instant::now();
    let view = program.view();
    named(&view, "a.js", "a0");
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn stars_without_end_and_names_without_meaning_cost_a_bounded_time() {
    let mut text = String::new();
    for at in 0..300 {
        writeln!(text, "== p/m{at}.py\nfrom .m{} import *\n", (at + 1) % 300).expect("text");
    }
    text.push_str("== p/main.py\n");
    for at in 0..300 {
        writeln!(text, "from .m{at} import *").expect("text");
    }
    let program = program(&text);
    let started = Instant::now();
    let view = program.view();
    for at in 0..500 {
        assert_eq!(named(&view, "p/main.py", &format!("name{at}")), "-");
    }
    assert!(
        started.elapsed() < Duration::from_secs(30),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn many_members_are_found_fast() {
    let mut text = "== a.ts\nclass A {\n".to_owned();
    for at in 0..5000 {
        writeln!(text, "f{at} = () => 1; g{at}: A;").expect("text");
    }
    text.push_str("}\nexport const o = {\n");
    for at in 0..20_000 {
        writeln!(text, "h{at}: () => 1,").expect("text");
    }
    text.push_str("};\n");
    let program = program(&text);
    let started = Instant::now();
    let view = program.view();
    let class = class_ref(&view, "a.ts", "A");
    for at in 0..5000 {
        assert!(view.method(class, &format!("f{at}")).is_some());
        assert_eq!(view.class_of_field(class, &format!("g{at}")), Some(class));
    }
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn a_view_says_what_it_asked() {
    let program = program(
        "
== a.ts
import { f } from './b';
== b.ts
export function f() {}
== c.ts
export function g() {}
",
    );
    let view = program.view();
    assert_eq!(named(&view, "a.ts", "f"), "b.ts f()");
    let asked = view.asked();
    let path = Question::path;
    assert!(asked.contains(&path("a.ts")) && asked.contains(&path("b.ts")));
    assert!(!asked.contains(&path("c.ts")));
    assert_eq!(program.files_of(path("b.ts")), [1]);
    assert_eq!(program.files_of(path("b.tsx")), [] as [u32; 0]);
    assert_eq!(program.definers("f"), [1]);
}
