//! The least number of calls for a piece of work. It is counted from the estate and the limits that AWS publishes,
//! independently of the tool: every page and batch full, no question asked twice, no question that the catalog does
//! not need. The least time is the longest of three: the longest chain of calls that need each other's answers, all
//! calls at the allowed concurrency, and the rates that the tool keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use catalog_sync::sandbox::ShareTarget;

use super::{Disturbed, Estate, GROUPS, PRODUCTS_ADDED, PRODUCTS_LOST, RESIDENTS, UNIT_SHARES, UNITS, UNITS_LOST};

/// Calls by operation.
pub(crate) type Calls = BTreeMap<String, usize>;

/// The largest pages and batches, from each service's API reference.
const SHARE_PAGE: usize = 100;
const PORTFOLIO_PAGE: usize = 100;
const ENTITY_PAGE: usize = 50;
const ENTITY_BATCH: usize = 20;
const TREE_PAGE: usize = 20;
/// The page size of `ListOrganizationPortfolioAccess`.
const OWN_PAGE: usize = 20;
/// Product ids in one `SearchListings` request.
const SEARCH: usize = 30;
/// Ids in one Allow or Deny of a change set.
const IDS: usize = 50;
/// Accounts of an organization that are right below its root.
const STAFF: usize = 3;

/// A part of the work. Its calls can begin only when the part before it has ended.
pub(crate) struct Phase {
    pub(crate) calls: Calls,
    /// The number of calls in the longest chain.
    pub(crate) chain: usize,
    /// The calls at the start of the chain that open sessions. No other call can be made before them.
    pub(crate) entrance: usize,
    /// The most calls of one operation in one organization, the burst that AWS allows, and the calls a second after
    /// it.
    pub(crate) crowded: Vec<(usize, usize, usize)>,
}

impl Phase {
    /// The least time at this latency, with at most `in_flight` calls at once.
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

    /// The least calls that read everything the catalog names:
    ///
    /// - a session for the entry role and one for each account
    /// - `DescribeOrganization` once for each organization
    /// - the organization tree from the root down to the OUs that shares name
    /// - the list of portfolios, since the catalog gives their names, and the shares of each portfolio by type, since
    ///   AWS lists one type at a time
    /// - the list of experiences, then the experiences and their policies of each organization in batches
    pub(crate) fn reading(&self) -> Phase {
        let owners = self.owners();
        let types = [self.account_shares(), super::MEMBER_SHARES, UNIT_SHARES, 1];
        let pages: usize = types.iter().map(|shares| shares.div_ceil(SHARE_PAGE).max(1)).sum();
        let groups = UNIT_SHARES.div_ceil(UNITS).min(GROUPS);
        let batches = self.experiences.div_ceil(ENTITY_BATCH);
        // Organizations is asked from the account that owns the portfolios. Every organization of these settings names
        // one.
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
            // Entry role, account, organization, then root, groups, units; or list, experiences, policies.
            chain: 6,
            entrance: 2,
            crowded: vec![(1 + groups, 8, 5)],
        }
    }

    /// The least calls that import the estate. They add to those of a plan:
    ///
    /// - whether each OU or member share is the portfolio's own, since AWS may list one because a node above it has a
    ///   share
    /// - the names of all accounts. `ListAccounts` also says where each account is, so OUs need only their own names:
    ///   one list below the root and one below each group, or a description where one OU of a group has a share
    /// - the associated accounts of experiences. There are none, and an empty `ListEntities` is asked for in a second
    ///   way; so is the list of experiences
    /// - the names of the products, once for all organizations
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

    /// The least calls that name what [`Estate::disturb`] changed: each account, and the accounts at and below the OUs
    /// that gain or lose a share. The list of all accounts answers all of it. The alternative asks OU by OU, and finds
    /// the remaining accounts by listing up to the last one that is wanted or by describing each; the cheaper of both
    /// counts, although a caller can't know beforehand which one that is. Each account with new shares is also asked
    /// whether sharing with the organization is on. Product names are asked for once, since all experiences gain and
    /// lose the same products.
    pub(crate) fn naming(&self) -> Phase {
        let (mut below, mut listed, mut longest, mut described, mut most) = (0, 0, 0, 0, 0);
        for organization in 0..self.organizations {
            let mut units = BTreeSet::new();
            // The accounts that the calls are made in: the marketplace account always, the hub if it owns a portfolio.
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
            // The order in which the sandbox lists accounts: those right below the root, then OU by OU.
            let staff = (0..STAFF).map(|account| super::account_id(organization, account));
            let everyone = staff.chain((0..GROUPS * UNITS * RESIDENTS).map(|it| super::resident_id(organization, it)));
            let wanted = everyone.enumerate().filter(|(_, id)| accounts.contains(id) && !seen.contains(id));
            let pages = wanted.last().map_or(0, |(index, _)| index / TREE_PAGE + 1);
            // The list of all accounts also gives the OU of each, so it replaces all other calls.
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
            // An OU's accounts, then the accounts that were not among them; or all accounts, page after page.
            chain: usize::from(below > 0) + longest.max(usize::from(described > 0)),
            entrance: 0,
            crowded: vec![(most, 8, 5), (longest, 12, 8)],
        }
    }

    /// The least calls that undo what [`Estate::disturb`] changed:
    ///
    /// - one look before a change, since the writer promises not to overwrite other people's work
    /// - one call for each share
    /// - one look at the end of each share action that goes on after its call
    /// - one look at the accounts that a new OU share has reached, since AWS calls some shares complete that missed
    ///   accounts
    /// - as few change sets as hold the products, approvals before denials, and one look at the end of each
    /// - one look at the live lists after each set, since AWS may have left a product out
    pub(crate) fn applying(&self) -> Calls {
        let shares = |portfolio: usize| self.disturbed(portfolio);
        let all = || (0..self.portfolios).map(shares);
        let created: usize = all().map(|it| it.lost.len()).sum();
        let removed: usize = all().map(|it| it.added.len()).sum();
        let updated: usize = all().map(|it| it.changed.len()).sum();
        let experiences = self.organizations * self.experiences;
        // Denials begin in the last set with approvals.
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
