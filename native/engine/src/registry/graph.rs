//! Which class a name means, and which classes stand above another: names resolved by nearness,
//! parents followed with a bound. It must not know relations.

use super::Registry;
use super::model::{Model, Standing};
use crate::nplus1::words;

/// Classes above one, itself included: more than any application has.
pub(super) const ABOVE_MAX: usize = 64;

/// Classes of one name that are told apart.
const CANDIDATES_MAX: usize = 500;

/// From where a name is looked up.
pub(super) struct Near<'a> {
    pub path: &'a str,
    /// Qualified name of the class the name stands in.
    pub qualified: &'a str,
    /// Module, package, namespace or app the name was written with.
    pub within: Option<&'a str>,
}

impl<'a> Near<'a> {
    pub fn of(model: &'a Model, within: Option<&'a str>) -> Self {
        Near {
            path: &model.path,
            qualified: &model.qualified,
            within,
        }
    }
}

impl Registry {
    /// The classes of one short name.
    pub(super) fn named(&self, orm: &str, name: &str) -> &[usize] {
        self.by_name
            .get(orm)
            .and_then(|names| names.get(name))
            .map_or(&[], Vec::as_slice)
    }

    /// The nearest class of this name among those that `fits`: as the name was qualified, then in
    /// the enclosing namespaces, the same file, the nearest folder, the smallest path.
    pub(super) fn nearest(
        &self,
        orm: &str,
        name: &str,
        near: &Near<'_>,
        fits: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let named = self.named(orm, name);
        let mut best: Option<((u8, usize, bool, usize), usize)> = None;
        for id in named.iter().copied().filter(|id| fits(*id)).take(CANDIDATES_MAX) {
            let Some(model) = self.models.get(id) else {
                continue;
            };
            let rank = rank(model, near);
            // The first of equals has the smallest path.
            if best.as_ref().is_none_or(|(top, _)| rank > *top) {
                best = Some((rank, id));
            }
        }
        best.map(|(_, id)| id)
    }

    pub(super) fn nearest_model(&self, orm: &str, name: &str, near: &Near<'_>) -> Option<usize> {
        self.nearest(orm, name, near, |id| self.is_model.get(id) == Some(&true))
    }

    /// The class and all above it, nearest first, each once.
    pub(super) fn above(&self, id: usize) -> Vec<usize> {
        let mut found = vec![id];
        let mut at = 0;
        while let Some(next) = found.get(at).copied() {
            for parent in self.parents.get(next).into_iter().flatten() {
                if found.len() < ABOVE_MAX && !found.contains(parent) {
                    found.push(*parent);
                }
            }
            at += 1;
        }
        found
    }

    /// Parents by name. A class may lend to one of its own name in another namespace, never to itself.
    pub(super) fn parents_of(&self, id: usize) -> Vec<usize> {
        let Some(model) = self.models.get(id) else {
            return Vec::new();
        };
        // `db.Order.hasMany(…)` says nothing about where the class is.
        let adds = model.standing == Standing::Adds;
        let mut parents = Vec::new();
        for base in model.bases.iter().take(ABOVE_MAX) {
            let (within, name) = match base.rsplit_once('.') {
                Some((within, name)) => (Some(within), name),
                None => (None, base.as_str()),
            };
            let near = Near::of(model, within);
            let fits = |other: usize| {
                let class = self.models.get(other).filter(|it| it.standing != Standing::Adds);
                other != id
                    && class.is_some_and(|it| adds || within.is_none_or(|within| may_be_in(it, within)))
            };
            let found = self.nearest(&model.orm, name, &near, fits);
            let class = words::camel(name);
            let found = found.or_else(|| adds.then(|| self.nearest(&model.orm, &class, &near, fits))?);
            if let Some(parent) = found
                && !parents.contains(&parent)
            {
                parents.push(parent);
            }
        }
        parents
    }
}

fn rank(model: &Model, near: &Near<'_>) -> (u8, usize, bool, usize) {
    let within = near.within.map_or(0, |within| qualification(model, within));
    (
        within,
        enclosing(model, near.qualified),
        model.path == near.path,
        shared_folders(&model.path, near.path),
    )
}

/// How well a class fits the module, package, namespace or app its name was written with.
fn qualification(model: &Model, within: &str) -> u8 {
    let namespace = model.qualified.strip_suffix(model.name.as_str()).unwrap_or("");
    let namespace = namespace.trim_end_matches('.');
    if !namespace.is_empty() && (namespace == within || namespace.ends_with(&format!(".{within}"))) {
        return 3;
    }
    let segments = segments(within);
    if segments.is_empty() {
        return 0;
    }
    let stem = model
        .path
        .rsplit_once('.')
        .map_or(model.path.as_str(), |(stem, _)| stem);
    let path: Vec<&str> = stem.split('/').collect();
    if path.ends_with(&segments) {
        3
    } else if path
        .windows(segments.len())
        .any(|window| window == segments.as_slice())
    {
        2
    } else {
        // A package's own name may not be among the folders.
        u8::from(segments.len() > 1 && segments.last().is_some_and(|last| path.contains(last)))
    }
}

/// Whether anything of a module or namespace is in a class's own. A parent from a library shares
/// its short name with many: `ActionMailer::Base`.
fn may_be_in(model: &Model, within: &str) -> bool {
    let segments = segments(within);
    let mut own = model.path.split(['/', '.']).chain(model.qualified.split('.'));
    segments.is_empty() || own.any(|part| segments.contains(&part))
}

fn segments(within: &str) -> Vec<&str> {
    within
        .split(['.', '/', '\\'])
        .map(|part| part.trim_start_matches(['@', '~', '#']))
        .filter(|part| !part.is_empty() && *part != "src")
        .collect()
}

/// Length of the namespace around a class, if the place it is looked up from lies in it.
fn enclosing(model: &Model, from: &str) -> usize {
    let namespace = model.qualified.strip_suffix(model.name.as_str()).unwrap_or("");
    if namespace.is_empty() {
        return 1;
    }
    if from.starts_with(namespace) {
        1 + namespace.len()
    } else {
        0
    }
}

fn shared_folders(a: &str, b: &str) -> usize {
    let folders = |path: &str| path.rsplit_once('/').map_or(0, |(folder, _)| folder.len());
    let (a_folders, b_folders) = (folders(a), folders(b));
    let a = a.get(..a_folders).unwrap_or("").split('/');
    let b = b.get(..b_folders).unwrap_or("").split('/');
    a.zip(b).take_while(|(a, b)| a == b).count()
}
