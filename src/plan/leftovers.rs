//! Finds local portfolios that several entries lead to, and those with the tag that no entry asks for.

use std::collections::{BTreeMap, BTreeSet};

use super::planned::{Blocked, Planned, Recipient};
use crate::model::change::{Resource, Work};
use crate::model::finding::Warning;
use crate::model::id::{AccountId, PortfolioId, Region};
use crate::model::live::{HubPlace, Live, Reading};
use crate::model::local::TAG;
use crate::model::target::TargetName;

/// A local portfolio: its account, region and id.
type Key = (AccountId, Region, PortfolioId);

fn region(name: &TargetName) -> Option<&Region> {
    match name {
        TargetName::Recipient { file: _, account: _, region } => Some(region),
        TargetName::Portfolio { .. } | TargetName::Marketplace { .. } => None,
    }
}

/// The local portfolio that a target works on, if it exists.
fn claimed(recipient: &Recipient<'_>) -> Option<Key> {
    let Ok(Planned { work: Work::Recipient { local: Some(Resource { id: Some(id), .. }), .. }, .. }) =
        &recipient.planned
    else {
        return None;
    };
    Some((recipient.account.clone(), region(&recipient.name)?.clone(), id.clone()))
}

/// Blocks targets that lead to one local portfolio, since they would undo each other's work in every apply. Files that
/// are renamed in a circle lead to this.
pub(super) fn refuse_shared(recipients: &mut [Recipient<'_>]) {
    let mut claims: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (at, recipient) in recipients.iter().enumerate() {
        if let Some(key) = claimed(recipient) {
            claims.entry(key).or_default().push(at);
        }
    }
    for ((account, _, id), several) in claims.into_iter().filter(|(_, several)| several.len() > 1) {
        let names = several.iter().filter_map(|at| Some(recipients.get(*at)?.name.to_string()));
        let names = names.collect::<Vec<_>>().join(" and ");
        for at in several {
            let reason = format!(
                "{names} lead to one portfolio of account {account}, {id}, by its tag {TAG}: correct the tag, or the names of \
                 the files"
            );
            if let Some(recipient) = recipients.get_mut(at) {
                recipient.planned = Err(Blocked::unreadable(reason));
            }
        }
    }
}

/// Warns of local portfolios with the tag that no entry asks for, in accounts whose portfolios were read anyway. Each
/// one is in one warning, in the target of the file that made it if there is one.
pub(super) fn tell(recipients: &mut [Recipient<'_>], live: &Live) {
    let claimed: BTreeSet<Key> = recipients.iter().filter_map(claimed).collect();
    let mut here: BTreeMap<HubPlace, Vec<usize>> = BTreeMap::new();
    for (index, Recipient { name, account, planned, .. }) in recipients.iter().enumerate() {
        if let (Ok(_), Some(region)) = (planned, region(name)) {
            here.entry((account.clone(), region.clone())).or_default().push(index);
        }
    }
    let mut told: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (place, received) in &live.received {
        let (Some(Reading::Complete(own)), Some(here)) = (&received.own, here.get(place)) else { continue };
        let by_file = |index: usize| recipients.get(index).map(|recipient| (recipient.name.file(), index));
        let by_file: BTreeMap<_, _> = here.iter().filter_map(|index| by_file(*index)).collect();
        for (id, portfolio) in own {
            let Some(tag) = &portfolio.tag else { continue };
            if claimed.contains(&(place.0.clone(), place.1.clone(), id.clone())) {
                continue;
            }
            if let Some(index) = by_file.get(tag).or(here.first()) {
                told.entry(*index).or_default().push(format!("{} ({id}, {TAG}={tag})", portfolio.name));
            }
        }
    }
    for (index, names) in told {
        let Some(Recipient { account, planned: Ok(planned), .. }) = recipients.get_mut(index) else { continue };
        let carry = match names.len() {
            1 => "1 portfolio carries".to_owned(),
            number => format!("{number} portfolios carry"),
        };
        let message = format!(
            "in account {account} {carry} the tag {TAG} without an entry that asks for it: {}. Left alone: a plan whose base is \
             the commit that still had the entry removes it",
            names.join(", ")
        );
        planned.warnings.push(Warning { code: "leftover_portfolio".to_owned(), message, source: None });
    }
}
