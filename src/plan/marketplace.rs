//! Compares an experience's product lists: desired against live.

use std::collections::{BTreeMap, BTreeSet};

use super::chosen::Subject;
use super::experience;
use super::planned::{Blocked, Planned};
use super::wanted::Wanted;
use crate::model::change::{About, Because, Change, Expiry, OtherNotes, Resource, Untouched, Work};
use crate::model::desired::{
    Desired, DesiredExperience, DesiredProduct, ExperienceTerms, ExpiredProduct, ProductLists, Unlisted,
};
use crate::model::edit::{ExperienceEdit, ProductEdit, part_name};
use crate::model::experience::{Experience, ExperienceStatus, Listing, ProcurementPolicy};
use crate::model::finding::Source;
use crate::model::id::ProductId;
use crate::model::live::Live;

/// Plans the changes of an experience. `catalogs` are the catalog and its base. `before` is what the base says of the
/// experience itself, if that is known.
pub(super) fn plan(
    catalogs: (&Desired, Option<&Desired>),
    entry: &DesiredExperience,
    subject: Subject<'_>,
    wanted: &Wanted,
    (before, live): (Option<&ExperienceTerms>, &Live),
) -> Result<Planned, Blocked> {
    let (desired, _) = catalogs;
    let lists = &*wanted.lists;
    let products = edits(entry, lists, subject).into_iter().map(|edit| change(catalogs, entry, wanted, edit));
    let own = experience::edits(entry, subject, before, live)?.into_iter();
    let changes: Vec<Change<ExperienceEdit>> =
        own.map(|edit| experience::change(entry, wanted, edit, live)).chain(products).collect();
    let revives = |change: &Change<ExperienceEdit>| {
        matches!(change.edit, ExperienceEdit::Status { before: ExperienceStatus::Archived, .. })
    };
    if let Some(Experience { id, name, status: ExperienceStatus::Archived, .. }) = subject.there()
        && !changes.is_empty()
        && !changes.iter().any(revives)
    {
        let reason = format!(
            "experience {name} {id} is archived: nothing in it can be changed until it is revived, with `status: enabled` \
             or `status: disabled`"
        );
        return Err(Blocked::at(&entry.source, reason));
    }
    let work = Work::Experience {
        experience: Resource { id: subject.there().map(|it| it.id.clone()), name: subject.name().to_owned() },
        policy: subject.policy().map(|policy| policy.id.clone()),
        changes,
    };
    Ok(Planned {
        work,
        left_alone: left_alone(&desired.product_names, lists, subject),
        warnings: Vec::new(),
        incomplete_shares: Vec::new(),
    })
}

/// approve = desired approved − live approved; deny = (live approved − desired approved, unless kept) ∪
/// (desired rejected − live rejected).
///
/// There are none if the experience is to be archived, since nothing can be bought in it then.
pub(super) fn edits(entry: &DesiredExperience, lists: &ProductLists, subject: Subject<'_>) -> Vec<ExperienceEdit> {
    if experience::is_put_away(entry) {
        return Vec::new();
    }
    let ProductLists { approved, rejected, expired: _, ignored, unlisted } = lists;
    let none = BTreeSet::new();
    let policy = subject.policy();
    let live_approved = policy.map_or(&none, |policy| &policy.approved);
    let listing = |product: &ProductId| policy.and_then(|policy| policy.listing(product));
    let edit = |product: &ProductId, after, entry: Option<&DesiredProduct>| {
        let notes = entry.and_then(|entry| entry.notes.clone());
        ExperienceEdit::Product(ProductEdit { product: product.clone(), before: listing(product), after, notes })
    };
    let approve = approved
        .iter()
        .filter(|(product, _)| listing(product) != Some(Listing::Approved))
        .map(|(product, entry)| edit(product, Listing::Approved, Some(entry)));
    let reject = rejected
        .iter()
        .filter(|(product, _)| listing(product) != Some(Listing::Denied))
        .map(|(product, entry)| edit(product, Listing::Denied, Some(entry)));
    let delisted = live_approved
        .iter()
        .filter(|_| *unlisted == Unlisted::Remove)
        .filter(|product| !approved.contains_key(product) && !rejected.contains_key(product))
        .filter(|product| !ignored.contains_key(product))
        .map(|product| edit(product, Listing::Denied, None));
    let mut edits: Vec<ExperienceEdit> = approve.chain(reject).chain(delisted).collect();
    // Without a policy everything can be bought, contrary to a list that denies what is unlisted. A new experience gets
    // its policy when it is made.
    if let Some(experience) = subject.there()
        && policy.is_none()
        && (*unlisted == Unlisted::Remove || !edits.is_empty())
    {
        let user_requests = entry.terms.user_requests.as_ref().is_none_or(|it| it.value);
        edits.insert(0, ExperienceEdit::Policy { name: part_name(&experience.name, "policy"), user_requests });
    }
    edits
}

fn left_alone(names: &BTreeMap<ProductId, String>, lists: &ProductLists, subject: Subject<'_>) -> Untouched {
    let Some(policy) = subject.policy() else { return Untouched::default() };
    let unlisted = |product: &&ProductId| {
        let ProductLists { approved, rejected, expired: _, ignored, unlisted: _ } = lists;
        !approved.contains_key(product) && !rejected.contains_key(product) && !ignored.contains_key(product)
    };
    let kept = match lists.unlisted {
        Unlisted::Keep => policy.approved.iter().filter(unlisted).count(),
        Unlisted::Remove => 0,
    };
    let ignored = lists.ignored.keys().filter(|product| policy.listing(product).is_some());
    let named = |product: &ProductId| (product.to_string(), names.get(product).cloned().unwrap_or_default());
    Untouched {
        unlisted: kept + policy.denied.iter().filter(unlisted).count(),
        ignored: ignored.map(named).collect(),
        other_notes: other_notes(names, lists, policy),
    }
}

/// The products that are on the right list with other notes than the catalog's. An entry without notes takes any.
/// Blanks at the ends don't count, since AWS may keep them or not.
fn other_notes(
    names: &BTreeMap<ProductId, String>,
    lists: &ProductLists,
    policy: &ProcurementPolicy,
) -> Vec<OtherNotes> {
    let approved = lists.approved.iter().map(|entry| (Listing::Approved, entry));
    let listed = approved.chain(lists.rejected.iter().map(|entry| (Listing::Denied, entry)));
    let other = |(listing, (product, entry)): (Listing, (&ProductId, &DesiredProduct))| {
        let wanted = entry.notes.as_deref().filter(|_| policy.listing(product) == Some(listing))?;
        let live = policy.notes.get(product).map(String::as_str);
        (live.unwrap_or_default().trim() != wanted.trim()).then(|| OtherNotes {
            key: product.clone(),
            label: names.get(product).cloned().unwrap_or_default(),
            wanted: wanted.to_owned(),
            live: live.map(str::to_owned),
            source: entry.source.clone(),
        })
    };
    let mut other: Vec<OtherNotes> = listed.filter_map(other).collect();
    other.sort();
    other
}

/// The line for a product, and whether its `until` has passed.
pub(super) fn entry<'a>(lists: &'a ProductLists, product: &ProductId) -> Option<(&'a Source, bool)> {
    let listed = lists.approved.get(product).or_else(|| lists.rejected.get(product));
    let over = || lists.expired.get(product).map(|expired| (&expired.source, true));
    listed.map(|listed| (&listed.source, false)).or_else(over)
}

fn because(wanted: &Wanted, product: &ProductId) -> Because {
    let Wanted { lists, follows } = wanted;
    let (approved, rejected) = (lists.approved.get(product), lists.rejected.get(product));
    if let Some(followed) = follows {
        let denied = rejected.map(|_| Listing::Denied);
        return followed.because(approved.map(|_| Listing::Approved).or(denied));
    }
    let listed = approved.or(rejected);
    let over = || {
        let ExpiredProduct { listing, day, source } = lists.expired.get(product)?;
        let expiry = Expiry { day: *day, listing: Some(*listing), source: source.clone(), is_due: false };
        Some(Because::Expired(expiry))
    };
    listed.map(|listed| Because::Listed(listed.source.clone())).or_else(over).unwrap_or(Because::Unlisted)
}

fn change(
    (desired, base): (&Desired, Option<&Desired>),
    entry: &DesiredExperience,
    wanted: &Wanted,
    edit: ExperienceEdit,
) -> Change<ExperienceEdit> {
    let mut notes = Vec::new();
    let (label, because) =
        if let ExperienceEdit::Product(ProductEdit { product, before: _, after: _, notes: _ }) = &edit {
            let names = [Some(desired), base];
            let label = names.into_iter().flatten().find_map(|it| it.product_names.get(product));
            let listed = wanted.lists.approved.get(product).or_else(|| wanted.lists.rejected.get(product));
            let until = listed.and_then(|listed| listed.until);
            notes.extend(until.map(|until| format!("until {}", until.day)));
            (label.cloned().unwrap_or_default(), because(wanted, product))
        } else {
            let listed = || Because::Listed(entry.source.clone());
            (String::new(), wanted.follows.as_ref().map_or_else(listed, |followed| followed.because(None)))
        };
    Change { edit, about: About { label, notes, ..About::new(because) } }
}
