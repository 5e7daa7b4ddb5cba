//! Words for changes to an experience itself.

use super::term::{Term, turns};
use crate::model::branding::Branding;
use crate::model::edit::{ExperienceEdit, NewExperience};
use crate::model::experience::{ExperienceStatus, Listing};

/// The verb for a change in a plan.
pub(super) fn done(edit: &ExperienceEdit) -> &'static str {
    match edit {
        ExperienceEdit::Create(_) => "make experience",
        ExperienceEdit::Describe { .. } => "describe",
        ExperienceEdit::Policy { .. } => "add policy",
        ExperienceEdit::Product(product) => match product.after {
            Listing::Approved => "approve",
            Listing::Denied => "deny",
        },
        ExperienceEdit::Requests(true) => "allow requests",
        ExperienceEdit::Requests(false) => "forbid requests",
        ExperienceEdit::Brand { .. } => "brand",
        ExperienceEdit::Leave(_) => "no longer govern",
        ExperienceEdit::Join(_) => "govern",
        ExperienceEdit::Status { before: ExperienceStatus::Archived, .. } => "revive",
        ExperienceEdit::Status { after: ExperienceStatus::Enabled, .. } => "enable",
        ExperienceEdit::Status { after: ExperienceStatus::Disabled, .. } => "disable",
        ExperienceEdit::Status { after: ExperienceStatus::Archived, .. } => "archive",
    }
}

/// The noun for a difference in drift.
pub(super) fn found(edit: &ExperienceEdit) -> &'static str {
    match edit {
        ExperienceEdit::Create(_) => "experience",
        ExperienceEdit::Describe { .. } => "description",
        ExperienceEdit::Policy { .. } => "policy",
        // The list that the product is live on by mistake, or is missing from.
        ExperienceEdit::Product(product) => match (product.before, product.after) {
            (_, Listing::Approved) | (Some(Listing::Approved), Listing::Denied) => "approved",
            (_, Listing::Denied) => "denied",
        },
        ExperienceEdit::Requests(_) => "user requests",
        ExperienceEdit::Brand { .. } => "branding",
        ExperienceEdit::Leave(_) | ExperienceEdit::Join(_) => "governs",
        ExperienceEdit::Status { .. } => "status",
    }
}

/// The name that a change is shown under.
pub(super) fn id(edit: &ExperienceEdit) -> String {
    match edit {
        ExperienceEdit::Create(new) => new.name.clone(),
        ExperienceEdit::Policy { name, user_requests: _ } => name.clone(),
        ExperienceEdit::Product(product) => product.product.to_string(),
        ExperienceEdit::Leave(principal) | ExperienceEdit::Join(principal) => principal.to_string(),
        ExperienceEdit::Describe { .. } | ExperienceEdit::Status { .. } => "the experience".to_owned(),
        ExperienceEdit::Requests(_) => "of users for products".to_owned(),
        ExperienceEdit::Brand { .. } => "the experience's pages".to_owned(),
    }
}

/// The details of a change and the values that it changes. Products have theirs elsewhere.
pub(super) fn terms(edit: &ExperienceEdit) -> Vec<Term> {
    let requests = |allowed: bool| (!allowed).then(|| Term::Is("without user requests".to_owned()));
    match edit {
        ExperienceEdit::Create(NewExperience { name: _, description, policy: _, user_requests }) => {
            let description = description.iter().map(|text| Term::Is(text.clone()));
            description.chain(requests(*user_requests)).collect()
        }
        ExperienceEdit::Policy { name: _, user_requests } => requests(*user_requests).into_iter().collect(),
        ExperienceEdit::Describe { before, after } => {
            turns("description", or_none(before), after).into_iter().collect()
        }
        ExperienceEdit::Brand { before, after } => look(before.as_ref(), after),
        ExperienceEdit::Status { before, after } => {
            turns("status", before.as_str(), after.as_str()).into_iter().collect()
        }
        ExperienceEdit::Product(_)
        | ExperienceEdit::Requests(_)
        | ExperienceEdit::Leave(_)
        | ExperienceEdit::Join(_) => Vec::new(),
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn look(before: Option<&Branding>, after: &Branding) -> Vec<Term> {
    let none = Branding::default();
    let Branding { information, logo_url, theme_color, title } = before.unwrap_or(&none);
    let turned = |field: &'static str, was: &Option<String>, after: &Option<String>| {
        let after = after.as_deref()?;
        if before.is_none() {
            return Some(Term::Is(format!("{field} {after}")));
        }
        turns(field, or_none(was.as_deref().unwrap_or_default()), after)
    };
    // The live address is not shown: it is the one of AWS's copy, which means nothing to a reader.
    let logo = after.logo_url.as_ref().map(|to| {
        let sent = if logo_url.is_some() { "logo again from" } else { "logo from" };
        Term::Is(format!("{sent} {to}"))
    });
    let texts = [
        turned("title", title, &after.title),
        turned("information", information, &after.information),
        turned("colour", theme_color, &after.theme_color),
    ];
    texts.into_iter().flatten().chain(logo).collect()
}

/// A consequence of a change that its words don't make obvious.
pub(super) fn consequence(edit: &ExperienceEdit) -> Option<&'static str> {
    match edit {
        ExperienceEdit::Policy { .. } => {
            Some("without it everything can be bought here; with it only what is approved")
        }
        ExperienceEdit::Status { before: ExperienceStatus::Disabled, after: ExperienceStatus::Enabled } => {
            Some("from then on it governs its audience")
        }
        ExperienceEdit::Status { before: ExperienceStatus::Enabled, .. } => Some(
            "its audience then comes under the next experience above it, and where there is none everything can be bought",
        ),
        ExperienceEdit::Create(_)
        | ExperienceEdit::Describe { .. }
        | ExperienceEdit::Product(_)
        | ExperienceEdit::Requests(_)
        | ExperienceEdit::Brand { .. }
        | ExperienceEdit::Leave(_)
        | ExperienceEdit::Join(_)
        | ExperienceEdit::Status { .. } => None,
    }
}

/// The loss that a change may mean for somebody, except for products, as the rest of a sentence that begins with the
/// experience. `None` if nobody loses anything.
pub(super) fn loss(edit: &ExperienceEdit, whom: &str) -> Option<String> {
    match edit {
        ExperienceEdit::Policy { .. } => {
            Some(" gets a procurement policy: until now <b>everything</b> could be bought, from now on only what is approved".to_owned())
        }
        ExperienceEdit::Join(_) => {
            Some(format!(": {whom} comes under it: only what is approved in it can be bought there"))
        }
        ExperienceEdit::Leave(_) => Some(format!(": {whom} no longer comes under it")),
        ExperienceEdit::Requests(false) => Some(": users can no longer ask for products".to_owned()),
        ExperienceEdit::Status { before: ExperienceStatus::Disabled, after: ExperienceStatus::Enabled } => {
            Some(": its audience comes under it: only what is approved in it can be bought there".to_owned())
        }
        ExperienceEdit::Status { before: ExperienceStatus::Enabled, .. } => {
            Some(": it no longer governs its audience".to_owned())
        }
        ExperienceEdit::Create(_)
        | ExperienceEdit::Describe { .. }
        | ExperienceEdit::Product(_)
        | ExperienceEdit::Requests(true)
        | ExperienceEdit::Brand { .. }
        | ExperienceEdit::Status { .. } => None,
    }
}
