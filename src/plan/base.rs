//! What the base asked for, by resource. It tells whether a change is drift, and which line of the base listed a thing.

use std::collections::BTreeMap;

use super::experience;
use super::governed::{ExperienceKeyOf, Governed, HubKey};
use super::marketplace::{edits, entry};
use super::portfolio;
use super::wanted::Wanted;
use crate::model::audience::AudiencePrincipal;
use crate::model::change::{Because, Change, Origin};
use crate::model::desired::ExperienceTerms;
use crate::model::edit::{ExperienceEdit, Family, HubEdit, Kind};
use crate::model::finding::Source;
use crate::model::live::Live;
use crate::model::portfolio::Receiver;

/// What the base asked for of one resource. There is none if the base could not be understood in full there, so that
/// nothing of it counts as drift.
struct Asked<E, L> {
    edits: BTreeMap<(Kind, String), E>,
    /// The lines of what it listed.
    lines: L,
}

/// What the base said of an experience.
struct Lines<'a> {
    products: Wanted,
    own: &'a ExperienceTerms,
    audience: BTreeMap<AudiencePrincipal, Source>,
}

/// What the base asked for, by resource.
#[derive(Default)]
pub(super) struct Before<'a> {
    hubs: BTreeMap<HubKey, Asked<HubEdit, portfolio::Asked<'a>>>,
    experiences: BTreeMap<ExperienceKeyOf, Asked<ExperienceEdit, Lines<'a>>>,
}

impl<'a> Before<'a> {
    pub(super) fn of(base: &Governed<'a>, live: &Live) -> Self {
        let mut before = Self::default();
        let clashes = base.hub_clashes();
        for hub in &base.hubs {
            let Some(key) = hub.key().filter(|key| !clashes.contains_key(key)) else { continue };
            if let Ok((edits, lines)) = portfolio::asked(&hub.wanted.organization, hub.wanted, &key.1, live) {
                before.hubs.insert(key, Asked { edits: keyed(edits), lines });
            }
        }
        let clashes = base.experience_clashes();
        for list in &base.lists {
            let Some(key) = list.key().filter(|key| !clashes.contains_key(key)) else { continue };
            let (Ok(subject), Ok(products)) = (&list.outcome, &list.wanted) else { continue };
            // The base has no base of its own here, so it can't be told whether its logo was new.
            let own = experience::edits(list.entry, *subject, None, live);
            let (Ok(own), Ok(audience)) = (own, experience::audience(list.entry, live)) else { continue };
            let products = products.clone();
            let edits = keyed(edits(list.entry, &products.lists, *subject).into_iter().chain(own).collect());
            let lines = Lines { products, own: &list.entry.terms, audience: audience.unwrap_or_default() };
            before.experiences.insert(key, Asked { edits, lines });
        }
        before
    }

    /// Whether the base lists a share of a portfolio, which means that the catalog has made it. An entry that has ended
    /// does not count: its share may have been removed long ago.
    pub(super) fn lists(&self, key: &HubKey, receiver: &Receiver) -> bool {
        self.hubs.get(key).is_some_and(|asked| asked.lines.entry(receiver).is_some_and(|(_, is_over)| !is_over))
    }

    /// What the base says of an experience itself, where that is known.
    pub(super) fn own(&self, key: &ExperienceKeyOf) -> Option<&ExperienceTerms> {
        self.experiences.get(key).map(|asked| asked.lines.own)
    }

    /// Sets the origin of a portfolio's changes, and the line of the base that listed what is removed.
    pub(super) fn attribute_hub(&self, key: &HubKey, changes: &mut [Change<HubEdit>]) {
        let Some(Asked { edits, lines }) = self.hubs.get(key) else { return };
        for change in changes {
            let before = lines.entry(&change.edit.share().receiver());
            attribute(change, edits, before);
        }
    }

    /// Sets the origin of an experience's changes, and the line of the base that listed what is removed.
    pub(super) fn attribute_experience(&self, key: &ExperienceKeyOf, changes: &mut [Change<ExperienceEdit>]) {
        let Some(Asked { edits, lines }) = self.experiences.get(key) else { return };
        for change in changes {
            let before = match &change.edit {
                ExperienceEdit::Product(product) => entry(&lines.products.lists, &product.product),
                ExperienceEdit::Leave(principal) => lines.audience.get(principal).map(|source| (source, false)),
                _ => None,
            };
            attribute(change, edits, before);
            // `Mirror` only if the base followed the same experience. What the base listed itself stays drift.
            let followed = lines.products.follows.as_ref().map(|followed| &followed.key);
            if let (Origin::Drift, Because::Mirrors(it)) = (change.about.origin, &change.about.because)
                && followed.is_some_and(|(account, experience)| (account, experience) == (&it.account, &it.experience))
            {
                change.about.origin = Origin::Mirror;
            }
        }
    }
}

fn keyed<E: Family>(edits: Vec<E>) -> BTreeMap<(Kind, String), E> {
    edits.into_iter().map(|edit| ((edit.edit().kind(), edit.edit().key()), edit)).collect()
}

/// `before` is the line of the base for the edited thing, and whether its `until` had passed.
fn attribute<E: Family>(change: &mut Change<E>, asked: &BTreeMap<(Kind, String), E>, before: Option<(&Source, bool)>) {
    let edit = change.edit.edit();
    let is_old = asked.get(&(edit.kind(), edit.key())).is_some_and(|asked| asked.edit().does_the_same(edit));
    if is_old {
        change.about.origin = Origin::Drift;
    }
    match (&mut change.about.because, before) {
        (because @ Because::Unlisted, Some((source, _))) => *because = Because::NoLongerListed(source.clone()),
        (Because::Expired(expiry), Some((_, true))) => expiry.is_due = is_old,
        (
            Because::Unlisted
            | Because::Expired(_)
            | Because::Listed(_)
            | Because::NoLongerListed(_)
            | Because::Mirrors(_),
            _,
        ) => {}
    }
}
