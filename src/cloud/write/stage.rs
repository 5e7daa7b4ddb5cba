//! The stages in which an experience is edited. Each stage begins after the last change set of the one before, since
//! AWS decides the order inside a change set.

use super::task::Task;
use crate::model::change::{Change, ChangeId};
use crate::model::edit::ExperienceEdit;
use crate::model::experience::ExperienceStatus;

/// The stage of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// An archived experience is taken out of the archive.
    Revive,
    /// The experience is created with its parts and products.
    Build,
    /// Principals leave the audience, to join other experiences.
    Leave,
    /// Principals join, and the experience is enabled.
    Enter,
    /// Edits that AWS accepts only for an enabled experience.
    Late,
    /// The experience is disabled.
    Disable,
    /// The experience is archived.
    Archive,
}

impl Stage {
    /// All stages, in their order.
    pub(super) const ALL: [Self; 7] =
        [Self::Revive, Self::Build, Self::Leave, Self::Enter, Self::Late, Self::Disable, Self::Archive];

    /// The stage of an edit. `enables`: whether another edit enables the experience.
    pub(super) fn of(edit: &ExperienceEdit, enables: bool) -> Self {
        match edit {
            // AWS accepts this change only while the experience is enabled.
            ExperienceEdit::Requests(_) if enables => Self::Late,
            ExperienceEdit::Create(_)
            | ExperienceEdit::Policy { .. }
            | ExperienceEdit::Describe { .. }
            | ExperienceEdit::Brand { .. }
            | ExperienceEdit::Product(_)
            | ExperienceEdit::Requests(_) => Self::Build,
            ExperienceEdit::Leave(_) => Self::Leave,
            ExperienceEdit::Status { before: ExperienceStatus::Archived, after: _ } => Self::Revive,
            ExperienceEdit::Status { before: _, after: ExperienceStatus::Archived } => Self::Archive,
            ExperienceEdit::Join(_) | ExperienceEdit::Status { before: _, after: ExperienceStatus::Enabled } => {
                Self::Enter
            }
            ExperienceEdit::Status { before: _, after: ExperienceStatus::Disabled } => Self::Disable,
        }
    }
}

/// Whether an edit enables the experience.
pub(super) fn enables(edit: &ExperienceEdit) -> bool {
    matches!(edit, ExperienceEdit::Status { before: _, after: ExperienceStatus::Enabled })
}

impl Task<'_, ExperienceEdit> {
    /// Why a stage can't be tried, because an edit of an earlier stage was not made. A sentence without a full stop.
    pub(super) fn obstacle(&self, stage: Stage) -> Option<String> {
        if stage > Stage::Revive
            && let Some(unmade) = self.unmade(|edit| Stage::of(edit, false) == Stage::Revive)
        {
            return Some(format!("{unmade}, and nothing in an archived experience can be changed"));
        }
        if stage > Stage::Build
            && let Some(unmade) = self.unmade(|edit| matches!(edit, ExperienceEdit::Create(_)))
        {
            return Some(unmade);
        }
        match stage {
            Stage::Revive | Stage::Build | Stage::Leave => None,
            Stage::Enter => {
                let decides = |edit: &_| matches!(edit, ExperienceEdit::Policy { .. } | ExperienceEdit::Product(_));
                let who =
                    "accounts that join the experience would lack a product, or could buy more than the catalog allows";
                self.unmade(decides).map(|unmade| format!("{unmade}, and {who}"))
            }
            Stage::Late => self.unmade(enables),
            // A principal that could not join another experience would be governed by none.
            Stage::Disable => {
                let unmade = self.unmade(|edit| Stage::of(edit, false) == Stage::Leave)?;
                Some(format!("{unmade}, and whoever is still in the audience would be governed by no experience"))
            }
            Stage::Archive => {
                let unmade = self.unmade(|edit| Stage::of(edit, false) < Stage::Archive)?;
                Some(format!("{unmade}, and nothing in an archived experience can be changed"))
            }
        }
    }

    /// Names the first unmade change that `which` selects, and counts the others. `None` if all were made.
    fn unmade(&self, which: impl Fn(&ExperienceEdit) -> bool) -> Option<String> {
        let changes = self.changes.iter().filter(|change| which(&change.edit));
        let ids: Vec<ChangeId> = changes.map(|change: &Change<_>| change.seen().id(&self.target.name)).collect();
        let mut unmade = self.ledger.unmade(&ids).into_iter();
        let first = unmade.next()?;
        Some(match unmade.count() {
            0 => format!("{first} was not made"),
            1 => format!("{first} and another change were not made"),
            more => format!("{first} and {more} other changes were not made"),
        })
    }
}
