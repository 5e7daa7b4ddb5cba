//! The share changes of one portfolio, one after the other.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_servicecatalog::types::DescribePortfolioShareType as ShareType;

use super::share::{SharedPortfolio, Unmade};
use super::share_call::ShareCall;
use super::share_terms::{Live, first, operation, share_type, standing};
use super::task::{Standing, Task, conflict};
use crate::cloud::read::access::nodes;
use crate::cloud::read::portfolio::shares;
use crate::cloud::{Cloud, Meaning, Operation};
use crate::model::change::{Change, Resource};
use crate::model::edit::{Delta, HubEdit};
use crate::model::id::PortfolioId;
use crate::model::portfolio::NodeKind;
use crate::model::report::Outcome;

pub(super) async fn write(cloud: &Cloud, task: Task<'_, HubEdit>, portfolio: &Resource<PortfolioId>) {
    let Task { target, ledger, changes } = task;
    let Some(id) = &portfolio.id else { return task.without_id() };
    if changes.is_empty() {
        return;
    }
    let Some(seat) = task.service_catalog(cloud).await else { return };
    let types: BTreeSet<ShareType> = changes.iter().map(|change| share_type(&change.edit.share().receiver())).collect();
    let types: Vec<ShareType> = types.into_iter().collect();
    let mut live = match shares(&seat, id, &types).await {
        Ok(live) => live,
        Err(error) => return task.not_begun(error),
    };
    // For a share that is to be created or repaired, an existing row may be inherited from a share with a node above.
    // Such rows are dropped.
    let early = changes.iter().filter_map(|change| match &change.edit {
        HubEdit::Share(Delta::Create(share)) if live.contains_key(&share.receiver()) => share.receiver().node_kind(),
        HubEdit::Share(Delta::Create(_) | Delta::Update { before: _, after: _ } | Delta::Remove(_)) => None,
        HubEdit::Repair(share) => share.receiver().node_kind(),
    });
    for kind in early.collect::<BTreeSet<NodeKind>>() {
        if let Ok(own) = nodes(&seat, id, kind).await {
            live.retain(|receiver, _| receiver.node_kind() != Some(kind) || own.contains(receiver));
        }
    }
    let mut portfolio = SharedPortfolio { cloud, ledger, call: ShareCall { seat, id } };
    let mut refused: BTreeMap<Operation, String> = BTreeMap::new();
    for change in changes {
        if ledger.turn(&target.name, change.seen()).await
            && let Some(outcome) = apply(&mut portfolio, &task, change, &live, &mut refused).await
        {
            task.settle(change, outcome);
        }
    }
}

/// Makes one change. If the operation was refused before, the change is skipped, because AWS would refuse it again.
/// `None` if the run is being stopped.
async fn apply(
    portfolio: &mut SharedPortfolio<'_>,
    task: &Task<'_, HubEdit>,
    change: &Change<HubEdit>,
    live: &Live,
    refused: &mut BTreeMap<Operation, String>,
) -> Option<Outcome> {
    let first = first(&change.edit);
    let operation = operation(&first);
    let now = match standing(&first, live) {
        // The list may be outdated, or AWS was slow to show a change.
        Standing::Conflict(found) => portfolio.call.own_standing(&first).await.unwrap_or(Standing::Conflict(found)),
        now @ (Standing::Done | Standing::Open) => now,
    };
    match now {
        Standing::Done if matches!(change.edit, HubEdit::Repair(_)) => {
            return Some(conflict(&portfolio.call.seat, operation.name(), "the share no longer exists"));
        }
        Standing::Done => return Some(Outcome::Applied),
        Standing::Conflict(found) => return Some(conflict(&portfolio.call.seat, operation.name(), &found)),
        Standing::Open => {}
    }
    if let Some(code) = refused.get(&operation) {
        return Some(Outcome::Skipped(format!("not tried: {} was refused before ({code})", operation.name())));
    }
    let id = change.seen().id(&task.target.name);
    Some(match portfolio.make(&id, &change.edit, &change.about).await {
        Ok(()) => Outcome::Applied,
        Err(Unmade::Stopped) => return None,
        Err(Unmade::Stuck(why)) => Outcome::Skipped(format!("not tried: {why}")),
        Err(Unmade::Late(error)) => Outcome::Failed(error.into()),
        Err(Unmade::Failed(error)) => {
            if error.meaning == Meaning::Denied {
                refused.insert(operation, error.code.clone());
            }
            Outcome::Failed(error.into())
        }
    })
}
