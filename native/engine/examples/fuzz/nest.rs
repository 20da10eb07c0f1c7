//! What nests in each language, without end if asked to.

use crate::random::Random;

/// What opens and what closes; the text goes between.
const PAIRS: &[(&str, &[(&str, &str)])] = &[
    (
        "py",
        &[
            ("(", ")"),
            ("[", "]"),
            ("f(", ")"),
            ("not ", ""),
            ("lambda x: ", ""),
            ("[y for y in ", "]"),
            ("{1: ", "}"),
            ("a.filter(x=", ").all()"),
            ("Q(", ") | Q()"),
            ("(x := ", ")"),
            ("f'{", "}'"),
        ],
    ),
    (
        "rb",
        &[
            ("(", ")"),
            ("[", "]"),
            ("f { ", " }"),
            ("x.map { |y| ", " }"),
            ("if x then ", " end\n"),
            ("begin; ", "; rescue; end\n"),
            ("\"#{", "}\""),
            ("!", ""),
            ("-> { ", " }"),
            ("module A\n", "\nend\n"),
            ("case x when 1 then ", " end\n"),
        ],
    ),
    (
        "java",
        &[
            ("(", ")"),
            ("{ ", " }"),
            ("f(", ")"),
            ("() -> ", ""),
            ("if (x) { ", " }"),
            ("for (A a : as) { ", " }"),
            ("xs.stream().map(x -> ", ")"),
            ("class A { ", " }"),
            ("(A) ", ""),
            ("a ? b : ", ""),
            ("List<", ">"),
        ],
    ),
    (
        "cs",
        &[
            ("(", ")"),
            ("{ ", " }"),
            ("await f(", ")"),
            ("x => ", ""),
            ("foreach (var a in b) { ", " }"),
            ("namespace A { ", " }"),
            ("xs.Select(x => ", ")"),
            ("$\"{", "}\""),
            ("new A { B = ", " }"),
            ("a switch { _ => ", " }"),
            ("Task<", ">"),
        ],
    ),
    (
        "ts",
        &[
            ("(", ")"),
            ("[", "]"),
            ("{ a: ", " }"),
            ("await ", ""),
            ("async () => ", ""),
            ("xs.map((x) => ", ")"),
            ("for (const a of b) { ", " }"),
            ("`${", "}`"),
            ("{ include: ", " }"),
            ("<A>", "</A>"),
            ("a ? b : ", ""),
            ("Promise<", ">"),
        ],
    ),
    (
        "erb",
        &[
            ("<% x.each do |y| %>", "<% end %>"),
            ("<%= ", " %>"),
            ("<div a=\"", "\">"),
        ],
    ),
    (
        "html",
        &[
            ("{% for x in y %}", "{% endfor %}"),
            ("{% if x %}", "{% elif y %}"),
            ("{{ ", " }}"),
            ("{{ x|f:(", ") }}"),
        ],
    ),
    ("haml", &[("- x.each do |y|\n  ", "\n"), ("%a{ b: ", " }")]),
];

const TIMES: &[usize] = &[1, 2, 3, 10, 50, 190, 200, 201, 210, 1_000, 4_990, 5_010, 20_000];

pub fn wrap(text: &str, path: &str, random: &mut Random) -> (String, String) {
    let ending = match path.rsplit('.').next().unwrap_or("") {
        "tsx" | "js" | "jsx" | "mjs" => "ts",
        other => other,
    };
    let own = PAIRS.iter().find(|(it, _)| *it == ending);
    let pairs = own
        .or_else(|| random.pick(PAIRS))
        .map_or(&[][..], |(_, pairs)| pairs);
    let (open, close) = random.pick(pairs).copied().unwrap_or(("(", ")"));
    // Deep ones seldom: they end early.
    let most = if random.one_in(8) { TIMES.len() } else { 5 };
    let times = TIMES[random.below(most)];
    let close = if random.one_in(6) { "" } else { close };
    let told = format!("{times} times {open}…{close}");
    if ending == "py" && random.one_in(3) {
        let lines: String = (0..times.min(400))
            .map(|at| format!("{}for a in b:\n", " ".repeat(at)))
            .collect();
        return (
            format!("{lines}{}{text}", " ".repeat(times.min(400))),
            "nested loops".to_owned(),
        );
    }
    (
        format!("{}{text}{}", open.repeat(times), close.repeat(times)),
        told,
    )
}
