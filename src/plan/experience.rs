//! Compares an experience itself, without its product lists: desired against live.

use std::collections::{BTreeMap, BTreeSet};

use super::chosen::Subject;
use super::labels;
use super::planned::Blocked;
use super::units::{UnitProblem, resolve_unit};
use super::wanted::Wanted;
use crate::model::audience::AudiencePrincipal;
use crate::model::branding::Branding;
use crate::model::change::{About, Because, Change};
use crate::model::desired::{Desired, DesiredExperience, ExperienceTerms};
use crate::model::edit::{ExperienceEdit, NewExperience, part_name};
use crate::model::experience::{Experience, ExperienceStatus};
use crate::model::experience_terms::{AudienceRef, DesiredAudience, Said};
use crate::model::finding::{Source, Warning};
use crate::model::live::{Found, Live, Reading};

/// Whether an entry wants its experience archived. Its product lists are left alone then.
pub(super) fn is_put_away(entry: &DesiredExperience) -> bool {
    entry.terms.status.as_ref().is_some_and(|it| it.value == ExperienceStatus::Archived)
}

/// The edits of the experience itself. `before` is what the base says of it, if that is known.
pub(super) fn edits(
    entry: &DesiredExperience,
    subject: Subject<'_>,
    before: Option<&ExperienceTerms>,
    live: &Live,
) -> Result<Vec<ExperienceEdit>, Blocked> {
    let ExperienceTerms { create: _, description, status, user_requests, audience: _, branding } = &entry.terms;
    let is_archived = subject.status() == ExperienceStatus::Archived;
    let steps = steps(subject.status(), status.as_ref().map(|it| it.value));
    // An archived experience that stays archived can't be changed.
    if is_archived && is_put_away(entry) {
        return Ok(Vec::new());
    }
    let mut edits = Vec::new();
    match subject {
        Subject::New(name) => edits.push(ExperienceEdit::Create(NewExperience {
            name: name.to_owned(),
            description: description.as_ref().map(|it| it.value.clone()),
            policy: part_name(name, "policy"),
            user_requests: user_requests.as_ref().is_none_or(|it| it.value),
        })),
        Subject::There(experience) => {
            edits.extend(described(description.as_ref(), experience));
            let will_be_enabled =
                steps.last().map_or(subject.status(), |(_, after)| *after) == ExperienceStatus::Enabled;
            // AWS changes this only while the experience is enabled. A new policy is made with the right value.
            let open = will_be_enabled || subject.status() == ExperienceStatus::Enabled;
            if let (Some(wanted), Some(policy), true) = (user_requests, &experience.policy, open)
                && policy.user_requests != wanted.value
            {
                edits.push(ExperienceEdit::Requests(wanted.value));
            }
        }
    }
    if let Some(wanted) = branding {
        let logo = |terms: &ExperienceTerms| terms.branding.as_ref().and_then(|it| it.value.logo_url.clone());
        let is_new_logo = before.is_some_and(|before| logo(before) != wanted.value.logo_url);
        edits.extend(brand(entry, &wanted.value, subject, is_new_logo, live)?);
    }
    if let Some(wanted) = audience(entry, live)? {
        let now = governed(entry, subject, live)?;
        edits.extend(now.iter().filter(|it| !wanted.contains_key(it)).cloned().map(ExperienceEdit::Leave));
        edits.extend(wanted.into_keys().filter(|it| !now.contains(it)).map(ExperienceEdit::Join));
    }
    edits.extend(steps.into_iter().map(|(before, after)| ExperienceEdit::Status { before, after }));
    Ok(edits)
}

/// The steps from one status to another. AWS archives and revives only through disabled.
fn steps(now: ExperienceStatus, wanted: Option<ExperienceStatus>) -> Vec<(ExperienceStatus, ExperienceStatus)> {
    use ExperienceStatus::{Archived, Disabled, Enabled};
    match (now, wanted) {
        (_, None) | (Enabled, Some(Enabled)) | (Disabled, Some(Disabled)) | (Archived, Some(Archived)) => Vec::new(),
        (Disabled, Some(after @ (Enabled | Archived))) => vec![(Disabled, after)],
        (before @ (Enabled | Archived), Some(Disabled)) => vec![(before, Disabled)],
        (before @ Enabled, Some(after @ Archived)) | (before @ Archived, Some(after @ Enabled)) => {
            vec![(before, Disabled), (Disabled, after)]
        }
    }
}

fn described(wanted: Option<&Said<String>>, experience: &Experience) -> Option<ExperienceEdit> {
    let wanted = wanted.filter(|it| it.value != experience.description)?;
    Some(ExperienceEdit::Describe { before: experience.description.clone(), after: wanted.value.clone() })
}

/// `is_new_logo`: whether the base gives another address of the logo. AWS never answers with the address that was sent,
/// so the two can't be compared. A logo is sent if none is live, or if the catalog's address has changed.
fn brand(
    entry: &DesiredExperience,
    wanted: &Branding,
    subject: Subject<'_>,
    is_new_logo: bool,
    live: &Live,
) -> Result<Option<ExperienceEdit>, Blocked> {
    let id = subject.there().and_then(|experience| experience.branding.as_ref());
    let Some(id) = id else {
        return Ok(Some(ExperienceEdit::Brand { before: None, after: wanted.clone() }));
    };
    let now = match live.brandings.get(&(entry.account.clone(), id.clone())) {
        Some(Found::There(branding)) => branding,
        Some(Found::NotThere) => {
            let reason = format!("branding settings {id} belong to experience {}, and don't exist", subject.name());
            return Err(Blocked::unreadable(reason));
        }
        Some(Found::Unreadable(reason)) => return Err(Blocked::unreadable(reason)),
        None => return Err(Blocked::unreadable(format!("branding settings {id} were not read"))),
    };
    let changed = |wanted: &Option<String>, now: &Option<String>| wanted.clone().filter(|_| wanted != now);
    let after = Branding {
        information: changed(&wanted.information, &now.information),
        logo_url: wanted.logo_url.clone().filter(|_| is_new_logo || now.logo_url.is_none()),
        theme_color: changed(&wanted.theme_color, &now.theme_color.as_ref().map(|it| it.to_ascii_lowercase())),
        title: changed(&wanted.title, &now.title),
    };
    if after == Branding::default() {
        return Ok(None);
    }
    let was = |now: &Option<String>, after: &Option<String>| now.clone().filter(|_| after.is_some());
    let before = Branding {
        information: was(&now.information, &after.information),
        logo_url: was(&now.logo_url, &after.logo_url),
        theme_color: was(&now.theme_color, &after.theme_color),
        title: was(&now.title, &after.title),
    };
    Ok(Some(ExperienceEdit::Brand { before: Some(before), after }))
}

/// The audience that an entry asks for, each principal with its line. `None` if the entry has no `audience`.
pub(super) fn audience(
    entry: &DesiredExperience,
    live: &Live,
) -> Result<Option<BTreeMap<AudiencePrincipal, Source>>, Blocked> {
    let Some(DesiredAudience { principals, source: _ }) = &entry.terms.audience else { return Ok(None) };
    let mut found = BTreeMap::new();
    for (who, source) in principals {
        found.entry(principal((who, source), entry, live)?).or_insert_with(|| source.clone());
    }
    Ok(Some(found))
}

/// One principal of the audience that an entry asks for.
pub(super) fn principal(
    (who, source): (&AudienceRef, &Source),
    entry: &DesiredExperience,
    live: &Live,
) -> Result<AudiencePrincipal, Blocked> {
    match who {
        AudienceRef::Account(account) => Ok(AudiencePrincipal::Account(account.clone())),
        AudienceRef::Organization(organization) => Ok(AudiencePrincipal::Organization(organization.clone())),
        AudienceRef::Ou(ou) => {
            resolve_unit(ou, &entry.organization, live).map(AudiencePrincipal::Ou).map_err(|problem| match problem {
                UnitProblem::Unreadable(reason) => Blocked::unreadable(reason),
                UnitProblem::Unknown(reason) => Blocked::at(source, reason),
            })
        }
    }
}

/// The live audience of an experience.
fn governed(
    entry: &DesiredExperience,
    subject: Subject<'_>,
    live: &Live,
) -> Result<BTreeSet<AudiencePrincipal>, Blocked> {
    match live.audiences.get(&entry.account) {
        Some(Reading::Complete(audiences)) => {
            let of_it = subject.there().and_then(|experience| audiences.get(&experience.id));
            Ok(of_it.cloned().unwrap_or_default())
        }
        Some(Reading::Unreadable(reason)) => Err(Blocked::unreadable(reason)),
        None => Err(Blocked::unreadable(format!("the audiences of {} were not read", entry.account))),
    }
}

/// A change to the experience itself.
pub(super) fn change(
    entry: &DesiredExperience,
    wanted: &Wanted,
    edit: ExperienceEdit,
    live: &Live,
) -> Change<ExperienceEdit> {
    let ExperienceTerms { create, description, status, user_requests, audience, branding } = &entry.terms;
    let source = match &edit {
        ExperienceEdit::Create(_) => create.as_ref(),
        ExperienceEdit::Describe { .. } => description.as_ref().map(|it| &it.source),
        ExperienceEdit::Requests(_) => user_requests.as_ref().map(|it| &it.source),
        ExperienceEdit::Brand { .. } => branding.as_ref().map(|it| &it.source),
        ExperienceEdit::Status { .. } => status.as_ref().map(|it| &it.source),
        ExperienceEdit::Join(principal) => {
            let line = audience.as_ref().and_then(|audience| {
                let named = self::audience(entry, live).ok().flatten()?;
                named.get(principal).cloned().or_else(|| Some(audience.source.clone()))
            });
            return of_principal(entry, Because::Listed(line.unwrap_or_else(|| entry.source.clone())), edit, live);
        }
        ExperienceEdit::Leave(_) => return of_principal(entry, Because::Unlisted, edit, live),
        ExperienceEdit::Policy { .. } | ExperienceEdit::Product(_) => {
            wanted.follows.as_ref().map(|followed| &followed.source)
        }
    };
    let because = Because::Listed(source.unwrap_or(&entry.source).clone());
    Change { edit, about: About::new(because) }
}

fn of_principal(
    entry: &DesiredExperience,
    because: Because,
    edit: ExperienceEdit,
    live: &Live,
) -> Change<ExperienceEdit> {
    let (ExperienceEdit::Join(principal) | ExperienceEdit::Leave(principal)) = &edit else {
        return Change { edit, about: About::new(because) };
    };
    let receiver = principal.receiver();
    let label = labels::receiver(live, &entry.organization, &receiver);
    let notes = labels::reach(live, &entry.organization, &receiver).into_iter().collect();
    Change { about: About { label, notes, ..About::new(because) }, edit }
}

/// The warnings about the experience itself.
pub(super) fn warnings(
    desired: &Desired,
    entry: &DesiredExperience,
    subject: Subject<'_>,
    live: &Live,
    changes: &[Change<ExperienceEdit>],
) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut warn = |code: &str, message: String, source: &Source| {
        found.push(Warning { code: code.to_owned(), message, source: Some(source.clone()) });
    };
    let ends_enabled = changes.iter().rev().find_map(|change| match change.edit {
        ExperienceEdit::Status { before: _, after } => Some(after),
        _ => None,
    });
    let ends_enabled = ends_enabled.unwrap_or(subject.status()) == ExperienceStatus::Enabled;
    if let Some(wanted) = &entry.terms.user_requests
        && let Some(experience) = subject.there()
        && experience.status == ExperienceStatus::Disabled
        && !ends_enabled
        && experience.policy.as_ref().is_some_and(|policy| policy.user_requests != wanted.value)
    {
        let message = format!(
            "experience {} is disabled, and AWS changes `user_requests` only in an enabled experience: it stays as it \
             is until then",
            experience.name
        );
        warn("requests_wait", message, &wanted.source);
    }
    // If no entry of this account has an `audience`, audiences are read only while something changes. This warning
    // would come and go with that.
    let mut others = desired.experiences.iter().filter(|other| other.account == entry.account);
    let is_spoken_of = others.any(|other| other.terms.audience.is_some());
    if let (true, Ok(now)) = (ends_enabled && is_spoken_of, governed(entry, subject, live)) {
        let joins = changes.iter().filter(|change| matches!(change.edit, ExperienceEdit::Join(_))).count();
        let leaves = changes.iter().filter(|change| matches!(change.edit, ExperienceEdit::Leave(_))).count();
        if now.len() + joins == leaves {
            let message = format!("experience {} has no audience: it governs nobody", subject.name());
            let source = entry.terms.audience.as_ref().map_or(&entry.source, |it| &it.source);
            warn("no_audience", message, source);
        }
    }
    found
}
