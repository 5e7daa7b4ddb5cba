//! A portfolio of the catalog, and what was read of it.

use super::above::Above;
use super::ways::Beside;
use crate::model::desired::{Desired, DesiredPortfolio};
use crate::model::id::{AccountId, PortfolioId};
use crate::model::live::Live;
use crate::model::portfolio::Portfolio;
use crate::model::target::TargetName;
use crate::plan::governed::Hub;
use crate::plan::resolve;

/// A portfolio of the catalog, with what was read of it.
pub(in crate::plan) struct Known<'a> {
    pub(in crate::plan) name: &'a TargetName,
    pub(in crate::plan) wanted: &'a DesiredPortfolio,
    /// The portfolio, or why it could not be read.
    pub(in crate::plan) portfolio: Result<&'a Portfolio, String>,
    /// The portfolio's id, if it can be told which one it is.
    pub(in crate::plan) id: Option<PortfolioId>,
}

impl<'a> Known<'a> {
    /// The portfolios of a catalog, in the order of their targets.
    pub(in crate::plan) fn all(desired: &'a Desired, live: &'a Live) -> impl Iterator<Item = Self> {
        desired.portfolios.iter().map(move |(name, wanted)| {
            let place = format!("{} {}", wanted.account, wanted.region);
            let (id, portfolio) = match Hub::of(name, wanted, live).id {
                Ok(id) => {
                    let portfolio = resolve::portfolio(wanted, &id, live).map_err(|blocked| blocked.reason);
                    (Some(id), portfolio)
                }
                Err(problem) => {
                    let blocked = problem.blocked(&wanted.portfolio, &wanted.source, "portfolio", &place);
                    (None, Err(blocked.reason))
                }
            };
            Self { name, wanted, portfolio, id }
        })
    }

    /// The portfolio together with one account.
    pub(in crate::plan) fn beside<'s>(
        &'s self,
        account: &'s AccountId,
        above: &'s Above<'s>,
        live: &'s Live,
    ) -> Beside<'s> {
        let portfolio = self.portfolio.as_ref().ok().copied();
        Beside { account, above, wanted: self.wanted, portfolio, live }
    }
}
