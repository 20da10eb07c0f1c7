use super::facts;
use crate::facts::dump::dump;
use crate::facts::ir::{FileFacts, StmtKind};

fn lowered(text: &str) -> FileFacts {
    facts(text)
}

#[test]
fn pieces_of_a_template() {
    use super::scan::{Code, Piece, pieces};
    let code = |text, from| Code { text, from };
    let text = "<p>{{ a.b }}{%- for x in y -%}{# note #}{ {% {{ c";
    let expected = [
        Piece::Output(code("a.b", 6)),
        Piece::Tag(code("for x in y", 16)),
        Piece::Comment(code("note", 33)),
    ];
    assert_eq!(pieces(text), expected);
}

#[test]
fn tags_become_statements() {
    let text = "{% for a, b in rows.all reversed %}{{ a.b.0|default:c.d|upper }}{% empty %}{{ e }}{% endfor %}\
        {% if not a and b|length > 1 %}x{% elif c %}{{ c }}{% else %}{{ d }}{% endif %}\
        {% with n=a.b m=c %}{{ n }}{% endwith %}{% include 'p.html' with x=y.z only %}{% latest 5 as found %}\
        {% macro row(x, y=1) %}{{ x.y }}{% endmacro %}{{ row(a, y=[b, {'k': c}]) }}{{ a[0:2] }}{{ x if y else z }}";
    let facts = lowered(text);
    let [module, row] = facts.functions.as_slice() else {
        panic!("{}", dump(&facts));
    };
    assert_eq!(row.params.len(), 2);
    let kinds: Vec<&str> = module
        .body
        .iter()
        .map(|stmt| match &stmt.kind {
            StmtKind::Loop(_) => "loop",
            StmtKind::If { .. } => "if",
            StmtKind::Scope { .. } => "with",
            StmtKind::Assign { .. } => "set",
            StmtKind::Function(_) => "macro",
            StmtKind::Expr(_) => "value",
            _ => "other",
        })
        .collect();
    let expected = [
        "loop", "value", "if", "with", "value", "value", "set", "macro", "value", "value", "value",
    ];
    assert_eq!(kinds, expected, "{}", dump(&facts));
}

#[test]
fn suppressions_stand_in_comments() {
    let facts = lowered("{# driftline-ignore n-plus-one: a short list #}{{ a }}");
    assert_eq!(facts.suppressions[0].rule, "n-plus-one");
}

#[test]
fn broken_templates_do_no_harm() {
    let many = |text: &str| text.repeat(20_000);
    let deep = format!("{{{{ {}a{} }}}}", "(".repeat(10_000), ")".repeat(10_000));
    let texts = [
        many("{% for a in b %}"),
        many("{% if a %}{% elif b %}"),
        many("{{ a."),
        many("{%"),
        many("{% endfor %}"),
        many("{{ a|b:c.d|e }}"),
        deep,
        format!("{{{{ a{} }}}}", ".b".repeat(10_000)),
        format!("{{% x {} %}}", "a.b ".repeat(10_000)),
        "{% for %}{% if %}{% with %}{% include %}{% set %}{% macro %}{% regroup %}{% cache %}{{}}{%%}{##}"
            .to_owned(),
        "{{ a[ }}{{ a( }}{{ a| }}{{ a. }}{{ 'a }}{{ {a }}{{ é.ü }}{% é %}".to_owned(),
    ];
    for text in texts {
        let facts = lowered(&text);
        assert_eq!(facts.functions[0].span.end as usize, text.len());
        // Walking it all must not overflow the stack either.
        assert!(!dump(&facts).is_empty());
    }
}

/// A block that nothing opened, closed or went on with must not keep the reader from its end.
#[test]
fn any_order_of_tags_comes_to_an_end() {
    const TAGS: [&str; 16] = [
        "for a in b",
        "empty",
        "endfor",
        "if a",
        "elif b",
        "else",
        "endif",
        "with a=b",
        "endwith",
        "macro m(a)",
        "endmacro",
        "cache 5 a",
        "endcache",
        "ifchanged a",
        "comment",
        "x y as z",
    ];
    for first in TAGS {
        for second in TAGS {
            for third in TAGS {
                let text = format!("{{% {first} %}}{{{{ a }}}}{{% {second} %}}{{{{ b }}}}{{% {third} %}}");
                assert_eq!(lowered(&text).functions[0].span.end as usize, text.len());
            }
        }
    }
}
