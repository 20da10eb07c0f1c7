//! Step 6: whether a site's key hangs on the element of an iteration (ANA-036).

use super::site::Site;
use super::taint::{IterationId, Via};

/// Open iterations on whose element, or index, the keys hang.
pub fn depends_on(site: &Site) -> impl Iterator<Item = IterationId> {
    let keyed = |id: IterationId| {
        site.taint
            .deps
            .iter()
            .any(|dep| dep.iteration == id && dep.via != Via::Carried)
    };
    site.iterations.iter().copied().filter(move |id| keyed(*id))
}

/// Whether the site hangs on nothing that a turn changes.
pub fn is_invariant(site: &Site, id: IterationId) -> bool {
    let inside = |other: &IterationId| {
        site.iterations
            .iter()
            .skip_while(|open| **open != id)
            .any(|open| open == other)
    };
    // What a call is given may well be asked for, on a way that was not followed.
    let given = site.calls.iter().map(|call| &call.given);
    !given
        .chain([&site.taint])
        .flat_map(|taint| taint.deps.iter().chain(&taint.batched))
        .any(|dep| inside(&dep.iteration))
}
