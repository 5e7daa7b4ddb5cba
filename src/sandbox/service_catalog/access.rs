//! Lists the accounts and the nodes that a portfolio is shared with, and tells whether Service Catalog has trusted
//! access to the organization.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::common::{At, Paging, id_of};
use super::{node, recipient};
use crate::sandbox::reply::{Failure, object};
use crate::sandbox::request::{input, required};
use crate::sandbox::world::{AccessBelow, Share, ShareTarget, World};

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

/// `ListPortfolioAccess`. Without a parent: the accounts that the portfolio is shared with one by one. With a parent:
/// the accounts below it that have the portfolio through the organization.
pub(super) fn list_portfolio_access(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let ListPortfolioAccess { portfolio_id: id, organization_parent_id, page_size, page_token, _language } =
        input(body)?;
    let id = id_of(id, "portfolioId")?;
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
            let organization = node::organization(world, at)?;
            // With the root as parent, a share with the whole organization counts.
            let is_root = *parent == organization.root_id();
            let node = if is_root { &organization.id } else { parent };
            let counts = |share: &&Share| match world.unproven.access_below {
                AccessBelow::ThroughShare => share.to.id() == node,
                AccessBelow::AnyShare => true,
            };
            let shares: Vec<&Share> = portfolio.shares.iter().filter(counts).collect();
            let has = |account: &String| {
                shares.iter().any(|share| recipient::reaches_through_organization(world, at.account, share, account))
            };
            organization.accounts_below(parent).into_iter().filter(has).map(|id| json!(id)).collect()
        }
    };
    let of = format!("{at:?} {id} {organization_parent_id:?}");
    Paging { size: page_size, token: page_token }.cut(world, "AccountIds", &of, accounts)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct ListOrganizationPortfolioAccess {
    portfolio_id: Option<String>,
    organization_node_type: Option<String>,
    page_size: Option<i64>,
    page_token: Option<String>,
    #[serde(rename = "AcceptLanguage")]
    _language: Option<String>,
}

/// `ListOrganizationPortfolioAccess`: the nodes of one type that the portfolio itself is shared with, without those
/// that inherit a share. For the management account and delegated administrators only.
pub(super) fn list_organization_portfolio_access(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let ListOrganizationPortfolioAccess { portfolio_id: id, organization_node_type, page_size, page_token, _language } =
        input(body)?;
    let id = id_of(id, "portfolioId")?;
    let kind = required(organization_node_type, "organizationNodeType")?;
    let row_kind = match kind.as_str() {
        "ACCOUNT" => "ORGANIZATION_MEMBER_ACCOUNT",
        "ORGANIZATION" | "ORGANIZATIONAL_UNIT" => &kind,
        other => {
            let rule = "Member must satisfy enum value set: [ORGANIZATION, ACCOUNT, ORGANIZATIONAL_UNIT]";
            return Err(Failure::constraint(other, "organizationNodeType", rule));
        }
    };
    node::organization(world, at)?;
    let shares = at.portfolio(world, &id)?.shares.iter().filter(|share| share.to.kind() == row_kind);
    let nodes: BTreeSet<&str> = shares.map(|share| share.to.id()).collect();
    let items = nodes.into_iter().map(|node| json!({"Type": kind, "Value": node})).collect();
    let paging = Paging { size: page_size, token: page_token };
    paging.cut_at(20, world, "OrganizationNodes", &format!("{at:?} {id} {kind}"), items)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Nothing {}

/// `GetAWSOrganizationsAccessStatus`: whether Service Catalog has trusted access to the organization.
pub(super) fn organizations_access(world: &World, at: At<'_>, body: &[u8]) -> Result<Value, Failure> {
    let Nothing {} = input(body)?;
    let organization = node::organization(world, at)?;
    Ok(object([("AccessStatus", json!(organization.service_catalog_access.word()))]))
}
