//! What the followers should become, worked out slowly from the whole world.

use catalog_sync::model::desired::Selector;
use catalog_sync::model::experience::{ExperienceStatus, Listing};

use super::case::{Case, Content, EXPERIENCES, Entry, Listings};

/// The experience that a selector means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    One(usize),
    /// Unknown: it may be any of that name, or any at all if the list could not be read.
    Doubt,
    None,
}

fn means(case: &Case, organization: usize, selector: &Selector<&'static str>) -> Means {
    let name = match selector {
        Selector::Id(one) => return Means::One(EXPERIENCES.iter().position(|(id, _)| id == one).unwrap()),
        Selector::Name(name) => name,
    };
    if case.unlisted[organization] {
        return Means::Doubt;
    }
    let bears = |at: &usize| EXPERIENCES[*at].1 == organization && case.names[*at] == name;
    let bearing: Vec<usize> = (0..EXPERIENCES.len()).filter(bears).collect();
    if bearing.len() > 1 && bearing.iter().any(|at| case.unread[*at]) {
        return Means::Doubt;
    }
    let usable: Vec<usize> =
        bearing.iter().copied().filter(|at| case.status[*at] != ExperienceStatus::Archived).collect();
    match (bearing.as_slice(), usable.as_slice()) {
        ([], _) => Means::None,
        ([one], _) | (_, [one]) => Means::One(*one),
        _ => Means::Doubt,
    }
}

/// Whether an entry governs an experience; `None` if that is unknown.
fn governs(case: &Case, entry: &Entry, at: usize) -> Option<bool> {
    let (name, organization) = EXPERIENCES[at];
    if organization != entry.organization {
        return Some(false);
    }
    match &entry.selector {
        Some(selector) => match means(case, organization, selector) {
            Means::One(one) => Some(one == at),
            Means::None => Some(false),
            Means::Doubt => {
                // An experience whose name was read and differs is not meant.
                let Selector::Name(wanted) = selector else { unreachable!() };
                (case.names[at] != wanted && !case.unread[at]).then_some(false)
            }
        },
        None if entry.except.contains(&name) || (!case.unread[at] && case.status[at] != ExperienceStatus::Enabled) => {
            Some(false)
        }
        None if case.unlisted[organization] || case.unread[at] => None,
        None => Some(true),
    }
}

/// The lists that an entry asks for in an experience; `None` if they are unknown or can't be followed.
pub(super) fn content(case: &Case, at: usize, of: usize) -> Option<Listings> {
    let entry = &case.entries[of];
    let (organization, which, ignored) = match &entry.content {
        Content::Listed(listings) => return Some(listings.clone()),
        Content::Mirrored { organization, which, ignored } => (*organization, which, ignored),
    };
    let Means::One(mirrored) = means(case, organization, which) else { return None };
    if mirrored == at || case.unread[mirrored] || case.status[mirrored] == ExperienceStatus::Archived {
        return None;
    }
    let others = || case.entries.iter().enumerate().filter(|(other, _)| *other != of);
    if others().any(|(_, other)| governs(case, other, mirrored).is_none()) {
        return None;
    }
    let governing: Vec<usize> =
        (0..case.entries.len()).filter(|other| governs(case, &case.entries[*other], mirrored) == Some(true)).collect();
    let after = match governing.as_slice() {
        [] => case.policies[mirrored].clone(),
        // A list can't mirror an experience that it governs: there it is blocked, and the live policy counts.
        [one] if *one == of => case.policies[mirrored].clone(),
        [one] => match &case.entries[*one].content {
            Content::Mirrored { .. } => return None,
            Content::Listed(wanted) => after(case.policies[mirrored].as_ref(), wanted, &[], case.entries[*one].keep),
        },
        _ => return None,
    };
    let mut after = after?;
    after.retain(|product, _| !ignored.contains(product));
    Some(after)
}

/// The lists of an experience after a list was applied; `None` if it has no policy and needs none.
pub(super) fn after(live: Option<&Listings>, wanted: &Listings, ignored: &[&str], keep: bool) -> Option<Listings> {
    if live.is_none() && keep && wanted.is_empty() {
        return None;
    }
    let mut after = live.cloned().unwrap_or_default();
    for (product, listing) in &mut after {
        let is_unlisted = !wanted.contains_key(product) && !ignored.contains(product);
        if *listing == Listing::Approved && is_unlisted && !keep {
            *listing = Listing::Denied;
        }
    }
    after.extend(wanted.clone());
    Some(after)
}

/// The lists after the catalog was applied. The outer `None` means that nothing may change, the inner one that there
/// is still no policy.
#[expect(clippy::option_option, reason = "lists that may not change are not those of an experience without a policy")]
pub(super) fn expected(case: &Case, at: usize) -> Option<Option<Listings>> {
    // Two entries clash only if both are known to govern the experience. An entry for which that is unknown governs
    // nothing.
    let governing: Vec<usize> =
        (0..case.entries.len()).filter(|of| governs(case, &case.entries[*of], at) == Some(true)).collect();
    let [of] = governing.as_slice() else { return None };
    if case.unread[at] || case.status[at] == ExperienceStatus::Archived {
        return None;
    }
    let wanted = content(case, at, *of)?;
    let entry = &case.entries[*of];
    let ignored = match &entry.content {
        Content::Listed(_) => &[][..],
        Content::Mirrored { ignored, .. } => ignored,
    };
    Some(after(case.policies[at].as_ref(), &wanted, ignored, entry.keep))
}
