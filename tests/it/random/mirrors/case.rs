//! Random catalogs with experiences that mirror others, and the worlds that they are planned against.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog_sync::model::change::{CatalogVersion, Plan};
use catalog_sync::model::desired::{
    Desired, DesiredExperience, DesiredProduct, ExperienceSelector, ExperienceTerms, ProductLists, Selector, Unlisted,
};
use catalog_sync::model::experience::{Experience, ExperienceStatus, Listing, ProcurementPolicy};
use catalog_sync::model::finding::Source;
use catalog_sync::model::live::{Found, Live, Named, Reading, Shelf};
use catalog_sync::model::mirror::{Mirror, Products};
use catalog_sync::model::settings::{Access, OrganizationSettings};
use catalog_sync::plan::diff;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::random::world::{desired as empty, id};

const ORGANIZATIONS: [&str; 2] = ["acme", "north"];
pub(super) const ACCOUNTS: [&str; 2] = ["111111111112", "222222222222"];
/// Two experiences for each organization.
pub(super) const EXPERIENCES: [(&str, usize); 4] =
    [("exp-acmeone", 0), ("exp-acmetwo", 0), ("exp-northone", 1), ("exp-northtwo", 1)];
pub(super) const PRODUCTS: [&str; 3] = ["prod-a", "prod-b", "prod-c"];

/// The listing of each product in a policy or a list.
pub(super) type Listings = BTreeMap<&'static str, Listing>;

#[derive(Debug, Clone)]
pub(super) enum Content {
    Listed(Listings),
    Mirrored { organization: usize, which: Selector<&'static str>, ignored: Vec<&'static str> },
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) organization: usize,
    pub(super) selector: Option<Selector<&'static str>>,
    pub(super) except: Vec<&'static str>,
    pub(super) content: Content,
    pub(super) keep: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) entries: Vec<Entry>,
    pub(super) names: Vec<&'static str>,
    pub(super) status: Vec<ExperienceStatus>,
    pub(super) policies: Vec<Option<Listings>>,
    pub(super) unread: Vec<bool>,
    pub(super) unlisted: Vec<bool>,
    /// The changes that fail.
    pub(super) failing: Vec<bool>,
}

pub(super) fn listings() -> impl Strategy<Value = Listings> {
    let some = subsequence(PRODUCTS.to_vec(), 0..=PRODUCTS.len());
    (some, proptest::collection::vec(select(vec![Listing::Approved, Listing::Denied]), PRODUCTS.len()))
        .prop_map(|(some, listings)| some.into_iter().zip(listings).collect())
}

/// Selects experiences by id, by name, or all live ones.
pub(super) fn selector(organization: usize) -> impl Strategy<Value = Option<Selector<&'static str>>> {
    prop_oneof![
        3 => one(organization).prop_map(Some),
        1 => Just(None),
    ]
}

pub(super) fn one(organization: usize) -> impl Strategy<Value = Selector<&'static str>> {
    let ids: Vec<&str> = EXPERIENCES.iter().filter(|(_, of)| *of == organization).map(|(id, _)| *id).collect();
    prop_oneof![
        4 => select(ids).prop_map(Selector::Id),
        1 => select(vec!["A", "B", "C"]).prop_map(|name| Selector::Name(name.to_owned())),
    ]
}

pub(super) fn entry() -> impl Strategy<Value = Entry> {
    let organization = || select(vec![0_usize, 1]);
    let listed = listings().prop_map(Content::Listed);
    let ignored = subsequence(PRODUCTS.to_vec(), 0..=1);
    let mirrored = organization().prop_flat_map(|of| (Just(of), one(of)));
    let mirrored = (mirrored, ignored).prop_map(|((organization, which), ignored)| Content::Mirrored {
        organization,
        which,
        ignored,
    });
    let content = prop_oneof![1 => listed, 2 => mirrored];
    let whom = organization().prop_flat_map(|of| (Just(of), selector(of)));
    let except = subsequence(EXPERIENCES.map(|(id, _)| id).to_vec(), 0..=1);
    (whom, except, content, proptest::bool::weighted(0.2)).prop_map(
        |((organization, selector), except, content, keep)| Entry { organization, selector, except, content, keep },
    )
}

pub(super) fn case() -> impl Strategy<Value = Case> {
    let enabled = ExperienceStatus::Enabled;
    let status = vec![enabled, enabled, enabled, ExperienceStatus::Disabled, ExperienceStatus::Archived];
    (
        proptest::collection::vec(entry(), 1..=3),
        proptest::collection::vec(select(vec!["A", "B"]), 4),
        proptest::collection::vec(select(status), 4),
        proptest::collection::vec(proptest::option::weighted(0.8, listings()), 4),
        proptest::collection::vec(proptest::bool::weighted(0.1), 4),
        proptest::collection::vec(proptest::bool::weighted(0.1), 2),
        proptest::collection::vec(proptest::bool::weighted(0.3), 64),
    )
        .prop_map(|(entries, names, status, policies, unread, unlisted, failing)| Case {
            entries,
            names,
            status,
            policies,
            unread,
            unlisted,
            failing,
        })
}

fn source(line: usize) -> Source {
    Source { file: "catalog/m.yaml".to_owned(), line: u32::try_from(line).unwrap(), column: 1, end_column: None }
}

fn own<I: std::str::FromStr<Err: std::fmt::Debug>>(selector: &Selector<&'static str>) -> Selector<I> {
    match selector {
        Selector::Id(one) => Selector::Id(id(one)),
        Selector::Name(name) => Selector::Name(name.clone()),
    }
}

fn products(entry: &Entry, at: usize) -> Products {
    let unlisted = if entry.keep { Unlisted::Keep } else { Unlisted::Remove };
    match &entry.content {
        Content::Listed(listings) => {
            let of = |wanted: Listing| {
                let products = listings.iter().filter(|(_, listing)| **listing == wanted);
                let entry = DesiredProduct { notes: None, until: None, source: source(at + 1) };
                products.map(|(product, _)| (id(product), entry.clone())).collect()
            };
            let (approved, rejected) = (of(Listing::Approved), of(Listing::Denied));
            let (expired, ignored) = (BTreeMap::new(), BTreeMap::new());
            Products::Listed(Arc::new(ProductLists { approved, rejected, expired, ignored, unlisted }))
        }
        Content::Mirrored { organization, which, ignored } => Products::Mirrored(Arc::new(Mirror {
            organization: id(ORGANIZATIONS[*organization]),
            account: id(ACCOUNTS[*organization]),
            experience: own(which),
            ignored: ignored.iter().map(|product| (id(product), source(at + 1))).collect(),
            unlisted,
            source: source(at + 1),
        })),
    }
}

pub(super) fn desired(case: &Case) -> Desired {
    let experiences = case.entries.iter().enumerate().map(|(at, entry)| DesiredExperience {
        file: id(&format!("list{at}")),
        organization: id(ORGANIZATIONS[entry.organization]),
        account: id(ACCOUNTS[entry.organization]),
        selector: match &entry.selector {
            Some(one) => ExperienceSelector::One(own(one)),
            None => ExperienceSelector::AllLive { except: entry.except.iter().map(|one| id(one)).collect() },
        },
        products: products(entry, at),
        terms: ExperienceTerms::default(),
        source: source(at + 1),
    });
    let mut desired = Desired { experiences: experiences.collect(), ..empty(&BTreeMap::new()) };
    for (name, account) in ORGANIZATIONS.iter().zip(ACCOUNTS) {
        let settings = OrganizationSettings {
            id: id(&format!("o-{name:0<9}1")),
            service_catalog_account: None,
            marketplace_account: Some(id(account)),
            access: Access::default(),
            source: source(1),
        };
        desired.settings.organizations.insert(id(name), settings);
    }
    desired
}

pub(super) fn found(case: &Case, at: usize) -> Found<Experience> {
    let policy = case.policies[at].as_ref().map(|listings| {
        let of = |wanted: Listing| {
            let products = listings.iter().filter(|(_, listing)| **listing == wanted);
            products.map(|(product, _)| id(product)).collect()
        };
        ProcurementPolicy {
            id: id("procpolicy-1"),
            approved: of(Listing::Approved),
            denied: of(Listing::Denied),
            user_requests: true,
            notes: BTreeMap::new(),
        }
    });
    if case.unread[at] {
        return Found::Unreadable("no".to_owned());
    }
    let (name, status) = (case.names[at].to_owned(), case.status[at]);
    Found::There(Experience {
        id: id(EXPERIENCES[at].0),
        name,
        description: String::new(),
        status,
        policy,
        branding: None,
    })
}

pub(super) fn listed(case: &Case, organization: usize) -> Reading<Vec<Named<catalog_sync::model::id::ExperienceId>>> {
    if case.unlisted[organization] {
        return Reading::Unreadable("no".to_owned());
    }
    let all = EXPERIENCES.iter().zip(&case.names).filter(|((_, of), _)| *of == organization);
    Reading::Complete(all.map(|((one, _), name)| Named { id: id(one), name: (*name).to_owned() }).collect())
}

pub(super) fn live(case: &Case) -> Live {
    let shelf = |organization: usize| {
        let all = (0..EXPERIENCES.len()).filter(|at| EXPERIENCES[*at].1 == organization);
        let read = all.map(|at| (id(EXPERIENCES[at].0), found(case, at))).collect();
        (id(ACCOUNTS[organization]), Shelf { listed: Some(listed(case, organization)), read })
    };
    Live { experiences: BTreeMap::from([shelf(0), shelf(1)]), ..Live::default() }
}

pub(super) fn plan_of(case: &Case) -> Plan {
    planned(&desired(case), &live(case))
}

pub(super) fn planned(desired: &Desired, live: &Live) -> Plan {
    diff(desired, live, None, CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false })
}
