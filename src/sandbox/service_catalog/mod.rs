//! Service Catalog: portfolios, their shares, and the accounts that receive them. Everything is
//! per account and region. <https://docs.aws.amazon.com/servicecatalog/latest/dg/API_CreatePortfolioShare.html>

mod access;
mod common;
mod identity;
mod node;
mod principal;
mod read;
mod recipient;
mod settle;
mod share;

use serde_json::Value;

pub(super) use common::At;

use super::reply::Failure;
use super::request::unknown;
use super::world::World;

/// A look: what is under way here moves on.
pub(super) fn advance(world: &mut World, account: &str, region: &str) {
    share::advance(world, account, region);
    settle::step(world, account, region);
}

pub(super) fn call(world: &mut World, at: At<'_>, operation: &str, body: &[u8]) -> Result<Value, Failure> {
    match operation {
        "ListPortfolios" => read::list_portfolios(world, at, body),
        "DescribePortfolio" => read::describe_portfolio(world, at, body),
        "DescribePortfolioShares" => read::describe_portfolio_shares(world, at, body),
        "ListPortfolioAccess" => access::list_portfolio_access(world, at, body),
        "ListOrganizationPortfolioAccess" => access::list_organization_portfolio_access(world, at, body),
        "DescribePortfolioShareStatus" => read::describe_portfolio_share_status(world, at, body),
        "GetAWSOrganizationsAccessStatus" => access::organizations_access(world, at, body),
        "CreatePortfolioShare" => share::create(world, at, body),
        "UpdatePortfolioShare" => share::update(world, at, body),
        "DeletePortfolioShare" => share::delete(world, at, body),
        "ListAcceptedPortfolioShares" => recipient::list_accepted(world, at, body),
        "AcceptPortfolioShare" => recipient::accept(world, at, body),
        "RejectPortfolioShare" => recipient::reject(world, at, body),
        "ListPrincipalsForPortfolio" => principal::list(world, at, body),
        "AssociatePrincipalWithPortfolio" => principal::associate(world, at, body),
        "DisassociatePrincipalFromPortfolio" => principal::disassociate(world, at, body),
        other => Err(unknown(other)),
    }
}
