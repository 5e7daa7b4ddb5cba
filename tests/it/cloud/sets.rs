//! Change sets in trouble: an end that can't be read, products that AWS refuses, runs that were killed.

use std::collections::BTreeSet;
use std::time::Duration;

use catalog_sync::cloud::{Cloud, Options, Timing};
use catalog_sync::model::edit::ExperienceEdit;
use catalog_sync::model::report::Outcome;
use catalog_sync::model::settings::Mode;
use catalog_sync::sandbox::{ChangeSetFate, ChangeSetFault, Fault, FaultError, RefusedProduct};

use super::bed::{Bed, failure};
use super::edits::{BASE, apply, approve, change_sets, marketplace};

pub(super) fn many(number: usize) -> Vec<ExperienceEdit> {
    (0..number).map(|number| approve(&format!("prod-new{number:03}"))).collect()
}

fn approved(bed: &Bed, experience: &str) -> BTreeSet<String> {
    let world = bed.sandbox.world();
    world.organizations["acme"].marketplace.experiences[experience].policy.clone().expect("a policy").allowed
}

fn hasty(bed: &Bed) -> Cloud {
    let timing = Timing { patience: Duration::from_millis(60), ..Timing::loopback() };
    Cloud::new(&bed.desired.settings, Mode::Apply, Options { timing, ..bed.options() })
}

pub(super) fn fault(operation: &str, code: &str, message: &str, status: u16, times: Option<u32>) -> Fault {
    let error = Some(FaultError { code: code.to_owned(), message: message.to_owned(), status });
    Fault { operation: Some(operation.to_owned()), error, times, ..Fault::default() }
}

#[tokio::test]
async fn set_whose_end_aws_does_not_tell_is_seen_in_what_is_live() {
    for (code, status) in
        [("ResourceNotFoundException", 404), ("AccessDeniedException", 403), ("InternalServiceException", 500)]
    {
        let bed = Bed::new(|world| world.faults.push(fault("DescribeChangeSet", code, "no", status, None))).await;
        let outcomes = bed.list(&apply(&bed), "exp-base", BASE, many(60)).await;
        assert_eq!(outcomes, vec![Outcome::Applied; 60], "{code}");
        assert_eq!(change_sets(&bed).len(), 2);
    }
}

#[tokio::test]
async fn set_that_is_not_to_be_seen_yet_is_asked_for_again() {
    let bed = Bed::new(|world| world.unproven.change_set_unseen = 2).await;
    let outcomes = bed.list(&apply(&bed), "exp-base", BASE, [approve("prod-c")]).await;
    assert_eq!(outcomes, [Outcome::Applied]);
}

#[tokio::test]
async fn end_that_can_not_be_seen_is_told_as_that() {
    let bed = Bed::new(|world| {
        world.pending.change_set = 1_000_000;
        world.faults.push(fault("DescribeChangeSet", "AccessDeniedException", "you may not", 403, None));
    })
    .await;
    let outcomes = bed.list(&hasty(&bed), "exp-base", BASE, [approve("prod-c")]).await;
    let said = failure(&outcomes[0]);
    assert!(
        said.contains("was started, and its end could not be seen for 60 ms: DescribeChangeSet answered"),
        "{said}"
    );
    assert!(said.contains("you may not"), "{said}");
}

#[tokio::test]
async fn product_that_aws_refuses_fails_alone() {
    for how in [
        RefusedProduct::FailsSet,
        RefusedProduct::FailsSetUnnamed,
        RefusedProduct::RefusedAtStart,
        RefusedProduct::SkipsProduct,
        RefusedProduct::SkipsProductSilently,
    ] {
        let bed = Bed::new(|world| {
            world.unproven.refused_product = how;
            marketplace(world).refused_products = BTreeSet::from(["prod-new037".to_owned()]);
        })
        .await;
        let outcomes = bed.list(&apply(&bed), "exp-base", BASE, many(60)).await;
        let failed: Vec<usize> = (0..60).filter(|index| matches!(outcomes[*index], Outcome::Failed(_))).collect();
        assert_eq!(failed, [37], "{how:?}: {outcomes:?}");
        assert!(outcomes.iter().all(|outcome| !matches!(outcome, Outcome::Skipped(_))), "{how:?}");
        assert_eq!(approved(&bed, "exp-base").len(), 2 + 59, "{how:?}");
        let said = failure(&outcomes[37]);
        let is_named = !matches!(how, RefusedProduct::FailsSetUnnamed | RefusedProduct::SkipsProductSilently);
        assert_eq!(said.contains("prod-new037"), is_named || said.contains("is not on its list"), "{how:?}: {said}");
        assert!(said.matches("change set ").count() <= 1, "AWS's words come once: {said}");
    }
}

#[tokio::test]
async fn policy_is_made_although_one_of_its_first_products_is_refused() {
    for how in [RefusedProduct::FailsSet, RefusedProduct::FailsSetUnnamed] {
        let bed = Bed::new(|world| {
            world.unproven.refused_product = how;
            marketplace(world).refused_products = BTreeSet::from(["prod-bad".to_owned()]);
        })
        .await;
        let policy = ExperienceEdit::Policy { name: "Open".to_owned(), user_requests: true };
        let edits = [policy, approve("prod-a"), approve("prod-bad"), approve("prod-c")];
        let outcomes = bed.list(&apply(&bed), "exp-open", None, edits).await;
        failure(&outcomes[2]);
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Applied).count(), 3, "{how:?}: {outcomes:?}");
        assert_eq!(approved(&bed, "exp-open"), BTreeSet::from(["prod-a".to_owned(), "prod-c".to_owned()]));
    }
}

#[tokio::test]
async fn search_for_a_refused_product_has_an_end() {
    let bed = Bed::new(|world| {
        world.unproven.refused_product = RefusedProduct::FailsSetUnnamed;
        marketplace(world).refused_products = (0..50).map(|number| format!("prod-new{number:03}")).collect();
    })
    .await;
    let outcomes = bed.list(&apply(&bed), "exp-base", BASE, many(50)).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Failed(_))));
    assert!(change_sets(&bed).len() < 40, "{}", change_sets(&bed).len());
}

fn fate(fate: ChangeSetFate, times: u32) -> ChangeSetFault {
    ChangeSetFault { fate, experience: None, skip: 0, times: Some(times) }
}

#[tokio::test]
async fn fault_of_aws_is_followed_by_another_set() {
    let bed = Bed::new(|world| world.change_set_faults.push(fate(ChangeSetFate::ServerFault, 2))).await;
    let outcomes = bed.list(&apply(&bed), "exp-base", BASE, [approve("prod-c")]).await;
    assert_eq!(outcomes, [Outcome::Applied]);
    let tokens: BTreeSet<Option<String>> = change_sets(&bed).into_iter().map(|set| set.token).collect();
    assert_eq!(tokens.len(), 3, "each with a token of its own");
}

#[tokio::test]
async fn set_that_failed_in_an_earlier_run_does_not_answer_for_this_one() {
    let bed = Bed::new(|world| world.change_set_faults.push(fate(ChangeSetFate::Cancelled, 1))).await;
    let outcomes = bed.list(&apply(&bed), "exp-base", BASE, [approve("prod-c")]).await;
    assert!(failure(&outcomes[0]).contains("Cancelled"));
    let outcomes = bed.list(&apply(&bed), "exp-base", BASE, [approve("prod-c")]).await;
    assert_eq!(outcomes, [Outcome::Applied]);
}

/// Starts to apply edits and is killed once the change set is under way.
async fn killed(bed: &Bed, edits: Vec<ExperienceEdit>) {
    let cloud = apply(bed);
    let run = bed.list(&cloud, "exp-base", BASE, edits);
    let started = async {
        while bed.calls("DescribeChangeSet") == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = run => panic!("it ended"),
        () = started => {}
    }
}

#[tokio::test]
async fn set_of_a_run_that_was_killed_is_found_again() {
    for is_token_forgotten in [false, true] {
        let bed = Bed::new(|world| world.pending.change_set = 30).await;
        killed(&bed, vec![approve("prod-c"), approve("prod-d")]).await;
        if is_token_forgotten {
            bed.sandbox.change(|world| marketplace(world).change_sets.values_mut().for_each(|set| set.token = None));
        }
        let outcomes = bed.list(&apply(&bed), "exp-base", BASE, [approve("prod-c"), approve("prod-d")]).await;
        assert_eq!(outcomes, vec![Outcome::Applied; 2]);
        assert_eq!(change_sets(&bed).len(), 1, "token forgotten: {is_token_forgotten}");
        assert_eq!(bed.calls("ListChangeSets") > 0, is_token_forgotten);
    }
}

#[tokio::test]
async fn only_the_quota_of_open_sets_is_waited_for() {
    let code = "ServiceQuotaExceededException";
    let open = "Account has reached the quota of 250 open change sets.";
    let bed = Bed::new(|world| world.faults.push(fault("StartChangeSet", code, open, 402, Some(3)))).await;
    assert_eq!(bed.list(&apply(&bed), "exp-base", BASE, [approve("prod-c")]).await, [Outcome::Applied]);

    let bed = Bed::new(|world| world.faults.push(fault("StartChangeSet", code, "no more products", 402, None))).await;
    let outcomes = bed.list(&apply(&bed), "exp-base", BASE, many(60)).await;
    assert!(failure(&outcomes[0]).contains("no more products"));
    assert!(matches!(&outcomes[59], Outcome::Skipped(why) if why.contains("was refused before")), "{:?}", outcomes[59]);
    assert_eq!(bed.calls("StartChangeSet"), 1);
}

#[tokio::test]
async fn set_that_does_not_end_skips_the_rest_of_its_experience() {
    let bed = Bed::new(|world| world.pending.change_set = 1_000_000).await;
    let outcomes = bed.list(&hasty(&bed), "exp-base", BASE, many(120)).await;
    assert!(failure(&outcomes[0]).contains("Timeout: change set "), "{:?}", outcomes[0]);
    let why = "not tried: a change set of exp-base did not end within 60 ms";
    assert_eq!(outcomes[119], Outcome::Skipped(why.to_owned()));
    assert_eq!(change_sets(&bed).len(), 1);
}

#[tokio::test]
async fn persistent_throttling_ends_the_experience_and_is_told() {
    let bed =
        Bed::new(|world| world.faults.push(fault("StartChangeSet", "ThrottlingException", "slow down", 429, None)))
            .await;
    let outcomes = bed.list(&hasty(&bed), "exp-base", BASE, many(60)).await;
    assert!(failure(&outcomes[0]).contains("AWS has throttled this call for"), "{:?}", outcomes[0]);
    assert!(
        matches!(&outcomes[59], Outcome::Skipped(why) if why.contains("no change set of exp-base could be started"))
    );
}

#[tokio::test]
async fn revision_that_somebody_moved_is_looked_at_again() {
    let bed = Bed::usual().await;
    let cloud = apply(&bed);
    let act = async {
        while bed.calls("BatchDescribeEntities") == 0 {
            tokio::task::yield_now().await;
        }
        bed.sandbox.change(|world| {
            let experience = marketplace(world).experiences.get_mut("exp-base").unwrap();
            experience.policy.as_mut().unwrap().allowed.insert("prod-d".to_owned());
            experience.changes += 1;
        });
    };
    let edits = [approve("prod-c"), approve("prod-d")];
    let (outcomes, ()) = tokio::join!(bed.list(&cloud, "exp-base", BASE, edits), act);
    assert_eq!(outcomes, vec![Outcome::Applied; 2]);
    let set = &change_sets(&bed)[0];
    assert_eq!(set.changes[0].identifier.as_deref(), Some("exp-base@2"));
    assert_eq!(set.changes[0].details, serde_json::json!({"Products": [{"Ids": ["prod-c"]}]}));
}

#[tokio::test]
async fn product_that_somebody_lists_between_two_sets_is_left_to_them() {
    let bed = Bed::new(|world| world.pending.change_set = 20).await;
    let cloud = apply(&bed);
    let act = async {
        while bed.calls("DescribeChangeSet") == 0 {
            tokio::task::yield_now().await;
        }
        // Only the policy changes. It is unknown whether AWS would move the experience's revision, too.
        bed.sandbox.change(|world| {
            let experience = marketplace(world).experiences.get_mut("exp-base").unwrap();
            experience.policy.as_mut().unwrap().denied.insert("prod-new055".to_owned());
        });
    };
    let (outcomes, ()) = tokio::join!(bed.list(&cloud, "exp-base", BASE, many(60)), act);
    assert!(failure(&outcomes[55]).contains("prod-new055 is denied"), "{:?}", outcomes[55]);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Applied).count(), 59);
}
