use super::{Template, erb, facts, haml, template_of};
use crate::cancel::Cancel;
use crate::facts::dump::dump;
use crate::facts::ir::{FileFacts, Span, StmtKind};
use crate::parse::ParseLimits;

fn lowered(text: &str, template: Template) -> FileFacts {
    facts(text, template, &ParseLimits::default(), &Cancel::default()).unwrap()
}

#[test]
fn file_names_tell_templates() {
    let cases = [
        ("app/views/a/index.html.erb", Some(Template::Erb)),
        ("a.haml", Some(Template::Haml)),
        ("a.rb", None),
        ("shop/templates/shop/list.html", Some(Template::Tags)),
        ("shop/jinja2/list.jinja", Some(Template::Tags)),
        ("public/list.html", None),
        (".erb", None),
        ("erb", None),
    ];
    for (path, expected) in cases {
        assert_eq!(template_of(path), expected, "{path}");
    }
}

#[test]
fn code_of_erb() {
    let cases = [
        ("<p><%= a %></p><% b -%>\n", " a \n b \n"),
        ("<%# note %><%- c %>", "# note \n c \n"),
        ("<%% text %><%== d %>", " d \n"),
        ("<% open", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(erb::weave(text).ruby, expected, "{text}");
    }
}

#[test]
fn code_of_haml() {
    let cases = [
        ("- a\n%p= b\n", " a\n b\n"),
        (
            "- if a\n  = b\n- else\n  = c\n%p\n",
            " if a\n b\n else\n c\nend\n",
        ),
        (
            "- xs.each do |x|\n  %li{ class: x }= x\n  - if x\n    text #{x.y}\n= z\n",
            " xs.each do |x|\nattributes( class: x \n)\n x\n if x\nx.y\nend\nend\n z\n",
        ),
        ("- case a\n- when 1\n  = b\n%p\n", " case a\n when 1\n b\nend\n"),
        ("= f a,\n  b\n= c\n", " f a,\n  b\n c\n"),
        ("%a(href=url class=\"x\") #{t}\n", "url\nt\n"),
        (":javascript\n  var x = #{y};\n:ruby\n  z = 1\n", "y\n  z = 1\n\n"),
        ("-# note\n  more\n/ html\n", "# note\n"),
    ];
    for (text, expected) in cases {
        assert_eq!(haml::weave(text).ruby, expected, "{text}");
    }
}

#[test]
fn spans_lie_in_the_template() {
    let erb = "<ul>\n<% @posts.each do |post| %>\n  <li><%= post.author.name %></li>\n<% end %>\n</ul>\n";
    let haml = "%ul\n  - @posts.each do |post|\n    %li= post.author.name\n%p\n";
    for (text, template) in [(erb, Template::Erb), (haml, Template::Haml)] {
        let found = lowered(text, template);
        assert!(found.errors.is_empty(), "{template:?}");
        let module = &found.functions[0];
        let [only] = module.body.as_slice() else {
            panic!("{template:?}: {}", dump(&found));
        };
        let StmtKind::Expr(call) = &only.kind else {
            panic!("{template:?}");
        };
        let written = &text[call.span.start as usize..call.span.end as usize];
        assert!(written.starts_with("@posts.each do |post|"), "{written}");
        let read = "post.author.name";
        let at = text.find(read).unwrap();
        let span = format!(
            "{:?}",
            Span {
                start: at as u32,
                end: (at + read.len()) as u32
            }
        );
        assert!(format!("{call:?}").contains(&span), "{template:?}: {span}");
        assert_eq!(module.span.end as usize, text.len());
    }
}

#[test]
fn broken_templates_do_no_harm() {
    let open = "%a{".repeat(20_000);
    let deep: String = (0..300).map(|at| format!("{}- if x\n", " ".repeat(at))).collect();
    for text in [
        open.as_str(),
        deep.as_str(),
        "%a{ x\n- end\n= )\n",
        "#{#{#{",
        "%é= ü\n",
    ] {
        let found = lowered(text, Template::Haml);
        assert_eq!(found.functions[0].span.end as usize, text.len());
    }
    let tags = "<%= ) %>".repeat(5_000);
    assert!(!lowered(&tags, Template::Erb).errors.is_empty());
}
