//! The least number of calls that a piece of work can do with, counted from the estate and the limits that AWS
//! publishes, without a look at the tool: every page full, every batch full, nothing asked twice, nothing asked that the
//! catalog does not need. And the least time: the longest chain of calls that need each other's answers, the calls
//! that fit through at once, the rates that the tool keeps to.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use catalog_sync::sandbox::ShareTarget;

use super::{Disturbed, Estate, GROUPS, PRODUCTS_ADDED, PRODUCTS_LOST, RESIDENTS, UNIT_SHARES, UNITS, UNITS_LOST};

/// Calls by operation.
pub(crate) type Calls = BTreeMap<String, usize>;

/// The largest pages and batches (each service's API reference).
const SHARE_PAGE: usize = 100;
const PORTFOLIO_PAGE: usize = 100;
const ENTITY_PAGE: usize = 50;
const ENTITY_BATCH: usize = 20;
const TREE_PAGE: usize = 20;
/// Nodes in a page of those that a portfolio is shared with themselves.
const OWN_PAGE: usize = 20;
/// Product ids in one question to the marketplace.
const SEARCH: usize = 30;
/// Ids in one Allow or Deny of a change set.
const IDS: usize = 50;
/// Accounts of an organization that are in none of its units.
const STAFF: usize = 3;

/// Part of a piece of work whose calls can begin only when the part before has ended.
pub(crate) struct Phase {
    pub(crate) calls: Calls,
    /// How many calls of the longest chain.
    pub(crate) chain: usize,
    /// How many of the chain come before anything else can: credentials.
    pub(crate) entrance: usize,
    /// The most calls of one operation in one organization, with the rate that AWS publishes: a burst, then so many a
    /// second.
    pub(crate) crowded: Vec<(usize, usize, usize)>,
}

impl Phase {
    /// The least time at a latency, with so many calls in flight at once.
    pub(crate) fn least_time(&self, latency: Duration, in_flight: usize) -> Duration {
        let sessions = self.calls.get("AssumeRole").copied().unwrap_or_default();
        let others = self.calls.values().sum::<usize>() - sessions;
        let times = |count: usize| latency * u32::try_from(count).unwrap_or(u32::MAX);
        let entrance = times(self.entrance);
        let crowded = self.crowded.iter().map(|(calls, burst, per_second)| {
            let late = u32::try_from(calls.saturating_sub(*burst)).unwrap_or(u32::MAX);
            entrance + Duration::from_secs(1) * late / u32::try_from(*per_second).unwrap_or(1) + latency
        });
        let through = entrance + times(others.div_ceil(in_flight));
        crowded.chain([times(self.chain), through]).max().unwrap_or_default()
    }
}

fn calls<const N: usize>(counts: [(&str, usize); N]) -> Calls {
    counts.into_iter().filter(|(_, count)| *count > 0).map(|(name, count)| (name.to_owned(), count)).collect()
}

impl Estate {
    fn owners(&self) -> BTreeSet<usize> {
        (0..self.portfolios).map(|portfolio| self.owner(portfolio)).collect()
    }

    /// What it takes to know all that the catalog names.
    ///
    /// One session for the entry role and one for each account; that each organization is the right one, once; from
    /// the root down to the units that shares name; the list of portfolios, since they are named by name, and the
    /// shares of each by type, since AWS takes one type at a time; the list of experiences, then all of an
    /// organization's experiences and all of their policies in a batch each.
    pub(crate) fn reading(&self) -> Phase {
        let owners = self.owners();
        let types = [self.account_shares(), super::MEMBER_SHARES, UNIT_SHARES, 1];
        let pages: usize = types.iter().map(|shares| shares.div_ceil(SHARE_PAGE).max(1)).sum();
        let groups = UNIT_SHARES.div_ceil(UNITS).min(GROUPS);
        let batches = self.experiences.div_ceil(ENTITY_BATCH);
        // Organizations is asked from the account that owns portfolios; all settings here name one.
        let accounts = 2 * self.organizations;
        let lists = |owner: &usize| self.owned(*owner).count().div_ceil(PORTFOLIO_PAGE);
        Phase {
            calls: calls([
                ("AssumeRole", 1 + accounts),
                ("DescribeOrganization", self.organizations),
                ("ListRoots", owners.len()),
                ("ListOrganizationalUnitsForParent", owners.len() * (1 + groups)),
                ("ListPortfolios", owners.iter().map(lists).sum()),
                ("DescribePortfolioShares", self.portfolios * pages),
                ("ListEntities", self.organizations * self.experiences.div_ceil(ENTITY_PAGE)),
                ("BatchDescribeEntities", self.organizations * 2 * batches),
            ]),
            // Entry, account, organization, then root, its units, theirs; or list, experiences, policies.
            chain: 6,
            entrance: 2,
            crowded: vec![(1 + groups, 8, 5)],
        }
    }

    /// What it takes to write files of all of it: what a plan reads, and whose each share with a unit or a member is, since a
    /// row may be there by a node above; the names of all accounts, since shares speak of all of them, which say where each
    /// is, too, so that units need their names alone: a list below the root and below each group, or a description where a
    /// group has one that is shared with; whom experiences govern, which is nobody: an empty list is asked for the other way,
    /// too, as that of experiences is; and what the marketplace calls the products, once for all organizations.
    pub(crate) fn importing(&self) -> Phase {
        let Phase { mut calls, chain, entrance, .. } = self.reading();
        let owners = self.owners();
        let everyone = (STAFF + GROUPS * UNITS * RESIDENTS).div_ceil(TREE_PAGE);
        let own = super::MEMBER_SHARES.div_ceil(OWN_PAGE) + UNIT_SHARES.div_ceil(OWN_PAGE);
        let more = [
            ("ListOrganizationPortfolioAccess", self.portfolios * own),
            ("ListAccounts", owners.len() * everyone),
            ("ListEntities", self.organizations * 2),
            ("SearchListings", self.products.div_ceil(SEARCH)),
        ];
        calls.remove("ListRoots");
        let single = usize::from(UNIT_SHARES % UNITS == 1) * owners.len();
        calls.entry("ListOrganizationalUnitsForParent".to_owned()).and_modify(|lists| *lists -= single);
        calls.insert("DescribeOrganizationalUnit".to_owned(), single);
        for (operation, count) in more {
            *calls.entry(operation.to_owned()).or_default() += count;
        }
        // Experiences, policies, then the names of the products; or all accounts, page after page.
        let chain = (chain + 1).max(entrance + 2 + everyone);
        Phase {
            calls,
            chain,
            entrance,
            crowded: vec![(1 + GROUPS, 8, 5), (everyone, 12, 8), (self.products.div_ceil(SEARCH), 5, 5)],
        }
    }

    /// What it takes to name what [`Estate::disturb`] changed: each account, and who is in the units that gain or lose a
    /// share, themselves and below. The list of all accounts tells all of it. Or units are asked one by one, and accounts
    /// are listed up to the last one that is wanted or asked for one by one, whichever is less: who asks can't know
    /// beforehand. And for each account with shares to make whether it may share with its organization. And the names of
    /// the products: all experiences gain and lose the same.
    pub(crate) fn naming(&self) -> Phase {
        let (mut below, mut listed, mut longest, mut described, mut most) = (0, 0, 0, 0, 0);
        for organization in 0..self.organizations {
            let mut units = BTreeSet::new();
            // The accounts that the calls are made in: that of the marketplace always, the hub where it owns anything.
            let mut accounts = BTreeSet::from([super::account_id(organization, super::MARKET)]);
            for portfolio in self.owned(organization) {
                accounts.insert(super::account_id(organization, super::HUB));
                let Disturbed { lost, added, changed } = self.disturbed(portfolio);
                for share in lost.into_iter().chain(added).chain(changed) {
                    match share {
                        ShareTarget::Account(id) | ShareTarget::Member(id) => drop(accounts.insert(id)),
                        ShareTarget::Ou(id) | ShareTarget::Organization(id) => drop(units.insert(id)),
                    }
                }
            }
            let residents = (0..GROUPS * UNITS * RESIDENTS)
                .filter(|resident| units.contains(&super::unit_id(organization, resident / RESIDENTS)));
            let seen: BTreeSet<String> = residents.map(|resident| super::resident_id(organization, resident)).collect();
            let open = accounts.difference(&seen).count();
            // As the sandbox lists them: those right below the root, then the units in their order.
            let staff = (0..STAFF).map(|account| super::account_id(organization, account));
            let everyone = staff.chain((0..GROUPS * UNITS * RESIDENTS).map(|it| super::resident_id(organization, it)));
            let wanted = everyone.enumerate().filter(|(_, id)| accounts.contains(id) && !seen.contains(id));
            let pages = wanted.last().map_or(0, |(index, _)| index / TREE_PAGE + 1);
            // The list of all accounts says which units they are in; so it takes the place of everything else.
            let whole = (STAFF + GROUPS * UNITS * RESIDENTS).div_ceil(TREE_PAGE);
            let one_by_one = 2 * units.len() + open.min(pages);
            if whole < one_by_one {
                listed += whole;
                longest = longest.max(whole);
                continue;
            }
            below += units.len();
            if open > pages {
                listed += pages;
                longest = longest.max(pages);
            } else {
                described += open;
            }
            most = most.max(units.len());
        }
        Phase {
            calls: calls([
                ("ListAccountsForParent", below * RESIDENTS.div_ceil(TREE_PAGE)),
                ("ListOrganizationalUnitsForParent", below),
                ("ListAccounts", listed),
                ("DescribeAccount", described),
                ("GetAWSOrganizationsAccessStatus", self.owners().len()),
                ("SearchListings", (PRODUCTS_LOST + PRODUCTS_ADDED).div_ceil(SEARCH)),
            ]),
            // A unit's accounts, then the accounts that were not among them; or all accounts, page after page.
            chain: usize::from(below > 0) + longest.max(usize::from(described > 0)),
            entrance: 0,
            crowded: vec![(most, 8, 5), (longest, 12, 8)],
        }
    }

    /// What it takes to make right what [`Estate::disturb`] changed: a look at what is about to be changed, since the
    /// writer promises to overwrite nobody's work; a call for each share, a look at the end of those that go on after
    /// the call, and one at whom a new share with a unit has reached, since AWS calls some complete that missed accounts;
    /// as few change sets as fit, approvals before denials, a look at the end of each, and one at what is live after it,
    /// since AWS may have left a product out.
    pub(crate) fn applying(&self) -> Calls {
        let shares = |portfolio: usize| self.disturbed(portfolio);
        let all = || (0..self.portfolios).map(shares);
        let created: usize = all().map(|it| it.lost.len()).sum();
        let removed: usize = all().map(|it| it.added.len()).sum();
        let updated: usize = all().map(|it| it.changed.len()).sum();
        let experiences = self.organizations * self.experiences;
        // The last set with approvals has room for denials.
        let sets = PRODUCTS_LOST.div_ceil(IDS) + PRODUCTS_ADDED.div_ceil(IDS) - 1;
        calls([
            ("DescribePortfolioShares", self.portfolios * 3),
            ("CreatePortfolioShare", created),
            ("DeletePortfolioShare", removed),
            ("UpdatePortfolioShare", updated),
            ("DescribePortfolioShareStatus", updated + UNITS_LOST * self.portfolios),
            ("ListPortfolioAccess", UNITS_LOST * self.portfolios),
            ("BatchDescribeEntities", experiences * (1 + sets)),
            ("StartChangeSet", experiences * sets),
            ("DescribeChangeSet", experiences * sets),
        ])
    }
}
