//! Reading experiences and their product lists.

use catalog_sync::model::desired::{ExperienceSelector, Selector};
use catalog_sync::model::experience::{Experience, ExperienceStatus, Listing};
use catalog_sync::model::id::ExperienceId;
use catalog_sync::model::live::{Found, Shelf};
use catalog_sync::sandbox::{Experience as SandboxExperience, Policy};

use super::bed::{Bed, MARKET, all_live, by_name, complete, id, one, reason};

async fn shelf(bed: &Bed) -> Shelf<ExperienceId, Experience> {
    bed.read().await.experiences[&id(MARKET)].clone()
}

#[tokio::test]
async fn by_id_it_takes_two_calls() {
    let mut bed = Bed::usual().await;
    bed.want_experience(one("exp-base"));
    bed.want_experience(one("exp-open"));
    let shelf = shelf(&bed).await;
    assert_eq!(shelf.listed, None);
    let base = complete(shelf.read[&id("exp-base")].clone());
    let policy = base.policy.unwrap();
    assert_eq!(policy.approved.iter().map(ToString::to_string).collect::<Vec<_>>(), ["prod-a", "prod-b"]);
    assert_eq!(policy.listing(&id("prod-x")), Some(Listing::Denied));
    assert_eq!(complete(shelf.read[&id("exp-open")].clone()).policy, None, "everything can be bought");
    assert_eq!((bed.calls("BatchDescribeEntities"), bed.calls("ListEntities")), (2, 0));
}

#[tokio::test]
async fn a_name_chooses_all_that_bear_it() {
    let mut bed = Bed::usual().await;
    bed.want_experience(ExperienceSelector::One(by_name("Base")));
    let shelf = shelf(&bed).await;
    assert_eq!(complete(shelf.listed.unwrap()).len(), 4);
    assert_eq!(complete(shelf.read[&id("exp-base")].clone()).status, ExperienceStatus::Enabled);
    assert_eq!(complete(shelf.read[&id("exp-old")].clone()).status, ExperienceStatus::Archived);
}

#[tokio::test]
async fn the_management_account_sees_its_own_without_the_filter() {
    let mut bed = Bed::usual().await;
    let management = id("111111111110");
    bed.desired.settings.organizations.get_mut(&id("acme")).unwrap().marketplace_account = Some(management);
    bed.want_experience(all_live(&[]));
    bed.desired.experiences[0].account = id("111111111110");
    let live = bed.read().await;
    assert_eq!(complete(live.experiences[&id("111111111110")].clone().listed.unwrap()).len(), 4);
}

#[tokio::test]
async fn many_experiences_take_few_calls() {
    let mut bed = Bed::new(|world| {
        let experiences = &mut world.organizations.get_mut("acme").unwrap().marketplace.experiences;
        experiences.clear();
        for number in 0..45 {
            let policy = Policy { id: Some(format!("procpolicy-{number:02}")), ..Policy::default() };
            let experience =
                SandboxExperience { name: format!("E{number}"), policy: Some(policy), ..SandboxExperience::default() };
            experiences.insert(format!("exp-{number:02}"), experience);
        }
    })
    .await;
    bed.want_experience(all_live(&["exp-00"]));
    let shelf = shelf(&bed).await;
    assert_eq!(shelf.read.len(), 44);
    assert!(shelf.read.values().all(|experience| matches!(experience, Found::There(_))));
    assert_eq!((bed.calls("BatchDescribeEntities"), bed.calls("ListEntities")), (6, 1));
}

#[tokio::test]
async fn one_that_is_not_there_takes_no_other_with_it() {
    let mut bed = Bed::usual().await;
    bed.want_experience(one("exp-base"));
    bed.want_experience(ExperienceSelector::One(Selector::Id(id("exp-none"))));
    let shelf = shelf(&bed).await;
    complete(shelf.read[&id("exp-base")].clone());
    assert_eq!(shelf.read[&id("exp-none")], Found::NotThere, "AWS said so: that is no failure to look");
}

#[tokio::test]
async fn an_account_that_administers_nothing_is_unreadable() {
    let mut bed = Bed::new(|world| {
        world.organizations.get_mut("acme").unwrap().delegated_administrators.clear();
    })
    .await;
    bed.want_experience(one("exp-base"));
    let said = reason(shelf(&bed).await.read[&id("exp-base")].clone());
    assert!(said.contains("DescribeEntity in 111111111112 us-east-1: AccessDeniedException"), "{said}");
}

fn everything(bed: &mut Bed) {
    for experience in ["exp-base", "exp-open", "exp-off"] {
        bed.want_experience(one(experience));
    }
}

#[tokio::test]
async fn refused_batch_is_not_asked_for_again() {
    let mut bed = Bed::new(|world| {
        world.unproven.batch_describe.refuses = vec!["*".to_owned()];
    })
    .await;
    everything(&mut bed);
    let shelf = shelf(&bed).await;
    let base = complete(shelf.read[&id("exp-base")].clone());
    assert_eq!(base.policy.unwrap().approved.len(), 2);
    assert_eq!(complete(shelf.read[&id("exp-open")].clone()).policy, None);
    // One for each of three experiences and two policies.
    assert_eq!((bed.calls("BatchDescribeEntities"), bed.calls("DescribeEntity")), (1, 5));
}

#[tokio::test]
async fn entity_that_a_batch_leaves_out_is_described_alone() {
    let mut bed = Bed::new(|world| {
        let batch = &mut world.unproven.batch_describe;
        batch.leaves_out = vec!["procpolicy-base".to_owned()];
        batch.errors.insert("exp-off".to_owned(), "InternalServiceException".to_owned());
    })
    .await;
    everything(&mut bed);
    let shelf = shelf(&bed).await;
    assert_eq!(complete(shelf.read[&id("exp-base")].clone()).policy.unwrap().approved.len(), 2);
    assert_eq!(complete(shelf.read[&id("exp-off")].clone()).status, ExperienceStatus::Disabled);
    assert_eq!((bed.calls("BatchDescribeEntities"), bed.calls("DescribeEntity")), (2, 2));
}

#[tokio::test]
async fn experiences_of_a_single_account_are_found_without_the_filter() {
    let mut bed = Bed::new(|world| {
        let experiences = &mut world.organizations.get_mut("acme").unwrap().marketplace.experiences;
        for experience in experiences.values_mut() {
            experience.owner = Some(MARKET.to_owned());
        }
    })
    .await;
    bed.want_experience(all_live(&[]));
    assert_eq!(complete(shelf(&bed).await.listed.unwrap()).len(), 4);
    assert_eq!(bed.calls("ListEntities"), 2);
}
