//! Gives what was read of an account that receives a portfolio, or why that is not known.

use std::collections::{BTreeMap, BTreeSet};

use super::super::coverage::{Reached, troubles};
use super::super::planned::Blocked;
use super::super::resolve::hub_place;
use super::Shared;
use crate::model::id::{AccountId, CatalogProductId, PortfolioId};
use crate::model::live::{Found, Reading, Received};
use crate::model::local::{Constraint, LocalPortfolio, Offered, OwnProduct, Versions};
use crate::model::recipient::Principal;

impl<'a> Shared<'a> {
    pub(super) fn received(&self, account: &AccountId) -> Option<&'a Received> {
        self.live.received.get(&(account.clone(), self.wanted.region.clone()))
    }

    /// Whether the account has to be asked if it has accepted the portfolio.
    pub(super) fn asks_whether_accepted(&self, account: &AccountId, now: &Reached) -> bool {
        self.has_accepted(account) != Some(true) && !now.through.is_empty()
    }

    /// Whether the portfolio is in the account now.
    pub(super) fn is_here(&self, account: &AccountId, now: &Reached) -> Result<bool, Blocked> {
        if !self.asks_whether_accepted(account, now) {
            return Ok(self.has_accepted(account) == Some(true));
        }
        match self.received(account).and_then(|it| it.accepted.as_ref()) {
            Some(Reading::Complete(accepted)) => Ok(accepted.contains(&self.portfolio.id)),
            Some(Reading::Unreadable(reason)) => Err(Blocked::unreadable(reason)),
            None => Err(self.unread(&format!("what {account} has accepted was not read"))),
        }
    }

    /// The principals that may launch from the imported portfolio. `None` if that is not in the account yet.
    pub(super) fn imported(
        &self,
        account: &AccountId,
        now: &Reached,
    ) -> Result<Option<&'a BTreeSet<Principal>>, Blocked> {
        if !self.is_here(account, now)? {
            return Ok(None);
        }
        let id = &self.portfolio.id;
        let found = self.received(account).and_then(|it| it.principals.get(id));
        if let Some(Found::NotThere) = found {
            return Err(Blocked::unreadable(format!(
                "{account} should have portfolio {id} by a share, and AWS says there that it does not exist"
            )));
        }
        self.there(found, || format!("who may launch from {id} in {account}")).map(Some)
    }

    /// The portfolios that an account owns.
    pub(super) fn own(&self, account: &AccountId) -> Result<&'a BTreeMap<PortfolioId, LocalPortfolio>, Blocked> {
        match self.received(account).and_then(|it| it.own.as_ref()) {
            Some(Reading::Complete(own)) => Ok(own),
            Some(Reading::Unreadable(reason)) => Err(Blocked::unreadable(reason)),
            None => Err(self.unread(&format!("the portfolios of {account} were not read"))),
        }
    }

    /// The contents of a portfolio in an account.
    pub(super) fn inside(&self, account: &AccountId, id: &PortfolioId) -> Result<Inside<'a>, Blocked> {
        let received = self.received(account);
        let of = |what: &str| format!("{what} of {id} in {account}");
        Ok(Inside {
            principals: self.there(received.and_then(|it| it.principals.get(id)), || of("the principals"))?,
            products: self.there(received.and_then(|it| it.products.get(id)), || of("the products"))?,
            constraints: self.there(received.and_then(|it| it.constraints.get(id)), || of("the constraints"))?,
        })
    }

    /// What a product that the account owns was copied from.
    pub(super) fn own_product(&self, account: &AccountId, id: &CatalogProductId) -> Result<&'a OwnProduct, Blocked> {
        let found = self.received(account).and_then(|it| it.copies.get(id));
        self.there(found, || format!("what product {id} of {account} was copied from"))
    }

    /// The products of the shared portfolio.
    pub(super) fn shared_products(&self) -> Result<&'a BTreeMap<CatalogProductId, Offered>, Blocked> {
        let owner = self.live.received.get(&hub_place(self.wanted));
        let id = &self.portfolio.id;
        self.there(owner.and_then(|it| it.products.get(id)), || {
            format!("the products of {id} in {}", self.wanted.account)
        })
    }

    /// The versions of a product of the shared portfolio.
    pub(super) fn shared_versions(&self, product: &CatalogProductId) -> Result<&'a Versions, Blocked> {
        let owner = self.live.received.get(&hub_place(self.wanted));
        let found = owner.and_then(|it| it.versions.get(product));
        self.there(found, || format!("the versions of {product} in {}", self.wanted.account))
    }

    fn there<'f, T>(&self, found: Option<&'f Found<T>>, what: impl Fn() -> String) -> Result<&'f T, Blocked> {
        match found {
            Some(Found::There(value)) => Ok(value),
            Some(Found::Unreadable(reason)) => Err(Blocked::unreadable(reason)),
            Some(Found::NotThere) => Err(Blocked::unreadable(format!(
                "{}: AWS listed it a moment ago, and now says that it does not exist",
                what()
            ))),
            None => Err(self.unread(&format!("{} were not read", what()))),
        }
    }

    /// The error for something that was not asked for. It names the calls that failed: an earlier one that fails leaves it
    /// unknown that the account has to be asked.
    fn unread(&self, what: &str) -> Blocked {
        Blocked::unreadable(format!("{what}{}", troubles(self.live)))
    }
}

/// The contents of a portfolio in an account.
#[derive(Clone, Copy)]
pub(super) struct Inside<'a> {
    pub(super) principals: &'a BTreeSet<Principal>,
    pub(super) products: &'a BTreeMap<CatalogProductId, Offered>,
    pub(super) constraints: &'a BTreeSet<Constraint>,
}
