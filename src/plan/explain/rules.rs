//! What can be bought under an experience, live and by the catalog.

use super::super::chosen::{ExperienceKeyOf, Subject};
use super::super::governed::{Governed, List};
use super::super::marketplace::edits;
use super::super::wanted::Wanted;
use crate::model::desired::{DesiredExperience, ProductLists, Unlisted};
use crate::model::edit::ExperienceEdit;
use crate::model::experience::{Experience, ExperienceStatus, Listing};
use crate::model::id::{AccountId, ProductId};
use crate::model::market_sight::{AskedProduct, ListedBy, Rules, Shelved, Stand, Word};

/// The entry of a product list that governs an experience.
pub(in crate::plan) enum Under<'a> {
    Entry(&'a List<'a>),
    Nobody,
    CantTell(String),
}

/// Finds the entry that governs an experience.
pub(in crate::plan) fn under<'a>(
    account: &AccountId,
    experience: &Experience,
    governed: &'a Governed<'a>,
) -> Under<'a> {
    let key: ExperienceKeyOf = (account.clone(), experience.id.clone());
    let of_it: Vec<&List<'_>> = governed.lists.iter().filter(|list| list.key().as_ref() == Some(&key)).collect();
    if let Some(reason) = governed.experience_clashes().remove(&key) {
        return Under::CantTell(reason);
    }
    if let Some(list) = of_it.into_iter().next() {
        return Under::Entry(list);
    }
    let mut doubt = governed.lists.iter().filter(|list| list.entry.account == *account && list.may_be(experience));
    match doubt.find_map(|list| Some((list, list.outcome.as_ref().err()?))) {
        Some((list, blocked)) => {
            let (file, line) = (&list.entry.source.file, list.entry.source.line);
            Under::CantTell(format!("{file}:{line} may mean this experience: {}", blocked.reason))
        }
        None => Under::Nobody,
    }
}

/// What can be bought under an experience.
pub(super) fn rules(experience: &Experience, under: &Under<'_>, product: Option<&AskedProduct>) -> Rules {
    let lists = experience.policy.as_ref().map(|policy| (policy.approved.len(), policy.denied.len()));
    Rules {
        id: Some(experience.id.clone()),
        name: experience.name.clone(),
        status: experience.status,
        lists,
        list: listed_by(under),
        product: product.map(|product| stand(product, Subject::There(experience), under)),
    }
}

/// What can be bought under an experience that the plan makes.
pub(super) fn of_new(name: &str, list: &List<'_>, product: &AskedProduct) -> Rules {
    let under = Under::Entry(list);
    let stand = stand(product, Subject::New(name), &under);
    let (name, status) = (name.to_owned(), ExperienceStatus::Disabled);
    Rules { id: None, name, status, lists: Some((0, 0)), list: listed_by(&under), product: Some(stand) }
}

fn listed_by(under: &Under<'_>) -> ListedBy {
    match under {
        Under::Entry(list) => ListedBy::Entry {
            source: list.entry.source.clone(),
            mirror: list.entry.products.mirrored().map(|mirror| mirror.source.clone()),
        },
        Under::Nobody => ListedBy::Nobody,
        Under::CantTell(reason) => ListedBy::CantTell(reason.clone()),
    }
}

fn stand(product: &AskedProduct, subject: Subject<'_>, under: &Under<'_>) -> Stand {
    let live = match (subject.there(), subject.policy()) {
        (None, _) => Shelved::NotThere,
        (Some(_), None) => Shelved::Everything,
        (Some(_), Some(policy)) => match policy.listing(&product.id) {
            Some(Listing::Approved) => Shelved::Approved,
            Some(Listing::Denied) => Shelved::Denied,
            None => Shelved::Unlisted,
        },
    };
    let (catalog, planned) = match under {
        Under::Nobody => (Word::Nothing, None),
        Under::CantTell(reason) => (Word::CantTell(reason.clone()), None),
        Under::Entry(list) => match &list.wanted {
            Err(blocked) => (Word::CantTell(blocked.reason.clone()), None),
            Ok(wanted) => (word(list.entry, wanted, &product.id), planned(list.entry, wanted, subject, &product.id)),
        },
    };
    Stand { product: product.clone(), live, catalog, planned }
}

fn word(entry: &DesiredExperience, Wanted { lists, follows: _ }: &Wanted, product: &ProductId) -> Word {
    let put_away = entry.terms.status.as_ref().filter(|it| it.value == ExperienceStatus::Archived);
    if let Some(status) = put_away {
        return Word::PutAway(status.source.clone());
    }
    let ProductLists { approved, rejected, expired, ignored, unlisted } = &**lists;
    if let Some(entry) = approved.get(product) {
        return Word::Approves(entry.source.clone());
    }
    if let Some(entry) = rejected.get(product) {
        return Word::Rejects(entry.source.clone());
    }
    match (ignored.get(product), expired.get(product), unlisted) {
        (Some(source), _, _) => Word::Ignores(source.clone()),
        (None, _, Unlisted::Keep) => Word::Kept,
        (None, Some(expired), Unlisted::Remove) => Word::Expired(expired.source.clone()),
        (None, None, Unlisted::Remove) => Word::NotListed,
    }
}

/// The list that a plan puts a product on. If the plan makes the first procurement policy, a product that it does not
/// approve counts as denied: without a policy everything could be bought.
fn planned(entry: &DesiredExperience, wanted: &Wanted, subject: Subject<'_>, product: &ProductId) -> Option<Listing> {
    let edits = edits(entry, &wanted.lists, subject);
    let of_it = edits.iter().find_map(|edit| match edit {
        ExperienceEdit::Product(edit) if edit.product == *product => Some(edit.after),
        _ => None,
    });
    let is_closed = edits.iter().any(|edit| matches!(edit, ExperienceEdit::Policy { .. }));
    of_it.or_else(|| is_closed.then_some(Listing::Denied))
}
