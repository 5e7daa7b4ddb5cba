//! The calls that change a share and tell how the change ended.

use aws_sdk_servicecatalog::types::ShareStatus;
use tokio::time::Instant;

use super::share_end::{End, ended, unexplained};
use super::share_terms::{addressee, operation, share_type, standing};
use super::task::Standing;
use crate::cloud::read::access::{accounts_below, nodes};
use crate::cloud::read::portfolio::{ServiceCatalog, shares};
use crate::cloud::waits::for_people;
use crate::cloud::{CloudError, Meaning, Operation};
use crate::model::change::Audience;
use crate::model::edit::Delta;
use crate::model::id::{AccountId, PortfolioId};
use crate::model::portfolio::{Receiver, Share};

/// A portfolio and the client for it.
pub(super) struct ShareCall<'a> {
    pub(super) seat: ServiceCatalog,
    pub(super) id: &'a PortfolioId,
}

impl ShareCall<'_> {
    /// Makes the call of a change. AWS gives a token if the change goes on after the call. It gives none if the share
    /// exists already, which happens when the first answer was lost.
    pub(super) async fn send(&self, delta: &Delta<Share>) -> Result<Option<String>, CloudError> {
        let (account, node) = addressee(&delta.subject().receiver());
        let client = &self.seat.client;
        match delta {
            Delta::Create(share) => {
                let call = client.create_portfolio_share().portfolio_id(self.id.as_str());
                let call = call.set_account_id(account).set_organization_node(node);
                let call = call.share_tag_options(share.tag_options()).set_share_principals(share.principals());
                Ok(self.seat.call(call).await?.portfolio_share_token)
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
                Ok(self.seat.call(call).await?.portfolio_share_token)
            }
        }
    }

    /// Waits for the end of the change with a token. Only the management account and delegated administrators may ask
    /// for it by token. Without that permission, without a token, or without an answer, the end is seen in the list of
    /// shares. The error says that the end was not seen in time.
    pub(super) async fn finish(
        &self,
        delta: &Delta<Share>,
        token: Option<&str>,
        audience: Option<&Audience>,
    ) -> Result<End, CloudError> {
        let sharing = format!("AWS shares {} with {}", self.id, delta.subject().receiver());
        let mut patience = self.seat.patience(Operation::DescribePortfolioShareStatus, sharing);
        let mut by_token = token;
        loop {
            let mut unseen = None;
            if let Some(token) = by_token {
                let call = self.seat.client.describe_portfolio_share_status().portfolio_share_token(token);
                match self.seat.call(call).await {
                    Ok(answer) => {
                        if let Some(end) = ended(&answer, audience.map(|it| &it.suspended)) {
                            patience.over();
                            return Ok(end);
                        }
                    }
                    Err(error) => {
                        by_token = by_token.filter(|_| error.meaning != Meaning::Denied);
                        unseen = Some(error);
                    }
                }
            }
            if by_token.is_none() || unseen.is_some() {
                match self.own_standing(delta).await {
                    Ok(Standing::Done) => return Ok(End::Whole),
                    Ok(Standing::Open | Standing::Conflict(_)) => {}
                    Err(error) => unseen = Some(error),
                }
            }
            if !patience.pause().await {
                return Err(self.late(delta, token, unseen));
            }
        }
    }

    /// Waits a little until a new share with a node, which AWS calls complete, has reached all accounts that it has to
    /// reach. If the accounts can't be read, the share counts as complete.
    pub(super) async fn reach(&self, node: &Receiver, audience: &Audience) -> End {
        match node {
            Receiver::Ou(_) | Receiver::Organization(_) => {}
            Receiver::Account(_) | Receiver::Member(_) => return End::Whole,
        }
        let reaching = format!("AWS does not list yet everybody who has the share of {} with {node}", self.id);
        let mut patience = self.seat.patience(Operation::ListPortfolioAccess, reaching);
        let until = Instant::now() + self.seat.timing.patience / 30;
        loop {
            let Ok(reached) = accounts_below(&self.seat, self.id, node).await else { return End::Whole };
            let missing: Vec<&AccountId> = audience.due.difference(&reached).collect();
            if missing.is_empty() {
                return End::Whole;
            }
            if Instant::now() >= until || !patience.pause().await {
                return unexplained(&missing);
            }
        }
    }

    /// Waits until the result of a change is in the list of shares.
    pub(super) async fn seen(&self, delta: &Delta<Share>) -> Result<(), CloudError> {
        let listing = format!(
            "AWS does not list yet what became of the share of {} with {}",
            self.id,
            delta.subject().receiver()
        );
        let mut patience = self.seat.patience(Operation::DescribePortfolioShares, listing);
        loop {
            let unseen = match self.standing(delta).await {
                Ok(Standing::Done) => return Ok(()),
                Ok(Standing::Open | Standing::Conflict(_)) => None,
                Err(error) => Some(error),
            };
            if !patience.pause().await {
                return Err(self.late(delta, None, unseen));
            }
        }
    }

    fn late(&self, delta: &Delta<Share>, token: Option<&str>, unseen: Option<CloudError>) -> CloudError {
        let waited = for_people(self.seat.timing.patience);
        let named = token.map(|token| format!(" (share {token})")).unwrap_or_default();
        let message = match unseen {
            None => format!(
                "AWS did not finish this within {waited}{named}. Check the share in the console; the next run picks it up"
            ),
            Some(error) => format!(
                "AWS accepted this{named}, and whether it has ended could not be seen for {waited}: {} answered {}: {}",
                error.operation, error.code, error.message
            ),
        };
        self.failed(delta, "Timeout", message)
    }

    /// How a change compares with what is live now. A row that is inherited from a share with a node above does not
    /// count. AWS does not document whether the list has such rows.
    pub(super) async fn own_standing(&self, delta: &Delta<Share>) -> Result<Standing, CloudError> {
        let now = self.standing(delta).await?;
        let receiver = delta.subject().receiver();
        if let (Standing::Done, Delta::Create(_), Some(kind)) = (&now, delta, receiver.node_kind())
            && let Ok(own) = nodes(&self.seat, self.id, kind).await
            && !own.contains(&receiver)
        {
            return Ok(Standing::Open);
        }
        Ok(now)
    }

    /// How a change compares with the list of shares, inherited rows included.
    async fn standing(&self, delta: &Delta<Share>) -> Result<Standing, CloudError> {
        let live = shares(&self.seat, self.id, &[share_type(&delta.subject().receiver())]).await?;
        Ok(standing(delta, &live))
    }

    pub(super) fn failed(&self, delta: &Delta<Share>, code: &str, message: String) -> CloudError {
        CloudError::own(operation(delta).name(), &self.seat.place, code, Meaning::Other, message)
    }
}
