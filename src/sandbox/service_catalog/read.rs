//! What the owner of a portfolio can see.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{At, Paging, detail, node, portfolio_id, recipient};
use crate::sandbox::reply::{Failure, object};
use crate::sandbox::request::{input, required};
use crate::sandbox::world::{FailedShare, ShareTarget, World};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct ListPortfolios {
    page_size: Option<i64>,
    page_token: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

pub(super) fn list_portfolios(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let ListPortfolios { page_size, page_token, _language } = input(body)?;
    let portfolios = at.region(world).into_iter().flat_map(|region| &region.portfolios);
    let items = portfolios.map(|(id, portfolio)| detail(at.account, at.region, id, portfolio)).collect();
    Paging { size: page_size, token: page_token }.cut(world, "PortfolioDetails", &format!("{at:?}"), items)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct DescribePortfolio {
    id: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// A portfolio: the caller's own, or one that it imported.
pub(super) fn describe_portfolio(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let DescribePortfolio { id, _language } = input(body)?;
    let id = portfolio_id(id, "id")?;
    let own = at.portfolio(world, &id).map(|portfolio| detail(at.account, at.region, &id, portfolio));
    let found = own.or_else(|error| recipient::imported(world, at, &id).ok_or(error))?;
    Ok(json!({"PortfolioDetail": found, "Tags": [], "TagOptions": [], "Budgets": []}))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct DescribePortfolioShares {
    portfolio_id: Option<String>,
    r#type: Option<String>,
    page_size: Option<i64>,
    page_token: Option<String>,
}

/// The shares of one kind.
pub(super) fn describe_portfolio_shares(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let DescribePortfolioShares { portfolio_id: id, r#type, page_size, page_token } = input(body)?;
    let id = portfolio_id(id, "portfolioId")?;
    let kind = required(r#type, "type")?;
    let kinds = ["ACCOUNT", "ORGANIZATION", "ORGANIZATIONAL_UNIT", "ORGANIZATION_MEMBER_ACCOUNT"];
    if !kinds.contains(&kind.as_str()) {
        let rule = format!("Member must satisfy enum value set: [{}]", kinds.join(", "));
        return Err(Failure::constraint(&kind, "type", &rule));
    }
    let mut shares: Vec<_> = at.portfolio(world, &id)?.shares.iter().filter(|it| it.to.kind() == kind).collect();
    shares.sort_by(|a, b| a.to.cmp(&b.to));
    let items = shares.into_iter().map(|share| {
        json!({
            "PrincipalId": share.to.id(),
            "Type": kind,
            "Accepted": share.accepted,
            "ShareTagOptions": share.tag_options,
            "SharePrincipals": share.principals,
        })
    });
    let paging = Paging { size: page_size, token: page_token };
    paging.cut(world, "PortfolioShareDetails", &format!("{at:?} {id} {kind}"), items.collect())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct ListPortfolioAccess {
    portfolio_id: Option<String>,
    organization_parent_id: Option<String>,
    page_size: Option<i64>,
    page_token: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// The accounts that have the portfolio: those it is shared with one by one, or, with a parent,
/// those below that parent that have it through the organization.
pub(super) fn list_portfolio_access(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let ListPortfolioAccess { portfolio_id: id, organization_parent_id, page_size, page_token, _language } =
        input(body)?;
    let id = portfolio_id(id, "portfolioId")?;
    let portfolio = at.portfolio(world, &id)?;
    let accounts: Vec<Value> = match &organization_parent_id {
        None => {
            let one_by_one = |to: &&ShareTarget| matches!(to, ShareTarget::Account(_) | ShareTarget::Member(_));
            let mut ids: Vec<_> =
                portfolio.shares.iter().map(|it| &it.to).filter(one_by_one).map(ShareTarget::id).collect();
            ids.sort_unstable();
            ids.dedup();
            ids.into_iter().map(|id| json!(id)).collect()
        }
        Some(parent) => {
            let below = node::organization(world, at)?.accounts_below(parent);
            let has = |account: &String| {
                portfolio
                    .shares
                    .iter()
                    .any(|share| recipient::reaches_through_organization(world, at.account, share, account))
            };
            below.into_iter().filter(has).map(|id| json!(id)).collect()
        }
    };
    let of = format!("{at:?} {id} {organization_parent_id:?}");
    Paging { size: page_size, token: page_token }.cut(world, "AccountIds", &of, accounts)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct DescribePortfolioShareStatus {
    portfolio_share_token: Option<String>,
}

/// How a share action goes; only for those who may share with nodes.
pub(super) fn describe_portfolio_share_status(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let DescribePortfolioShareStatus { portfolio_share_token } = input(body)?;
    let token = portfolio_id(portfolio_share_token, "portfolioShareToken")?;
    node::organization(world, at)?;
    let action = at.region(world).and_then(|region| region.share_actions.get(&token)).ok_or_else(|| {
        Failure::new("ResourceNotFoundException", format!("Portfolio share token {token} not found."))
    })?;
    let errors = action.failed.iter().map(
        |FailedShare { account, error, message }| json!({"Accounts": [account], "Error": error, "Message": message}),
    );
    Ok(json!({
        "PortfolioShareToken": token,
        "PortfolioId": action.portfolio,
        "OrganizationNodeValue": action.to.id(),
        "Status": action.status.word(),
        "ShareDetails": {"SuccessfulShares": action.reached, "ShareErrors": errors.collect::<Value>()},
    }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Nothing {}

/// Whether Service Catalog may look into the organization.
pub(super) fn organizations_access(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Nothing {} = input(body)?;
    let organization = node::organization(world, at)?;
    Ok(object([("AccessStatus", json!(organization.service_catalog_access.word()))]))
}
