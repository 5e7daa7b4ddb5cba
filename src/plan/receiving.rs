//! The accounts that are entered because an entry of `recipients` covers them, by organization.

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::covered;
use super::labels;
use super::recipients::entries_wants;
use super::units::resolve_unit;
use crate::model::desired::{Desired, DesiredPortfolio, Recipients};
use crate::model::finding::Source;
use crate::model::id::{AccountId, Name};
use crate::model::live::Live;
use crate::model::organization::AccountStatus;
use crate::model::wants::Wants;

/// The accounts of one organization.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receiving {
    /// The accounts that are entered.
    pub accounts: BTreeSet<AccountId>,
    /// Suspended accounts that an entry names or covers. They are left alone.
    pub suspended: BTreeSet<AccountId>,
    /// Entries whose accounts can't be told, with the reason.
    pub untold: BTreeMap<Source, String>,
}

/// Finds these accounts for every organization, as far as what was read tells.
pub fn receiving(desired: &Desired, live: &Live) -> BTreeMap<Name, Receiving> {
    let mut all: BTreeMap<Name, Receiving> = BTreeMap::new();
    for wanted in desired.portfolios.values().filter(|wanted| !wanted.recipients.is_empty()) {
        let of = all.entry(wanted.organization.clone()).or_default();
        match covered(wanted, live) {
            Ok(covered) => of.accounts.extend(covered.into_keys()),
            Err(uncovered) => {
                let source = uncovered.blocked.source.unwrap_or_else(|| wanted.source.clone());
                of.untold.insert(source, uncovered.blocked.reason);
                // An account that is named by its id is entered even if other entries can't be told.
                of.accounts.extend(named(wanted).filter(|account| !is_suspended(wanted, account, live)).cloned());
            }
        }
        of.suspended.extend(suspended(wanted, live));
    }
    all
}

/// What [`receiving`] still needs to read, with the names of the accounts that entries name.
pub fn receiving_wants(desired: &Desired, live: &Live) -> Wants {
    let mut wants = Wants::default();
    for wanted in desired.portfolios.values().filter(|wanted| !wanted.recipients.is_empty()) {
        let of = wants.organizations.entry(wanted.organization.clone()).or_default();
        entries_wants(wanted, live, of);
        of.accounts.extend(named(wanted).cloned());
    }
    wants
}

fn named(wanted: &DesiredPortfolio) -> impl Iterator<Item = &AccountId> {
    wanted.recipients.iter().filter_map(|entry| match &entry.who {
        Recipients::Account(account) => Some(account),
        Recipients::Ou(_) | Recipients::Organization(_) => None,
    })
}

fn is_suspended(wanted: &DesiredPortfolio, account: &AccountId, live: &Live) -> bool {
    let organization = live.organization(&wanted.organization);
    organization.is_some_and(|it| labels::status(it, account) == AccountStatus::Suspended)
}

fn suspended(wanted: &DesiredPortfolio, live: &Live) -> BTreeSet<AccountId> {
    let Some(organization) = live.organization(&wanted.organization) else { return BTreeSet::new() };
    let about = wanted.recipients.iter().flat_map(|entry| {
        let all: BTreeSet<AccountId> = match &entry.who {
            Recipients::Account(account) => BTreeSet::from([account.clone()]),
            Recipients::Ou(ou) => {
                let unit = resolve_unit(ou, &wanted.organization, live).ok();
                unit.and_then(|unit| organization.members.get(&unit)).cloned().unwrap_or_default()
            }
            Recipients::Organization(_) => organization.accounts.keys().cloned().collect(),
        };
        all.into_iter().filter(|account| !entry.except.contains(account))
    });
    about.filter(|account| is_suspended(wanted, account, live)).collect()
}
