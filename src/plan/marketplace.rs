//! An experience's product lists: desired against live.

use std::collections::{BTreeMap, BTreeSet};

use super::diff::Planned;
use super::{Blocked, select};
use crate::model::change::{Change, Edit, Origin, ProductEdit, Subject};
use crate::model::desired::{Desired, DesiredExperience, DesiredProduct, ExperienceSelector, ProductLists, Unlisted};
use crate::model::experience::{Experience, ExperienceStatus, Listing};
use crate::model::id::{ExperienceId, ProductId};
use crate::model::live::{Live, Reading, Shelf};
use crate::model::target::TargetName;

/// An entry of a product list and one experience that it governs, or why it can't be told which.
pub(super) struct Governed<'a> {
    pub(super) name: TargetName,
    pub(super) entry: &'a DesiredExperience,
    pub(super) outcome: Result<&'a Experience, Blocked>,
}

/// Which experiences the entries govern. One that two entries govern is blocked in both: they would undo each other.
pub(super) fn govern<'a>(desired: &'a Desired, live: &'a Live) -> Vec<Governed<'a>> {
    let mut governed: Vec<Governed<'a>> = desired.experiences.iter().flat_map(|entry| expand(entry, live)).collect();
    let mut seen: BTreeMap<(&str, &ExperienceId), Vec<String>> = BTreeMap::new();
    for Governed { name: _, entry, outcome } in &governed {
        if let Ok(experience) = outcome {
            let places = seen.entry((entry.account.as_str(), &experience.id)).or_default();
            places.push(format!("{}:{}", entry.source.file, entry.source.line));
        }
    }
    let clashes: BTreeMap<(String, ExperienceId), Vec<String>> = seen
        .into_iter()
        .filter(|(_, places)| places.len() > 1)
        .map(|((account, id), places)| ((account.to_owned(), id.clone()), places))
        .collect();
    for Governed { name: _, entry, outcome } in &mut governed {
        let Ok(experience) = outcome else { continue };
        if let Some(places) = clashes.get(&(entry.account.to_string(), experience.id.clone())) {
            let Experience { id, name, status: _, policy: _ } = experience;
            let reason = format!("experience {name} {id} is governed more than once: {}", places.join(", "));
            *outcome = Err(Blocked::at(&entry.source, reason));
        }
    }
    governed
}

fn expand<'a>(entry: &'a DesiredExperience, live: &'a Live) -> Vec<Governed<'a>> {
    let shelf = match live.experiences.get(&entry.account).map(Reading::as_result) {
        Some(Ok(shelf)) => shelf,
        Some(Err(reason)) => return vec![blocked(entry, Blocked::unreadable(reason))],
        None => {
            let reason = format!("the experiences of {} were not read", entry.account);
            return vec![blocked(entry, Blocked::unreadable(reason))];
        }
    };
    match &entry.selector {
        ExperienceSelector::One(selector) => {
            let place = format!("organization {}", entry.organization);
            let outcome = select(shelf, selector, &entry.source, "experience", &place);
            vec![Governed { name: entry.target(), entry, outcome }]
        }
        ExperienceSelector::AllLive { except } => all_live(entry, shelf, except),
    }
}

fn all_live<'a>(
    entry: &'a DesiredExperience,
    shelf: &'a Shelf<ExperienceId, Experience>,
    except: &BTreeSet<ExperienceId>,
) -> Vec<Governed<'a>> {
    let named = |id: &ExperienceId| TargetName::Marketplace {
        file: entry.file.clone(),
        organization: entry.organization.clone(),
        experience: id.to_string(),
    };
    let candidates = shelf.read.iter().filter(|(id, _)| !except.contains(id));
    candidates
        .filter_map(|(id, reading)| match reading {
            Reading::Complete(experience) if experience.status == ExperienceStatus::Enabled => {
                Some(Governed { name: named(id), entry, outcome: Ok(experience) })
            }
            Reading::Complete(_) => None,
            Reading::Unreadable(reason) => {
                Some(Governed { name: named(id), entry, outcome: Err(Blocked::unreadable(reason)) })
            }
        })
        .collect()
}

fn blocked(entry: &DesiredExperience, why: Blocked) -> Governed<'_> {
    Governed { name: entry.target(), entry, outcome: Err(why) }
}

/// What would change in an experience's product lists.
pub(super) fn plan(
    desired: &Desired,
    base: Option<&Desired>,
    entry: &DesiredExperience,
    experience: &Experience,
) -> Result<Planned, Blocked> {
    let lists = &*entry.products;
    let changes: Vec<Change> =
        edits(lists, experience).into_iter().map(|edit| change(desired, base, entry, edit)).collect();
    if experience.status == ExperienceStatus::Archived && !changes.is_empty() {
        let Experience { id, name, status: _, policy: _ } = experience;
        let reason = format!("experience {name} {id} is archived: nothing in it can be changed until it is revived");
        return Err(Blocked::at(&entry.source, reason));
    }
    let subject = Subject::Experience {
        id: experience.id.clone(),
        name: experience.name.clone(),
        policy: experience.policy.as_ref().map(|policy| policy.id.clone()),
    };
    Ok(Planned { subject, changes, left_alone: left_alone(lists, experience) })
}

/// approve = desired approved − live approved; deny = (live approved − desired approved, unless kept) ∪
/// (desired rejected − live rejected).
pub(super) fn edits(lists: &ProductLists, experience: &Experience) -> Vec<Edit> {
    let ProductLists { approved, rejected, unlisted } = lists;
    let none = BTreeSet::new();
    let policy = experience.policy.as_ref();
    let live_approved = policy.map_or(&none, |policy| &policy.approved);
    let listing = |product: &ProductId| policy.and_then(|policy| policy.listing(product));
    let edit = |product: &ProductId, after, entry: Option<&DesiredProduct>| {
        let notes = entry.and_then(|entry| entry.notes.clone());
        Edit::Product(ProductEdit { product: product.clone(), before: listing(product), after, notes })
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
        .map(|product| edit(product, Listing::Denied, None));
    let mut edits: Vec<Edit> = approve.chain(reject).chain(delisted).collect();
    // Without a policy everything can be bought, which a list that denies the unlisted does not say.
    if policy.is_none() && (*unlisted == Unlisted::Remove || !edits.is_empty()) {
        edits.insert(0, Edit::ProcurementPolicy { name: format!("{} policy", experience.name) });
    }
    edits
}

fn left_alone(lists: &ProductLists, experience: &Experience) -> usize {
    let Some(policy) = &experience.policy else { return 0 };
    let unlisted =
        |product: &&ProductId| !lists.approved.contains_key(product) && !lists.rejected.contains_key(product);
    let kept = match lists.unlisted {
        Unlisted::Keep => policy.approved.iter().filter(unlisted).count(),
        Unlisted::Remove => 0,
    };
    kept + policy.denied.iter().filter(unlisted).count()
}

fn change(desired: &Desired, base: Option<&Desired>, entry: &DesiredExperience, edit: Edit) -> Change {
    let (label, source) = match &edit {
        Edit::Product(ProductEdit { product, before: _, after: _, notes: _ }) => {
            let names = [Some(desired), base];
            let label = names.into_iter().flatten().find_map(|it| it.product_names.get(product));
            let lists = &*entry.products;
            let listed = lists.approved.get(product).or_else(|| lists.rejected.get(product));
            (label.cloned().unwrap_or_default(), listed.map(|product| product.source.clone()))
        }
        Edit::ProcurementPolicy { name: _ } => (String::new(), Some(entry.source.clone())),
        Edit::PortfolioShare(_) => (String::new(), None),
    };
    Change { edit, origin: Origin::PullRequest, source, label, notes: Vec::new() }
}
