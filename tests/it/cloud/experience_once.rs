//! An experience is made exactly once, although answers are lost and runs are killed.

use std::time::Duration;

use catalog_sync::cloud::{Cloud, Options, Timing};
use catalog_sync::model::edit::ExperienceEdit;
use catalog_sync::model::experience::ExperienceStatus::{Disabled, Enabled};
use catalog_sync::model::report::Outcome;
use catalog_sync::model::settings::Mode;
use catalog_sync::sandbox::{
    ChangeSetFate, ChangeSetFault, Drop, Experience, ExperienceStatus, Fault, FaultError, RefusedProduct, World,
};
use proptest::prelude::*;

use super::bed::{Bed, experience_target, failure, write_all};
use super::edits::{
    ALLOW, CREATE, PAYMENTS, POLICY, all_applied, apply, approve, change_sets, create, experiences, join, make,
    marketplace, named, skipped, status, types,
};

fn whole() -> Vec<ExperienceEdit> {
    [create(), vec![approve("prod-a"), join(PAYMENTS), status(Disabled, Enabled)]].concat()
}

fn namesake(world: &mut World, id: &str, admin_status: Option<&str>) {
    let (status, admin_status) = (ExperienceStatus::Disabled, admin_status.map(str::to_owned));
    let it = Experience { name: "Data".to_owned(), status, admin_status, ..Experience::default() };
    marketplace(world).experiences.insert(id.to_owned(), it);
}

fn fault(operation: &str, skip: u32, times: Option<u32>, drop: Drop) -> Fault {
    Fault { operation: Some(operation.to_owned()), skip, times, drop: Some(drop), ..Fault::default() }
}

fn refusal(operation: &str, code: &str) -> Fault {
    let error = Some(FaultError { code: code.to_owned(), message: "no".to_owned(), status: 403 });
    Fault { operation: Some(operation.to_owned()), error, ..Fault::default() }
}

/// Starts a run and kills it after this many calls of an operation.
async fn killed(bed: &Bed, edits: Vec<ExperienceEdit>, operation: &str, calls: usize) {
    let cloud = apply(bed);
    let run = write_all(&cloud, vec![experience_target(Err("Data"), None, edits)]);
    let reached = async {
        while bed.calls(operation) < calls {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = run => panic!("it ended"),
        () = reached => {}
    }
}

fn hasty(bed: &Bed) -> Cloud {
    let timing = Timing { patience: Duration::from_millis(80), ..Timing::loopback() };
    Cloud::new(&bed.desired.settings, Mode::Apply, Options { timing, ..bed.options() })
}

#[tokio::test]
async fn archived_namesake_does_not_count() {
    let bed = Bed::new(|world| namesake(world, "exp-was", Some("Restricted"))).await;
    all_applied(&make(&bed, whole()).await);
    assert_eq!(named(&bed, "Data").len(), 2);
}

#[tokio::test]
async fn namesake_that_can_be_used_is_taken_for_the_one_that_was_to_be_made() {
    let bed = Bed::new(|world| namesake(world, "exp-made", None)).await;
    all_applied(&make(&bed, whole()).await);
    assert_eq!(named(&bed, "Data").len(), 1);
    assert_eq!(types(&bed)[0], [POLICY, ALLOW]);
    assert_eq!(bed.calls("ListChangeSets"), 0);
}

#[tokio::test]
async fn two_namesakes_are_a_failure_and_no_third_is_made() {
    let bed = Bed::new(|world| {
        namesake(world, "exp-one", None);
        namesake(world, "exp-two", None);
    })
    .await;
    let outcomes = make(&bed, whole()).await;
    assert!(failure(&outcomes[0]).contains("several experiences `Data` now, exp-one and exp-two"), "{outcomes:?}");
    assert!(outcomes[1..].iter().all(|outcome| matches!(outcome, Outcome::Skipped(_))), "{outcomes:?}");
    assert!(types(&bed).is_empty());
}

#[tokio::test]
async fn nothing_is_made_where_it_can_not_be_looked() {
    for operation in ["ListEntities", "ListChangeSets"] {
        let bed = Bed::new(|world| world.faults.push(refusal(operation, "AccessDeniedException"))).await;
        let outcomes = make(&bed, whole()).await;
        assert!(failure(&outcomes[0]).starts_with(operation), "{outcomes:?}");
        assert!(outcomes[1..].iter().all(|outcome| !matches!(outcome, Outcome::Applied)), "{outcomes:?}");
        assert_eq!(bed.calls("StartChangeSet"), 0, "{operation}");
    }
}

#[tokio::test]
async fn creation_whose_answer_is_lost_is_found_again() {
    for times in [Some(1), None] {
        let bed = Bed::new(|world| {
            world.pending.change_set = 3;
            world.faults.push(fault("StartChangeSet", 0, times, Drop::After));
        })
        .await;
        all_applied(&make(&bed, whole()).await);
        assert_eq!(named(&bed, "Data").len(), 1);
    }
}

#[tokio::test]
async fn run_that_was_killed_anywhere_is_gone_on_with() {
    for (operation, calls) in [
        ("StartChangeSet", 1),
        ("DescribeChangeSet", 1),
        ("DescribeChangeSet", 3),
        ("BatchDescribeEntities", 1),
        ("StartChangeSet", 2),
        ("StartChangeSet", 3),
    ] {
        for unseen in [0, 12] {
            let bed = Bed::new(|world| {
                world.pending.change_set = 3;
                world.unproven.new_experience_unseen = unseen;
            })
            .await;
            let products = || (0..60).map(|number| approve(&format!("prod-new{number:02}")));
            let edits = || whole().into_iter().chain(products()).collect::<Vec<_>>();
            killed(&bed, edits(), operation, calls).await;
            all_applied(&make(&bed, edits()).await);
            let [made] = &named(&bed, "Data")[..] else { panic!("{operation} {calls}: {:?}", experiences(&bed)) };
            assert_eq!(made.policy.clone().unwrap().allowed.len(), 61);
            assert_eq!(made.status, ExperienceStatus::Enabled);
        }
    }
}

#[tokio::test]
async fn next_run_may_want_something_else_of_the_experience_that_is_being_made() {
    for unlisted in [0, 8] {
        let bed = Bed::new(|world| {
            world.pending.change_set = 12;
            world.unproven.change_set_unlisted = unlisted;
        })
        .await;
        killed(&bed, whole(), "DescribeChangeSet", 1).await;
        let edits = [create(), vec![approve("prod-b")]].concat();
        all_applied(&make(&bed, edits).await);
        let [made] = &named(&bed, "Data")[..] else { panic!("{unlisted}: {:?}", experiences(&bed)) };
        assert_eq!(made.policy.clone().unwrap().allowed.len(), 2);
    }
}

#[tokio::test]
async fn set_of_an_experience_that_was_archived_since_does_not_count() {
    let bed = Bed::usual().await;
    all_applied(&make(&bed, whole()).await);
    bed.sandbox.change(|world| {
        let experiences = &mut marketplace(world).experiences;
        let made = experiences.values_mut().find(|it| it.name == "Data").unwrap();
        made.admin_status = Some("Restricted".to_owned());
        made.audience = None;
    });
    all_applied(&make(&bed, whole()).await);
    assert_eq!(named(&bed, "Data").len(), 2);
}

#[tokio::test]
async fn experience_that_was_made_and_renamed_is_not_made_again() {
    let bed = Bed::usual().await;
    all_applied(&make(&bed, create()).await);
    bed.sandbox.change(|world| {
        let experiences = &mut marketplace(world).experiences;
        let made = experiences.values_mut().find(|it| it.name == "Data").unwrap();
        made.name = "Science".to_owned();
        made.changes += 1;
    });
    let outcomes = make(&bed, whole()).await;
    assert!(failure(&outcomes[0]).contains("which an earlier run made as `Data`, is called `Science`"), "{outcomes:?}");
    assert!(skipped(&outcomes[3]).contains("the experience Data was not made"), "{outcomes:?}");
    assert_eq!(change_sets(&bed).len(), 1);
}

#[tokio::test]
async fn creation_that_failed_in_an_earlier_run_is_tried_again() {
    let bed = Bed::new(|world| {
        let fate = ChangeSetFate::Cancelled;
        world.change_set_faults.push(ChangeSetFault { fate, experience: None, skip: 0, times: Some(1) });
    })
    .await;
    let outcomes = make(&bed, whole()).await;
    assert!(failure(&outcomes[0]).contains("Cancelled"), "{outcomes:?}");
    assert!(skipped(&outcomes[4]).contains("the experience Data was not made"), "{outcomes:?}");
    // Another set is wanted now. The earlier one used the token, so the new one needs another.
    all_applied(&make(&bed, [create(), vec![approve("prod-b")]].concat()).await);
    assert_eq!(named(&bed, "Data").len(), 1);
}

#[tokio::test]
async fn product_that_aws_refuses_does_not_keep_an_experience_from_being_made() {
    for how in [RefusedProduct::FailsSet, RefusedProduct::FailsSetUnnamed, RefusedProduct::RefusedAtStart] {
        let bed = Bed::new(|world| {
            world.unproven.refused_product = how;
            let marketplace = marketplace(world);
            marketplace.refused_products.insert("prod-bad".to_owned());
        })
        .await;
        let edits = [create(), vec![approve("prod-a"), approve("prod-bad"), approve("prod-c")]].concat();
        let outcomes = make(&bed, edits).await;
        failure(&outcomes[3]);
        assert_eq!(outcomes.iter().filter(|it| **it == Outcome::Applied).count(), 4, "{how:?}: {outcomes:?}");
        assert_eq!(named(&bed, "Data")[0].policy.clone().unwrap().allowed.len(), 2, "{how:?}");
    }
}

#[tokio::test]
async fn creation_that_does_not_end_is_left_to_the_next_run() {
    let bed = Bed::new(|world| world.pending.change_set = 1_000_000).await;
    let target = || vec![experience_target(Err("Data"), None, whole())];
    let outcomes = write_all(&hasty(&bed), target()).await.remove(0);
    assert!(failure(&outcomes[0]).contains("still runs after"), "{outcomes:?}");
    assert!(skipped(&outcomes[4]).contains("a change set of experience Data did not end within"), "{outcomes:?}");
    bed.sandbox.change(|world| world.pending.change_set = 1);
    all_applied(&make(&bed, whole()).await);
    assert_eq!(types(&bed).iter().filter(|set| set[0] == CREATE).count(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Faults, a kill, lists that lag, and a second run: there is one experience, with everything that was asked for.
    #[test]
    fn there_is_never_a_second(
        faults in proptest::collection::vec((0..5_usize, 0..6_u32, 1..4_u32, any::<bool>()), 0..4),
        kill in (0..4_usize, 1..8_usize),
        lag in (0..6_u32, 0..6_u32, 0..3_u32),
    ) {
        let operations =
            ["StartChangeSet", "DescribeChangeSet", "ListChangeSets", "ListEntities", "BatchDescribeEntities"];
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let bed = Bed::new(|world| {
                world.pending.change_set = 3;
                let unproven = &mut world.unproven;
                (unproven.new_experience_unseen, unproven.change_set_unlisted, unproven.change_set_unseen) = lag;
                for (operation, skip, times, after) in faults {
                    let drop = if after { Drop::After } else { Drop::Before };
                    world.faults.push(fault(operations[operation], skip, Some(times), drop));
                }
            })
            .await;
            let cloud = apply(&bed);
            let run = write_all(&cloud, vec![experience_target(Err("Data"), None, whole())]);
            let reached = async {
                while bed.calls(operations[kill.0]) < kill.1 {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! { _ = run => {}, () = reached => {} }
            bed.sandbox.change(|world| world.faults.clear());
            all_applied(&make(&bed, whole()).await);
            assert_eq!(named(&bed, "Data").len(), 1, "{:?}", experiences(&bed));
        });
    }
}
