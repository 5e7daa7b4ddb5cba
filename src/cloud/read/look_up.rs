//! The names for people and the accounts below OUs, with as few calls as can be planned.
//!
//! The list of all accounts gives twenty accounts per call, with the OUs of each. Reading OU by OU takes at least two
//! calls for each OU. The number of accounts is known only at the end of the list. So the list is read as long as it
//! costs less than reading OU by OU is known to cost so far.

use std::collections::{BTreeMap, BTreeSet};

use super::accounts::{AccountList, describe};
use super::names::names;
use super::several::try_side_by_side;
use super::subtree::Subtrees;
use super::tree::{Organizations, PER_PAGE};
use crate::cloud::{CloudError, Meaning};
use crate::model::id::{AccountId, OuId};
use crate::model::organization::Organization;
use crate::model::wants::OrganizationWants;

/// Up to so many calls are made side by side and stay well within AWS's rates. For more, the list of all accounts is
/// tried.
const FEW: usize = 10;

/// Reads names, account statuses and the accounts below OUs. What can't be read stays unknown, and the sentences say
/// why. No change depends on it.
pub(super) async fn look_up(
    seat: &Organizations,
    organization: &mut Organization,
    wants: &OrganizationWants,
) -> Vec<String> {
    let OrganizationWants { paths: _, accounts, ways, units, everyone, tree: _ } = wants;
    let mut look = Look { seat, list: AccountList::new(seat), is_refused: false, troubles: BTreeSet::new() };
    let open = |organization: &Organization, unit: &&OuId| {
        !organization.members.contains_key(*unit) && !organization.missing.contains(*unit)
    };
    if *everyone {
        look.list_all(organization).await;
    }
    enter_listed(organization);
    let unknown: BTreeSet<OuId> = units.iter().filter(|unit| open(organization, unit)).cloned().collect();
    if !unknown.is_empty() {
        look.members(organization, &unknown, accounts).await;
    }
    // After the members, because most of the accounts are known from them.
    look.accounts(organization, accounts).await;
    names(seat, organization, units, &mut look.troubles).await;
    // An OU that has a name now and no account is empty.
    enter_empty(organization, units);
    super::way::read(seat, organization, ways).await;
    look.troubles.into_iter().collect()
}

struct Look<'a> {
    seat: &'a Organizations,
    list: AccountList<'a>,
    /// Whether the list can't be read.
    is_refused: bool,
    troubles: BTreeSet<String>,
}

impl Look<'_> {
    /// Reads the next page of the list of all accounts. `None` at its end, or if it can't be read.
    async fn next(&mut self, organization: &mut Organization) -> Option<Vec<AccountId>> {
        if organization.whole || self.is_refused {
            return None;
        }
        match self.list.next(organization).await {
            Ok(ids) => Some(ids),
            Err(error) => {
                self.is_refused = true;
                // If access to the list is denied, the accounts are described one by one, so nothing is lost.
                if error.meaning != Meaning::Denied {
                    self.troubles.insert(error.to_string());
                }
                None
            }
        }
    }

    async fn list_all(&mut self, organization: &mut Organization) {
        while !organization.whole {
            if let Err(error) = self.list.next(organization).await {
                self.is_refused = true;
                self.troubles.insert(error.to_string());
                return;
            }
        }
    }

    /// The accounts below OUs, from the list of all accounts, or level by level if that costs less.
    async fn members(
        &mut self,
        organization: &mut Organization,
        units: &BTreeSet<OuId>,
        accounts: &BTreeSet<AccountId>,
    ) {
        let mut subtrees = Subtrees::default();
        let unknown = accounts.iter().filter(|id| !is_known(organization, id)).count();
        let mut bound = Bound::new(units, unknown);
        let mut level = units.clone();
        while !level.is_empty() {
            let mut tells = true;
            while tells && bound.calls > FEW && self.list.pages() < bound.calls {
                let Some(ids) = self.next(organization).await else { break };
                let page = ids.iter().filter_map(|id| organization.accounts.get(id));
                for account in page {
                    match &account.above {
                        Some(above) => bound.learn(above),
                        None => tells = false,
                    }
                }
            }
            if enter_listed(organization) {
                return;
            }
            level = subtrees.level(self.seat, organization, &level, &mut self.troubles).await;
            bound.add(&level);
        }
        subtrees.enter(organization, units);
    }

    /// Reads the accounts that are wanted and not known yet.
    async fn accounts(&mut self, organization: &mut Organization, wanted: &BTreeSet<AccountId>) {
        let open = |organization: &Organization| -> Vec<AccountId> {
            wanted.iter().filter(|id| !is_known(organization, id)).cloned().collect()
        };
        let (unknown, read) = (open(organization).len(), self.list.pages());
        while unknown > FEW && self.list.pages() - read < unknown && !open(organization).is_empty() {
            if self.next(organization).await.is_none() {
                break;
            }
        }
        if organization.whole {
            let strangers = open(organization);
            organization.strangers.extend(strangers);
            return;
        }
        let (seat, id) = (self.seat, organization.id.clone());
        let described = try_side_by_side(open(organization).into_iter().map(|account| describe(seat, &id, account)));
        match described.await {
            Ok(described) => {
                for (id, found) in described {
                    match found {
                        Some(account) => drop(organization.accounts.insert(id, account)),
                        None => drop(organization.strangers.insert(id)),
                    }
                }
            }
            Err(error) => drop(self.troubles.insert(CloudError::to_string(&error))),
        }
    }
}

fn is_known(organization: &Organization, account: &AccountId) -> bool {
    organization.accounts.contains_key(account) || organization.strangers.contains(account)
}

/// Whether every account is known, with the OUs that it is in.
fn tells_all(organization: &Organization) -> bool {
    organization.whole && organization.accounts.values().all(|account| account.above.is_some())
}

/// Records the accounts below each OU, if the list of all accounts gives them. Returns whether it does.
fn enter_listed(organization: &mut Organization) -> bool {
    if !tells_all(organization) {
        return false;
    }
    let mut members: BTreeMap<OuId, BTreeSet<AccountId>> = BTreeMap::new();
    for (id, account) in &organization.accounts {
        for unit in account.above.iter().flatten() {
            members.entry(unit.clone()).or_default().insert(id.clone());
        }
    }
    organization.members.extend(members);
    true
}

/// Records OUs that exist and have no account, if every account is known.
fn enter_empty(organization: &mut Organization, units: &BTreeSet<OuId>) {
    if !tells_all(organization) {
        return;
    }
    for unit in units.iter().filter(|unit| organization.units.contains_key(unit)) {
        organization.members.entry(unit.clone()).or_default();
    }
}

/// The least number of calls that reading OU by OU takes, as far as is known.
struct Bound {
    calls: usize,
    /// The accounts seen so far that are direct children of an OU which would be read.
    direct: BTreeMap<OuId, usize>,
}

impl Bound {
    fn new(units: &BTreeSet<OuId>, accounts: usize) -> Self {
        let mut bound = Self { calls: accounts, direct: BTreeMap::new() };
        bound.add(units);
        bound
    }

    /// Each OU takes a list of its accounts and a list of its child OUs.
    fn add(&mut self, units: &BTreeSet<OuId>) {
        for unit in units {
            if self.direct.insert(unit.clone(), 0).is_none() {
                self.calls += 2;
            }
        }
    }

    /// Counts an account in these OUs, which are given from the root down.
    fn learn(&mut self, above: &[OuId]) {
        let Some(first) = above.iter().position(|unit| self.direct.contains_key(unit)) else { return };
        let below: BTreeSet<OuId> =
            above.iter().skip(first).filter(|unit| !self.direct.contains_key(unit)).cloned().collect();
        self.add(&below);
        if let Some(direct) = above.last().and_then(|unit| self.direct.get_mut(unit)) {
            self.calls += usize::from(*direct > 0 && *direct % PER_PAGE == 0);
            *direct += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(name: &str) -> OuId {
        format!("ou-acme-{name}0001").parse().unwrap()
    }

    #[test]
    fn bound_grows_with_units_and_pages_that_would_be_asked_for() {
        let mut bound = Bound::new(&BTreeSet::from([unit("work")]), 3);
        assert_eq!(bound.calls, 5);
        bound.learn(&[unit("other")]);
        assert_eq!(bound.calls, 5, "it is below none of the units");
        for _ in 0..20 {
            bound.learn(&[unit("work"), unit("prod")]);
        }
        assert_eq!(bound.calls, 7);
        bound.learn(&[unit("work"), unit("prod")]);
        assert_eq!(bound.calls, 8, "the next account is on a second page");
    }
}
