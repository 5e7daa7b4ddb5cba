//! Creates, changes and deletes the account's own portfolio.

use std::collections::BTreeSet;

use aws_sdk_servicecatalog::types::Tag;

use super::account::{Products, Recipient};
use super::step::{Step, Unmade, done_if};
use super::waiting::Awaited;
use crate::cloud::read::local::{describe, of_name};
use crate::cloud::read::portfolio::ServiceCatalog;
use crate::cloud::{CloudError, Meaning, Operation};
use crate::model::edit::Delta;
use crate::model::id::PortfolioId;
use crate::model::local::{LocalPortfolio, TAG};

/// A tag. The SDK fails only if the key or value is missing, and both are given here.
pub(super) fn tag(key: &str, value: &str) -> Option<Tag> {
    Tag::builder().key(key).value(value).build().ok()
}

impl Recipient<'_> {
    pub(super) async fn own_portfolio(
        &self,
        step: &Step,
        delta: &Delta<LocalPortfolio>,
        id: Option<&PortfolioId>,
    ) -> Result<(), Unmade> {
        match (delta, id) {
            (Delta::Create(wanted), _) => self.make_portfolio(step, wanted).await,
            (Delta::Update { before, after }, Some(id)) => self.change_portfolio(step, id, before, after).await,
            (Delta::Remove(portfolio), Some(id)) => self.delete_portfolio(step, id, portfolio).await,
            (Delta::Update { .. } | Delta::Remove(_), None) => {
                Err(Unmade::Skipped("the plan names no local portfolio".to_owned()))
            }
        }
    }

    /// Creates the portfolio, unless an earlier run that was killed has created it.
    async fn make_portfolio(&self, step: &Step, wanted: &LocalPortfolio) -> Result<(), Unmade> {
        if let Some((id, live)) = made(&self.seat, wanted).await? {
            self.local.get_or_init(|| id.clone());
            return self.change_portfolio(step, &id, &live, wanted).await;
        }
        let LocalPortfolio { name, provider, description, tag: value } = wanted;
        let tags = value.iter().filter_map(|value| tag(TAG, value.as_str())).collect();
        let call = self.seat.client.create_portfolio().display_name(name).provider_name(provider);
        let call = call.set_description(Some(description.clone()).filter(|text| !text.is_empty()));
        let call = call.set_tags(Some(tags)).idempotency_token(self.token(step, Operation::CreatePortfolio));
        let look = || async { Ok(done_if(made(&self.seat, wanted).await?.is_some())) };
        let id: PortfolioId = match self.send(step, call, &[], look).await? {
            Some(answer) => {
                let detail = answer.portfolio_detail;
                // The token is unique to this run, so this call created the portfolio and it is empty.
                self.products.know(Products::new()).await;
                self.constraints.know(BTreeSet::new()).await;
                self.on_local.live.know(BTreeSet::new()).await;
                self.seat.parse("CreatePortfolio", detail.as_ref().and_then(|detail| detail.id.as_deref()))?
            }
            None => match made(&self.seat, wanted).await? {
                Some((id, _)) => id,
                None => return Err(self.unseen(Operation::CreatePortfolio, None)),
            },
        };
        self.wait_for_portfolio(&id, Operation::CreatePortfolio, |live| live == Some(wanted)).await?;
        self.local.get_or_init(|| id);
        Ok(())
    }

    async fn change_portfolio(
        &self,
        step: &Step,
        id: &PortfolioId,
        before: &LocalPortfolio,
        after: &LocalPortfolio,
    ) -> Result<(), Unmade> {
        const UPDATE: Operation = Operation::UpdatePortfolio;
        match described(&self.seat, id).await? {
            Some(live) if live == *after => return Ok(()),
            Some(live) if live == *before => {}
            Some(live) => return Err(Unmade::Conflict(UPDATE, format!("{id} is {}", words(&live)))),
            None => return Err(Unmade::Conflict(UPDATE, format!("{id} is not there any more"))),
        }
        let differs = |before: &String, after: &String| Some(after.clone()).filter(|after| after != before);
        let call = self.seat.client.update_portfolio().id(id.as_str());
        let call = call.set_display_name(differs(&before.name, &after.name));
        let call = call.set_provider_name(differs(&before.provider, &after.provider));
        let call = call.set_description(differs(&before.description, &after.description));
        // A tag with the same key is replaced.
        let call = match &after.tag {
            _ if before.tag == after.tag => call,
            Some(value) => call.set_add_tags(tag(TAG, value.as_str()).map(|tag| vec![tag])),
            None => call.remove_tags(TAG),
        };
        let look = || async { Ok(done_if(described(&self.seat, id).await?.as_ref() == Some(after))) };
        if self.send(step, call, &[], look).await?.is_some() {
            self.wait_for_portfolio(id, UPDATE, |live| live == Some(after)).await?;
        }
        Ok(())
    }

    /// Deletes the portfolio. AWS may still count products or principals that were just removed from it, and then
    /// answers that it is in use.
    async fn delete_portfolio(&self, step: &Step, id: &PortfolioId, was: &LocalPortfolio) -> Result<(), Unmade> {
        const DELETE: Operation = Operation::DeletePortfolio;
        match described(&self.seat, id).await? {
            None => return Ok(()),
            Some(live) if live.tag == was.tag => {}
            Some(live) => return Err(Unmade::Conflict(DELETE, format!("{id} is {}", words(&live)))),
        }
        let look = || async { Ok(done_if(described(&self.seat, id).await?.is_none())) };
        let call = self.seat.client.delete_portfolio().id(id.as_str());
        if self.send(step, call, &[Meaning::Locked], look).await?.is_some() {
            self.wait_for_portfolio(id, DELETE, |live| live.is_none()).await?;
        }
        Ok(())
    }

    async fn wait_for_portfolio(
        &self,
        id: &PortfolioId,
        made_by: Operation,
        is_seen: impl Fn(Option<&LocalPortfolio>) -> bool,
    ) -> Result<(), Unmade> {
        let what = format!("AWS does not show yet what became of {id} in {}", self.seat.place.account);
        let awaited = Awaited { made_by, seen_by: Operation::DescribePortfolio, what };
        let is_seen = &is_seen;
        self.until(awaited, || async move { Ok(is_seen(described(&self.seat, id).await?.as_ref())) }).await
    }
}

/// The portfolio with this name and tag. A portfolio without a tag is not ours.
async fn made(
    seat: &ServiceCatalog,
    wanted: &LocalPortfolio,
) -> Result<Option<(PortfolioId, LocalPortfolio)>, CloudError> {
    let named = of_name(seat, &wanted.name).await?;
    Ok(named.into_iter().find(|(_, live)| live.tag.is_some() && live.tag == wanted.tag))
}

/// A portfolio. `None` if it does not exist.
async fn described(seat: &ServiceCatalog, id: &PortfolioId) -> Result<Option<LocalPortfolio>, CloudError> {
    match describe(seat, id).await {
        Ok(live) => Ok(Some(live)),
        Err(error) if error.meaning == Meaning::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A portfolio in words, for messages.
fn words(live: &LocalPortfolio) -> String {
    let LocalPortfolio { name, provider, description, tag } = live;
    let tag = tag.as_ref().map_or_else(|| format!("without the tag {TAG}"), |tag| format!("with the tag {TAG}={tag}"));
    let description = if description.is_empty() { String::new() } else { format!(", described as `{description}`") };
    format!("`{name}` by `{provider}`{description}, {tag}")
}
