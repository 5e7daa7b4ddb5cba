//! The reads that are still needed. The plan computes them without I/O, and `cloud` carries them out.

use std::collections::{BTreeMap, BTreeSet};

use super::id::{AccountId, CatalogProductId, ExperienceId, Name, OuId, PortfolioId};
use super::live::HubPlace;
use super::market_wants::{PartWants, ProductWants, RunningWants, add_products, take, take_products};
use super::portfolio::{NodeKind, Receiver};

/// The reads that are still needed, by organization, account and region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wants {
    /// By organization name in the settings. Each is described with `DescribeOrganization`, beside the reads listed
    /// here.
    pub organizations: BTreeMap<Name, OrganizationWants>,
    /// Portfolios by owning account and region.
    pub portfolios: BTreeMap<HubPlace, ShelfWants<PortfolioId>>,
    /// Which accounts and nodes have these portfolios, and by which share.
    pub access: BTreeMap<HubPlace, AccessWants>,
    /// Reads inside accounts that receive portfolios, by account and region.
    pub received: BTreeMap<HubPlace, ReceivedWants>,
    /// Experiences by marketplace account.
    pub experiences: BTreeMap<AccountId, ShelfWants<ExperienceId>>,
    /// Parts of experiences, by marketplace account.
    pub parts: BTreeMap<AccountId, PartWants>,
    /// Products whose names are needed, by the account that asks AWS Marketplace for them.
    pub products: BTreeMap<AccountId, ProductWants>,
    /// Experiences whose running change sets are needed, by marketplace account.
    pub running: BTreeMap<AccountId, RunningWants>,
    /// Products whose licence holders are needed, by the marketplace account that asks.
    pub usage: BTreeMap<AccountId, ProductWants>,
}

/// Reads of the portfolios that an account receives in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedWants {
    /// The organization's name in the settings. Its roles are used for the reads.
    pub organization: Name,
    /// Whether the accepted portfolio shares are needed.
    pub accepted: bool,
    /// Portfolios whose principals are needed.
    pub principals: BTreeSet<PortfolioId>,
    /// Whether the account's own portfolios are needed, with their tags.
    pub own: bool,
    /// Portfolios whose products are needed.
    pub products: BTreeSet<PortfolioId>,
    /// Portfolios whose constraints are needed.
    pub constraints: BTreeSet<PortfolioId>,
    /// The account's own products whose source products are needed: those that they were copied from.
    pub copies: BTreeSet<CatalogProductId>,
    /// Products whose versions are needed.
    pub versions: BTreeSet<CatalogProductId>,
}

impl ReceivedWants {
    /// Starts with no reads.
    pub fn new(organization: &Name) -> Self {
        Self {
            organization: organization.clone(),
            accepted: false,
            principals: BTreeSet::new(),
            own: false,
            products: BTreeSet::new(),
            constraints: BTreeSet::new(),
            copies: BTreeSet::new(),
            versions: BTreeSet::new(),
        }
    }

    /// Whether no read is needed.
    fn is_empty(&self) -> bool {
        let Self { organization: _, accepted, principals, own, products, constraints, copies, versions } = self;
        let portfolios = principals.is_empty() && products.is_empty() && constraints.is_empty();
        !accepted && !own && portfolios && copies.is_empty() && versions.is_empty()
    }

    fn add(&mut self, other: Self) {
        let Self { organization: _, accepted, principals, own, products, constraints, copies, versions } = other;
        self.accepted |= accepted;
        self.principals.extend(principals);
        self.own |= own;
        self.products.extend(products);
        self.constraints.extend(constraints);
        self.copies.extend(copies);
        self.versions.extend(versions);
    }

    /// Keeps the reads that are not in `known`, and adds them to `known`.
    fn take_new(self, known: &mut Self) -> Self {
        let Self { organization, accepted, principals, own, products, constraints, copies, versions } = self;
        let new = Self {
            organization,
            accepted: accepted && !known.accepted,
            principals: take(principals, &mut known.principals),
            own: own && !known.own,
            products: take(products, &mut known.products),
            constraints: take(constraints, &mut known.constraints),
            copies: take(copies, &mut known.copies),
            versions: take(versions, &mut known.versions),
        };
        known.accepted |= accepted;
        known.own |= own;
        new
    }
}

/// Reads of an organization, beside `DescribeOrganization`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganizationWants {
    /// Paths of organizational units to find: names from the root down, separated by `/`.
    pub paths: BTreeSet<String>,
    /// Accounts whose name and status are needed.
    pub accounts: BTreeSet<AccountId>,
    /// Accounts whose units are needed too: the ids and names from the root down.
    pub ways: BTreeSet<AccountId>,
    /// Units whose name, parents, and accounts at any depth are needed.
    pub units: BTreeSet<OuId>,
    /// Whether every account is needed.
    pub everyone: bool,
    /// Whether every unit is needed, including units without accounts.
    pub tree: bool,
}

/// Reads that tell who has portfolios, in one account and region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessWants {
    /// The organization's name in the settings. Its roles are used for the reads.
    pub organization: Name,
    /// Portfolios and a kind of node: the nodes of that kind that the portfolio is shared with directly are needed.
    pub own: BTreeSet<(PortfolioId, NodeKind)>,
    /// Portfolios and a node that they are shared with: the accounts below that node that have the portfolio are
    /// needed.
    pub reached: BTreeSet<(PortfolioId, Receiver)>,
    /// Whether to ask if the account can share through its organization.
    pub sharing: bool,
}

impl AccessWants {
    /// Nothing yet.
    pub fn new(organization: &Name) -> Self {
        Self { organization: organization.clone(), own: BTreeSet::new(), reached: BTreeSet::new(), sharing: false }
    }
}

/// Reads of the things of one kind in one account (and region).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShelfWants<I> {
    /// The organization's name in the settings. Its roles are used for the reads.
    pub organization: Name,
    /// Whether the list of all of them is needed.
    pub list: bool,
    /// The ones to read in full.
    pub read: BTreeSet<I>,
    /// The ones whose names are still needed because they were read without a name.
    pub names: BTreeSet<I>,
}

impl<I: Ord> ShelfWants<I> {
    /// Starts with no reads.
    pub fn new(organization: &Name) -> Self {
        Self { organization: organization.clone(), list: false, read: BTreeSet::new(), names: BTreeSet::new() }
    }
}

impl Wants {
    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        let Self { organizations, portfolios, access, received, experiences, parts, products, running, usage } = self;
        organizations.is_empty()
            && portfolios.is_empty()
            && access.is_empty()
            && received.is_empty()
            && experiences.is_empty()
            && parts.is_empty()
            && products.is_empty()
            && running.is_empty()
            && usage.is_empty()
    }

    /// The union of both.
    pub fn and(mut self, other: Self) -> Self {
        let Self { organizations, portfolios, access, received, experiences, parts, products, running, usage } = other;
        for (name, OrganizationWants { paths, accounts, ways, units, everyone, tree }) in organizations {
            let of = self.organizations.entry(name).or_default();
            of.paths.extend(paths);
            of.accounts.extend(accounts);
            of.ways.extend(ways);
            of.units.extend(units);
            of.everyone |= everyone;
            of.tree |= tree;
        }
        add_shelves(&mut self.portfolios, portfolios);
        for (place, AccessWants { organization, own, reached, sharing }) in access {
            let of = self.access.entry(place).or_insert_with(|| AccessWants::new(&organization));
            of.own.extend(own);
            of.reached.extend(reached);
            of.sharing |= sharing;
        }
        for (place, wants) in received {
            self.received.entry(place).or_insert_with(|| ReceivedWants::new(&wants.organization)).add(wants);
        }
        add_shelves(&mut self.experiences, experiences);
        for (account, wants) in parts {
            self.parts.entry(account).or_insert_with(|| PartWants::new(&wants.organization)).add(wants);
        }
        add_products(&mut self.products, products);
        add_products(&mut self.usage, usage);
        for (account, RunningWants { organization, experiences }) in running {
            let of = self.running.entry(account).or_insert_with(|| RunningWants::new(&organization));
            of.experiences.extend(experiences);
        }
        self
    }

    /// Keeps the reads that are not in `asked`, and adds them to `asked`.
    pub fn take_new(self, asked: &mut Self) -> Self {
        let Self { organizations, portfolios, access, received, experiences, parts, products, running, usage } = self;
        let mut new = Self::default();
        for (name, wants) in organizations {
            let described = asked.organizations.contains_key(&name);
            let wants = wants.take_new(asked.organizations.entry(name.clone()).or_default());
            if !described || wants != OrganizationWants::default() {
                new.organizations.insert(name, wants);
            }
        }
        new.portfolios = take_shelves(portfolios, &mut asked.portfolios);
        for (place, AccessWants { organization, own, reached, sharing }) in access {
            let known = asked.access.entry(place.clone()).or_insert_with(|| AccessWants::new(&organization));
            let (own, reached) = (take(own, &mut known.own), take(reached, &mut known.reached));
            let sharing = sharing && !known.sharing;
            known.sharing |= sharing;
            if !own.is_empty() || !reached.is_empty() || sharing {
                new.access.insert(place, AccessWants { organization, own, reached, sharing });
            }
        }
        for (place, wants) in received {
            let known = asked.received.entry(place.clone()).or_insert_with(|| ReceivedWants::new(&wants.organization));
            let wants = wants.take_new(known);
            if !wants.is_empty() {
                new.received.insert(place, wants);
            }
        }
        new.experiences = take_shelves(experiences, &mut asked.experiences);
        for (account, wants) in parts {
            let known = asked.parts.entry(account.clone()).or_insert_with(|| PartWants::new(&wants.organization));
            let wants = wants.take_new(known);
            if !wants.is_empty() {
                new.parts.insert(account, wants);
            }
        }
        new.products = take_products(products, &mut asked.products);
        new.usage = take_products(usage, &mut asked.usage);
        for (account, RunningWants { organization, experiences }) in running {
            let known = asked.running.entry(account.clone()).or_insert_with(|| RunningWants::new(&organization));
            let experiences = take(experiences, &mut known.experiences);
            if !experiences.is_empty() {
                new.running.insert(account, RunningWants { organization, experiences });
            }
        }
        new
    }
}

impl OrganizationWants {
    fn take_new(self, asked: &mut Self) -> Self {
        let Self { paths, accounts, ways, units, everyone, tree } = self;
        let new = Self {
            paths: take(paths, &mut asked.paths),
            accounts: take(accounts, &mut asked.accounts),
            ways: take(ways, &mut asked.ways),
            units: take(units, &mut asked.units),
            everyone: everyone && !asked.everyone,
            tree: tree && !asked.tree,
        };
        asked.everyone |= everyone;
        asked.tree |= tree;
        new
    }
}

fn add_shelves<K: Ord, I: Ord>(all: &mut BTreeMap<K, ShelfWants<I>>, other: BTreeMap<K, ShelfWants<I>>) {
    for (key, ShelfWants { organization, list, read, names }) in other {
        let of = all.entry(key).or_insert_with(|| ShelfWants::new(&organization));
        of.list |= list;
        of.read.extend(read);
        of.names.extend(names);
    }
}

fn take_shelves<K: Ord + Clone, I: Ord + Clone>(
    wanted: BTreeMap<K, ShelfWants<I>>,
    asked: &mut BTreeMap<K, ShelfWants<I>>,
) -> BTreeMap<K, ShelfWants<I>> {
    let mut new = BTreeMap::new();
    for (key, ShelfWants { organization, list, read, names }) in wanted {
        let known = asked.entry(key.clone()).or_insert_with(|| ShelfWants::new(&organization));
        let wants = ShelfWants {
            organization,
            list: list && !known.list,
            read: take(read, &mut known.read),
            names: take(names, &mut known.names),
        };
        known.list |= list;
        if wants.list || !wants.read.is_empty() || !wants.names.is_empty() {
            new.insert(key, wants);
        }
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(paths: &[&str], list: bool, read: &[&str]) -> Wants {
        let mut wants = Wants::default();
        let paths = paths.iter().map(|path| (*path).to_owned()).collect();
        let of = OrganizationWants { paths, ..OrganizationWants::default() };
        wants.organizations.insert("acme".parse().unwrap(), of);
        let read = read.iter().map(|id| id.parse().unwrap()).collect();
        let of = ShelfWants { list, read, ..ShelfWants::new(&"acme".parse().unwrap()) };
        wants.experiences.insert("111111111111".parse().unwrap(), of);
        wants
    }

    #[test]
    fn product_is_asked_for_once() {
        let products = |ids: &[&str]| {
            let ids = ids.iter().map(|id| id.parse().unwrap()).collect();
            let of = ProductWants { organization: "acme".parse().unwrap(), ids };
            Wants { products: BTreeMap::from([("111111111111".parse().unwrap(), of)]), ..Wants::default() }
        };
        let mut asked = Wants::default();
        assert_eq!(products(&["prod-a"]).and(products(&["prod-b"])), products(&["prod-a", "prod-b"]));
        assert_eq!(products(&["prod-a"]).take_new(&mut asked), products(&["prod-a"]));
        assert_eq!(products(&["prod-a", "prod-b"]).take_new(&mut asked), products(&["prod-b"]));
        assert!(products(&["prod-a", "prod-b"]).take_new(&mut asked).is_empty());
    }

    #[test]
    fn what_was_asked_for_is_not_asked_again() {
        let mut asked = Wants::default();
        assert_eq!(wants(&["A"], true, &["exp-1"]).take_new(&mut asked), wants(&["A"], true, &["exp-1"]));
        assert_eq!(wants(&["A", "B"], true, &["exp-2"]).take_new(&mut asked), wants(&["B"], false, &["exp-2"]));
        assert!(wants(&["A", "B"], true, &["exp-1", "exp-2"]).take_new(&mut asked).is_empty());
    }
}
