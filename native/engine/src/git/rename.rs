//! Pairs removed with added files the way git does by default (`-M`, 50 %): same content first,
//! then same file name, then the most alike. Similarity counts the bytes of equal lines.
//! It must agree with git: GitHub shows a renamed file under its new path only.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use gix::bstr::{BStr, ByteSlice};

use super::tree::{Delta, Entry};
use super::{Blob, Handle};
use crate::cancel::Cancel;

/// Similarities are counted in parts of this, as git does.
const SCORE_MAX: u64 = 60_000;
const SCORE_MIN: u64 = 30_000;
/// Files of the same name must be this alike to be paired without looking further.
const SCORE_SAME_NAME: u64 = 45_000;
/// Above this many removed × added files (squared) git looks for equal content only.
const CANDIDATES_MAX: usize = 1_000;
/// For each added file only the best few candidates are kept.
const CANDIDATES_PER_FILE: usize = 4;
/// Equal removed files looked at for one added file.
const EQUALS_MAX: usize = 100;
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// All profiles together (8 bytes each): 64 MiB.
const PROFILE_LINES_MAX: usize = 8 * 1024 * 1024;

/// Renames, and what remains removed and added.
pub(super) fn pair(handle: &Handle, removed: Vec<Entry>, added: Vec<Entry>, cancel: &Cancel) -> Vec<Delta> {
    let mut pairing = Pairing {
        source_of: vec![None; added.len()],
        used: vec![false; removed.len()],
        removed: &removed,
        added: &added,
    };
    pairing.equal_content();
    if pairing.open_removed().next().is_some() && pairing.open_added().next().is_some() {
        let mut profiles = Profiles::new(handle);
        pairing.same_name(&mut profiles);
        pairing.most_alike(&mut profiles, cancel);
    }
    let Pairing { source_of, used, .. } = pairing;
    let mut sources: Vec<Option<Entry>> = removed.into_iter().map(Some).collect();
    let mut deltas: Vec<Delta> = added
        .into_iter()
        .zip(source_of)
        .map(|(head, source)| Delta {
            base: source.and_then(|index| sources.get_mut(index).and_then(Option::take)),
            head: Some(head),
        })
        .collect();
    let gone = sources.into_iter().zip(used).filter(|(_, used)| !used);
    deltas.extend(gone.map(|(base, _)| Delta { base, head: None }));
    deltas
}

struct Pairing<'a> {
    removed: &'a [Entry],
    added: &'a [Entry],
    /// For each added file the removed one it came from.
    source_of: Vec<Option<usize>>,
    used: Vec<bool>,
}

impl Pairing<'_> {
    fn open_removed(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let open = self.removed.iter().enumerate();
        open.filter(|(index, _)| !self.used[*index])
    }

    fn open_added(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let open = self.added.iter().enumerate();
        open.filter(|(index, _)| self.source_of[*index].is_none())
    }

    fn take(&mut self, source: usize, target: usize) {
        self.used[source] = true;
        self.source_of[target] = Some(source);
    }

    fn equal_content(&mut self) {
        let mut by_id: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, entry) in self.removed.iter().enumerate() {
            by_id.entry(entry.id).or_default().push(index);
        }
        for target in 0..self.added.len() {
            let head = &self.added[target];
            let equals = by_id.get(&head.id).map_or(&[][..], Vec::as_slice);
            let free = equals.iter().copied().take(EQUALS_MAX).filter(|source| {
                let base = &self.removed[*source];
                !self.used[*source] && (base.kind == head.kind || (base.is_file() && head.is_file()))
            });
            // The first of the best: one with the same file name, else the first.
            let best = free.reduce(|best, other| {
                let same = |index: usize| name(&self.removed[index]) == name(head);
                if same(other) && !same(best) { other } else { best }
            });
            if let Some(source) = best {
                self.take(source, target);
            }
        }
    }

    /// A name that only one removed and one added file bear.
    fn same_name(&mut self, profiles: &mut Profiles<'_>) {
        let unique = |entries: &mut dyn Iterator<Item = (usize, &Entry)>| {
            let mut by_name: BTreeMap<Vec<u8>, Option<usize>> = BTreeMap::new();
            for (index, entry) in entries {
                by_name
                    .entry(name(entry).to_vec())
                    .and_modify(|seen| *seen = None)
                    .or_insert(Some(index));
            }
            by_name
        };
        let sources = unique(&mut self.open_removed());
        let targets = unique(&mut self.open_added());
        for (name, source) in sources {
            if let (Some(source), Some(Some(target))) = (source, targets.get(&name).copied())
                && profiles.similarity(&self.removed[source], &self.added[target]) >= SCORE_SAME_NAME
            {
                self.take(source, target);
            }
        }
    }

    fn most_alike(&mut self, profiles: &mut Profiles<'_>, cancel: &Cancel) {
        let sources: Vec<usize> = self.open_removed().map(|(index, _)| index).collect();
        let targets: Vec<usize> = self.open_added().map(|(index, _)| index).collect();
        if sources.len() * targets.len() > CANDIDATES_MAX * CANDIDATES_MAX {
            return;
        }
        let mut candidates = Vec::new();
        for &target in &targets {
            if cancel.is_stopped() {
                return;
            }
            let mut best: Vec<Candidate> = Vec::new();
            for &source in &sources {
                let (base, head) = (&self.removed[source], &self.added[target]);
                let score = profiles.similarity(base, head);
                if score >= SCORE_MIN {
                    let same_name = name(base) == name(head);
                    best.push(Candidate {
                        score,
                        same_name,
                        source,
                        target,
                    });
                }
            }
            best.sort_by_key(Candidate::order);
            best.truncate(CANDIDATES_PER_FILE);
            candidates.extend(best);
        }
        candidates.sort_by_key(Candidate::order);
        for Candidate { source, target, .. } in candidates {
            if !self.used[source] && self.source_of[target].is_none() {
                self.take(source, target);
            }
        }
    }
}

struct Candidate {
    score: u64,
    same_name: bool,
    source: usize,
    target: usize,
}

impl Candidate {
    fn order(&self) -> impl Ord + use<> {
        use std::cmp::Reverse;
        (
            Reverse(self.score),
            Reverse(self.same_name),
            self.target,
            self.source,
        )
    }
}

fn name(entry: &Entry) -> &BStr {
    let path = entry.path.as_bstr();
    path.rfind_byte(b'/')
        .map_or(path, |slash| path[slash + 1..].as_bstr())
}

/// The lines of a file as (hash, bytes in all equal lines), in order of hash.
struct Profile {
    size: u64,
    lines: Vec<(u32, u32)>,
}

struct Profiles<'a> {
    handle: &'a Handle,
    known: HashMap<gix::ObjectId, Option<Profile>>,
    lines_left: usize,
}

impl<'a> Profiles<'a> {
    fn new(handle: &'a Handle) -> Self {
        Self {
            handle,
            known: HashMap::new(),
            lines_left: PROFILE_LINES_MAX,
        }
    }

    /// 0 to `SCORE_MAX`; 0 too when a file is absent, too large or no regular file.
    fn similarity(&mut self, base: &Entry, head: &Entry) -> u64 {
        if !base.is_file() || !head.is_file() {
            return 0;
        }
        self.learn(base);
        self.learn(head);
        let profile = |id| self.known.get(id).and_then(Option::as_ref);
        let (Some(base), Some(head)) = (profile(&base.id), profile(&head.id)) else {
            return 0;
        };
        let larger = base.size.max(head.size);
        let delta = larger - base.size.min(head.size);
        if larger == 0 || larger * (SCORE_MAX - SCORE_MIN) < delta * SCORE_MAX {
            return 0;
        }
        copied(&base.lines, &head.lines) * SCORE_MAX / larger
    }

    fn learn(&mut self, entry: &Entry) {
        if self.known.contains_key(&entry.id) {
            return;
        }
        let profile = match self.handle.blob(entry.id, FILE_BYTES_MAX) {
            Blob::Bytes(bytes) if self.lines_left > 0 => Some(Profile {
                size: bytes.len() as u64,
                lines: lines(&bytes),
            }),
            _ => None,
        };
        let used = profile.as_ref().map_or(0, |profile| profile.lines.len());
        self.lines_left = self.lines_left.saturating_sub(used);
        self.known.insert(entry.id, profile);
    }
}

/// Lines, cut after 64 bytes as git does, so that long lines compare in parts.
fn lines(bytes: &[u8]) -> Vec<(u32, u32)> {
    let is_text = !bytes.iter().take(8000).any(|byte| *byte == 0);
    let mut found: Vec<(u32, u32)> = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let line = match line.strip_suffix(b"\r\n") {
            Some(stem) if is_text => [stem, b"\n"].concat(),
            _ => line.to_vec(),
        };
        for part in line.chunks(64) {
            let mut hasher = DefaultHasher::new();
            part.hash(&mut hasher);
            #[allow(clippy::cast_possible_truncation)]
            found.push((hasher.finish() as u32, part.len() as u32));
        }
    }
    found.sort_unstable();
    found.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 = kept.1.saturating_add(next.1);
        }
        same
    });
    found.shrink_to_fit();
    found
}

/// Bytes of lines that both sides have.
fn copied(base: &[(u32, u32)], head: &[(u32, u32)]) -> u64 {
    let (mut a, mut b, mut sum) = (0, 0, 0);
    while let (Some(left), Some(right)) = (base.get(a), head.get(b)) {
        match left.0.cmp(&right.0) {
            std::cmp::Ordering::Less => a += 1,
            std::cmp::Ordering::Greater => b += 1,
            std::cmp::Ordering::Equal => {
                sum += u64::from(left.1.min(right.1));
                a += 1;
                b += 1;
            }
        }
    }
    sum
}
