//! The map of a small world.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::*;
use crate::model::atlas::{Bought, MappedPortfolio, MappedShare, NodeAt, View, Who};
use crate::model::change::CatalogVersion;
use crate::model::desired::{
    DesiredExperience, DesiredPortfolio, DesiredShare, ExperienceSelector, ExperienceTerms, Ignored, IgnoredReceiver,
    OuRef, ProductLists, Selector, Unlisted,
};
use crate::model::edit::Effect;
use crate::model::experience::{Experience, ExperienceStatus, ProcurementPolicy};
use crate::model::finding::Source;
use crate::model::live::{Access, Found, Named, Reading, Shelf};
use crate::model::mirror::Products;
use crate::model::organization::{Account, AccountStatus, Organization, Unit, Walk};
use crate::model::portfolio::{LiveShare, NodeKind, Portfolio, Share};
use crate::model::settings::{self, OrganizationSettings, Settings};
use crate::model::sight::{Listed, State};
use crate::model::target::TargetName;
use crate::model::wants::Wants;
use crate::plan::diff;

const HUB: &str = "111111111112";
const PROD: &str = "ou-acme-prod0001";
const DEEP: &str = "ou-acme-deep0001";
const SHOP: &str = "333333333331";
const ALL: Scope<'static> = Scope { wanted: &|_| true, ungoverned: true };

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn source(line: u32) -> Source {
    Source { file: "catalog/x.yaml".to_owned(), line, column: 1, end_column: None }
}

fn unit(ou: &str) -> Share {
    Share::Ou { ou: id(ou), tag_options: false, principals: false }
}

fn member(account: &str) -> Share {
    Share::Member { account: id(account), tag_options: false }
}

fn listed(share: &Share, line: u32) -> DesiredShare {
    let share = share.map_ou(|ou| Ok::<_, ()>(OuRef::Id(ou.clone()))).unwrap();
    DesiredShare { share, notes: None, until: None, source: source(line) }
}

fn desired(shares: &[Share]) -> Desired {
    let acme = OrganizationSettings {
        id: id("o-acme000001"),
        service_catalog_account: Some(id(HUB)),
        marketplace_account: Some(id(HUB)),
        access: settings::Access::default(),
        source: source(1),
    };
    let name = TargetName::Portfolio { file: id("x"), organization: id("acme"), region: id("us-east-1"), former: None };
    let portfolio = DesiredPortfolio {
        organization: id("acme"),
        account: id(HUB),
        region: id("us-east-1"),
        portfolio: Selector::Name("Data".to_owned()),
        source: source(1),
        shares: shares.iter().zip(2..).map(|(share, line)| listed(share, line)).collect(),
        expired: Vec::new(),
        ignored: Vec::new(),
        unlisted: Unlisted::Remove,
        recipients: Vec::new(),
    };
    Desired {
        settings: Settings { organizations: BTreeMap::from([(id("acme"), acme)]), ..Settings::default() },
        portfolios: BTreeMap::from([(name, portfolio)]),
        ..Desired::default()
    }
}

/// A unit below a unit, and an account in it.
fn live(shares: &[Share]) -> Live {
    let mut tree = Organization::new(id("o-acme000001"), id("111111111111"));
    (tree.walk, tree.whole) = (Walk::Complete, true);
    tree.units.insert(id(PROD), Unit { name: "Production".to_owned(), parent: None });
    tree.units.insert(id(DEEP), Unit { name: "Deep".to_owned(), parent: Some(id(PROD)) });
    tree.listed = BTreeSet::from([None, Some(id(PROD)), Some(id(DEEP))]);
    for (account, name, above) in [(HUB, "hub", vec![]), (SHOP, "shop", vec![id(PROD), id(DEEP)])] {
        let status = AccountStatus::Active;
        let known = Account { name: name.to_owned(), email: None, status, joined: None, above: Some(above) };
        tree.accounts.insert(id(account), known);
    }
    let mut live = Live::default();
    live.organizations.insert(id("acme"), Reading::Complete(tree));
    let mut shelf = Shelf { listed: Some(Reading::Complete(Vec::new())), ..Shelf::default() };
    add(&mut shelf, "port-one", "Data", shares);
    live.portfolios.insert((id(HUB), id("us-east-1")), shelf);
    live
}

fn add(shelf: &mut Shelf<crate::model::id::PortfolioId, Portfolio>, port: &str, name: &str, shares: &[Share]) {
    let row = |share: &Share| (share.receiver(), LiveShare { share: share.clone(), accepted: true });
    let shares = shares.iter().map(row).collect();
    let Some(Reading::Complete(listed)) = &mut shelf.listed else { panic!("it was listed") };
    listed.push(Named { id: id(port), name: name.to_owned() });
    shelf.read.insert(id(port), Found::There(Portfolio { id: id(port), name: Some(name.to_owned()), shares }));
}

fn shelf(live: &mut Live) -> &mut Shelf<crate::model::id::PortfolioId, Portfolio> {
    live.portfolios.values_mut().next().unwrap()
}

fn plan(desired: &Desired, live: &Live) -> Plan {
    let version = CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false };
    diff(desired, live, None, version)
}

fn mapped(desired: &Desired, live: &Live) -> Atlas {
    atlas(ALL, desired, live, &plan(desired, live))
}

fn share<'a>(portfolio: &'a MappedPortfolio, receiver: &str) -> &'a MappedShare {
    portfolio.shares.iter().find(|share| share.receiver == receiver).unwrap()
}

/// Whether an account has the first portfolio, now and after the plan.
fn states(atlas: &Atlas, account: &str) -> (State, State) {
    let resident = atlas.nodes.iter().find_map(|node| match &node.who {
        Who::Account(it) if it.id.as_str() == account => Some(it),
        Who::Account(_) | Who::Root(_) | Who::Unit(_) => None,
    });
    let resident = resident.unwrap();
    let state = |view: &View| {
        let seen = view.portfolios.iter().find(|seen| seen.portfolio.0 == 0);
        seen.map_or(State::HasNot, |seen| seen.state.clone())
    };
    let after = resident.after.unwrap_or(resident.now);
    (state(&atlas.views[resident.now.0]), state(&atlas.views[after.0]))
}

#[test]
fn nodes_stand_after_the_one_above_them() {
    let atlas = mapped(&desired(&[]), &live(&[]));
    let names: Vec<(&str, Option<NodeAt>)> = atlas.nodes.iter().map(|node| (node.name.as_str(), node.up)).collect();
    let up = |at| Some(NodeAt(at));
    assert_eq!(names, [("acme", None), ("Production", up(0)), ("hub", up(0)), ("Deep", up(1)), ("shop", up(3))]);
    assert!(atlas.is_whole(), "{:?}", atlas.untold);
}

#[test]
fn each_share_is_told_by_the_line_that_speaks_of_it() {
    let account = |account: &str| Share::Account { account: id(account), tag_options: false };
    let live_shares = [account("999999999991"), account("999999999992"), account("999999999993"), unit(PROD)];
    let mut catalog = desired(&[unit(PROD), unit(DEEP)]);
    let it = catalog.portfolios.values_mut().next().unwrap();
    it.expired.push(listed(&account("999999999991"), 7));
    it.ignored.push(IgnoredReceiver { who: Ignored::Account(id("999999999992")), source: source(8) });
    let atlas = mapped(&catalog, &live(&live_shares));
    let portfolio = &atlas.portfolios[0];
    let told = |receiver: &str| {
        let it = share(portfolio, receiver);
        (it.said.clone().unwrap(), it.change)
    };
    assert_eq!(told("999999999991"), (Listed::Expired(source(7)), Some(Effect::Takes)));
    assert_eq!(told("999999999992"), (Listed::Ignored(source(8)), None));
    assert_eq!(told("999999999993"), (Listed::No, Some(Effect::Takes)));
    assert_eq!(told(PROD), (Listed::Yes(source(2)), None));
    assert_eq!(told(DEEP), (Listed::Yes(source(3)), Some(Effect::Gives)));
    assert!(share(portfolio, DEEP).live.is_none() && share(portfolio, PROD).live.is_some());
}

#[test]
fn row_of_which_nobody_knows_whether_it_only_inherits_is_no_access_once_the_share_above_is_gone() {
    let shares = [unit(PROD), member(SHOP)];
    let catalog = desired(&[member(SHOP)]);
    let mut world = live(&shares);
    let inherited = |atlas: &Atlas| share(&atlas.portfolios[0], SHOP).live.unwrap().inherited;
    let own = |receivers: &[Share]| Reading::Complete(receivers.iter().map(Share::receiver).collect());
    for (asked, known, after) in [
        (own(&[member(SHOP)]), Some(false), State::Has),
        (own(&[]), Some(true), State::Has),
        (Reading::Unreadable("no".to_owned()), None, State::Has),
    ] {
        let access = Access { own: [((id("port-one"), NodeKind::Account), asked)].into(), ..Access::default() };
        world.access.insert((id(HUB), id("us-east-1")), access);
        let atlas = mapped(&catalog, &world);
        assert_eq!(inherited(&atlas), known);
        let (now, then) = states(&atlas, SHOP);
        assert_eq!(now, State::Has);
        // If the row only inherits, the plan makes the share.
        match known {
            None => assert!(matches!(then, State::CantTell(_)), "{then:?}"),
            Some(_) => assert_eq!(then, after),
        }
    }
}

#[test]
fn plan_that_does_not_fit_what_is_live_is_not_shown_and_said() {
    let catalog = desired(&[unit(PROD)]);
    let old = plan(&catalog, &live(&[unit(DEEP)]));
    let now = live(&[unit(PROD)]);
    let atlas = atlas(ALL, &catalog, &now, &old);
    assert_eq!(atlas.untold.len(), 2, "{:?}", atlas.untold);
    assert!(atlas.portfolios[0].shares.iter().all(|share| share.change.is_none()));
    assert_eq!(states(&atlas, SHOP), (State::Has, State::Has));
    assert!(!atlas.is_whole());
}

#[test]
fn portfolio_that_no_file_governs_is_shown_and_one_that_a_name_may_mean_is_not_called_so() {
    let mut world = live(&[]);
    add(shelf(&mut world), "port-two", "Other", &[unit(PROD)]);
    let atlas = mapped(&desired(&[]), &world);
    let [_, other] = &atlas.portfolios[..] else { panic!("{:?}", atlas.portfolios) };
    assert_eq!((&other.source, &other.trouble, &other.shares[0].said), (&None, &None, &None));
    let narrow = Scope { ungoverned: false, ..ALL };
    let plan = plan(&desired(&[]), &world);
    assert_eq!(super::atlas(narrow, &desired(&[]), &world, &plan).portfolios.len(), 1);
    // Two portfolios are named `Data` now, so the catalog may mean either.
    add(shelf(&mut world), "port-three", "Data", &[]);
    let atlas = mapped(&desired(&[]), &world);
    assert_eq!(atlas.portfolios.len(), 4);
    assert!(atlas.portfolios.iter().all(|it| it.trouble.is_some()), "{:?}", atlas.portfolios);
}

fn with_experiences(approved: &[(&str, &[&str])]) -> (Desired, Live) {
    let (mut catalog, mut world) = (desired(&[]), live(&[]));
    let mut shelf = Shelf { listed: Some(Reading::Complete(Vec::new())), ..Shelf::default() };
    for (experience, products) in approved {
        let policy = ProcurementPolicy {
            id: id("procpolicy-one"),
            approved: products.iter().map(|product| id(product)).collect(),
            denied: BTreeSet::new(),
            user_requests: false,
            notes: BTreeMap::new(),
        };
        let (name, description, branding) = ((*experience).to_owned(), String::new(), None);
        let status = ExperienceStatus::Enabled;
        let found = Experience { id: id(experience), name, description, status, policy: Some(policy), branding };
        let Some(Reading::Complete(listed)) = &mut shelf.listed else { panic!("it was listed") };
        listed.push(Named { id: id(experience), name: (*experience).to_owned() });
        shelf.read.insert(id(experience), Found::There(found));
    }
    world.experiences.insert(id(HUB), shelf);
    world.audiences.insert(id(HUB), Reading::Complete(BTreeMap::new()));
    let lists = ProductLists {
        approved: BTreeMap::new(),
        rejected: BTreeMap::new(),
        expired: BTreeMap::new(),
        ignored: BTreeMap::new(),
        unlisted: Unlisted::Remove,
    };
    catalog.experiences.push(DesiredExperience {
        file: id("list"),
        organization: id("acme"),
        account: id(HUB),
        selector: ExperienceSelector::One(Selector::Id(id("exp-one"))),
        products: Products::Listed(Arc::new(lists)),
        terms: ExperienceTerms::default(),
        source: source(9),
    });
    (catalog, world)
}

#[test]
fn equal_lists_stand_once_and_one_that_changes_has_another_after() {
    let all: &[&str] = &["prod-a", "prod-b"];
    let (catalog, world) = with_experiences(&[("exp-one", all), ("exp-two", all), ("exp-three", &["prod-b"])]);
    let atlas = mapped(&catalog, &world);
    assert_eq!((atlas.lists.len(), atlas.products.len()), (3, 2));
    let of = |name: &str| atlas.experiences.iter().find(|it| it.name == name).unwrap();
    assert_eq!(of("exp-one").offer, of("exp-two").offer);
    assert_eq!((of("exp-two").offer_after, &of("exp-two").source), (None, &None));
    let Some(Bought::Listed(after)) = of("exp-one").offer_after else { panic!("{:?}", of("exp-one")) };
    assert_eq!((atlas.lists[after.0].approved.len(), atlas.lists[after.0].denied.len()), (0, 2));
    assert_eq!(of("exp-one").source, Some(source(9)));
}

#[test]
fn wants_end_once_everything_was_read() {
    let (catalog, world) = with_experiences(&[("exp-one", &["prod-a"])]);
    let mut asked = Wants::default();
    let first = atlas_wants(ALL, &catalog, None, &Live::default()).take_new(&mut asked);
    let tree = &first.organizations.values().next().unwrap();
    assert!(tree.everyone && tree.tree && tree.ways.is_empty(), "{tree:?}");
    assert!(first.received.is_empty() && first.portfolios.values().all(|of| of.list));
    let second = atlas_wants(ALL, &catalog, None, &world).take_new(&mut asked);
    assert_eq!(second.portfolios.values().map(|of| of.read.len()).sum::<usize>(), 1);
    assert_eq!(second.products.values().map(|of| of.ids.len()).sum::<usize>(), 1);
    assert!(second.access.is_empty() && second.received.is_empty(), "{second:?}");
    assert!(atlas_wants(ALL, &catalog, None, &world).take_new(&mut asked).is_empty());
}

#[test]
fn what_may_only_inherit_is_asked_for() {
    let catalog = desired(&[]);
    let own = |shares: &[Share]| {
        let wants = atlas_wants(ALL, &catalog, None, &live(shares));
        wants.access.into_values().flat_map(|of| of.own).map(|(_, kind)| kind).collect::<Vec<_>>()
    };
    assert_eq!(own(&[unit(PROD), unit(DEEP), member(SHOP)]), [NodeKind::Account, NodeKind::Unit]);
    assert_eq!(own(&[unit(DEEP), member(HUB)]), []);
}
