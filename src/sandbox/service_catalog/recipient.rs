//! What an account sees of portfolios that others share with it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{At, Paging, detail, invalid, no_portfolio, portfolio_id};
use crate::sandbox::reply::Failure;
use crate::sandbox::request::input;
use crate::sandbox::world::{AcceptAgain, Portfolio, SERVICE_CATALOG, Share, ShareTarget, World};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Input {
    portfolio_id: Option<String>,
    portfolio_share_type: Option<String>,
    page_size: Option<i64>,
    page_token: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// How a share comes: from account to account, or through the organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Imported,
    Organization,
}

impl Way {
    fn read(word: Option<&str>) -> Result<Option<Self>, Failure> {
        match word {
            None | Some("IMPORTED") => Ok(Some(Self::Imported)),
            Some("AWS_ORGANIZATIONS") => Ok(Some(Self::Organization)),
            // Deprecated: what AWS itself once shared. There is nothing of it any more.
            Some("AWS_SERVICECATALOG") => Ok(None),
            Some(other) => {
                let rule = "Member must satisfy enum value set: [IMPORTED, AWS_SERVICECATALOG, AWS_ORGANIZATIONS]";
                Err(Failure::constraint(other, "portfolioShareType", rule))
            }
        }
    }
}

/// Whether an account has the portfolio of `owner` by this share through the organization.
/// The owner must still be one who may share so: a delegated administrator that was
/// deregistered loses its shares.
pub(super) fn reaches_through_organization(world: &World, owner: &str, share: &Share, account: &str) -> bool {
    let organization = world.organization_of(owner).filter(|it| it.administers(owner, SERVICE_CATALOG));
    let Some(organization) = organization else { return false };
    let covered = match &share.to {
        ShareTarget::Account(_) => false,
        ShareTarget::Member(id) => id == account,
        ShareTarget::Ou(id) | ShareTarget::Organization(id) => organization.accounts_below(id).contains(account),
    };
    covered && account != owner && !share.missing.contains(account)
}

/// Every portfolio that others share with the caller that way, by id.
fn received<'w>(world: &'w World, at: At<'_>, way: Way) -> BTreeMap<&'w str, (&'w str, &'w Portfolio, &'w Share)> {
    let mut found = BTreeMap::new();
    for (owner, account) in &world.accounts {
        let portfolios = account.regions.get(at.region).into_iter().flat_map(|region| &region.portfolios);
        for (id, portfolio) in portfolios {
            let reaches = |share: &&Share| match way {
                Way::Imported => share.to == ShareTarget::Account(at.account.to_owned()),
                Way::Organization => reaches_through_organization(world, owner, share, at.account),
            };
            if let Some(share) = portfolio.shares.iter().find(reaches) {
                found.insert(id.as_str(), (owner.as_str(), portfolio, share));
            }
        }
    }
    found
}

/// The description of a portfolio that the caller imported.
pub(super) fn imported(world: &World, at: At<'_>, id: &str) -> Option<Value> {
    let found = [Way::Imported, Way::Organization]
        .into_iter()
        .find_map(|way| received(world, at, way).get(id).copied().filter(|(_, _, share)| share.accepted));
    found.map(|(owner, portfolio, _)| detail(owner, at.region, id, portfolio))
}

pub(super) fn list_accepted(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Input { portfolio_id: None, portfolio_share_type, page_size, page_token, _language } = input(body)? else {
        return Err(Failure::new("SerializationException", "The sandbox cannot read this input: PortfolioId"));
    };
    let way = Way::read(portfolio_share_type.as_deref())?;
    let found = way.map(|way| received(world, at, way)).unwrap_or_default();
    let accepted = found.into_iter().filter(|(_, (_, _, share))| share.accepted);
    let items = accepted.map(|(id, (owner, portfolio, _))| detail(owner, at.region, id, portfolio)).collect();
    Paging { size: page_size, token: page_token }.cut(
        world,
        "PortfolioDetails",
        &format!("accepted {at:?} {way:?}"),
        items,
    )
}

/// Accepts a share. A share of the other kind is not found.
pub(super) fn accept(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Input { portfolio_id: id, portfolio_share_type, page_size: None, page_token: None, _language } = input(body)?
    else {
        return Err(Failure::new("SerializationException", "The sandbox cannot read this input: it has no pages"));
    };
    let id = portfolio_id(id, "portfolioId")?;
    let way = Way::read(portfolio_share_type.as_deref())?;
    let found = way.and_then(|way| received(world, at, way).get(id.as_str()).copied());
    let (owner, _, share) = found.ok_or_else(|| no_portfolio(&id))?;
    if share.accepted && world.unproven.accept_again == AcceptAgain::Refused {
        return Err(invalid(format!("Portfolio {id} was accepted already.")));
    }
    let owner = owner.to_owned();
    if let Some(portfolio) = world.region_mut(&owner, at.region).portfolios.get_mut(&id) {
        let mine = ShareTarget::Account(at.account.to_owned());
        portfolio.shares.iter_mut().filter(|share| share.to == mine).for_each(|share| share.accepted = true);
    }
    Ok(json!({}))
}
