//! Shares in trouble: accounts that AWS missed, an end that can't be read, errors that pass by themselves and errors
//! that don't.

use std::time::Duration;

use catalog_sync::cloud::{Cloud, Options, Timing};
use catalog_sync::model::report::Outcome;
use catalog_sync::model::settings::Mode;
use catalog_sync::sandbox::{Fault, FaultError, NothingReached, ShareFailure, World};

use super::bed::{Bed, HUB, failure};
use super::share::{account, apply, create, member, ou, remove, shares};

fn missed(world: &mut World, error: &str, times: Option<u32>) {
    world.share_errors.push(ShareFailure {
        account: "333333333333".to_owned(),
        error: error.to_owned(),
        message: "said AWS".to_owned(),
        times,
        silent: false,
    });
}

#[tokio::test]
async fn new_share_that_missed_accounts_is_removed_and_made_again() {
    let bed = Bed::new(|world| missed(world, "ThrottlingException", Some(2))).await;
    let outcomes = bed.share(&apply(&bed), "port-data", [create(ou("ou-acme-work0001", false))]).await;
    assert_eq!(outcomes, [Outcome::Applied]);
    assert_eq!((bed.calls("CreatePortfolioShare"), bed.calls("DeletePortfolioShare")), (3, 2));
    let world = bed.sandbox.world();
    let shares = &world.region(HUB, "us-east-1").unwrap().portfolios["port-data"].shares;
    assert!(shares.iter().all(|share| share.missing.is_empty()), "{shares:?}");
}

#[tokio::test]
async fn share_is_made_again_a_few_times_only_and_not_for_what_stays() {
    let bed = Bed::new(|world| missed(world, "ThrottlingException", None)).await;
    let outcomes = bed.share(&apply(&bed), "port-data", [create(ou("ou-acme-work0001", false))]).await;
    let said = failure(&outcomes[0]);
    let expected = "ShareFailed: it did not reach 333333333333: ThrottlingException: said AWS, though it was removed and \
                    made again 3 times. The share stands without these accounts";
    assert!(said.ends_with(expected), "{said}");
    assert!(shares(&bed, "port-data").contains(&"ou-acme-work0001".to_owned()));

    let bed = Bed::new(|world| missed(world, "ResourceNotFoundException", None)).await;
    let outcomes = bed.share(&apply(&bed), "port-data", [create(ou("ou-acme-work0001", false))]).await;
    assert!(failure(&outcomes[0]).ends_with("said AWS. The share stands without these accounts"), "{outcomes:?}");
    assert_eq!(bed.calls("DeletePortfolioShare"), 0);
}

#[tokio::test]
async fn share_that_reached_nobody_is_made_again() {
    let bed = Bed::new(|world| {
        world.unproven.nothing_reached = NothingReached::Error;
        missed(world, "ThrottlingException", Some(1));
    })
    .await;
    let outcomes = bed.share(&apply(&bed), "port-data", [create(member("333333333333"))]).await;
    assert_eq!(outcomes, [Outcome::Applied]);
}

fn answers(operation: &str, code: &str, message: &str, status: u16, times: Option<u32>) -> Fault {
    let error = Some(FaultError { code: code.to_owned(), message: message.to_owned(), status });
    Fault { operation: Some(operation.to_owned()), error, times, ..Fault::default() }
}

#[tokio::test]
async fn missing_profile_passes_by_itself() {
    let said = "Portfolio share profile does not exist";
    let bed = Bed::new(|world| {
        world.faults.push(answers("*PortfolioShare", "InvalidParametersException", said, 400, Some(3)));
    })
    .await;
    let outcomes = bed.share(&apply(&bed), "port-data", [create(ou("ou-acme-stag0001", true))]).await;
    assert_eq!(outcomes, [Outcome::Applied]);

    let bed = Bed::new(|world| {
        world.faults.push(answers("*PortfolioShare", "InvalidParametersException", said, 400, None));
    })
    .await;
    let outcomes = bed.share(&apply(&bed), "port-data", [create(ou("ou-acme-stag0001", true))]).await;
    assert!(failure(&outcomes[0]).contains(said), "and is not waited for for ever");
}

#[tokio::test]
async fn status_that_aws_does_not_tell_is_seen_in_what_is_live() {
    for (code, status) in [("ResourceNotFoundException", 400), ("InternalFailure", 500)] {
        let bed =
            Bed::new(|world| world.faults.push(answers("DescribePortfolioShareStatus", code, "", status, None))).await;
        let outcomes = bed.share(&apply(&bed), "port-data", [create(ou("ou-acme-stag0001", true))]).await;
        assert_eq!(outcomes, [Outcome::Applied], "{code}");
    }
}

#[tokio::test]
async fn quota_is_final_at_once() {
    let fault = answers("CreatePortfolioShare", "LimitExceededException", "no more shares", 400, None);
    let bed = Bed::new(|world| world.faults.push(fault)).await;
    let outcomes = bed.share(&apply(&bed), "port-data", [create(ou("ou-acme-stag0001", true))]).await;
    assert!(failure(&outcomes[0]).contains("no more shares"));
    assert_eq!(bed.calls("CreatePortfolioShare"), 1);
}

fn hasty(bed: &Bed) -> Cloud {
    let timing = Timing { patience: Duration::from_millis(60), ..Timing::loopback() };
    Cloud::new(&bed.desired.settings, Mode::Apply, Options { timing, ..bed.options() })
}

#[tokio::test]
async fn share_that_does_not_end_skips_the_rest_of_its_account_and_region() {
    let bed = Bed::new(|world| world.pending.share = 1_000_000).await;
    let cloud = hasty(&bed);
    let edits = [create(ou("ou-acme-stag0001", true)), create(member("333333333333"))];
    let outcomes = bed.share(&cloud, "port-data", edits).await;
    assert!(failure(&outcomes[0]).contains("Timeout"));
    let why = "not tried: CreatePortfolioShare for ou-acme-stag0001 did not end within 60 ms (Timeout)";
    assert_eq!(outcomes[1], Outcome::Skipped(why.to_owned()));
    let outcomes = bed.share(&cloud, "port-other", [create(member("333333333333"))]).await;
    assert_eq!(outcomes, [Outcome::Skipped(why.to_owned())]);
    assert_eq!(bed.calls("CreatePortfolioShare"), 1);
}

#[tokio::test]
async fn conflict_is_looked_at_again() {
    let bed = Bed::new(|world| world.pending.share = 20).await;
    let cloud = apply(&bed);
    // The plan saw the account's share without TagOptions. When the run begins it has them; later it has none again.
    let run =
        bed.share(&cloud, "port-data", [create(ou("ou-acme-stag0001", true)), remove(account("333333333333", false))]);
    let act = async {
        while bed.calls("DescribePortfolioShareStatus") == 0 {
            tokio::task::yield_now().await;
        }
        bed.sandbox.change(|world| {
            let region = world.accounts.get_mut(HUB).unwrap().regions.get_mut("us-east-1").unwrap();
            let shares = &mut region.portfolios.get_mut("port-data").unwrap().shares;
            shares.iter_mut().find(|share| share.to.id() == "333333333333").unwrap().tag_options = false;
        });
    };
    let (outcomes, ()) = tokio::join!(run, act);
    assert_eq!(outcomes, vec![Outcome::Applied; 2]);
}

#[tokio::test]
async fn shares_with_nodes_keep_a_pause_after_each_other() {
    let bed = Bed::new(|world| world.share_pause_ms = 150).await;
    let timing = Timing { node_pause: Duration::from_millis(200), ..Timing::loopback() };
    let cloud = Cloud::new(&bed.desired.settings, Mode::Apply, Options { timing, ..bed.options() });
    let edits = [create(ou("ou-acme-work0001", true)), create(member("333333333333"))];
    let outcomes = bed.share(&cloud, "port-data", edits).await;
    assert_eq!(outcomes, vec![Outcome::Applied; 2]);
    assert_eq!(bed.calls("CreatePortfolioShare"), 2, "neither missed an account");
}
