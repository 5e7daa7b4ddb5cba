//! Accepts shares, and grants and revokes the right to launch from a portfolio.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use aws_sdk_servicecatalog::types::PrincipalType as AwsType;
use tokio::time::Instant;

use super::account::Recipient;
use super::board::Board;
use super::step::{Step, Unmade, done_if};
use super::waiting::Awaited;
use crate::cloud::read::received::{has_accepted, principals, share_type};
use crate::cloud::{CloudError, Meaning, Operation};
use crate::model::edit::On;
use crate::model::recipient::{AcceptedBy, Principal, PrincipalType};

impl Recipient<'_> {
    pub(super) async fn accept(&self, step: &Step, by: AcceptedBy) -> Result<(), Unmade> {
        let is_accepted = || has_accepted(&self.seat, self.imported, by);
        if is_accepted().await? {
            return Ok(());
        }
        let call = self.seat.client.accept_portfolio_share().portfolio_id(self.imported.as_str());
        let call = call.portfolio_share_type(share_type(by));
        // The recipient sees a new share a little later.
        let look = || async move { is_accepted().await.map(done_if) };
        if self.send(step, call, &[Meaning::NotFound], look).await?.is_none() {
            return Ok(());
        }
        // Principals can be added only after the portfolio has arrived.
        let account = &self.seat.place.account;
        let awaited = Awaited {
            made_by: Operation::AcceptPortfolioShare,
            seen_by: Operation::ListAcceptedPortfolioShares,
            what: format!("AWS does not list {} yet among what {account} has accepted", self.imported),
        };
        self.until(awaited, is_accepted).await
    }

    pub(super) async fn grant(&self, step: &Step, on: On, principal: &Principal) -> Result<(), Unmade> {
        let (board, portfolio) = (self.board(on), self.portfolio(on)?);
        if self.may_launch(on).await?.contains(principal) {
            return Ok(());
        }
        let Principal { arn, kind } = principal;
        let call = self.seat.client.associate_principal_with_portfolio().portfolio_id(portfolio.as_str());
        let call = call.principal_arn(arn).principal_type(aws_type(*kind));
        let look = || async move { Ok(done_if(self.listed(on).await?.contains(principal))) };
        if self.send(step, call, &[], look).await?.is_none() {
            return Ok(());
        }
        board.granted.lock().unwrap_or_else(PoisonError::into_inner).push(principal.clone());
        self.see_principal(on, Operation::AssociatePrincipalWithPortfolio, |live| board.has(principal, live)).await
    }

    pub(super) async fn revoke(&self, step: &Step, on: On, principal: &Principal) -> Result<(), Unmade> {
        let portfolio = self.portfolio(on)?;
        if !self.may_launch(on).await?.contains(principal) {
            return Ok(());
        }
        let Principal { arn, kind } = principal;
        let call = self.seat.client.disassociate_principal_from_portfolio().portfolio_id(portfolio.as_str());
        // Without the type, AWS does not find a pattern (Service Catalog API reference).
        let call = call.principal_arn(arn).principal_type(aws_type(*kind));
        let look = || async move { Ok(done_if(!self.listed(on).await?.contains(principal))) };
        if self.send(step, call, &[], look).await?.is_none() {
            return Ok(());
        }
        self.see_principal(on, Operation::DisassociatePrincipalFromPortfolio, |live| !live.contains(principal)).await
    }

    fn board(&self, on: On) -> &Board {
        match on {
            On::Imported => &self.on_imported,
            On::Local => &self.on_local,
        }
    }

    /// The principals of a portfolio. A portfolio that was just shared arrives a little later.
    async fn may_launch(&self, on: On) -> Result<Arc<BTreeSet<Principal>>, Unmade> {
        let (board, portfolio) = (self.board(on), self.portfolio(on)?);
        let look = || principals(&self.seat, portfolio);
        let live = self.arrived(&board.live, Operation::ListPrincipalsForPortfolio, look, |_| true).await?;
        board.before.get_or_init(|| Arc::clone(&live));
        Ok(live)
    }

    /// The principals of a portfolio, by a read that begins now.
    async fn listed(&self, on: On) -> Result<Arc<BTreeSet<Principal>>, CloudError> {
        let portfolio = self.portfolio(on).unwrap_or(self.imported);
        self.board(on).live.now(Instant::now(), || principals(&self.seat, portfolio)).await
    }

    async fn see_principal(
        &self,
        on: On,
        made_by: Operation,
        is_seen: impl Fn(&BTreeSet<Principal>) -> bool,
    ) -> Result<(), Unmade> {
        let portfolio = self.portfolio(on)?;
        let what = format!("AWS does not list yet who may launch from {portfolio} in {}", self.seat.place.account);
        let awaited = Awaited { made_by, seen_by: Operation::ListPrincipalsForPortfolio, what };
        self.see(&self.board(on).live, awaited, 1, || principals(&self.seat, portfolio), is_seen).await
    }
}

fn aws_type(kind: PrincipalType) -> AwsType {
    match kind {
        PrincipalType::Iam => AwsType::Iam,
        PrincipalType::Pattern => AwsType::IamPattern,
    }
}
