//! Product lists: approvals and denials as change sets.
//!
//! A running change set locks its experience, so the sets of one experience follow each other; experiences go side
//! by side.

use std::collections::BTreeSet;

use aws_sdk_marketplacecatalog::operation::describe_change_set::DescribeChangeSetOutput;
use aws_sdk_marketplacecatalog::types::{
    Change as AwsChange, ChangeStatus, ChangeSummary, Entity as AwsEntity, ErrorDetail,
};

use super::change_set::{Draft, Item, drafts};
use super::task::{Standing, Task, conflict};
use crate::cloud::pace::LOST;
use crate::cloud::read::marketplace::{CATALOG, Current, Marketplace, current};
use crate::cloud::{Cloud, CloudError, Meaning, Operation};
use crate::model::change::{Change, ChangeId, Resource};
use crate::model::edit::ExperienceEdit;
use crate::model::experience::{ExperienceStatus, Listing};
use crate::model::id::{ExperienceId, ProcurementPolicyId};
use crate::model::report::Outcome;

const START: &str = "StartChangeSet";

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
    let seat = match cloud.marketplace(target.name.organization(), &target.account).await {
        Ok(seat) => seat,
        Err(error) => return task.not_begun(error),
    };
    let now = match current(&seat, id, policy).await {
        Ok(now) => now,
        Err(error) => return task.not_begun(error),
    };
    let name = format!("catalog-sync {}", target.name.file()).chars().take(100).collect();
    let mut list = ProductList { nonce: cloud.nonce(), seat, id, name, now, task };
    let items: Vec<Item<'_>> = changes.iter().map(|change| &change.edit).enumerate().collect();
    let open = list.settle(&items);
    let mut stopped = None;
    for draft in drafts(&open) {
        match &stopped {
            None => stopped = list.carry_out(draft).await,
            Some(reason) => list.record(&draft, &Outcome::Skipped(format!("not tried: {reason}"))),
        }
    }
}

/// An experience's product lists while they are written.
struct ProductList<'a> {
    nonce: u64,
    seat: Marketplace,
    id: &'a ExperienceId,
    /// The change sets' name, for who finds them in the console.
    name: String,
    now: Current,
    task: Task<'a, ExperienceEdit>,
}

impl ProductList<'_> {
    /// Notes what is done or in conflict, and gives what can be made.
    fn settle<'e>(&mut self, items: &[Item<'e>]) -> Vec<Item<'e>> {
        let makes_policy = items.iter().any(|(_, edit)| matches!(edit, ExperienceEdit::Policy { name: _ }));
        let mut open = Vec::new();
        for (index, edit) in items {
            let outcome = match standing(edit, &self.now, makes_policy) {
                Standing::Open => {
                    open.push((*index, *edit));
                    continue;
                }
                Standing::Done => Outcome::Applied,
                Standing::Conflict(found) => conflict(&self.seat, START, &found),
            };
            self.set(*index, outcome);
        }
        open
    }

    fn record(&self, draft: &Draft<'_>, outcome: &Outcome) {
        for (index, _) in &draft.items {
            self.set(*index, outcome.clone());
        }
    }

    fn set(&self, index: usize, outcome: Outcome) {
        if let Some(change) = self.task.changes.get(index) {
            self.task.settle(change, outcome);
        }
    }

    /// Leaves of a set what may be begun now.
    async fn take_turns(&self, draft: &mut Draft<'_>) {
        let Task { target, ledger, changes } = self.task;
        let of = |index: usize| changes.get(index).map(Change::seen);
        let together: BTreeSet<ChangeId> =
            draft.items.iter().filter_map(|(index, _)| Some(of(*index)?.id(&target.name))).collect();
        let mut granted = Vec::new();
        for item in std::mem::take(&mut draft.items) {
            if let Some(change) = of(item.0)
                && ledger.turn_with(&target.name, change, &together).await
                && ledger.begin(&change.id(&target.name))
            {
                granted.push(item);
            }
        }
        draft.items = granted;
    }

    /// Starts a set when the experience is free and waits for its end. Says why nothing further is of use, if so.
    async fn carry_out(&mut self, mut draft: Draft<'_>) -> Option<String> {
        self.take_turns(&mut draft).await;
        if draft.items.is_empty() {
            return None;
        }
        let busy = format!("{} is locked by another change set, or too many are open", self.id);
        let mut patience = self.seat.patience(Operation::StartChangeSet, busy);
        let mut lost = 0;
        loop {
            let Err(error) = self.run(&draft).await else {
                self.record(&draft, &Outcome::Applied);
                return None;
            };
            let again = match error.meaning {
                // Locked by somebody's change set, or too many are open: both pass.
                Meaning::Locked | Meaning::Quota | Meaning::Throttled => true,
                // The same token gives the same change set, should it have been started.
                Meaning::Unreachable => {
                    lost += 1;
                    lost <= LOST
                }
                _ => return self.give_up(&draft, error),
            };
            let again = again && patience.pause().await;
            // Somebody may have made some of the same changes, or the lost answer was that they are made.
            if self.look().await {
                draft.items = self.settle(&draft.items);
            }
            if draft.items.is_empty() {
                return None;
            }
            if !again {
                return self.give_up(&draft, error);
            }
        }
    }

    /// Notes a failure. Says why nothing further is of use, if so.
    fn give_up(&mut self, draft: &Draft<'_>, error: CloudError) -> Option<String> {
        let stop = match error.meaning {
            _ if draft.makes_policy() => Some("the procurement policy could not be made".to_owned()),
            Meaning::Denied => Some(format!("{} was refused before ({})", error.operation, error.code)),
            _ => None,
        };
        self.record(draft, &Outcome::Failed(error.into()));
        stop
    }

    /// Reads the lists again; says whether that worked.
    async fn look(&mut self) -> bool {
        let policy = self.now.experience.policy.as_ref().map(|policy| policy.id.clone());
        match current(&self.seat, self.id, policy.as_ref()).await {
            Ok(now) => {
                self.now = now;
                true
            }
            Err(_) => false,
        }
    }

    async fn run(&self, draft: &Draft<'_>) -> Result<(), CloudError> {
        let change_set = self.start(draft).await?;
        self.finish(&change_set).await
    }

    async fn start(&self, draft: &Draft<'_>) -> Result<String, CloudError> {
        let own = |message: String| CloudError::own(START, &self.seat.place, "CallFailed", Meaning::Other, message);
        let mut call = self.seat.client.start_change_set().catalog(CATALOG).change_set_name(&self.name);
        for (change, details) in draft.changes() {
            let entity = AwsEntity::builder().r#type("Experience@1.0").identifier(self.id.as_str()).build();
            let entity = entity.map_err(|error| own(error.to_string()))?;
            let change = AwsChange::builder().change_type(change).entity(entity).details(details.to_string()).build();
            call = call.change_set(change.map_err(|error| own(error.to_string()))?);
        }
        let call = call.client_request_token(draft.token(&self.now.revision, self.nonce));
        let answer = self.seat.call(call).await?;
        answer.change_set_id.ok_or_else(|| own("AWS gave no change set id".to_owned()))
    }

    async fn finish(&self, change_set: &str) -> Result<(), CloudError> {
        let own = |code: &str, meaning: Meaning, message: String| {
            Err(CloudError::own(START, &self.seat.place, code, meaning, message))
        };
        let running = format!("change set {change_set} of {} runs", self.id);
        let mut patience = self.seat.patience(Operation::DescribeChangeSet, running);
        loop {
            let call = self.seat.client.describe_change_set().catalog(CATALOG).change_set_id(change_set);
            match self.seat.call(call).await {
                Ok(answer) => match answer.status {
                    Some(ChangeStatus::Succeeded) => return Ok(()),
                    Some(ChangeStatus::Failed) => {
                        let (code, message) = failure(change_set, &answer);
                        return own(&code, Meaning::Other, message);
                    }
                    Some(ChangeStatus::Cancelled) => {
                        return own("Cancelled", Meaning::Other, format!("somebody cancelled change set {change_set}"));
                    }
                    _ => {}
                },
                Err(error) if matches!(error.meaning, Meaning::Unreachable | Meaning::Throttled) => {}
                Err(error) => return Err(error),
            }
            if !patience.pause().await {
                let message = format!("change set {change_set} still runs after {:?}", self.seat.timing.patience);
                return own("Timeout", Meaning::Other, message);
            }
        }
    }
}

/// Whether a change's before, or already its after, is what is live.
fn standing(edit: &ExperienceEdit, now: &Current, makes_policy: bool) -> Standing {
    let experience = &now.experience;
    if experience.status == ExperienceStatus::Archived {
        return Standing::Conflict(format!("experience {} is archived", experience.id));
    }
    match (edit, &experience.policy) {
        (ExperienceEdit::Policy { name: _ }, Some(_)) => Standing::Done,
        (ExperienceEdit::Policy { name: _ }, None) => Standing::Open,
        (ExperienceEdit::Product(_), None) if !makes_policy => {
            Standing::Conflict(format!("experience {} has no procurement policy any more", experience.id))
        }
        (ExperienceEdit::Product(product), policy) => {
            let live = policy.as_ref().and_then(|policy| policy.listing(&product.product));
            match live {
                live if live == Some(product.after) => Standing::Done,
                live if live == product.before => Standing::Open,
                Some(Listing::Approved) => Standing::Conflict(format!("{} is approved", product.product)),
                Some(Listing::Denied) => Standing::Conflict(format!("{} is denied", product.product)),
                None => Standing::Conflict(format!("{} is on neither list", product.product)),
            }
        }
    }
}

/// What AWS says of a set that failed: the first error's code, and all of them.
fn failure(change_set: &str, answer: &DescribeChangeSetOutput) -> (String, String) {
    let errors: Vec<_> = answer.change_set().iter().flat_map(ChangeSummary::error_detail_list).collect();
    let code = errors.iter().find_map(|error| error.error_code()).unwrap_or("ChangeSetFailed");
    let said = |error: &&ErrorDetail| {
        [error.error_code(), error.error_message()].into_iter().flatten().collect::<Vec<_>>().join(": ")
    };
    let mut said: Vec<String> = errors.iter().map(said).collect();
    said.extend(answer.failure_description.clone());
    let said = if said.is_empty() { "AWS gave no reason".to_owned() } else { said.join("; ") };
    (code.to_owned(), format!("{said} (change set {change_set})"))
}
