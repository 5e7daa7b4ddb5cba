//! Plans of one catalog against one live state.

mod exceptions;
mod lists;
mod losers;
mod mirrors;
mod portfolios;
mod products;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::*;
use crate::model::change::{CatalogVersion, Origin, Plan, TargetState, Work};
use crate::model::desired::{
    Desired, DesiredExperience, DesiredPortfolio, DesiredProduct, DesiredShare, ExperienceSelector, ExperienceTerms,
    OuRef, ProductLists, Selector, Unlisted,
};
use crate::model::edit::{Edit, HubEdit};
use crate::model::experience::{Experience, ExperienceStatus, ProcurementPolicy};
use crate::model::finding::Source;
use crate::model::id::{AccountId, Name};
use crate::model::live::{Found, Live, Named, Reading, Shelf};
use crate::model::mirror;
use crate::model::organization::{Account, AccountStatus, Organization, Unit, Walk};
use crate::model::portfolio::{LiveShare, Portfolio, Share};
use crate::model::settings::{Access, MaxRemovals, OrganizationSettings, Settings};
use crate::model::target::TargetName;

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn source(line: u32) -> Source {
    Source { file: "catalog/x.yaml".to_owned(), line, column: 1, end_column: None }
}

const HUB: &str = "111111111112";

fn empty() -> Desired {
    let organization = OrganizationSettings {
        id: id("o-acme000001"),
        service_catalog_account: Some(id(HUB)),
        marketplace_account: Some(id(HUB)),
        access: Access::default(),
        source: source(1),
    };
    Desired {
        settings: Settings {
            organizations: BTreeMap::from([(id("acme"), organization)]),
            regions: vec![id("us-east-1")],
            max_removals: MaxRemovals::all(20),
            ..Settings::default()
        },
        digest: "sha256:0".to_owned(),
        ..Desired::default()
    }
}

fn portfolio_target(file: &str) -> TargetName {
    TargetName::Portfolio { file: id(file), organization: id("acme"), region: id("us-east-1"), former: None }
}

fn shared(file: &str, shares: Vec<Share<OuRef>>, unlisted: Unlisted) -> Desired {
    let mut desired = empty();
    let shares = shares.into_iter().zip(2..).map(|(share, line)| DesiredShare {
        share,
        notes: None,
        until: None,
        source: source(line),
    });
    let portfolio = DesiredPortfolio {
        organization: id("acme"),
        account: id(HUB),
        region: id("us-east-1"),
        portfolio: Selector::Name("Data".to_owned()),
        source: source(1),
        shares: shares.collect(),
        expired: Vec::new(),
        ignored: Vec::new(),
        unlisted,
        recipients: Vec::new(),
    };
    desired.portfolios.insert(portfolio_target(file), portfolio);
    desired
}

fn listed(approved: &[&str], rejected: &[&str], unlisted: Unlisted) -> Desired {
    let mut desired = empty();
    let entries = |ids: &[&str]| {
        let entry = |line: u32| DesiredProduct { notes: None, until: None, source: source(line) };
        ids.iter().zip(2..).map(|(product, line)| (id(product), entry(line))).collect()
    };
    desired.experiences.push(DesiredExperience {
        file: id("list"),
        organization: id("acme"),
        account: id(HUB),
        selector: ExperienceSelector::One(Selector::Id(id("exp-one"))),
        products: mirror::Products::Listed(Arc::new(ProductLists {
            approved: entries(approved),
            rejected: entries(rejected),
            expired: BTreeMap::new(),
            ignored: BTreeMap::new(),
            unlisted,
        })),
        terms: ExperienceTerms::default(),
        source: source(9),
    });
    desired
}

/// The lists of the first entry.
fn lists(desired: &mut Desired) -> &mut ProductLists {
    match &mut desired.experiences[0].products {
        mirror::Products::Listed(lists) => Arc::get_mut(lists).unwrap(),
        mirror::Products::Mirrored(_) => panic!("it mirrors an experience"),
    }
}

fn tree() -> Organization {
    let mut organization = Organization::new(id("o-acme000001"), id("111111111111"));
    organization.walk = Walk::Complete;
    for (ou, name) in [("ou-acme-prod0001", "Production"), ("ou-acme-stag0001", "Staging")] {
        organization.units.insert(id(ou), Unit { name: name.to_owned(), parent: None });
    }
    for (account, name, status) in [
        ("333333333331", "shop", AccountStatus::Active),
        ("333333333335", "closed", AccountStatus::Suspended),
        (HUB, "hub", AccountStatus::Active),
    ] {
        organization
            .accounts
            .insert(id(account), Account { name: name.to_owned(), email: None, status, joined: None, above: None });
    }
    organization.members.insert(id("ou-acme-prod0001"), [id("333333333331"), id("333333333335")].into());
    organization.strangers.insert(id("999999999999"));
    organization
}

fn live(shares: Vec<Share>, policy: Option<(&[&str], &[&str])>) -> Live {
    let shares = shares.into_iter().map(|share| (share.receiver(), LiveShare { share, accepted: true })).collect();
    let portfolio = Portfolio { id: id("port-one"), name: Some("Data".to_owned()), shares };
    let ids = |ids: &[&str]| ids.iter().map(|product| id(product)).collect::<BTreeSet<_>>();
    let experience = Experience {
        id: id("exp-one"),
        name: "Baseline".to_owned(),
        description: String::new(),
        status: ExperienceStatus::Enabled,
        policy: policy.map(|(approved, denied)| ProcurementPolicy {
            id: id("procpolicy-one"),
            approved: ids(approved),
            denied: ids(denied),
            user_requests: true,
            notes: BTreeMap::new(),
        }),
        branding: None,
    };
    Live {
        organizations: BTreeMap::from([(id("acme"), Reading::Complete(tree()))]),
        portfolios: BTreeMap::from([(
            (id(HUB), id("us-east-1")),
            Shelf {
                listed: Some(Reading::Complete(vec![Named { id: id("port-one"), name: "Data".to_owned() }])),
                read: BTreeMap::from([(id("port-one"), Found::There(portfolio))]),
            },
        )]),
        experiences: BTreeMap::from([(
            id::<AccountId>(HUB),
            Shelf {
                listed: Some(Reading::Complete(vec![Named { id: id("exp-one"), name: "Baseline".to_owned() }])),
                read: BTreeMap::from([(id("exp-one"), Found::There(experience))]),
            },
        )]),
        ..Live::default()
    }
}

fn plan_with(desired: &Desired, live: &Live, base: Option<&Desired>) -> Plan {
    let version = CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false };
    diff(desired, live, base, version)
}

fn plan(desired: &Desired, live: &Live) -> Plan {
    plan_with(desired, live, None)
}

fn lines(plan: &Plan) -> Vec<String> {
    plan.changes()
        .map(|(_, change)| format!("{} {} {}", change.edit.action(), change.edit.kind().as_str(), change.edit.key()))
        .collect()
}

fn account(account: &str) -> Share {
    Share::Account { account: id(account), tag_options: false }
}

fn wanted(account: &str, tag_options: bool) -> Share<OuRef> {
    Share::Account { account: id(account), tag_options }
}

fn unit(path: &str, principals: bool) -> Share<OuRef> {
    Share::Ou { ou: OuRef::Path(path.to_owned()), tag_options: false, principals }
}

fn reason(plan: &Plan) -> &str {
    match &plan.targets[0].state {
        TargetState::Unreadable { reason, source: _ } => reason,
        TargetState::Complete { work, left_alone: _ } => panic!("complete, {} changes", work.changes().count()),
    }
}
