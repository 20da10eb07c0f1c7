use super::*;
use crate::cancel::Cancel;
use crate::parse;
use crate::rules::language::RuleLanguage as L;

/// What surrounds the first place of `at`: symbol, kinds, whether it is exported.
fn seen(language: L, text: &str, at: &str) -> (String, String, bool) {
    let tree = parse::tree(text, &language.grammar(), language.open(), &Cancel::new()).unwrap();
    let start = text.find(at).unwrap();
    let around = around(&tree, text, language, start, start + at.len());
    let entity = around.entity.unwrap_or(Entity {
        name: String::new(),
        kinds: Vec::new(),
        start_line: 0,
        end_line: 0,
        exported: false,
    });
    (around.symbol, entity.kinds.join(" "), entity.exported)
}

fn is(language: L, text: &str, symbol: &str, kinds: &str, exported: bool) {
    let expected = (symbol.to_owned(), kinds.to_owned(), exported);
    assert_eq!(seen(language, text, "HERE"), expected, "{text}");
}

#[test]
fn functions_and_classes_of_every_language() {
    is(
        L::TypeScript,
        "export class A { private f() { HERE() } }",
        "A.f",
        "method",
        false,
    );
    is(
        L::TypeScript,
        "export class A { f() { HERE() } }",
        "A.f",
        "method",
        true,
    );
    is(
        L::TypeScript,
        "const f = () => HERE();\nexport { f };",
        "f",
        "function",
        true,
    );
    is(L::TypeScript, "interface I { a: HERE }", "I", "interface", false);
    is(
        L::JavaScript,
        "module.exports = function f() { HERE() }",
        "f",
        "function",
        true,
    );
    is(L::C, "static int *f(int a) { HERE(); }", "f", "function", false);
    is(
        L::Cpp,
        "namespace n { class A { void f() { HERE(); } }; }",
        "n.A.f",
        "method",
        true,
    );
    is(L::Cpp, "int A::f() { HERE(); }", "A::f", "function", true);
    is(
        L::Python,
        "class A:\n    def f(self):\n        HERE()\n",
        "A.f",
        "method",
        true,
    );
    is(L::Python, "def _f():\n    HERE()\n", "_f", "function", false);
    is(
        L::Ruby,
        "module M\n  class A\n    private\n    def f\n      HERE()\n    end\n  end\nend\n",
        "M.A.f",
        "method",
        false,
    );
    is(
        L::Java,
        "public class A { public void f() { HERE(); } }",
        "A.f",
        "method",
        true,
    );
    is(
        L::CSharp,
        "public class A { void F() { HERE(); } }",
        "A.F",
        "method",
        false,
    );
    is(
        L::Go,
        "package a\nfunc (s *S) F() { HERE() }\n",
        "S.F",
        "method",
        true,
    );
    is(
        L::Rust,
        "impl A { pub fn f() { HERE(); } }",
        "A.f",
        "method",
        true,
    );
    is(
        L::Kotlin,
        "class A {\n  private fun f() { HERE() }\n}\n",
        "A.f",
        "method",
        false,
    );
    is(
        L::Php,
        "class A { public function f() { HERE(); } }",
        "A.f",
        "method",
        true,
    );
    is(L::Bash, "f() {\n  HERE\n}\n", "f", "function", true);
    is(L::Yaml, "a: HERE\n", "", "", false);
}

#[test]
fn what_a_framework_makes_of_a_function() {
    is(
        L::Tsx,
        "export function Page() { return <p>{HERE}</p> }",
        "Page",
        "component function",
        true,
    );
    is(
        L::Tsx,
        "const useCart = () => HERE",
        "useCart",
        "function hook",
        false,
    );
    is(
        L::TypeScript,
        "app.get('/x', async (req) => { HERE() })",
        "get /x",
        "function route_handler",
        false,
    );
    is(
        L::TypeScript,
        "it('works', () => { HERE() })",
        "it works",
        "function test",
        false,
    );
    is(
        L::TypeScript,
        "class A { @Get('x') f() { HERE() } }",
        "A.f",
        "method route_handler",
        false,
    );
    is(
        L::Python,
        "@app.route('/')\ndef f():\n    HERE()\n",
        "f",
        "function route_handler",
        true,
    );
    is(
        L::Python,
        "@pytest.fixture\ndef f():\n    HERE()\n",
        "f",
        "fixture function",
        true,
    );
    is(
        L::Python,
        "def test_f():\n    HERE()\n",
        "test_f",
        "function test",
        true,
    );
    is(
        L::Java,
        "class A { @Test public void f() { HERE(); } }",
        "A.f",
        "method test",
        false,
    );
    is(
        L::CSharp,
        "public class A { [HttpGet] public void F() { HERE(); } }",
        "A.F",
        "method route_handler",
        true,
    );
    is(
        L::Rust,
        "#[test]\nfn f() { HERE(); }",
        "f",
        "function test",
        false,
    );
}
