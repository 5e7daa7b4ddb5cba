//! Live → catalog files: a portfolio's with its shares, a product list's with its experiences. Pure.

mod adopt;
mod experiences;
mod local;
mod naming;
mod portfolios;
mod recipients;
mod wants;
mod what;

use std::collections::BTreeSet;

pub use adopt::{Adoption, Stray, adoptions, strays};
pub use wants::import_wants;
use what::Owners;
pub use what::{Taken, What};

use super::governed::Governed;
use crate::model::desired::Desired;
use crate::model::draft::Draft;
use crate::model::live::{Live, Reading};

/// Sentences about the names and ids that were asked for and are in none of the lists that could be read.
fn not_found(what: &What, desired: &Desired, live: &Live) -> Vec<String> {
    let (mut portfolios, mut experiences): (BTreeSet<&str>, BTreeSet<&str>) = Default::default();
    for (_, settings) in what.organizations(&desired.settings) {
        let of_account = live
            .portfolios
            .iter()
            .filter(|((account, _), _)| Some(account) == settings.service_catalog_account.as_ref());
        for (_, shelf) in of_account {
            if let Some(Reading::Complete(listed)) = &shelf.listed {
                portfolios.extend(listed.iter().flat_map(|named| [named.id.as_str(), named.name.as_str()]));
            }
        }
        let shelf = settings.marketplace_account.as_ref().and_then(|account| live.experiences.get(account));
        if let Some(Reading::Complete(listed)) = shelf.and_then(|shelf| shelf.listed.as_ref()) {
            experiences.extend(listed.iter().flat_map(|named| [named.id.as_str(), named.name.as_str()]));
        }
    }
    let of_kind = |asked: &BTreeSet<String>, borne: &BTreeSet<&str>, kind: &str| {
        let missing = asked.iter().filter(|asked| !borne.contains(asked.as_str()));
        missing.map(|asked| format!("no {kind} of that name or id was found: {asked}")).collect::<Vec<_>>()
    };
    [of_kind(&what.portfolios, &portfolios, "portfolio"), of_kind(&what.experiences, &experiences, "experience")]
        .concat()
}

/// Drafts files of the chosen resources as they are live. A resource that a file governs already is left out with a
/// sentence, unless the files are to be rewritten.
pub fn draft(what: &What, desired: &Desired, taken: &Taken, live: &Live) -> Draft {
    let governed = Governed::of(desired, live);
    let portfolios = governed.hubs.iter().map(|hub| (hub.key(), hub.name.file()));
    let portfolios = Owners::new(portfolios, taken.rewrite);
    let experiences = governed.lists.iter().map(|list| (list.key(), list.name.file()));
    let experiences = Owners::new(experiences, taken.rewrite);
    let mut drawn = Draft::default();
    for (name, settings) in what.organizations(&desired.settings) {
        if let Some(Err(reason)) = live.organizations.get(name).map(Reading::as_result) {
            drawn.unread.push(reason.to_owned());
        }
        if settings.service_catalog_account.is_some() && what.portfolios() && desired.settings.regions.is_empty() {
            drawn.left_out.push(format!(
                "the portfolios of {name}: no region is known to look in. Name them under `regions` in settings.yaml"
            ));
        }
    }
    drawn.unread.extend(not_found(what, desired, live));
    if what.portfolios() {
        portfolios::draw(what, desired, (&portfolios, &taken.portfolios), live, &mut drawn);
    }
    if what.experiences() {
        experiences::draw(what, desired, (&experiences, &taken.lists), live, &mut drawn);
    }
    if what.recipients {
        // The accounts below a node may be unknown, so that entries are missing.
        drawn.unread.extend(live.troubles.iter().cloned());
    } else {
        // Only names are missing, and nothing else in a file depends on them.
        drawn.left_out.extend(live.troubles.iter().map(|trouble| format!("a name: {trouble}")));
    }
    drawn
}
