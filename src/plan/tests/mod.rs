//! One world and one catalog each, and what the plan says.

mod exceptions;
mod losers;
mod products;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::*;
use crate::model::change::{CatalogVersion, Origin, Plan, TargetState, Work};
use crate::model::desired::{
    Desired, DesiredExperience, DesiredPortfolio, DesiredProduct, DesiredShare, ExperienceSelector, OuRef,
    ProductLists, Selector, Unlisted,
};
use crate::model::edit::{Edit, HubEdit};
use crate::model::experience::{Experience, ExperienceStatus, ProcurementPolicy};
use crate::model::finding::Source;
use crate::model::id::{AccountId, Name};
use crate::model::live::{Found, Live, Named, Reading, Shelf};
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
            require: BTreeSet::new(),
        },
        portfolios: BTreeMap::new(),
        experiences: Vec::new(),
        product_names: BTreeMap::new(),
        silences: Vec::new(),
        digest: "sha256:0".to_owned(),
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
        account: id(HUB),
        region: id("us-east-1"),
        portfolio: Selector::Name("Data".to_owned()),
        source: source(1),
        shares: shares.collect(),
        expired: Vec::new(),
        ignored: Vec::new(),
        unlisted,
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
        products: Arc::new(ProductLists {
            approved: entries(approved),
            rejected: entries(rejected),
            expired: BTreeMap::new(),
            ignored: BTreeMap::new(),
            unlisted,
        }),
        source: source(9),
    });
    desired
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
        organization.accounts.insert(id(account), Account { name: name.to_owned(), status, joined: None, above: None });
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
        status: ExperienceStatus::Enabled,
        policy: policy.map(|(approved, denied)| ProcurementPolicy {
            id: id("procpolicy-one"),
            approved: ids(approved),
            denied: ids(denied),
        }),
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

#[test]
fn what_is_granted_comes_before_what_is_taken() {
    let desired = shared("one", vec![unit("Production", false), wanted("333333333331", true)], Unlisted::Remove);
    let live = live(vec![account("999999999999"), account("333333333331")], None);
    assert_eq!(
        lines(&plan(&desired, &live)),
        [
            "create portfolio_share ou-acme-prod0001",
            "update portfolio_share 333333333331",
            "remove portfolio_share 999999999999",
        ]
    );
}

#[test]
fn a_share_that_is_kept_is_counted_and_left() {
    let plan = plan(&shared("one", vec![], Unlisted::Keep), &live(vec![account("999999999999")], None));
    assert!(lines(&plan).is_empty());
    let TargetState::Complete { left_alone, .. } = &plan.targets[0].state else { panic!() };
    assert_eq!(left_alone.unlisted, 1);
}

#[test]
fn labels_audiences_and_warnings_come_from_the_tree() {
    let desired = shared("one", vec![unit("Production", true), wanted("333333333335", false)], Unlisted::Remove);
    let plan = plan(&desired, &live(vec![account("999999999999")], None));
    let said: Vec<String> = plan
        .changes()
        .map(|(_, change)| format!("{}: {}", change.about.label, change.about.notes.join("; ")))
        .collect();
    assert_eq!(
        said,
        [
            "closed: the recipient has to accept it",
            "Production: reaches 1 account: shop 333333333331 (suspended: closed 333333333335)",
            ": the recipient had accepted it; not an account of organization acme",
        ]
    );
    let codes: Vec<&str> = plan.targets[0].warnings.iter().map(|warning| warning.code.as_str()).collect();
    assert_eq!(codes, ["principal_sharing", "shared_twice", "suspended_account"]);
}

#[test]
fn a_path_that_is_not_there_blocks_its_target_and_suggests() {
    let plan = plan(&shared("one", vec![unit("Prodution", false)], Unlisted::Remove), &live(vec![], None));
    assert_eq!(
        reason(&plan),
        "organization acme has no organizational unit `Prodution`; did you mean `Production`? There is also `Staging`"
    );
}

#[test]
fn a_portfolio_that_is_not_there_blocks_its_target_and_suggests() {
    let mut desired = shared("one", vec![], Unlisted::Remove);
    let target = desired.portfolios.values_mut().next().unwrap();
    target.portfolio = Selector::Name("data".to_owned());
    assert_eq!(
        reason(&plan(&desired, &live(vec![], None))),
        "there is no portfolio named `data` in 111111111112 us-east-1; did you mean `Data`?"
    );
}

#[test]
fn could_not_look_is_never_nothing_there() {
    let mut live = live(vec![], None);
    for reading in live.portfolios.values_mut() {
        reading.listed = Some(Reading::Unreadable("ListPortfolios: denied".to_owned()));
    }
    let plan = plan(&shared("one", vec![wanted("333333333331", false)], Unlisted::Remove), &live);
    assert_eq!(reason(&plan), "ListPortfolios: denied");
    assert!(lines(&plan).is_empty());
}

#[test]
fn products_move_between_the_lists() {
    let desired = listed(&["prod-new", "prod-back"], &["prod-bad", "prod-out"], Unlisted::Remove);
    let live = live(vec![], Some((&["prod-out", "prod-gone"], &["prod-back", "prod-alone"])));
    assert_eq!(
        lines(&plan(&desired, &live)),
        [
            "create product_approval prod-back",
            "create product_approval prod-new",
            "create product_denial prod-bad",
            "remove product_denial prod-gone",
            "remove product_denial prod-out",
        ]
    );
}

#[test]
fn an_experience_without_a_policy_gets_one_with_a_warning() {
    let plan = plan(&listed(&["prod-a"], &[], Unlisted::Remove), &live(vec![], None));
    assert_eq!(lines(&plan), ["create procurement_policy procurement-policy", "create product_approval prod-a"]);
    assert_eq!(plan.targets[0].warnings[0].code, "no_policy");
    let limits = Limits { max_removals: MaxRemovals::all(0), allow_removals: None, shown: Removals::default() };
    assert!(approve(plan, limits, None).is_err(), "it takes away whatever is not approved");
}

#[test]
fn an_experience_governed_twice_is_blocked_in_both() {
    let mut desired = listed(&["prod-a"], &[], Unlisted::Remove);
    let mut again = desired.experiences[0].clone();
    again.file = id::<Name>("other");
    again.selector = ExperienceSelector::AllLive { except: BTreeSet::new() };
    desired.experiences.push(again);
    let plan = plan(&desired, &live(vec![], Some((&[], &[]))));
    assert_eq!(plan.summary().unreadable, 2);
    assert!(reason(&plan).contains("governed more than once: catalog/x.yaml:9, catalog/x.yaml:9"));
}

#[test]
fn what_the_base_asked_for_is_drift_and_the_rest_is_not() {
    let base = listed(&["prod-a"], &[], Unlisted::Remove);
    let desired = listed(&["prod-a", "prod-b"], &[], Unlisted::Remove);
    let plan = plan_with(&desired, &live(vec![], Some((&["prod-x"], &[]))), Some(&base));
    let origins: Vec<(String, Origin)> =
        plan.changes().map(|(_, change)| (change.edit.key(), change.about.origin)).collect();
    assert_eq!(
        origins,
        [
            ("prod-a".to_owned(), Origin::Drift),
            ("prod-b".to_owned(), Origin::PullRequest),
            ("prod-x".to_owned(), Origin::Drift),
        ]
    );
}

#[test]
fn a_dropped_portfolio_loses_what_the_base_listed_and_nothing_else() {
    let base = shared("one", vec![wanted("333333333331", false)], Unlisted::Remove);
    let live = live(vec![account("333333333331"), account("999999999999")], None);
    let plan = plan_with(&empty(), &live, Some(&base));
    assert_eq!(lines(&plan), ["remove portfolio_share 333333333331"]);
    let renamed = shared("two", vec![wanted("333333333331", false), wanted("999999999999", false)], Unlisted::Remove);
    assert!(lines(&plan_with(&renamed, &live, Some(&base))).is_empty());
}

#[test]
fn a_plan_survives_the_way_to_json_and_back() {
    let mut desired = shared("one", vec![unit("Production", true), wanted("333333333331", true)], Unlisted::Remove);
    desired.experiences = listed(&["prod-a"], &["prod-b"], Unlisted::Remove).experiences;
    let mut plan = plan(&desired, &live(vec![account("999999999999"), account("333333333331")], None));
    // Each run looks anew whom a share has to reach.
    for target in &mut plan.targets {
        if let TargetState::Complete { work: Work::Hub { portfolio: _, changes }, left_alone: _ } = &mut target.state {
            for change in changes {
                change.about.audience = None;
            }
        }
    }
    assert_eq!(wire::plan_from_json(&wire::plan_to_json(&plan)).unwrap(), plan);
}

#[test]
fn the_digest_minds_neither_names_nor_notes_nor_places() {
    let desired = shared("one", vec![unit("Production", true)], Unlisted::Remove);
    let named = plan(&desired, &live(vec![account("999999999999")], None));
    let mut nameless_live = live(vec![account("999999999999")], None);
    let Some(Reading::Complete(tree)) = nameless_live.organizations.get_mut(&id::<Name>("acme")) else { panic!() };
    tree.accounts.clear();
    tree.members.clear();
    let nameless = plan(&desired, &nameless_live);
    assert_ne!(named, nameless);
    assert_eq!(named.digest, nameless.digest);
}

#[test]
fn a_change_that_is_gone_is_fine_and_one_that_is_new_is_not() {
    let desired = shared("one", vec![wanted("333333333331", false)], Unlisted::Remove);
    let limits = Limits { max_removals: MaxRemovals::all(20), allow_removals: None, shown: Removals::default() };
    let shown = Reviewed::of(&plan(&desired, &live(vec![account("999999999999")], None)));
    let gone = plan(&desired, &live(vec![], None));
    assert!(approve(gone, limits, Some(&shown)).is_ok());
    let new = plan(&desired, &live(vec![account("999999999998")], None));
    let refusal = approve(new, limits, Some(&shown)).unwrap_err();
    assert_eq!(refusal.reason, Reason::Unreviewed { changes: 1 });
    let Some(Edit::Hub(HubEdit::Share(share))) = refusal.targets[0].changes().next().map(|change| change.edit) else {
        panic!()
    };
    assert_eq!(share.subject(), &account("999999999998"));
}

#[test]
fn limits_are_absolute_and_fail_closed() {
    let desired = shared("one", vec![], Unlisted::Remove);
    let live = live(vec![account("999999999998"), account("999999999999")], None);
    let allowed = |max_removals, allow_removals| {
        approve(
            plan(&desired, &live),
            Limits { max_removals: MaxRemovals::all(max_removals), allow_removals, shown: Removals::default() },
            None,
        )
        .is_ok()
    };
    assert!(!allowed(1, None));
    assert!(!allowed(0, Some(1)));
    assert!(allowed(0, Some(2)));
    assert!(allowed(2, Some(0)), "a smaller number does not lower the settings' limit");
}

#[test]
fn a_catalog_in_step_asks_no_questions() {
    let desired = shared("one", vec![wanted("333333333331", false)], Unlisted::Remove);
    assert!(names(&plan(&desired, &live(vec![account("333333333331")], None))).is_empty());
}
