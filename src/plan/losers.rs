//! Finds the accounts that a plan takes something from: a removed share reaches them, and no other share of the
//! portfolio does afterwards. A share that is not known to reach an account counts as not reaching it.

use std::collections::{BTreeMap, BTreeSet};

use super::labels;
use crate::model::change::{Change, IncompleteShare, Resource, Target, TargetState, Work};
use crate::model::edit::{Delta, HubEdit};
use crate::model::id::AccountId;
use crate::model::live::Live;
use crate::model::organization::{AccountStatus, Organization};
use crate::model::portfolio::{LiveShare, Portfolio, Receiver};

/// Sets for every change which accounts lose something by it.
pub(super) fn find(targets: &mut [Target], live: &Live) {
    for target in targets {
        let Target {
            name: _,
            organization,
            account,
            account_name,
            region,
            state,
            warnings: _,
            silenced: _,
            incomplete_shares,
        } = target;
        let TargetState::Complete { work, left_alone: _ } = state else { continue };
        match work {
            Work::Hub { portfolio: Resource { id, name: _ }, changes } => {
                let place = (account.clone(), region.clone());
                if let Some(portfolio) = id.as_ref().and_then(|id| live.portfolio(&place, id)) {
                    let is_own = |receiver: &Receiver| !live.only_inherits(&place, &portfolio.id, receiver);
                    of_portfolio(portfolio, changes, live.organization(organization), is_own, incomplete_shares);
                    // The owner keeps its portfolio whatever becomes of a share.
                    for change in changes {
                        change.about.takes_from.iter_mut().for_each(|losers| drop(losers.remove(account)));
                    }
                }
            }
            Work::Recipient { imported: _, local: _, changes } => {
                for change in changes.iter_mut().filter(|change| change.seen().edit.takes_away()) {
                    let loser = (account.clone(), account_name.clone().unwrap_or_default());
                    change.about.takes_from = Some(BTreeMap::from([loser]));
                }
            }
            // `audiences.rs` counts the accounts that lose a product, once the audiences are read.
            Work::Experience { experience: _, policy: _, changes: _ } => {}
        }
    }
}

/// `is_own` says whether a live row is a share of its own. A row that is not goes with the share above it.
fn of_portfolio(
    portfolio: &Portfolio,
    changes: &mut [Change<HubEdit>],
    organization: Option<&Organization>,
    is_own: impl Fn(&Receiver) -> bool,
    incomplete: &[IncompleteShare],
) {
    if !changes.iter().any(|change| change.seen().edit.takes_away()) {
        return;
    }
    let mut gone = BTreeSet::new();
    let mut stays: BTreeSet<&AccountId> = BTreeSet::new();
    let receivers: Vec<(bool, Receiver)> = changes.iter().filter_map(made_or_taken).collect();
    for (is_made, receiver) in &receivers {
        if *is_made && arrives_accepted(receiver) {
            stays.extend(reached(receiver, organization).into_iter().flatten());
        }
        if !*is_made {
            gone.insert(receiver);
        }
    }
    let kept = portfolio.shares.iter().filter(|(receiver, _)| !gone.contains(receiver) && is_own(receiver));
    for (receiver, LiveShare { share: _, accepted }) in kept {
        if *accepted || arrives_accepted(receiver) {
            stays.extend(reached(receiver, organization).into_iter().flatten());
        }
    }
    for change in changes {
        let receiver = change.edit.share().receiver();
        let accounts = reached(&receiver, organization);
        let losers = match &change.edit {
            HubEdit::Share(Delta::Create(_)) => None,
            HubEdit::Share(Delta::Remove(_)) => {
                accounts.map(|all| all.into_iter().filter(|it| !stays.contains(it)).collect())
            }
            HubEdit::Share(Delta::Update { before: _, after: _ }) => {
                accounts.filter(|_| change.seen().edit.takes_away())
            }
            // A repair takes access away until the share is made again. Accounts that the share missed have nothing to
            // lose.
            HubEdit::Repair(_) => {
                let missing = incomplete.iter().find(|it| it.receiver == receiver).map(|it| &it.missing);
                let has_it = |it: &&AccountId| !missing.is_some_and(|missing| missing.contains(*it));
                accounts.map(|all| all.into_iter().filter(has_it).collect())
            }
        };
        change.about.takes_from = losers.map(|all: Vec<&AccountId>| named(&all, &receiver, organization));
    }
}

/// Whether such a share gives an account the portfolio at once. A share from account to account has to be accepted
/// first.
fn arrives_accepted(receiver: &Receiver) -> bool {
    match receiver {
        Receiver::Account(_) => false,
        Receiver::Member(_) | Receiver::Ou(_) | Receiver::Organization(_) => true,
    }
}

/// The receiver of a share that is made (true) or removed (false).
fn made_or_taken(change: &Change<HubEdit>) -> Option<(bool, Receiver)> {
    match &change.edit {
        HubEdit::Share(Delta::Create(share)) => Some((true, share.receiver())),
        HubEdit::Share(Delta::Remove(share)) => Some((false, share.receiver())),
        HubEdit::Share(Delta::Update { before: _, after: _ }) | HubEdit::Repair(_) => None,
    }
}

/// The accounts that a share reaches. `None` if they were not looked up.
fn reached<'a>(receiver: &'a Receiver, organization: Option<&'a Organization>) -> Option<Vec<&'a AccountId>> {
    match receiver {
        Receiver::Account(account) | Receiver::Member(account) => Some(vec![account]),
        Receiver::Ou(ou) => Some(organization?.members.get(ou)?.iter().collect()),
        Receiver::Organization(id) => {
            let organization = organization.filter(|it| it.id == *id && it.whole)?;
            Some(organization.accounts.keys().collect())
        }
    }
}

/// The accounts with their names. A share with a node takes nothing from suspended accounts, since nobody works in
/// them.
fn named(
    accounts: &[&AccountId],
    receiver: &Receiver,
    organization: Option<&Organization>,
) -> BTreeMap<AccountId, String> {
    let is_node = match receiver {
        Receiver::Ou(_) | Receiver::Organization(_) => true,
        Receiver::Account(_) | Receiver::Member(_) => false,
    };
    let is_active = |account: &AccountId| {
        organization.is_none_or(|organization| labels::status(organization, account) == AccountStatus::Active)
    };
    let name = |account: &AccountId| {
        let name = organization.and_then(|organization| organization.account_name(account));
        name.unwrap_or_default().to_owned()
    };
    let losing = accounts.iter().filter(|account| !is_node || is_active(account));
    losing.map(|account| ((*account).clone(), name(account))).collect()
}
