//! Writing shares.

use std::collections::BTreeSet;
use std::time::Duration;

use catalog_sync::cloud::{Cloud, Ledger, Options, Timing};
use catalog_sync::model::edit::{Delta, HubEdit};
use catalog_sync::model::portfolio::Share;
use catalog_sync::model::report::Outcome;
use catalog_sync::model::settings::Mode;
use catalog_sync::sandbox::{
    Drop, Fault, FaultError, Role, ShareAct, ShareAction, ShareFailure, ShareStatus, ShareTarget, World,
};

use super::bed::{Bed, HUB, failure, id, share_plan};

pub(super) fn account(account: &str, tag_options: bool) -> Share {
    Share::Account { account: id(account), tag_options }
}

pub(super) fn member(account: &str) -> Share {
    Share::Member { account: id(account), tag_options: false }
}

pub(super) fn ou(ou: &str, principals: bool) -> Share {
    Share::Ou { ou: id(ou), tag_options: false, principals }
}

pub(super) fn create(share: Share) -> HubEdit {
    HubEdit::Share(Delta::Create(share))
}

fn update(before: Share, after: Share) -> HubEdit {
    HubEdit::Share(Delta::Update { before, after })
}

pub(super) fn remove(share: Share) -> HubEdit {
    HubEdit::Share(Delta::Remove(share))
}

/// The shares of a portfolio: each receiver, then its flags.
pub(super) fn shares(bed: &Bed, portfolio: &str) -> Vec<String> {
    let world = bed.sandbox.world();
    let portfolio = &world.region(HUB, "us-east-1").unwrap().portfolios[portfolio];
    let text = |share: &catalog_sync::sandbox::Share| {
        let tags = if share.tag_options { " tags" } else { "" };
        let principals = if share.principals { " principals" } else { "" };
        format!("{}{tags}{principals}", share.to.id())
    };
    let mut shares: Vec<String> = portfolio.shares.iter().map(text).collect();
    shares.sort();
    shares
}

pub(super) fn apply(bed: &Bed) -> Cloud {
    bed.cloud(Mode::Apply)
}

#[tokio::test]
async fn shares_of_every_kind_are_made_changed_and_taken_away() {
    let bed = Bed::usual().await;
    let edits = [
        create(account("555555555555", true)),
        create(member("333333333333")),
        create(ou("ou-acme-stag0001", true)),
        create(Share::Organization { organization: id("o-acme000001"), tag_options: true, principals: false }),
        update(account("333333333333", true), account("333333333333", false)),
        update(ou("ou-acme-prod0001", true), ou("ou-acme-prod0001", false)),
        remove(account("666666666666", false)),
        remove(member("222222222222")),
    ];
    let outcomes = bed.share(&apply(&bed), "port-data", edits).await;
    assert_eq!(outcomes, vec![Outcome::Applied; 8]);
    assert_eq!(
        shares(&bed, "port-data"),
        [
            "333333333333",
            "333333333333",
            "555555555555 tags",
            "o-acme000001 tags",
            "ou-acme-prod0001",
            "ou-acme-stag0001 principals",
        ]
    );
    let world = bed.sandbox.world();
    let actions = &world.region(HUB, "us-east-1").unwrap().share_actions;
    assert!(actions.values().all(|action| action.status.is_final()), "what is asynchronous has ended");
}

#[tokio::test]
async fn what_somebody_did_meanwhile_counts_or_conflicts() {
    let bed = Bed::usual().await;
    let edits = [
        create(account("333333333333", true)),
        create(account("666666666666", true)),
        remove(account("555555555555", false)),
        update(ou("ou-acme-prod0001", false), ou("ou-acme-prod0001", true)),
        remove(member("222222222222")),
    ];
    let outcomes = bed.share(&apply(&bed), "port-data", edits).await;
    assert_eq!(outcomes[0], Outcome::Applied, "it is there just so");
    let conflict = failure(&outcomes[1]);
    assert!(conflict.starts_with("CreatePortfolioShare in 111111111111 us-east-1: Conflict: "), "{conflict}");
    assert!(conflict.contains("TagOptions off"), "{conflict}");
    assert_eq!(outcomes[2], Outcome::Applied, "it is gone already");
    assert_eq!(outcomes[3], Outcome::Applied, "it has the flag already");
    assert_eq!(outcomes[4], Outcome::Applied);
    assert_eq!(bed.sandbox.calls().iter().filter(|call| call.is_write()).count(), 1);
}

#[tokio::test]
async fn accounts_that_a_share_did_not_reach_are_named() {
    let bed = Bed::new(|world| {
        world.share_errors.push(ShareFailure {
            account: "333333333333".to_owned(),
            error: "ThrottlingException".to_owned(),
            message: "Rate exceeded".to_owned(),
            times: None,
            silent: false,
        });
        world
            .accounts
            .get_mut(HUB)
            .unwrap()
            .regions
            .get_mut("us-east-1")
            .unwrap()
            .portfolios
            .get_mut("port-data")
            .unwrap()
            .shares
            .clear();
    })
    .await;
    let outcomes = bed
        .share(
            &apply(&bed),
            "port-data",
            [create(ou("ou-acme-prod0001", false)), create(account("666666666666", false))],
        )
        .await;
    let said = failure(&outcomes[0]);
    assert!(said.contains("it did not reach 333333333333: ThrottlingException: Rate exceeded"), "{said}");
    assert_eq!(outcomes[1], Outcome::Applied, "a failure stops nothing else");
}

#[tokio::test]
async fn what_is_refused_is_not_tried_again_and_again() {
    let bed = Bed::new(|world| {
        let role = Role { deny: vec!["servicecatalog:CreatePortfolioShare".to_owned()], ..Role::default() };
        world.accounts.get_mut(HUB).unwrap().roles.insert("*".to_owned(), role);
    })
    .await;
    let edits = [
        create(account("555555555555", false)),
        create(member("333333333333")),
        remove(account("666666666666", false)),
    ];
    let outcomes = bed.share(&apply(&bed), "port-data", edits).await;
    assert!(failure(&outcomes[0]).contains("AccessDeniedException"));
    let why = "not tried: CreatePortfolioShare was refused before (AccessDeniedException)";
    assert_eq!(outcomes[1], Outcome::Skipped(why.to_owned()));
    assert_eq!(outcomes[2], Outcome::Applied);
}

#[tokio::test]
async fn shares_that_can_not_be_read_are_not_changed() {
    let bed = Bed::new(|world| {
        let role = Role { deny: vec!["servicecatalog:Describe*".to_owned()], ..Role::default() };
        world.accounts.get_mut(HUB).unwrap().roles.insert("*".to_owned(), role);
    })
    .await;
    let outcomes = bed
        .share(&apply(&bed), "port-data", [remove(account("666666666666", false)), create(member("333333333333"))])
        .await;
    assert!(failure(&outcomes[0]).starts_with("DescribePortfolioShares"));
    assert!(matches!(&outcomes[1], Outcome::Skipped(why) if why.contains("DescribePortfolioShares failed")));
}

fn under_way(world: &mut World) {
    let action = ShareAction {
        begun: None,
        portfolio: "port-other".to_owned(),
        to: ShareTarget::Ou("ou-acme-sand0001".to_owned()),
        act: ShareAct::Create { tag_options: false, principals: false },
        status: ShareStatus::InProgress,
        looks: 0,
        reached: BTreeSet::new(),
        failed: Vec::new(),
    };
    let region = world.accounts.get_mut(HUB).unwrap().regions.get_mut("us-east-1").unwrap();
    region.share_actions.insert("share-elsewhere".to_owned(), action);
    world.pending.share = 6;
}

#[tokio::test]
async fn somebody_elses_share_action_is_waited_for() {
    let bed = Bed::new(under_way).await;
    let outcomes = bed.share(&apply(&bed), "port-data", [create(member("333333333333"))]).await;
    assert_eq!(outcomes, [Outcome::Applied]);
    let refused = bed.sandbox.calls().iter().filter(|call| call.outcome.is_err()).count();
    assert!(refused > 0, "it was in the way");
}

#[tokio::test]
async fn two_portfolios_never_share_at_the_same_time() {
    let bed = Bed::usual().await;
    let cloud = apply(&bed);
    let one = bed.share(&cloud, "port-data", [create(ou("ou-acme-stag0001", false)), create(member("333333333333"))]);
    let two = bed.share(&cloud, "port-other", [create(ou("ou-acme-stag0001", false)), create(member("333333333333"))]);
    let (one, two) = tokio::join!(one, two);
    assert_eq!([one, two].concat(), vec![Outcome::Applied; 4]);
    assert!(bed.sandbox.calls().iter().all(|call| call.outcome.is_ok()), "none was refused");
}

#[tokio::test]
async fn share_with_a_node_waits_after_another_and_lets_accounts_pass() {
    let bed = Bed::usual().await;
    let timing = Timing { node_pause: Duration::from_hours(1), ..Timing::loopback() };
    let cloud = Cloud::new(&bed.desired.settings, Mode::Apply, Options { timing, ..bed.options() });
    let first = bed.share(&cloud, "port-data", [create(ou("ou-acme-stag0001", false))]).await;
    assert_eq!(first, [Outcome::Applied]);
    let plan = share_plan("port-other", [create(member("333333333333"))]);
    let (writer, ledger) = (cloud.writer().unwrap(), Ledger::new(&plan));
    let node = writer.write(&plan.targets[0], &ledger);
    let by_itself = bed.share(&cloud, "port-other", [create(account("555555555555", false))]);
    tokio::select! {
        biased;
        () = node => panic!("AWS would throttle it"),
        outcomes = by_itself => assert_eq!(outcomes, [Outcome::Applied]),
    }
    assert_eq!(shares(&bed, "port-other"), ["555555555555"]);
    // The share only waited in line when the run was stopped, so it certainly was not begun.
    ledger.stop("stopped");
    assert_eq!(ledger.outcomes(&plan.targets[0]), [Outcome::Skipped("not tried: stopped".to_owned())]);
}

#[tokio::test]
async fn waiting_has_an_end() {
    let bed = Bed::new(|world| world.pending.share = 1_000_000).await;
    let timing = Timing { patience: Duration::from_millis(30), ..Timing::loopback() };
    let cloud = Cloud::new(&bed.desired.settings, Mode::Apply, Options { timing, ..bed.options() });
    let outcomes = bed.share(&cloud, "port-data", [create(ou("ou-acme-stag0001", false))]).await;
    assert!(
        failure(&outcomes[0]).contains("Timeout: AWS did not finish this within 30 ms (share share-"),
        "{outcomes:?}"
    );
}

fn drop_after(operation: &str, times: Option<u32>) -> Fault {
    Fault { operation: Some(operation.to_owned()), times, drop: Some(Drop::After), ..Fault::default() }
}

#[tokio::test]
async fn an_answer_that_is_lost_is_no_lost_work() {
    for times in [Some(1), None] {
        let bed = Bed::new(|world| {
            let operations = ["CreatePortfolioShare", "UpdatePortfolioShare", "DeletePortfolioShare"];
            world.faults.extend(operations.map(|operation| drop_after(operation, times)));
        })
        .await;
        let edits = [
            create(account("555555555555", true)),
            create(ou("ou-acme-stag0001", true)),
            update(account("333333333333", true), account("333333333333", false)),
            remove(account("666666666666", false)),
            remove(ou("ou-acme-prod0001", true)),
        ];
        let outcomes = bed.share(&apply(&bed), "port-data", edits).await;
        assert_eq!(outcomes, vec![Outcome::Applied; 5], "lost {times:?} times");
        let expected = ["222222222222", "333333333333", "555555555555 tags", "ou-acme-stag0001 principals"];
        assert_eq!(shares(&bed, "port-data"), expected);
    }
}

#[tokio::test]
async fn who_may_not_ask_for_the_status_looks_at_the_shares() {
    let bed = Bed::new(|world| {
        let error =
            Some(FaultError { code: "OperationNotSupportedException".to_owned(), message: String::new(), status: 400 });
        let operation = Some("DescribePortfolioShareStatus".to_owned());
        world.faults.push(Fault { operation, error, ..Fault::default() });
    })
    .await;
    let outcomes = bed.share(&apply(&bed), "port-data", [create(ou("ou-acme-stag0001", true))]).await;
    assert_eq!(outcomes, [Outcome::Applied]);
    assert!(shares(&bed, "port-data").contains(&"ou-acme-stag0001 principals".to_owned()));
}
