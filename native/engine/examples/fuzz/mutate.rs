//! What is done to a repository: to the bytes of a file, to its syntax, and to the set of files.

use crate::corpus::{Corpus, Files};
use crate::random::Random;
use crate::{nest, syntax};

const BYTES_MAX: usize = 400_000;

const ENDINGS: &[&str] = &[
    "py", "rb", "java", "cs", "ts", "tsx", "js", "erb", "haml", "jbuilder", "html", "j2", "prisma", "sql",
    "md",
];

const ODD: &[&[u8]] = &[
    b"\xff\xfe",
    b"\0",
    b"\xef\xbb\xbf",
    b"\r",
    b"\r\n",
    b"\xe2\x80\xa8",
    b"\xe2\x80\xae",
    b"\xf0\x9f\x92\xa9",
    b"\xcc\x81",
    b"\x0c",
    b"\\",
    b"\"",
    b"'",
    b"`",
    b"\"\"\"",
    b"/*",
    b"*/",
    b"#{",
    b"${",
    b"}",
    b")",
    b"]",
    b"end\n",
    b"<%",
    b"%>",
    b"=begin\n",
    b"<<~X\n",
    b"__END__\n",
    b"\t",
    b"99999999999999999999",
    b"async ",
    b"await ",
    b"*",
    b"**",
    b"&",
    b"::",
    b"?.",
    b"@",
];

/// Changes the repository once and says how.
pub fn mutate(files: &mut Files, corpus: &Corpus, random: &mut Random) -> String {
    let paths: Vec<String> = files.keys().cloned().collect();
    let Some(path) = random.pick(&paths).cloned() else {
        let (path, text) = corpus.project(random).file(random);
        files.insert(path, text);
        return "file added".to_owned();
    };
    if random.one_in(8) {
        return of_files(files, &path, &paths, corpus, random);
    }
    let bytes = files.get(&path).cloned().unwrap_or_default();
    let (mut bytes, told) = match random.below(10) {
        0..=5 => of_syntax(&path, &bytes, corpus, random),
        6 => of_names(&bytes, corpus, random),
        _ => of_bytes(bytes, &path, corpus, random),
    };
    bytes.truncate(BYTES_MAX);
    files.insert(path.clone(), bytes);
    format!("{path}: {told}")
}

fn of_files(files: &mut Files, path: &str, paths: &[String], corpus: &Corpus, random: &mut Random) -> String {
    let text = files.get(path).cloned().unwrap_or_default();
    match random.below(6) {
        0 => {
            files.remove(path);
            format!("{path} deleted")
        }
        1 => {
            let ending = random.pick(ENDINGS).copied().unwrap_or("py");
            let to = format!(
                "{}.{ending}",
                path.rsplit_once('.').map_or(path, |(stem, _)| stem)
            );
            files.remove(path);
            files.insert(to.clone(), text);
            format!("{path} is now {to}")
        }
        2 => {
            let other = random.pick(paths).cloned().unwrap_or_default();
            let theirs = files.get(&other).cloned().unwrap_or_default();
            files.insert(path.to_owned(), theirs);
            files.insert(other.clone(), text);
            format!("{path} and {other} exchanged")
        }
        3 => {
            let to = format!(
                "{}{path}",
                ["copy/", "a/b/c/d/", "src/", "ünï cödé/"][random.below(4)]
            );
            files.insert(to.clone(), text);
            format!("{path} also as {to}")
        }
        4 => {
            let to = path.rsplit_once('/').map_or(path, |(_, name)| name).to_owned();
            files.remove(path);
            files.insert(to.clone(), text);
            format!("{path} moved to {to}")
        }
        _ => {
            let (to, theirs) = corpus.project(random).file(random);
            files.insert(to.clone(), theirs);
            format!("{to} added")
        }
    }
}

fn of_syntax(path: &str, bytes: &[u8], corpus: &Corpus, random: &mut Random) -> (Vec<u8>, String) {
    let (donor_path, donor) = corpus.project(random).file(random);
    let donor = String::from_utf8_lossy(&donor);
    let mutated = std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| syntax::mutate(path, text, (&donor_path, &donor), random));
    match mutated {
        Some((text, told)) => (text.into_bytes(), told),
        None => of_bytes(bytes.to_vec(), path, corpus, random),
    }
}

/// Replaces a word, wherever it stands or once, by one of the file or one that an ORM knows: what
/// names lead to then is nothing a person would write, themselves included.
fn of_names(bytes: &[u8], corpus: &Corpus, random: &mut Random) -> (Vec<u8>, String) {
    let text = String::from_utf8_lossy(bytes);
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let words: Vec<&str> = text.split(|c| !is_word(c)).filter(|it| !it.is_empty()).collect();
    let from = random.pick(&words).copied().unwrap_or("x");
    let to = if random.one_in(2) {
        random.pick(&words).copied().unwrap_or("x")
    } else {
        random.pick(&corpus.words).map_or("x", String::as_str)
    };
    let all = random.one_in(2);
    let skip = random.below(text.matches(from).count());
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    for (at, (start, _)) in text.match_indices(from).enumerate() {
        if all || at == skip {
            out.push_str(&text[rest..start]);
            out.push_str(to);
            rest = start + from.len();
        }
    }
    out.push_str(&text[rest..]);
    (out.into_bytes(), format!("{from} is now {to}"))
}

fn of_bytes(mut bytes: Vec<u8>, path: &str, corpus: &Corpus, random: &mut Random) -> (Vec<u8>, String) {
    let part = random.range(bytes.len());
    let told = match random.below(9) {
        0 => {
            bytes.drain(part);
            "bytes deleted"
        }
        1 => {
            let copy = bytes[part.clone()].to_vec();
            let times = [1, 2, 10, 2_000][random.below(4)].min(1 + BYTES_MAX / copy.len().max(1));
            bytes.splice(part.end..part.end, copy.repeat(times));
            "bytes repeated"
        }
        2 => {
            let (_, donor) = corpus.project(random).file(random);
            let theirs = random.range(donor.len());
            bytes.splice(part, donor[theirs].iter().copied());
            "bytes of another file"
        }
        3 => {
            bytes.truncate(part.start);
            "cut off"
        }
        4 | 5 => {
            let odd = random.pick(ODD).copied().unwrap_or_default();
            let times = if random.one_in(20) { 3_000 } else { 1 };
            bytes.splice(part.start..part.start, odd.repeat(times));
            "odd bytes"
        }
        6 => {
            for byte in &mut bytes[part] {
                *byte = u8::try_from(random.next() & 0xff).unwrap_or(0);
            }
            "noise"
        }
        7 => {
            let inner = String::from_utf8_lossy(&bytes[part.clone()]).into_owned();
            let (nested, _) = nest::wrap(&inner, path, random);
            bytes.splice(part, nested.into_bytes());
            "bytes nested"
        }
        _ => {
            let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
            let (a, b) = (random.below(lines.len()), random.below(lines.len()));
            if a < lines.len() && b < lines.len() {
                lines.swap(a, b);
            }
            bytes = lines.concat();
            "lines exchanged"
        }
    };
    (bytes, told.to_owned())
}
