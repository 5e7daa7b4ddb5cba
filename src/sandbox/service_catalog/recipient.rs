//! Portfolios that other accounts share with the caller.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{At, Paging, detail, id_of, invalid, no_portfolio};
use crate::sandbox::reply::Failure;
use crate::sandbox::request::input;
use crate::sandbox::world::{
    AcceptAgain, Portfolio, RejectedShare, SERVICE_CATALOG, Share, ShareTarget, World, is_pattern,
};

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

/// The two ways in which a share arrives: from account to account, or through the organization.
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
            // Deprecated type for portfolios that AWS itself shared. The list is always empty.
            Some("AWS_SERVICECATALOG") => Ok(None),
            Some(other) => {
                let rule = "Member must satisfy enum value set: [IMPORTED, AWS_SERVICECATALOG, AWS_ORGANIZATIONS]";
                Err(Failure::constraint(other, "portfolioShareType", rule))
            }
        }
    }
}

/// Whether an account has the portfolio of `owner` by this share through the organization. `owner` must still be the
/// management account or a delegated administrator: a deregistered one loses its shares.
pub(super) fn reaches_through_organization(world: &World, owner: &str, share: &Share, account: &str) -> bool {
    let organization = world.organization_of(owner).filter(|it| it.administers(owner, SERVICE_CATALOG));
    let Some(organization) = organization else { return false };
    let covered = match &share.to {
        ShareTarget::Account(_) => false,
        ShareTarget::Member(id) => id == account,
        ShareTarget::Ou(id) | ShareTarget::Organization(id) => organization.is_below(id, account),
    };
    covered && account != owner && !share.missing.contains(account)
}

/// A portfolio that another account shares with the caller.
#[derive(Debug, Clone, Copy)]
pub(super) struct Received<'w> {
    pub(super) owner: &'w str,
    pub(super) portfolio: &'w Portfolio,
    share: &'w Share,
}

impl<'w> Received<'w> {
    fn of(world: &'w World, at: At<'_>, way: Way, owner: &'w str, portfolio: &'w Portfolio) -> Option<Self> {
        let share = portfolio.shares.iter().find(|share| reaches(world, at, way, owner, share))?;
        Some(Self { owner, portfolio, share })
    }
}

/// Whether a share of `owner` reaches the caller in this way.
fn reaches(world: &World, at: At<'_>, way: Way, owner: &str, share: &Share) -> bool {
    match way {
        Way::Imported => matches!(&share.to, ShareTarget::Account(id) if id == at.account),
        Way::Organization => reaches_through_organization(world, owner, share, at.account),
    }
}

/// All portfolios that other accounts share with the caller in this way, by id.
fn received<'w>(world: &'w World, at: At<'_>, way: Way) -> BTreeMap<&'w str, Received<'w>> {
    let mut found = BTreeMap::new();
    for (owner, account) in &world.accounts {
        let portfolios = account.regions.get(at.region).into_iter().flat_map(|region| &region.portfolios);
        for (id, portfolio) in portfolios {
            found.extend(Received::of(world, at, way, owner, portfolio).map(|it| (id.as_str(), it)));
        }
    }
    found
}

/// The portfolio, if another account shares it with the caller in this way.
fn received_one<'w>(world: &'w World, at: At<'_>, way: Way, id: &str) -> Option<Received<'w>> {
    world.accounts.iter().find_map(|(owner, account)| {
        let portfolio = account.regions.get(at.region)?.portfolios.get(id)?;
        Received::of(world, at, way, owner, portfolio)
    })
}

/// Whether the portfolio is shared with the caller, accepted or not.
pub(super) fn is_received(world: &World, at: At<'_>, id: &str) -> bool {
    [Way::Imported, Way::Organization].into_iter().any(|way| received_one(world, at, way, id).is_some())
}

/// Whether the caller rejected the portfolio, which came through the organization.
fn is_rejected(world: &World, at: At<'_>, id: &str) -> bool {
    at.region(world).and_then(|region| region.imports.get(id)).is_some_and(|import| import.rejected)
}

/// Whether the caller has imported a portfolio that it receives in this way.
fn has(world: &World, at: At<'_>, way: Way, id: &str, it: &Received<'_>) -> bool {
    match way {
        Way::Imported => it.share.accepted,
        Way::Organization => !is_rejected(world, at, id),
    }
}

/// Finds a portfolio that the caller has imported, with its owner and share.
pub(super) fn import<'w>(world: &'w World, at: At<'_>, id: &str) -> Option<Received<'w>> {
    let mut ways = [Way::Imported, Way::Organization].into_iter();
    ways.find_map(|way| received_one(world, at, way, id).filter(|it| has(world, at, way, id, it)))
}

/// Whether the caller imported the portfolio.
pub(super) fn is_imported(world: &World, at: At<'_>, id: &str) -> bool {
    import(world, at, id).is_some()
}

/// `PortfolioDetail` of a portfolio that the caller has imported.
pub(super) fn imported(world: &World, at: At<'_>, id: &str) -> Option<Value> {
    import(world, at, id).map(|it| detail(it.owner, at.region, id, it.portfolio))
}

/// The owner's patterns that apply to an imported portfolio, if a share through the organization has `SharePrincipals`.
pub(super) fn shared_patterns<'w>(world: &'w World, at: At<'_>, id: &str) -> BTreeSet<&'w str> {
    let found = received_one(world, at, Way::Organization, id).filter(|it| has(world, at, Way::Organization, id, it));
    let with_principals = |it: &Received<'_>| {
        let mut shares = it.portfolio.shares.iter().filter(|share| share.principals);
        shares.any(|share| reaches_through_organization(world, it.owner, share, at.account))
    };
    let principals = found.filter(with_principals).into_iter().flat_map(|it| &it.portfolio.principals);
    principals.filter(|it| it.lag.is_seen()).map(|it| it.arn.as_str()).filter(|arn| is_pattern(arn)).collect()
}

pub(super) fn list_accepted(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Input { portfolio_id: None, portfolio_share_type, page_size, page_token, _language } = input(body)? else {
        return Err(Failure::new("SerializationException", "The sandbox cannot read this input: PortfolioId"));
    };
    let way = Way::read(portfolio_share_type.as_deref())?;
    let found = way.map(|way| (way, received(world, at, way)));
    let items = found.into_iter().flat_map(|(way, found)| {
        let accepted = found.into_iter().filter(move |(id, it)| has(world, at, way, id, it));
        accepted.map(|(id, it)| detail(it.owner, at.region, id, it.portfolio))
    });
    let paging = Paging { size: page_size, token: page_token };
    paging.cut(world, "PortfolioDetails", &format!("accepted {at:?} {way:?}"), items.collect())
}

/// The portfolio to accept or reject, and the way it arrives. A share that arrives in the other way is not found.
fn asked<'w>(world: &'w World, at: At<'_>, body: &[u8]) -> Result<(String, Way, Received<'w>), Failure> {
    let Input { portfolio_id: id, portfolio_share_type, page_size: None, page_token: None, _language } = input(body)?
    else {
        return Err(Failure::new("SerializationException", "The sandbox cannot read this input: it has no pages"));
    };
    let id = id_of(id, "portfolioId")?;
    let way = Way::read(portfolio_share_type.as_deref())?;
    let found = way.and_then(|way| received_one(world, at, way, &id).map(|it| (way, it)));
    let (way, it) = found.ok_or_else(|| no_portfolio(&id))?;
    Ok((id, way, it))
}

/// Accepts a share.
pub(super) fn accept(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let (id, way, it) = asked(world, at, body)?;
    let is_there = has(world, at, way, &id, &it);
    if is_there && world.unproven.accept_again == AcceptAgain::Refused {
        return Err(invalid(format!("Portfolio {id} was accepted already.")));
    }
    if !is_there && way == Way::Organization && world.unproven.rejected_share == RejectedShare::Gone {
        return Err(no_portfolio(&id));
    }
    let owner = it.owner.to_owned();
    set(world, at, way, (&owner, &id), true);
    Ok(json!({}))
}

/// Rejects a share. The owner sees this only for a share from account to account.
pub(super) fn reject(world: &mut World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let (id, way, it) = asked(world, at, body)?;
    let owner = it.owner.to_owned();
    set(world, at, way, (&owner, &id), false);
    Ok(json!({}))
}

fn set(world: &mut World, at: At<'_>, way: Way, (owner, id): (&str, &str), accepted: bool) {
    match way {
        Way::Imported => {
            let mine = ShareTarget::Account(at.account.to_owned());
            let portfolio = world.region_mut(owner, at.region).portfolios.get_mut(id);
            let shares = portfolio.into_iter().flat_map(|portfolio| &mut portfolio.shares);
            shares.filter(|share| share.to == mine).for_each(|share| share.accepted = accepted);
        }
        Way::Organization => {
            let imports = &mut world.region_mut(at.account, at.region).imports;
            if !accepted || imports.contains_key(id) {
                imports.entry(id.to_owned()).or_default().rejected = !accepted;
            }
        }
    }
}
