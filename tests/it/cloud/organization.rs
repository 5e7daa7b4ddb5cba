//! Organizations: identifying them, resolving the paths that the catalog names, and the second round of reading.

use std::collections::{BTreeMap, BTreeSet};

use catalog_sync::cloud::{Cloud, Options, Timing, read};
use catalog_sync::model::desired::{ExperienceSelector, OuRef};
use catalog_sync::model::id::{AccountId, OuId};
use catalog_sync::model::live::{Live, Reading};
use catalog_sync::model::organization::{AccountStatus, Organization, PathProblem, Walk};
use catalog_sync::model::portfolio::Share;
use catalog_sync::model::settings::Mode;
use catalog_sync::model::wants::{OrganizationWants as Questions, Wants};
use catalog_sync::sandbox::{Rate, Rates, Unit};

use super::bed::{Bed, HUB, MARKET, all_live, by_id, by_name, complete, id, one, read_all, reason};

pub(super) fn ou(path: &str) -> Share<OuRef> {
    Share::Ou { ou: OuRef::Path(path.to_owned()), tag_options: false, principals: false }
}

async fn acme(bed: &Bed) -> Organization {
    complete(bed.read().await.organizations[&id("acme")].clone())
}

pub(super) fn deny_organizations(bed: &Bed, pattern: &str) {
    bed.sandbox.change(|world| {
        for account in [HUB, MARKET] {
            let account = world.accounts.entry(account.to_owned()).or_default();
            account.roles.entry("catalog-sync-*".to_owned()).or_default().deny = vec![pattern.to_owned()];
        }
    });
}

#[tokio::test]
async fn a_catalog_without_paths_asks_who_they_are_and_no_more() {
    let mut bed = Bed::usual().await;
    bed.want_portfolio("us-east-1", by_id("port-data"), []);
    bed.want_experience(one("exp-base"));
    let organization = acme(&bed).await;
    assert_eq!(organization.management_account.as_str(), "111111111110");
    assert!(organization.units.is_empty());
    let asked = bed.sandbox.calls().iter().filter(|call| call.service == "organizations").count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn paths_are_walked_no_deeper_than_they_go() {
    let mut bed = Bed::usual().await;
    bed.want_portfolio(
        "us-east-1",
        by_id("port-data"),
        [ou("Workloads/Production"), ou("Workloads/Staging"), ou("Sandbox")],
    );
    let organization = acme(&bed).await;
    assert_eq!(organization.resolve("Workloads/Production"), Ok(id("ou-acme-prod0001")));
    assert_eq!(organization.resolve("Sandbox"), Ok(id("ou-acme-sand0001")));
    // One call for the root and one for Workloads.
    assert_eq!(bed.calls("ListOrganizationalUnitsForParent"), 2);
    assert_eq!(bed.calls("ListRoots"), 1);
}

#[tokio::test]
async fn a_path_that_is_wrong_leaves_its_neighbours_to_suggest() {
    let mut bed = Bed::usual().await;
    bed.want_portfolio("us-east-1", by_id("port-data"), [ou("Workloads/Prodution")]);
    let Err(PathProblem::Missing { candidates }) = acme(&bed).await.resolve("Workloads/Prodution") else { panic!() };
    assert_eq!(candidates, ["Workloads/Production", "Workloads/Staging"]);
}

#[tokio::test]
async fn another_organization_than_the_settings_say_makes_all_of_it_unreadable() {
    let mut bed = Bed::usual().await;
    bed.want_portfolio("us-east-1", by_id("port-data"), []);
    bed.want_experience(one("exp-base"));
    bed.desired.settings.organizations.get_mut(&id("acme")).unwrap().id = id("o-elsewhere1");
    let live = bed.read().await;
    let said = reason(live.organizations[&id("acme")].clone());
    assert!(said.starts_with("account 111111111111 belongs to organization o-acme000001, but"), "{said}");
    assert_eq!(reason(live.portfolios[&(id(HUB), id("us-east-1"))].clone()), said);
    assert_eq!(reason(live.experiences[&id(MARKET)].clone()), said);
}

#[tokio::test]
async fn an_organization_that_may_not_be_asked_takes_nothing_else_with_it() {
    let mut bed = Bed::usual().await;
    deny_organizations(&bed, "organizations:*");
    bed.want_portfolio("us-east-1", by_name("Data Platform"), []);
    bed.want_experience(all_live(&[]));
    let live = bed.read().await;
    let said = reason(live.organizations[&id("acme")].clone());
    assert!(said.starts_with("DescribeOrganization in 111111111111 us-east-1: AccessDeniedException"), "{said}");
    assert_eq!(complete(live.portfolios[&(id(HUB), id("us-east-1"))].clone()).read.len(), 1);
    assert_eq!(complete(live.experiences[&id(MARKET)].clone().listed.unwrap()).len(), 4);
}

#[tokio::test]
async fn a_tree_that_may_not_be_walked_is_unreadable_where_a_path_needs_it() {
    let mut bed = Bed::usual().await;
    deny_organizations(&bed, "organizations:List*");
    bed.want_portfolio("us-east-1", by_id("port-data"), [ou("Sandbox")]);
    let organization = complete(bed.read().await.organizations[&id("acme")].clone());
    let Walk::Failed(said) = organization.walk else { panic!("{:?}", organization.walk) };
    assert!(said.starts_with("ListRoots in 111111111111 us-east-1: AccessDeniedException"), "{said}");
}

pub(super) async fn look_up(bed: &mut Bed, questions: Questions) -> (Organization, Vec<String>) {
    bed.want_portfolio("us-east-1", by_id("port-data"), []);
    let cloud = bed.cloud(Mode::Plan);
    let mut live: Live = read_all(&cloud, &bed.desired).await;
    let wants = Wants { organizations: BTreeMap::from([(id("acme"), questions)]), ..Wants::default() };
    read::read(&cloud, &mut live, |_| wants.clone()).await;
    (complete(live.organizations.remove(&id("acme")).unwrap()), live.troubles)
}

pub(super) fn accounts(ids: &[&str]) -> BTreeSet<AccountId> {
    ids.iter().map(|it| id(it)).collect()
}

pub(super) fn units(ids: &[&str]) -> BTreeSet<OuId> {
    ids.iter().map(|it| id(it)).collect()
}

#[tokio::test]
async fn accounts_get_their_names_and_strangers_are_told_apart() {
    let mut bed = Bed::usual().await;
    let questions =
        Questions { accounts: accounts(&["333333333333", "444444444444", "666666666666"]), ..Questions::default() };
    let (organization, troubles) = look_up(&mut bed, questions).await;
    assert_eq!(organization.account_name(&id("333333333333")), Some("payments"));
    assert_eq!(organization.accounts[&id("444444444444")].status, AccountStatus::Suspended);
    assert_eq!(organization.strangers, accounts(&["666666666666"]));
    assert_eq!(bed.calls("DescribeAccount"), 3);
    assert!(troubles.is_empty(), "{troubles:?}");
}

#[tokio::test]
async fn a_unit_gets_its_whole_path_and_everyone_below_it() {
    let mut bed = Bed::usual().await;
    let questions = Questions {
        units: units(&["ou-acme-work0001", "ou-acme-prod0001"]),
        accounts: accounts(&["333333333333"]),
        ..Questions::default()
    };
    let (organization, troubles) = look_up(&mut bed, questions).await;
    let below = accounts(&["222222222222", "333333333333", "444444444444", "555555555555"]);
    assert_eq!(organization.members[&id("ou-acme-work0001")], below);
    assert_eq!(organization.members[&id("ou-acme-prod0001")], accounts(&["333333333333", "444444444444"]));
    assert_eq!(organization.path(&id("ou-acme-prod0001")), "Workloads/Production");
    assert!(matches!(organization.resolve("Production"), Err(PathProblem::Unreadable(_))), "no path was looked for");
    assert_eq!(bed.calls("ListAccountsForParent"), 3, "each unit once");
    assert_eq!(bed.calls("DescribeAccount"), 0, "the tree has shown it");
    assert!(troubles.is_empty(), "{troubles:?}");
}

#[tokio::test]
async fn many_accounts_are_listed_and_not_asked_for_one_by_one() {
    let mut bed = Bed::usual().await;
    let many: BTreeSet<AccountId> = (0..41).map(|number| id(&format!("7000000000{number:02}"))).collect();
    let questions = Questions { accounts: many.clone(), ..Questions::default() };
    let (organization, _) = look_up(&mut bed, questions).await;
    assert!(organization.whole);
    assert_eq!(organization.accounts.len(), 7);
    assert_eq!(organization.strangers, many);
    assert_eq!((bed.calls("ListAccounts"), bed.calls("DescribeAccount")), (1, 0));
}

#[tokio::test]
async fn what_nobody_asks_is_not_looked_up() {
    let mut bed = Bed::usual().await;
    look_up(&mut bed, Questions::default()).await;
    let asked = bed.sandbox.calls().iter().filter(|call| call.service == "organizations").count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn questions_that_may_not_be_asked_stay_open() {
    let mut bed = Bed::usual().await;
    deny_organizations(&bed, "organizations:DescribeAccount");
    let questions = Questions { accounts: accounts(&["333333333333"]), ..Questions::default() };
    let (organization, troubles) = look_up(&mut bed, questions).await;
    assert!(organization.accounts.is_empty() && organization.strangers.is_empty());
    assert!(
        troubles[0].starts_with("DescribeAccount in 111111111111 us-east-1: AccessDeniedException"),
        "{troubles:?}"
    );
}

#[tokio::test]
async fn an_organization_that_nothing_is_about_is_not_asked() {
    let mut bed = Bed::usual().await;
    let selector: ExperienceSelector = one("exp-base");
    let other = bed.desired.settings.organizations[&id("acme")].clone();
    bed.desired.settings.organizations.insert(id("other"), other);
    bed.want_experience(selector);
    let live = bed.read().await;
    assert_eq!(live.organizations.len(), 1);
    assert!(matches!(live.organizations[&id("acme")], Reading::Complete(_)));
}

/// A world with this many OUs, and a catalog that names a path below each of them.
async fn many_units(units: usize, rates: Rates) -> Bed {
    let mut bed = Bed::new(|world| {
        world.rates = rates;
        let ous = &mut world.organizations.get_mut("acme").unwrap().ous;
        ous.extend((0..units).map(|unit| Unit {
            name: format!("Unit{unit}"),
            id: format!("ou-acme-unit{unit:04}"),
            ous: vec![Unit { name: "In".to_owned(), id: format!("ou-acme-inin{unit:04}"), ..Unit::default() }],
            ..Unit::default()
        }));
    })
    .await;
    bed.want_portfolio("us-east-1", by_id("port-data"), (0..units).map(|unit| ou(&format!("Unit{unit}/In"))));
    bed
}

fn tree(per_second: f64, burst: u32) -> Rates {
    let rate = Rate { per_second, burst };
    Rates::Own(BTreeMap::from([("organizations:ListOrganizationalUnitsForParent".to_owned(), rate)]))
}

#[tokio::test]
async fn a_tree_that_throttles_is_read_to_its_end() {
    let bed = many_units(30, tree(40.0, 2)).await;
    let organization = acme(&bed).await;
    assert_eq!(organization.resolve("Unit29/In"), Ok(id("ou-acme-inin0029")));
    let throttled = bed.sandbox.calls().iter().filter(|call| call.outcome.is_err()).count();
    assert!(throttled > 0, "it was throttled");
}

#[tokio::test]
async fn a_tree_is_asked_no_faster_than_its_published_rate() {
    let bed = many_units(10, tree(5.0, 8)).await;
    let timing = Timing { paced: true, ..Timing::loopback() };
    let cloud = Cloud::new(&bed.desired.settings, Mode::Plan, Options { timing, ..bed.options() });
    let live = read_all(&cloud, &bed.desired).await;
    assert_eq!(complete(live.organizations[&id("acme")].clone()).resolve("Unit9/In"), Ok(id("ou-acme-inin0009")));
    assert!(bed.sandbox.calls().iter().all(|call| call.outcome.is_ok()), "none was throttled");
}
