//! Writing experiences: which changes share a change set, their order, and the changes that are not tried.

use std::collections::BTreeSet;

use catalog_sync::cloud::Ledger;
use catalog_sync::model::branding::Branding;
use catalog_sync::model::change::{ChangeId, Target, TargetState, Work};
use catalog_sync::model::edit::{ExperienceEdit, Kind};
use catalog_sync::model::experience::ExperienceStatus::{Archived, Disabled, Enabled};
use catalog_sync::model::report::Outcome;
use catalog_sync::sandbox::{
    Branding as LiveBranding, ChangeSet, ExperienceRevision, ExperienceStatus as LiveStatus, Permission,
    RefusedProduct, RequestsChange,
};
use proptest::prelude::*;

use super::bed::{Bed, experience_target, failure, plan_of, write_all};
use super::edits::{
    ALLOW, ASSOCIATE, BASE, BRAND, CREATE, DENY, DISASSOCIATE, OFF, PAYMENTS, POLICY, PRODUCTION, REQUESTS, SHARED,
    UPDATE, all_applied, apply, approve, change_sets, create, deny, edit, experience_in, join, leave, live, logo, make,
    marketplace, named, principals, skipped, status, types, with,
};

#[tokio::test]
async fn new_experience_is_one_set_and_is_entered_by_another() {
    let bed = Bed::usual().await;
    let looks = ExperienceEdit::Brand { before: None, after: logo("https://example.com/logo.png") };
    let edits = [create(), vec![looks, approve("prod-a"), deny("prod-x")], vec![join(PAYMENTS), join(PRODUCTION)]];
    let edits = [edits.concat(), vec![status(Disabled, Enabled)]].concat();
    all_applied(&make(&bed, edits).await);
    assert_eq!(types(&bed), [vec![CREATE, POLICY, BRAND, ALLOW, DENY], vec![UPDATE, ASSOCIATE]]);
    let [made] = &named(&bed, "Data")[..] else { panic!() };
    assert_eq!(made.description.as_deref(), Some("For data"));
    assert_eq!(made.status, LiveStatus::Enabled);
    assert_eq!(principals(made), [PAYMENTS, PRODUCTION]);
    let policy = made.policy.clone().unwrap();
    assert_eq!((policy.name.as_str(), policy.requests), ("Data policy", Some(Permission::Deny)));
    assert_eq!(policy.allowed, BTreeSet::from(["prod-a".to_owned()]));
    assert_eq!(made.branding.clone().unwrap().name, "Data branding");
    let first = &change_sets(&bed)[0];
    let identifiers: Vec<Option<&str>> = first.changes.iter().map(|it| it.identifier.as_deref()).collect();
    assert_eq!(identifiers[..2], [None, Some("$Experience.Entity.Identifier")]);
    assert!(
        first.name.as_deref().unwrap().starts_with("catalog-sync ")
            && first.name.as_deref().unwrap().ends_with(" Data")
    );
    assert_eq!(bed.calls("StartChangeSet"), 2);
    assert_eq!(bed.calls("ListChangeSets"), 2, "both ways to ask, once");
}

#[tokio::test]
async fn further_products_follow_and_the_audience_comes_last() {
    let bed = Bed::usual().await;
    let approvals = (0..60).map(|number| approve(&format!("prod-new{number:02}")));
    let denials = (0..110).map(|number| deny(&format!("prod-bad{number:03}")));
    let edits = create().into_iter().chain([join(PAYMENTS), status(Disabled, Enabled)]).chain(approvals).chain(denials);
    all_applied(&make(&bed, edits.collect()).await);
    assert_eq!(
        types(&bed),
        [vec![CREATE, POLICY, ALLOW, DENY], vec![ALLOW, DENY], vec![DENY], vec![UPDATE, ASSOCIATE]]
    );
    let policy = named(&bed, "Data")[0].policy.clone().unwrap();
    assert_eq!((policy.allowed.len(), policy.denied.len()), (60, 110));
}

#[tokio::test]
async fn nobody_comes_under_an_experience_in_which_a_denial_failed() {
    for how in [RefusedProduct::FailsSet, RefusedProduct::FailsSetUnnamed, RefusedProduct::SkipsProduct] {
        let bed = Bed::new(|world| {
            world.unproven.refused_product = how;
            let marketplace = marketplace(world);
            marketplace.refused_products.insert("prod-y".to_owned());
        })
        .await;
        let edits = [
            deny("prod-y"),
            approve("prod-c"),
            join(PAYMENTS),
            status(Disabled, Enabled),
            ExperienceEdit::Requests(false),
        ];
        let outcomes = edit(&bed, "exp-off", OFF, edits.to_vec()).await;
        failure(&outcomes[0]);
        assert_eq!(outcomes[1], Outcome::Applied);
        let why = "not tried: the change to prod-y was not made, and accounts that join the experience would lack a \
                   product, or could buy more than the catalog allows";
        assert_eq!((skipped(&outcomes[2]), skipped(&outcomes[3])), (why, why), "{how:?}");
        assert_eq!(skipped(&outcomes[4]), "not tried: the step to `enabled` was not made");
        assert_eq!(live(&bed, "exp-off").status, LiveStatus::Disabled);
    }
}

#[tokio::test]
async fn branding_that_fails_keeps_nobody_out() {
    let bed = Bed::usual().await;
    let looks = ExperienceEdit::Brand { before: None, after: logo("https://nowhere.invalid/logo.png") };
    let edits = [create(), vec![looks, approve("prod-a"), join(PAYMENTS), status(Disabled, Enabled)]].concat();
    let outcomes = make(&bed, edits).await;
    assert!(failure(&outcomes[2]).contains("INVALID_URL: INVALID_URL: The logo URL "), "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Applied).count(), 5, "{outcomes:?}");
    assert_eq!(named(&bed, "Data").len(), 1);
    assert_eq!(types(&bed)[1], [CREATE, POLICY, ALLOW], "made again without it");
    assert_eq!(bed.calls("StartChangeSet"), 3);
}

#[tokio::test]
async fn description_that_aws_refuses_takes_no_product_with_it() {
    let bed = Bed::usual().await;
    let describe = ExperienceEdit::Describe { before: String::new(), after: "d".repeat(1001) };
    let outcomes = edit(&bed, "exp-base", BASE, vec![describe, approve("prod-c"), approve("prod-d")]).await;
    assert!(failure(&outcomes[0]).contains("ValidationException"), "{outcomes:?}");
    all_applied(&outcomes[1..]);
    assert_eq!(live(&bed, "exp-base").policy.unwrap().allowed.len(), 4);
}

#[tokio::test]
async fn everything_of_an_experience_that_is_there_is_one_set() {
    let bed = Bed::new(|world| {
        let it = experience_in(world, "exp-base");
        it.description = Some("Old".to_owned());
        it.branding = Some(LiveBranding { title: "Old".to_owned(), ..LiveBranding::default() });
    })
    .await;
    let before = Branding { title: Some("Old".to_owned()), ..Branding::default() };
    let edits = vec![
        ExperienceEdit::Describe { before: "Old".to_owned(), after: "New".to_owned() },
        ExperienceEdit::Requests(false),
        ExperienceEdit::Brand { before: Some(before), after: logo("https://example.com/logo.png") },
        approve("prod-c"),
    ];
    all_applied(&edit(&bed, "exp-base", BASE, edits.clone()).await);
    assert_eq!(types(&bed), [vec![UPDATE, REQUESTS, "UpdateBrandingSettings", ALLOW]]);
    let it = live(&bed, "exp-base");
    assert_eq!((it.description.as_deref(), it.name.as_str()), (Some("New"), "Base"));
    let policy = it.policy.unwrap();
    assert_eq!((policy.name.as_str(), policy.requests), ("Base", Some(Permission::Deny)));
    assert_eq!(it.branding.unwrap().title, "Shop");
    // The branding's id comes with the experience, so the branding is read after it.
    assert_eq!((bed.calls("BatchDescribeEntities"), bed.calls("ListEntities")), (3, 0));
    all_applied(&edit(&bed, "exp-base", BASE, edits).await);
    assert_eq!(types(&bed).len(), 1, "all of it was found done");
}

#[tokio::test]
async fn what_somebody_else_did_to_an_experience_is_a_conflict() {
    let bed = Bed::new(|world| {
        let it = experience_in(world, "exp-base");
        it.description = Some("Theirs".to_owned());
        it.branding = Some(LiveBranding { title: "Theirs".to_owned(), ..LiveBranding::default() });
        experience_in(world, "exp-off").audience = Some(with(&[PAYMENTS]));
    })
    .await;
    let before = Branding { title: Some("Old".to_owned()), ..Branding::default() };
    let edits = vec![
        ExperienceEdit::Describe { before: "Old".to_owned(), after: "New".to_owned() },
        ExperienceEdit::Brand { before: Some(before), after: logo("https://example.com/logo.png") },
        join(PAYMENTS),
        leave(SHARED),
        status(Disabled, Enabled),
    ];
    let outcomes = edit(&bed, "exp-base", BASE, edits).await;
    let said: Vec<String> = outcomes[..3].iter().map(failure).collect();
    assert!(said[0].contains("the description of experience exp-base is `Theirs`"), "{said:?}");
    assert!(said[1].contains("the title of experience exp-base is `Theirs`"), "{said:?}");
    assert!(said[2].contains("333333333333 is in the audience of experience exp-off"), "{said:?}");
    all_applied(&outcomes[3..]);
    assert!(types(&bed).is_empty());
}

#[tokio::test]
async fn requests_of_a_disabled_experience_are_changed_once_it_is_enabled() {
    let bed = Bed::new(|world| world.unproven.requests_change = RequestsChange::WhileEnabled).await;
    let edits = vec![ExperienceEdit::Requests(false), approve("prod-a"), join(PAYMENTS), status(Disabled, Enabled)];
    all_applied(&edit(&bed, "exp-off", OFF, edits).await);
    assert_eq!(types(&bed), [vec![ALLOW], vec![UPDATE, ASSOCIATE], vec![REQUESTS]]);

    let bed = Bed::new(|world| world.unproven.requests_change = RequestsChange::WhileEnabled).await;
    let outcomes = edit(&bed, "exp-off", OFF, vec![ExperienceEdit::Requests(false), approve("prod-a")]).await;
    assert!(failure(&outcomes[0]).contains("enable it first"), "{outcomes:?}");
    assert_eq!(outcomes[1], Outcome::Applied);
}

#[tokio::test]
async fn experience_is_disabled_before_it_is_archived() {
    let bed = Bed::new(|world| {
        world.unproven.requests_change = RequestsChange::WhileEnabled;
        experience_in(world, "exp-base").audience = Some(with(&[PAYMENTS]));
    })
    .await;
    let edits =
        vec![ExperienceEdit::Requests(false), leave(PAYMENTS), status(Enabled, Disabled), status(Disabled, Archived)];
    all_applied(&edit(&bed, "exp-base", BASE, edits).await);
    assert_eq!(types(&bed), [vec![REQUESTS], vec![DISASSOCIATE], vec![UPDATE], vec!["RestrictExperience"]]);
    let it = live(&bed, "exp-base");
    assert_eq!((it.status, it.admin_status.is_some(), it.audience), (LiveStatus::Disabled, true, None));
}

#[tokio::test]
async fn experience_that_stays_enabled_is_not_archived() {
    let bed = Bed::new(|world| {
        let fault = catalog_sync::sandbox::ChangeSetFault {
            fate: catalog_sync::sandbox::ChangeSetFate::Cancelled,
            experience: None,
            skip: 0,
            times: Some(1),
        };
        world.change_set_faults.push(fault);
    })
    .await;
    let outcomes = edit(&bed, "exp-base", BASE, vec![status(Enabled, Disabled), status(Disabled, Archived)]).await;
    failure(&outcomes[0]);
    assert_eq!(
        skipped(&outcomes[1]),
        "not tried: the step to `disabled` was not made, and nothing in an archived experience can be changed"
    );
}

#[tokio::test]
async fn experience_that_somebody_could_not_leave_stays_enabled() {
    let bed = Bed::new(|world| {
        experience_in(world, "exp-base").audience = Some(with(&[PAYMENTS]));
        let fault = catalog_sync::sandbox::ChangeSetFault {
            fate: catalog_sync::sandbox::ChangeSetFate::Cancelled,
            experience: None,
            skip: 0,
            times: Some(1),
        };
        world.change_set_faults.push(fault);
    })
    .await;
    let edits = vec![leave(PAYMENTS), status(Enabled, Disabled), status(Disabled, Archived)];
    let outcomes = edit(&bed, "exp-base", BASE, edits).await;
    failure(&outcomes[0]);
    assert!(skipped(&outcomes[1]).contains("would be governed by no experience"), "{outcomes:?}");
    assert!(skipped(&outcomes[2]).contains("nothing in an archived experience can be changed"), "{outcomes:?}");
    let it = live(&bed, "exp-base");
    assert_eq!((it.status, it.admin_status.is_some()), (LiveStatus::Enabled, false));
}

#[tokio::test]
async fn archived_experience_is_revived_first() {
    let bed = Bed::usual().await;
    let policy = ExperienceEdit::Policy { name: "P".to_owned(), user_requests: true };
    let edits = vec![status(Archived, Disabled), policy, approve("prod-a"), join(SHARED), status(Disabled, Enabled)];
    all_applied(&edit(&bed, "exp-old", None, edits).await);
    assert_eq!(types(&bed), [vec!["ReviveExperience"], vec![POLICY, ALLOW], vec![UPDATE, ASSOCIATE]]);
    assert_eq!(live(&bed, "exp-old").status, LiveStatus::Enabled);
}

#[tokio::test]
async fn principal_that_aws_refuses_holds_up_no_other() {
    let bed = Bed::usual().await;
    let edits = vec![join(PAYMENTS), join("999999999999"), join(SHARED), status(Disabled, Enabled)];
    let outcomes = edit(&bed, "exp-off", OFF, edits).await;
    assert!(failure(&outcomes[1]).contains("Principal 999999999999 is not in the organization"), "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|it| **it == Outcome::Applied).count(), 3, "{outcomes:?}");
    assert_eq!(principals(&live(&bed, "exp-off")), [SHARED, PAYMENTS]);
}

#[tokio::test]
async fn run_that_is_stopped_begins_no_further_stage() {
    let bed = Bed::new(|world| world.pending.change_set = 20).await;
    let edits = [approve("prod-a"), join(PAYMENTS), status(Disabled, Enabled)];
    let plan = plan_of(experience_target(Ok("exp-off"), OFF, edits));
    let (ledger, writer) = (Ledger::new(&plan), apply(&bed).writer().unwrap());
    let stops = async {
        while bed.calls("DescribeChangeSet") == 0 {
            tokio::task::yield_now().await;
        }
        ledger.stop("the run was stopped by SIGINT");
    };
    tokio::join!(writer.write(&plan.targets[0], &ledger), stops);
    let outcomes = ledger.outcomes(&plan.targets[0]);
    assert_eq!(outcomes[0], Outcome::Applied);
    let why = "not tried: the run was stopped by SIGINT";
    assert_eq!((skipped(&outcomes[1]), skipped(&outcomes[2])), (why, why));
    assert_eq!(types(&bed), [vec![ALLOW]]);
}

/// Makes the change of a principal in one target wait for the change of the same principal in another.
fn wait(target: &mut Target, principal: &str, other: &Target) {
    let before = ChangeId { target: other.name.clone(), kind: Kind::Audience, key: principal.to_owned() };
    let TargetState::Complete { work: Work::Experience { changes, .. }, .. } = &mut target.state else { panic!() };
    let is_join = |edit: &ExperienceEdit| matches!(edit, ExperienceEdit::Join(it) if it.to_string() == principal);
    let change = changes.iter_mut().find(|change| is_join(&change.edit)).expect("it joins");
    change.about.waits_for.insert(before);
}

#[tokio::test]
async fn principals_are_swapped_between_two_experiences() {
    for revision in [ExperienceRevision::MovesWithParts, ExperienceRevision::MovesAlone] {
        let bed = Bed::new(|world| {
            world.unproven.experience_revision = revision;
            experience_in(world, "exp-base").audience = Some(with(&[PAYMENTS]));
            experience_in(world, "exp-off").audience = Some(with(&[SHARED]));
        })
        .await;
        let mut base = experience_target(Ok("exp-base"), BASE, [leave(PAYMENTS), join(SHARED)]);
        let mut off = experience_target(Ok("exp-off"), OFF, [leave(SHARED), join(PAYMENTS), approve("prod-a")]);
        wait(&mut base, SHARED, &off);
        wait(&mut off, PAYMENTS, &base);
        let outcomes = write_all(&apply(&bed), vec![base, off]).await;
        all_applied(&outcomes.concat());
        assert_eq!(principals(&live(&bed, "exp-base")), [SHARED]);
        assert_eq!(principals(&live(&bed, "exp-off")), [PAYMENTS]);
        assert_eq!(types(&bed).len(), 5, "none was in another's way: {:?}", types(&bed));
    }
}

#[tokio::test]
async fn principal_stays_out_where_the_other_experience_keeps_it() {
    let bed = Bed::new(|world| {
        experience_in(world, "exp-base").audience = Some(with(&[PAYMENTS]));
        let fault = catalog_sync::sandbox::ChangeSetFault {
            fate: catalog_sync::sandbox::ChangeSetFate::Cancelled,
            experience: Some("exp-base".to_owned()),
            skip: 0,
            times: None,
        };
        world.change_set_faults.push(fault);
    })
    .await;
    let base = experience_target(Ok("exp-base"), BASE, [leave(PAYMENTS)]);
    let mut off = experience_target(Ok("exp-off"), OFF, [join(PAYMENTS), join(SHARED)]);
    wait(&mut off, PAYMENTS, &base);
    let outcomes = write_all(&apply(&bed), vec![base, off]).await;
    failure(&outcomes[0][0]);
    let why = "not tried, because the removal of 333333333333 from the audience was not made";
    assert_eq!(skipped(&outcomes[1][0]), why);
    assert_eq!(outcomes[1][1], Outcome::Applied);
}

/// If the audience does not move the experience's revision, only the end of the earlier set tells that this is a new
/// change and not that set again.
#[tokio::test]
async fn principal_that_was_taken_off_again_joins_again() {
    let bed = Bed::new(|world| {
        world.unproven.experience_revision = ExperienceRevision::MovesAlone;
        world.pending.change_set = 1;
    })
    .await;
    for _ in 0..2 {
        all_applied(&edit(&bed, "exp-off", OFF, vec![join(PAYMENTS)]).await);
        bed.sandbox.change(|world| experience_in(world, "exp-off").audience = None);
    }
    assert_eq!(types(&bed).len(), 2);
}

#[tokio::test]
async fn audience_change_of_somebody_else_is_waited_for() {
    let bed = Bed::new(|world| {
        world.pending.change_set = 25;
        let change = catalog_sync::sandbox::ChangeRecord {
            change_type: ASSOCIATE.to_owned(),
            name: None,
            entity_type: "Experience@1.0".to_owned(),
            identifier: Some("exp-open".to_owned()),
            entity: "exp-open".to_owned(),
            details: serde_json::json!({"Principals": [SHARED]}),
            errors: Vec::new(),
        };
        let set = ChangeSet { changes: vec![change], ..ChangeSet::default() };
        marketplace(world).change_sets.insert("cs-theirs".to_owned(), set);
    })
    .await;
    all_applied(&edit(&bed, "exp-off", OFF, vec![join(PAYMENTS), status(Disabled, Enabled)]).await);
    assert_eq!(principals(&live(&bed, "exp-off")), [PAYMENTS]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// The experience is made in every order in which AWS may process the changes of a set.
    #[test]
    fn order_inside_a_set_does_not_matter(seed in any::<u64>()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let bed = Bed::new(|world| {
                world.unproven.change_order = Some(seed);
                world.unproven.requests_change = RequestsChange::WhileEnabled;
            })
            .await;
            let edits = [create(), vec![approve("prod-a"), join(PAYMENTS), status(Disabled, Enabled)]].concat();
            all_applied(&make(&bed, edits).await);
        });
    }
}
