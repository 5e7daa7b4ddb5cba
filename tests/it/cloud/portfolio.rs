//! Reading portfolios and their shares.

use std::time::Duration;

use catalog_sync::cloud::{Cloud, Options, Timing, read};
use catalog_sync::model::change::{CatalogVersion, Plan};
use catalog_sync::model::live::{Found, Reading};
use catalog_sync::model::portfolio::{Receiver, Share};
use catalog_sync::model::settings::Mode;
use catalog_sync::plan;
use catalog_sync::sandbox::{Drop, Fault, FaultError, Sandbox, World};

use super::bed::{Bed, HUB, by_id, by_name, complete, id, read_all, reason};

fn fault(operation: &str, times: Option<u32>, code: &str) -> Fault {
    let error = Some(FaultError { code: code.to_owned(), message: "says AWS".to_owned(), status: 400 });
    Fault { operation: Some(operation.to_owned()), times, error, ..Fault::default() }
}

#[tokio::test]
async fn every_type_of_share_is_read() {
    let mut bed = Bed::usual().await;
    let portfolio = complete(bed.portfolio(by_name("Data Platform")).await);
    assert_eq!(portfolio.id.as_str(), "port-data");
    let shares: Vec<String> = portfolio.shares.keys().map(ToString::to_string).collect();
    assert_eq!(shares, ["333333333333", "666666666666", "member/222222222222", "ou-acme-prod0001"]);
    let direct = &portfolio.shares[&Receiver::Account(id("333333333333"))];
    assert!(direct.share.tag_options() && !direct.accepted);
    assert!(portfolio.shares[&Receiver::Account(id("666666666666"))].accepted);
    assert_eq!(portfolio.shares[&Receiver::Ou(id("ou-acme-prod0001"))].share.principals(), Some(true));
}

#[tokio::test]
async fn an_account_and_region_is_listed_once_and_only_for_names() {
    let mut bed = Bed::usual().await;
    bed.want_portfolio("us-east-1", by_name("Data Platform"), []);
    bed.want_portfolio("us-east-1", by_name("Other"), []);
    bed.want_portfolio("us-east-1", by_id("port-other"), []);
    bed.want_portfolio("eu-west-1", by_id("port-euro"), []);
    let live = bed.read().await;
    let here = live.portfolios[&(id(HUB), id("us-east-1"))].clone();
    assert_eq!(complete(here.listed.unwrap()).len(), 4);
    assert_eq!(here.read.len(), 2);
    let there = live.portfolios[&(id(HUB), id("eu-west-1"))].clone();
    assert_eq!(there.listed, None);
    assert_eq!(complete(there.read[&id("port-euro")].clone()).name, None, "nobody asked for it");
    assert_eq!(bed.calls("ListPortfolios"), 1);
    assert_eq!(bed.calls("DescribePortfolio"), 0);
    assert_eq!(bed.calls("DescribePortfolioShares"), 12);
    assert_eq!(bed.calls("DescribeOrganization"), 1);
    assert_eq!(bed.calls("AssumeRole"), 1);
}

#[tokio::test]
async fn pages_are_followed_even_where_one_is_empty() {
    let mut bed = Bed::new(|world| {
        world.pages.largest = Some(1);
        world.pages.empty_first = true;
    })
    .await;
    let portfolio = complete(bed.portfolio(by_name("Data Platform")).await);
    assert_eq!(portfolio.shares.len(), 4);
}

#[tokio::test]
async fn a_name_that_two_bear_chooses_none() {
    let mut bed = Bed::usual().await;
    bed.want_portfolio("us-east-1", by_name("Twin"), []);
    let shelf = bed.read().await.portfolios[&(id(HUB), id("us-east-1"))].clone();
    assert!(shelf.read.is_empty());
    assert_eq!(complete(shelf.listed.unwrap()).iter().filter(|named| named.name == "Twin").count(), 2);
}

#[tokio::test]
async fn a_portfolio_that_does_not_exist_is_not_there() {
    let mut bed = Bed::usual().await;
    bed.want_portfolio("us-east-1", by_id("port-none"), []);
    let live = bed.read().await;
    let shelf = live.portfolios[&(id(HUB), id("us-east-1"))].clone();
    assert_eq!(shelf.read[&id("port-none")], Found::NotThere, "AWS said so: that is no failure to look");
}

#[tokio::test]
async fn what_may_not_be_read_is_unreadable_and_not_absent() {
    let mut bed = Bed::usual().await;
    bed.sandbox.change(|world| {
        let role = world.accounts.get_mut(HUB).unwrap().roles.entry("catalog-sync-*".to_owned()).or_default();
        role.deny = vec!["servicecatalog:DescribePortfolioShares".to_owned()];
    });
    let reason = reason(bed.portfolio(by_name("Data Platform")).await);
    assert!(
        reason.starts_with("DescribePortfolioShares in 111111111111 us-east-1: AccessDeniedException: "),
        "{reason}"
    );
}

#[tokio::test]
async fn throttling_passes() {
    let mut bed =
        Bed::new(|world| world.faults.push(fault("DescribePortfolioShares", Some(3), "ThrottlingException"))).await;
    assert_eq!(complete(bed.portfolio(by_name("Data Platform")).await).shares.len(), 4);
}

#[tokio::test]
async fn throttling_that_does_not_pass_is_said() {
    let mut bed = Bed::new(|world| world.faults.push(fault("ListPortfolios", None, "ThrottlingException"))).await;
    bed.want_portfolio("us-east-1", by_name("Data Platform"), []);
    let timing = Timing { patience: Duration::from_millis(30), ..Timing::loopback() };
    let cloud = Cloud::new(&bed.desired.settings, Mode::Plan, Options { timing, ..bed.options() });
    let live = read_all(&cloud, &bed.desired).await;
    let reason = reason(live.portfolios[&(id(HUB), id("us-east-1"))].clone());
    let said =
        "ListPortfolios in 111111111111 us-east-1: ThrottlingException: says AWS: AWS has throttled this call for ";
    assert!(reason.starts_with(said), "{reason}");
}

#[tokio::test]
async fn a_connection_that_is_lost_is_made_again() {
    let drop = Fault {
        service: Some("servicecatalog".to_owned()),
        times: Some(2),
        drop: Some(Drop::Before),
        ..Fault::default()
    };
    let mut bed = Bed::new(|world| world.faults.push(drop)).await;
    assert_eq!(complete(bed.portfolio(by_name("Data Platform")).await).shares.len(), 4);
}

#[tokio::test]
async fn what_does_not_answer_is_said_in_few_words() {
    let mut bed = Bed::usual().await;
    let options = bed.options();
    bed.want_portfolio("us-east-1", by_name("Data Platform"), []);
    let cloud = Cloud::new(&bed.desired.settings, Mode::Plan, options);
    let sandbox = std::mem::replace(&mut bed.sandbox, Sandbox::start(World::default()).await.unwrap());
    let host = sandbox.url().replace("http://", "");
    sandbox.stop().await;
    let live = read_all(&cloud, &bed.desired).await;
    let reason = reason(live.portfolios[&(id(HUB), id("us-east-1"))].listed.clone().unwrap());
    assert!(reason.starts_with(&format!("AssumeRole in 111111111111 us-east-1: NoConnection: {host}: ")), "{reason}");
    assert!(reason.to_lowercase().contains("connection refused") && reason.len() < 150, "{reason}");
    assert!(matches!(live.organizations[&id("acme")], Reading::Unreadable(_)));
}

#[tokio::test]
async fn id_of_another_form_leaves_the_account_readable() {
    let mut bed = Bed::new(|world| {
        let portfolios = &mut world.accounts.get_mut(HUB).unwrap().regions.get_mut("us-east-1").unwrap().portfolios;
        let other = portfolios.remove("port-other").unwrap();
        portfolios.insert("1a_2B-c".to_owned(), other);
    })
    .await;
    assert_eq!(complete(bed.portfolio(by_name("Data Platform")).await).id.as_str(), "port-data");
    assert_eq!(complete(bed.portfolio(by_name("Other")).await).id.as_str(), "1a_2B-c");
}

/// Plans a portfolio that the catalog names by its id, and reads the names that the plan needs.
async fn planned(bed: &Bed) -> Plan {
    let cloud = bed.cloud(Mode::Plan);
    let mut live = read_all(&cloud, &bed.desired).await;
    let version = CatalogVersion { digest: String::new(), revision: None, base: None, sandbox: false };
    let names = plan::names(&plan::diff(&bed.desired, &live, None, version.clone()));
    read::read(&cloud, &mut live, |_| names.clone()).await;
    assert!(live.troubles.is_empty(), "{:?}", live.troubles);
    plan::diff(&bed.desired, &live, None, version)
}

#[tokio::test]
async fn portfolio_in_step_is_not_asked_for_its_name() {
    let mut bed = Bed::usual().await;
    let organization = Share::Organization { organization: id("o-acme000001"), tag_options: false, principals: false };
    bed.want_portfolio("eu-west-1", by_id("port-euro"), [organization]);
    assert!(!planned(&bed).await.has_changes());
    assert_eq!((bed.calls("DescribePortfolio"), bed.calls("ListPortfolios")), (0, 0));
}

#[tokio::test]
async fn portfolio_that_changes_is_called_by_its_name() {
    let mut bed = Bed::usual().await;
    bed.want_portfolio(
        "us-east-1",
        by_id("port-other"),
        [Share::Account { account: id("333333333333"), tag_options: false }],
    );
    let plan = planned(&bed).await;
    assert_eq!(plan.targets[0].work().unwrap().resource().name, "Other");
    assert_eq!((bed.calls("DescribePortfolio"), bed.calls("ListPortfolios")), (1, 0));
}

#[tokio::test]
async fn names_of_several_portfolios_come_from_one_list() {
    let mut bed = Bed::usual().await;
    for portfolio in ["port-other", "port-twin1", "port-twin2"] {
        let share = Share::Account { account: id("333333333333"), tag_options: false };
        bed.want_portfolio("us-east-1", by_id(portfolio), [share]);
    }
    let plan = planned(&bed).await;
    let names: Vec<String> = plan.targets.iter().map(|target| target.work().unwrap().resource().name).collect();
    assert_eq!(names, ["Other", "Twin", "Twin"]);
    assert_eq!((bed.calls("DescribePortfolio"), bed.calls("ListPortfolios")), (0, 1));
}
