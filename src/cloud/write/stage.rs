//! The order in which the edits of an experience are made: stage by stage, each after the last change set of the one
//! before, since the order inside a change set is AWS's choice.

use super::task::Task;
use crate::model::change::{Change, ChangeId};
use crate::model::edit::ExperienceEdit;
use crate::model::experience::ExperienceStatus;

/// When an edit of an experience is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// An archived experience is taken out of the archive.
    Revive,
    /// It is made, and gets what it consists of.
    Build,
    /// Principals leave, for other experiences.
    Leave,
    /// Principals join, and it is enabled.
    Enter,
    /// What can be changed only once it is enabled.
    Late,
    /// It is disabled.
    Disable,
    /// It is archived.
    Archive,
}

impl Stage {
    /// All of them, in their order.
    pub(super) const ALL: [Self; 7] =
        [Self::Revive, Self::Build, Self::Leave, Self::Enter, Self::Late, Self::Disable, Self::Archive];

    /// The stage of an edit. `enables`: whether the experience is enabled by another edit.
    pub(super) fn of(edit: &ExperienceEdit, enables: bool) -> Self {
        match edit {
            // AWS takes this while the experience is enabled.
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
    /// Why the edits of a stage can't be tried after what became of those before it. The sentence has no end.
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
                    "whoever comes under the experience would go without a product, or could buy more than was asked";
                self.unmade(decides).map(|unmade| format!("{unmade}, and {who}"))
            }
            Stage::Late => self.unmade(enables),
            // Whoever could not go over to another experience would be governed by none.
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

    /// Names the first of some changes that was not made, and says how many others were not.
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
