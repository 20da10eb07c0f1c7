//! Reformatting and renaming locals keep the normalised code; anything else changes it.

use proptest::prelude::*;

use super::*;

fn norm(code: &str, locals: &[&str], language: Language) -> String {
    let locals: Vec<String> = locals.iter().map(|name| (*name).to_owned()).collect();
    let site = Span {
        start: 0,
        end: u32::try_from(code.len()).expect("short"),
    };
    normalise(code, site, &[], &locals, language)
}

#[track_caller]
fn same(a: (&str, &[&str]), b: (&str, &[&str]), language: Language) {
    assert_eq!(norm(a.0, a.1, language), norm(b.0, b.1, language));
}

#[test]
fn formatting_is_collapsed() {
    let formatted = "Order.objects.filter(\n    customer = c,\n    paid=True,\n).first()";
    same(
        ("Order.objects.filter(customer=c, paid=True).first()", &["c"]),
        (formatted, &["c"]),
        Language::Python,
    );
    same(("f('a')", &[]), ("f( \"a\" )", &[]), Language::JavaScript);
    same(
        ("f(async (x) => x)", &[]),
        ("f(async x => x)", &[]),
        Language::TypeScript,
    );
    same(("f((x) -> g(x))", &[]), ("f(x -> g(x))", &[]), Language::Java);
    assert_ne!(
        norm("f(x) => 1", &[], Language::CSharp),
        norm("f x => 1", &[], Language::CSharp)
    );
    assert_ne!(
        norm("return x", &[], Language::Ruby),
        norm("returnx", &[], Language::Ruby)
    );
    assert_ne!(
        norm("f('a b')", &[], Language::Ruby),
        norm("f('ab')", &[], Language::Ruby)
    );
}

#[test]
fn comments_are_left_out() {
    let code = "f(a, # why\n  b)";
    let site = Span { start: 100, end: 115 };
    let comments = [Span { start: 3, end: 9 }, Span { start: 105, end: 110 }];
    let normalised = normalise(code, site, &comments, &[], Language::Python);
    assert_eq!(normalised, "f(a,b)");
}

#[test]
fn locals_are_replaced_where_they_are_variables() {
    use Language::*;
    same(("A.get(id=id)", &["id"]), ("A.get(id=pk)", &["pk"]), Python);
    same(
        ("A.find(x.id)", &["x", "id"]),
        ("A.find(y.id)", &["y", "id"]),
        Ruby,
    );
    same(
        ("A.where(id: id, b: :id)", &["id"]),
        ("A.where(id: pk, b: :id)", &["pk"]),
        Ruby,
    );
    same(
        ("db.a({ where: { id } })", &["id"]),
        ("db.a({ where: { id: key } })", &["key"]),
        TypeScript,
    );
    same(
        ("db.a({ ...rest })", &["rest"]),
        ("db.a({ ...more })", &["more"]),
        TypeScript,
    );
    same(
        ("ps.map(p => f(p))", &["p"]),
        ("ps.map(q => f(q))", &["q"]),
        TypeScript,
    );
    same(("q(x ? a : b)", &["b"]), ("q(x ? a : c)", &["c"]), JavaScript);
    assert_ne!(
        norm("f(a, b)", &["a", "b"], Java),
        norm("f(a, a)", &["a", "b"], Java)
    );
    assert_ne!(norm("f(a)", &[], Java), norm("f(b)", &[], Java));
}

#[test]
fn locals_in_strings_only_where_interpolated() {
    use Language::*;
    same(
        ("q(\"id = #{id}\")", &["id"]),
        ("q(\"id = #{pk}\")", &["pk"]),
        Ruby,
    );
    same(
        ("q(`id = ${id}`)", &["id"]),
        ("q(`id = ${pk}`)", &["pk"]),
        TypeScript,
    );
    same(
        ("q(f\"id = {id}\")", &["id"]),
        ("q(f\"id = {pk}\")", &["pk"]),
        Python,
    );
    same(
        ("Q($\"id = {id}\")", &["id"]),
        ("Q($\"id = {pk}\")", &["pk"]),
        CSharp,
    );
    same(
        ("q(\"id = ?\", id)", &["id"]),
        ("q(\"id = ?\", pk)", &["pk"]),
        Java,
    );
    assert_ne!(
        norm("q(\"{id}\")", &["id"], Java),
        norm("q(\"{pk}\")", &["pk"], Java)
    );
}

proptest! {
    #[test]
    fn white_space_around_any_text_counts_for_nothing(code in "[^\\p{C}\"'`]{0,80}", start in 0_u32..100) {
        for language in [Language::Python, Language::Ruby, Language::CSharp, Language::TypeScript] {
            let of = |code: &str, shift: u32| {
                let end = 3 + u32::try_from(code.len()).expect("short");
                let comments = [Span { start: start + shift, end: start + shift + 7 }];
                normalise(code, Span { start: 3, end }, &comments, &["a".to_owned()], language)
            };
            prop_assert_eq!(of(&code, 2), of(&format!("\n {code}  "), 4));
        }
    }

    #[test]
    fn renaming_a_local_keeps_the_code(
        old in "[a-z]{1,8}", new in "[a-z]{1,8}",
        before in "[ \n]{0,3}", after in "[ \n]{0,3}",
    ) {
        prop_assume!(!["items", "get", "key"].contains(&old.as_str()));
        prop_assume!(!["items", "get", "key"].contains(&new.as_str()));
        let code = |name: &str, gap: &str| format!("Item.get({gap}items[{name}],{gap}{name}.{old}, key={name})", old = "key");
        prop_assert_eq!(
            norm(&code(&old, &before), &[&old], Language::Python),
            norm(&code(&new, &after), &[&new], Language::Python)
        );
    }
}
