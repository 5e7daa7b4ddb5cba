//! The reading calls for a portfolio's owner.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{At, Paging, detail, id_of};
use super::{node, recipient};
use crate::sandbox::reply::Failure;
use crate::sandbox::request::{input, required};
use crate::sandbox::world::{FailedShare, InheritedRows, Share, ShareTarget, World};

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
struct DescribePortfolioShares {
    portfolio_id: Option<String>,
    r#type: Option<String>,
    page_size: Option<i64>,
    page_token: Option<String>,
}

/// The shares of one type.
pub(super) fn describe_portfolio_shares(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let DescribePortfolioShares { portfolio_id: id, r#type, page_size, page_token } = input(body)?;
    let id = id_of(id, "portfolioId")?;
    let kind = required(r#type, "type")?;
    let kinds = ["ACCOUNT", "ORGANIZATION", "ORGANIZATIONAL_UNIT", "ORGANIZATION_MEMBER_ACCOUNT"];
    if !kinds.contains(&kind.as_str()) {
        let rule = format!("Member must satisfy enum value set: [{}]", kinds.join(", "));
        return Err(Failure::constraint(&kind, "type", &rule));
    }
    let shares = &at.portfolio(world, &id)?.shares;
    let mut rows: BTreeMap<String, &Share> = inherited(world, at, shares, &kind).collect();
    // The row of a share replaces an inherited row of the same principal.
    rows.extend(shares.iter().filter(|it| it.to.kind() == kind).map(|it| (it.to.id().to_owned(), it)));
    let items = rows.into_iter().map(|(principal, share)| {
        json!({
            "PrincipalId": principal,
            "Type": kind,
            "Accepted": share.accepted,
            "ShareTagOptions": share.tag_options,
            "SharePrincipals": share.principals,
        })
    });
    let paging = Paging { size: page_size, token: page_token };
    paging.cut(world, "PortfolioShareDetails", &format!("{at:?} {id} {kind}"), items.collect())
}

/// The inherited rows of a type. The world decides whether AWS lists them.
fn inherited<'w>(
    world: &'w World,
    at: At<'w>,
    shares: &'w [Share],
    kind: &'w str,
) -> impl Iterator<Item = (String, &'w Share)> {
    let rows = world.unproven.inherited_rows;
    let members = matches!(rows, InheritedRows::Members | InheritedRows::MembersAndUnits);
    let units = matches!(rows, InheritedRows::Units | InheritedRows::MembersAndUnits);
    let below = move |share: &'w Share| {
        let (ShareTarget::Ou(node) | ShareTarget::Organization(node)) = &share.to else { return BTreeSet::new() };
        match (kind, world.organization_of(at.account)) {
            ("ORGANIZATION_MEMBER_ACCOUNT", Some(organization)) if members => {
                let mut accounts = organization.accounts_below(node);
                accounts.retain(|it| recipient::reaches_through_organization(world, at.account, share, it));
                accounts
            }
            ("ORGANIZATIONAL_UNIT", Some(organization)) if units => organization.units_below(node),
            _ => BTreeSet::new(),
        }
    };
    shares.iter().flat_map(move |share| below(share).into_iter().map(move |principal| (principal, share)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct DescribePortfolioShareStatus {
    portfolio_share_token: Option<String>,
}

/// The status of a share action. For the management account and delegated administrators only.
pub(super) fn describe_portfolio_share_status(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let DescribePortfolioShareStatus { portfolio_share_token } = input(body)?;
    let token = id_of(portfolio_share_token, "portfolioShareToken")?;
    node::organization(world, at)?;
    let action = at.region(world).and_then(|region| region.share_actions.get(&token)).ok_or_else(|| {
        Failure::new("ResourceNotFoundException", format!("Portfolio share token {token} not found."))
    })?;
    let failed = action.failed.iter().filter(|_| action.status.is_final());
    let errors = failed.map(
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
