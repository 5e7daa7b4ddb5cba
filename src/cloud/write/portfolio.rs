//! Sharing portfolios.
//!
//! Service Catalog takes one share action at a time (`InvalidStateException: Cannot process more than one portfolio
//! share action at the same time`; for what scope is not documented), so they queue for each account and region. A
//! share with a node of the organization goes on after the call: its end is awaited.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_servicecatalog::operation::describe_portfolio_share_status::DescribePortfolioShareStatusOutput;
use aws_sdk_servicecatalog::types::{
    DescribePortfolioShareType as ShareType, OrganizationNode, OrganizationNodeType, ShareDetails, ShareStatus,
};

use tokio::time::{Instant, sleep_until};

use super::task::{Standing, Task, conflict};
use crate::cloud::pace::LOST;
use crate::cloud::read::access::nodes;
use crate::cloud::read::portfolio::{ServiceCatalog, shares};
use crate::cloud::{Cloud, CloudError, Meaning, Operation, Place};
use crate::model::change::Resource;
use crate::model::edit::{Delta, HubEdit};
use crate::model::id::PortfolioId;
use crate::model::portfolio::{LiveShare, NodeKind, Receiver, Share};
use crate::model::report::Outcome;

pub(super) type Live = BTreeMap<Receiver, LiveShare>;

pub(super) async fn write(cloud: &Cloud, task: Task<'_, HubEdit>, portfolio: &Resource<PortfolioId>) {
    let Task { target, ledger, changes } = task;
    let Some(id) = &portfolio.id else { return task.without_id() };
    if changes.is_empty() {
        return;
    }
    let place = Place { account: target.account.clone(), region: target.region.clone() };
    let seat = match cloud.service_catalog(target.name.organization(), place).await {
        Ok(seat) => seat,
        Err(error) => return task.not_begun(error),
    };
    let types: BTreeSet<ShareType> = changes.iter().map(|change| share_type(&change.edit.share().receiver())).collect();
    let types: Vec<ShareType> = types.into_iter().collect();
    let mut live = match shares(&seat, id, &types).await {
        Ok(live) => live,
        Err(error) => return task.not_begun(error),
    };
    // A row that is there before its share is made may stand for a share with a node above.
    let early = changes.iter().filter_map(|change| match &change.edit {
        HubEdit::Share(Delta::Create(share)) if live.contains_key(&share.receiver()) => share.receiver().node_kind(),
        HubEdit::Share(_) | HubEdit::Repair(_) => None,
    });
    for kind in early.collect::<BTreeSet<NodeKind>>() {
        if let Ok(own) = nodes(&seat, id, kind).await {
            live.retain(|receiver, _| receiver.node_kind() != Some(kind) || own.contains(receiver));
        }
    }
    let portfolio = SharedPortfolio { cloud, seat, id };
    let mut refused: BTreeMap<&str, String> = BTreeMap::new();
    for change in changes {
        if ledger.turn(&target.name, change.seen()).await {
            let is_awaited = ledger.is_awaited(&change.seen().id(&target.name));
            let outcome = match &change.edit {
                HubEdit::Share(delta) => portfolio.apply(delta, is_awaited, &live, &mut refused).await,
                HubEdit::Repair(share) => portfolio.repair(share, &live).await,
            };
            task.settle(change, outcome);
        }
    }
}

pub(super) struct SharedPortfolio<'a> {
    cloud: &'a Cloud,
    pub(super) seat: ServiceCatalog,
    id: &'a PortfolioId,
}

impl SharedPortfolio<'_> {
    /// Makes one change, unless its operation was refused before: it would be refused again.
    async fn apply(
        &self,
        delta: &Delta<Share>,
        is_awaited: bool,
        live: &Live,
        refused: &mut BTreeMap<&str, String>,
    ) -> Outcome {
        let operation = operation(delta);
        match standing(delta, live) {
            Standing::Done => return Outcome::Applied,
            Standing::Conflict(found) => return conflict(&self.seat, operation, &found),
            Standing::Open => {}
        }
        if let Some(code) = refused.get(operation) {
            return Outcome::Skipped(format!("not tried: {operation} was refused before ({code})"));
        }
        match self.make(delta, is_awaited).await {
            Ok(()) => Outcome::Applied,
            Err(error) => {
                if error.meaning == Meaning::Denied {
                    refused.insert(operation, error.code.clone());
                }
                Outcome::Failed(error.into())
            }
        }
    }

    /// Takes its turn, calls, and waits for the end. Where an error leaves open whether anything was done, what is
    /// live says it. One that others wait for has to be seen live as well: what it replaces is taken away next.
    pub(super) async fn make(&self, delta: &Delta<Share>, is_awaited: bool) -> Result<(), CloudError> {
        let turn = self.cloud.share_turn(&self.seat.place);
        if is_at_once(delta) {
            let _turn = turn.lock().await;
            return self.act(delta, is_awaited).await;
        }
        let mut node_from = turn.lock().await;
        while let Some(from) = node_from.filter(|from| *from > Instant::now()) {
            // Shares with accounts by themselves need no pause, so the turn is theirs meanwhile.
            drop(node_from);
            sleep_until(from).await;
            node_from = turn.lock().await;
        }
        let ended = self.act(delta, is_awaited).await;
        *node_from = Some(Instant::now() + self.seat.timing.node_pause);
        ended
    }

    /// Calls and waits for the end, while no other share action is under way.
    async fn act(&self, delta: &Delta<Share>, is_awaited: bool) -> Result<(), CloudError> {
        let busy = format!("another share action is under way in {}", self.seat.place.account);
        let mut patience = self.seat.patience(Operation::CreatePortfolioShare, busy);
        let mut lost = 0;
        loop {
            let error = match self.call(delta).await {
                Ok(token) => return self.end(delta, token.as_deref(), is_awaited).await,
                Err(error) => error,
            };
            let again = match error.meaning {
                Meaning::Busy | Meaning::Throttled => true,
                Meaning::Unreachable | Meaning::NotFound | Meaning::Conflict => {
                    if self.is_live(delta).await.unwrap_or(false) {
                        return Ok(());
                    }
                    lost += 1;
                    error.meaning == Meaning::Unreachable && lost <= LOST
                }
                _ => false,
            };
            if !again || !patience.pause().await {
                return Err(error);
            }
        }
    }

    /// Calls AWS. A token stands for what goes on after the call. A share that exists already gets none, which is
    /// what a call comes to whose first answer was lost.
    async fn call(&self, delta: &Delta<Share>) -> Result<Option<String>, CloudError> {
        let (account, node) = addressee(&delta.subject().receiver());
        let client = &self.seat.client;
        match delta {
            Delta::Create(share) => {
                let call = client.create_portfolio_share().portfolio_id(self.id.as_str());
                let call = call.set_account_id(account).set_organization_node(node);
                let call = call.share_tag_options(share.tag_options()).set_share_principals(share.principals());
                let answer = self.seat.call(call).await?;
                Ok(answer.portfolio_share_token)
            }
            Delta::Update { before: _, after } => {
                let call = client.update_portfolio_share().portfolio_id(self.id.as_str());
                let call = call.set_account_id(account).set_organization_node(node);
                let call = call.share_tag_options(after.tag_options()).set_share_principals(after.principals());
                let answer = self.seat.call(call).await?;
                Ok(answer.portfolio_share_token.filter(|_| answer.status != Some(ShareStatus::Completed)))
            }
            Delta::Remove(_) => {
                let call = client.delete_portfolio_share().portfolio_id(self.id.as_str());
                let call = call.set_account_id(account).set_organization_node(node);
                let answer = self.seat.call(call).await?;
                Ok(answer.portfolio_share_token)
            }
        }
    }

    /// Waits for the end of a change that AWS has accepted. A share with an account by itself is made at once.
    async fn end(&self, delta: &Delta<Share>, token: Option<&str>, is_awaited: bool) -> Result<(), CloudError> {
        let at_once = is_at_once(delta);
        if token.is_some() || !at_once {
            self.finish(delta, token).await?;
        }
        // Without a token, what is live was the end already.
        if is_awaited && (token.is_some() || at_once) {
            self.finish(delta, None).await?;
        }
        Ok(())
    }

    /// Waits for the end of what `token` stands for. Only the management account and delegated administrators may ask
    /// for it; others see the end in the list of shares, and so does who has no token.
    async fn finish(&self, delta: &Delta<Share>, token: Option<&str>) -> Result<(), CloudError> {
        let sharing = format!("AWS shares {} with {}", self.id, delta.subject().receiver());
        let mut patience = self.seat.patience(Operation::DescribePortfolioShareStatus, sharing);
        let mut by_token = token;
        loop {
            if let Some(token) = by_token {
                let call = self.seat.client.describe_portfolio_share_status().portfolio_share_token(token);
                match self.seat.call(call).await {
                    Ok(answer) => match ended(&answer) {
                        Some(Ok(())) => return Ok(()),
                        Some(Err(reason)) => return Err(self.failed(delta, "ShareFailed", reason)),
                        None => {}
                    },
                    Err(error) if error.meaning == Meaning::Denied => by_token = None,
                    Err(error) if matches!(error.meaning, Meaning::Unreachable | Meaning::Throttled) => {}
                    Err(error) => return Err(error),
                }
            } else if self.is_live(delta).await? {
                return Ok(());
            }
            if !patience.pause().await {
                let reason = format!(
                    "AWS is still at it after {:?} (token {})",
                    self.seat.timing.patience,
                    token.unwrap_or("none")
                );
                return Err(self.failed(delta, "Timeout", reason));
            }
        }
    }

    async fn is_live(&self, delta: &Delta<Share>) -> Result<bool, CloudError> {
        let types = [share_type(&delta.subject().receiver())];
        let live = shares(&self.seat, self.id, &types).await?;
        Ok(standing(delta, &live) == Standing::Done)
    }

    fn failed(&self, delta: &Delta<Share>, code: &str, reason: String) -> CloudError {
        CloudError::own(operation(delta), &self.seat.place, code, Meaning::Other, reason)
    }
}

/// Whether the call is the end of it: so with an account by itself. A share with a node of the organization goes on.
fn is_at_once(delta: &Delta<Share>) -> bool {
    matches!(delta.subject(), Share::Account { account: _, tag_options: _ })
}

pub(super) fn operation(delta: &Delta<Share>) -> &'static str {
    match delta {
        Delta::Create(_) => "CreatePortfolioShare",
        Delta::Update { before: _, after: _ } => "UpdatePortfolioShare",
        Delta::Remove(_) => "DeletePortfolioShare",
    }
}

/// Whether a change's before, or already its after, is what is live.
pub(super) fn standing(delta: &Delta<Share>, live: &Live) -> Standing {
    let live = live.get(&delta.subject().receiver()).map(|live| &live.share);
    if live == delta.after() {
        return Standing::Done;
    }
    if live == delta.before() {
        return Standing::Open;
    }
    Standing::Conflict(match live {
        None => "it is not shared with it any more".to_owned(),
        Some(share) => {
            let principals = share.principals().map(|on| format!(" and principals {}", word(on))).unwrap_or_default();
            format!("it is shared with it with TagOptions {}{principals}", word(share.tag_options()))
        }
    })
}

fn word(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

fn share_type(receiver: &Receiver) -> ShareType {
    match receiver {
        Receiver::Account(_) => ShareType::Account,
        Receiver::Member(_) => ShareType::OrganizationMemberAccount,
        Receiver::Ou(_) => ShareType::OrganizationalUnit,
        Receiver::Organization(_) => ShareType::Organization,
    }
}

/// How a call names the receiver: an account, or a node of the organization by its bare id.
fn addressee(receiver: &Receiver) -> (Option<String>, Option<OrganizationNode>) {
    let node = |node_type, value: &str| Some(OrganizationNode::builder().r#type(node_type).value(value).build());
    match receiver {
        Receiver::Account(account) => (Some(account.to_string()), None),
        Receiver::Member(account) => (None, node(OrganizationNodeType::Account, account.as_str())),
        Receiver::Ou(ou) => (None, node(OrganizationNodeType::OrganizationalUnit, ou.as_str())),
        Receiver::Organization(id) => (None, node(OrganizationNodeType::Organization, id.as_str())),
    }
}

/// How a share action ended, if it has. One that reached some accounts only is a failure that names the others: AWS
/// does not go on with them by itself. That an account had the share already is none.
fn ended(answer: &DescribePortfolioShareStatusOutput) -> Option<Result<(), String>> {
    let status = answer.status.as_ref()?;
    match status {
        ShareStatus::Completed => return Some(Ok(())),
        ShareStatus::CompletedWithErrors | ShareStatus::Error => {}
        _ => return None,
    }
    let errors = answer.share_details.iter().flat_map(ShareDetails::share_errors);
    let errors: Vec<String> = errors
        .filter(|error| error.error() != Some("DuplicateResourceException"))
        .map(|error| {
            let what = [error.error(), error.message()].into_iter().flatten().collect::<Vec<_>>().join(": ");
            format!("{}: {what}", error.accounts().join(", "))
        })
        .collect();
    Some(match (errors.is_empty(), status) {
        (false, _) => Err(format!(
            "it did not reach {}. The share itself stands, so a plan won't show this again: to reach them, remove it \
             and share again",
            errors.join("; ")
        )),
        (true, ShareStatus::Error) => Err("AWS ended it with status ERROR and gave no reason".to_owned()),
        (true, _) => Ok(()),
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_servicecatalog::types::ShareError;

    use super::*;

    fn share(tag_options: bool) -> Share {
        Share::Account { account: "333333333333".parse().unwrap(), tag_options }
    }

    fn live(share: Option<Share>) -> Live {
        share.into_iter().map(|share| (share.receiver(), LiveShare { share, accepted: false })).collect()
    }

    #[test]
    fn what_somebody_made_already_is_done() {
        assert_eq!(standing(&Delta::Create(share(true)), &live(Some(share(true)))), Standing::Done);
        assert_eq!(standing(&Delta::Remove(share(true)), &live(None)), Standing::Done);
    }

    #[test]
    fn what_is_as_the_plan_saw_it_is_open() {
        let update = Delta::Update { before: share(false), after: share(true) };
        assert_eq!(standing(&update, &live(Some(share(false)))), Standing::Open);
        assert_eq!(standing(&Delta::Create(share(true)), &live(None)), Standing::Open);
    }

    #[test]
    fn anything_else_is_a_conflict() {
        let update = Delta::Update { before: share(false), after: share(true) };
        assert!(matches!(standing(&update, &live(None)), Standing::Conflict(_)));
        assert!(matches!(standing(&Delta::Create(share(true)), &live(Some(share(false)))), Standing::Conflict(_)));
        assert!(matches!(standing(&Delta::Remove(share(true)), &live(Some(share(false)))), Standing::Conflict(_)));
    }

    fn status(status: ShareStatus, errors: &[(&str, &str)]) -> DescribePortfolioShareStatusOutput {
        let errors = errors
            .iter()
            .map(|(account, error)| ShareError::builder().accounts(*account).error(*error).message("said AWS").build());
        let details = ShareDetails::builder().set_share_errors(Some(errors.collect())).build();
        DescribePortfolioShareStatusOutput::builder().status(status).share_details(details).build()
    }

    #[test]
    fn a_share_that_did_not_reach_everyone_names_who() {
        let answer = status(
            ShareStatus::CompletedWithErrors,
            &[("333333333333", "ThrottlingException"), ("444444444444", "DuplicateResourceException")],
        );
        let reason = ended(&answer).unwrap().unwrap_err();
        assert!(reason.starts_with("it did not reach 333333333333: ThrottlingException: said AWS. "), "{reason}");
    }

    #[test]
    fn that_an_account_had_it_already_is_no_failure() {
        let answer = status(ShareStatus::CompletedWithErrors, &[("444444444444", "DuplicateResourceException")]);
        assert_eq!(ended(&answer), Some(Ok(())));
        assert_eq!(ended(&status(ShareStatus::InProgress, &[])), None);
        assert!(ended(&status(ShareStatus::Error, &[])).unwrap().is_err());
    }
}
