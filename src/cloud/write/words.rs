//! Names of changes in messages.

use crate::model::change::ChangeRef;
use crate::model::edit::{CopyEdit, Delta, Edit, ExperienceEdit, HubEdit, RecipientEdit};

/// The name of a change in a message.
pub(super) fn words(change: ChangeRef<'_>) -> String {
    let key = change.edit.key();
    let label = &change.about.label;
    let named = if label.is_empty() || *label == key { key } else { format!("{label} ({key})") };
    match change.edit {
        Edit::Hub(HubEdit::Share(_) | HubEdit::Repair(_)) => format!("the share with {named}"),
        Edit::Recipient(RecipientEdit::Accept(_)) => "the acceptance of the share".to_owned(),
        Edit::Recipient(RecipientEdit::Local(Delta::Remove(_), _)) => {
            format!("the removal of the local portfolio {named}")
        }
        Edit::Recipient(RecipientEdit::Local(_, _)) => format!("the local portfolio {named}"),
        Edit::Recipient(RecipientEdit::Associate(_)) => format!("the product {named}"),
        Edit::Recipient(RecipientEdit::Copy(CopyEdit::Drop { .. })) => format!("the removal of the copy of {named}"),
        Edit::Recipient(RecipientEdit::Copy(_)) => format!("the copy of {named}"),
        Edit::Recipient(RecipientEdit::Launch { product: _, constraint: _, role: Delta::Remove(_) }) => {
            format!("the removal of the launch role of {named}")
        }
        Edit::Recipient(RecipientEdit::Launch { .. }) => format!("the launch role of {named}"),
        Edit::Recipient(RecipientEdit::Grant(_, _)) => format!("the access of {named}"),
        Edit::Recipient(RecipientEdit::Dissociate { .. } | RecipientEdit::Revoke(_, _)) => {
            format!("the removal of {named}")
        }
        Edit::Experience(edit) => words_of(edit, &named),
    }
}

/// The name of an experience's edit in a message.
pub(super) fn words_of(edit: &ExperienceEdit, named: &str) -> String {
    match edit {
        ExperienceEdit::Create(new) => format!("the experience {}", new.name),
        ExperienceEdit::Describe { .. } => "the description".to_owned(),
        ExperienceEdit::Policy { .. } => "the procurement policy".to_owned(),
        ExperienceEdit::Product(_) => format!("the change to {named}"),
        ExperienceEdit::Requests(_) => "the change to requests of users".to_owned(),
        ExperienceEdit::Brand { .. } => "the branding".to_owned(),
        ExperienceEdit::Leave(_) => format!("the removal of {named} from the audience"),
        ExperienceEdit::Join(_) => format!("the addition of {named} to the audience"),
        ExperienceEdit::Status { before: _, after } => format!("the step to `{}`", after.as_str()),
    }
}
