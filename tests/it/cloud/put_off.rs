//! Long product lists, which are not read after each change set.

use std::collections::BTreeSet;

use catalog_sync::cloud::Ledger;
use catalog_sync::model::change::{ChangeId, Target, TargetState, Work};
use catalog_sync::model::edit::Kind;
use catalog_sync::model::report::Outcome;
use catalog_sync::sandbox::{Drop, ExperienceRevision, Fault, FaultError, RefusedProduct, World};

use super::bed::{Bed, experience_target, failure, plan_of};
use super::edits::{BASE, apply, approve, change_sets, marketplace};
use super::sets::{fault, many};

/// A world whose list holds 2,400 products, so that three sets of fifty may follow each other without a look.
async fn bed(change: impl FnOnce(&mut World)) -> Bed {
    Bed::new(|world| {
        let experience = marketplace(world).experiences.get_mut("exp-base").unwrap();
        experience.policy.as_mut().unwrap().allowed = (0..2_400).map(|number| format!("prod-{number:04}")).collect();
        change(world);
    })
    .await
}

/// How often the experience alone and the experience with its list were read. Without the call for several entities,
/// each entity is a call of its own.
async fn looks(change: impl FnOnce(&mut World)) -> usize {
    let bed = bed(|world| {
        world.faults.push(fault("BatchDescribeEntities", "AccessDeniedException", "no", 403, None));
        change(world);
    })
    .await;
    assert_eq!(bed.list(&apply(&bed), "exp-base", BASE, many(500)).await, vec![Outcome::Applied; 500]);
    assert_eq!(change_sets(&bed).len(), 10);
    bed.calls("DescribeEntity")
}

#[tokio::test]
async fn long_list_is_read_after_a_few_sets() {
    // The list is read before the first set, after the first, the fifth and the ninth, and at the end.
    let (with_the_list, alone) = (5, 7);
    assert_eq!(looks(|_| ()).await, 2 * with_the_list + alone);
}

#[tokio::test]
async fn list_is_read_after_each_set_where_the_revision_does_not_tell_a_change() {
    let alone = |world: &mut World| world.unproven.experience_revision = ExperienceRevision::MovesAlone;
    assert_eq!(looks(alone).await, 2 * 11);
}

#[tokio::test]
async fn product_that_aws_left_out_is_found_at_the_next_look() {
    for product in ["prod-new120", "prod-new499"] {
        let bed = bed(|world| {
            world.unproven.refused_product = RefusedProduct::SkipsProductSilently;
            marketplace(world).refused_products = BTreeSet::from([product.to_owned()]);
        })
        .await;
        let outcomes = bed.list(&apply(&bed), "exp-base", BASE, many(500)).await;
        let failed: Vec<usize> = (0..500).filter(|index| outcomes[*index] != Outcome::Applied).collect();
        let [index] = failed[..] else { panic!("{failed:?}") };
        assert_eq!(format!("prod-new{index}"), product);
        let world = bed.sandbox.world();
        let sets = &world.organizations["acme"].marketplace.change_sets;
        let (id, _) = sets.iter().find(|(_, set)| set.changes[0].details.to_string().contains(product)).unwrap();
        let expected = format!("change set {id} was made, and {product} is not on its list: AWS gave no reason");
        assert!(failure(&outcomes[index]).ends_with(&expected), "{:?}", outcomes[index]);
    }
}

#[tokio::test]
async fn product_that_somebody_lists_while_no_look_is_due_is_left_to_them() {
    let bed = bed(|world| world.pending.change_set = 20).await;
    let cloud = apply(&bed);
    let act = async {
        while change_sets(&bed).len() < 3 {
            tokio::task::yield_now().await;
        }
        bed.sandbox.change(|world| {
            let experience = marketplace(world).experiences.get_mut("exp-base").unwrap();
            experience.policy.as_mut().unwrap().denied.insert("prod-new240".to_owned());
            experience.changes += 1;
        });
    };
    let (outcomes, ()) = tokio::join!(bed.list(&cloud, "exp-base", BASE, many(500)), act);
    assert!(failure(&outcomes[240]).contains("prod-new240 is denied"), "{:?}", outcomes[240]);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Applied).count(), 499);
}

#[tokio::test]
async fn sets_that_wait_for_a_look_are_looked_at_when_the_run_is_stopped() {
    let bed = bed(|world| world.pending.change_set = 20).await;
    let plan = plan_of(experience_target(Ok("exp-base"), BASE, many(500)));
    let (ledger, writer) = (Ledger::new(&plan), apply(&bed).writer().unwrap());
    let stops = async {
        while change_sets(&bed).len() < 4 {
            tokio::task::yield_now().await;
        }
        let settled: Vec<usize> = ledger.counts().values().map(|count| count.settled).collect();
        assert_eq!(settled, [50], "the second and the third set wait for a look");
        ledger.stop("the run was stopped by SIGINT");
    };
    tokio::join!(writer.write(&plan.targets[0], &ledger), stops);
    let outcomes = ledger.outcomes(&plan.targets[0]);
    assert_eq!(outcomes[..200], vec![Outcome::Applied; 200]);
    let skipped = Outcome::Skipped("not tried: the run was stopped by SIGINT".to_owned());
    assert_eq!(outcomes[200..], vec![skipped; 300]);
}

#[tokio::test]
async fn run_that_is_cut_off_before_the_look_names_the_sets_that_wait_for_it() {
    let bed = bed(|world| world.pending.change_set = 20).await;
    let plan = plan_of(experience_target(Ok("exp-base"), BASE, many(500)));
    let (ledger, writer) = (Ledger::new(&plan), apply(&bed).writer().unwrap());
    let ends = async {
        while change_sets(&bed).len() < 4 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = writer.write(&plan.targets[0], &ledger) => panic!("it is not done yet"),
        () = ends => {}
    }
    let outcomes = ledger.outcomes(&plan.targets[0]);
    assert_eq!(outcomes[..50], vec![Outcome::Applied; 50]);
    for outcome in &outcomes[50..200] {
        let said = failure(outcome);
        assert!(said.contains("the change was begun"), "{said}");
    }
    let said = failure(&outcomes[60]);
    assert!(said.contains("(change set ") && said.contains("It may have taken effect or not"), "{said}");
}

/// Makes the change at `index` wait for the change of a product in another target.
fn wait(target: &mut Target, index: usize, other: &Target, product: &str) {
    let TargetState::Complete { work: Work::Experience { changes, .. }, .. } = &mut target.state else { panic!() };
    let before = ChangeId { target: other.name.clone(), kind: Kind::ProductApproval, key: product.to_owned() };
    changes[index].about.waits_for.insert(before);
}

#[tokio::test]
async fn change_that_another_waits_for_is_looked_at_at_once() {
    let bed = bed(|_| ()).await;
    let mut long = plan_of(experience_target(Ok("exp-base"), BASE, many(500)));
    let mut other = plan_of(experience_target(Ok("exp-off"), Some("procpolicy-off"), [approve("prod-other")]));
    // The other experience waits for the third set of the long list, and the fifth set waits for the other experience.
    wait(&mut other.targets[0], 0, &long.targets[0], "prod-new120");
    wait(&mut long.targets[0], 220, &other.targets[0], "prod-other");
    long.targets.append(&mut other.targets);
    let (ledger, writer) = (Ledger::new(&long), apply(&bed).writer().unwrap());
    tokio::join!(writer.write(&long.targets[0], &ledger), writer.write(&long.targets[1], &ledger));
    for target in &long.targets {
        assert!(ledger.outcomes(target).iter().all(|outcome| *outcome == Outcome::Applied));
    }
}

/// The products of a run that are live, and its outcomes.
async fn run(bed: &Bed, edits: usize) -> (BTreeSet<String>, Vec<Outcome>) {
    let outcomes = bed.list(&apply(bed), "exp-base", BASE, many(edits)).await;
    let world = bed.sandbox.world();
    (world.organizations["acme"].marketplace.experiences["exp-base"].policy.clone().unwrap().allowed, outcomes)
}

#[tokio::test]
async fn no_fault_makes_a_set_count_that_was_not_made() {
    let mut calls = 0;
    for operation in ["StartChangeSet", "DescribeChangeSet", "BatchDescribeEntities"] {
        for skip in [0, 1, 3] {
            for (drop, error) in [(Some(Drop::Before), None), (Some(Drop::After), None), (None, Some(500))] {
                let error = error.map(|status| FaultError {
                    code: "InternalServiceException".to_owned(),
                    message: "no".to_owned(),
                    status,
                });
                let operation = Some(operation.to_owned());
                let fault = Fault { operation, skip, times: Some(5), drop, error, ..Fault::default() };
                let told = format!("{fault:?}");
                let bed = bed(|world| world.faults.push(fault)).await;
                let (live, outcomes) = run(&bed, 250).await;
                for (index, outcome) in outcomes.iter().enumerate() {
                    let is_live = live.contains(&format!("prod-new{index:03}"));
                    assert!(is_live || *outcome != Outcome::Applied, "{told}: {index}: {outcome:?}");
                }
                let (live, outcomes) = run(&bed, 250).await;
                assert_eq!((live.len(), outcomes), (2_650, vec![Outcome::Applied; 250]), "{told}");
                calls += bed.sandbox.calls().iter().filter(|call| call.outcome.is_err()).count();
            }
        }
    }
    assert!(calls > 80, "{calls} calls met a fault");
}
