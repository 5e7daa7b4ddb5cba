//! A small world with fixed OUs and accounts, and random catalogs and live states in it.

use std::collections::{BTreeMap, BTreeSet};

use catalog_sync::model::desired::{Desired, DesiredPortfolio, DesiredShare, OuRef, Selector, Unlisted};
use catalog_sync::model::finding::Source;
use catalog_sync::model::id::{OuId, PortfolioId};
use catalog_sync::model::live::{Found, Live, Named, Reading, Shelf};
use catalog_sync::model::organization::{Account, AccountStatus, Organization, Unit, Walk};
use catalog_sync::model::portfolio::{LiveShare, Portfolio, Receiver, Share};
use catalog_sync::model::settings::{Access, MaxRemovals, OrganizationSettings, Settings};
use catalog_sync::model::target::TargetName;
use catalog_sync::model::wants::{AccessWants, Wants};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

pub(super) const HUB: &str = "111111111111";
pub(super) const ORGANIZATION: &str = "o-acme000001";
/// Each OU's id, name and parent.
pub(super) const UNITS: [(&str, &str, Option<&str>); 4] = [
    ("ou-acme-work0001", "Workloads", None),
    ("ou-acme-prod0001", "Production", Some("ou-acme-work0001")),
    ("ou-acme-stag0001", "Staging", Some("ou-acme-work0001")),
    ("ou-acme-data0001", "Data", None),
];
/// Each account and its OU; the last account is in no organization.
pub(super) const ACCOUNTS: [(&str, Option<&str>); 5] = [
    ("222222222221", Some("ou-acme-work0001")),
    ("222222222222", Some("ou-acme-prod0001")),
    ("222222222223", Some("ou-acme-stag0001")),
    ("222222222224", Some("ou-acme-data0001")),
    ("999999999999", None),
];
pub(super) const PORTFOLIOS: [&str; 3] = ["port-one", "port-two", "port-three"];
const NAMES: [&str; 4] = ["One", "Two", "Twin", "Nowhere"];

/// The OUs above an account, from the root down.
pub(super) fn above(account: usize) -> Vec<OuId> {
    let mut above = Vec::new();
    let mut next = ACCOUNTS[account].1;
    while let Some(unit) = next {
        above.push(id(unit));
        next = UNITS.iter().find(|(known, ..)| *known == unit).unwrap().2;
    }
    above.reverse();
    above
}

pub(super) fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// A random portfolio file.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) selector: Selector<PortfolioId>,
    pub(super) shares: Vec<Share<OuRef>>,
    pub(super) keep: bool,
}

/// A random catalog, base and live state.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// The head's files by name.
    pub(super) head: BTreeMap<String, Entry>,
    pub(super) base: Option<BTreeMap<String, Entry>>,
    /// The names of the portfolios.
    pub(super) names: Vec<&'static str>,
    /// The shares of each portfolio.
    pub(super) live: Vec<Vec<Share>>,
    pub(super) unlisted: bool,
    pub(super) unread: Vec<bool>,
    /// Whether AWS also lists rows that are inherited from a share above.
    pub(super) inherited: bool,
    pub(super) no_walk: bool,
    /// OUs that were renamed, so that no path in the catalog finds them.
    pub(super) renamed: BTreeSet<usize>,
    /// Whether names and members could not be looked up.
    pub(super) nameless: bool,
    /// The changes that fail.
    pub(super) failing: Vec<bool>,
}

fn flags() -> impl Strategy<Value = (bool, bool)> {
    (any::<bool>(), any::<bool>())
}

fn path(unit: usize) -> String {
    let (_, name, parent) = UNITS[unit];
    match parent.and_then(|parent| UNITS.iter().find(|(id, _, _)| *id == parent)) {
        Some((_, above, _)) => format!("{above}/{name}"),
        None => name.to_owned(),
    }
}

/// At most one share for each receiver.
pub(super) fn wanted() -> impl Strategy<Value = Vec<Share<OuRef>>> {
    let all: Vec<usize> = (0..=ACCOUNTS.len() * 2 + UNITS.len()).collect();
    let some = subsequence(all.clone(), 0..=all.len());
    (some, proptest::collection::vec((flags(), any::<bool>()), all.len())).prop_map(|(some, flags)| {
        let share = |n: usize| {
            let ((tag_options, principals), by_path) = flags[n];
            match n {
                0..5 => Share::Account { account: id(ACCOUNTS[n].0), tag_options },
                5..10 => Share::Member { account: id(ACCOUNTS[n - 5].0), tag_options },
                10..14 => {
                    let ou = if by_path { OuRef::Path(path(n - 10)) } else { OuRef::Id(id(UNITS[n - 10].0)) };
                    Share::Ou { ou, tag_options, principals }
                }
                _ => Share::Organization { organization: id(ORGANIZATION), tag_options, principals },
            }
        };
        some.into_iter().map(share).collect()
    })
}

fn entry() -> impl Strategy<Value = Entry> {
    let selector = prop_oneof![
        3 => select(NAMES.to_vec()).prop_map(|name| Selector::Name(name.to_owned())),
        2 => select(PORTFOLIOS.to_vec()).prop_map(|portfolio| Selector::Id(id(portfolio))),
    ];
    (selector, wanted(), any::<bool>()).prop_map(|(selector, shares, keep)| Entry { selector, shares, keep })
}

fn files() -> impl Strategy<Value = BTreeMap<String, Entry>> {
    proptest::collection::btree_map(select(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]), entry(), 0..=2)
}

pub(super) fn live_shares() -> impl Strategy<Value = Vec<Share>> {
    wanted().prop_map(|shares| {
        let unit = |ou: &OuRef| match ou {
            OuRef::Id(ou) => ou.clone(),
            OuRef::Path(path_of) => id(UNITS[(0..UNITS.len()).find(|unit| path(*unit) == *path_of).unwrap()].0),
        };
        shares.iter().map(|share| share.map_ou(|ou| Ok::<_, ()>(unit(ou))).unwrap()).collect()
    })
}

pub(super) fn case() -> impl Strategy<Value = Case> {
    let rarely = || proptest::bool::weighted(0.1);
    let names = proptest::collection::vec(select(vec!["One", "Two", "Twin"]), PORTFOLIOS.len());
    let troubles = (
        rarely(),
        proptest::collection::vec(rarely(), PORTFOLIOS.len()),
        rarely(),
        proptest::collection::btree_set(0..UNITS.len(), 0..=1),
        rarely(),
        proptest::collection::vec(proptest::bool::weighted(0.3), 64),
        any::<bool>(),
    );
    (files(), proptest::option::weighted(0.8, files()), names, proptest::collection::vec(live_shares(), 3), troubles)
        .prop_map(|(head, base, names, live, troubles)| {
            let (unlisted, unread, no_walk, renamed, nameless, failing, inherited) = troubles;
            Case { head, base, names, live, unlisted, unread, inherited, no_walk, renamed, nameless, failing }
        })
}

pub(super) fn desired(files: &BTreeMap<String, Entry>) -> Desired {
    let source = |line: usize| Source {
        file: "catalog/x.yaml".to_owned(),
        line: u32::try_from(line).unwrap(),
        column: 1,
        end_column: None,
    };
    let acme = OrganizationSettings {
        id: id(ORGANIZATION),
        service_catalog_account: Some(id(HUB)),
        marketplace_account: None,
        access: Access::default(),
        source: source(1),
    };
    let portfolio = |(file, entry): (&String, &Entry)| {
        let (organization, region) = (id("acme"), id("us-east-1"));
        let name = TargetName::Portfolio { file: id(file), organization, region, former: None };
        let shares = entry.shares.iter().enumerate();
        let wanted = DesiredPortfolio {
            organization: id("acme"),
            account: id(HUB),
            region: id("us-east-1"),
            portfolio: entry.selector.clone(),
            source: source(1),
            shares: shares
                .map(|(n, share)| DesiredShare {
                    share: share.clone(),
                    notes: None,
                    until: None,
                    source: source(n + 2),
                })
                .collect(),
            expired: Vec::new(),
            ignored: Vec::new(),
            unlisted: if entry.keep { Unlisted::Keep } else { Unlisted::Remove },
            recipients: Vec::new(),
        };
        (name, wanted)
    };
    Desired {
        settings: Settings {
            organizations: BTreeMap::from([(id("acme"), acme)]),
            regions: vec![id("us-east-1")],
            max_removals: MaxRemovals::default(),
            require: BTreeSet::new(),
        },
        portfolios: files.iter().map(portfolio).collect(),
        experiences: Vec::new(),
        product_names: BTreeMap::new(),
        silences: Vec::new(),
        digest: String::new(),
    }
}

/// The accounts below an OU, at any depth.
pub(super) fn members(unit: &str) -> BTreeSet<&'static str> {
    let inside = |of: &str| of == unit || UNITS.iter().any(|(id, _, parent)| *id == of && *parent == Some(unit));
    ACCOUNTS.iter().filter(|(_, of)| of.is_some_and(inside)).map(|(account, _)| *account).collect()
}

pub(super) fn live(case: &Case) -> Live {
    let mut tree = Organization::new(id(ORGANIZATION), id(HUB));
    tree.walk = if case.no_walk { Walk::Failed("no".to_owned()) } else { Walk::Complete };
    for (at, (unit, name, parent)) in UNITS.iter().enumerate() {
        let name = if case.renamed.contains(&at) { format!("New {name}") } else { (*name).to_owned() };
        tree.units.insert(id(unit), Unit { name, parent: parent.map(id) });
        if !case.nameless {
            tree.members.insert(id(unit), members(unit).into_iter().map(id).collect());
        }
    }
    if !case.nameless {
        for (account, unit) in ACCOUNTS {
            match unit {
                Some(_) => {
                    let known = Account {
                        name: account.to_owned(),
                        email: None,
                        status: AccountStatus::Active,
                        joined: None,
                        above: None,
                    };
                    tree.accounts.insert(id(account), known);
                }
                None => drop(tree.strangers.insert(id(account))),
            }
        }
    }
    let named = PORTFOLIOS.iter().zip(&case.names);
    let listed = named.map(|(portfolio, name)| Named { id: id(portfolio), name: (*name).to_owned() }).collect();
    let mut read = BTreeMap::new();
    for (at, portfolio) in PORTFOLIOS.iter().enumerate() {
        let shares =
            rows(case, at).into_iter().map(|(receiver, share)| (receiver, LiveShare { share, accepted: true }));
        let found = Portfolio { id: id(portfolio), name: Some(case.names[at].to_owned()), shares: shares.collect() };
        let found = if case.unread[at] { Found::Unreadable("no".to_owned()) } else { Found::There(found) };
        read.insert(id(portfolio), found);
    }
    let listed = if case.unlisted { Reading::Unreadable("no".to_owned()) } else { Reading::Complete(listed) };
    let shelf = Shelf { listed: Some(listed), read };
    Live {
        organizations: BTreeMap::from([(id("acme"), Reading::Complete(tree))]),
        portfolios: BTreeMap::from([((id(HUB), id("us-east-1")), shelf)]),
        ..Live::default()
    }
}

/// The rows that AWS lists for a portfolio: its shares, and with `inherited` also the rows below them.
pub(super) fn rows(case: &Case, at: usize) -> BTreeMap<Receiver, Share> {
    let below = if case.inherited { inherited(&case.live[at]) } else { Vec::new() };
    below.into_iter().chain(case.live[at].iter().cloned()).map(|share| (share.receiver(), share)).collect()
}

/// The rows of accounts and OUs below shared nodes, with the flags of the nearest node above.
fn inherited(shares: &[Share]) -> Vec<Share> {
    let mut rows = Vec::new();
    let depth = |share: &&Share| match share.receiver() {
        Receiver::Ou(ou) => UNITS.iter().position(|(id, ..)| *id == ou.as_str()).map(|at| UNITS[at].2.is_some()),
        Receiver::Account(_) | Receiver::Member(_) | Receiver::Organization(_) => None,
    };
    let mut shares: Vec<&Share> = shares.iter().collect();
    shares.sort_by_key(depth);
    for share in shares {
        let (accounts, units): (BTreeSet<&str>, Vec<&str>) = match share {
            Share::Account { .. } | Share::Member { .. } => continue,
            Share::Ou { ou, .. } => {
                let below = UNITS.iter().filter(|(_, _, parent)| *parent == Some(ou.as_str())).map(|(id, ..)| *id);
                (members(ou.as_str()), below.collect())
            }
            Share::Organization { .. } => (reached(&share.receiver()), UNITS.iter().map(|(id, ..)| *id).collect()),
        };
        let (tag_options, principals) = (share.tag_options(), share.principals().unwrap());
        rows.extend(accounts.into_iter().map(|account| Share::Member { account: id(account), tag_options }));
        rows.extend(units.into_iter().map(|unit| Share::Ou { ou: id(unit), tag_options, principals }));
    }
    rows
}

/// Answers the plan's questions about the nodes that a portfolio has a share of its own with.
pub(super) fn answer(case: &Case, wants: &Wants, live: &mut Live) {
    for (place, AccessWants { organization: _, own, reached: _, sharing: _ }) in &wants.access {
        for (portfolio, kind) in own {
            let at = PORTFOLIOS.iter().position(|known| *known == portfolio.as_str()).unwrap();
            let receivers = case.live[at].iter().map(Share::receiver);
            let nodes = receivers.filter(|receiver| receiver.node_kind() == Some(*kind)).collect();
            let own = &mut live.access.entry(place.clone()).or_default().own;
            own.insert((portfolio.clone(), *kind), Reading::Complete(nodes));
        }
    }
}

/// The accounts that a share reaches.
pub(super) fn reached(receiver: &Receiver) -> BTreeSet<&'static str> {
    let known = |account: &str| ACCOUNTS.iter().map(|(known, _)| *known).filter(|it| *it == account).collect();
    match receiver {
        Receiver::Account(account) | Receiver::Member(account) => known(account.as_str()),
        Receiver::Ou(ou) => members(ou.as_str()),
        Receiver::Organization(_) => {
            ACCOUNTS.iter().filter(|(_, unit)| unit.is_some()).map(|(account, _)| *account).collect()
        }
    }
}
