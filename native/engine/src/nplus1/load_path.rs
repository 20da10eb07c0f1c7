//! The way from the rows a query reads to a relation of theirs, as each ORM writes it in its cure
//! (analysis.md 4.3). What stands in an ORM's file is the name of the form: `{dunder}`.

use super::value::Lazy;

/// Fills in the forms that a template names.
pub fn fill(template: &str, steps: &[&Lazy]) -> String {
    let mut text = template.to_owned();
    for (word, form) in FORMS {
        if text.contains(word) {
            text = text.replace(word, &form(steps));
        }
    }
    text
}

type Form = fn(&[&Lazy]) -> String;

const FORMS: &[(&str, Form)] = &[
    ("{dotted}", |steps| names(steps).join(".")),
    ("{dunder}", |steps| names(steps).join("__")),
    ("{symbols}", symbols),
    ("{object}", object),
    ("{members}", members),
    ("{loaders}", loaders),
    ("{associations}", associations),
];

fn names<'s>(steps: &'s [&Lazy]) -> Vec<&'s str> {
    steps.iter().map(|step| step.relation.as_str()).collect()
}

/// `:author`, `comments: :user`, `comments: { user: :company }`.
fn symbols(steps: &[&Lazy]) -> String {
    match names(steps).as_slice() {
        [] => String::new(),
        [only] => format!(":{only}"),
        [first, last] => format!("{first}: :{last}"),
        [first, ..] => format!("{first}: {{ {} }}", symbols(&steps[1..])),
    }
}

/// `{ comments: { user: true } }`.
fn object(steps: &[&Lazy]) -> String {
    match names(steps).as_slice() {
        [] => "true".to_owned(),
        [first, ..] => format!("{{ {first}: {} }}", object(&steps[1..])),
    }
}

/// `Include(x => x.Comments).ThenInclude(x => x.User)`.
fn members(steps: &[&Lazy]) -> String {
    let call = |at: usize, name: &str| match at {
        0 => format!("Include(x => x.{name})"),
        _ => format!(".ThenInclude(x => x.{name})"),
    };
    let parts = names(steps);
    parts
        .iter()
        .enumerate()
        .map(|(at, name)| call(at, name))
        .collect()
}

/// `selectinload(Post.comments).joinedload(Comment.user)`.
fn loaders(steps: &[&Lazy]) -> String {
    let call = |step: &&Lazy| {
        let loader = if step.many { "selectinload" } else { "joinedload" };
        format!("{loader}({}.{})", step.owner, step.relation)
    };
    steps.iter().map(call).collect::<Vec<_>>().join(".")
}

/// `{ association: 'comments', include: [{ association: 'user' }] }`.
fn associations(steps: &[&Lazy]) -> String {
    match names(steps).as_slice() {
        [] => String::new(),
        [only] => format!("{{ association: '{only}' }}"),
        [first, ..] => format!(
            "{{ association: '{first}', include: [{}] }}",
            associations(&steps[1..])
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    fn step(owner: &str, relation: &str, many: bool, before: Option<Lazy>) -> Lazy {
        Lazy {
            owner: owner.to_owned(),
            declared_by: owner.to_owned(),
            relation: relation.to_owned(),
            many,
            before: before.map(Rc::new),
        }
    }

    #[test]
    fn a_path_in_every_form() {
        let path = step(
            "Comment",
            "user",
            false,
            Some(step("Post", "comments", true, None)),
        );
        for (template, text) in [
            ("{dotted}", "comments.user"),
            ("{dunder}", "comments__user"),
            ("{symbols}", "comments: :user"),
            ("{object}", "{ comments: { user: true } }"),
            ("{members}", "Include(x => x.comments).ThenInclude(x => x.user)"),
            (
                "{loaders}",
                "selectinload(Post.comments).joinedload(Comment.user)",
            ),
            (
                "{associations}",
                "{ association: 'comments', include: [{ association: 'user' }] }",
            ),
        ] {
            assert_eq!(fill(template, &path.steps()), text);
        }
        assert_eq!(
            fill("{symbols}", &[&step("Post", "author", false, None)]),
            ":author"
        );
    }
}
