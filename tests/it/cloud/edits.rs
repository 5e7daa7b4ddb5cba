//! Edits of the experiences of a bed, and what became of them.

use catalog_sync::cloud::Cloud;
use catalog_sync::model::branding::Branding;
use catalog_sync::model::edit::{ExperienceEdit, NewExperience, ProductEdit};
use catalog_sync::model::experience::{ExperienceStatus, Listing};
use catalog_sync::model::report::Outcome;
use catalog_sync::model::settings::Mode;
use catalog_sync::sandbox::{Audience, ChangeSet, Experience, Marketplace, World};

use super::bed::{Bed, experience_target, id, write_all};

pub(super) const BASE: Option<&str> = Some("procpolicy-base");
pub(super) const OFF: Option<&str> = Some("procpolicy-off");
pub(super) const PAYMENTS: &str = "333333333333";
pub(super) const SHARED: &str = "222222222222";
pub(super) const PRODUCTION: &str = "ou-acme-prod0001";

pub(super) const CREATE: &str = "CreateExperience";
pub(super) const POLICY: &str = "CreateProcurementPolicy";
pub(super) const BRAND: &str = "CreateBrandingSettings";
pub(super) const ALLOW: &str = "AllowProductProcurement";
pub(super) const DENY: &str = "DenyProductProcurement";
pub(super) const UPDATE: &str = "UpdateExperience";
pub(super) const ASSOCIATE: &str = "AssociateAudience";
pub(super) const DISASSOCIATE: &str = "DisassociateAudience";
pub(super) const REQUESTS: &str = "UpdateProcurementPolicy";

pub(super) fn product(product: &str, before: Option<Listing>, after: Listing) -> ExperienceEdit {
    ExperienceEdit::Product(ProductEdit { product: id(product), before, after, notes: None })
}

pub(super) fn approve(it: &str) -> ExperienceEdit {
    product(it, None, Listing::Approved)
}

pub(super) fn deny(it: &str) -> ExperienceEdit {
    product(it, None, Listing::Denied)
}

pub(super) fn join(principal: &str) -> ExperienceEdit {
    ExperienceEdit::Join(id(principal))
}

pub(super) fn leave(principal: &str) -> ExperienceEdit {
    ExperienceEdit::Leave(id(principal))
}

pub(super) fn status(before: ExperienceStatus, after: ExperienceStatus) -> ExperienceEdit {
    ExperienceEdit::Status { before, after }
}

pub(super) fn logo(url: &str) -> Branding {
    Branding { title: Some("Shop".to_owned()), logo_url: Some(url.to_owned()), ..Branding::default() }
}

/// A new experience `Data` with a policy. Its users can't ask for products.
pub(super) fn create() -> Vec<ExperienceEdit> {
    let (name, policy) = ("Data".to_owned(), "Data policy".to_owned());
    let new =
        NewExperience { name, description: Some("For data".to_owned()), policy: policy.clone(), user_requests: false };
    vec![ExperienceEdit::Create(new), ExperienceEdit::Policy { name: policy, user_requests: false }]
}

pub(super) fn experiences(bed: &Bed) -> Vec<(String, Experience)> {
    bed.sandbox.world().organizations["acme"].marketplace.experiences.clone().into_iter().collect()
}

pub(super) fn named(bed: &Bed, name: &str) -> Vec<Experience> {
    experiences(bed).into_iter().map(|(_, it)| it).filter(|it| it.name == name).collect()
}

pub(super) fn marketplace(world: &mut World) -> &mut Marketplace {
    &mut world.organizations.get_mut("acme").unwrap().marketplace
}

pub(super) fn experience_in<'w>(world: &'w mut World, id: &str) -> &'w mut Experience {
    marketplace(world).experiences.get_mut(id).unwrap()
}

pub(super) fn live(bed: &Bed, id: &str) -> Experience {
    experience_in(&mut bed.sandbox.world(), id).clone()
}

pub(super) fn change_sets(bed: &Bed) -> Vec<ChangeSet> {
    let world = bed.sandbox.world();
    let mut sets: Vec<ChangeSet> = world.organizations["acme"].marketplace.change_sets.values().cloned().collect();
    sets.sort_by_key(|set| set.started);
    sets
}

/// The change types of each change set, in the order in which the sets were started.
pub(super) fn types(bed: &Bed) -> Vec<Vec<String>> {
    change_sets(bed).iter().map(|set| set.changes.iter().map(|change| change.change_type.clone()).collect()).collect()
}

pub(super) fn apply(bed: &Bed) -> Cloud {
    bed.cloud(Mode::Apply)
}

pub(super) async fn edit(
    bed: &Bed,
    experience: &str,
    policy: Option<&str>,
    edits: Vec<ExperienceEdit>,
) -> Vec<Outcome> {
    bed.list(&apply(bed), experience, policy, edits).await
}

pub(super) async fn make(bed: &Bed, edits: Vec<ExperienceEdit>) -> Vec<Outcome> {
    write_all(&apply(bed), vec![experience_target(Err("Data"), None, edits)]).await.remove(0)
}

pub(super) fn all_applied(outcomes: &[Outcome]) {
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Applied), "{outcomes:?}");
}

pub(super) fn skipped(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Skipped(why) => why,
        other => panic!("not skipped: {other:?}"),
    }
}

pub(super) fn principals(experience: &Experience) -> Vec<String> {
    experience.audience.iter().flat_map(|audience| audience.principals.iter().cloned()).collect()
}

pub(super) fn with(principals: &[&str]) -> Audience {
    let principals = principals.iter().map(|it| (*it).to_owned()).collect();
    Audience { principals, ..Audience::default() }
}
