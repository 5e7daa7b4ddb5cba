//! Product lists: approvals and denials as change sets.
//!
//! A running change set locks its experience, so the sets of one experience follow each other; experiences go side
//! by side.

use std::collections::VecDeque;

use super::change_set::{Item, drafts};
use super::product_list::ProductList;
use super::product_sets::Next;
use super::set_call::SetCall;
use super::task::Task;
use crate::cloud::Cloud;
use crate::cloud::read::marketplace::current;
use crate::model::change::Resource;
use crate::model::edit::ExperienceEdit;
use crate::model::id::{ExperienceId, ProcurementPolicyId};
use crate::model::report::Outcome;

pub(super) async fn write(
    cloud: &Cloud,
    task: Task<'_, ExperienceEdit>,
    experience: &Resource<ExperienceId>,
    policy: Option<&ProcurementPolicyId>,
) {
    let Task { target, ledger: _, changes } = task;
    let Some(id) = &experience.id else { return task.without_id() };
    if changes.is_empty() {
        return;
    }
    let seat = match cloud.marketplace(&target.organization, &target.account).await {
        Ok(seat) => seat,
        Err(error) => return task.not_begun(error),
    };
    let now = match current(&seat, id, policy).await {
        Ok(now) => now,
        Err(error) => return task.not_begun(error),
    };
    let mut list = ProductList::new(SetCall { seat, id }, now, task);
    let items: Vec<Item<'_>> = changes.iter().map(|change| &change.edit).enumerate().collect();
    let mut left: VecDeque<_> = drafts(&list.settle(&items)).into();
    while let Some(draft) = left.pop_front() {
        match list.carry_out(draft).await {
            Next::Go => {}
            Next::Instead(sets) => sets.into_iter().rev().for_each(|set| left.push_front(set)),
            Next::Stop(why) => {
                let rest = std::mem::take(&mut left);
                let skipped = Outcome::Skipped(format!("not tried: {why}"));
                for draft in &rest {
                    list.record(draft, &skipped);
                }
            }
        }
    }
}
