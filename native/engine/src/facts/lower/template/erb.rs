//! ERB: the code between `<%` and `%>`.

use super::woven::Woven;

pub(super) fn weave(text: &str) -> Woven {
    let mut woven = Woven::default();
    let mut at = 0;
    while let Some(open) = find(text, at, "<%") {
        let start = open + 2;
        // `<%%` is the text `<%`.
        if rest(text, start).starts_with('%') {
            at = start + 1;
            continue;
        }
        let Some(end) = find(text, start, "%>") else {
            break;
        };
        tag(text.get(start..end).unwrap_or_default(), start, &mut woven);
        at = end + 2;
    }
    woven
}

fn tag(code: &str, from: usize, woven: &mut Woven) {
    if code.starts_with('#') {
        // A comment may hold a suppression; over several lines it would be code.
        if !code.contains('\n') {
            woven.line(code, from);
        }
        return;
    }
    let marks = code.len() - code.trim_start_matches(['=', '-', '|']).len();
    // `<%-1 %>` does not exist, but `<%= -1 %>` does.
    let marks = marks.min(2);
    let code = code.get(marks..).unwrap_or_default();
    let code = code.strip_suffix('-').unwrap_or(code);
    woven.line(code, from + marks);
}

fn find(text: &str, at: usize, wanted: &str) -> Option<usize> {
    rest(text, at).find(wanted).map(|found| at + found)
}

fn rest(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}
