//! What is inside an account that a portfolio reaches. Whatever else is read of the inside of an account joins here.

use std::collections::{BTreeMap, BTreeSet};

use super::ways::Beside;
use crate::model::desired::DesiredRecipients;
use crate::model::finding::Source;
use crate::model::live::{Found, HubPlace};
use crate::model::recipient::{Principal, PrincipalRef, PrincipalType};
use crate::model::sight::{Inside, Launcher, Liveness, State, Way};
use crate::plan::resolve::hub_place;

/// Whether patterns that the owner set arrive with a share.
pub(super) fn brings_principals(ways: &[Way]) -> bool {
    ways.iter().any(|way| matches!(&way.live, Liveness::Live { share, .. } if share.principals() == Some(true)))
}

/// Who may launch, and who should.
pub(super) fn inside(beside: Beside<'_>, ways: &[Way], state: &State, entry: Option<&DesiredRecipients>) -> Inside {
    let Beside { account, above: _, wanted, portfolio: _, live: _ } = beside;
    let mut inside = Inside::default();
    let asked: BTreeMap<Principal, (&PrincipalRef, &Source)> = entry
        .into_iter()
        .flat_map(|entry| &entry.principals)
        .map(|it| (it.who.within(account, &wanted.region), (&it.who, &it.source)))
        .collect();
    let here = (account.clone(), wanted.region.clone());
    let live = match state {
        State::Has => listed(beside, &here, &mut inside.untold),
        State::Waits | State::Rejected | State::HasNot | State::Owns => Some(BTreeSet::new()),
        State::Suspended | State::CantTell(_) => None,
    };
    let owners: BTreeSet<Principal> = match state {
        State::Has if brings_principals(ways) => {
            listed(beside, &hub_place(wanted), &mut inside.untold).unwrap_or_default()
        }
        _ => BTreeSet::new(),
    };
    let owners: BTreeSet<Principal> = owners.into_iter().filter(|it| it.kind == PrincipalType::Pattern).collect();
    let all: BTreeSet<&Principal> = live.iter().flatten().chain(&owners).chain(asked.keys()).collect();
    inside.principals = all
        .into_iter()
        .map(|principal| {
            let listed = asked.get(principal);
            Launcher {
                principal: principal.clone(),
                label: principal.label(listed.map(|(who, _)| *who)),
                live: live.as_ref().map(|live| live.contains(principal)),
                listed: listed.map(|(_, source)| (*source).clone()),
                of_owner: owners.contains(principal),
            }
        })
        .collect();
    inside
}

/// Who may launch from the portfolio in one place.
fn listed(beside: Beside<'_>, place: &HubPlace, untold: &mut Vec<String>) -> Option<BTreeSet<Principal>> {
    let id = &beside.portfolio?.id;
    let account = &place.0;
    let reason = match beside.live.received.get(place).and_then(|it| it.principals.get(id)) {
        Some(Found::There(principals)) => return Some(principals.clone()),
        Some(Found::Unreadable(reason)) => reason.clone(),
        Some(Found::NotThere) => {
            format!("{account} should have portfolio {id} by a share, and AWS says there that it does not exist")
        }
        None => format!("who may launch from {id} in {account} was not read"),
    };
    untold.push(reason);
    None
}
