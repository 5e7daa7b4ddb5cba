//! Adopts changes of experiences: of their products, and of what they are themselves.

use super::super::naming;
use super::line::listed;
use crate::model::amend::{Amendment, ListPlace, NewEntry, NewValue};
use crate::model::because::Because;
use crate::model::change::{Change, Resource, Target};
use crate::model::desired::{Desired, DesiredExperience, ExperienceSelector};
use crate::model::draft::ProductDraft;
use crate::model::edit::{ExperienceEdit, ProductEdit};
use crate::model::experience::{ExperienceStatus, Listing};
use crate::model::finding::Source;
use crate::model::id::ExperienceId;
use crate::model::live::Live;

/// The live status of an experience, if a plan changes it.
pub(super) fn status(changes: &[Change<ExperienceEdit>]) -> Option<ExperienceStatus> {
    changes.iter().find_map(|change| match change.edit {
        ExperienceEdit::Status { before, after: _ } => Some(before),
        _ => None,
    })
}

pub(super) fn amendments(
    target: &Target,
    experience: &Resource<ExperienceId>,
    (Change { edit, about }, was): (&Change<ExperienceEdit>, Option<ExperienceStatus>),
    desired: &Desired,
    live: &Live,
) -> Result<Vec<Amendment>, String> {
    let entry = entry(target, desired).ok_or("no entry of the catalog is about the experience any more")?;
    let of_line = || listed(&about.because);
    let set = |key, value| Ok(vec![Amendment::Set { within: entry.source.clone(), key, value: Some(value) }]);
    let kept = |why: &str| Err(why.to_owned());
    match edit {
        ExperienceEdit::Product(edit) => product(entry, experience, (edit, &about.because, &about.label), live),
        ExperienceEdit::Describe { before, after: _ } if before.is_empty() => {
            Ok(vec![Amendment::Set { within: entry.source.clone(), key: "description", value: None }])
        }
        ExperienceEdit::Describe { before, after: _ } => set("description", NewValue::Text(before.clone())),
        ExperienceEdit::Requests(becomes) => set("user_requests", NewValue::Flag(!becomes)),
        ExperienceEdit::Status { before, after: _ } => {
            set("status", NewValue::Text(was.unwrap_or(*before).as_str().to_owned()))
        }
        ExperienceEdit::Join(_) => match of_line()? {
            Some(source) => Ok(vec![Amendment::Drop(source.clone())]),
            None => kept("no line asks for it"),
        },
        ExperienceEdit::Leave(principal) => {
            of_line()?;
            let (_, audience) = naming::governed(principal, live.organization(&entry.organization));
            let place = ListPlace { key: "audience", ..list(entry, Some(entry.source.clone())) };
            Ok(vec![Amendment::Add(place, NewEntry::Audience(audience, entry.organization.clone()))])
        }
        ExperienceEdit::Brand { before: Some(before), after } => {
            let Some(said) = &entry.terms.branding else { return kept("no line asks for it") };
            if after.logo_url.is_some() {
                return kept("AWS shows the address of its own copy of the logo alone");
            }
            let fields = [
                ("title", &before.title, &after.title),
                ("information", &before.information, &after.information),
                ("theme_color", &before.theme_color, &after.theme_color),
            ];
            let changed = fields.into_iter().filter(|(_, _, after)| after.is_some());
            Ok(changed
                .map(|(key, before, _)| Amendment::Set {
                    within: said.source.clone(),
                    key,
                    value: before.clone().map(NewValue::Text),
                })
                .collect())
        }
        ExperienceEdit::Brand { before: None, after: _ } => {
            kept("the experience has no branding: take `branding` out of its entry, or apply")
        }
        ExperienceEdit::Create(_) => {
            kept("the experience is not there: take its entry out to leave it so, or apply, which makes it")
        }
        ExperienceEdit::Policy { .. } => {
            kept("the experience has no procurement policy, so that everything can be bought in it: no list says that")
        }
    }
}

/// The entry of the catalog that is about the experience.
fn entry<'a>(target: &Target, desired: &'a Desired) -> Option<&'a DesiredExperience> {
    let of_file = || {
        let is_it = |entry: &&DesiredExperience| {
            entry.file == *target.name.file() && Some(&entry.organization) == target.name.organization()
        };
        desired.experiences.iter().filter(is_it)
    };
    let all = |entry: &&DesiredExperience| matches!(entry.selector, ExperienceSelector::AllLive { except: _ });
    of_file().find(|entry| entry.target() == target.name).or_else(|| of_file().find(all))
}

fn list(entry: &DesiredExperience, within: Option<Source>) -> ListPlace {
    ListPlace { file: entry.source.file.clone(), within, key: "approved" }
}

/// Adds or removes a line of the file itself. What an included file lists stays there, and a line of this file
/// overrules it where that is possible.
fn product(
    entry: &DesiredExperience,
    experience: &Resource<ExperienceId>,
    (edit, because, label): (&ProductEdit, &Because, &str),
    live: &Live,
) -> Result<Vec<Amendment>, String> {
    let source = listed(because)?;
    let policy = experience.id.as_ref().and_then(|id| live.experience(&entry.account, id)?.policy.as_ref());
    let title = live.title(&edit.product).map(ToString::to_string);
    let label = Some(label.to_owned()).filter(|label| !label.is_empty());
    let named = |key| {
        let draft = ProductDraft {
            id: edit.product.clone(),
            name: title.clone().or_else(|| label.clone()).filter(|name| naming::is_plain_text(name, 500)),
            notes: policy
                .and_then(|it| it.notes.get(&edit.product))
                .filter(|it| naming::is_plain_text(it, 50))
                .cloned(),
        };
        Amendment::Add(ListPlace { key, ..list(entry, None) }, NewEntry::Product(draft))
    };
    let own = source.filter(|source| source.file == entry.source.file).map(|source| Amendment::Drop(source.clone()));
    match (edit.before, source, own) {
        (Some(Listing::Approved), _, own) => Ok(own.into_iter().chain([named("approved")]).collect()),
        (_, Some(_), Some(own)) => Ok(vec![own]),
        (Some(Listing::Denied), Some(_), None) => Ok(vec![named("rejected")]),
        (None, Some(source), None) => Err(format!(
            "{} line {} lists it, and the file includes that: a file can't say that a product is on neither list",
            source.file, source.line
        )),
        (_, None, _) => Err("no line asks for it".to_owned()),
    }
}
