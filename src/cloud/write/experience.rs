//! Creates, changes and archives experiences by change sets.
//!
//! A running change set locks its experience. So the sets of one experience run one after the other, while several
//! experiences are changed side by side.

use std::collections::VecDeque;

use super::edited::Edited;
use super::experience_sets::{Draft, Item, drafts};
use super::set_tries::Next;
use super::stage::{Stage, enables};
use super::task::Task;
use crate::cloud::Cloud;
use crate::cloud::read::current::{Beside, Known};
use crate::model::change::Resource;
use crate::model::edit::{ExperienceEdit, NewExperience};
use crate::model::id::{ExperienceId, ProcurementPolicyId};
use crate::model::report::Outcome;

pub(super) async fn write(
    cloud: &Cloud,
    task: Task<'_, ExperienceEdit>,
    experience: &Resource<ExperienceId>,
    policy: Option<&ProcurementPolicyId>,
) {
    let Task { target, ledger: _, changes } = task;
    if changes.is_empty() {
        return;
    }
    let new: Option<&NewExperience> = changes.iter().find_map(|change| match &change.edit {
        ExperienceEdit::Create(new) => Some(new),
        _ => None,
    });
    if experience.id.is_none() && new.is_none() {
        return task.without_id();
    }
    let seat = match cloud.marketplace(&target.organization, &target.account).await {
        Ok(seat) => seat,
        Err(error) => return task.not_begun(error),
    };
    let turn = cloud.audience_turn(&seat.place);
    let known = Known { policy: policy.cloned(), branding: None };
    let mut edited = Edited::new(seat, task, experience.clone(), new, known, turn);
    let is_enabled_later = changes.iter().any(|change| enables(&change.edit));
    for stage in Stage::ALL {
        // The reason of the stop becomes the outcome of changes that were not begun.
        if task.ledger.is_stopped() {
            return;
        }
        let all = changes.iter().map(|change| &change.edit).enumerate();
        let items: Vec<Item<'_>> = all.filter(|(_, edit)| Stage::of(edit, is_enabled_later) == stage).collect();
        let Err(why) = edited.make(stage, items).await else { continue };
        let skipped = Outcome::Skipped(format!("not tried: {why}"));
        // Changes that have an outcome keep it.
        (0..changes.len()).for_each(|index| edited.set(index, skipped.clone()));
        return;
    }
}

impl Edited<'_> {
    /// Makes the edits of a stage. The error says why no further stage is of use; it has no full stop.
    async fn make(&mut self, stage: Stage, items: Vec<Item<'_>>) -> Result<(), String> {
        if items.is_empty() {
            return Ok(());
        }
        if let Some(why) = self.task.obstacle(stage) {
            let skipped = Outcome::Skipped(format!("not tried: {why}"));
            for (index, _) in items {
                self.set(index, skipped.clone());
            }
            return Ok(());
        }
        // Edits that are done already are left out of the sets. Other stages have few edits, and some of them wait for
        // other experiences, so they are compared with what is live when their turn comes.
        let open = match stage {
            Stage::Build => {
                if let Err(error) = self.look_at(Beside::of(&items)).await {
                    let why = format!("{} failed ({})", error.operation, error.code);
                    if let Some((first, _)) = items.first() {
                        self.set(*first, Outcome::Failed(error.into()));
                    }
                    return Err(why);
                }
                self.settle(&items)
            }
            _ => items,
        };
        let made = self.carry_out_all(drafts(stage, &open)).await;
        self.catch_up().await;
        made
    }

    /// Carries out sets one after the other. The error says why no further set is of use; it has no full stop.
    async fn carry_out_all(&mut self, sets: Vec<Draft<'_>>) -> Result<(), String> {
        let mut left: VecDeque<_> = sets.into();
        while let Some(draft) = left.pop_front() {
            match self.carry_out(draft).await {
                Next::Go => {}
                Next::Instead(sets) => sets.into_iter().rev().for_each(|set| left.push_front(set)),
                Next::Stop(why) => return Err(why),
            }
        }
        Ok(())
    }
}
