//! What happens inside an account that receives a portfolio: the share is accepted, then principals may launch, and
//! others no longer.
//!
//! Both are seen late by AWS's own lists, so what was done counts once it is seen there.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_servicecatalog::types::PrincipalType as AwsType;
use tokio::time::Instant;

use super::task::Task;
use crate::cloud::pace::LOST;
use crate::cloud::read::portfolio::ServiceCatalog;
use crate::cloud::read::received::{has_accepted, principals, share_type};
use crate::cloud::waits::for_people;
use crate::cloud::{Cloud, CloudError, Meaning, Operation};
use crate::model::change::{Change, ChangeId, Resource};
use crate::model::edit::RecipientEdit;
use crate::model::id::PortfolioId;
use crate::model::recipient::{Principal, PrincipalType};
use crate::model::report::Outcome;

pub(super) async fn write(cloud: &Cloud, task: Task<'_, RecipientEdit>, imported: &Resource<PortfolioId>) {
    let Task { target, ledger, changes } = task;
    let Some(id) = &imported.id else { return task.without_id() };
    if changes.is_empty() {
        return;
    }
    let Some(seat) = task.service_catalog(cloud).await else { return };
    let mut recipient = Recipient { seat, id, task, live: None, refused: BTreeMap::new(), sent: Vec::new() };
    for change in changes {
        // What was granted is seen before anything is taken.
        if matches!(change.edit, RecipientEdit::Revoke(_, _)) {
            recipient.see().await;
        }
        if ledger.turn(&target.name, change.seen()).await
            && let Some(outcome) = recipient.make(change).await
        {
            task.settle(change, outcome);
        }
    }
    recipient.see().await;
}

/// A portfolio in an account that receives it, while that is changed.
struct Recipient<'a> {
    seat: ServiceCatalog,
    id: &'a PortfolioId,
    task: Task<'a, RecipientEdit>,
    /// Who may launch, as it was seen last.
    live: Option<BTreeSet<Principal>>,
    /// The operations that were refused, with AWS's code: they would be refused again.
    refused: BTreeMap<Operation, String>,
    /// What AWS has taken and was not seen yet.
    sent: Vec<&'a Change<RecipientEdit>>,
}

impl<'a> Recipient<'a> {
    /// Makes one change. `None` where it was sent and has to be seen yet, and where the run is being stopped.
    async fn make(&mut self, change: &'a Change<RecipientEdit>) -> Option<Outcome> {
        let operation = operation(&change.edit);
        if let Some(code) = self.refused.get(&operation) {
            return Some(Outcome::Skipped(format!("not tried: {} was refused before ({code})", operation.name())));
        }
        match self.is_done(&change.edit).await {
            Ok(true) => return Some(Outcome::Applied),
            Ok(false) => {}
            Err(error) => return Some(Outcome::Failed(error.into())),
        }
        let id = change.seen().id(&self.task.target.name);
        match self.send(&id, &change.edit).await {
            Ok(Sent::Done) => Some(Outcome::Applied),
            Ok(Sent::Taken) => match &change.edit {
                // Principals can be added only to a portfolio that is there.
                RecipientEdit::Accept(_) => Some(match self.wait_for(&change.edit).await {
                    Ok(()) => Outcome::Applied,
                    Err(error) => Outcome::Failed(error.into()),
                }),
                _ => {
                    self.sent.push(change);
                    None
                }
            },
            Ok(Sent::Stopped) => None,
            Err(error) => {
                if error.meaning == Meaning::Denied {
                    self.refused.insert(operation, error.code.clone());
                }
                Some(Outcome::Failed(error.into()))
            }
        }
    }

    /// Calls until AWS takes a change. Where no answer came, what is live says whether it was made.
    async fn send(&mut self, id: &ChangeId, edit: &RecipientEdit) -> Result<Sent, CloudError> {
        let what = format!("AWS is busy with {} in {}", self.id, self.seat.place.account);
        let mut patience = self.seat.patience(operation(edit), what);
        let passes_until = self.passes_until();
        let mut lost = 0;
        loop {
            if !self.task.ledger.begin(id, "") {
                return Ok(Sent::Stopped);
            }
            let Err(error) = self.call(edit).await else { return Ok(Sent::Taken) };
            let again = match error.meaning {
                // A new share is seen in the recipient a moment later.
                Meaning::NotFound if matches!(edit, RecipientEdit::Accept(_)) => {
                    self.task.ledger.withdraw(id);
                    Instant::now() < passes_until
                }
                Meaning::Busy | Meaning::Passing => {
                    self.task.ledger.withdraw(id);
                    Instant::now() < passes_until
                }
                Meaning::Unreachable | Meaning::NotFound | Meaning::Conflict => {
                    self.live = None;
                    if self.is_done(edit).await.is_ok_and(|done| done) {
                        return Ok(Sent::Done);
                    }
                    lost += 1;
                    error.meaning == Meaning::Unreachable && lost <= LOST
                }
                Meaning::Denied
                | Meaning::Throttled
                | Meaning::Locked
                | Meaning::Quota
                | Meaning::Invalid
                | Meaning::Expired
                | Meaning::Other => false,
            };
            if !again || !patience.pause().await {
                return Err(error);
            }
        }
    }

    async fn call(&self, edit: &RecipientEdit) -> Result<(), CloudError> {
        let (client, id) = (&self.seat.client, self.id.as_str());
        match edit {
            RecipientEdit::Accept(by) => {
                let call = client.accept_portfolio_share().portfolio_id(id).portfolio_share_type(share_type(*by));
                self.seat.call(call).await.map(drop)
            }
            RecipientEdit::Grant(_, Principal { arn, kind }) => {
                let call = client.associate_principal_with_portfolio().portfolio_id(id);
                self.seat.call(call.principal_arn(arn).principal_type(aws_type(*kind))).await.map(drop)
            }
            // Without the type a pattern is not found (Service Catalog API reference).
            RecipientEdit::Revoke(_, Principal { arn, kind }) => {
                let call = client.disassociate_principal_from_portfolio().portfolio_id(id);
                self.seat.call(call.principal_arn(arn).principal_type(aws_type(*kind))).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    /// Whether what a change wants is live already.
    async fn is_done(&mut self, edit: &RecipientEdit) -> Result<bool, CloudError> {
        let principal = match edit {
            RecipientEdit::Accept(by) => return has_accepted(&self.seat, self.id, *by).await,
            RecipientEdit::Grant(_, principal) | RecipientEdit::Revoke(_, principal) => principal,
            _ => return Ok(false),
        };
        let live = match self.live.take() {
            Some(live) => live,
            None => self.imported().await?,
        };
        let is_there = live.contains(principal);
        self.live = Some(live);
        Ok(is_there == matches!(edit, RecipientEdit::Grant(_, _)))
    }

    /// Who may launch. A portfolio that was shared a moment ago arrives a little later.
    async fn imported(&self) -> Result<BTreeSet<Principal>, CloudError> {
        let what = format!("{} has not arrived in {}", self.id, self.seat.place.account);
        let mut patience = self.seat.patience(Operation::ListPrincipalsForPortfolio, what);
        let passes_until = self.passes_until();
        loop {
            match principals(&self.seat, self.id).await {
                Err(error) if error.meaning == Meaning::NotFound && Instant::now() < passes_until => {
                    if !patience.pause().await {
                        return Err(error);
                    }
                }
                answer => return answer,
            }
        }
    }

    /// Waits until an acceptance is seen.
    async fn wait_for(&mut self, edit: &RecipientEdit) -> Result<(), CloudError> {
        let what = format!("AWS does not list {} yet among what {} has accepted", self.id, self.seat.place.account);
        let mut patience = self.seat.patience(Operation::ListAcceptedPortfolioShares, what);
        loop {
            let unseen = match self.is_done(edit).await {
                Ok(true) => return Ok(()),
                Ok(false) => None,
                Err(error) => Some(error),
            };
            if !patience.pause().await {
                return Err(self.unseen(edit, unseen));
            }
        }
    }

    /// Waits until everything that AWS has taken is seen in the list of principals, and settles it.
    async fn see(&mut self) {
        if self.sent.is_empty() {
            return;
        }
        let what = format!("AWS does not list yet who may launch from {} in {}", self.id, self.seat.place.account);
        let mut patience = self.seat.patience(Operation::ListPrincipalsForPortfolio, what);
        let before = self.live.take().unwrap_or_default();
        loop {
            let unseen = match principals(&self.seat, self.id).await {
                Ok(live) => {
                    let task = self.task;
                    let mut new_ids = live.difference(&before).filter(|principal| principal.is_bare_id()).count();
                    self.sent.retain(|change| {
                        let is_seen = match &change.edit {
                            // A role that was made a moment ago is listed by its id at first.
                            RecipientEdit::Grant(_, principal) if !live.contains(principal) => {
                                let has_id = principal.kind == PrincipalType::Iam && new_ids > 0;
                                new_ids -= usize::from(has_id);
                                has_id
                            }
                            RecipientEdit::Revoke(_, principal) => !live.contains(principal),
                            _ => true,
                        };
                        if is_seen {
                            task.settle(change, Outcome::Applied);
                        }
                        !is_seen
                    });
                    self.live = Some(live);
                    None
                }
                Err(error) => Some(error),
            };
            if self.sent.is_empty() {
                return;
            }
            if !patience.pause().await {
                for change in std::mem::take(&mut self.sent) {
                    self.task.settle(change, Outcome::Failed(self.unseen(&change.edit, unseen.clone()).into()));
                }
                return;
            }
        }
    }

    fn unseen(&self, edit: &RecipientEdit, unseen: Option<CloudError>) -> CloudError {
        let waited = for_people(self.seat.timing.patience);
        let why = unseen.map(|error| format!(" ({error})")).unwrap_or_default();
        let message = format!("AWS took the call, and for {waited} what it does was not seen{why}. Plan again to see");
        CloudError::own(operation(edit).name(), &self.seat.place, "NotSeen", Meaning::Other, message)
    }

    /// What passes by itself does so in a minute or two.
    fn passes_until(&self) -> Instant {
        Instant::now() + self.seat.timing.patience / 15
    }
}

/// What became of a call.
enum Sent {
    /// AWS took it.
    Taken,
    /// What it is to do is live.
    Done,
    /// The run is being stopped, and it was not made.
    Stopped,
}

fn operation(edit: &RecipientEdit) -> Operation {
    match edit {
        RecipientEdit::Accept(_) => Operation::AcceptPortfolioShare,
        RecipientEdit::Grant(_, _) => Operation::AssociatePrincipalWithPortfolio,
        _ => Operation::DisassociatePrincipalFromPortfolio,
    }
}

fn aws_type(kind: PrincipalType) -> AwsType {
    match kind {
        PrincipalType::Iam => AwsType::Iam,
        PrincipalType::Pattern => AwsType::IamPattern,
    }
}
