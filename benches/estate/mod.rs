//! A made-up estate: organizations with experiences, portfolios with shares, and the catalog that describes them.

mod catalog;
mod least;

use std::collections::{BTreeMap, BTreeSet};

use catalog_sync::sandbox::{
    Account, Experience, Marketplace, Member, Organization, Pending, Policy, Portfolio, Product, Region, Share,
    ShareTarget, Unit, World,
};

pub(crate) use least::{Calls, Phase};

/// The size of the estate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Estate {
    pub(crate) organizations: usize,
    /// Experiences of each organization.
    pub(crate) experiences: usize,
    /// Products on the lists of each experience.
    pub(crate) products: usize,
    /// Portfolios of all organizations together.
    pub(crate) portfolios: usize,
    /// Shares of each portfolio; at least 100.
    pub(crate) shares: usize,
    /// Whether the first organization owns every portfolio. Otherwise the organizations own them in turn.
    pub(crate) one_hub: bool,
}

/// Groups are the OUs right below each root; units are the OUs below each group.
const GROUPS: usize = 3;
const UNITS: usize = 4;
/// Accounts in each unit.
const RESIDENTS: usize = 12;
/// Shares of a portfolio with OUs, and with accounts as members of the organization. One more is with the
/// organization; all others are account to account.
const UNIT_SHARES: usize = 9;
const MEMBER_SHARES: usize = 30;
/// Rejected products in a hundred.
const REJECTED: usize = 10;

/// The changes that [`Estate::disturb`] makes in each portfolio and experience.
const SHARES_LOST: usize = 5;
const SHARES_ADDED: usize = 5;
const SHARES_CHANGED: usize = 3;
const UNITS_LOST: usize = 2;
const PRODUCTS_LOST: usize = 40;
const PRODUCTS_ADDED: usize = 60;

impl Estate {
    /// The organization that owns a portfolio.
    fn owner(&self, portfolio: usize) -> usize {
        if self.one_hub { 0 } else { portfolio % self.organizations }
    }

    fn owned(&self, organization: usize) -> impl Iterator<Item = usize> {
        (0..self.portfolios).filter(move |portfolio| self.owner(*portfolio) == organization)
    }

    /// `number` residents of the owner after the first `skip`. Each portfolio counts from a different resident.
    fn residents(portfolio: usize, skip: usize, number: usize) -> impl Iterator<Item = usize> {
        (skip..skip + number).map(move |index| (index + portfolio * 7) % (GROUPS * UNITS * RESIDENTS))
    }

    fn account_shares(&self) -> usize {
        self.shares - UNIT_SHARES - MEMBER_SHARES - 1
    }

    /// The shares of a portfolio in the catalog, and in a world that is in step.
    fn shares_of(&self, portfolio: usize) -> Vec<ShareTarget> {
        let owner = self.owner(portfolio);
        let accounts = Self::residents(portfolio, 0, self.account_shares());
        let members = Self::residents(portfolio, self.account_shares(), MEMBER_SHARES);
        accounts
            .map(|resident| ShareTarget::Account(resident_id(owner, resident)))
            .chain(members.map(|resident| ShareTarget::Member(resident_id(owner, resident))))
            .chain((0..UNIT_SHARES).map(|unit| ShareTarget::Ou(unit_id(owner, unit))))
            .chain([ShareTarget::Organization(organization_id(owner))])
            .collect()
    }

    /// The number of approved products of a list. The rejected ones follow them.
    fn approved(&self) -> usize {
        self.products - self.products * REJECTED / 100
    }

    /// A world that is in step with the catalog.
    pub(crate) fn world(&self) -> World {
        let mut world =
            World { pending: Pending { share: 1, change_set: 1, ..Pending::default() }, ..World::default() };
        for organization in 0..self.organizations {
            world.organizations.insert(name(organization), self.organization(organization));
            let portfolios = self.owned(organization).map(|portfolio| {
                let shares = self.shares_of(portfolio).into_iter().map(Share::new).collect();
                let name = portfolio_name(portfolio);
                (portfolio_id(portfolio), Portfolio { name, shares, ..Portfolio::default() })
            });
            let region = Region { portfolios: portfolios.collect(), ..Region::default() };
            let regions = BTreeMap::from([(REGION.to_owned(), region)]);
            world.accounts.insert(account_id(organization, HUB), Account { regions, ..Account::default() });
        }
        // Every product is on sale, under the name that the catalog gives it.
        let product = |name| Product { name, vendor: "Estate".to_owned(), ..Product::default() };
        let products = 0..self.products + PRODUCTS_ADDED;
        world.products = products.map(|number| (product_id(number), product(format!("Product {number}")))).collect();
        world
    }

    fn organization(&self, number: usize) -> Organization {
        let named = |id: String, name: &str| (id, Member { name: name.to_owned(), ..Member::default() });
        let unit = |unit: usize| {
            let residents = (unit * RESIDENTS..(unit + 1) * RESIDENTS)
                .map(|resident| named(resident_id(number, resident), &format!("resident {resident}")));
            Unit {
                name: format!("Unit {unit}"),
                id: unit_id(number, unit),
                accounts: residents.collect(),
                ous: Vec::new(),
            }
        };
        let group = |group: usize| Unit {
            name: format!("Group {group}"),
            id: format!("ou-{:04x}-group{group:03}", 0xa000 + number),
            accounts: BTreeMap::new(),
            ous: (group * UNITS..(group + 1) * UNITS).map(unit).collect(),
        };
        let experiences = (0..self.experiences).map(|experience| {
            let products = |from: usize, to: usize| (from..to).map(product_id).collect();
            let policy = Policy {
                name: experience_name(experience),
                allowed: products(0, self.approved()),
                denied: products(self.approved(), self.products),
                ..Policy::default()
            };
            let name = experience_name(experience);
            let id = format!("exp-{number:04}{experience:05}");
            (id, Experience { name, policy: Some(policy), ..Experience::default() })
        });
        Organization {
            id: organization_id(number),
            management_account: account_id(number, MANAGEMENT),
            delegated_administrators: BTreeMap::from([
                ("servicecatalog.amazonaws.com".to_owned(), BTreeSet::from([account_id(number, HUB)])),
                (
                    "private-marketplace.marketplace.amazonaws.com".to_owned(),
                    BTreeSet::from([account_id(number, MARKET)]),
                ),
            ]),
            accounts: [(MANAGEMENT, "management"), (HUB, "hub"), (MARKET, "market")]
                .into_iter()
                .map(|(account, name)| named(account_id(number, account), name))
                .collect(),
            ous: (0..GROUPS).map(group).collect(),
            // AWS puts a part of the root's id into the ids of its OUs.
            root: Some(format!("r-{:04x}", 0xa000 + number)),
            marketplace: Marketplace { experiences: experiences.collect(), ..Marketplace::default() },
            ..Organization::default()
        }
    }

    /// Changes every portfolio and every experience, as edits in the console would.
    pub(crate) fn disturb(&self, world: &mut World) {
        for portfolio in 0..self.portfolios {
            let owner = world.accounts.get_mut(&account_id(self.owner(portfolio), HUB));
            let region = owner.and_then(|owner| owner.regions.get_mut(REGION));
            let live = region.and_then(|region| region.portfolios.get_mut(&portfolio_id(portfolio)));
            let Some(live) = live else { continue };
            let Disturbed { lost, added, changed } = self.disturbed(portfolio);
            live.shares.retain(|share| !lost.contains(&share.to));
            live.shares.extend(added.into_iter().map(Share::new));
            for share in live.shares.iter_mut().filter(|share| changed.contains(&share.to)) {
                share.tag_options = true;
            }
        }
        let experiences = world.organizations.values_mut().flat_map(|it| it.marketplace.experiences.values_mut());
        for policy in experiences.filter_map(|experience| experience.policy.as_mut()) {
            for lost in 0..PRODUCTS_LOST {
                policy.allowed.remove(&product_id(lost));
            }
            policy.allowed.extend((self.products..self.products + PRODUCTS_ADDED).map(product_id));
        }
    }

    /// The shares of a portfolio that [`Estate::disturb`] changes.
    fn disturbed(&self, portfolio: usize) -> Disturbed {
        let owner = self.owner(portfolio);
        let account = |resident| ShareTarget::Account(resident_id(owner, resident));
        let members = self.account_shares();
        let others = members + MEMBER_SHARES;
        let units = (0..UNITS_LOST).map(|unit| ShareTarget::Ou(unit_id(owner, (unit + portfolio) % UNIT_SHARES)));
        Disturbed {
            lost: Self::residents(portfolio, 0, SHARES_LOST).map(account).chain(units).collect(),
            added: Self::residents(portfolio, others, SHARES_ADDED).map(account).collect(),
            changed: Self::residents(portfolio, members, SHARES_CHANGED)
                .map(|resident| ShareTarget::Member(resident_id(owner, resident)))
                .collect(),
        }
    }
}

/// Shares that differ from the catalog.
struct Disturbed {
    /// Listed and not live.
    lost: BTreeSet<ShareTarget>,
    /// Live and not listed.
    added: BTreeSet<ShareTarget>,
    /// Live, with other tag options.
    changed: BTreeSet<ShareTarget>,
}

const REGION: &str = "us-east-1";

/// The numbers of an organization's accounts that are in no OU.
const MANAGEMENT: usize = 0;
const HUB: usize = 1;
const MARKET: usize = 2;

fn name(organization: usize) -> String {
    format!("org-{organization:02}")
}

fn organization_id(organization: usize) -> String {
    format!("o-estate{organization:04}")
}

fn account_id(organization: usize, number: usize) -> String {
    format!("{:03}{number:09}", 100 + organization)
}

fn resident_id(organization: usize, resident: usize) -> String {
    account_id(organization, 100 + resident)
}

fn unit_id(organization: usize, unit: usize) -> String {
    format!("ou-{:04x}-unit{unit:04}", 0xa000 + organization)
}

fn unit_path(unit: usize) -> String {
    format!("Group {}/Unit {unit}", unit / UNITS)
}

fn portfolio_id(portfolio: usize) -> String {
    format!("port-{portfolio:013}")
}

fn portfolio_name(portfolio: usize) -> String {
    format!("Portfolio {portfolio}")
}

fn experience_name(experience: usize) -> String {
    format!("Experience {experience}")
}

fn product_id(product: usize) -> String {
    format!("prod-{product:013x}")
}
