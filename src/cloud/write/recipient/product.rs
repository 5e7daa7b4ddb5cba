//! Adds products to the account's own portfolio and removes them.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use tokio::time::Instant;

use super::account::{Products, Recipient};
use super::step::{Step, Unmade, done_if};
use super::waiting::Awaited;
use crate::cloud::read::local;
use crate::cloud::{CloudError, Meaning, Operation};
use crate::model::id::{CatalogProductId, ConstraintId, PortfolioId};

/// In how many reads in a row an added product has to be seen. AWS may show it once and then not for a moment
/// (Terraform's AWS provider waits for two as well).
const TWICE: u32 = 2;

impl Recipient<'_> {
    /// Adds a product to the portfolio: one from the portfolio `source`, or one of the account's own.
    pub(super) async fn associate(
        &self,
        step: &Step,
        product: &CatalogProductId,
        source: Option<&PortfolioId>,
    ) -> Result<(), Unmade> {
        let portfolio = self.local()?;
        if self.has_product(product, self.begun).await? {
            return Ok(());
        }
        let call = self.seat.client.associate_product_with_portfolio().product_id(product.as_str());
        let call = call.portfolio_id(portfolio.as_str()).set_source_portfolio_id(source.map(ToString::to_string));
        let look = || async { self.has_product(product, Instant::now()).await.map(done_if) };
        // AWS may not find at first what was just shared, accepted or created.
        self.send(step, call, &[Meaning::NotFound], look).await?;
        let made_by = Operation::AssociateProductWithPortfolio;
        self.see_products(made_by, TWICE, |live| live.contains_key(product)).await
    }

    /// Removes the product's constraints, and then the product from the portfolio.
    pub(super) async fn dissociate(
        &self,
        step: &Step,
        product: &CatalogProductId,
        constraints: &BTreeSet<ConstraintId>,
    ) -> Result<(), Unmade> {
        let portfolio = self.local()?;
        try_join_all(constraints.iter().map(|id| self.delete_constraint(step, id))).await?;
        if !self.has_product(product, self.begun).await? {
            return Ok(());
        }
        let call = self.seat.client.disassociate_product_from_portfolio().product_id(product.as_str());
        let call = call.portfolio_id(portfolio.as_str());
        let look = || async { Ok(done_if(!self.has_product(product, Instant::now()).await?)) };
        // A constraint that was just deleted may still block the removal.
        self.send(step, call, &[Meaning::Locked], look).await?;
        let made_by = Operation::DisassociateProductFromPortfolio;
        self.see_products(made_by, 1, |live| !live.contains_key(product)).await
    }

    /// Deletes a constraint of the account's own in the portfolio. Does nothing if it is gone.
    pub(super) async fn delete_constraint(&self, step: &Step, id: &ConstraintId) -> Result<(), Unmade> {
        let portfolio = self.local()?;
        let list = || local::constraint_ids(&self.seat, portfolio);
        if !self.constraint_ids.now(self.begun, list).await?.contains(id) {
            return Ok(());
        }
        let look = || async { Ok(done_if(!self.constraint_ids.now(Instant::now(), list).await?.contains(id))) };
        // A constraint that is being deleted is not found by its id, but still listed.
        let call = self.seat.client.delete_constraint().id(id.as_str());
        match self.send(step, call, &[], look).await {
            Err(Unmade::Failed(error)) if error.meaning == Meaning::NotFound => {}
            sent => drop(sent?),
        }
        let what = format!("AWS still lists constraints of {portfolio} that are deleted");
        let seen_by = Operation::ListConstraintsForPortfolio;
        let awaited = Awaited { made_by: Operation::DeleteConstraint, seen_by, what };
        self.see(&self.constraint_ids, awaited, 1, list, |live| !live.contains(id)).await
    }

    async fn has_product(&self, product: &CatalogProductId, since: Instant) -> Result<bool, CloudError> {
        let portfolio = self.local.get().unwrap_or(self.imported);
        let live = self.products.now(since, || local::products(&self.seat, portfolio)).await?;
        Ok(live.contains_key(product))
    }

    async fn see_products(
        &self,
        made_by: Operation,
        times: u32,
        is_seen: impl Fn(&Products) -> bool,
    ) -> Result<(), Unmade> {
        let portfolio = self.local()?;
        let what = format!("AWS does not list yet what was put into {portfolio} or taken out of it");
        let awaited = Awaited { made_by, seen_by: Operation::SearchProductsAsAdmin, what };
        self.see(&self.products, awaited, times, || local::products(&self.seat, portfolio), is_seen).await
    }
}
