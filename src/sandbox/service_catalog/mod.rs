//! Service Catalog: portfolios, their shares, and the accounts that receive them. Everything is
//! per account and region. <https://docs.aws.amazon.com/servicecatalog/latest/dg/API_CreatePortfolioShare.html>

mod access;
mod association;
mod common;
mod constraint;
mod constraint_read;
mod constraint_rules;
mod copy;
mod identity;
mod node;
mod portfolio;
mod principal;
mod product;
mod product_read;
mod read;
mod recipient;
mod settle;
mod share;
mod tags;
mod token;

use serde_json::Value;

pub(super) use common::At;

use super::reply::Failure;
use super::request::unknown;
use super::world::World;

/// Moves all that is pending in an account and region on by one step.
pub(super) fn advance(world: &mut World, account: &str, region: &str) {
    share::advance(world, account, region);
    settle::step(world, account, region);
}

pub(super) fn call(world: &mut World, at: At<'_>, operation: &str, body: &[u8]) -> Result<Value, Failure> {
    match operation {
        "ListPortfolios" => read::list_portfolios(world, at, body),
        "DescribePortfolio" => portfolio::describe(world, at, body),
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
        "CreatePortfolio" => portfolio::create(world, at, body),
        "UpdatePortfolio" => portfolio::update(world, at, body),
        "DeletePortfolio" => portfolio::delete(world, at, body),
        "SearchProductsAsAdmin" => product_read::search(world, at, body),
        "DescribeProductAsAdmin" => product_read::describe(world, at, body),
        "ListProvisioningArtifacts" => product_read::versions(world, at, body),
        "ListPortfoliosForProduct" => product_read::portfolios(world, at, body),
        "AssociateProductWithPortfolio" => association::associate(world, at, body),
        "DisassociateProductFromPortfolio" => association::disassociate(world, at, body),
        "UpdateProduct" => association::update(world, at, body),
        "DeleteProduct" => association::delete(world, at, body),
        "ListConstraintsForPortfolio" => constraint_read::list(world, at, body),
        "DescribeConstraint" => constraint_read::describe(world, at, body),
        "CreateConstraint" => constraint::create(world, at, body),
        "UpdateConstraint" => constraint::update(world, at, body),
        "DeleteConstraint" => constraint::delete(world, at, body),
        "CopyProduct" => copy::copy(world, at, body),
        "DescribeCopyProductStatus" => copy::status(world, at, body),
        other => Err(unknown(other)),
    }
}
