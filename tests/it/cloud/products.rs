//! Writing product lists.

use std::collections::BTreeSet;
use std::time::Duration;

use catalog_sync::cloud::{Cloud, Options, Timing};
use catalog_sync::model::edit::{ExperienceEdit, ProductEdit};
use catalog_sync::model::experience::Listing;
use catalog_sync::model::report::Outcome;
use catalog_sync::model::settings::Mode;
use catalog_sync::sandbox::{ChangeRecord, ChangeSet, ChangeSetStatus, Drop, Fault, Role, World};

use super::bed::{Bed, MARKET, failure, id};
use super::edits::{ALLOW, BASE, DENY, apply, types};

fn approve(product: &str, before: Option<Listing>) -> ExperienceEdit {
    edit(product, before, Listing::Approved, None)
}

fn deny(product: &str, before: Option<Listing>) -> ExperienceEdit {
    edit(product, before, Listing::Denied, None)
}

fn edit(product: &str, before: Option<Listing>, after: Listing, notes: Option<&str>) -> ExperienceEdit {
    ExperienceEdit::Product(ProductEdit { product: id(product), before, after, notes: notes.map(str::to_owned) })
}

fn policy() -> ExperienceEdit {
    ExperienceEdit::Policy { name: "Open".to_owned(), user_requests: true }
}

/// The allowed and the denied products of an experience.
fn lists(bed: &Bed, experience: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let world = bed.sandbox.world();
    let policy = world.organizations["acme"].marketplace.experiences[experience].policy.clone().expect("a policy");
    (policy.allowed, policy.denied)
}

fn texts(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[tokio::test]
async fn approvals_and_denials_are_one_change_set() {
    let bed = Bed::usual().await;
    let edits = [
        edit("prod-c", None, Listing::Approved, Some("SEC-1")),
        approve("prod-x", Some(Listing::Denied)),
        deny("prod-a", Some(Listing::Approved)),
        deny("prod-y", None),
    ];
    let outcomes = bed.list(&apply(&bed), "exp-base", BASE, edits).await;
    assert_eq!(outcomes, vec![Outcome::Applied; 4]);
    assert_eq!(lists(&bed, "exp-base"), (texts(&["prod-b", "prod-c", "prod-x"]), texts(&["prod-a", "prod-y"])));
    assert_eq!(types(&bed), [vec![ALLOW, DENY]]);
    let world = bed.sandbox.world();
    let set = world.organizations["acme"].marketplace.change_sets.values().next().unwrap().clone();
    let name = set.name.unwrap();
    assert!(name.starts_with("catalog-sync ") && name.ends_with(" baseline"), "{name}");
    let details = serde_json::json!({"Products": [{"Ids": ["prod-x"]}, {"Ids": ["prod-c"], "Notes": "SEC-1"}]});
    assert_eq!(set.changes[0].details, details);
    assert_eq!(set.changes[0].identifier.as_deref(), Some("exp-base@1"), "the revision that was looked at");
    assert_eq!(bed.calls("BatchDescribeEntities"), 2, "one look before, and one after");
}

#[tokio::test]
async fn many_products_are_as_few_sets_as_the_longer_list_needs() {
    let bed = Bed::usual().await;
    let approvals = (0..60).map(|number| approve(&format!("prod-new{number:02}"), None));
    let denials = (0..60).map(|number| deny(&format!("prod-bad{number:02}"), None));
    let outcomes = bed.list(&apply(&bed), "exp-base", BASE, approvals.chain(denials)).await;
    assert_eq!(outcomes, vec![Outcome::Applied; 120]);
    assert_eq!(types(&bed), [vec![ALLOW, DENY], vec![ALLOW, DENY]]);
    let (allowed, denied) = lists(&bed, "exp-base");
    assert_eq!((allowed.len(), denied.len()), (62, 61));
}

#[tokio::test]
async fn a_policy_is_made_together_with_its_first_products() {
    let bed = Bed::usual().await;
    let outcomes =
        bed.list(&apply(&bed), "exp-open", None, [policy(), approve("prod-a", None), deny("prod-x", None)]).await;
    assert_eq!(outcomes, vec![Outcome::Applied; 3]);
    assert_eq!(types(&bed), [vec!["CreateProcurementPolicy", ALLOW, DENY]]);
    assert_eq!(lists(&bed, "exp-open"), (texts(&["prod-a"]), texts(&["prod-x"])));
}

#[tokio::test]
async fn a_policy_that_somebody_made_is_used() {
    let bed = Bed::usual().await;
    let edits = [policy(), approve("prod-a", None), approve("prod-c", None), deny("prod-x", None)];
    let outcomes = bed.list(&apply(&bed), "exp-base", None, edits).await;
    assert_eq!(outcomes, vec![Outcome::Applied; 4]);
    assert_eq!(types(&bed), [vec![ALLOW]]);
}

#[tokio::test]
async fn what_somebody_did_meanwhile_counts_or_conflicts() {
    let bed = Bed::usual().await;
    let edits = [
        approve("prod-a", None),
        approve("prod-x", None),
        deny("prod-z", Some(Listing::Approved)),
        approve("prod-c", None),
    ];
    let outcomes = bed.list(&apply(&bed), "exp-base", BASE, edits).await;
    assert_eq!(outcomes[0], Outcome::Applied);
    assert!(failure(&outcomes[1]).contains("Conflict: somebody changed it after the plan was made: prod-x is denied"));
    assert!(failure(&outcomes[2]).contains("prod-z is on neither list"));
    assert_eq!(outcomes[3], Outcome::Applied);
    assert_eq!(lists(&bed, "exp-base").0, texts(&["prod-a", "prod-b", "prod-c"]));
}

#[tokio::test]
async fn an_archived_experience_is_left_alone() {
    let bed = Bed::usual().await;
    let outcomes = bed.list(&apply(&bed), "exp-old", None, [policy(), approve("prod-a", None)]).await;
    assert!(outcomes.iter().all(|outcome| failure(outcome).contains("experience exp-old is archived")));
    assert!(types(&bed).is_empty());
}

/// Puts a change set of another user under way. It locks the experience `exp-base`.
fn locked(world: &mut World) {
    world.pending.change_set = 9;
    let change = ChangeRecord {
        change_type: ALLOW.to_owned(),
        name: None,
        entity_type: "Experience@1.0".to_owned(),
        identifier: Some("exp-base".to_owned()),
        entity: "exp-base".to_owned(),
        details: serde_json::json!({"Products": [{"Ids": ["prod-c"]}]}),
        errors: Vec::new(),
    };
    let set = ChangeSet { status: ChangeSetStatus::Preparing, changes: vec![change], ..ChangeSet::default() };
    let marketplace = &mut world.organizations.get_mut("acme").unwrap().marketplace;
    marketplace.change_sets.insert("cs-elsewhere".to_owned(), set);
}

#[tokio::test]
async fn a_locked_experience_is_waited_for_and_looked_at_again() {
    let bed = Bed::new(locked).await;
    let outcomes = bed.list(&apply(&bed), "exp-base", BASE, [approve("prod-c", None), approve("prod-d", None)]).await;
    assert_eq!(outcomes, vec![Outcome::Applied; 2]);
    let world = bed.sandbox.world();
    let sets = &world.organizations["acme"].marketplace.change_sets;
    let ours = sets.values().find(|set| set.token.is_some()).unwrap();
    assert_eq!(ours.changes[0].details, serde_json::json!({"Products": [{"Ids": ["prod-d"]}]}), "prod-c was done");
}

#[tokio::test]
async fn waiting_for_a_lock_has_an_end() {
    let bed = Bed::new(|world| {
        locked(world);
        world.pending.change_set = 1_000_000;
    })
    .await;
    let timing = Timing { patience: Duration::from_millis(30), ..Timing::loopback() };
    let cloud = Cloud::new(&bed.desired.settings, Mode::Apply, Options { timing, ..bed.options() });
    let outcomes = bed.list(&cloud, "exp-base", BASE, [approve("prod-d", None)]).await;
    assert!(failure(&outcomes[0]).contains("ResourceInUseException"), "{outcomes:?}");
}

#[tokio::test]
async fn an_answer_that_is_lost_starts_nothing_twice() {
    let fault = Fault {
        operation: Some("StartChangeSet".to_owned()),
        times: Some(1),
        drop: Some(Drop::After),
        ..Fault::default()
    };
    let bed = Bed::new(|world| world.faults.push(fault)).await;
    let outcomes = bed.list(&apply(&bed), "exp-base", BASE, [approve("prod-c", None)]).await;
    assert_eq!(outcomes, [Outcome::Applied]);
    assert_eq!(types(&bed).len(), 1);
}

#[tokio::test]
async fn answers_that_stay_lost_are_no_lost_work() {
    let fault = |operation: &str| Fault {
        operation: Some(operation.to_owned()),
        times: None,
        drop: Some(Drop::After),
        ..Fault::default()
    };
    let bed = Bed::new(|world| {
        world.pending.change_set = 1;
        world.faults.push(fault("StartChangeSet"));
    })
    .await;
    let outcomes = bed.list(&apply(&bed), "exp-base", BASE, [approve("prod-c", None)]).await;
    assert_eq!(outcomes, [Outcome::Applied]);
    assert_eq!(types(&bed).len(), 1);
}

#[tokio::test]
async fn the_same_change_at_another_time_is_another_change() {
    let bed = Bed::usual().await;
    let cloud = apply(&bed);
    for _ in 0..2 {
        assert_eq!(bed.list(&cloud, "exp-base", BASE, [approve("prod-c", None)]).await, [Outcome::Applied]);
        bed.sandbox.change(|world| {
            let marketplace = &mut world.organizations.get_mut("acme").unwrap().marketplace;
            let experience = marketplace.experiences.get_mut("exp-base").unwrap();
            experience.policy.as_mut().unwrap().allowed.remove("prod-c");
            experience.changes += 1;
        });
    }
    assert_eq!(types(&bed).len(), 2);
}

/// Starts a change set and changes the world while the set is under way.
async fn meanwhile(edits: impl IntoIterator<Item = ExperienceEdit>, act: impl FnOnce(&mut World)) -> Vec<Outcome> {
    let bed = Bed::new(|world| world.pending.change_set = 100).await;
    let cloud = apply(&bed);
    let act = async {
        while bed.calls("DescribeChangeSet") == 0 {
            tokio::task::yield_now().await;
        }
        bed.sandbox.change(act);
    };
    tokio::join!(bed.list(&cloud, "exp-base", BASE, edits), act).0
}

#[tokio::test]
async fn a_set_that_fails_says_why_for_each_of_its_changes() {
    let edits = [approve("prod-c", None), deny("prod-y", None)];
    let outcomes = meanwhile(edits, |world| {
        let marketplace = &mut world.organizations.get_mut("acme").unwrap().marketplace;
        marketplace.experiences.get_mut("exp-base").unwrap().policy = None;
    })
    .await;
    for outcome in &outcomes {
        let said = failure(outcome);
        let expected = "StartChangeSet in 111111111112 us-east-1: ENTITY_NOT_FOUND: ENTITY_NOT_FOUND: There is no \
                        procurement policy for experience exp-base.";
        assert!(said.starts_with(expected), "{said}");
        assert!(said.contains("(change set "), "{said}");
    }
}

#[tokio::test]
async fn a_set_that_somebody_cancels_is_a_failure() {
    let outcomes = meanwhile([approve("prod-c", None)], |world| {
        let marketplace = &mut world.organizations.get_mut("acme").unwrap().marketplace;
        for set in marketplace.change_sets.values_mut() {
            set.status = ChangeSetStatus::Cancelled;
        }
    })
    .await;
    assert!(failure(&outcomes[0]).contains("Cancelled: somebody cancelled change set"), "{outcomes:?}");
}

#[tokio::test]
async fn experiences_are_written_side_by_side() {
    let bed = Bed::usual().await;
    let cloud = apply(&bed);
    let base = bed.list(&cloud, "exp-base", BASE, [approve("prod-c", None)]);
    let open = bed.list(&cloud, "exp-open", None, [policy(), approve("prod-c", None)]);
    let off = bed.list(&cloud, "exp-off", Some("procpolicy-off"), [approve("prod-c", None)]);
    let (base, open, off) = tokio::join!(base, open, off);
    assert_eq!([base, open, off].concat(), vec![Outcome::Applied; 4]);
    assert!(bed.sandbox.calls().iter().all(|call| call.outcome.is_ok()), "none was in another's way");
}

#[tokio::test]
async fn what_is_refused_is_not_tried_again_and_again() {
    let bed = Bed::usual().await;
    bed.sandbox.change(|world| {
        let role = Role { deny: vec!["aws-marketplace:StartChangeSet".to_owned()], ..Role::default() };
        world.accounts.entry(MARKET.to_owned()).or_default().roles.insert("*".to_owned(), role);
    });
    let edits = (0..60).map(|number| approve(&format!("prod-new{number:02}"), None));
    let outcomes = bed.list(&apply(&bed), "exp-base", BASE, edits).await;
    assert!(failure(&outcomes[0]).starts_with("StartChangeSet in 111111111112 us-east-1: AccessDeniedException"));
    assert!(matches!(&outcomes[59], Outcome::Skipped(why) if why.contains("StartChangeSet was refused")));
}
