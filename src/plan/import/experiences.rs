//! Drafts files of experiences. Those with equal product lists share a file.

use std::collections::BTreeSet;

use super::naming::{Ranked, file_name, governed, is_plain_text, is_text};
use super::what::{Owners, What};
use crate::model::branding::Branding;
use crate::model::desired::{Desired, Selector};
use crate::model::draft::{Commented, Draft, ExperienceDraft, ListDraft, ProductDraft};
use crate::model::experience::{Experience, ExperienceStatus, ProcurementPolicy};
use crate::model::experience_terms::AudienceRef;
use crate::model::id::{AccountId, ExperienceId, Name, ProductId};
use crate::model::live::{Found, Live, Named, Reading};

/// The longest name by which a file can select an experience.
const LONGEST_NAME: usize = 500;
/// The longest description that a file takes.
const LONGEST_DESCRIPTION: usize = 255;

type Key = (Vec<ProductDraft>, Vec<ProductDraft>);

/// Experiences with the same products.
struct Group {
    key: Key,
    /// The file that governs them already and is to be rewritten, if there is one.
    file: Option<Name>,
    /// The name of the first of them, for a new file.
    name: String,
    experiences: Vec<ExperienceDraft>,
}

/// Adds the files to `drawn`. `owners` says which file governs an experience already, and `taken` holds the file names
/// in use.
pub(super) fn draw(
    what: &What,
    desired: &Desired,
    (owners, taken): (&Owners<(AccountId, ExperienceId)>, &BTreeSet<Name>),
    live: &Live,
    drawn: &mut Draft,
) {
    let mut lists: Vec<Group> = Vec::new();
    for (organization, settings) in what.organizations(&desired.settings) {
        let Some(account) = &settings.marketplace_account else { continue };
        let Some(shelf) = live.experiences.get(account) else { continue };
        let listed = match &shelf.listed {
            Some(Reading::Complete(listed)) => listed,
            Some(Reading::Unreadable(reason)) => {
                drawn.unread.push(reason.clone());
                continue;
            }
            None => continue,
        };
        if let Some(Reading::Unreadable(reason)) = live.audiences.get(account) {
            drawn.unread.push(format!("whom the experiences of {organization} govern: {reason}"));
        }
        let usable: Vec<(&Named<ExperienceId>, Option<&Found<Experience>>)> =
            listed.iter().map(|named| (named, shelf.read.get(&named.id))).collect();
        for (named, found) in usable.iter().filter(|(named, _)| what.is_experience(&named.id, &named.name)) {
            let experience = match found {
                Some(Found::There(experience)) => experience,
                Some(Found::Unreadable(reason)) => {
                    drawn.unread.push(reason.clone());
                    continue;
                }
                Some(Found::NotThere) | None => continue,
            };
            let (name, id) = (&named.name, &named.id);
            let file = owners.file(&(account.clone(), id.clone())).cloned();
            if let (Some(file), false) = (&file, owners.rewrite) {
                let sentence = format!("experience {name} {id}: marketplace/{file}.yaml governs it already");
                drawn.left_out.push(sentence);
                continue;
            }
            if experience.status == ExperienceStatus::Archived {
                drawn.left_out.push(format!("experience {name} {id} is archived: nothing in it can be changed"));
                continue;
            }
            let Some(policy) = &experience.policy else {
                drawn.left_out.push(format!(
                    "experience {name} {id} has no procurement policy: every product can be bought in it, which no list \
                     says"
                ));
                continue;
            };
            let is_only =
                usable.iter().filter(|(other, found)| other.name == *name && !is_archived(*found)).count() == 1;
            let by_name = is_only && is_plain_text(name, LONGEST_NAME) && !name.starts_with("exp-");
            let entry = entry((organization, account), experience, policy, by_name, live, drawn);
            let key = (products(&policy.approved, policy, live, drawn), products(&policy.denied, policy, live, drawn));
            match lists.iter_mut().find(|it| it.file == file && it.key == key) {
                Some(it) => it.experiences.push(entry),
                None => lists.push(Group { key, file, name: name.clone(), experiences: vec![entry] }),
            }
        }
    }
    let mut taken = taken.clone();
    for Group { key: (approved, rejected), file, name, experiences } in lists {
        if let Some(file) = &file
            && owners.entries_of(file) != experiences.len()
        {
            drawn.left_out.push(format!(
                "experience {name}: marketplace/{file}.yaml governs others, too, that are not to be imported or have other \
                 products, and stays as it is"
            ));
            continue;
        }
        let organization = experiences.first().map(|it| it.organization.to_string()).unwrap_or_default();
        let Some(file) = file.or_else(|| file_name(&name, "experience", &organization, &taken)) else {
            drawn.left_out.push(format!("experience {name}: no name for a file is left"));
            continue;
        };
        taken.insert(file.clone());
        drawn.lists.insert(file, ListDraft { approved, rejected, kept: None, experiences });
    }
}

fn is_archived(found: Option<&Found<Experience>>) -> bool {
    matches!(found, Some(Found::There(experience)) if experience.status == ExperienceStatus::Archived)
}

/// The products of a list, sorted by name. Those without a name come last.
fn products(
    ids: &BTreeSet<ProductId>,
    policy: &ProcurementPolicy,
    live: &Live,
    drawn: &mut Draft,
) -> Vec<ProductDraft> {
    let mut products = Vec::new();
    for id in ids {
        if id.as_str().starts_with("prodview-") {
            drawn.left_out.push(format!("product {id}: that is a listing's id, which no list takes"));
            continue;
        }
        let name = live.title(id).map(ToString::to_string).filter(|name| is_plain_text(name, LONGEST_NAME));
        let notes = policy.notes.get(id).filter(|notes| is_plain_text(notes, 50)).cloned();
        products.push(ProductDraft { id: id.clone(), name, notes });
    }
    products.sort_by_cached_key(|it| (it.name.is_none(), it.name.as_ref().map(|it| it.to_lowercase()), it.id.clone()));
    products
}

fn entry(
    (organization, account): (&Name, &AccountId),
    experience: &Experience,
    policy: &ProcurementPolicy,
    by_name: bool,
    live: &Live,
    drawn: &mut Draft,
) -> ExperienceDraft {
    let Experience { id, name, description, status, policy: _, branding } = experience;
    let tree = live.organization(organization);
    let mut audience: Vec<Ranked<AudienceRef>> = Vec::new();
    if let Some(Reading::Complete(audiences)) = live.audiences.get(account) {
        for principal in audiences.get(id).into_iter().flatten() {
            audience.push(governed(principal, tree));
        }
    }
    audience.sort_by(|(one, _), (other, _)| one.cmp(other));
    let is_sendable = description.is_empty() || is_text(description, LONGEST_DESCRIPTION);
    if !is_sendable {
        drawn.left_out.push(format!("the description of experience {name} {id}: a file takes none like it"));
    }
    let value = if by_name { Selector::Name(name.clone()) } else { Selector::Id(id.clone()) };
    ExperienceDraft {
        organization: organization.clone(),
        experience: Commented { value, comment: (!by_name).then(|| name.clone()) },
        description: Some(description.clone()).filter(|it| is_sendable && !it.is_empty()),
        status: Some(*status),
        user_requests: Some(policy.user_requests),
        audience: audience.into_iter().map(|(_, principal)| principal).collect(),
        branding: look((account, branding.as_ref()), name, live, drawn),
    }
}

/// The branding of an experience, without the logo.
fn look(
    (account, id): (&AccountId, Option<&crate::model::id::BrandingId>),
    name: &str,
    live: &Live,
    drawn: &mut Draft,
) -> Branding {
    let Some(id) = id else { return Branding::default() };
    match live.brandings.get(&(account.clone(), id.clone())) {
        Some(Found::There(Branding { information, logo_url, theme_color, title })) => {
            if logo_url.is_some() {
                drawn.left_out.push(format!(
                    "the logo of experience {name}: AWS shows the address of its own copy alone. Write `logo_url` to \
                     have one looked after"
                ));
            }
            let text = |text: &Option<String>, longest| text.clone().filter(|it| is_text(it, longest));
            let is_color = |it: &String| {
                it.strip_prefix('#').is_some_and(|it| it.len() == 6 && it.bytes().all(|b| b.is_ascii_hexdigit()))
            };
            Branding {
                information: text(information, 1_000),
                logo_url: None,
                theme_color: theme_color.as_ref().filter(|it| is_color(it)).map(|it| it.to_ascii_lowercase()),
                title: text(title, 50),
            }
        }
        Some(Found::Unreadable(reason)) => {
            drawn.unread.push(reason.clone());
            Branding::default()
        }
        Some(Found::NotThere) | None => Branding::default(),
    }
}
