//! Compares the edits of an experience with what is live.

use super::task::Standing;
use crate::cloud::read::current::Current;
use crate::model::audience::AudiencePrincipal;
use crate::model::branding::Branding;
use crate::model::edit::{ExperienceEdit, ProductEdit};
use crate::model::experience::{ExperienceStatus, Listing};

/// Compares an edit with what is live. `now` is `None` if the experience is still to be created.
pub(super) fn standing(edit: &ExperienceEdit, now: Option<&Current>, makes_policy: bool) -> Standing {
    let Some(now) = now else { return Standing::Open };
    let experience = &now.experience;
    let id = &experience.id;
    match edit {
        ExperienceEdit::Create(_) => Standing::Done,
        ExperienceEdit::Status { before, after } => status(*before, *after, now),
        _ if experience.status == ExperienceStatus::Archived => {
            Standing::Conflict(format!("experience {id} is archived"))
        }
        ExperienceEdit::Policy { name: _, user_requests } => match &experience.policy {
            None => Standing::Open,
            Some(policy) if policy.user_requests == *user_requests => Standing::Done,
            Some(policy) => Standing::Conflict(format!(
                "experience {id} has a procurement policy, and users {}",
                may_ask(policy.user_requests)
            )),
        },
        ExperienceEdit::Describe { before, after } => match &experience.description {
            live if live == after => Standing::Done,
            live if live == before => Standing::Open,
            live if live.is_empty() => Standing::Conflict(format!("experience {id} has no description")),
            live => Standing::Conflict(format!("the description of experience {id} is `{live}`")),
        },
        ExperienceEdit::Requests(after) => match &experience.policy {
            Some(policy) if policy.user_requests == *after => Standing::Done,
            Some(_) => Standing::Open,
            None => no_policy(now),
        },
        ExperienceEdit::Brand { before, after } => branding(before.as_ref(), after, now),
        ExperienceEdit::Leave(principal) => {
            if sits_in(principal, now).is_some_and(|experience| experience == id.as_str()) {
                Standing::Open
            } else {
                Standing::Done
            }
        }
        ExperienceEdit::Join(principal) => match sits_in(principal, now) {
            None => Standing::Open,
            Some(experience) if experience == id.as_str() => Standing::Done,
            Some(other) => Standing::Conflict(format!("{principal} is in the audience of experience {other}")),
        },
        ExperienceEdit::Product(_) if experience.policy.is_none() && !makes_policy => no_policy(now),
        ExperienceEdit::Product(edit) => product(edit, now),
    }
}

fn product(ProductEdit { product, before, after, notes: _ }: &ProductEdit, now: &Current) -> Standing {
    let live = now.experience.policy.as_ref().and_then(|policy| policy.listing(product));
    match live {
        live if live == Some(*after) => Standing::Done,
        live if live == *before => Standing::Open,
        Some(Listing::Approved) => Standing::Conflict(format!("{product} is approved")),
        Some(Listing::Denied) => Standing::Conflict(format!("{product} is denied")),
        None => Standing::Conflict(format!("{product} is on neither list")),
    }
}

fn status(before: ExperienceStatus, after: ExperienceStatus, now: &Current) -> Standing {
    match now.experience.status {
        live if live == after => Standing::Done,
        live if live == before => Standing::Open,
        live => Standing::Conflict(format!("experience {} is {}", now.experience.id, live.as_str())),
    }
}

/// Compares branding. Logos can't be compared, since AWS shows the address of its own copy. A new logo counts as live
/// when the address differs from the one before.
fn branding(before: Option<&Branding>, after: &Branding, now: &Current) -> Standing {
    let id = &now.experience.id;
    let nothing = Branding::default();
    let (before, live) = match (before, &now.branding) {
        (None, None) => return Standing::Open,
        (Some(_), None) => return Standing::Conflict(format!("experience {id} has no branding any more")),
        (before, Some(live)) => (before, live),
    };
    let was = before.unwrap_or(&nothing);
    let fields = [
        ("title", &was.title, &after.title, &live.title),
        ("information", &was.information, &after.information, &live.information),
        ("theme colour", &was.theme_color, &after.theme_color, &live.theme_color),
    ];
    let given = || fields.iter().filter(|(_, _, after, _)| after.is_some());
    let same = |one: &Option<String>, other: &Option<String>| match (one, other) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other) && (one == other || one.starts_with('#')),
        (one, other) => one == other,
    };
    let has_logo = after.logo_url.is_none() || (live.logo_url.is_some() && live.logo_url != was.logo_url);
    if has_logo && given().all(|(_, _, after, live)| same(after, live)) {
        return Standing::Done;
    }
    if before.is_none() {
        return Standing::Conflict(format!("experience {id} has branding already"));
    }
    match given().find(|(_, was, after, live)| !same(live, was) && !same(live, after)) {
        None => Standing::Open,
        Some((name, _, _, Some(live))) => Standing::Conflict(format!("the {name} of experience {id} is `{live}`")),
        Some((name, _, _, None)) => Standing::Conflict(format!("experience {id} has no {name}")),
    }
}

/// The experience whose audience a principal is in.
fn sits_in<'n>(principal: &AudiencePrincipal, now: &'n Current) -> Option<&'n str> {
    // If AWS shows the principal in two audiences, this experience's own comes first, so that the principal can be
    // removed from it.
    let own = now.audiences.get_key_value(&now.experience.id);
    let all = own.into_iter().chain(&now.audiences);
    all.into_iter().find(|(_, principals)| principals.contains(principal)).map(|(experience, _)| experience.as_str())
}

fn may_ask(may: bool) -> &'static str {
    if may { "may ask for products" } else { "may not ask for products" }
}

fn no_policy(now: &Current) -> Standing {
    Standing::Conflict(format!("experience {} has no procurement policy any more", now.experience.id))
}
