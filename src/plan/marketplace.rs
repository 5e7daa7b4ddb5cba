//! An experience's product lists: desired against live.

use std::collections::{BTreeMap, BTreeSet};

use super::planned::{Blocked, Planned};
use super::wanted::Wanted;
use crate::model::change::{About, Because, Change, Expiry, Origin, OtherNotes, Resource, Untouched, Work};
use crate::model::desired::{Desired, DesiredExperience, DesiredProduct, ExpiredProduct, ProductLists, Unlisted};
use crate::model::edit::{ExperienceEdit, ProductEdit};
use crate::model::experience::{Experience, ExperienceStatus, Listing, ProcurementPolicy};
use crate::model::finding::Source;
use crate::model::id::ProductId;

/// What would change in an experience's product lists. `catalogs`: the catalog and its base.
pub(super) fn plan(
    catalogs: (&Desired, Option<&Desired>),
    entry: &DesiredExperience,
    experience: &Experience,
    wanted: &Wanted,
) -> Result<Planned, Blocked> {
    let (desired, _) = catalogs;
    let lists = &*wanted.lists;
    let changes: Vec<Change<ExperienceEdit>> =
        edits(lists, experience).into_iter().map(|edit| change(catalogs, entry, wanted, edit)).collect();
    let Experience { id, name, status, policy } = experience;
    if *status == ExperienceStatus::Archived && !changes.is_empty() {
        let reason = format!("experience {name} {id} is archived: nothing in it can be changed until it is revived");
        return Err(Blocked::at(&entry.source, reason));
    }
    let work = Work::Experience {
        experience: Resource { id: Some(id.clone()), name: name.clone() },
        policy: policy.as_ref().map(|policy| policy.id.clone()),
        changes,
    };
    Ok(Planned {
        work,
        left_alone: left_alone(&desired.product_names, lists, experience),
        warnings: Vec::new(),
        incomplete_shares: Vec::new(),
    })
}

/// approve = desired approved − live approved; deny = (live approved − desired approved, unless kept) ∪
/// (desired rejected − live rejected).
pub(super) fn edits(lists: &ProductLists, experience: &Experience) -> Vec<ExperienceEdit> {
    let ProductLists { approved, rejected, expired: _, ignored, unlisted } = lists;
    let none = BTreeSet::new();
    let policy = experience.policy.as_ref();
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
    // Without a policy everything can be bought, which a list that denies the unlisted does not say.
    if policy.is_none() && (*unlisted == Unlisted::Remove || !edits.is_empty()) {
        edits.insert(0, ExperienceEdit::Policy { name: policy_name(&experience.name) });
    }
    edits
}

/// The name of a procurement policy that is made for an experience. AWS takes 1 to 50 letters, digits, blanks, `_` and
/// `-`: any other character of the experience's name becomes `-`, and the name is cut so that ` policy` fits behind it.
fn policy_name(experience: &str) -> String {
    const MOST: usize = 50;
    const SUFFIX: &str = " policy";
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-');
    let clean = experience.trim().chars().map(|c| if fits(c) { c } else { '-' });
    let cut: String = clean.take(MOST - SUFFIX.len()).collect();
    format!("{}{SUFFIX}", cut.trim_end()).trim_start().to_owned()
}

fn left_alone(names: &BTreeMap<ProductId, String>, lists: &ProductLists, experience: &Experience) -> Untouched {
    let Some(policy) = &experience.policy else { return Untouched::default() };
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

/// The products that are on their list with other notes than the catalog gives them. An entry without notes asks for none
/// in particular. Blanks at the ends don't count, which AWS may keep or not.
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

/// The line of an entry for a product, and whether its time is over.
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
    let (label, because) = match &edit {
        ExperienceEdit::Product(ProductEdit { product, before: _, after: _, notes: _ }) => {
            let names = [Some(desired), base];
            let label = names.into_iter().flatten().find_map(|it| it.product_names.get(product));
            let listed = wanted.lists.approved.get(product).or_else(|| wanted.lists.rejected.get(product));
            let until = listed.and_then(|listed| listed.until);
            notes.extend(until.map(|until| format!("until {}", until.day)));
            (label.cloned().unwrap_or_default(), because(wanted, product))
        }
        ExperienceEdit::Policy { name: _ } => {
            let listed = || Because::Listed(entry.source.clone());
            (String::new(), wanted.follows.as_ref().map_or_else(listed, |followed| followed.because(None)))
        }
    };
    let waits_for = BTreeSet::new();
    Change {
        edit,
        about: About {
            origin: Origin::PullRequest,
            because,
            waits_for,
            takes_from: None,
            audience: None,
            label,
            notes,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::policy_name;

    #[test]
    fn policy_name_is_one_that_aws_takes() {
        assert_eq!(policy_name("Data Science_2-b"), "Data Science_2-b policy");
        assert_eq!(policy_name("R&D: Köln"), "R-D- K-ln policy");
        assert_eq!(policy_name(""), "policy");
        let long = policy_name(&"ü".repeat(50));
        assert_eq!((long.chars().count(), long.ends_with("- policy")), (50, true));
        assert_eq!(policy_name(&format!("{} b", "a".repeat(42))), format!("{} policy", "a".repeat(42)));
    }
}
